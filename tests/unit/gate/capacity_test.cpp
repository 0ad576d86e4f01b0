// Every table has an end; reaching it is refused with its own Reason and breaks nothing.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/gate_text.hpp"
#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

constexpr std::int64_t rich = std::int64_t{1} << 50;

TEST(GateCapacity, RejectsMoreLegsThanItsTableHolds) {
  TinyGate tiny([](TinySetup& s) { s.config.limits.legs_max = 2; });
  Gate& gate = tiny.gate();
  ASSERT_EQ(tiny.deposit(rich), Reason::accepted);
  tiny.publish_and_adopt();
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 1, 100.0), Reason::accepted);
  ASSERT_TRUE(gate.reserve(tiny.buy(tiny::call, 1, 5.0)).accepted());
  const std::string before = gate_text(gate);
  EXPECT_EQ(gate.reserve(tiny.buy(tiny::put, 1, 5.0)).reason, Reason::legs_full);
  EXPECT_EQ(tiny.transfer(tiny::put, 1, 5.0), Reason::legs_full);
  EXPECT_EQ(tiny.transfer(tiny::perpetual, 1, 100.0, {1}), Reason::legs_full);
  EXPECT_EQ(gate_text(gate), before);
  // Legs that are there trade on.
  EXPECT_TRUE(gate.reserve(tiny.sell(tiny::perpetual, 2, 100.0)).accepted());
  EXPECT_EQ(tiny.transfer(tiny::call, 1, 5.0), Reason::accepted);
  EXPECT_TRUE(gate.totals_equal_recomputed({0}));
}

TEST(GateCapacity, RejectsMoreWorkingOrdersThanItsTableHolds) {
  TinyGate tiny([](TinySetup& s) { s.config.limits.working_orders_max = 2; });
  Gate& gate = tiny.gate();
  ASSERT_EQ(tiny.deposit(rich), Reason::accepted);
  tiny.publish_and_adopt();
  const Verdict first = gate.reserve(tiny.buy(tiny::perpetual, 1, 100.0));
  ASSERT_TRUE(gate.reserve(tiny.buy(tiny::perpetual, 1, 100.0)).accepted());
  const std::string before = gate_text(gate);
  EXPECT_EQ(gate.reserve(tiny.buy(tiny::perpetual, 1, 100.0)).reason, Reason::working_orders_full);
  EXPECT_EQ(gate_text(gate), before);
  EXPECT_TRUE(gate.replace({first.order, {2}, tiny_price(100.0), tiny.now}).accepted());
  EXPECT_EQ(gate.release({first.order}), Reason::accepted);
  EXPECT_TRUE(gate.reserve(tiny.buy(tiny::perpetual, 1, 100.0)).accepted());
}

TEST(GateCapacity, CountsBothSidesOfWorkingOrdersTowardsThePositionLimit) {
  TinyGate tiny([](TinySetup& s) { s.config.limits.quantity_max = 10; });
  Gate& gate = tiny.gate();
  ASSERT_EQ(tiny.deposit(rich), Reason::accepted);
  tiny.publish_and_adopt();
  ASSERT_EQ(tiny.transfer(tiny::perpetual, -3, 100.0), Reason::accepted);
  ASSERT_TRUE(gate.reserve(tiny.buy(tiny::perpetual, 4, 100.0)).accepted());
  const Verdict sell = gate.reserve(tiny.sell(tiny::perpetual, 2, 100.0));
  ASSERT_TRUE(sell.accepted());
  const std::string before = gate_text(gate);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 1, 100.0)).reason, Reason::accepted);
  EXPECT_EQ(gate.reserve(tiny.buy(tiny::perpetual, 2, 100.0)).reason, Reason::position_limit);
  EXPECT_EQ(gate.replace({sell.order, {4}, tiny_price(100.0), tiny.now}).reason,
            Reason::position_limit);
  EXPECT_EQ(tiny.transfer(tiny::perpetual, -2, 100.0), Reason::position_limit);
  EXPECT_EQ(gate_text(gate), before);
  EXPECT_TRUE(gate.replace({sell.order, {3}, tiny_price(100.0), tiny.now}).accepted());
  EXPECT_EQ(tiny.transfer(tiny::perpetual, 1, 100.0), Reason::accepted);
}

// docs/numerics.md: lots of all legs of a risk unit, times 2^e, stay within 2^27.
class UnitLimit : public ::testing::Test {
 protected:
  static constexpr std::int64_t lots_max = std::int64_t{1} << 27;

  // Contracts of a cent, so that no price can lift the exponent above zero.
  static void make_small(TinySetup& setup) {
    for (Instrument& i : setup.config.instruments) i.contract_size = 0.01;
    setup.config.limits.quantity_max = 1 << 30;
  }
  std::int64_t lots_held() {
    std::int64_t lots = 0;
    for (const Gate::Leg& leg : gate.legs({0})) lots += std::abs(leg.net_quantity.value);
    return lots;
  }

  TinyGate tiny{make_small};
  Gate& gate = tiny.gate();
};

TEST_F(UnitLimit, RejectsWhatTheTotalsCouldNotCarry) {
  tiny.publish_and_adopt();
  ASSERT_EQ(tiny.deposit(rich), Reason::accepted);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, lots_max, 100.0)).reason, Reason::accepted);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, lots_max + 1, 100.0)).reason,
            Reason::position_limit);
  ASSERT_EQ(tiny.transfer(tiny::future, lots_max - 5, 100.0), Reason::accepted);
  EXPECT_EQ(tiny.transfer(tiny::call, 6, 5.0), Reason::position_limit);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 6, 100.0)).reason, Reason::position_limit);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 5, 100.0)).reason, Reason::accepted);
}

// Books are loaded before there is a table.
TEST_F(UnitLimit, HoldsBeforeTheFirstTable) {
  EXPECT_EQ(tiny.transfer(tiny::future, lots_max + 1, 100.0), Reason::position_limit);
  ASSERT_EQ(tiny.transfer(tiny::future, lots_max - 5, 100.0), Reason::accepted);
  EXPECT_EQ(tiny.transfer(tiny::call, -6, 5.0), Reason::position_limit);
  EXPECT_EQ(tiny.transfer(tiny::call, -5, 5.0), Reason::accepted);
  EXPECT_EQ(lots_held(), lots_max);
  EXPECT_EQ(tiny.transfer(tiny::future, -1, 100.0), Reason::accepted);
}

// What has no price today has one tomorrow.
TEST_F(UnitLimit, HoldsForInstrumentsWithoutAPrice) {
  Market surface = tiny.surface();
  surface.quotes[tiny::call.value].implied_volatility = -1.0;
  tiny.update_surface(surface);
  tiny.publish_and_adopt();
  ASSERT_EQ(tiny.transfer(tiny::call, lots_max, 5.0), Reason::accepted);
  EXPECT_EQ(tiny.transfer(tiny::call, 1, 5.0), Reason::position_limit);
  EXPECT_EQ(tiny.transfer(tiny::put, 1, 5.0), Reason::position_limit);
  EXPECT_TRUE(gate.totals_equal_recomputed({0}));
}

// Trades far from any market, each one in range: their cash must not run out of 64 bits.
class TradeCashLimit : public ::testing::Test {
 protected:
  TradeCashLimit() { tiny.publish_and_adopt(); }

  void trade_until_refused(InstrumentId instrument, std::int64_t lots, std::int64_t price) {
    int accepted = 0;
    while (accepted < 200 &&
           gate.apply(PositionTransfer{{0}, instrument, {lots}, {price}}) == Reason::accepted) {
      ++accepted;
    }
    EXPECT_LT(accepted, 200);
    EXPECT_EQ(gate.apply(PositionTransfer{{0}, instrument, {lots}, {price}}),
              Reason::cash_out_of_range);
    // Reports and decisions still work on what was let in.
    const MarginStatement statement = gate.statement(AccountId{0});
    EXPECT_EQ(statement.equity.value<0, lots> 0) << statement.equity.value;
    EXPECT_TRUE(gate.totals_equal_recomputed({0}));
  }

  TinyGate tiny;
  Gate& gate = tiny.gate();
};

TEST_F(TradeCashLimit, RejectsAnEntryCostBeyondCounting) {
  trade_until_refused(tiny::perpetual, 31, std::int64_t{1} << 53);
  trade_until_refused(tiny::call, 31, std::int64_t{1} << 53);
}

TEST_F(TradeCashLimit, RejectsEntryProceedsBeyondCounting) {
  trade_until_refused(tiny::perpetual, -31, std::int64_t{1} << 53);
}

TEST_F(TradeCashLimit, RejectsRealisedProfitBeyondCounting) {
  int trades = 0;
  for (Reason reason = Reason::accepted; reason == Reason::accepted && trades < 1'000; ++trades) {
    const std::int64_t lots = trades % 2 == 0 ? 31 : -31;
    const std::int64_t price = trades % 2 == 0 ? 1 : std::int64_t{1} << 53;
    reason = gate.apply(PositionTransfer{{0}, tiny::perpetual, {lots}, {price}});
    EXPECT_TRUE(reason == Reason::accepted || reason == Reason::cash_out_of_range);
  }
  EXPECT_LT(trades, 1'000);
  EXPECT_GT(gate.statement(AccountId{0}).equity.value, 0);
}

// Bought for next to nothing, an inverse contract owes more coins than the spot can turn into
// money.
TEST(CoinRange, KeepsTheSignOfProceedsThatTheSpotWouldOverflow) {
  TinyGate tiny([](TinySetup& setup) {
    setup.config.money_decimals = 8;
    setup.config.price_decimals = 8;
  });
  Gate& gate = tiny.gate();
  ASSERT_EQ(gate.apply(SpotTick{{0}, {10'000'000'000}, tiny.now}), Reason::accepted);
  tiny.publish_and_adopt();
  for (const std::int64_t lots : {1, 2, -1, -2}) {
    ASSERT_EQ(gate.apply(PositionTransfer{{0}, tiny::inverse, {lots}, {1}}), Reason::accepted);
    EXPECT_EQ(gate.statement(AccountId{0}).equity.value > 0, lots > 0) << lots;
    EXPECT_TRUE(gate.totals_equal_recomputed({0}));
    ASSERT_EQ(gate.apply(PositionTransfer{{0}, tiny::inverse, {-lots}, {1}}), Reason::accepted);
  }
}

// A debt of coins is not forgiven because it no longer fits, and a fortune buys no overflow.
TEST(WalletRange, CountsCoinBalancesOfEverySize) {
  TinyGate tiny;
  Gate& gate = tiny.gate();
  tiny.publish_and_adopt();
  const std::int64_t most = gate.config().limits.cash_max;
  for (std::int64_t part = 1; part <= 200; ++part) {
    const std::int64_t coins = most / part;
    ASSERT_EQ(gate.apply(CashMovement{{0}, tiny::coins, {-coins}}), Reason::accepted);
    EXPECT_LT(gate.statement(AccountId{0}).equity.value, 0) << coins;
    EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 1, 100.0)).reason, Reason::insufficient_margin);
    ASSERT_EQ(gate.apply(CashMovement{{0}, tiny::coins, {2 * coins - (part == 1 ? coins : 0)}}),
              Reason::accepted);
    EXPECT_GE(gate.statement(AccountId{0}).equity.value, 0) << coins;
    ASSERT_EQ(gate.apply(CashMovement{{0}, tiny::coins, {-gate.wallets({0})[1].value}}),
              Reason::accepted);
  }
}

// The same when the other balance is as large as it may be.
TEST(WalletRange, NetsAHugeDebtAgainstAHugeBalance) {
  TinyGate tiny;
  Gate& gate = tiny.gate();
  tiny.publish_and_adopt();
  const std::int64_t most = gate.config().limits.cash_max;
  ASSERT_EQ(tiny.deposit(most), Reason::accepted);
  ASSERT_EQ(tiny.deposit(-most, {0}, tiny::coins), Reason::accepted);
  EXPECT_LE(gate.statement(AccountId{0}).equity.value, 0);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 1, 100.0)).reason, Reason::insufficient_margin);
}

}  // namespace
}  // namespace margingate::testing
