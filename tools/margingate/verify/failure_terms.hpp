// What a leg was entered at, so that a position transfer brings it back.
#pragma once

#include "margingate/gate.hpp"
#include "reference/reference_account.hpp"

namespace margingate::verify {

// Nearest price whose entry cash is the leg's; the smallest price where none is near.
[[nodiscard]] Price average_price(const GateConfig& config, const reference::ReferenceLeg& leg);

}  // namespace margingate::verify
