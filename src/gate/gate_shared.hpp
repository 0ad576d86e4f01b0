// What the order thread and the revaluer share: published tables, two queues, handover buffers.
//
// Shape    fixed at creation.
// Units    none.
// Sign     none.
// Range    GateLimits.
// Errors   none.
// Threads  terms are immutable. slots: the revaluer publishes, the gate reads and announces.
//          events: gate to revaluer. handovers: revaluer to gate. buffers_back: gate to revaluer.
//          audit_requests: revaluer to gate, answered among the events. A buffer belongs to
//          whoever took its index from a queue last.
// Cost     memory taken once.
// Source   docs/threading.md.
#pragma once

#include <cstdint>
#include <deque>
#include <memory_resource>
#include <vector>

#include "gate/gate_messages.hpp"
#include "gate/gate_terms.hpp"
#include "gate/risk_table.hpp"
#include "sync/channel.hpp"
#include "sync/epoch_slots.hpp"

namespace margingate {

inline constexpr std::uint32_t handover_buffers_max = 256;
inline constexpr std::uint32_t audit_buffers_max = 16;

struct GateShared {
  GateShared(GateTerms prepared, std::pmr::memory_resource* resource);

  [[nodiscard]] std::int64_t* buffer(std::uint32_t index) noexcept {
    return handover_words.data() + static_cast<std::size_t>(index) * terms.account_words;
  }
  [[nodiscard]] std::int64_t* audit_buffer(std::uint32_t index) noexcept {
    return audit_words.data() + static_cast<std::size_t>(index) * terms.account_words;
  }

  GateTerms terms;
  std::pmr::memory_resource* memory;
  std::deque<RiskTable> tables;  // by slot
  sync::EpochSlots<> slots;
  sync::Channel<GateEvent> events;
  sync::Channel<Handover> handovers;
  sync::Channel<std::uint32_t> buffers_back;
  sync::Channel<AuditRequest> audit_requests;
  std::pmr::vector<std::int64_t> handover_words;
  std::pmr::vector<std::int64_t> audit_words;
};

}  // namespace margingate
