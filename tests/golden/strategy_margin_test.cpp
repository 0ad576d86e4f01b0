// Strategy-based margin against the figures that an exchange published beside those of portfolio
// margin: IBM and SPX at the close of 23 February 2007, "Margin Requirement Examples for Sample
// Options-based Positions" (Cboe, 2007). To the dollar. The table's ninth row, a long straddle,
// is left out: it states 48,500 and 462,900 where its own premiums (1.68 + 3.18 and 27.56 + 18.72,
// a hundred contracts of a hundred) sum to 48,600 and 462,800.
#include <gtest/gtest.h>

#include "strategies/strategy_margin.hpp"

namespace margingate::testing {
namespace {

using strategies::Holding;
using strategies::OptionLeg;
using strategies::strategy_margin;
using strategies::StrategyMargin;
using strategies::StrategyRates;

constexpr double dollar = 0.5;
constexpr std::int64_t contracts = 100;
constexpr std::int64_t units = 10'000;

OptionLeg call(double strike, double price, std::int64_t count) {
  return {OptionType::call, strike, {}, price, count};
}
OptionLeg put(double strike, double price, std::int64_t count) {
  return {OptionType::put, strike, {}, price, count};
}

// One column of the table: its underlying, and its options by the part they play.
struct Column {
  StrategyRates rates;
  double price, held_price;
  OptionLeg call, put;            // sold at or near the money
  OptionLeg protective_put;       // bought below
  OptionLeg far_call, near_call;  // sold above; bought below it
};

double net(const Column& column, std::int64_t held, std::vector<OptionLeg> options) {
  Holding holding;
  holding.price = column.price;
  holding.held_price = column.held_price;
  holding.units = held;
  holding.options = std::move(options);
  return strategy_margin(holding, column.rates).net;
}

OptionLeg sold(OptionLeg leg) {
  leg.contracts = -leg.contracts;
  return leg;
}

struct Published {
  double short_call, short_put, covered_call, protective_put, synthetic_long, risk_reversal, collar,
      long_call_spread;
};

void expect_column(const Column& c, const Published& published) {
  EXPECT_NEAR(net(c, 0, {sold(c.call)}), published.short_call, dollar);
  EXPECT_NEAR(net(c, 0, {sold(c.put)}), published.short_put, dollar);
  EXPECT_NEAR(net(c, units, {sold(c.call)}), published.covered_call, dollar);
  EXPECT_NEAR(net(c, units, {c.protective_put}), published.protective_put, dollar);
  EXPECT_NEAR(net(c, 0, {c.call, sold(c.put)}), published.synthetic_long, dollar);
  EXPECT_NEAR(net(c, 0, {c.protective_put, sold(c.far_call)}), published.risk_reversal, dollar);
  EXPECT_NEAR(net(c, units, {c.protective_put, sold(c.far_call)}), published.collar, dollar);
  EXPECT_NEAR(net(c, 0, {c.near_call, sold(c.far_call)}), published.long_call_spread, dollar);
}

TEST(StrategyMarginGolden, TakesTheEightPositionsOnAShare) {
  const Column ibm{{0.5, 0.20, 0.10},
                   97.73,
                   0.0,
                   call(100, 1.68, contracts),
                   put(100, 3.18, contracts),
                   put(95, 1.02, contracts),
                   call(105, 0.40, contracts),
                   call(95, 4.53, contracts)};
  expect_column(ibm, {172'760, 195'460, 471'850, 498'850, 212'260, 132'960, 494'850, 41'300});
}

// Against options on the index the fund on it is held: a hundred thousand shares at 145.30.
TEST(StrategyMarginGolden, TakesTheEightPositionsOnAnIndex) {
  const Column spx{{0.5, 0.15, 0.10},
                   1451.19,
                   10 * 145.30,
                   call(1460, 21.66, contracts),
                   put(1460, 22.55, contracts),
                   put(1450, 18.72, contracts),
                   call(1500, 5.96, contracts),
                   call(1450, 27.57, contracts)};
  expect_column(
      spx, {2'088'685, 2'176'785, 7'048'400, 7'452'200, 2'393'385, 1'875'885, 7'392'600, 216'100});
}

// Cboe's margin manual: the dearer side, and the other one's premium. Per share.
TEST(StrategyMarginGolden, TakesTheShortStraddleOfTheManual) {
  Holding holding;
  holding.price = 92.63;
  holding.multiplier = 1;
  const auto requirement = [&](std::vector<OptionLeg> options) {
    holding.options = std::move(options);
    return strategy_margin(holding, {0.5, 0.20, 0.10}).requirement;
  };
  constexpr double tenth_of_a_cent = 0.0005;
  EXPECT_NEAR(requirement({call(90, 7.00, -1)}), 25.526, tenth_of_a_cent);
  EXPECT_NEAR(requirement({put(90, 3.70, -1)}), 19.596, tenth_of_a_cent);
  EXPECT_NEAR(requirement({call(90, 7.00, -1), put(90, 3.70, -1)}), 29.226, tenth_of_a_cent);
}

// A broker's worked example (tastytrade help centre, "Short straddle/strangle"): both sides out of
// the money, 910 and 820, together 910 and the put's premium. Per contract of a hundred.
TEST(StrategyMarginGolden, TakesTheShortStrangleOfABroker) {
  Holding holding;
  holding.price = 45.0;
  const auto requirement = [&](std::vector<OptionLeg> options) {
    holding.options = std::move(options);
    return strategy_margin(holding, {0.5, 0.20, 0.10}).requirement;
  };
  constexpr double cent = 0.005;
  EXPECT_NEAR(requirement({call(47, 2.10, -1)}), 910.0, cent);
  EXPECT_NEAR(requirement({put(43, 1.20, -1)}), 820.0, cent);
  EXPECT_NEAR(requirement({call(47, 2.10, -1), put(43, 1.20, -1)}), 1'030.0, cent);
}

}  // namespace
}  // namespace margingate::testing
