// Where the state of a gate lies: for floors that read the very lines a decision reads, and for
// sweeps over the very legs of its accounts.
//
// Shape    references into the gate.
// Units    as in src/gate.
// Sign     as in src/gate.
// Range    none.
// Errors   none.
// Threads  the order thread, unless what is reached says otherwise.
// Cost     none.
// Source   src/gate/gate_impl.hpp.
#pragma once

#include "gate/gate_impl.hpp"
#include "margingate/gate.hpp"

namespace margingate {

struct GateInternals {
  [[nodiscard]] static Gate::Impl& of(Gate& gate) noexcept { return *gate.impl_; }
};

}  // namespace margingate
