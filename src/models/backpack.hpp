// Parameters of Backpack's margin functions: a base that a square root of notional overtakes.
//
// Shape    one BackpackMarket per market, one leverage limit for the account.
// Units    fractions; factors per square root of quote currency of notional.
// Sign     non-negative.
// Range    the maintenance function below the initial one; validate_margin_model for the rest.
// Errors   none.
// Threads  values.
// Cost     none.
// Source   docs/models/backpack.md.
#pragma once

#include <span>
#include <string>

#include "margingate/margin_model.hpp"
#include "models/by_underlying.hpp"
#include "models/parameter_reader.hpp"

namespace margingate::models {

struct SquareRootFunction {
  double base = 0.0;
  double factor = 0.0;
};

struct BackpackMarket {
  SquareRootFunction initial;      // imfFunction
  SquareRootFunction maintenance;  // mmfFunction
};

struct BackpackParameters {
  double leverage_max = 1.0;
  ByUnderlying<BackpackMarket> markets;
};

[[nodiscard]] BackpackParameters read_backpack_parameters(ParameterReader& reader);

[[nodiscard]] MarginModel backpack_model(const BackpackParameters& parameters,
                                         std::span<const std::string> risk_units);

}  // namespace margingate::models
