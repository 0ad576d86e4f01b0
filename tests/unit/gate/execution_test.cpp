// Execution reports: in order, doubled, late, for nothing; by hand.
#include <gtest/gtest.h>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

class Executions : public ::testing::Test {
 protected:
  explicit Executions(const std::function<void(TinySetup&)>& change = {}) : tiny(change) {
    EXPECT_EQ(tiny.deposit(100'000), Reason::accepted);
    tiny.publish_and_adopt();
  }
  ~Executions() override {
    for (std::uint32_t a = 0; a < 4; ++a) EXPECT_TRUE(gate.totals_equal_recomputed({a}));
  }

  WorkingOrderHandle work(std::uint64_t id, std::int64_t lots, double price = 100.0) {
    OrderIntent intent = lots > 0 ? tiny.buy(tiny::perpetual, lots, price)
                                  : tiny.sell(tiny::perpetual, -lots, price);
    intent.id = {id};
    const Verdict verdict = gate.reserve(intent);
    EXPECT_TRUE(verdict.accepted());
    return verdict.order;
  }
  Execution bought(std::uint64_t id, std::uint32_t number, std::int64_t lots,
                   double price = 100.0) const {
    return {{id}, number, {0}, tiny::perpetual, Side::buy, {lots}, tiny_price(price)};
  }
  Gate::Leg leg() const {
    const auto legs = gate.legs({0});
    return legs.empty() ? Gate::Leg{} : legs.front();
  }
  QuarantinedExecution last() const { return gate.last_quarantined(); }

  TinyGate tiny;
  Gate& gate = tiny.gate();
};

TEST_F(Executions, InOrderTheyFillTheOrder) {
  const WorkingOrderHandle order = work(7, 5);
  EXPECT_EQ(gate.apply(bought(7, 1, 2)), Reason::accepted);
  EXPECT_EQ(gate.apply(bought(7, 2, 3)), Reason::accepted);
  EXPECT_EQ(leg().net_quantity.value, 5);
  EXPECT_FALSE(gate.working_order(order).has_value());
  EXPECT_EQ(gate.counters().quarantined, 0u);
}

TEST_F(Executions, ADuplicateBooksNothingMore) {
  work(7, 5);
  ASSERT_EQ(gate.apply(bought(7, 1, 2)), Reason::accepted);
  const std::string before = tiny.text();
  EXPECT_EQ(gate.apply(bought(7, 1, 2)), Reason::duplicate_execution);
  EXPECT_EQ(tiny.text(), before);
  EXPECT_EQ(gate.counters().quarantined, 1u);
}

TEST_F(Executions, ADuplicateOfTheLastOneIsKnownAfterTheOrderHasEnded) {
  work(7, 5);
  ASSERT_EQ(gate.apply(bought(7, 1, 5)), Reason::accepted);
  const std::string before = tiny.text();
  EXPECT_EQ(gate.apply(bought(7, 1, 5)), Reason::duplicate_execution);
  EXPECT_EQ(tiny.text(), before);
}

TEST_F(Executions, AnEarlierOneThatIsMissingStillWorksAndIsBookedWhenItComes) {
  const WorkingOrderHandle order = work(7, 5);
  EXPECT_EQ(gate.apply(bought(7, 2, 2)), Reason::execution_out_of_order);
  EXPECT_EQ(leg().net_quantity.value, 2);
  EXPECT_EQ(gate.working_order(order)->remaining.value, 3);
  EXPECT_EQ(gate.apply(bought(7, 1, 3)), Reason::accepted);
  EXPECT_EQ(leg().net_quantity.value, 5);
  EXPECT_EQ(gate.apply(bought(7, 1, 3)), Reason::duplicate_execution);
}

// The perpetual at 100.00 loses or gains 10.00 a lot. A buy that may have happened needs as much
// as one that has, and a short position is not reduced by it.
TEST_F(Executions, AnUnknownOrdersExecutionCountsAsIfItHadHappenedAndHadNot) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, -5, 100.0), Reason::accepted);
  ASSERT_EQ(tiny.initial_margin().value, 5'000);
  EXPECT_EQ(gate.apply(bought(99, 1, 8, 101.0)), Reason::unknown_order_executed);
  EXPECT_EQ(leg().net_quantity.value, -5);
  EXPECT_EQ(leg().working_buys.value, 8);
  EXPECT_EQ(gate.open_losses({0}).value, 800);
  // Up: short 5. Down: short 5 gains, the 8 lose: 30.00. Not happened is the worse one.
  EXPECT_EQ(tiny.initial_margin().value, 5'000);
  EXPECT_EQ(gate.apply(bought(98, 1, 8, 100.0)), Reason::unknown_order_executed);
  EXPECT_EQ(tiny.initial_margin().value, 11'000);
  EXPECT_EQ(last().reason, Reason::unknown_order_executed);
  EXPECT_EQ(gate.quarantined().size(), 2u);
  EXPECT_TRUE(gate.working_order(last().suspense)->in_suspense);
}

TEST_F(Executions, SuspenseIsResolvedAsAFillOrAsNothing) {
  const std::string before = tiny.text();
  ASSERT_EQ(gate.apply(bought(99, 1, 8, 101.0)), Reason::unknown_order_executed);
  ASSERT_EQ(gate.release(Cancel{last().suspense}), Reason::accepted);
  EXPECT_EQ(tiny.text(), before);
  ASSERT_EQ(gate.apply(bought(99, 1, 8, 101.0)), Reason::unknown_order_executed);
  ASSERT_EQ(gate.apply(Fill{last().suspense, {8}, tiny_price(101.0)}), Reason::accepted);
  EXPECT_EQ(leg().net_quantity.value, 8);
  EXPECT_EQ(gate.open_losses({0}).value, 0);
}

TEST_F(Executions, SuspenseIsNeitherReplacedNorCancelledWithTheOrders) {
  ASSERT_EQ(gate.apply(bought(99, 1, 8)), Reason::unknown_order_executed);
  const std::string before = tiny.text();
  EXPECT_EQ(gate.replace({last().suspense, {1}, tiny_price(100.0), tiny.now}).reason,
            Reason::unknown_order);
  EXPECT_EQ(gate.release(CancelAll{{0}, {}, {}}).orders, 0u);
  EXPECT_EQ(tiny.text(), before);
}

TEST_F(Executions, OfACancelledOrderIsInSuspenseOnce) {
  const WorkingOrderHandle order = work(7, 5);
  ASSERT_EQ(gate.release(Cancel{order}), Reason::accepted);
  EXPECT_EQ(gate.apply(bought(7, 1, 2)), Reason::ended_order_executed);
  EXPECT_EQ(leg().working_buys.value, 2);
  EXPECT_EQ(gate.apply(bought(7, 1, 2)), Reason::duplicate_execution);
  EXPECT_EQ(leg().working_buys.value, 2);
}

TEST_F(Executions, WhatExceedsTheOrderIsInSuspense) {
  work(7, 5);
  EXPECT_EQ(gate.apply(bought(7, 1, 8)), Reason::execution_exceeds_order);
  EXPECT_EQ(leg().net_quantity.value, 5);
  EXPECT_EQ(leg().working_buys.value, 3);
}

TEST_F(Executions, ThatContradictTheirOrderLeaveItAlone) {
  const WorkingOrderHandle order = work(7, 5);
  Execution sold = bought(7, 1, 2);
  sold.side = Side::sell;
  EXPECT_EQ(gate.apply(sold), Reason::execution_contradicts_order);
  EXPECT_EQ(leg().working_sells.value, 2);
  Execution elsewhere = bought(7, 1, 2);
  elsewhere.instrument = tiny::future;
  EXPECT_EQ(gate.apply(elsewhere), Reason::execution_contradicts_order);
  Execution other = bought(7, 1, 2);
  other.account = {2};
  EXPECT_EQ(gate.apply(other), Reason::execution_contradicts_order);
  EXPECT_EQ(tiny.initial_margin({2}).value, 2'000);
  EXPECT_EQ(gate.working_order(order)->remaining.value, 5);
  EXPECT_EQ(gate.apply(bought(7, 1, 2)), Reason::accepted);
}

TEST_F(Executions, AWorsePriceThanTheLimitIsBookedAndNamed) {
  work(7, 5);
  EXPECT_EQ(gate.apply(bought(7, 1, 1, 99.0)), Reason::accepted);
  EXPECT_EQ(gate.apply(bought(7, 2, 2, 100.5)), Reason::execution_beyond_limit);
  EXPECT_EQ(leg().entry_cash.value, -9'900 - 20'100);
}

TEST_F(Executions, AReduceOnlyOrderThatOpenedIsBookedAndNamed) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, -5, 100.0), Reason::accepted);
  OrderIntent intent = tiny.buy(tiny::perpetual, 5, 100.0);
  intent.id = {7};
  intent.reduce_only = true;
  ASSERT_TRUE(gate.reserve(intent).accepted());
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 3, 100.0), Reason::accepted);
  EXPECT_EQ(gate.apply(bought(7, 1, 4)), Reason::execution_not_reducing);
  EXPECT_EQ(leg().net_quantity.value, 2);
  EXPECT_TRUE(gate.working_order(gate.find_order({7}))->reduce_only);
}

TEST_F(Executions, BadInputIsRefusedAndChangesNothing) {
  work(7, 5);
  const std::string before = tiny.text();
  const auto reason = [&](const std::function<void(Execution&)>& spoil) {
    Execution e = bought(7, 1, 2);
    spoil(e);
    return gate.apply(e);
  };
  EXPECT_EQ(reason([](Execution& e) { e.order = {}; }), Reason::unknown_order);
  EXPECT_EQ(reason([](Execution& e) { e.account = {9}; }), Reason::unknown_account);
  EXPECT_EQ(reason([](Execution& e) { e.instrument = {99}; }), Reason::unknown_instrument);
  EXPECT_EQ(reason([](Execution& e) { e.quantity = {0}; }), Reason::quantity_not_positive);
  EXPECT_EQ(reason([](Execution& e) { e.quantity = {INT64_MAX}; }), Reason::quantity_too_large);
  EXPECT_EQ(reason([](Execution& e) { e.price = {0}; }), Reason::price_not_positive);
  EXPECT_EQ(reason([](Execution& e) { e.price = {INT64_MAX}; }), Reason::price_too_large);
  EXPECT_EQ(reason([](Execution& e) { e.side = static_cast<Side>(5); }),
            Reason::order_terms_conflict);
  EXPECT_EQ(tiny.text(), before);
  EXPECT_EQ(gate.counters().quarantined, 0u);
}

class OneOrder : public Executions {
 protected:
  OneOrder() : Executions([](TinySetup& s) { s.config.limits.working_orders_max = 1; }) {}
};

TEST_F(OneOrder, WhatCannotBeCountedClosesTheAccountUntilItIsReconciled) {
  const WorkingOrderHandle order = work(7, 1);
  EXPECT_EQ(gate.apply(bought(99, 1, 8)), Reason::unknown_order_executed);
  EXPECT_EQ(gate.apply(bought(98, 1, 8)), Reason::unknown_order_executed);
  EXPECT_FALSE(gate.working_order(last().suspense).has_value());
  EXPECT_EQ(gate.replace({order, {2}, tiny_price(100.0), tiny.now}).reason,
            Reason::account_unreconciled);
  EXPECT_EQ(gate.release(Cancel{order}), Reason::accepted);
  EXPECT_EQ(gate.reserve(tiny.buy(tiny::perpetual, 1, 100.0)).reason, Reason::account_unreconciled);
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 16, 100.0), Reason::accepted);
  ASSERT_EQ(gate.apply(Reconciled{{0}}), Reason::accepted);
  EXPECT_TRUE(gate.reserve(tiny.buy(tiny::perpetual, 1, 100.0)).accepted());
  EXPECT_EQ(gate.apply(Reconciled{{9}}), Reason::unknown_account);
}

TEST(ExecutionsWithoutATable, CannotBeCountedAndCloseTheAccount) {
  TinyGate tiny;
  const Execution e{{99}, 1, {0}, tiny::perpetual, Side::buy, {8}, tiny_price(100.0)};
  EXPECT_EQ(tiny.gate().apply(e), Reason::unknown_order_executed);
  tiny.publish_and_adopt();
  EXPECT_EQ(tiny.gate().reserve(tiny.buy(tiny::perpetual, 1, 100.0)).reason,
            Reason::account_unreconciled);
}

}  // namespace
}  // namespace margingate::testing
