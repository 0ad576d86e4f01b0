// Combos by hand: one lot of a linear contract needs 10.00, a hedged pair of them nothing.
#include <gtest/gtest.h>

#include "support/gate_text.hpp"
#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

constexpr InstrumentId spread{tiny::instruments};            // perpetual against future, one to one
constexpr InstrumentId ratio_spread{tiny::instruments + 1};  // two futures sold for a perpetual
constexpr InstrumentId straddle{tiny::instruments + 2};

void add_combos(TinySetup& setup) {
  setup.config.combos = {{{{tiny::perpetual, 1}, {tiny::future, -1}}},
                         {{{tiny::perpetual, 1}, {tiny::future, -2}}},
                         {{{tiny::call, 1}, {tiny::put, 1}}}};
}

class Combos : public ::testing::Test {
 protected:
  Combos() : tiny(add_combos) {
    EXPECT_EQ(tiny.deposit(10'000), Reason::accepted);
    tiny.publish_and_adopt();
  }
  ~Combos() override { EXPECT_TRUE(gate.totals_equal_recomputed({0})); }

  std::int64_t net(InstrumentId id) const {
    for (const Gate::Leg& leg : gate.legs({0})) {
      if (leg.instrument == id) return leg.net_quantity.value;
    }
    return 0;
  }

  TinyGate tiny;
  Gate& gate = tiny.gate();
};

TEST_F(Combos, AHedgedSpreadNeedsNothingWhereItsLegsNeedMuch) {
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 11, 100.0)).reason, Reason::insufficient_margin);
  const Verdict verdict = gate.reserve(tiny.buy(spread, 500, 0.0));
  EXPECT_EQ(verdict.reason, Reason::accepted);
  EXPECT_EQ(verdict.requirement_after.value, 0);
  EXPECT_EQ(verdict.open_loss.value, 0);
}

TEST_F(Combos, ARatioSpreadNeedsWhatIsLeftOver) {
  EXPECT_EQ(gate.check(tiny.buy(ratio_spread, 10, -100.0)).requirement_after.value, 10'000);
  EXPECT_EQ(gate.check(tiny.buy(ratio_spread, 11, -100.0)).reason, Reason::insufficient_margin);
  EXPECT_EQ(gate.check(tiny.sell(ratio_spread, 10, -100.0)).reason, Reason::accepted);
}

// The net price may be positive, nothing or negative; what is paid beyond the mark is a loss.
TEST_F(Combos, WhatIsPaidBeyondTheNetMarkIsAnOpenLoss) {
  EXPECT_EQ(gate.check(tiny.buy(spread, 3, 1.5)).open_loss.value, 450);
  EXPECT_EQ(gate.check(tiny.buy(spread, 3, -1.5)).open_loss.value, 0);
  EXPECT_EQ(gate.check(tiny.sell(spread, 3, -1.5)).open_loss.value, 450);
  EXPECT_EQ(gate.check(tiny.buy(ratio_spread, 1, -99.0)).open_loss.value, 100);
}

TEST_F(Combos, ASecondOrderBesideOneThatHedgesItIsCountedByTheNetRow) {
  ASSERT_TRUE(gate.reserve(tiny.buy(spread, 50, 0.0)).accepted());
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 10, 100.0)).reason, Reason::accepted);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 11, 100.0)).reason, Reason::insufficient_margin);
}

TEST_F(Combos, AFillMovesEveryLegInOneStep) {
  const Verdict verdict = gate.reserve(tiny.buy(ratio_spread, 4, -99.0));
  ASSERT_EQ(verdict.open_loss.value, 400);
  ASSERT_EQ(gate.apply(ComboFill{verdict.order, {3}, {tiny_price(100.0), tiny_price(99.5)}}),
            Reason::accepted);
  EXPECT_EQ(net(tiny::perpetual), 3);
  EXPECT_EQ(net(tiny::future), -6);
  EXPECT_EQ(gate.working_order(verdict.order)->remaining.value, 1);
  EXPECT_EQ(gate.open_losses({0}).value, 100);
  EXPECT_EQ(tiny.initial_margin().value, 4'000);
  ASSERT_EQ(gate.apply(ComboFill{verdict.order, {1}, {tiny_price(100.0), tiny_price(99.5)}}),
            Reason::accepted);
  EXPECT_FALSE(gate.working_order(verdict.order).has_value());
  EXPECT_EQ(gate.open_losses({0}).value, 0);
}

TEST_F(Combos, AFillThatClosesPositionsRealisesThem) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, -2, 101.0), Reason::accepted);
  const Verdict verdict = gate.reserve(tiny.buy(spread, 2, 0.0));
  ASSERT_EQ(gate.apply(ComboFill{verdict.order, {2}, {tiny_price(100.0), tiny_price(100.0)}}),
            Reason::accepted);
  EXPECT_EQ(net(tiny::perpetual), 0);
  EXPECT_EQ(gate.wallets({0})[0].value, 10'200);
}

TEST_F(Combos, AreReplacedAndReleasedLikeAnyOrder) {
  const Verdict verdict = gate.reserve(tiny.buy(ratio_spread, 5, -100.0));
  EXPECT_EQ(gate.replace({verdict.order, {11}, tiny_price(-100.0), tiny.now}).reason,
            Reason::insufficient_margin);
  EXPECT_EQ(gate.replace({verdict.order, {10}, tiny_price(-100.0), tiny.now}).reason,
            Reason::accepted);
  EXPECT_EQ(gate.release(CancelAll{{0}, ratio_spread, {}}).orders, 1u);
  EXPECT_EQ(tiny.initial_margin().value, 0);
}

TEST_F(Combos, EndWhenOneOfTheirLegsExpires) {
  const Verdict verdict = gate.reserve(tiny.buy(spread, 4, 0.0));
  ASSERT_TRUE(verdict.accepted());
  const Timestamp expiry = tiny.now + Duration{30 * tiny_day.value};
  EXPECT_EQ(gate.settle(Expiry{tiny::future, tiny_price(100.0), expiry}).orders, 1u);
  EXPECT_FALSE(gate.working_order(verdict.order).has_value());
}

TEST_F(Combos, BadFillsAreNamedAndChangeNothing) {
  const Verdict verdict = gate.reserve(tiny.buy(spread, 4, 0.0));
  const Verdict single = gate.reserve(tiny.buy(tiny::perpetual, 1, 100.0));
  const std::string before = gate_text(gate);
  const ComboFill good{verdict.order, {1}, {tiny_price(100.0), tiny_price(100.0)}};
  const auto reason = [&](const std::function<void(ComboFill&)>& spoil) {
    ComboFill fill = good;
    spoil(fill);
    return gate.apply(fill);
  };
  EXPECT_EQ(reason([](ComboFill& f) { f.order = {}; }), Reason::unknown_order);
  EXPECT_EQ(reason([&](ComboFill& f) { f.order = single.order; }), Reason::wrong_instrument);
  EXPECT_EQ(reason([](ComboFill& f) { f.quantity = {0}; }), Reason::quantity_not_positive);
  EXPECT_EQ(reason([](ComboFill& f) { f.quantity = {5}; }), Reason::fill_exceeds_order);
  EXPECT_EQ(reason([](ComboFill& f) { f.prices[1] = {0}; }), Reason::price_not_positive);
  EXPECT_EQ(reason([](ComboFill& f) { f.prices[1] = {INT64_MAX}; }), Reason::price_too_large);
  EXPECT_EQ(gate.apply(Fill{verdict.order, {1}, tiny_price(1.0)}), Reason::wrong_instrument);
  EXPECT_EQ(gate_text(gate), before);
}

TEST_F(Combos, HoldNoPosition) {
  const Price par = tiny_price(100.0);
  EXPECT_EQ(gate.apply(PositionTransfer{{0}, spread, {1}, par}), Reason::wrong_instrument);
  EXPECT_EQ(gate.trade({{0}, {1}, spread, {1}, par, tiny.now}).reason, Reason::wrong_instrument);
  EXPECT_EQ(gate.settle(MarkSettlement{spread, par}).reason, Reason::wrong_instrument);
  EXPECT_EQ(gate.settle(FundingPayment{spread, par, 1}).reason, Reason::wrong_instrument);
  EXPECT_EQ(gate.settle(Expiry{straddle, par, tiny.now + Duration{40 * tiny_day.value}}).reason,
            Reason::wrong_instrument);
  const Execution report{{1}, 1, {0}, spread, Side::buy, {1}, par};
  EXPECT_EQ(gate.apply(report), Reason::wrong_instrument);
  EXPECT_EQ(gate.reserve(tiny.buy({tiny::instruments + 3}, 1, 1.0)).reason,
            Reason::unknown_instrument);
  EXPECT_EQ(gate.reserve(tiny.buy(spread, 1, -1e15)).reason, Reason::price_too_large);
}

TEST(ComboConfig, NamesWhatIsWrong) {
  const auto issue = [](const Combo& combo) {
    TinySetup setup = tiny_setup();
    setup.config.combos = {combo};
    const Gate::Created created = Gate::create(setup.config);
    return created.issues.empty() ? std::string("none") : created.issues.front().where;
  };
  EXPECT_EQ(issue({{{tiny::perpetual, 1}, {tiny::future, -1}}}), "none");
  EXPECT_EQ(issue({{{tiny::perpetual, 1}}}), "combos[0].legs");
  EXPECT_EQ(issue({{{tiny::perpetual, 1}, {tiny::future, 0}}}), "combos[0].legs[1].ratio");
  EXPECT_EQ(issue({{{tiny::perpetual, 1}, {{99}, 1}}}), "combos[0].legs[1].instrument");
  EXPECT_EQ(issue({{{tiny::perpetual, 1}, {tiny::perpetual, 1}}}), "combos[0].legs[1].instrument");
  EXPECT_EQ(issue({{{tiny::perpetual, 1}, {tiny::inverse, 1}}}), "combos[0].legs[1].instrument");
}

}  // namespace
}  // namespace margingate::testing
