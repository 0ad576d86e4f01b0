// Limits see the contracts of combos and protections; both sides of a trade count at once.
#include <gtest/gtest.h>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

constexpr InstrumentId spread{tiny::instruments};  // two perpetuals against three futures
constexpr InstrumentId straddle{tiny::instruments + 1};
constexpr InstrumentId protection{tiny::instruments + 2};  // of the call and the put

// Accounts 0 and 1 on one desk, no limit but what is set.
TinyGate limited(const std::function<void(ControlsConfig&)>& change) {
  TinyGate gate([&](TinySetup& setup) {
    setup.config.combos = {{{{tiny::perpetual, 2}, {tiny::future, -3}}},
                           {{{tiny::call, 1}, {tiny::put, 1}}}};
    setup.config.quote_groups = {{{tiny::call, tiny::put}}};
    const ScopeLimits off = ScopeLimits::all_off();
    ControlsConfig c;
    c.gate = c.account = off;
    c.desks = {{no_parent, off}};
    c.accounts = {{{0}, 0, off}, {{1}, 0, off}};
    c.instruments.assign(tiny::instruments, InstrumentControls::all_off());
    change(c);
    setup.config.controls = c;
  });
  for (std::uint32_t a = 0; a < 4; ++a) gate.deposit(100'000'000, {a});
  gate.publish_and_adopt();
  return gate;
}

TEST(DerivedLimits, ACombosLegsCountTowardsPositions) {
  TinyGate gate = limited([](ControlsConfig& c) { c.accounts[0].limits.position = Limit::at(30); });
  EXPECT_EQ(gate.gate().check(gate.buy(spread, 11, 0.0)).reason, Reason::net_position_limit);
  const Verdict combo = gate.gate().reserve(gate.buy(spread, 10, 0.0));
  EXPECT_EQ(combo.reason, Reason::accepted);
  // 20 perpetuals and 30 sold futures may fill: 10 perpetuals are left, no future.
  EXPECT_EQ(gate.gate().check(gate.buy(tiny::perpetual, 11, 100.0)).reason,
            Reason::net_position_limit);
  EXPECT_EQ(gate.gate().check(gate.buy(tiny::perpetual, 10, 100.0)).reason, Reason::accepted);
  EXPECT_EQ(gate.gate().check(gate.sell(tiny::future, 1, 100.0)).reason,
            Reason::net_position_limit);
  EXPECT_EQ(gate.gate().release(Cancel{combo.order}), Reason::accepted);
  EXPECT_EQ(gate.gate().check(gate.sell(tiny::future, 30, 100.0)).reason, Reason::accepted);
}

TEST(DerivedLimits, AFilledComboStaysInItsLegs) {
  TinyGate gate = limited([](ControlsConfig& c) { c.gate.open_interest = Limit::at(30); });
  const Verdict combo = gate.gate().reserve(gate.sell(spread, 10, 0.0));
  ComboFill fill{combo.order, {10}, {}, {}};
  fill.prices[0] = fill.prices[1] = tiny_price(100.0);
  EXPECT_EQ(gate.gate().apply(fill), Reason::accepted);
  EXPECT_EQ(gate.gate().scope_status({}).open_orders, 0);
  EXPECT_EQ(gate.gate().scope_status({}).open_order_value.value, 0);
  EXPECT_EQ(gate.gate().check(gate.buy(tiny::future, 1, 100.0)).reason,
            Reason::open_interest_limit);
  EXPECT_EQ(gate.gate().check(gate.sell(tiny::future, 60, 100.0)).reason, Reason::accepted);
}

TEST(DerivedLimits, LimitsOfAContractHoldForEachLeg) {
  TinyGate gate = limited([](ControlsConfig& c) {
    c.instruments[tiny::future.value].order_quantity = Limit::at(12);
    c.instruments[tiny::perpetual.value].position = Limit::at(4);
  });
  EXPECT_EQ(gate.gate().check(gate.buy(spread, 5, 0.0)).reason, Reason::order_quantity_limit);
  EXPECT_EQ(gate.gate().check(gate.buy(spread, 3, 0.0)).reason, Reason::net_position_limit);
  EXPECT_EQ(gate.gate().check(gate.buy(spread, 2, 0.0)).reason, Reason::accepted);
}

TEST(DerivedLimits, ACombosSizeIsThatOfAllItsLegs) {
  TinyGate gate = limited([](ControlsConfig& c) {
    c.accounts[0].limits.order_quantity = Limit::at(10);
    c.accounts[1].limits.order_notional = Limit::at(50'000);
  });
  EXPECT_EQ(gate.gate().check(gate.buy(spread, 3, 0.0)).reason, Reason::order_quantity_limit);
  EXPECT_EQ(gate.gate().check(gate.buy(spread, 2, 0.0)).reason, Reason::accepted);
  OrderIntent intent = gate.buy(spread, 1, -100.0);
  intent.account = {1};
  EXPECT_EQ(gate.gate().reserve(intent).reason, Reason::accepted);
  EXPECT_EQ(gate.gate().scope_status({ControlLevel::account, 1}).open_order_value.value, 50'000);
  intent.quantity = {2};
  EXPECT_EQ(gate.gate().check(intent).reason, Reason::order_notional_limit);
}

TEST(DerivedLimits, ACombosGreeksAreItsLegsTogether) {
  TinyGate gate =
      limited([](ControlsConfig& c) { c.accounts[0].limits.delta = Limit::at(150'000); });
  // Two times 100.00 bought against three sold: 100.00 a lot.
  EXPECT_EQ(gate.gate().check(gate.buy(spread, 15, 0.0)).reason, Reason::accepted);
  EXPECT_EQ(gate.gate().check(gate.buy(spread, 16, 0.0)).reason, Reason::delta_limit);
}

TEST(DerivedLimits, AProtectionCountsInEveryMemberBothWays) {
  TinyGate gate = limited([](ControlsConfig& c) { c.accounts[0].limits.position = Limit::at(10); });
  const Verdict held = gate.gate().reserve(gate.buy(protection, 6, 1.0));
  EXPECT_EQ(held.reason, Reason::accepted);
  for (const InstrumentId id : {tiny::call, tiny::put}) {
    EXPECT_EQ(gate.gate().check(gate.buy(id, 5, 5.7)).reason, Reason::net_position_limit);
    EXPECT_EQ(gate.gate().check(gate.sell(id, 5, 5.7)).reason, Reason::net_position_limit);
    EXPECT_EQ(gate.gate().check(gate.sell(id, 4, 5.7)).reason, Reason::accepted);
  }
  const ProtectedFill fill{held.order, tiny::call, Side::buy, {6}, tiny_price(5.7)};
  EXPECT_EQ(gate.gate().apply(fill), Reason::accepted);
  EXPECT_EQ(gate.gate().check(gate.buy(tiny::call, 5, 5.7)).reason, Reason::net_position_limit);
  EXPECT_EQ(gate.gate().check(gate.sell(tiny::call, 16, 5.7)).reason, Reason::accepted);
  EXPECT_EQ(gate.gate().check(gate.buy(tiny::put, 10, 5.7)).reason, Reason::accepted);
}

TEST(DerivedLimits, AQuoteUnderAProtectionIsAMessageWithAPrice) {
  TinyGate gate = limited([](ControlsConfig& c) {
    c.accounts[0].limits.messages = Limit::at(4);
    c.instruments[tiny::call.value].price_high = Limit::at(600);
  });
  const Verdict held = gate.gate().reserve(gate.buy(protection, 6, 3.0));
  ProtectedQuote quote{held.order, tiny::call, Side::buy, tiny_price(5.5), gate.now};
  EXPECT_EQ(gate.gate().check_protected(quote), Reason::accepted);
  quote.price = tiny_price(6.01);
  EXPECT_EQ(gate.gate().check_protected(quote), Reason::static_price_collar);
  quote.price = tiny_price(5.5);
  EXPECT_EQ(gate.gate().check_protected(quote), Reason::accepted);
  EXPECT_EQ(gate.gate().check_protected(quote), Reason::message_limit);
  gate.pass(seconds(2));
  quote.time = gate.now;
  const KillSwitch kill{{ControlLevel::desk, 0}, Switch::engage, Authority::desk, {}, gate.now};
  EXPECT_EQ(gate.gate().apply(kill), Reason::accepted);
  EXPECT_EQ(gate.gate().check_protected(quote), Reason::killed);
}

TEST(DerivedLimits, ABatchCountsQuotesOfCombosAndOfTheirLegsTogether) {
  TinyGate gate = limited([](ControlsConfig& c) { c.accounts[0].limits.position = Limit::at(10); });
  const Quote outright{tiny::call, {tiny_price(5.6), {6}, {}}, {}};
  const Quote combo{straddle, {tiny_price(11.3), {5}, {}}, {}};
  std::array<QuoteResult, 2> results;
  for (const std::array<Quote, 2>& quotes :
       {std::array{outright, combo}, std::array{combo, outright}}) {
    const QuoteVerdict verdict =
        gate.gate().quote({{0}, gate.now, QuoteDecision::together, quotes}, results);
    EXPECT_EQ(verdict.verdict.reason, Reason::net_position_limit);
  }
  const Quote smaller{straddle, {tiny_price(11.3), {4}, {}}, {}};
  const std::array quotes = {outright, smaller};
  EXPECT_TRUE(gate.gate()
                  .quote({{0}, gate.now, QuoteDecision::together, quotes}, results)
                  .verdict.accepted());
}

TEST(TradeLimits, AGroupCarriesBothSides) {
  TinyGate gate = limited([](ControlsConfig& c) {
    c.desks[0].limits.open_interest = Limit::at(10);
    c.gate.position = Limit::at(40);
  });
  BlockTrade trade{{0}, {1}, tiny::perpetual, {6}, tiny_price(100.0), gate.now};
  EXPECT_EQ(gate.gate().trade(trade).reason, Reason::open_interest_limit);
  trade.quantity = {5};
  EXPECT_EQ(gate.gate().trade(trade).reason, Reason::accepted);
  trade = {{2}, {3}, tiny::future, {40}, tiny_price(100.0), gate.now};
  EXPECT_EQ(gate.gate().trade(trade).reason, Reason::accepted);
  EXPECT_EQ(gate.gate().scope_status({}).open_orders, 0);
}

TEST(TradeLimits, ATradeMovesThePositionOfItsGroup) {
  TinyGate gate = limited([](ControlsConfig& c) { c.desks[0].limits.position = Limit::at(10); });
  BlockTrade trade{{0}, {2}, tiny::perpetual, {11}, tiny_price(100.0), gate.now};
  EXPECT_EQ(gate.gate().trade(trade).reason, Reason::net_position_limit);
  trade.quantity = {10};
  EXPECT_EQ(gate.gate().trade(trade).reason, Reason::accepted);
}

TEST(TradeLimits, AnExerciseIsHeldAgainstWhatItDelivers) {
  TinyGate gate = limited(
      [](ControlsConfig& c) { c.instruments[tiny::perpetual.value].position = Limit::at(3); });
  EXPECT_EQ(gate.transfer(tiny::call, 5, 5.7), Reason::accepted);
  Exercise exercise{{0}, tiny::call, {4}, tiny::perpetual, {4}, tiny_price(100.0), gate.now};
  EXPECT_EQ(gate.gate().exercise(exercise).reason, Reason::net_position_limit);
  exercise.quantity = exercise.delivered = {3};
  EXPECT_EQ(gate.gate().exercise(exercise).reason, Reason::accepted);
  exercise.quantity = exercise.delivered = {1};
  const KillSwitch kill{{}, Switch::engage, Authority::desk, {}, gate.now};
  EXPECT_EQ(gate.gate().apply(kill), Reason::accepted);
  EXPECT_EQ(gate.gate().exercise(exercise).reason, Reason::killed);
}

TEST(TradeLimits, MoneyThatIsWithdrawnIsNoLossOfTheDay) {
  TinyGate gate =
      limited([](ControlsConfig& c) { c.accounts[0].limits.daily_loss = Limit::at(1'000); });
  EXPECT_TRUE(gate.gate().reserve(gate.buy(tiny::perpetual, 1, 100.0)).accepted());
  EXPECT_EQ(gate.gate().apply(TradingDayStart{gate.now}), Reason::accepted);
  EXPECT_TRUE(gate.gate().withdraw({{0}, tiny::dollars, {50'000}, gate.now}).accepted());
  EXPECT_EQ(gate.gate().scope_status({ControlLevel::account, 0}).daily_loss.value, 0);
  EXPECT_TRUE(gate.gate().transfer({{0}, {1}, tiny::dollars, {50'000}, gate.now}).from.accepted());
  EXPECT_EQ(gate.gate().scope_status({ControlLevel::desk, 0}).daily_loss.value, 0);
  EXPECT_TRUE(gate.gate().reserve(gate.buy(tiny::perpetual, 1, 100.0)).accepted());
}

// Room for two pairs of account and instrument, and more asked for than that.
TEST(TradeLimits, AskingForASelfMatchLeavesNothingBehind) {
  TinyGate gate([](TinySetup& setup) {
    setup.config.limits.legs_max = 2;
    ControlsConfig c;
    c.gate = c.account = ScopeLimits::all_off();
    c.gate.order_quantity = Limit::at(10);
    c.self_match = SelfMatch::refuse;
    setup.config.controls = c;
  });
  gate.publish_and_adopt();
  for (std::uint32_t account = 0; account < 4; ++account) {
    for (std::uint32_t id = 0; id < tiny::instruments; ++id) {
      OrderIntent intent = gate.buy({id}, 1, 100.0);
      intent.account = {account};
      EXPECT_EQ(gate.gate().check(intent).reason, Reason::insufficient_margin);
    }
  }
}

}  // namespace
}  // namespace margingate::testing
