// A bounded queue from one thread to one other.
//
// Shape    fixed capacity, taken at construction.
// Units    elements.
// Sign     none.
// Range    capacity >= 1.
// Errors   try_push returns false when full, try_pop when empty; nothing is lost or overwritten.
// Threads  one producer calls try_push and has_room, one consumer calls try_pop.
// Cost     wait-free; the element's copy and one store to a shared index.
// Source   Boost.Lockfree spsc_queue, whose fixed-capacity form is free of data races.
#pragma once

#include <algorithm>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstddef>

namespace margingate::sync {

template <class T>
class Channel {
 public:
  // One lap touches every page, so that the producer's first lap is no slower than its others.
  explicit Channel(std::size_t capacity) : capacity_(capacity), room_(capacity), queue_(capacity) {
    while (queue_.push(T{})) continue;
    queue_.reset();
  }

  bool try_push(const T& element) noexcept {
    if (!queue_.push(element)) return false;
    room_ -= std::min<std::size_t>(room_, 1);
    return true;
  }
  // Producer only. Looks at the consumer's index just when the last known room has run out.
  bool has_room(std::size_t elements) noexcept {
    if (room_ < elements) room_ = queue_.write_available();
    return room_ >= elements;
  }
  bool try_pop(T& element) noexcept { return queue_.pop(element); }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

 private:
  std::size_t capacity_;
  std::size_t room_;
  boost::lockfree::spsc_queue<T> queue_;
};

}  // namespace margingate::sync
