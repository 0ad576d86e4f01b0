// Nonsense at the border: each kind is refused with its own Reason and changes nothing.
#include <gtest/gtest.h>

#include <vector>

#include "support/gate_text.hpp"
#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

constexpr std::int64_t price_too_large = (std::int64_t{1} << 53) + 1;
const std::int64_t not_positive[] = {0, -1, INT64_MIN};
const std::int64_t too_large_price[] = {price_too_large, INT64_MAX};

// An account with a position, a working order, cash of all kinds and a hold.
class BadInput : public ::testing::Test {
 protected:
  BadInput() {
    EXPECT_EQ(tiny.deposit(100'000), Reason::accepted);
    EXPECT_EQ(tiny.deposit(77, {0}, tiny::coins), Reason::accepted);
    EXPECT_EQ(gate.apply(Hold{{0}, {500}}), Reason::accepted);
    tiny.publish_and_adopt();
    EXPECT_EQ(tiny.transfer(tiny::call, -3, 5.5), Reason::accepted);
    working = gate.reserve(tiny.buy(tiny::perpetual, 5, 101.0)).order;
    EXPECT_TRUE(gate.working_order(working).has_value());
    EXPECT_EQ(tiny.tick(100.2), Reason::accepted);
    before = state();
  }

  // Everything a refused call must leave alone.
  std::string state() {
    const Counters& c = gate.counters();
    std::string text = gate_text(gate);
    for (const std::uint64_t count : {c.accepts, c.releases, c.fills, c.transfers, c.spot_ticks,
                                      c.events_deferred, c.first_touch_sums, c.adoptions}) {
      text += ' ' + std::to_string(count);
    }
    const auto order = gate.working_order(working);
    return text + (order ? " working " + std::to_string(order->remaining.value) + " @ " +
                               std::to_string(order->price.value) + " open loss " +
                               std::to_string(order->open_loss.value)
                         : " gone");
  }

  void expect_refused(const Event& event, Reason reason) {
    const Verdict verdict = gate.apply(event);
    EXPECT_EQ(to_string(verdict.reason), to_string(reason));
    EXPECT_EQ(state(), before);
    EXPECT_TRUE(gate.totals_equal_recomputed({0}));
  }
  // As an order that is checked, one that is reserved, and, where it applies, as a replacement.
  void expect_order_refused(const OrderIntent& intent, Reason reason) {
    EXPECT_EQ(to_string(gate.check(intent).reason), to_string(reason));
    expect_refused(intent, reason);
  }
  void expect_both_refused(const OrderIntent& intent, Reason reason) {
    expect_order_refused(intent, reason);
    expect_refused(ReplaceIntent{working, intent.quantity, intent.price, intent.time}, reason);
  }
  OrderIntent good() { return tiny.buy(tiny::perpetual, 1, 100.0); }

  TinyGate tiny;
  Gate& gate = tiny.gate();
  WorkingOrderHandle working;
  std::string before;
};

TEST_F(BadInput, RejectsUnknownAccounts) {
  for (const std::uint32_t account : {4u, UINT32_MAX}) {
    OrderIntent intent = good();
    intent.account = {account};
    expect_order_refused(intent, Reason::unknown_account);
    expect_refused(PositionTransfer{{account}, tiny::call, {1}, {1}}, Reason::unknown_account);
    expect_refused(CashMovement{{account}, tiny::dollars, {1}}, Reason::unknown_account);
    expect_refused(Hold{{account}, {1}}, Reason::unknown_account);
    EXPECT_EQ(gate.statement(AccountId{account}).reason, Reason::unknown_account);
    EXPECT_EQ(gate.statement(intent).reason, Reason::unknown_account);
    EXPECT_EQ(gate.reaggregate({account}, 1), Reason::unknown_account);
    EXPECT_TRUE(gate.legs({account}).empty());
    EXPECT_TRUE(gate.wallets({account}).empty());
    EXPECT_FALSE(gate.totals_equal_recomputed({account}));
    gate.prefetch({account}, {0});
  }
}

TEST_F(BadInput, RejectsUnknownInstruments) {
  for (const std::uint32_t instrument : {tiny::instruments, UINT32_MAX}) {
    OrderIntent intent = good();
    intent.instrument = {instrument};
    expect_order_refused(intent, Reason::unknown_instrument);
    expect_refused(PositionTransfer{{0}, {instrument}, {1}, {1}}, Reason::unknown_instrument);
    EXPECT_EQ(gate.statement(intent).reason, Reason::unknown_instrument);
    gate.prefetch({0}, {instrument});
  }
}

TEST_F(BadInput, RejectsUnknownOrders) {
  const WorkingOrderHandle handles[] = {{},
                                        {working.index, working.generation + 1},
                                        {working.index, working.generation - 1},
                                        {working.index, working.generation + 2},
                                        {64, 1},
                                        {UINT32_MAX, UINT32_MAX},
                                        {0, 0}};
  for (const WorkingOrderHandle handle : handles) {
    expect_refused(Cancel{handle}, Reason::unknown_order);
    expect_refused(Fill{handle, {1}, {10'000}}, Reason::unknown_order);
    expect_refused(ReplaceIntent{handle, {1}, {10'000}, tiny.now}, Reason::unknown_order);
  }
}

TEST_F(BadInput, RejectsUnknownUnderlyingsAndAssets) {
  for (const std::uint32_t id : {3u, 8u, UINT32_MAX}) {
    expect_refused(SpotTick{{id}, {10'000}, tiny.now}, Reason::unknown_underlying);
    expect_refused(AssetTick{{id}, {10'000}, tiny.now}, Reason::unknown_asset);
    expect_refused(CashMovement{{0}, {id}, {1}}, Reason::unknown_asset);
  }
}

TEST_F(BadInput, RejectsQuantitiesThatAreNotPositive) {
  for (const std::int64_t quantity : not_positive) {
    OrderIntent intent = good();
    intent.quantity = {quantity};
    expect_both_refused(intent, Reason::quantity_not_positive);
    expect_refused(Fill{working, {quantity}, {10'000}}, Reason::quantity_not_positive);
  }
  expect_refused(PositionTransfer{{0}, tiny::call, {0}, {100}}, Reason::quantity_not_positive);
}

TEST_F(BadInput, RejectsQuantitiesBeyondTheLimit) {
  const std::int64_t quantity_max = gate.config().limits.quantity_max;
  for (const std::int64_t quantity : {quantity_max + 1, INT64_MAX}) {
    OrderIntent intent = good();
    intent.quantity = {quantity};
    expect_both_refused(intent, Reason::quantity_too_large);
  }
  for (const std::int64_t quantity : {quantity_max + 1, -quantity_max - 1, INT64_MAX, INT64_MIN}) {
    expect_refused(PositionTransfer{{0}, tiny::call, {quantity}, {100}},
                   Reason::quantity_too_large);
  }
}

TEST_F(BadInput, RejectsPricesThatAreNotPositive) {
  for (const std::int64_t price : not_positive) {
    OrderIntent intent = good();
    intent.price = {price};
    expect_both_refused(intent, Reason::price_not_positive);
    expect_refused(Fill{working, {1}, {price}}, Reason::price_not_positive);
    expect_refused(PositionTransfer{{0}, tiny::perpetual, {1}, {price}},
                   Reason::price_not_positive);
    expect_refused(SpotTick{{0}, {price}, tiny.now}, Reason::price_not_positive);
    expect_refused(AssetTick{tiny::euros, {price}, tiny.now}, Reason::price_not_positive);
  }
}

TEST_F(BadInput, RejectsAbsurdPrices) {
  for (const std::int64_t price : too_large_price) {
    OrderIntent intent = good();
    intent.price = {price};
    expect_both_refused(intent, Reason::price_too_large);
    expect_refused(Fill{working, {1}, {price}}, Reason::price_too_large);
    expect_refused(PositionTransfer{{0}, tiny::call, {1}, {price}}, Reason::price_too_large);
    expect_refused(SpotTick{{0}, {price}, tiny.now}, Reason::price_too_large);
    expect_refused(AssetTick{tiny::euros, {price}, tiny.now}, Reason::price_too_large);
  }
}

TEST_F(BadInput, RejectsTradesWhoseCashCannotBeCounted) {
  const std::int64_t most = gate.config().limits.quantity_max;
  const std::int64_t price = price_too_large - 1;
  OrderIntent intent = good();
  intent.quantity = {most};
  intent.price = {price};
  expect_both_refused(intent, Reason::quantity_too_large);
  expect_refused(PositionTransfer{{0}, tiny::call, {most}, {price}}, Reason::cash_out_of_range);
  expect_refused(PositionTransfer{{0}, tiny::call, {-most}, {price}}, Reason::cash_out_of_range);
}

TEST_F(BadInput, RejectsTimeThatGoesBack) {
  OrderIntent intent = good();
  for (const std::int64_t ns : {tiny.now.ns - 1, std::int64_t{0}, INT64_MIN}) {
    intent.time = {ns};
    expect_both_refused(intent, Reason::time_went_back);
    expect_refused(SpotTick{{0}, {10'000}, {ns}}, Reason::time_went_back);
  }
  // The clock is the latest time seen in any order or tick.
  tiny.pass(seconds(1));
  ASSERT_EQ(tiny.tick(100.2), Reason::accepted);
  intent.time = {tiny.now.ns - 1};
  EXPECT_EQ(gate.check(intent).reason, Reason::time_went_back);
  intent.time = tiny.now;
  EXPECT_EQ(gate.check(intent).reason, Reason::accepted);
}

TEST_F(BadInput, RejectsFillsBeyondTheOrder) {
  for (const std::int64_t quantity : {std::int64_t{6}, INT64_MAX}) {
    expect_refused(Fill{working, {quantity}, {10'000}}, Reason::fill_exceeds_order);
  }
}

TEST_F(BadInput, RejectsCashAndHoldsOutOfRange) {
  const std::int64_t most = gate.config().limits.cash_max;
  for (const std::int64_t amount : {most + 1, -most - 1, INT64_MAX, INT64_MIN}) {
    expect_refused(CashMovement{{0}, tiny::dollars, {amount}}, Reason::cash_out_of_range);
  }
  expect_refused(CashMovement{{0}, tiny::dollars, {most}}, Reason::cash_out_of_range);
  for (const std::int64_t amount : {std::int64_t{-1}, INT64_MIN, most + 1, INT64_MAX}) {
    expect_refused(Hold{{0}, {amount}}, Reason::cash_out_of_range);
  }
  EXPECT_EQ(tiny.deposit(most, {1}), Reason::accepted);
  EXPECT_EQ(gate.apply(CashMovement{{1}, tiny::dollars, {1}}), Reason::cash_out_of_range);
  EXPECT_EQ(gate.wallets({1})[0].value, most);
}

TEST_F(BadInput, CountsRefusedOrdersAsRejects) {
  const Counters start = gate.counters();
  static_cast<void>(gate.check({{9}, {0}, Side::buy, {1}, {1}, tiny.now}));
  static_cast<void>(gate.replace({{}, {1}, {1}, tiny.now}));
  EXPECT_EQ(gate.counters().decisions, start.decisions + 2);
  EXPECT_EQ(gate.counters().rejects, start.rejects + 2);
}

// Only prices of assets that no spot prices are told by AssetTick.
TEST_F(BadInput, RejectsAssetTicksForCoinsAndTheNumeraire) {
  expect_refused(AssetTick{tiny::coins, {1}, tiny.now}, Reason::unknown_asset);
  expect_refused(AssetTick{tiny::dollars, {1}, tiny.now}, Reason::unknown_asset);
}

}  // namespace
}  // namespace margingate::testing
