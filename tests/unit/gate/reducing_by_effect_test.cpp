// MR-26 on the gate: what counts is what an order does to the account, not whether it makes a
// position smaller.
#include <gtest/gtest.h>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

// An account without margin for anything: 100 coins long, and its cash gone.
class UnderWater : public ::testing::Test {
 protected:
  void sink(const std::function<void(TinySetup&)>& change = {}) {
    tiny.emplace(change);
    EXPECT_EQ(tiny->deposit(1'000'000), Reason::accepted);
    EXPECT_EQ(tiny->transfer(tiny::perpetual, 100, 100.0), Reason::accepted);
    tiny->publish_and_adopt();
    EXPECT_EQ(tiny->deposit(-990'000), Reason::accepted);
    EXPECT_EQ(reason(tiny->buy(tiny::perpetual, 1, 100.0)), Reason::insufficient_margin);
  }
  Reason reason(const OrderIntent& order) { return tiny->gate().check(order).reason; }

  std::optional<TinyGate> tiny;
};

TEST_F(UnderWater, AnOrderThatOpensAHedgePasses) {
  sink();
  // A contract never held before. If it fills, up costs what down did; if not, nothing is worse.
  EXPECT_EQ(reason(tiny->sell(tiny::future, 100, 100.0)), Reason::accepted_reducing);
  EXPECT_EQ(reason(tiny->sell(tiny::spot, 100, 100.0)), Reason::accepted_reducing);
  // A put gains when the price falls, and loses less of its premium than the coins gain when it
  // rises.
  EXPECT_EQ(reason(tiny->buy(tiny::put, 10, 5.72)), Reason::accepted_reducing);
}

TEST_F(UnderWater, AHedgeLargerThanTheRiskIsAnotherRisk) {
  sink();
  // Worst of all fills: with all of it, up loses what down did. One lot more is worse.
  EXPECT_EQ(reason(tiny->sell(tiny::future, 200, 100.0)), Reason::insufficient_margin);
  EXPECT_EQ(reason(tiny->sell(tiny::future, 101, 100.0)), Reason::insufficient_margin);
}

TEST_F(UnderWater, ClosingTheHedgeOfASpreadIsCheckedLikeAnyOther) {
  sink();
  ASSERT_EQ(tiny->transfer(tiny::future, -100, 100.0), Reason::accepted);
  ASSERT_EQ(tiny->initial_margin().value, 0);
  ASSERT_EQ(tiny->deposit(-20'000), Reason::accepted);
  // Either leg alone is 10.00 a lot; closing makes the position smaller and the risk larger.
  const Verdict closes_hedge = tiny->gate().check(tiny->buy(tiny::future, 10, 100.0));
  EXPECT_EQ(closes_hedge.reason, Reason::insufficient_margin);
  EXPECT_EQ(closes_hedge.requirement_after.value, 10'000);
  EXPECT_EQ(reason(tiny->sell(tiny::perpetual, 10, 100.0)), Reason::insufficient_margin);
  // With the money for it, it passes as an ordinary order.
  ASSERT_EQ(tiny->deposit(20'000), Reason::accepted);
  EXPECT_EQ(reason(tiny->buy(tiny::future, 10, 100.0)), Reason::accepted);
}

TEST_F(UnderWater, NoExpiryMayPayMore) {
  sink([](TinySetup& setup) { setup.config.model.units[0].expiry_delta.minimum_rate = 0.01; });
  EXPECT_EQ(reason(tiny->sell(tiny::perpetual, 100, 100.0)), Reason::accepted_reducing);
  // The same hedge in another expiry pays a charge of its own.
  EXPECT_EQ(reason(tiny->sell(tiny::future, 100, 100.0)), Reason::insufficient_margin);
  // Spot has no expiry.
  EXPECT_EQ(reason(tiny->sell(tiny::spot, 100, 100.0)), Reason::accepted_reducing);
}

TEST_F(UnderWater, NoExposureMayPayMore) {
  for (const bool is_floor : {false, true}) {
    sink([is_floor](TinySetup& setup) {
      ExposureCharge charge;
      charge.kinds = {0, 1, 2, 3};
      charge.long_rate = charge.short_rate = 0.001;
      RiskUnitModel& unit = setup.config.model.units[0];
      (is_floor ? unit.floor : unit.added) = {charge};
    });
    EXPECT_EQ(reason(tiny->sell(tiny::perpetual, 100, 100.0)), Reason::accepted_reducing);
    EXPECT_EQ(reason(tiny->sell(tiny::future, 1, 100.0)), Reason::insufficient_margin);
  }
}

TEST_F(UnderWater, TheDeltaShockMayNotGrow) {
  sink([](TinySetup& setup) {
    setup.config.model.units[0].delta_shock = {0.001, 0.0, 0.1};
    // Nothing moves in the scenarios: only the shock is left.
    for (Scenario& scenario : setup.config.model.units[0].scan.scenarios) scenario.price_move = 0.0;
    setup.config.model.units[0].scan.scenarios[0].volatility.relative = 0.5;
  });
  EXPECT_EQ(reason(tiny->sell(tiny::perpetual, 100, 100.0)), Reason::accepted_reducing);
  EXPECT_EQ(reason(tiny->sell(tiny::perpetual, 201, 100.0)), Reason::insufficient_margin);
  EXPECT_EQ(reason(tiny->buy(tiny::future, 1, 100.0)), Reason::insufficient_margin);
}

// The other side of the book is measured with the spot where it is now, not where the table was.
TEST_F(UnderWater, TheEffectIsMeasuredAtTheLiveSpot) {
  sink();
  ASSERT_EQ(tiny->tick(99.7), Reason::accepted);
  const Verdict verdict = tiny->gate().check(tiny->sell(tiny::inverse, 900, 99.7));
  EXPECT_EQ(verdict.reason, Reason::accepted_reducing);
  EXPECT_EQ(verdict.decided_by, DecidedBy::exact);
  EXPECT_EQ(reason(tiny->buy(tiny::inverse, 1, 99.7)), Reason::insufficient_margin);
}

}  // namespace
}  // namespace margingate::testing
