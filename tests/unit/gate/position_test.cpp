// Positions and money by hand: transfers, average cost, realised profit, cash, holds, collateral.
#include <gtest/gtest.h>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

class Position : public ::testing::Test {
 protected:
  Position() {
    EXPECT_EQ(tiny.deposit(100'000), Reason::accepted);
    tiny.publish_and_adopt();
  }

  Gate::Leg leg_in(InstrumentId instrument) {
    for (const Gate::Leg& leg : gate.legs({0})) {
      if (leg.instrument == instrument) return leg;
    }
    return {};
  }
  std::int64_t wallet(AssetId asset) { return gate.wallets({0})[asset.value].value; }
  std::int64_t equity() { return gate.statement(AccountId{0}).equity.value; }

  TinyGate tiny;
  Gate& gate = tiny.gate();
};

TEST_F(Position, KeepsAverageCostWhenItGrows) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 1, 90.0), Reason::accepted);
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 3, 98.0), Reason::accepted);
  EXPECT_EQ(leg_in(tiny::perpetual).net_quantity.value, 4);
  EXPECT_EQ(leg_in(tiny::perpetual).entry_cash.value, -9'000 - 29'400);
  EXPECT_EQ(wallet(tiny::dollars), 100'000);
  EXPECT_EQ(equity(), 100'000 + 1'000 + 600);
  EXPECT_EQ(tiny.initial_margin().value, 4'000);
}

TEST_F(Position, RealisesTheClosedShare) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 4, 96.0), Reason::accepted);
  ASSERT_EQ(tiny.transfer(tiny::perpetual, -1, 100.0), Reason::accepted);
  EXPECT_EQ(wallet(tiny::dollars), 100'000 + 400);
  EXPECT_EQ(leg_in(tiny::perpetual).entry_cash.value, -3 * 9'600);
  EXPECT_EQ(equity(), 100'000 + 1'600);
  ASSERT_EQ(tiny.transfer(tiny::perpetual, -3, 100.0), Reason::accepted);
  EXPECT_EQ(wallet(tiny::dollars), 100'000 + 1'600);
  EXPECT_TRUE(gate.legs({0}).empty());
  EXPECT_EQ(gate.epoch({0}), 0u);
  EXPECT_TRUE(gate.totals_equal_recomputed({0}));
}

TEST_F(Position, AcceptsZeroOnlyForAWorthlessOption) {
  ASSERT_EQ(tiny.transfer(tiny::call, 2, 5.0), Reason::accepted);
  EXPECT_EQ(tiny.transfer(tiny::perpetual, 1, 0.0), Reason::price_not_positive);
  EXPECT_EQ(tiny.transfer(tiny::call, -2, 0.0), Reason::accepted);
  EXPECT_EQ(wallet(tiny::dollars), 100'000 - 1'000);
  EXPECT_TRUE(gate.legs({0}).empty());
}

TEST_F(Position, TurnsAroundThroughZero) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 2, 99.0), Reason::accepted);
  ASSERT_EQ(tiny.transfer(tiny::perpetual, -5, 101.0), Reason::accepted);
  EXPECT_EQ(leg_in(tiny::perpetual).net_quantity.value, -3);
  EXPECT_EQ(leg_in(tiny::perpetual).entry_cash.value, 3 * 10'100);
  EXPECT_EQ(wallet(tiny::dollars), 100'000 + 400);
  EXPECT_EQ(equity(), 100'000 + 400 + 300);
  EXPECT_EQ(tiny.initial_margin().value, 3'000);
}

TEST_F(Position, SettlesInverseContractsInTheCoin) {
  // 20 contracts of 10 dollars at 100: two coins short of what they are worth at entry.
  ASSERT_EQ(tiny.transfer(tiny::inverse, 20, 100.0), Reason::accepted);
  EXPECT_EQ(leg_in(tiny::inverse).entry_cash.value, 200);
  EXPECT_EQ(equity(), 100'000);
  EXPECT_EQ(tiny.initial_margin().value, 2'000);
  // At 80 they cost 2.5 coins: half a coin is lost.
  ASSERT_EQ(tiny.transfer(tiny::inverse, -20, 80.0), Reason::accepted);
  EXPECT_EQ(wallet(tiny::coins), 200 - 250);
  EXPECT_EQ(wallet(tiny::dollars), 100'000);
  EXPECT_EQ(equity(), 100'000 - 5'000);
}

TEST_F(Position, PaysOptionsInFull) {
  ASSERT_EQ(tiny.transfer(tiny::call, 10, 5.0), Reason::accepted);
  const MarginStatement statement = gate.statement(AccountId{0});
  ASSERT_EQ(statement.risk_units.size(), 1u);
  const PositionStatement& p = statement.risk_units[0].positions.at(0);
  EXPECT_EQ(p.unrealised_profit.value, p.value.value - 5'000);
  EXPECT_EQ(statement.equity.value, 100'000 + p.unrealised_profit.value);
  // A bought option loses no more than its value.
  EXPECT_GT(statement.initial_margin.value, 0);
  EXPECT_LT(statement.initial_margin.value, p.value.value);
}

TEST_F(Position, MovesProfitWithTheSpot) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 10, 100.0), Reason::accepted);
  ASSERT_EQ(tiny.tick(100.50), Reason::accepted);
  EXPECT_EQ(equity(), 100'000 + 500);
  EXPECT_EQ(tiny.initial_margin().value, 10'050);
  ASSERT_EQ(tiny.tick(99.0), Reason::accepted);
  EXPECT_EQ(equity(), 100'000 - 1'000);
}

TEST_F(Position, CountsCashAndHolds) {
  EXPECT_EQ(gate.apply(Hold{{0}, {30'000}}), Reason::accepted);
  EXPECT_EQ(tiny.initial_margin().value, 30'000);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 70, 100.0)).reason, Reason::accepted);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 71, 100.0)).reason, Reason::insufficient_margin);
  // A later hold replaces the earlier one.
  EXPECT_EQ(gate.apply(Hold{{0}, {10'000}}), Reason::accepted);
  EXPECT_EQ(gate.holds({0}).value, 10'000);
  EXPECT_EQ(tiny.deposit(-50'000), Reason::accepted);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 40, 100.0)).reason, Reason::accepted);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 41, 100.0)).reason, Reason::insufficient_margin);
  EXPECT_EQ(gate.statement(AccountId{0}).maintenance_margin.value, 0);
}

TEST_F(Position, CountsCollateralAtItsHaircut) {
  ASSERT_EQ(tiny.deposit(1'000, {0}, tiny::euros), Reason::accepted);
  EXPECT_EQ(equity(), 100'000);  // no price yet
  ASSERT_EQ(gate.apply(AssetTick{tiny::euros, tiny_price(1.20), tiny.now}), Reason::accepted);
  EXPECT_EQ(equity(), 100'000 + 1'080);
  ASSERT_EQ(tiny.deposit(3, {0}, tiny::coins), Reason::accepted);
  EXPECT_EQ(equity(), 100'000 + 1'080 + 300);
  // A debt counts in full.
  ASSERT_EQ(tiny.deposit(-2'000, {0}, tiny::euros), Reason::accepted);
  EXPECT_EQ(equity(), 100'000 - 1'200 + 300);
}

TEST_F(Position, RefusesToPriceADebtWithoutAPrice) {
  ASSERT_EQ(tiny.deposit(-1, {0}, tiny::euros), Reason::accepted);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 1, 100.0)).reason, Reason::missing_mark);
  ASSERT_EQ(gate.apply(AssetTick{tiny::euros, tiny_price(1.0), tiny.now}), Reason::accepted);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 1, 100.0)).reason, Reason::accepted);
}

TEST_F(Position, KeepsAccountsApart) {
  ASSERT_EQ(tiny.deposit(100'000, {1}), Reason::accepted);
  const std::string before = tiny.text({1});
  ASSERT_TRUE(gate.reserve(tiny.buy(tiny::perpetual, 9, 100.0)).accepted());
  ASSERT_EQ(tiny.transfer(tiny::put, -2, 4.0), Reason::accepted);
  EXPECT_EQ(gate.apply(Hold{{0}, {5}}), Reason::accepted);
  EXPECT_EQ(tiny.text({1}), before);
}

TEST_F(Position, StatesWhatAnOrderWouldNeed) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, -4, 100.0), Reason::accepted);
  const OrderIntent order = tiny.sell(tiny::perpetual, 6, 100.0);
  const MarginStatement with = gate.statement(order);
  EXPECT_EQ(with.initial_margin.value, 10'000);
  EXPECT_EQ(with.initial_margin, gate.check(order).requirement_after);
  EXPECT_EQ(tiny.initial_margin().value, 4'000);
}

// MR-26: the requirement after a trade that only closes is no reason to refuse it.
TEST_F(Position, AcceptsReducingOrdersOfAnAccountThatIsShort) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 100, 100.0), Reason::accepted);
  ASSERT_EQ(tiny.deposit(-60'000), Reason::accepted);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 1, 100.0)).reason, Reason::insufficient_margin);
  const Verdict reducing = gate.reserve(tiny.sell(tiny::perpetual, 40, 100.0));
  EXPECT_EQ(reducing.reason, Reason::accepted_reducing);
  EXPECT_EQ(reducing.decided_by, DecidedBy::exact);
  // Beyond the position the other side starts to lose.
  EXPECT_EQ(gate.check(tiny.sell(tiny::perpetual, 161, 100.0)).reason, Reason::insufficient_margin);
  // Closing far below the mark gives money away: at most a twentieth of the notional.
  EXPECT_EQ(gate.check(tiny.sell(tiny::perpetual, 10, 95.0)).reason, Reason::accepted_reducing);
  EXPECT_EQ(gate.check(tiny.sell(tiny::perpetual, 10, 94.99)).reason, Reason::insufficient_margin);
}

}  // namespace
}  // namespace margingate::testing
