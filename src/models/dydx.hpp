// Parameters of dYdX v4's perpetual markets, under their names in the chain.
//
// Shape    one DydxMarket per market.
// Units    parts per million; open interest caps in quote currency.
// Sign     non-negative.
// Range    initial_margin_ppm up to a million; validate_margin_model for the rest.
// Errors   none.
// Threads  values.
// Cost     none.
// Source   docs/models/dydx.md; dydx_integers.hpp has the chain's own arithmetic.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "margingate/margin_model.hpp"
#include "models/by_underlying.hpp"
#include "models/parameter_reader.hpp"

namespace margingate::models {

struct DydxMarket {
  std::int64_t initial_margin_ppm = 0;
  std::int64_t maintenance_fraction_ppm = 0;  // of the initial margin
  double open_interest_lower_cap = 0.0;
  double open_interest_upper_cap = 0.0;  // 0: open interest does not matter
};

struct DydxParameters {
  ByUnderlying<DydxMarket> markets;
};

[[nodiscard]] DydxParameters read_dydx_parameters(ParameterReader& reader);

[[nodiscard]] MarginModel dydx_model(const DydxParameters& parameters,
                                     std::span<const std::string> risk_units);

}  // namespace margingate::models
