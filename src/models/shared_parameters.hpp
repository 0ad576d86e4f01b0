// Parts of a parameter file that several models share: charges, volatility shocks.
//
// Shape    one function per part; each asks the reader for the keys of that part.
// Units    as in margin_model.hpp.
// Sign     see there.
// Range    what validate_margin_model accepts.
// Errors   those of the reader.
// Threads  pure.
// Cost     cold.
// Source   docs/formats.md, "parameter files".
#pragma once

#include <string>
#include <vector>

#include "margingate/margin_model.hpp"
#include "models/parameter_reader.hpp"

namespace margingate::models {

[[nodiscard]] std::vector<ExposureCharge> read_charges(ParameterReader& reader,
                                                       const std::string& key);
[[nodiscard]] VolatilityShock read_volatility_shock(ParameterReader& reader);

}  // namespace margingate::models
