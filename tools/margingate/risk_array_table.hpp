// The margin of risk arrays as text: a table per combined commodity with every intermediate.
#pragma once

#include "io/risk_array_positions.hpp"

namespace margingate::tool {

void print_risk_array_margin(const risk_arrays::ParameterSet& set,
                             const io::RiskArrayPositions& positions,
                             const risk_arrays::AccountMargin& margin);

}  // namespace margingate::tool
