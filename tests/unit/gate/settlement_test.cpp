// Money, block trades, settlements and exercise, by hand: one lot needs 10.00.
#include <gtest/gtest.h>

#include "support/gate_text.hpp"
#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

constexpr AccountId first{0};
constexpr AccountId second{1};

class Settlement : public ::testing::Test {
 protected:
  Settlement() {
    EXPECT_EQ(tiny.deposit(10'000, first), Reason::accepted);
    EXPECT_EQ(tiny.deposit(10'000, second), Reason::accepted);
    tiny.publish_and_adopt();
  }
  ~Settlement() override {
    for (std::uint32_t a = 0; a < 4; ++a) EXPECT_TRUE(gate.totals_equal_recomputed({a}));
  }

  Withdrawal withdrawal(std::int64_t cents, AccountId from = first) const {
    return {from, tiny::dollars, {cents}, tiny.now};
  }
  BlockTrade block(std::int64_t lots, double price, InstrumentId id = tiny::perpetual) const {
    return {first, second, id, {lots}, tiny_price(price), tiny.now};
  }
  std::int64_t net(AccountId account, InstrumentId id = tiny::perpetual) const {
    for (const Gate::Leg& leg : gate.legs(account)) {
      if (leg.instrument == id) return leg.net_quantity.value;
    }
    return 0;
  }
  std::int64_t dollars(AccountId account) const {
    return gate.wallets(account)[tiny::dollars.value].value;
  }
  std::int64_t equity(AccountId account) { return gate.statement(account).equity.value; }
  void expect_unchanged(const std::string& before) { EXPECT_EQ(gate_text(gate), before); }

  TinyGate tiny;
  Gate& gate = tiny.gate();
};

TEST_F(Settlement, AWithdrawalLeavesTheMarginBehindToTheLastCent) {
  ASSERT_TRUE(gate.reserve(tiny.buy(tiny::perpetual, 6, 100.0)).accepted());
  const std::string before = gate_text(gate);
  const Verdict refused = gate.withdraw(withdrawal(4'001));
  EXPECT_EQ(refused.reason, Reason::insufficient_margin);
  EXPECT_EQ(refused.requirement_after.value, 6'000);
  EXPECT_EQ(refused.equity.value, 5'999);
  expect_unchanged(before);
  EXPECT_EQ(gate.withdraw(withdrawal(4'000)).reason, Reason::accepted);
  EXPECT_EQ(dollars(first), 6'000);
}

TEST_F(Settlement, AWithdrawalCountsUnrealisedLossesAndProfits) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 5, 100.0), Reason::accepted);
  ASSERT_EQ(tiny.tick(99.0), Reason::accepted);
  EXPECT_EQ(gate.withdraw(withdrawal(4'600)).reason, Reason::insufficient_margin);
  ASSERT_EQ(tiny.tick(101.0), Reason::accepted);
  EXPECT_EQ(gate.withdraw(withdrawal(5'400)).reason, Reason::accepted);
}

TEST_F(Settlement, AFlatAccountMayTakeAllOfItAndNoMore) {
  EXPECT_EQ(gate.withdraw(withdrawal(10'001)).reason, Reason::insufficient_margin);
  EXPECT_EQ(gate.withdraw(withdrawal(10'000)).reason, Reason::accepted);
  EXPECT_EQ(dollars(first), 0);
}

TEST_F(Settlement, AWithdrawalIsNeverAReducingOne) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 50, 100.0), Reason::accepted);
  EXPECT_EQ(gate.withdraw(withdrawal(1)).reason, Reason::insufficient_margin);
}

TEST_F(Settlement, BadCashInputIsNamedAndChangesNothing) {
  const std::string before = gate_text(gate);
  EXPECT_EQ(gate.withdraw(withdrawal(0)).reason, Reason::cash_out_of_range);
  EXPECT_EQ(gate.withdraw(withdrawal(-5)).reason, Reason::cash_out_of_range);
  EXPECT_EQ(gate.withdraw(withdrawal(INT64_MAX)).reason, Reason::cash_out_of_range);
  EXPECT_EQ(gate.withdraw(withdrawal(1, {9})).reason, Reason::unknown_account);
  EXPECT_EQ(gate.withdraw({first, {9}, {1}, tiny.now}).reason, Reason::unknown_asset);
  EXPECT_EQ(gate.withdraw({first, tiny::dollars, {1}, {1}}).reason, Reason::time_went_back);
  const auto transfer = [&](AccountId from, AccountId to, std::int64_t amount) {
    return gate.transfer({from, to, tiny::dollars, {amount}, tiny.now}).reason;
  };
  EXPECT_EQ(transfer(first, first, 5), Reason::same_account);
  EXPECT_EQ(transfer(first, {9}, 5), Reason::unknown_account);
  EXPECT_EQ(transfer({9}, first, 5), Reason::unknown_account);
  EXPECT_EQ(transfer(first, second, 0), Reason::cash_out_of_range);
  expect_unchanged(before);
}

TEST_F(Settlement, ACashTransferMovesMoneyInOneStepOrNotAtAll) {
  ASSERT_TRUE(gate.reserve(tiny.buy(tiny::perpetual, 6, 100.0)).accepted());
  const std::string before = gate_text(gate);
  const TransferVerdict refused = gate.transfer({first, second, tiny::dollars, {4'001}, tiny.now});
  EXPECT_EQ(refused.reason, Reason::insufficient_margin);
  expect_unchanged(before);
  EXPECT_EQ(gate.transfer({first, second, tiny::dollars, {4'000}, tiny.now}).reason,
            Reason::accepted);
  EXPECT_EQ(dollars(first), 6'000);
  EXPECT_EQ(dollars(second), 14'000);
}

TEST_F(Settlement, AnAccountUnderWaterMayReceiveMoney) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 50, 100.0, second), Reason::accepted);
  const TransferVerdict verdict = gate.transfer({first, second, tiny::dollars, {100}, tiny.now});
  EXPECT_EQ(verdict.reason, Reason::accepted);
  EXPECT_EQ(verdict.to.reason, Reason::insufficient_margin);
}

TEST_F(Settlement, ABlockTradeBooksBothSides) {
  EXPECT_EQ(gate.trade(block(10, 100.0)).reason, Reason::accepted);
  EXPECT_EQ(net(first), 10);
  EXPECT_EQ(net(second), -10);
  EXPECT_EQ(tiny.initial_margin(first).value, 10'000);
  EXPECT_EQ(tiny.initial_margin(second).value, 10'000);
}

TEST_F(Settlement, ABlockTradeThatOneSideCannotCarryBooksNeither) {
  ASSERT_EQ(gate.withdraw(withdrawal(5'000, second)).reason, Reason::accepted);
  const std::string before = gate_text(gate);
  const TransferVerdict verdict = gate.trade(block(6, 100.0));
  EXPECT_EQ(verdict.reason, Reason::insufficient_margin);
  EXPECT_EQ(verdict.from.reason, Reason::accepted);
  EXPECT_EQ(verdict.to.reason, Reason::insufficient_margin);
  EXPECT_EQ(verdict.to.requirement_after.value, 6'000);
  expect_unchanged(before);
  EXPECT_EQ(gate.trade(block(5, 100.0)).reason, Reason::accepted);
}

// Bought at 108.00 and worth 100.00: the buyer loses 8.00 a lot at once.
TEST_F(Settlement, ABlockTradeAwayFromTheMarketIsPaidForByTheSideThatLoses) {
  EXPECT_EQ(gate.trade(block(6, 108.0)).reason, Reason::insufficient_margin);
  EXPECT_EQ(gate.trade(block(5, 108.0)).reason, Reason::accepted);
  EXPECT_EQ(equity(first), 6'000);
  EXPECT_EQ(equity(second), 14'000);
}

TEST_F(Settlement, ABlockTradeThatReducesPassesUnderWater) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, -50, 100.0, first), Reason::accepted);
  EXPECT_EQ(gate.trade(block(5, 100.0)).from.reason, Reason::accepted_reducing);
  EXPECT_EQ(net(first), -45);
  // Not when the price gives money away: a twentieth of the notional at most.
  EXPECT_EQ(gate.trade(block(1, 105.01)).reason, Reason::insufficient_margin);
  EXPECT_EQ(gate.trade(block(1, 105.0)).reason, Reason::accepted);
}

TEST_F(Settlement, BadBlockTradesAreNamedAndChangeNothing) {
  const std::string before = gate_text(gate);
  const auto reason = [&](const std::function<void(BlockTrade&)>& spoil) {
    BlockTrade trade = block(1, 100.0);
    spoil(trade);
    return gate.trade(trade).reason;
  };
  EXPECT_EQ(reason([](BlockTrade& t) { t.buyer = {9}; }), Reason::unknown_account);
  EXPECT_EQ(reason([](BlockTrade& t) { t.seller = {9}; }), Reason::unknown_account);
  EXPECT_EQ(reason([](BlockTrade& t) { t.seller = t.buyer; }), Reason::same_account);
  EXPECT_EQ(reason([](BlockTrade& t) { t.instrument = {99}; }), Reason::unknown_instrument);
  EXPECT_EQ(reason([](BlockTrade& t) { t.quantity = {0}; }), Reason::quantity_not_positive);
  EXPECT_EQ(reason([](BlockTrade& t) { t.price = {0}; }), Reason::price_not_positive);
  EXPECT_EQ(reason([](BlockTrade& t) { t.time = {1}; }), Reason::time_went_back);
  expect_unchanged(before);
}

TEST_F(Settlement, MarkSettlementTurnsProfitIntoCashAndLeavesEquityAlone) {
  ASSERT_EQ(tiny.transfer(tiny::future, 4, 98.0, first), Reason::accepted);
  ASSERT_EQ(tiny.transfer(tiny::future, -3, 97.0, second), Reason::accepted);
  const std::int64_t equity_first = equity(first);
  const std::int64_t equity_second = equity(second);
  const SettlementResult result = gate.settle(MarkSettlement{tiny::future, tiny_price(99.5)});
  EXPECT_EQ(result.reason, Reason::accepted);
  EXPECT_EQ(result.accounts, 2u);
  EXPECT_EQ(dollars(first), 10'000 + 4 * 150);
  EXPECT_EQ(dollars(second), 10'000 - 3 * 250);
  EXPECT_EQ(equity(first), equity_first);
  EXPECT_EQ(equity(second), equity_second);
  EXPECT_EQ(gate.legs(first).front().entry_cash.value, -39'800);
  EXPECT_EQ(net(first, tiny::future), 4);
  EXPECT_EQ(gate.settle(MarkSettlement{tiny::call, tiny_price(5.0)}).reason,
            Reason::wrong_instrument);
  EXPECT_EQ(gate.settle(MarkSettlement{{99}, tiny_price(5.0)}).reason, Reason::unknown_instrument);
  EXPECT_EQ(gate.settle(MarkSettlement{tiny::future, {0}}).reason, Reason::price_not_positive);
  EXPECT_EQ(gate.settle(MarkSettlement{tiny::future, {INT64_MAX}}).reason, Reason::price_too_large);
}

// A hundredth of a percent of 300.00 is three cents.
TEST_F(Settlement, FundingIsPaidByTheLongsAndRoundsAgainstBoth) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 3, 100.0, first), Reason::accepted);
  ASSERT_EQ(tiny.transfer(tiny::perpetual, -3, 100.0, second), Reason::accepted);
  const auto fund = [&](std::int64_t rate) {
    return gate.settle(FundingPayment{tiny::perpetual, tiny_price(100.0), rate});
  };
  EXPECT_EQ(fund(100'000).accounts, 2u);
  EXPECT_EQ(dollars(first), 9'997);
  EXPECT_EQ(dollars(second), 10'003);
  EXPECT_EQ(fund(-110'000).accounts, 2u);  // 3.3 cents the other way
  EXPECT_EQ(dollars(first), 10'000);
  EXPECT_EQ(dollars(second), 9'999);
  EXPECT_EQ(gate.settle(FundingPayment{tiny::future, tiny_price(100.0), 1}).reason,
            Reason::wrong_instrument);
  EXPECT_EQ(fund(2'000'000'000).reason, Reason::cash_out_of_range);
  EXPECT_EQ(gate.settle(FundingPayment{tiny::perpetual, {0}, 1}).reason,
            Reason::price_not_positive);
}

TEST_F(Settlement, FundingOfAnInversePerpetualIsPaidInCoins) {
  ASSERT_EQ(tiny.transfer(tiny::inverse, 100, 100.0, first), Reason::accepted);
  ASSERT_EQ(gate.settle(FundingPayment{tiny::inverse, tiny_price(100.0), 10'000'000}).accounts, 1u);
  // A thousand dollars are ten coins, a hundredth of them a tenth.
  EXPECT_EQ(gate.wallets(first)[tiny::coins.value].value, -10);
}

TEST_F(Settlement, AnExpiryReleasesOrdersAndPaysPositionsOut) {
  ASSERT_EQ(tiny.transfer(tiny::call, 4, 5.0, first), Reason::accepted);
  ASSERT_EQ(tiny.transfer(tiny::call, -4, 5.0, second), Reason::accepted);
  ASSERT_TRUE(gate.reserve(tiny.sell(tiny::call, 1, 6.0)).accepted());
  const Timestamp expiry = tiny.now + Duration{30 * tiny_day.value};
  EXPECT_EQ(gate.settle(Expiry{tiny::call, tiny_price(7.0), tiny.now}).reason, Reason::not_expired);
  const SettlementResult result = gate.settle(Expiry{tiny::call, tiny_price(7.0), expiry});
  EXPECT_EQ(result.orders, 1u);
  EXPECT_EQ(result.accounts, 2u);
  EXPECT_EQ(dollars(first), 10'000 + 4 * 200);
  EXPECT_EQ(dollars(second), 10'000 - 4 * 200);
  EXPECT_EQ(net(first, tiny::call), 0);
  EXPECT_EQ(tiny.initial_margin(first).value, 0);
  EXPECT_EQ(gate.settle(Expiry{tiny::perpetual, tiny_price(7.0), expiry}).reason,
            Reason::wrong_instrument);
  EXPECT_EQ(gate.settle(Expiry{tiny::future, {0}, expiry}).reason, Reason::price_not_positive);
  EXPECT_EQ(gate.settle(Expiry{tiny::future, {INT64_MAX}, expiry}).reason, Reason::price_too_large);
}

TEST_F(Settlement, AnOptionMayExpireWorthless) {
  ASSERT_EQ(tiny.transfer(tiny::put, 2, 5.0, first), Reason::accepted);
  const Timestamp expiry = tiny.now + Duration{30 * tiny_day.value};
  EXPECT_EQ(gate.settle(Expiry{tiny::put, {0}, expiry}).accounts, 1u);
  EXPECT_EQ(dollars(first), 9'000);
}

TEST_F(Settlement, AnExpiryLeavesWhatIsInSuspenseUntilItIsKnown) {
  const Execution unknown{{5}, 1, first, tiny::call, Side::buy, {1}, tiny_price(5.0)};
  ASSERT_EQ(gate.apply(unknown), Reason::unknown_order_executed);
  const Timestamp expiry = tiny.now + Duration{30 * tiny_day.value};
  EXPECT_EQ(gate.settle(Expiry{tiny::call, tiny_price(7.0), expiry}).orders, 0u);
  EXPECT_TRUE(gate.working_order(gate.last_quarantined().suspense).has_value());
}

TEST_F(Settlement, AnExerciseEndsTheOptionAndTradesAtTheStrike) {
  ASSERT_EQ(tiny.transfer(tiny::call, 3, 5.0, first), Reason::accepted);
  const Exercise exercise{first, tiny::call, {2}, tiny::spot, {2}, tiny_price(100), tiny.now};
  EXPECT_EQ(gate.exercise(exercise).reason, Reason::accepted);
  EXPECT_EQ(net(first, tiny::call), 1);
  EXPECT_EQ(net(first, tiny::spot), 2);
  EXPECT_EQ(dollars(first), 10'000 - 2 * 500);
  Exercise more = exercise;
  more.quantity = {2};
  EXPECT_EQ(gate.exercise(more).reason, Reason::position_too_small);
}

TEST_F(Settlement, AnExerciseThatTheAccountCannotCarryChangesNothing) {
  ASSERT_EQ(tiny.transfer(tiny::call, 20, 5.0, first), Reason::accepted);
  const std::string before = gate_text(gate);
  const Exercise exercise{first, tiny::call, {20}, tiny::spot, {20}, tiny_price(100), tiny.now};
  EXPECT_EQ(gate.exercise(exercise).reason, Reason::insufficient_margin);
  expect_unchanged(before);
}

TEST_F(Settlement, AnAssignmentIsBookedWhateverTheMargin) {
  ASSERT_EQ(tiny.transfer(tiny::put, -50, 5.0, first), Reason::accepted);
  const Assignment assignment{first, tiny::put, {50}, tiny::spot, {50}, tiny_price(100)};
  EXPECT_EQ(gate.apply(assignment), Reason::accepted);
  EXPECT_EQ(net(first, tiny::put), 0);
  EXPECT_EQ(net(first, tiny::spot), 50);
  EXPECT_EQ(gate.apply(assignment), Reason::position_too_small);
}

TEST_F(Settlement, BadExercisesAreNamedAndChangeNothing) {
  ASSERT_EQ(tiny.transfer(tiny::call, 3, 5.0, first), Reason::accepted);
  const std::string before = gate_text(gate);
  const auto reason = [&](const std::function<void(Exercise&)>& spoil) {
    Exercise e{first, tiny::call, {2}, tiny::spot, {2}, tiny_price(100), tiny.now};
    spoil(e);
    return gate.exercise(e).reason;
  };
  EXPECT_EQ(reason([](Exercise& e) { e.account = {9}; }), Reason::unknown_account);
  EXPECT_EQ(reason([](Exercise& e) { e.option = {99}; }), Reason::unknown_instrument);
  EXPECT_EQ(reason([](Exercise& e) { e.delivery = {99}; }), Reason::unknown_instrument);
  EXPECT_EQ(reason([](Exercise& e) { e.option = tiny::future; }), Reason::wrong_instrument);
  EXPECT_EQ(reason([](Exercise& e) { e.delivery = tiny::put; }), Reason::wrong_instrument);
  EXPECT_EQ(reason([](Exercise& e) { e.quantity = {0}; }), Reason::quantity_not_positive);
  EXPECT_EQ(reason([](Exercise& e) { e.delivered = {0}; }), Reason::quantity_not_positive);
  EXPECT_EQ(reason([](Exercise& e) { e.strike = {0}; }), Reason::price_not_positive);
  EXPECT_EQ(reason([](Exercise& e) { e.time = {1}; }), Reason::time_went_back);
  expect_unchanged(before);
}

TEST(SettlementWithoutATable, ABlockTradeIsRefused) {
  TinyGate tiny;
  const BlockTrade trade{first, second, tiny::perpetual, {1}, tiny_price(100.0), tiny.now};
  EXPECT_EQ(tiny.gate().trade(trade).reason, Reason::no_risk_table);
}

}  // namespace
}  // namespace margingate::testing
