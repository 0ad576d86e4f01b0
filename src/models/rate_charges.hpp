// Parameters of the two models that charge per contract and know no scenarios.
//
// Shape    a list of charges by kind of instrument, and what maintenance is of initial.
// Units    fractions of notional or of option value; see ExposureCharge.
// Sign     non-negative.
// Range    validate_margin_model.
// Errors   none.
// Threads  values.
// Cost     none.
// Source   docs/models/isolated.md, docs/models/cross.md.
#pragma once

#include <cstddef>
#include <vector>

#include "margingate/margin_model.hpp"
#include "models/parameter_reader.hpp"

namespace margingate::models {

struct RateParameters {
  std::vector<ExposureCharge> charges;
  double initial_factor = 1.0;
  double maintenance_factor = 1.0;
};

struct IsolatedParameters {
  RateParameters rates;
};

struct CrossParameters {
  RateParameters rates;
};

[[nodiscard]] IsolatedParameters read_isolated_parameters(ParameterReader& reader);
[[nodiscard]] CrossParameters read_cross_parameters(ParameterReader& reader);

// Each position pays for itself: its own loss counts, another one's gain does not.
[[nodiscard]] MarginModel isolated_model(const IsolatedParameters& parameters,
                                         std::size_t risk_units);

// The same charges against one pool of collateral and unrealised profit.
[[nodiscard]] MarginModel cross_model(const CrossParameters& parameters, std::size_t risk_units);

}  // namespace margingate::models
