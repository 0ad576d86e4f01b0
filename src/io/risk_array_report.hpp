// An account's margin under risk arrays as JSON, with every intermediate.
//
// Shape    one object; keys are the names of the model's page.
// Units    as in risk_arrays/account_margin.hpp.
// Sign     as there.
// Range    none.
// Errors   none.
// Threads  pure.
// Cost     cold.
// Source   docs/formats.md, "margingate arrays --json".
#pragma once

#include <nlohmann/json.hpp>

#include "io/risk_array_positions.hpp"

namespace margingate::io {

[[nodiscard]] nlohmann::ordered_json risk_array_json(const risk_arrays::ParameterSet& set,
                                                     const RiskArrayPositions& positions,
                                                     const risk_arrays::AccountMargin& margin);

}  // namespace margingate::io
