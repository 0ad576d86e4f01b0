// Parameters of Deribit's standard margin: formulas per position, summed, all in one currency.
//
// Shape    options alike for every underlying, futures by underlying.
// Units    fractions of the index, of the mark, or of the size's notional; per_coin: per coin of
//          size.
// Sign     non-negative.
// Range    initial rates at least the maintenance rates; validate_margin_model for the rest.
// Errors   none.
// Threads  values.
// Cost     none. Source docs/models/deribit-standard.md.
#pragma once

#include <span>
#include <string>

#include "margingate/margin_model.hpp"
#include "models/by_underlying.hpp"
#include "models/parameter_reader.hpp"

namespace margingate::models {

struct DeribitStandardFutures {
  double initial = 0.0;
  double maintenance = 0.0;
  double per_coin = 0.0;  // added to both for each coin of the position
};

struct DeribitStandardParameters {
  double option_initial = 0.0;          // less what the option is out of the money
  double option_initial_minimum = 0.0;  // and never below this
  double option_maintenance = 0.0;
  ByUnderlying<DeribitStandardFutures> futures;
};

[[nodiscard]] DeribitStandardParameters read_deribit_standard_parameters(ParameterReader& reader);

[[nodiscard]] MarginModel deribit_standard_model(const DeribitStandardParameters& parameters,
                                                 std::span<const std::string> risk_units);

}  // namespace margingate::models
