// In place of src/sync/channel.hpp: the same queue, which hands control back before every use.
#pragma once

#include <cstddef>
#include <deque>
#include <type_traits>

#include "gate/gate_messages.hpp"
#include "support/interleavings.hpp"
#include "sync_faults.hpp"

namespace margingate::sync {

template <class T>
class Channel {
 public:
  explicit Channel(std::size_t capacity) : capacity_(capacity) {}

  bool try_push(const T& element) noexcept {
    testing::interleaving::before_access();
    if (elements_.size() == capacity_) return false;
    if constexpr (std::is_same_v<T, GateEvent>) {
      if (testing::faults.loses(element.kind == GateEventKind::leg)) return true;
    }
    elements_.push_back(element);
    if constexpr (std::is_same_v<T, GateEvent>) {
      const std::size_t size = elements_.size();
      if (testing::faults.swaps_events && size > 1) std::swap(elements_[size - 1], elements_[0]);
    }
    testing::interleaving::wrote(location_);
    return true;
  }
  bool has_room(std::size_t elements) noexcept {
    testing::interleaving::before_access();
    testing::interleaving::saw(elements_.size());
    return capacity_ - elements_.size() >= elements;
  }
  bool try_pop(T& element) noexcept {
    testing::interleaving::before_access();
    testing::interleaving::saw(popped_ + (elements_.empty() ? 0 : 1));
    if (elements_.empty()) return false;
    element = elements_.front();
    elements_.pop_front();
    ++popped_;
    testing::interleaving::wrote(location_);
    return true;
  }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

 private:
  std::size_t capacity_;
  std::deque<T> elements_;
  std::size_t popped_ = 0;
  std::size_t location_ = testing::interleaving::new_location();
};

}  // namespace margingate::sync
