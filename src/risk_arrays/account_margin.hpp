// The margin of one account's positions under a set of risk-array parameters, from scratch.
//
// Shape    margin_account() carries out the steps of the model's page in their order; the result
//          holds every intermediate, one CombinedCommodity and one currency at a time.
// Units    money in each commodity's currency, per account; deltas scaled to the commodity.
// Sign     losses, charges and requirements positive; option value positive for long options.
// Range    positions are of contracts of the set; quantities below 10^9.
// Errors   PositionError for what the parameters cannot margin; std::overflow_error beyond 10^18.
// Threads  pure. Safe from any thread on data that no one is writing.
// Cost     cold: positions * 16, plus spreads * months.
// Source   docs/models/risk-array.md, "steps".
#pragma once

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "risk_arrays/parameter_set.hpp"

namespace margingate::risk_arrays {

struct ContractPosition {
  std::size_t contract = 0;  // index in ParameterSet::contracts
  FixedDecimal long_quantity;
  FixedDecimal short_quantity;  // not negative
};

struct AccountPositions {
  AccountType type = AccountType::speculator;
  // Gross accounts hold the positions of many: longs and shorts are scanned apart, and no spread
  // forms.
  bool is_gross = false;
  std::vector<ContractPosition> positions;
};

class PositionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Which positions a sum is over: of a net account all, of a gross one its longs or its shorts.
enum class Book : std::uint8_t { net, longs, shorts };
[[nodiscard]] const char* name_of(Book book) noexcept;

using ScenarioLosses = std::array<FixedDecimal, scenario_count>;

struct TierScan {
  Book book = Book::net;
  int tier = 0;   // 0: the months that no listed tier contains
  Period period;  // when each month is its own tier
  ScenarioLosses losses;
  FixedDecimal scan_risk;
  std::size_t active_scenario = 0;  // index: the first of the largest losses
  std::size_t paired_scenario = 0;
  FixedDecimal volatility_risk;
  FixedDecimal time_risk;
  FixedDecimal price_risk;
};

struct PeriodDelta {
  Book book = Book::net;
  Period period;
  FixedDecimal net;
  FixedDecimal consumed_super;  // magnitudes
  FixedDecimal consumed_intra;
  FixedDecimal consumed_inter;
  FixedDecimal remaining;
};

struct IntraCharge {
  int priority = 0;
  Side long_side = Side::a;  // the side that was long
  FixedDecimal spreads;
  FixedDecimal charge;
  std::string legs;
};

struct SpotCharge {
  Book book = Book::net;
  Period period;
  FixedDecimal consumed;
  FixedDecimal remaining;
  FixedDecimal charge;
};

struct CommodityMargin {
  std::string code;
  std::string currency;
  std::string merged_into;  // the target of a scanning based spread
  std::vector<std::string> merged_from;
  std::vector<TierScan> tiers;
  FixedDecimal scan_risk;
  FixedDecimal volatility_risk;
  FixedDecimal time_risk;
  FixedDecimal price_risk;
  std::vector<PeriodDelta> deltas;
  FixedDecimal net_delta;
  FixedDecimal weighted_price_risk;
  FixedDecimal short_calls;
  FixedDecimal short_puts;
  FixedDecimal short_option_minimum;
  std::vector<IntraCharge> intra_charges;
  FixedDecimal intra_charge;
  std::vector<SpotCharge> spot_charges;
  FixedDecimal spot_charge;
  FixedDecimal super_credit;
  FixedDecimal inter_credit;
  FixedDecimal exchange_credit;
  FixedDecimal moved_charges;  // charges less credits of commodities merged into this one
  FixedDecimal net_option_value;
  FixedDecimal risk_requirement;
  FixedDecimal maintenance;  // before option value
  FixedDecimal initial;      // before option value
};

struct CreditLeg {
  std::string commodity;
  FixedDecimal consumed;
  FixedDecimal weighted_price_risk;
  FixedDecimal rate;
  FixedDecimal credit;
};

struct InterCredit {
  std::string stage;  // super, inter-commodity, inter-exchange
  int priority = 0;
  InterSpreadMethod method = InterSpreadMethod::delta;
  std::string target;
  FixedDecimal spreads;
  std::vector<CreditLeg> legs;
};

struct CurrencyMargin {
  std::string currency;
  FixedDecimal risk_requirement;
  FixedDecimal net_option_value;
  FixedDecimal maintenance_margin;
  FixedDecimal initial_margin;
};

struct AccountMargin {
  std::vector<CommodityMargin> commodities;
  std::vector<InterCredit> credits;
  std::vector<std::string> credits_not_granted;  // and why
  std::vector<CurrencyMargin> currencies;
};

[[nodiscard]] AccountMargin margin_account(const ParameterSet& set,
                                           const AccountPositions& account);

// Scan risk of sixteen losses and its parts; the first of equal losses is active.
[[nodiscard]] TierScan scan_losses(const ScenarioSet& scenarios, const ScenarioLosses& losses);

}  // namespace margingate::risk_arrays
