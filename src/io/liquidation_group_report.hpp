// An account's margin by liquidation groups as JSON, with every intermediate.
//
// Shape    one object; keys are the names of the model's page.
// Units    as in liquidation_groups/account_margin.hpp.
// Sign     as there.
// Range    none.
// Errors   none.
// Threads  pure.
// Cost     cold.
// Source   docs/formats.md, "liquidation groups".
#pragma once

#include <nlohmann/json.hpp>

#include "io/liquidation_group_file.hpp"

namespace margingate::io {

[[nodiscard]] nlohmann::ordered_json liquidation_group_json(
    const liquidation_groups::ParameterSet& set, const LiquidationGroupPositions& positions,
    const liquidation_groups::AccountMargin& margin);

}  // namespace margingate::io
