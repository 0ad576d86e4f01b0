// Resting orders of one instrument in price-time priority: the host's side of the story.
//
// Small books (tens of orders) are fastest as two sorted arrays with the best order at the end.
// The book knows accounts only to keep an order from meeting one of its own account.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "margingate/order.hpp"

namespace margingate::run {

struct BookOrder {
  std::uint32_t order = 0;  // the host's name for it
  std::uint32_t account = 0;
  std::int64_t price = 0;
  std::int64_t quantity = 0;  // remaining, positive
};

constexpr Side opposite(Side side) noexcept { return side == Side::buy ? Side::sell : Side::buy; }

class OrderBook {
 public:
  // Behind every order of the same or a better price.
  void add(Side side, const BookOrder& order) {
    auto& orders = side_of(side);
    orders.insert(first_not_worse(orders, side, order.price), order);
  }

  // False when no such order rests there.
  bool remove(Side side, std::int64_t price, std::uint32_t order) {
    auto& orders = side_of(side);
    for (auto at = first_not_worse(orders, side, price); at != orders.end() && at->price == price;
         ++at) {
      if (at->order != order) continue;
      orders.erase(at);
      return true;
    }
    return false;
  }

  // First in priority, or nullptr.
  [[nodiscard]] const BookOrder* best(Side side) const noexcept {
    const auto& orders = side == Side::buy ? buys_ : sells_;
    return orders.empty() ? nullptr : &orders.back();
  }

  // The resting order that an arriving one would meet at this limit price, or nullptr.
  [[nodiscard]] const BookOrder* meets(Side arriving, std::int64_t limit_price) const noexcept {
    const BookOrder* const resting = best(opposite(arriving));
    if (resting == nullptr) return nullptr;
    const bool crosses =
        arriving == Side::buy ? resting->price <= limit_price : resting->price >= limit_price;
    return crosses ? resting : nullptr;
  }

  // Takes this much off the first order, which leaves the book when nothing remains.
  void fill_best(Side side, std::int64_t quantity) {
    auto& orders = side_of(side);
    orders.back().quantity -= quantity;
    if (orders.back().quantity <= 0) orders.pop_back();
  }

  [[nodiscard]] std::size_t count(Side side) const noexcept {
    return side == Side::buy ? buys_.size() : sells_.size();
  }

  // All orders of a side, the first in priority last.
  [[nodiscard]] const std::vector<BookOrder>& orders(Side side) const noexcept {
    return side == Side::buy ? buys_ : sells_;
  }

 private:
  std::vector<BookOrder>& side_of(Side side) noexcept { return side == Side::buy ? buys_ : sells_; }

  // Arrays run from the worst price to the best and within a price from the latest to the first,
  // so an order of equal price goes in front of those that are there.
  static std::vector<BookOrder>::iterator first_not_worse(std::vector<BookOrder>& orders, Side side,
                                                          std::int64_t price) {
    return std::partition_point(orders.begin(), orders.end(), [=](const BookOrder& order) {
      return side == Side::buy ? order.price < price : order.price > price;
    });
  }

  std::vector<BookOrder> buys_;
  std::vector<BookOrder> sells_;
};

}  // namespace margingate::run
