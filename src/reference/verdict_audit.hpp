// A gate's verdict against the reference's decision on the same state.
//
// Shape    the account as the gate shows it, and a comparison in words.
// Units    as in verdict.hpp.
// Sign     as in verdict.hpp.
// Range    any.
// Errors   none.
// Threads  reference_account reads the gate: order thread.
// Cost     allocates; audits only.
// Source   docs/numerics.md, "The certified interval".
#pragma once

#include <string_view>

#include "margingate/gate.hpp"
#include "reference/reference_account.hpp"
#include "reference/reference_decision.hpp"

namespace margingate::reference {

// The account as the gate holds it now.
[[nodiscard]] ReferenceAccount reference_account(const Gate& gate, AccountId account);

// What the two disagree in; empty when they agree. A verdict on input alone is not judged: the
// gate also looks at ages and capacities, which the reference leaves alone.
[[nodiscard]] std::string_view verdict_difference(const Verdict& verdict,
                                                  const ReferenceDecision& exact);

}  // namespace margingate::reference
