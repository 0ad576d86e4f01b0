// Life of an order, by hand: one lot of a linear contract needs 10.00.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

// Published at 100.00, account 0 holds 1,000.00 and every account's totals are in place.
class OrderLife : public ::testing::Test {
 protected:
  OrderLife() {
    EXPECT_EQ(tiny.deposit(100'000), Reason::accepted);
    tiny.publish_and_adopt();
  }

  void expect_consistent() { EXPECT_TRUE(gate.totals_equal_recomputed({0})); }
  Verdict reserve_buy(std::int64_t lots, double price = 100.0) {
    return gate.reserve(tiny.buy(tiny::perpetual, lots, price));
  }
  Gate::Leg only_leg() {
    const std::vector<Gate::Leg> legs = gate.legs({0});
    EXPECT_EQ(legs.size(), 1u);
    return legs.empty() ? Gate::Leg{} : legs.front();
  }

  TinyGate tiny;
  Gate& gate = tiny.gate();
};

TEST_F(OrderLife, ReservesTheWorstOfFilledAndUnfilled) {
  const Verdict verdict = reserve_buy(5);
  EXPECT_EQ(verdict.reason, Reason::accepted);
  EXPECT_EQ(verdict.requirement_before.value, 0);
  EXPECT_EQ(verdict.requirement_after.value, 5'000);
  EXPECT_EQ(verdict.uncertainty.value, 0);
  EXPECT_EQ(verdict.equity.value, 100'000);
  EXPECT_EQ(verdict.epoch, 1u);
  EXPECT_EQ(tiny.initial_margin().value, 5'000);
  EXPECT_EQ(gate.statement(AccountId{0}).maintenance_margin.value, 0);
  expect_consistent();
}

TEST_F(OrderLife, ChecksWithoutChangingAnything) {
  ASSERT_EQ(tiny.transfer(tiny::call, -2, 5.0), Reason::accepted);
  const std::string before = tiny.text();
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 5, 100.0)).reason, Reason::accepted);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 500, 100.0)).reason, Reason::insufficient_margin);
  EXPECT_EQ(tiny.text(), before);
  EXPECT_EQ(gate.counters().decisions, 2u);
  expect_consistent();
}

TEST_F(OrderLife, AcceptsUpToTheLastCentAndNotBeyond) {
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 100, 100.0)).reason, Reason::accepted);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 101, 100.0)).reason, Reason::insufficient_margin);
  ASSERT_EQ(tiny.deposit(999), Reason::accepted);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 101, 100.0)).reason, Reason::insufficient_margin);
  ASSERT_EQ(tiny.deposit(1), Reason::accepted);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 101, 100.0)).reason, Reason::accepted);
}

TEST_F(OrderLife, ReleasesExactlyWhatWasReserved) {
  const std::string before = tiny.text();
  const Verdict verdict = reserve_buy(7, 103.0);
  EXPECT_EQ(verdict.open_loss.value, 2'100);
  EXPECT_NE(tiny.text(), before);
  ASSERT_EQ(gate.release({verdict.order}), Reason::accepted);
  EXPECT_EQ(tiny.text(), before);
  expect_consistent();
}

TEST_F(OrderLife, ReleasesExactlyWhatWasReservedBesideOtherLegs) {
  ASSERT_EQ(tiny.transfer(tiny::call, -3, 6.0), Reason::accepted);
  ASSERT_EQ(tiny.transfer(tiny::inverse, 50, 100.0), Reason::accepted);
  ASSERT_EQ(tiny.tick(100.37), Reason::accepted);
  const std::string before = tiny.text();
  std::vector<WorkingOrderHandle> orders;
  for (const InstrumentId instrument : {tiny::perpetual, tiny::call, tiny::inverse, tiny::put}) {
    orders.push_back(gate.reserve(tiny.sell(instrument, 2, 99.0)).order);
    ASSERT_TRUE(gate.working_order(orders.back()).has_value());
  }
  for (const WorkingOrderHandle order : orders) {
    ASSERT_EQ(gate.release({order}), Reason::accepted);
  }
  EXPECT_EQ(tiny.text(), before);
  expect_consistent();
}

TEST_F(OrderLife, AppliesAFillByMovingWorkingIntoPosition) {
  const Verdict verdict = reserve_buy(5);
  ASSERT_EQ(gate.apply(Fill{verdict.order, {5}, tiny_price(100.0)}), Reason::accepted);
  const Gate::Leg leg = only_leg();
  EXPECT_EQ(leg.net_quantity.value, 5);
  EXPECT_EQ(leg.working_buys.value, 0);
  EXPECT_EQ(leg.entry_cash.value, -50'000);
  EXPECT_EQ(tiny.initial_margin().value, 5'000);
  EXPECT_EQ(gate.statement(AccountId{0}).maintenance_margin.value, 5'000);
  EXPECT_EQ(gate.statement(AccountId{0}).equity.value, 100'000);
  expect_consistent();
}

TEST_F(OrderLife, AppliesPartialFillsWithTheirShareOfTheOpenLoss) {
  const Verdict verdict = reserve_buy(3, 100.10);
  ASSERT_EQ(verdict.open_loss.value, 30);
  ASSERT_EQ(gate.apply(Fill{verdict.order, {1}, tiny_price(100.0)}), Reason::accepted);
  EXPECT_EQ(gate.open_losses({0}).value, 20);
  EXPECT_EQ(only_leg().net_quantity.value, 1);
  EXPECT_EQ(only_leg().working_buys.value, 2);
  EXPECT_EQ(gate.working_order(verdict.order)->remaining.value, 2);
  EXPECT_EQ(tiny.initial_margin().value, 3'000);
  ASSERT_EQ(gate.apply(Fill{verdict.order, {2}, tiny_price(100.10)}), Reason::accepted);
  EXPECT_EQ(gate.open_losses({0}).value, 0);
  EXPECT_FALSE(gate.working_order(verdict.order).has_value());
  // Two lots were bought ten cents above the mark.
  EXPECT_EQ(gate.statement(AccountId{0}).equity.value, 100'000 - 20);
  expect_consistent();
}

TEST_F(OrderLife, GivesBackEveryUnitOfAnOpenLossThatDoesNotDivide) {
  const Verdict verdict = reserve_buy(7, 100.11);
  ASSERT_EQ(verdict.open_loss.value, 77);
  std::int64_t last = 77;
  for (int i = 0; i < 7; ++i) {
    ASSERT_EQ(gate.apply(Fill{verdict.order, {1}, tiny_price(100.0)}), Reason::accepted);
    const std::int64_t left = gate.open_losses({0}).value;
    EXPECT_LT(left, last);
    last = left;
  }
  EXPECT_EQ(last, 0);
  expect_consistent();
}

TEST_F(OrderLife, TakesWorkingBuysAndSellsApart) {
  ASSERT_TRUE(reserve_buy(4).accepted());
  ASSERT_TRUE(gate.reserve(tiny.sell(tiny::perpetual, 6, 100.0)).accepted());
  // Down only the buys hurt, up only the sells.
  const MarginStatement statement = gate.statement(AccountId{0});
  ASSERT_EQ(statement.risk_units.size(), 1u);
  EXPECT_EQ(statement.risk_units[0].losses[0].value, 4'000);
  EXPECT_EQ(statement.risk_units[0].losses[1].value, 6'000);
  EXPECT_EQ(statement.initial_margin.value, 6'000);
  EXPECT_EQ(statement.risk_units[0].worst_scenario, 1u);
}

TEST_F(OrderLife, ReplacesByTheDifference) {
  const Verdict first = reserve_buy(90);
  ASSERT_TRUE(first.accepted());
  // Ninety and a hundred at once would not fit; the difference does.
  const Verdict second = gate.replace({first.order, {100}, tiny_price(100.0), tiny.now});
  EXPECT_EQ(second.reason, Reason::accepted);
  EXPECT_EQ(second.order, first.order);
  EXPECT_EQ(second.requirement_before.value, 90'000);
  EXPECT_EQ(second.requirement_after.value, 100'000);
  EXPECT_EQ(only_leg().working_buys.value, 100);
  EXPECT_EQ(gate.working_order(first.order)->remaining.value, 100);
  expect_consistent();
}

TEST_F(OrderLife, ReplacesTheOpenLossToo) {
  const Verdict first = reserve_buy(4, 101.0);
  ASSERT_EQ(gate.open_losses({0}).value, 400);
  const Verdict second = gate.replace({first.order, {2}, tiny_price(103.0), tiny.now});
  ASSERT_TRUE(second.accepted());
  EXPECT_EQ(second.open_loss.value, 600);
  EXPECT_EQ(gate.open_losses({0}).value, 600);
  EXPECT_EQ(gate.working_order(first.order)->price, tiny_price(103.0));
  ASSERT_EQ(gate.release({first.order}), Reason::accepted);
  EXPECT_EQ(gate.open_losses({0}).value, 0);
  expect_consistent();
}

TEST_F(OrderLife, KeepsTheOriginalWhenAReplaceIsRefused) {
  const Verdict first = reserve_buy(50, 101.0);
  const std::string before = tiny.text();
  const auto expect_kept = [&](const Verdict& refused, Reason reason) {
    EXPECT_EQ(refused.reason, reason);
    EXPECT_EQ(tiny.text(), before);
    const auto order = gate.working_order(first.order);
    ASSERT_TRUE(order.has_value());
    EXPECT_EQ(order->remaining.value, 50);
    EXPECT_EQ(order->price, tiny_price(101.0));
    EXPECT_EQ(order->open_loss.value, 5'000);
  };
  const auto replace = [&](std::int64_t lots, double price) {
    return gate.replace({first.order, {lots}, tiny_price(price), tiny.now});
  };
  expect_kept(replace(101, 101.0), Reason::insufficient_margin);
  expect_kept(replace(50, 115.0), Reason::insufficient_margin);
  expect_kept(replace(0, 100.0), Reason::quantity_not_positive);
  expect_kept(replace(5, 0.0), Reason::price_not_positive);
  expect_consistent();
}

TEST_F(OrderLife, AnswersUnknownOrderOnceAnOrderHasEnded) {
  const Verdict cancelled = reserve_buy(1);
  ASSERT_EQ(gate.release({cancelled.order}), Reason::accepted);
  const Verdict filled = gate.reserve(tiny.sell(tiny::call, 1, 6.0));
  ASSERT_EQ(gate.apply(Fill{filled.order, {1}, tiny_price(6.0)}), Reason::accepted);
  const std::string before = tiny.text();
  for (const WorkingOrderHandle order :
       {cancelled.order, filled.order, WorkingOrderHandle{}, WorkingOrderHandle{3, 0}}) {
    EXPECT_EQ(gate.release({order}), Reason::unknown_order);
    EXPECT_EQ(gate.apply(Fill{order, {1}, tiny_price(100.0)}), Reason::unknown_order);
    EXPECT_EQ(gate.replace({order, {1}, tiny_price(100.0), tiny.now}).reason,
              Reason::unknown_order);
    EXPECT_FALSE(gate.working_order(order).has_value());
  }
  EXPECT_EQ(tiny.text(), before);
}

TEST_F(OrderLife, ReusesASlotUnderANewGeneration) {
  const WorkingOrderHandle old = reserve_buy(1).order;
  ASSERT_EQ(gate.release({old}), Reason::accepted);
  const WorkingOrderHandle young = reserve_buy(2).order;
  EXPECT_EQ(young.index, old.index);
  EXPECT_NE(young.generation, old.generation);
  EXPECT_EQ(gate.release({old}), Reason::unknown_order);
  EXPECT_EQ(gate.working_order(young)->remaining.value, 2);
  EXPECT_EQ(gate.release({young}), Reason::accepted);
}

TEST_F(OrderLife, NeverHandsOutTheSlotOfAWorkingOrder) {
  std::vector<WorkingOrderHandle> alive;
  for (std::uint32_t i = 0; i < 200; ++i) {
    const Verdict verdict = reserve_buy(1);
    ASSERT_TRUE(verdict.accepted());
    const auto same_slot = [&](const WorkingOrderHandle other) {
      return other.index == verdict.order.index;
    };
    ASSERT_TRUE(std::none_of(alive.begin(), alive.end(), same_slot));
    alive.push_back(verdict.order);
    if (i % 3 != 0) {
      ASSERT_EQ(gate.release({alive[i % alive.size()]}), Reason::accepted);
      alive.erase(alive.begin() + static_cast<std::ptrdiff_t>(i % alive.size()));
    }
    if (alive.size() > 40) {
      for (const WorkingOrderHandle order : alive) {
        ASSERT_EQ(gate.release({order}), Reason::accepted);
      }
      alive.clear();
    }
  }
  expect_consistent();
}

TEST_F(OrderLife, AppliesEachAlternativeOfAnEventAsItsOwnCall) {
  const Verdict reserved = gate.apply(Event{tiny.buy(tiny::perpetual, 5, 100.0)});
  ASSERT_TRUE(reserved.accepted());
  const Verdict replaced =
      gate.apply(Event{ReplaceIntent{reserved.order, {4}, tiny_price(100.0), tiny.now}});
  ASSERT_TRUE(replaced.accepted());
  EXPECT_TRUE(gate.apply(Event{Fill{reserved.order, {1}, tiny_price(100.0)}}).accepted());
  EXPECT_TRUE(gate.apply(Event{Cancel{reserved.order}}).accepted());
  EXPECT_EQ(gate.apply(Event{Cancel{reserved.order}}).reason, Reason::unknown_order);
  EXPECT_TRUE(gate.apply(Event{PositionTransfer{{0}, tiny::call, {2}, {500}}}).accepted());
  EXPECT_TRUE(gate.apply(Event{CashMovement{{0}, tiny::dollars, {-50}}}).accepted());
  EXPECT_TRUE(gate.apply(Event{Hold{{0}, {7}}}).accepted());
  EXPECT_TRUE(gate.apply(Event{SpotTick{{0}, tiny_price(100.0), tiny.now}}).accepted());
  EXPECT_TRUE(gate.apply(Event{AssetTick{tiny::euros, {110}, tiny.now}}).accepted());
  EXPECT_EQ(gate.legs({0}).size(), 2u);
  EXPECT_EQ(gate.wallets({0})[0].value, 99'950);
  EXPECT_EQ(gate.holds({0}).value, 7);
  expect_consistent();
}

}  // namespace
}  // namespace margingate::testing
