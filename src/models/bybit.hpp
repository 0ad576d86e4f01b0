// Parameters of Bybit's portfolio margin of a unified trading account.
//
// Shape    one grid per base coin, contingency and factor alike for all.
// Units    moves and rates are fractions; days to expiry are rounded up in the power of the shock.
// Sign     non-negative.
// Range    im_factor at least 1; validate_margin_model for the rest.
// Errors   none.
// Threads  values.
// Cost     none.
// Source   docs/models/bybit.md.
#pragma once

#include <span>
#include <string>

#include "margingate/margin_model.hpp"
#include "models/by_underlying.hpp"
#include "models/parameter_reader.hpp"

namespace margingate::models {

struct BybitUnit {
  double price_range = 0.0;
  int price_steps = 1;  // each way
  double volatility_up = 0.0;
  double volatility_down = 0.0;
  double futures_contingency = 0.0;  // of the index, per coin of contracts
};

struct BybitParameters {
  double im_factor = 1.0;
  double volatility_power = 0.0;
  double volatility_pivot_days = 30.0;
  ByUnderlying<BybitUnit> units;
};

[[nodiscard]] BybitParameters read_bybit_parameters(ParameterReader& reader);

[[nodiscard]] MarginModel bybit_model(const BybitParameters& parameters,
                                      std::span<const std::string> risk_units);

}  // namespace margingate::models
