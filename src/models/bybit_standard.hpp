// Parameters of Bybit's cross margin: options by formula, futures by tiers of size.
//
// Shape    options alike for every underlying; futures by underlying, each slice of size at its
//          rate.
// Units    fractions of the index, of the mark, or of notional; tiers in quote currency of
//          notional.
// Sign     non-negative.
// Range    maintenance tiers end below the initial rate; validate_margin_model for the rest.
// Errors   none.
// Threads  values.
// Cost     none. Source docs/models/bybit-standard.md.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "margingate/margin_model.hpp"
#include "models/by_underlying.hpp"
#include "models/parameter_reader.hpp"
#include "models/shared_parameters.hpp"

namespace margingate::models {

struct BybitStandardFutures {
  double initial = 0.0;  // one over the leverage
  std::vector<RateTier> maintenance;
};

struct BybitStandardParameters {
  double option_initial = 0.0;
  double option_initial_minimum = 0.0;
  double option_maintenance = 0.0;  // of the larger of index and mark
  double liquidation_fee = 0.0;     // of the index
  ByUnderlying<BybitStandardFutures> futures;
};

[[nodiscard]] BybitStandardParameters read_bybit_standard_parameters(ParameterReader& reader);

[[nodiscard]] MarginModel bybit_standard_model(const BybitStandardParameters& parameters,
                                               std::span<const std::string> risk_units);

}  // namespace margingate::models
