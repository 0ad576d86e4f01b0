// Order ids, kinds and reduce-only, by hand: one lot of a linear contract needs 10.00.
#include <gtest/gtest.h>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

class OrderTerms : public ::testing::Test {
 protected:
  explicit OrderTerms(const std::function<void(TinySetup&)>& change = {}) : tiny(change) {
    EXPECT_EQ(tiny.deposit(100'000), Reason::accepted);
    EXPECT_EQ(tiny.deposit(100'000, {1}), Reason::accepted);
    tiny.publish_and_adopt();
  }
  OrderIntent named(OrderIntent intent, std::uint64_t id) const {
    intent.id = {id};
    return intent;
  }
  OrderIntent reducing(OrderIntent intent) const {
    intent.reduce_only = true;
    return intent;
  }

  TinyGate tiny;
  Gate& gate = tiny.gate();
};

TEST_F(OrderTerms, AnIdFindsItsOrderUntilItEnds) {
  const Verdict verdict = gate.reserve(named(tiny.buy(tiny::perpetual, 2, 100.0), 77));
  ASSERT_TRUE(verdict.accepted());
  EXPECT_EQ(gate.find_order({77}), verdict.order);
  EXPECT_EQ(gate.working_order(verdict.order)->id.value, 77u);
  EXPECT_EQ(gate.find_order({78}), WorkingOrderHandle{});
  EXPECT_EQ(gate.find_order({0}), WorkingOrderHandle{});
  ASSERT_EQ(gate.release(Cancel{verdict.order}), Reason::accepted);
  EXPECT_EQ(gate.find_order({77}), WorkingOrderHandle{});
}

TEST_F(OrderTerms, ASecondOrderWithTheSameIdIsRefusedAndChangesNothing) {
  ASSERT_TRUE(gate.reserve(named(tiny.buy(tiny::perpetual, 2, 100.0), 77)).accepted());
  const std::string before = tiny.text();
  EXPECT_EQ(gate.reserve(named(tiny.sell(tiny::call, 1, 5.0), 77)).reason,
            Reason::duplicate_order_id);
  EXPECT_EQ(gate.check(named(tiny.sell(tiny::call, 1, 5.0), 77)).reason,
            Reason::duplicate_order_id);
  EXPECT_EQ(tiny.text(), before);
}

TEST_F(OrderTerms, TheIdOfAnEndedOrderIsStillTaken) {
  const Verdict verdict = gate.reserve(named(tiny.buy(tiny::perpetual, 2, 100.0), 77));
  ASSERT_EQ(gate.apply(Fill{verdict.order, {2}, tiny_price(100.0)}), Reason::accepted);
  EXPECT_EQ(gate.reserve(named(tiny.buy(tiny::perpetual, 2, 100.0), 77)).reason,
            Reason::duplicate_order_id);
}

TEST_F(OrderTerms, ARefusedOrderLeavesItsIdFree) {
  EXPECT_EQ(gate.reserve(named(tiny.buy(tiny::perpetual, 500, 100.0), 77)).reason,
            Reason::insufficient_margin);
  EXPECT_TRUE(gate.reserve(named(tiny.buy(tiny::perpetual, 1, 100.0), 77)).accepted());
}

class FewIds : public OrderTerms {
 protected:
  FewIds() : OrderTerms([](TinySetup& s) { s.config.limits.order_ids_max = 3; }) {}
};

TEST_F(FewIds, TheOldestEndedIdIsForgottenFirst) {
  for (std::uint64_t id = 1; id <= 200; ++id) {
    const Verdict verdict = gate.reserve(named(tiny.buy(tiny::perpetual, 1, 100.0), id));
    ASSERT_TRUE(verdict.accepted()) << id;
    ASSERT_EQ(gate.release(Cancel{verdict.order}), Reason::accepted);
    for (std::uint64_t back = 0; back < 4 && back < id; ++back) {
      const Reason reason =
          gate.check(named(tiny.buy(tiny::perpetual, 1, 100.0), id - back)).reason;
      EXPECT_EQ(reason, back < 3 ? Reason::duplicate_order_id : Reason::accepted)
          << id << ' ' << back;
    }
  }
}

TEST_F(OrderTerms, AKindOrSideThatDoesNotExistIsRefused) {
  OrderIntent intent = tiny.buy(tiny::perpetual, 1, 100.0);
  intent.kind = static_cast<OrderKind>(9);
  EXPECT_EQ(gate.reserve(intent).reason, Reason::order_terms_conflict);
  intent.kind = OrderKind::post_only;
  intent.side = static_cast<Side>(7);
  EXPECT_EQ(gate.reserve(intent).reason, Reason::order_terms_conflict);
}

TEST_F(OrderTerms, AMarketOrderIsHeldAtItsProtectionPrice) {
  OrderIntent intent = tiny.buy(tiny::perpetual, 2, 103.0);
  intent.kind = OrderKind::market;
  const Verdict verdict = gate.reserve(intent);
  EXPECT_EQ(verdict.open_loss.value, 600);
  intent.price = {0};
  EXPECT_EQ(gate.reserve(intent).reason, Reason::price_not_positive);
}

TEST_F(OrderTerms, AnImmediateOrderCannotBeReplaced) {
  for (const OrderKind kind : {OrderKind::immediate, OrderKind::market}) {
    OrderIntent intent = tiny.buy(tiny::perpetual, 2, 100.0);
    intent.kind = kind;
    const Verdict verdict = gate.reserve(intent);
    const std::string before = tiny.text();
    const ReplaceIntent replace{verdict.order, {1}, tiny_price(100.0), tiny.now};
    EXPECT_EQ(gate.replace(replace).reason, Reason::immediate_order);
    EXPECT_EQ(tiny.text(), before);
  }
}

TEST_F(OrderTerms, AReduceOnlyOrderIsAtMostThePosition) {
  EXPECT_EQ(gate.reserve(reducing(tiny.sell(tiny::perpetual, 1, 100.0))).reason,
            Reason::would_not_reduce);
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 5, 100.0), Reason::accepted);
  EXPECT_EQ(gate.reserve(reducing(tiny.buy(tiny::perpetual, 1, 100.0))).reason,
            Reason::would_not_reduce);
  EXPECT_EQ(gate.reserve(reducing(tiny.sell(tiny::perpetual, 6, 100.0))).reason,
            Reason::would_not_reduce);
  EXPECT_TRUE(gate.reserve(reducing(tiny.sell(tiny::perpetual, 5, 100.0))).accepted());
}

TEST_F(OrderTerms, TwoReduceOnlyOrdersEachValidAloneNeverFlipThePosition) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 5, 100.0), Reason::accepted);
  const Verdict first = gate.reserve(reducing(tiny.sell(tiny::perpetual, 5, 100.0)));
  const Verdict second = gate.reserve(reducing(tiny.sell(tiny::perpetual, 5, 100.0)));
  ASSERT_TRUE(first.accepted() && second.accepted());
  ASSERT_EQ(gate.apply(Fill{first.order, {3}, tiny_price(100.0)}), Reason::accepted);
  EXPECT_EQ(gate.fillable(second.order).value, 2);
  const std::string before = tiny.text();
  EXPECT_EQ(gate.apply(Fill{second.order, {3}, tiny_price(100.0)}), Reason::would_not_reduce);
  EXPECT_EQ(tiny.text(), before);
  ASSERT_EQ(gate.apply(Fill{second.order, {2}, tiny_price(100.0)}), Reason::accepted);
  EXPECT_EQ(gate.fillable(second.order).value, 0);
  EXPECT_EQ(gate.fillable(first.order).value, 0);
}

TEST_F(OrderTerms, AReduceOnlyOrderIsNotReplacedBeyondThePosition) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, -5, 100.0), Reason::accepted);
  const Verdict verdict = gate.reserve(reducing(tiny.buy(tiny::perpetual, 2, 100.0)));
  const auto to = [&](std::int64_t lots) {
    return gate.replace({verdict.order, {lots}, tiny_price(100.0), tiny.now}).reason;
  };
  EXPECT_EQ(to(6), Reason::would_not_reduce);
  EXPECT_EQ(gate.working_order(verdict.order)->remaining.value, 2);
  EXPECT_EQ(to(5), Reason::accepted);
}

class WithFees : public OrderTerms {
 protected:
  WithFees()
      : OrderTerms([](TinySetup& s) {
          s.config.instruments[tiny::perpetual.value].fee_rate_max = 0.001;
        }) {}
};

// A thousandth of 500.00 is 0.50; of 305.03 it is 0.30503, rounded up.
TEST_F(WithFees, AreReservedWithTheOrderAndPaidAtTheFill) {
  const Verdict verdict = gate.reserve(tiny.buy(tiny::perpetual, 5, 100.0));
  EXPECT_EQ(verdict.open_loss.value, 50);
  EXPECT_EQ(gate.check(tiny.sell(tiny::perpetual, 3, 101.68)).open_loss.value, 31);
  ASSERT_EQ(gate.apply(Fill{verdict.order, {2}, tiny_price(100.0), {14}}), Reason::accepted);
  EXPECT_EQ(gate.open_losses({0}).value, 30);
  EXPECT_EQ(gate.wallets({0})[0].value, 100'000 - 14);
  ASSERT_EQ(gate.apply(Fill{verdict.order, {3}, tiny_price(100.0), {-5}}), Reason::accepted);
  EXPECT_EQ(gate.open_losses({0}).value, 0);
  EXPECT_EQ(gate.wallets({0})[0].value, 100'000 - 9);
  EXPECT_EQ(gate.statement(AccountId{0}).equity.value, 100'000 - 9);
}

TEST_F(WithFees, OutOfRangeAreRefusedAndChangeNothing) {
  const Verdict verdict = gate.reserve(tiny.buy(tiny::perpetual, 5, 100.0));
  const std::string before = tiny.text();
  for (const std::int64_t fee : {INT64_MAX, INT64_MIN}) {
    EXPECT_EQ(gate.apply(Fill{verdict.order, {2}, tiny_price(100.0), {fee}}),
              Reason::cash_out_of_range);
  }
  EXPECT_EQ(tiny.text(), before);
}

TEST_F(OrderTerms, CancelAllTakesWhatMatchesAndNothingElse) {
  const auto work = [&](OrderIntent intent, std::uint32_t account) {
    intent.account = {account};
    return gate.reserve(intent).order;
  };
  const WorkingOrderHandle other = work(tiny.buy(tiny::perpetual, 1, 100.0), 1);
  work(tiny.buy(tiny::perpetual, 1, 100.0), 0);
  work(tiny.buy(tiny::call, 1, 5.0), 0);
  work(tiny.sell(tiny::call, 1, 6.0), 0);
  work(tiny.sell(tiny::perpetual, 1, 101.0), 0);
  EXPECT_EQ(gate.release(CancelAll{{0}, tiny::call, Side::buy}).orders, 1u);
  EXPECT_EQ(gate.release(CancelAll{{0}, tiny::call, Side::buy}).orders, 0u);
  EXPECT_EQ(gate.release(CancelAll{{0}, {}, Side::buy}).orders, 1u);
  EXPECT_EQ(gate.release(CancelAll{{0}, {}, {}}).orders, 2u);
  EXPECT_TRUE(gate.working_order(other).has_value());
  EXPECT_EQ(tiny.initial_margin().value, 0);
  EXPECT_EQ(tiny.initial_margin({1}).value, 1'000);
  EXPECT_EQ(gate.open_losses({0}).value, 0);
  EXPECT_EQ(gate.release(CancelAll{{9}, {}, {}}).reason, Reason::unknown_account);
  EXPECT_EQ(gate.release(CancelAll{{0}, InstrumentId{99}, {}}).reason, Reason::unknown_instrument);
}

}  // namespace
}  // namespace margingate::testing
