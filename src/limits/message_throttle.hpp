// Token bucket on event time: a burst of n messages, then n per period.
//
// Shape    one theoretical arrival time; the bucket is full when it lies in the past.
// Units    nanoseconds.
// Sign     none.
// Range    1 <= n <= period.
// Errors   none.
// Threads  a value.
// Cost     one comparison to ask, one maximum to take; the division is made when n changes.
// Source   the virtual scheduling form of the generic cell rate algorithm, ITU-T I.371.
#pragma once

#include <algorithm>
#include <cstdint>

namespace margingate::limits {

class MessageThrottle {
 public:
  // The interval is rounded up: never more than n per period in the long run.
  void set(std::int64_t messages, std::int64_t period) noexcept {
    const bool is_on = messages != INT64_MAX;
    interval_ = is_on ? (period + messages - 1) / messages : 0;
    tolerance_ = is_on ? interval_ * (messages - 1) : INT64_MAX;
  }
  [[nodiscard]] bool has_token(std::int64_t now) const noexcept {
    return arrival_ - now <= tolerance_;
  }
  void take(std::int64_t now) noexcept { arrival_ = std::max(arrival_, now) + interval_; }

 private:
  std::int64_t interval_ = 0;
  std::int64_t tolerance_ = INT64_MAX;
  std::int64_t arrival_ = 0;
};

}  // namespace margingate::limits
