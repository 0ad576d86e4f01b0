// A liquidation plan as JSON.
//
// Shape    keys as in docs/formats.md, "liquidation plan".
// Units    decimal amounts of the statement's currency; quantities in contracts.
// Sign     as in LiquidationPlan.
// Range    a WhatIf that has a plan.
// Errors   none.
// Threads  pure.
// Cost     cold.
// Source   docs/formats.md.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "io/what_if.hpp"

namespace margingate::io {

[[nodiscard]] nlohmann::ordered_json liquidation_json(const WhatIf& what_if);

}  // namespace margingate::io
