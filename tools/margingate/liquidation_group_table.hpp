// The margin by liquidation groups as text: one block per split with every intermediate.
#pragma once

#include "io/liquidation_group_file.hpp"

namespace margingate::tool {

void print_liquidation_group_margin(const liquidation_groups::ParameterSet& set,
                                    const io::LiquidationGroupPositions& positions,
                                    const liquidation_groups::AccountMargin& margin);

}  // namespace margingate::tool
