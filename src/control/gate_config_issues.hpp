// Everything that can be wrong with a GateConfig.
#pragma once

#include <vector>

#include "gate/gate_terms.hpp"
#include "margingate/gate.hpp"

namespace margingate {

[[nodiscard]] std::vector<GateIssue> gate_config_issues(const GateConfig& config);

// Contracts whose money per lot could leave 128-bit products, known once terms are resolved.
[[nodiscard]] std::vector<GateIssue> trade_value_issues(const GateTerms& terms);

}  // namespace margingate
