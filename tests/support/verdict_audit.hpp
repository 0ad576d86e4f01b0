// One decision of the gate against the whole margin computed from scratch.
#pragma once

#include <string>

#include "margingate/gate.hpp"
#include "reference/reference_account.hpp"
#include "reference/reference_market.hpp"

namespace margingate::testing {

// What is wrong with the verdict, in words; empty when the reference agrees. Verdicts on input
// alone are not judged. market must be that of the verdict's epoch.
[[nodiscard]] std::string verdict_disagreement(const reference::ReferenceMarket& market,
                                               const reference::ReferenceAccount& before,
                                               const OrderIntent& intent, const Verdict& verdict);

}  // namespace margingate::testing
