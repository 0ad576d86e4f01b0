#include "reference/reference_decision.hpp"

#include <gtest/gtest.h>

#include "unit/reference/reference_world.hpp"

namespace margingate::reference {
namespace {

// Linear futures of one coin at 100 dollars, in cents: +-10 % moves a lot by 1000.
struct DecisionWorld : ReferenceWorld {
  DecisionWorld() : ReferenceWorld(dollars, 2, 100.0) {
    future = add_delta_one(InstrumentKind::future, Payoff::linear, 1.0, 100.0);
    add_scenario(0.1);
    add_scenario(-0.1);
    account = account_of({});
  }
  // Entered at the mark, so that equity is the wallet.
  void hold(std::int64_t quantity) {
    account.legs = {{future, quantity, 0, 0, {-10'000 * quantity}}};
  }
  [[nodiscard]] ReferenceDecision decide(Side side, std::int64_t quantity,
                                         double price = 100.0) const {
    OrderIntent intent;
    intent.instrument = future;
    intent.side = side;
    intent.quantity = {quantity};
    intent.price = cents(price);
    return reference_decide(market(), account, intent);
  }
  InstrumentId future;
  ReferenceAccount account;
};

// MR-25: to the last unit.
TEST(ReferenceDecision, AcceptsWhileEquityCoversInitialMargin) {
  DecisionWorld world;
  world.account.wallets[dollars.value] = {5'000};
  EXPECT_EQ(world.decide(Side::buy, 5).reason, Reason::accepted);
  world.account.wallets[dollars.value] = {4'999};
  const ReferenceDecision decision = world.decide(Side::buy, 5);
  EXPECT_EQ(decision.reason, Reason::insufficient_margin);
  EXPECT_EQ(decision.before.initial_margin, Money{0});
  EXPECT_EQ(decision.after.initial_margin, Money{5'000});
  EXPECT_EQ(decision.after.equity, Money{4'999});
}

// MR-15, MR-25: two dollars above the mark for five lots.
TEST(ReferenceDecision, TakesTheOpenLossOffEquity) {
  DecisionWorld world;
  world.account.wallets[dollars.value] = {6'000};
  const ReferenceDecision decision = world.decide(Side::buy, 5, 102.0);
  EXPECT_EQ(decision.open_loss, Money{1'000});
  EXPECT_EQ(decision.before.equity, Money{6'000});
  EXPECT_EQ(decision.after.equity, Money{5'000});
  EXPECT_EQ(decision.reason, Reason::accepted);
  world.account.open_losses = {1};
  EXPECT_EQ(world.decide(Side::buy, 5, 102.0).reason, Reason::insufficient_margin);
}

// MR-26, MR-27: long 10 without money may sell up to 20, after that the short side is worse.
TEST(ReferenceDecision, AcceptsReducingOrdersWithoutMargin) {
  DecisionWorld world;
  world.hold(10);
  EXPECT_EQ(world.decide(Side::sell, 10).reason, Reason::accepted_reducing);
  EXPECT_EQ(world.decide(Side::sell, 11).reason, Reason::insufficient_margin);
  EXPECT_EQ(world.decide(Side::buy, 1).reason, Reason::insufficient_margin);
}

// MR-26: at most 5 % of the notional beyond the mark.
TEST(ReferenceDecision, RejectsReducingOrdersThatPayTooMuch) {
  DecisionWorld world;
  world.hold(10);
  EXPECT_EQ(world.decide(Side::sell, 10, 95.0).reason, Reason::accepted_reducing);
  EXPECT_EQ(world.decide(Side::sell, 10, 94.99).reason, Reason::insufficient_margin);
}

// MR-26: moving risk from one expiry to another worsens a charge, though no scenario.
TEST(ReferenceDecision, RejectsWhatWorsensOneExpiry) {
  DecisionWorld world;
  const auto later = world.add_delta_one(InstrumentKind::future, Payoff::linear, 1.0, 100.0,
                                         Timestamp{quarter_year.ns + 1});
  world.hold(10);
  world.account.legs.push_back({later, -1, 0, 0, {10'000}});
  EXPECT_EQ(world.decide(Side::sell, 5).reason, Reason::accepted_reducing);
  OrderIntent intent;
  intent.instrument = later;
  intent.side = Side::sell;
  intent.quantity = {5};
  intent.price = cents(100.0);
  EXPECT_EQ(reference_decide(world.market(), world.account, intent).reason,
            Reason::accepted_reducing);
  world.model().expiry_delta = {0.01, 0.0};
  EXPECT_EQ(world.decide(Side::sell, 5).reason, Reason::accepted_reducing);
  EXPECT_EQ(reference_decide(world.market(), world.account, intent).reason,
            Reason::insufficient_margin);
}

TEST(ReferenceDecision, RejectsBadInputBeforeAnythingElse) {
  DecisionWorld world;
  world.config.limits.quantity_max = 100;
  world.surface.quotes[0].forward = 0.0;
  EXPECT_EQ(world.decide(Side::buy, 0).reason, Reason::quantity_not_positive);
  EXPECT_EQ(world.decide(Side::buy, 101).reason, Reason::quantity_too_large);
  EXPECT_EQ(world.decide(Side::buy, 1, 0.0).reason, Reason::price_not_positive);
  EXPECT_EQ(world.decide(Side::buy, 1).reason, Reason::missing_mark);
  world.future = InstrumentId{7};
  EXPECT_EQ(world.decide(Side::buy, 1).reason, Reason::unknown_instrument);
}

// MR-28.
TEST(ReferenceDecision, RejectsWhenTheAccountHoldsWhatCannotBePriced) {
  DecisionWorld world;
  const auto unpriced = world.add_delta_one(InstrumentKind::perpetual, Payoff::linear, 1.0, 0.0);
  world.account.wallets[dollars.value] = {1'000'000};
  world.account.legs = {{unpriced, 0, 1, 0, {}}};
  EXPECT_EQ(world.decide(Side::buy, 1).reason, Reason::position_unpriced);
  world.account.legs[0].working_buys = 0;
  EXPECT_EQ(world.decide(Side::buy, 1).reason, Reason::accepted);
  world.account.wallets[3] = {-1};  // no such asset, never looked at
  EXPECT_EQ(world.decide(Side::buy, 1).reason, Reason::accepted);
}

}  // namespace
}  // namespace margingate::reference
