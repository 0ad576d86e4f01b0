// What a session's gate lists beside its contracts: combos, quote groups, fees, limits.
//
// Shape    adds to a configuration whose instruments are complete.
// Units    as in the public headers.
// Sign     as in the public headers.
// Range    what Gate::create accepts.
// Errors   none; a model without alike contracts gets none.
// Threads  pure but for the random numbers.
// Cost     cold.
// Source   docs/verification.md.
#pragma once

#include "margingate/gate.hpp"
#include "run/random.hpp"

namespace margingate::verify {

// Combos of two to four legs, quote groups of up to twelve members, and fees on what is in no
// combo.
void list_strategies(GateConfig& config, run::Random& random);

// Limits at every level, of a size that the flow meets; four accounts a desk, two desks a firm.
[[nodiscard]] ControlsConfig random_controls(const GateConfig& config, run::Random& random);

}  // namespace margingate::verify
