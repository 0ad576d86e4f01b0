// From a ControlsConfig to controls: report every issue, resolve everything, take all memory.
//
// Shape    free functions over a GateConfig that has controls.
// Units    as in ControlsConfig.
// Sign     as in ControlsConfig.
// Range    what the issues say.
// Errors   issues name the field, e.g. "controls.desks[2].limits.open_orders".
// Threads  building time only.
// Cost     cold.
// Source   docs/controls.md, "Configuration".
#pragma once

#include <vector>

#include "gate/gate_terms.hpp"
#include "limits/control_terms.hpp"
#include "margingate/gate.hpp"

namespace margingate {

// A limit that is missing, can never bind, or names what does not exist.
[[nodiscard]] std::vector<GateIssue> controls_config_issues(const GateConfig& config);

[[nodiscard]] limits::ControlTerms prepare_controls(const GateConfig& config);

}  // namespace margingate
