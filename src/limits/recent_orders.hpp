// The last accepted orders of a scope, to recognise the same order sent again.
//
// Shape    a ring of recent_orders_count identities.
// Units    event time in nanoseconds.
// Sign     none.
// Range    an identity packs instrument, side and a quantity up to 2^30.
// Errors   none; an order older than the last recent_orders_count is forgotten.
// Threads  a value.
// Cost     three cache lines.
// Source   docs/controls.md, "Duplicate orders".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace margingate::limits {

inline constexpr std::size_t recent_orders_count = 8;

struct OrderIdentity {
  std::uint64_t what = 0;  // instrument, side, quantity; zero is no order
  std::int64_t price = 0;

  [[nodiscard]] static OrderIdentity of(std::uint32_t instrument, std::int64_t lots,
                                        std::int64_t price) noexcept {
    const auto side = static_cast<std::uint64_t>(lots < 0);
    const auto quantity = static_cast<std::uint64_t>(lots < 0 ? -lots : lots);
    return {std::uint64_t{instrument} << 32 | side << 31 | quantity, price};
  }
  friend constexpr bool operator==(const OrderIdentity&, const OrderIdentity&) noexcept = default;
};

class RecentOrders {
 public:
  [[nodiscard]] std::int64_t count(const OrderIdentity& order, std::int64_t now,
                                   std::int64_t period) const noexcept {
    std::int64_t same = 0;
    for (std::size_t i = 0; i < recent_orders_count; ++i) {
      same += orders_[i] == order && now - times_[i] < period;
    }
    return same;
  }
  void add(const OrderIdentity& order, std::int64_t now) noexcept {
    orders_[next_] = order;
    times_[next_] = now;
    next_ = (next_ + 1) % recent_orders_count;
  }

 private:
  std::array<OrderIdentity, recent_orders_count> orders_{};
  std::array<std::int64_t, recent_orders_count> times_{};
  std::uint32_t next_ = 0;
};

}  // namespace margingate::limits
