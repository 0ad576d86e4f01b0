// An account changes its margin mode: from a gate of one model to a gate of another.
#include "margingate/account_move.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/gate_text.hpp"
#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

// The second gate asks twice the margin and 500.00 to enter, 200.00 to stay.
void strict(TinySetup& setup) {
  setup.config.model.initial_factor = 2.0;
  setup.config.model.minimum_equity_to_enter = 500.0;
  setup.config.model.minimum_equity_to_keep = 200.0;
}

class AccountMoves : public ::testing::Test {
 protected:
  AccountMoves() : to(strict) {
    from.publish_and_adopt();
    to.publish_and_adopt();
    EXPECT_EQ(from.deposit(100'000), Reason::accepted);
    EXPECT_EQ(from.transfer(tiny::perpetual, 10, 99.0), Reason::accepted);
    EXPECT_EQ(from.transfer(tiny::inverse, -20, 98.0), Reason::accepted);
    EXPECT_EQ(from.gate().apply(Hold{{0}, {500}}), Reason::accepted);
    OrderIntent intent = from.buy(tiny::call, 2, 8.0);
    intent.id = {7};
    order = from.gate().reserve(intent).order;
  }
  ~AccountMoves() override {
    EXPECT_TRUE(from.gate().totals_equal_recomputed({0}));
    EXPECT_TRUE(to.gate().totals_equal_recomputed({0}));
  }

  TinyGate from;
  TinyGate to;
  WorkingOrderHandle order;
};

TEST_F(AccountMoves, TakeEverythingAlongInOneStep) {
  const std::vector<Gate::Leg> legs = from.gate().legs({0});
  const std::vector<Money> wallets = from.gate().wallets({0});
  const Money equity = from.gate().statement(AccountId{0}).equity;
  const AccountMove move = move_account(from.gate(), to.gate(), {0});
  ASSERT_EQ(move.reason, Reason::accepted);
  EXPECT_TRUE(from.gate().legs({0}).empty());
  EXPECT_EQ(from.gate().wallets({0}), std::vector<Money>(3));
  EXPECT_EQ(from.gate().open_losses({0}).value, 0);
  EXPECT_EQ(from.gate().holds({0}).value, 0);
  EXPECT_EQ(to.gate().wallets({0}), wallets);
  EXPECT_EQ(to.gate().holds({0}).value, 500);
  EXPECT_EQ(to.gate().statement(AccountId{0}).equity, equity);
  EXPECT_EQ(move.statement.equity, equity);
  EXPECT_EQ(to.gate().legs({0}).size(), legs.size());
  for (const Gate::Leg& leg : to.gate().legs({0})) {
    const auto same = std::find_if(legs.begin(), legs.end(), [&](const Gate::Leg& other) {
      return other.instrument == leg.instrument;
    });
    ASSERT_NE(same, legs.end());
    EXPECT_EQ(leg.net_quantity, same->net_quantity);
    EXPECT_EQ(leg.entry_cash, same->entry_cash);
    EXPECT_EQ(leg.working_buys, same->working_buys);
  }
  ASSERT_EQ(move.orders.size(), 1u);
  EXPECT_EQ(move.orders[0].before, order);
  EXPECT_EQ(to.gate().find_order({7}), move.orders[0].after);
  EXPECT_FALSE(from.gate().working_order(order).has_value());
  EXPECT_EQ(to.gate().apply(Fill{move.orders[0].after, {2}, tiny_price(8.0)}), Reason::accepted);
}

// What has been reported of an order before the move has been reported after it.
TEST_F(AccountMoves, TakeTheExecutionsSeenOfEachOrderAlong) {
  const Execution first{{7}, 1, {0}, tiny::call, Side::buy, {1}, tiny_price(8.0)};
  ASSERT_EQ(from.gate().apply(first), Reason::accepted);
  ASSERT_EQ(move_account(from.gate(), to.gate(), {0}).reason, Reason::accepted);
  EXPECT_EQ(to.gate().apply(first), Reason::duplicate_execution);
  const Execution second{{7}, 2, {0}, tiny::call, Side::buy, {1}, tiny_price(8.0)};
  EXPECT_EQ(from.gate().apply(second), Reason::ended_order_executed);
  EXPECT_EQ(to.gate().apply(second), Reason::accepted);
}

TEST_F(AccountMoves, ComeBackWithTheOrdersThatStillWork) {
  const std::vector<Gate::Leg> legs = from.gate().legs({0});
  ASSERT_EQ(move_account(from.gate(), to.gate(), {0}).reason, Reason::accepted);
  EXPECT_EQ(from.gate().find_order({7}), WorkingOrderHandle());
  const AccountMove back = move_account(to.gate(), from.gate(), {0});
  ASSERT_EQ(back.reason, Reason::accepted);
  EXPECT_EQ(from.gate().find_order({7}), back.orders[0].after);
  EXPECT_EQ(from.gate().legs({0}).size(), legs.size());
  // And its number is forgotten like any other when enough others have ended after it.
  ASSERT_EQ(from.gate().release(Cancel{back.orders[0].after}), Reason::accepted);
  OrderIntent again = from.buy(tiny::call, 1, 8.0);
  again.id = {7};
  EXPECT_EQ(from.gate().reserve(again).reason, Reason::duplicate_order_id);
}

TEST_F(AccountMoves, ThatAreRefusedLeaveIdsAsTheyWere) {
  ASSERT_EQ(move_account(from.gate(), to.gate(), {0}).reason, Reason::accepted);
  ASSERT_EQ(to.deposit(-97'000), Reason::accepted);
  ASSERT_EQ(move_account(to.gate(), from.gate(), {0}).reason, Reason::insufficient_margin);
  ASSERT_EQ(to.deposit(97'000), Reason::accepted);
  EXPECT_EQ(move_account(to.gate(), from.gate(), {0}).reason, Reason::accepted);
}

TEST_F(AccountMoves, CanBeAskedForWithoutMoving) {
  const std::string before = gate_text(from.gate()) + gate_text(to.gate());
  EXPECT_EQ(can_carry(from.gate(), to.gate(), {0}).reason, Reason::accepted);
  EXPECT_EQ(gate_text(from.gate()) + gate_text(to.gate()), before);
}

TEST_F(AccountMoves, AreRefusedWhenTheNewModelCannotCarryTheBook) {
  ASSERT_EQ(from.transfer(tiny::perpetual, 50, 100.0), Reason::accepted);
  const std::string before = gate_text(from.gate()) + gate_text(to.gate());
  const AccountMove move = move_account(from.gate(), to.gate(), {0});
  EXPECT_EQ(move.reason, Reason::insufficient_margin);
  EXPECT_LT(move.statement.margin_excess.value, 0);
  EXPECT_EQ(gate_text(from.gate()) + gate_text(to.gate()), before);
  EXPECT_TRUE(from.gate().working_order(order).has_value());
}

TEST_F(AccountMoves, AreRefusedBelowTheMinimumToEnter) {
  ASSERT_EQ(from.deposit(-55'000), Reason::accepted);
  EXPECT_EQ(move_account(from.gate(), to.gate(), {0}).reason, Reason::equity_below_minimum);
  ASSERT_EQ(from.deposit(15'000), Reason::accepted);
  EXPECT_EQ(move_account(from.gate(), to.gate(), {0}).reason, Reason::accepted);
  EXPECT_TRUE(keeps_model(to.gate(), {0}));
  ASSERT_EQ(to.deposit(-45'000), Reason::accepted);
  EXPECT_FALSE(keeps_model(to.gate(), {0}));
}

TEST_F(AccountMoves, BadMovesAreNamedAndChangeNothing) {
  const std::string before = gate_text(from.gate()) + gate_text(to.gate());
  EXPECT_EQ(move_account(from.gate(), to.gate(), {9}).reason, Reason::unknown_account);
  EXPECT_EQ(move_account(from.gate(), from.gate(), {0}).reason, Reason::same_account);
  TinyGate other([](TinySetup& s) { s.config.instruments[tiny::call.value].strike = 101.0; });
  EXPECT_EQ(move_account(from.gate(), other.gate(), {0}).reason, Reason::wrong_instrument);
  TinyGate empty(strict);
  EXPECT_EQ(move_account(from.gate(), empty.gate(), {0}).reason, Reason::no_risk_table);
  TinyGate used;
  used.publish_and_adopt();
  ASSERT_EQ(used.deposit(1), Reason::accepted);
  EXPECT_EQ(move_account(from.gate(), used.gate(), {0}).reason, Reason::account_in_use);
  TinyGate taken;
  taken.publish_and_adopt();
  OrderIntent intent = taken.buy(tiny::call, 1, 8.0);
  intent.account = {1};
  intent.id = {7};
  ASSERT_EQ(taken.deposit(10'000, {1}), Reason::accepted);
  ASSERT_TRUE(taken.gate().reserve(intent).accepted());
  EXPECT_EQ(move_account(from.gate(), taken.gate(), {0}).reason, Reason::duplicate_order_id);
  EXPECT_EQ(gate_text(from.gate()) + gate_text(to.gate()), before);
}

TEST(MinimumEquity, IsCheckedWithTheModel) {
  TinySetup setup = tiny_setup();
  setup.config.model.minimum_equity_to_keep = 5.0;
  EXPECT_EQ(Gate::create(setup.config).issues.front().where, "model.minimum_equity_to_enter");
  setup.config.model.minimum_equity_to_keep = -1.0;
  EXPECT_EQ(Gate::create(setup.config).issues.front().where, "model.minimum_equity_to_keep");
}

}  // namespace
}  // namespace margingate::testing
