// Decisions at a spot that has moved since the table: the interval holds the exact margin for
// positions so large that every half unit of a row counts, and nothing is decided without a bound.
#include <gtest/gtest.h>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

// Rows of the tiny gate are a thousand cents a lot, so a moved spot leaves fractions of a cent,
// which a hundred thousand lots make visible.
TEST(CertifiedDecision, HoldsTheExactMarginOfPositionsThatMagnifyTheRoundingOfRows) {
  constexpr std::int64_t lots = 100'000;
  TinyGate tiny;
  ASSERT_EQ(tiny.deposit(std::int64_t{1} << 50), Reason::accepted);
  ASSERT_EQ(tiny.transfer(tiny::perpetual, lots, 100.0), Reason::accepted);
  tiny.publish_and_adopt();
  int rounded = 0;
  for (int cents = -99; cents <= 99; ++cents) {
    const double spot = 100.0 + 0.01 * cents;
    ASSERT_EQ(tiny.tick(spot), Reason::accepted);
    const OrderIntent order = tiny.buy(tiny::perpetual, 1, spot);
    const Verdict verdict = tiny.gate().check(order);
    ASSERT_EQ(verdict.reason, Reason::accepted);
    const Money exact = tiny.gate().statement(order).initial_margin;
    // By hand: 10 % of the spot in whole cents, a lot. Exact halves are left out.
    if ((10'000 + cents) % 10 == 5) continue;
    ASSERT_EQ(exact.value, (lots + 1) * ((10'000 + cents + 5) / 10)) << spot;
    ASSERT_LE(exact, verdict.requirement_after) << spot;
    ASSERT_GE(exact, verdict.requirement_after - verdict.uncertainty) << spot;
    rounded += (10'000 + cents) % 10 != 0;
  }
  EXPECT_GT(rounded, 100);
}

TEST(CertifiedDecision, LeavesContractsWithoutABoundToTheExactPath) {
  // Almost no volatility at the money: a gamma that no row can carry.
  TinyGate tiny(
      [](TinySetup& setup) { setup.surface.quotes[tiny::call.value].implied_volatility = 1e-12; });
  ASSERT_EQ(tiny.deposit(1'000'000), Reason::accepted);
  tiny.publish_and_adopt();
  const OrderIntent order = tiny.sell(tiny::call, 10, 1.0);
  EXPECT_EQ(tiny.gate().check(order).decided_by, DecidedBy::interval);
  ASSERT_EQ(tiny.tick(100.5), Reason::accepted);
  const Verdict moved = tiny.gate().check(order);
  EXPECT_EQ(moved.decided_by, DecidedBy::exact);
  EXPECT_EQ(moved.requirement_after, tiny.gate().statement(order).initial_margin);
  // At 110.55 the call is worth 10.55, at 100.50 it is worth 0.50: ten lots lose 10.05 each.
  EXPECT_EQ(moved.requirement_after.value, 10'050);
  // Holding it, every order of the account is decided that way.
  ASSERT_EQ(tiny.transfer(tiny::call, -1, 1.0), Reason::accepted);
  EXPECT_EQ(tiny.gate().check(tiny.buy(tiny::perpetual, 1, 100.5)).decided_by, DecidedBy::exact);
}

}  // namespace
}  // namespace margingate::testing
