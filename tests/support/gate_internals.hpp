// The inside of a gate, for tests that damage it on purpose.
#pragma once

#include "gate/gate_impl.hpp"
#include "margingate/gate.hpp"

namespace margingate {

struct GateInternals {
  [[nodiscard]] static Gate::Impl& of(Gate& gate) noexcept { return *gate.impl_; }
};

}  // namespace margingate
