// What an account can need at most, whichever of its working orders fill, in whole or in part.
//
// Shape    positions and orders in; an upper bound of each part and of the margin out.
// Units    as in account_margin.hpp.
// Sign     order quantities: buys positive, sells negative.
// Range    net accounts; combined commodities without scanning based spreads; array values of at
//          most seven decimals, and factors that leave them at most eight.
// Errors   PositionError for what has no bound, saying why; std::overflow_error beyond 10^18.
// Threads  pure.
// Cost     cold: (positions + orders) * 16, plus spreads * months.
// Source   docs/models/risk-array.md, "exact and bound": scan risk less option value is exact,
//          charges are bounded from above and credits from below.
#pragma once

#include <string>
#include <vector>

#include "risk_arrays/account_margin.hpp"

namespace margingate::risk_arrays {

struct ContractOrder {
  std::size_t contract = 0;
  FixedDecimal quantity;
};

struct CommodityBound {
  std::string code;
  std::string currency;
  FixedDecimal scan_risk;             // exact: the largest over all fills
  FixedDecimal short_option_minimum;  // exact: the largest over all fills
  FixedDecimal intra_charge;
  FixedDecimal spot_charge;
  FixedDecimal credit;  // at least this, whatever fills
};

struct CurrencyBound {
  std::string currency;
  FixedDecimal maintenance_margin;
  FixedDecimal initial_margin;
};

struct AccountBound {
  std::vector<CommodityBound> commodities;
  std::vector<CurrencyBound> currencies;
};

[[nodiscard]] AccountBound bound_over_fills(const ParameterSet& set,
                                            const AccountPositions& account,
                                            const std::vector<ContractOrder>& orders);

}  // namespace margingate::risk_arrays
