// Working orders by handle: an array access, no search.
//
// Shape    slots with generations and a stack of free ones.
// Units    lots, price units, money units.
// Sign     remaining > 0 while alive.
// Range    working_orders_max alive at once.
// Errors   find answers null for a handle that is not alive.
// Threads  one owner.
// Cost     one cache line.
// Source   docs/decisions/0003-dense-identifiers.md.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <vector>

#include "margingate/ids.hpp"
#include "margingate/order.hpp"

namespace margingate {

struct alignas(64) WorkingOrderSlot {
  std::uint32_t generation = 0;  // odd while alive
  std::uint32_t account = 0;
  std::uint32_t instrument = 0;
  std::uint32_t leg = 0;
  std::int64_t remaining = 0;
  std::int64_t price = 0;
  std::int64_t open_loss = 0;
  std::uint64_t id = 0;  // the host's; 0: none
  Side side = Side::buy;
  OrderKind kind = OrderKind::limit;
  bool reduce_only = false;
  bool in_suspense = false;  // an execution that may or may not have happened

  [[nodiscard]] std::int64_t signed_remaining() const noexcept {
    return side == Side::buy ? remaining : -remaining;
  }
};

class WorkingOrders {
 public:
  WorkingOrders(std::uint32_t capacity, std::pmr::memory_resource* memory)
      : slots_(capacity, memory), free_(capacity, memory), free_count_(capacity) {
    for (std::uint32_t i = 0; i < capacity; ++i) free_[i] = capacity - 1 - i;
  }

  [[nodiscard]] WorkingOrderSlot* find(WorkingOrderHandle handle) noexcept {
    if (handle.index >= slots_.size()) return nullptr;
    WorkingOrderSlot& slot = slots_[handle.index];
    const bool alive = (handle.generation & 1) != 0 && slot.generation == handle.generation;
    return alive ? &slot : nullptr;
  }
  [[nodiscard]] const WorkingOrderSlot* find(WorkingOrderHandle handle) const noexcept {
    return const_cast<WorkingOrders*>(this)->find(handle);
  }
  [[nodiscard]] bool is_full() const noexcept { return free_count_ == 0; }
  [[nodiscard]] std::uint32_t free_count() const noexcept { return free_count_; }
  // Every index ever used is below this; handle_at() finds the order there, if alive.
  [[nodiscard]] std::uint32_t used() const noexcept { return used_; }
  [[nodiscard]] WorkingOrderHandle handle_at(std::uint32_t index) const noexcept {
    return {index, slots_[index].generation};
  }

  // Precondition: not full.
  WorkingOrderHandle start(const WorkingOrderSlot& order) noexcept {
    const std::uint32_t index = free_[--free_count_];
    const std::uint32_t generation = slots_[index].generation + 1;
    if (index >= used_) used_ = index + 1;
    slots_[index] = order;
    slots_[index].generation = generation;
    return {index, generation};
  }
  void end(WorkingOrderHandle handle) noexcept {
    ++slots_[handle.index].generation;
    free_[free_count_++] = handle.index;
  }

 private:
  std::pmr::vector<WorkingOrderSlot> slots_;
  std::pmr::vector<std::uint32_t> free_;
  std::uint32_t free_count_;
  std::uint32_t used_ = 0;
};
static_assert(sizeof(WorkingOrderSlot) == 64);

}  // namespace margingate
