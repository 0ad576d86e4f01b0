// Totals of one account the plain way: for every leg, add what it contributes to every total, in
// memory, one array after the other.
//
// Shape    blocks laid out like the gate's, so that both can be compared word by word.
// Units    as in src/margin.
// Sign     losses positive.
// Range    legs that the table prices.
// Errors   none.
// Threads  the order thread.
// Cost     legs * scenarios additions to memory.
// Source   docs/methodology.md MR-12; src/margin/unit_totals.hpp for the layout.
#pragma once

#include <cstdint>

#include "support/gate_internals.hpp"

namespace margingate::bench {

class PlainSweep {
 public:
  explicit PlainSweep(Gate& gate) : gate_(GateInternals::of(gate)) {}

  // Sums the account's legs under the newest table.
  void sum(std::uint32_t account, std::int64_t* block) noexcept;

 private:
  void add_leg(const LegEntry& entry, std::int64_t* block) noexcept;

  Gate::Impl& gate_;
};

}  // namespace margingate::bench
