// Many orders in one call are answered as they would be one by one.
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "support/random.hpp"
#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

std::vector<OrderIntent> orders(std::size_t count, const OrderIntent& like) {
  Random random(7);
  std::vector<OrderIntent> result;
  for (std::size_t i = 0; i < count; ++i) {
    OrderIntent order = like;
    order.account.value = static_cast<std::uint32_t>(random.integer(0, 4));  // some unknown
    order.side = random.chance(0.5) ? Side::buy : Side::sell;
    order.quantity = {random.integer(0, 5'000)};  // some not positive
    result.push_back(order);
  }
  return result;
}

bool same(const Verdict& a, const Verdict& b) {
  return a.reason == b.reason && a.decided_by == b.decided_by && a.order == b.order &&
         a.requirement_before == b.requirement_before &&
         a.requirement_after == b.requirement_after && a.uncertainty == b.uncertainty &&
         a.equity == b.equity && a.open_loss == b.open_loss && a.epoch == b.epoch;
}

TEST(BatchCheck, AnswersEveryOrderAsAloneWhateverTheLength) {
  TinyGate tiny;
  tiny.deposit(50'000);
  tiny.publish_and_adopt();
  for (const std::size_t count : {0u, 1u, 3u, 4u, 5u, 64u}) {
    const std::vector<OrderIntent> wanted = orders(count, tiny.buy(tiny::perpetual, 1, 100.0));
    std::vector<Verdict> verdicts(count);
    EXPECT_EQ(tiny.gate().check(wanted, verdicts), count);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_TRUE(same(verdicts[i], tiny.gate().check(wanted[i]))) << i << " of " << count;
    }
  }
}

TEST(BatchCheck, AnswersAsManyAsThereIsRoomFor) {
  TinyGate tiny;
  tiny.deposit(50'000);
  tiny.publish_and_adopt();
  const std::vector<OrderIntent> wanted = orders(10, tiny.buy(tiny::perpetual, 1, 100.0));
  std::vector<Verdict> verdicts(10);
  verdicts[7].reason = Reason::legs_full;
  EXPECT_EQ(tiny.gate().check(wanted, std::span(verdicts).first(7)), 7u);
  EXPECT_EQ(verdicts[7].reason, Reason::legs_full);
  EXPECT_EQ(tiny.gate().check(std::span(wanted).first(2), verdicts), 2u);
}

}  // namespace
}  // namespace margingate::testing
