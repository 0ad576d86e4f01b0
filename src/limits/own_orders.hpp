// Working orders of one scope in one instrument, by side: would a new order meet one of them?
//
// Shape    per (scope, instrument) two lists through the orders, each with a bound on its best
//          price; open addressing over a power of two of entries that never leave.
// Units    price units.
// Sign     none.
// Range    legs_max pairs, working_orders_max orders.
// Errors   none.
// Threads  one owner.
// Cost     a bound decides; only when the best order has left since, its list is walked once.
// Source   docs/controls.md, "Self-match".
#pragma once

#include <bit>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "margingate/ids.hpp"

namespace margingate::limits {

inline constexpr std::uint32_t no_order = UINT32_MAX;

// What the controls remember of one working order, by the index of its handle.
struct OrderRecord {
  std::int64_t value = 0;  // notional still working
  std::int64_t price = 0;
  std::uint32_t account = 0;
  std::uint32_t instrument = 0;
  std::uint32_t generation = 0;
  std::uint32_t before = no_order;  // in the list of its side
  std::uint32_t after = no_order;
  bool is_buy = false;
};

class OwnOrders {
 public:
  OwnOrders(std::uint32_t pairs_max, std::pmr::memory_resource* memory)
      : shift_(64 -
               static_cast<int>(std::bit_width(std::bit_ceil(std::uint64_t{pairs_max} * 2) - 1))),
        pairs_(pairs_max == 0 ? 1 : std::bit_ceil(std::uint64_t{pairs_max} * 2), memory) {}

  void add(std::uint32_t scope, std::uint32_t index,
           std::pmr::vector<OrderRecord>& orders) noexcept;
  void remove(std::uint32_t scope, std::uint32_t index,
              std::pmr::vector<OrderRecord>& orders) noexcept;
  // An order of the scope that one of this side and price would trade with; `except` is not met.
  [[nodiscard]] std::uint32_t met_by(std::uint32_t scope, std::uint32_t instrument, bool is_buy,
                                     std::int64_t price, std::uint32_t except,
                                     const std::pmr::vector<OrderRecord>& orders) noexcept;

 private:
  struct List {
    std::uint32_t first = no_order;
    std::int64_t best = 0;  // no order of the list is better; meaningless when empty
  };
  struct Pair {
    std::uint64_t key = UINT64_MAX;  // scope << 32 | instrument
    List sides[2];                   // sell, buy
  };
  // Where the pair is, or would be.
  [[nodiscard]] Pair& find(std::uint32_t scope, std::uint32_t instrument) noexcept;

  int shift_;
  std::pmr::vector<Pair> pairs_;
};

}  // namespace margingate::limits
