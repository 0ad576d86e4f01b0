#include "limits/own_orders.hpp"

#include <algorithm>

namespace margingate::limits {
namespace {

// Of two orders of one side, the price the other side meets first.
std::int64_t better(bool is_buy, std::int64_t a, std::int64_t b) noexcept {
  return is_buy ? std::max(a, b) : std::min(a, b);
}

bool meets(bool is_buy, std::int64_t price, std::int64_t resting) noexcept {
  return is_buy ? resting <= price : resting >= price;
}

}  // namespace

OwnOrders::Pair& OwnOrders::find(std::uint32_t scope, std::uint32_t instrument) noexcept {
  const std::uint64_t key = std::uint64_t{scope} << 32 | instrument;
  const std::size_t mask = pairs_.size() - 1;
  std::size_t i = pairs_.size() == 1 ? 0 : (key * 0x9e3779b97f4a7c15u) >> shift_;
  while (pairs_[i].key != key && pairs_[i].key != UINT64_MAX) i = (i + 1) & mask;
  return pairs_[i];
}

void OwnOrders::add(std::uint32_t scope, std::uint32_t index,
                    std::pmr::vector<OrderRecord>& orders) noexcept {
  OrderRecord& order = orders[index];
  Pair& pair = find(scope, order.instrument);
  pair.key = std::uint64_t{scope} << 32 | order.instrument;
  List& list = pair.sides[order.is_buy];
  const bool was_empty = list.first == no_order;
  order.before = no_order;
  order.after = list.first;
  if (!was_empty) orders[list.first].before = index;
  list.first = index;
  list.best = was_empty ? order.price : better(order.is_buy, list.best, order.price);
}

void OwnOrders::remove(std::uint32_t scope, std::uint32_t index,
                       std::pmr::vector<OrderRecord>& orders) noexcept {
  const OrderRecord& order = orders[index];
  if (order.after != no_order) orders[order.after].before = order.before;
  if (order.before != no_order) {
    orders[order.before].after = order.after;
  } else {
    find(scope, order.instrument).sides[order.is_buy].first = order.after;
  }
}

std::uint32_t OwnOrders::met_by(std::uint32_t scope, std::uint32_t instrument, bool is_buy,
                                std::int64_t price, std::uint32_t except,
                                const std::pmr::vector<OrderRecord>& orders) noexcept {
  List& list = find(scope, instrument).sides[!is_buy];
  if (list.first == no_order || !meets(is_buy, price, list.best)) return no_order;
  std::int64_t best = orders[list.first].price;
  for (std::uint32_t i = list.first; i != no_order; i = orders[i].after) {
    if (i != except && meets(is_buy, price, orders[i].price)) return i;
    best = better(!is_buy, best, orders[i].price);
  }
  list.best = best;
  return no_order;
}

}  // namespace margingate::limits
