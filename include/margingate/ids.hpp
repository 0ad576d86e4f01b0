// Dense identifiers: every object the gate knows is a small index handed out when it is built.
//
// Shape    one 32-bit index each; WorkingOrderHandle is an index and a generation, OrderId the
//          host's own 64-bit number.
// Units    none.
// Sign     none.
// Range    0 .. count - 1 of the GateConfig the gate was built from.
// Errors   an identifier out of range is answered with its own Reason, never followed.
// Threads  values.
// Cost     an array access where a hash lookup would otherwise be.
// Source   docs/decisions/0003-dense-identifiers.md.
#pragma once

#include <compare>
#include <cstdint>

namespace margingate {

template <class Tag>
struct Index {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(const Index&, const Index&) noexcept = default;
};

using AccountId = Index<struct AccountTag>;
using InstrumentId = Index<struct InstrumentTag>;
using UnderlyingId = Index<struct UnderlyingTag>;
using RiskUnitId = Index<struct RiskUnitTag>;
using AssetId = Index<struct AssetTag>;

// Number of a published risk table; 0 means none yet.
using Epoch = std::uint64_t;

// The host's own number of an order, unique within the gate while it is remembered; 0: none.
struct OrderId {
  std::uint64_t value = 0;
  friend constexpr auto operator<=>(const OrderId&, const OrderId&) noexcept = default;
};

// Names a working order from acceptance to its end. A handle whose order has ended is recognised
// by its generation and answered with Reason::unknown_order.
struct WorkingOrderHandle {
  std::uint32_t index = UINT32_MAX;
  std::uint32_t generation = 0;
  friend constexpr auto operator<=>(const WorkingOrderHandle&,
                                    const WorkingOrderHandle&) noexcept = default;
};

}  // namespace margingate
