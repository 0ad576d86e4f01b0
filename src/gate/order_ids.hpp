// Orders by the host's own number: idempotence without allocation.
//
// Shape    open addressing over a power of two of 32-byte records, at most half full; ids of ended
//          orders wait in a ring and are forgotten oldest first.
// Units    none.
// Sign     none.
// Range    working_orders_max live ids and order_ids_max ended ones.
// Errors   find answers null for an id that is not remembered.
// Threads  one owner.
// Cost     usually one cache line; forgetting moves the records of one run; coming back is cold.
// Source   docs/order-life.md.
#pragma once

#include <bit>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "margingate/ids.hpp"

namespace margingate {

// The executions seen of one order: the last sixty-four numbers, as a window that moves up.
class ExecutionWindow {
 public:
  enum class Place : std::uint8_t { next, ahead, late, seen, too_old };

  [[nodiscard]] Place place(std::uint32_t number) const noexcept {
    if (number > highest_) return number == highest_ + 1 ? Place::next : Place::ahead;
    const std::uint32_t back = highest_ - number;
    if (back >= 64) return Place::too_old;
    return (seen_ >> back & 1) != 0 ? Place::seen : Place::late;
  }
  void mark(std::uint32_t number) noexcept {
    if (number > highest_) {
      const std::uint32_t up = number - highest_;
      seen_ = up >= 64 ? 1 : seen_ << up | 1;
      highest_ = number;
    } else if (highest_ - number < 64) {
      seen_ |= std::uint64_t{1} << (highest_ - number);
    }
  }

 private:
  std::uint64_t seen_ = 0;  // bit n: highest - n
  std::uint32_t highest_ = 0;
};

struct OrderRecord {
  std::uint64_t id = 0;  // 0: free
  WorkingOrderHandle order;
  ExecutionWindow executions;
};
static_assert(sizeof(OrderRecord) == 32);

// Where the order of an ended id works now: in the gate that its account has moved to.
inline constexpr WorkingOrderHandle moved_away{UINT32_MAX, UINT32_MAX};

class OrderIds {
 public:
  OrderIds(std::uint32_t live_max, std::uint32_t ended_max, std::pmr::memory_resource* memory)
      : records_(std::bit_ceil((std::uint64_t{live_max} + ended_max) * 2), memory),
        ended_(ended_max, memory),
        shift_(64 - static_cast<int>(std::bit_width(records_.size() - 1))) {}

  [[nodiscard]] OrderRecord* find(OrderId id) noexcept {
    for (std::size_t i = home(id.value);; i = next(i)) {
      if (records_[i].id == id.value) return id.value == 0 ? nullptr : &records_[i];
      if (records_[i].id == 0) return nullptr;
    }
  }
  [[nodiscard]] const OrderRecord* find(OrderId id) const noexcept {
    return const_cast<OrderIds*>(this)->find(id);
  }

  // Precondition: the id is not zero and not remembered; no more ids live than live_max.
  void start(OrderId id, WorkingOrderHandle order) noexcept {
    std::size_t i = home(id.value);
    while (records_[i].id != 0) i = next(i);
    records_[i] = {id.value, order, {}};
  }

  // The order comes from another gate, or back, with the executions seen of it there.
  // Precondition: the id is not remembered, or is that of an order that has moved away.
  void arrive(OrderId id, WorkingOrderHandle order, const ExecutionWindow& executions) noexcept {
    OrderRecord* known = find(id);
    if (known == nullptr) {
      start(id, order);
      known = find(id);
    } else {
      for (std::uint64_t& ended : ended_) ended = ended == id.value ? 0 : ended;
    }
    known->order = order;
    known->executions = executions;
  }

  // The order has ended; its id is remembered until order_ids_max others have ended after it.
  void end(OrderId id) noexcept {
    std::uint64_t& oldest = ended_[ended_count_++ % ended_.size()];
    if (oldest != 0) forget(oldest);
    oldest = id.value;
  }

 private:
  [[nodiscard]] std::size_t home(std::uint64_t id) const noexcept {
    return static_cast<std::size_t>(id * 0x9e3779b97f4a7c15u >> shift_);
  }
  [[nodiscard]] std::size_t next(std::size_t i) const noexcept {
    return (i + 1) & (records_.size() - 1);
  }
  // Closes the gap, so that no search has to step over what is gone.
  void forget(std::uint64_t id) noexcept {
    std::size_t gap = home(id);
    while (records_[gap].id != id) gap = next(gap);
    for (std::size_t i = next(gap); records_[i].id != 0; i = next(i)) {
      const std::size_t distance_to_gap = (gap - home(records_[i].id)) & (records_.size() - 1);
      const std::size_t distance_here = (i - home(records_[i].id)) & (records_.size() - 1);
      if (distance_to_gap > distance_here) continue;
      records_[gap] = records_[i];
      gap = i;
    }
    records_[gap] = {};
  }

  std::pmr::vector<OrderRecord> records_;
  std::pmr::vector<std::uint64_t> ended_;
  std::uint64_t ended_count_ = 0;
  int shift_;
};

}  // namespace margingate
