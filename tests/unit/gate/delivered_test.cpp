// Contracts whose losses are given: what decides, what their values count for, what is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr AccountId holder{0};

// The call loses 3 when the price falls, gains 4 when it rises, and is worth 3; the future loses
// 12 or gains as much. The rest stays priced: 10 a lot.
void deliver(TinySetup& setup) {
  DeliveredRow future{tiny::future, {12.0, -12.0}};
  DeliveredRow call{tiny::call, {3.0, -4.0}, 3.0};
  setup.config.model.delivered = {future, call};
  setup.surface.quotes[tiny::call.value] = {nan, nan};
}

TEST(Delivered, LossesDecideInsteadOfPrices) {
  TinyGate gate(deliver);
  gate.publish_and_adopt();
  ASSERT_EQ(gate.deposit(1'200), Reason::accepted);
  EXPECT_EQ(gate.gate().check(gate.buy(tiny::future, 1, 100.0)).reason, Reason::accepted);
  EXPECT_EQ(gate.gate().check(gate.buy(tiny::future, 2, 100.0)).reason,
            Reason::insufficient_margin);
  EXPECT_EQ(gate.gate().check(gate.buy(tiny::perpetual, 1, 100.0)).requirement_after.value, 1'000);
}

TEST(Delivered, ValueOfAnOptionIsEquityWithoutAQuote) {
  TinyGate gate(deliver);
  gate.publish_and_adopt();
  ASSERT_EQ(gate.deposit(1'000), Reason::accepted);
  ASSERT_EQ(gate.transfer(tiny::call, -2, 3.0), Reason::accepted);
  const MarginStatement statement = gate.gate().statement(holder);
  EXPECT_EQ(statement.reason, Reason::accepted);
  EXPECT_EQ(statement.equity.value, 1'000);  // sold at its value
  EXPECT_EQ(statement.initial_margin.value, 800);
}

TEST(Delivered, LossesAndValueStayWhenTheSpotMoves) {
  TinyGate gate(deliver);
  gate.publish_and_adopt();
  ASSERT_EQ(gate.deposit(1'000), Reason::accepted);
  ASSERT_EQ(gate.transfer(tiny::call, -2, 3.0), Reason::accepted);
  ASSERT_EQ(gate.tick(100.5), Reason::accepted);
  const Verdict verdict = gate.gate().check(gate.sell(tiny::call, 1, 3.0));
  // Certified to the few units that the shifts of an interval may cost.
  EXPECT_LE(verdict.uncertainty.value, 10);
  EXPECT_GE(verdict.requirement_after.value, 1'200);
  EXPECT_LE(verdict.requirement_after.value - verdict.uncertainty.value, 1'200);
  EXPECT_EQ(gate.gate().statement(holder).initial_margin.value, 800);
}

TEST(Delivered, ContractsStillExpire) {
  TinyGate gate(deliver);
  gate.pass(Duration{31 * tiny_day.value});
  ASSERT_EQ(gate.tick(100.0), Reason::accepted);
  Market later = gate.surface();
  later.as_of = gate.now;
  gate.update_surface(later);
  gate.publish_and_adopt();
  ASSERT_EQ(gate.deposit(100'000), Reason::accepted);
  EXPECT_EQ(gate.gate().check(gate.buy(tiny::call, 1, 3.0)).reason, Reason::instrument_expired);
}

// Futures pay their profit in cash, which follows the mark.
TEST(Delivered, FuturesNeedTheirMark) {
  TinyGate gate([](TinySetup& setup) {
    deliver(setup);
    setup.surface.quotes[tiny::future.value] = {nan, nan};
  });
  gate.publish_and_adopt();
  ASSERT_EQ(gate.deposit(100'000), Reason::accepted);
  EXPECT_EQ(gate.gate().check(gate.buy(tiny::future, 1, 100.0)).reason, Reason::missing_mark);
}

TEST(Delivered, CreationNamesEveryBadField) {
  struct Broken {
    const char* path;
    std::function<void(GateConfig&)> change;
  };
  const std::vector<Broken> broken = {
      {"model.delivered[1].instrument",
       [](GateConfig& c) { c.model.delivered[1].instrument = tiny::future; }},
      {"model.delivered[1].instrument",
       [](GateConfig& c) { c.model.delivered[1].instrument = {99}; }},
      {"model.delivered[0].losses_quote",
       [](GateConfig& c) { c.model.delivered[0].losses_quote.pop_back(); }},
      {"model.delivered[0].losses_quote[1]",
       [](GateConfig& c) { c.model.delivered[0].losses_quote[1] = nan; }},
      {"model.delivered[0].losses_quote[0]",
       [](GateConfig& c) { c.model.delivered[0].losses_quote[0] = 1e13; }},
      {"model.delivered[0].value_quote",
       [](GateConfig& c) { c.model.delivered[0].value_quote = 1.0; }},
      {"model.delivered[1].value_quote",
       [](GateConfig& c) { c.model.delivered[1].value_quote = -1.0; }},
      {"model.delivered[1].delta_quote",
       [](GateConfig& c) { c.model.delivered[1].delta_quote = nan; }},
      {"model.delivered[1].expiry_delta_quote",
       [](GateConfig& c) { c.model.delivered[1].expiry_delta_quote = -nan; }},
      {"model.delivered[0].instrument",
       [](GateConfig& c) { c.model.units[0].strike_netting.initial_rate = 0.1; }},
  };
  for (const Broken& field : broken) {
    TinySetup setup = tiny_setup();
    deliver(setup);
    ASSERT_TRUE(Gate::create(setup.config).issues.empty());
    field.change(setup.config);
    const auto issues = Gate::create(setup.config).issues;
    EXPECT_TRUE(std::any_of(issues.begin(), issues.end(), [&](const GateIssue& issue) {
      return issue.where == field.path;
    })) << field.path;
  }
}

}  // namespace
}  // namespace margingate::testing
