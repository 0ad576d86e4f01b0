#include "../../../tools/margingate/run/order_book.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../../../tools/margingate/run/random.hpp"

namespace margingate::run {
namespace {

BookOrder order(std::uint32_t name, std::int64_t price, std::int64_t quantity = 10) {
  return {name, name, price, quantity};
}

TEST(OrderBook, ServesTheBestPriceFirst) {
  OrderBook book;
  book.add(Side::buy, order(1, 100));
  book.add(Side::buy, order(2, 102));
  book.add(Side::buy, order(3, 101));
  book.add(Side::sell, order(4, 106));
  book.add(Side::sell, order(5, 104));
  ASSERT_NE(book.best(Side::buy), nullptr);
  EXPECT_EQ(book.best(Side::buy)->order, 2U);
  ASSERT_NE(book.best(Side::sell), nullptr);
  EXPECT_EQ(book.best(Side::sell)->order, 5U);
}

TEST(OrderBook, ServesTheFirstOfAPriceFirst) {
  for (const Side side : {Side::buy, Side::sell}) {
    OrderBook book;
    for (std::uint32_t name = 1; name <= 4; ++name) book.add(side, order(name, 100));
    for (std::uint32_t name = 1; name <= 4; ++name) {
      ASSERT_NE(book.best(side), nullptr);
      EXPECT_EQ(book.best(side)->order, name);
      book.fill_best(side, 10);
    }
    EXPECT_EQ(book.best(side), nullptr);
  }
}

TEST(OrderBook, MeetsOnlyWhatTheLimitReaches) {
  OrderBook book;
  book.add(Side::sell, order(1, 105));
  book.add(Side::buy, order(2, 95));
  EXPECT_EQ(book.meets(Side::buy, 104), nullptr);
  ASSERT_NE(book.meets(Side::buy, 105), nullptr);
  EXPECT_EQ(book.meets(Side::buy, 105)->order, 1U);
  EXPECT_EQ(book.meets(Side::sell, 96), nullptr);
  ASSERT_NE(book.meets(Side::sell, 95), nullptr);
  EXPECT_EQ(book.meets(Side::sell, 1)->order, 2U);
}

TEST(OrderBook, KeepsThePlaceOfAPartlyFilledOrder) {
  OrderBook book;
  book.add(Side::sell, order(1, 100, 7));
  book.add(Side::sell, order(2, 100, 5));
  book.fill_best(Side::sell, 3);
  ASSERT_NE(book.best(Side::sell), nullptr);
  EXPECT_EQ(book.best(Side::sell)->order, 1U);
  EXPECT_EQ(book.best(Side::sell)->quantity, 4);
}

TEST(OrderBook, RemovesByNameAndSaysWhenThereIsNone) {
  OrderBook book;
  book.add(Side::buy, order(1, 100));
  book.add(Side::buy, order(2, 100));
  EXPECT_FALSE(book.remove(Side::buy, 100, 3));
  EXPECT_FALSE(book.remove(Side::buy, 101, 1));
  EXPECT_FALSE(book.remove(Side::sell, 100, 1));
  EXPECT_TRUE(book.remove(Side::buy, 100, 1));
  EXPECT_FALSE(book.remove(Side::buy, 100, 1));
  EXPECT_EQ(book.count(Side::buy), 1U);
}

TEST(OrderBook, StaysSortedUnderRandomUse) {
  Random random(7, 0);
  OrderBook book;
  std::vector<BookOrder> alive;
  for (std::uint32_t name = 0; name < 5000; ++name) {
    if (alive.size() > 30 || (!alive.empty() && random.chance(0.4))) {
      const std::size_t at = random.below(static_cast<std::uint32_t>(alive.size()));
      EXPECT_TRUE(book.remove(Side::sell, alive[at].price, alive[at].order));
      alive.erase(alive.begin() + static_cast<std::ptrdiff_t>(at));
    }
    alive.push_back(order(name, 100 + random.below(6)));
    book.add(Side::sell, alive.back());
    const auto& orders = book.orders(Side::sell);
    ASSERT_EQ(orders.size(), alive.size());
    for (std::size_t i = 1; i < orders.size(); ++i) {
      const bool is_in_order =
          orders[i - 1].price > orders[i].price ||
          (orders[i - 1].price == orders[i].price && orders[i - 1].order > orders[i].order);
      ASSERT_TRUE(is_in_order) << name;
    }
  }
}

}  // namespace
}  // namespace margingate::run
