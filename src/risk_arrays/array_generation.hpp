// Risk arrays computed rather than delivered: one contract revalued in every scenario.
//
// Shape    terms of one contract and its market in, sixteen losses and a composite delta out.
// Units    prices in price units, losses in money; rates and volatilities fractions per year,
//          times in years.
// Sign     loss positive, for one long contract.
// Range    price, strike, multiplier above 0; volatility and times at least 0; the shifted price
//          above 0, a shifted volatility below 0 counts as 0.
// Errors   std::domain_error naming what is out of range.
// Threads  pure. Same bits on every machine and compiler.
// Cost     24 prices.
// Source   docs/models/risk-array.md, "generation"; Black (1976), Merton (1973) for a yield.
#pragma once

#include "risk_arrays/parameter_set.hpp"

namespace margingate::risk_arrays {

enum class ShiftKind : std::uint8_t {
  absolute,  // price: in price units; volatility: added
  relative,  // price: a fraction of the price; volatility: a fraction of itself
};

struct ScanRanges {
  double price = 0.0;
  ShiftKind price_kind = ShiftKind::absolute;
  double volatility = 0.0;
  ShiftKind volatility_kind = ShiftKind::absolute;
  double look_ahead_years = 0.0;
};

struct OptionMarket {
  double underlying_price = 0.0;
  bool is_on_future = true;  // else on a spot that carries interest_rate - yield
  double strike = 0.0;
  OptionRight right = OptionRight::call;
  double volatility = 0.0;
  double time_to_expiry_years = 0.0;
  double interest_rate = 0.0;
  double yield = 0.0;
  double multiplier = 1.0;
};

// Losses are rounded to `places`.
[[nodiscard]] RiskArray option_risk_array(const ScenarioSet& set, const ScanRanges& ranges,
                                          const OptionMarket& market, int places);

// A future, or anything else whose value moves one to one with its price.
[[nodiscard]] RiskArray linear_risk_array(const ScenarioSet& set, const ScanRanges& ranges,
                                          double price, double multiplier, int places);

// Value and delta per unit of the underlying price, discounted at the interest rate.
struct OptionPoint {
  double value = 0.0;
  double delta = 0.0;
};
[[nodiscard]] OptionPoint option_point(const OptionMarket& market, double underlying_price,
                                       double volatility, double time_to_expiry_years);

}  // namespace margingate::risk_arrays
