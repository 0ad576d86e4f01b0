// The decision on replacing a working order, from the reference's margins before and after.
#pragma once

#include "margingate/gate.hpp"
#include "reference/reference_decision.hpp"

namespace margingate::run {

// account: as it is, with the original order working. intent: what it is to become.
reference::ReferenceDecision reference_replace(const reference::ReferenceMarket& market,
                                               const reference::ReferenceAccount& account,
                                               const Gate::WorkingOrder& original,
                                               const OrderIntent& intent);

}  // namespace margingate::run
