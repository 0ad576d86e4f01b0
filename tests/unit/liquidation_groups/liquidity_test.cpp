#include "liquidation_groups/liquidity.hpp"

#include <gtest/gtest.h>

#include "support/liquidation_group_sets.hpp"

namespace margingate::testing {
namespace {

using namespace liquidation_groups;

const LiquidityClass factors{"class", {{10.0, 0.25}, {20.0, 0.5}, {60.0, 2.5}}};

TEST(LiquidityFactor, IsLinearBetweenPoints) {
  EXPECT_EQ(liquidity_factor(factors, 10.0), 0.25);
  EXPECT_EQ(liquidity_factor(factors, 16.0), 0.4);
  EXPECT_EQ(liquidity_factor(factors, 20.0), 0.5);
  EXPECT_EQ(liquidity_factor(factors, 50.0), 2.0);
}

TEST(LiquidityFactor, IsTheFirstBelowThePointsAndContinuesAboveThem) {
  EXPECT_EQ(liquidity_factor(factors, 0.0), 0.25);
  EXPECT_EQ(liquidity_factor(factors, 80.0), 3.5);
  EXPECT_EQ(liquidity_factor({"one", {{5.0, 0.75}}}, 80.0), 0.75);
}

ParameterSet liquid_set() {
  ParameterSet set = one_split({risk_measure("measure", 2, 0.99)});
  measure_of(set).diversification = Diversification{0.99, 0.25};
  set.liquidity_classes = {factors};
  const std::size_t call = add_instrument(set, "CALL", {{-40.0, 30.0}});
  Instrument& terms = set.instruments[call];
  terms.right = OptionRight::call;
  terms.trade_unit_value = 10.0;
  terms.fx_rate = 0.5;
  terms.neutral_price = 8.0;
  terms.expiry_bucket = 2;
  terms.moneyness_bucket = 3;
  terms.individual_risk = 4.0;
  terms.individual_risk_base = 5.0;
  terms.liquidity_premium_basis_points = 50.0;
  set.market_capacities = {{"CALL", 2, 3, OptionRight::put, 1.0},
                           {"CALL", 2, 3, OptionRight::call, 200.0}};
  return set;
}

// 32 of 200 contracts are 16 per cent: factor 0.4. Money per unit of price 32 * 10 * 0.5 = 160.
TEST(LiquidityAdjustment, ScalesWithThePositionsShareOfItsMarket) {
  const LiquidityAdjustment one = liquidity_adjustment(liquid_set(), 0, -32.0);
  EXPECT_EQ(one.market_capacity, 200.0);
  EXPECT_EQ(one.relative_size_percent, 16.0);
  EXPECT_EQ(one.factor, 0.4);
  EXPECT_EQ(one.size_part, 0.4 * 4.0 * 160.0);
  EXPECT_EQ(one.premium_part, 0.005 * 160.0 * 8.0);
  EXPECT_EQ(one.adjustment, 262.4);
  EXPECT_EQ(one.risk_base, 800.0);
}

TEST(LiquidityAdjustment, RejectsAnInstrumentWithoutACapacity) {
  ParameterSet set = liquid_set();
  set.market_capacities.pop_back();
  EXPECT_THROW((void)liquidity_adjustment(set, 0, 1.0), PositionError);
}

TEST(LiquidityAddOn, CountsBySpreadOfRiskDownToItsFloor) {
  EXPECT_EQ(diversification_of(300.0, 1'000.0, 0.25), 0.3);
  EXPECT_EQ(diversification_of(100.0, 1'000.0, 0.25), 0.25);
  EXPECT_EQ(diversification_of(1'200.0, 1'000.0, 0.25), 1.2);  // a tail that is not diversified
  EXPECT_EQ(diversification_of(100.0, 0.0, 0.25), 1.0);
}

// The short loses 30 * 160 / 1 in the second scenario: 32 contracts of (30 - 8) and (8 - -40).
TEST(LiquidityAddOn, TakesItsValueAtRiskFromTheMeasureThatDiversifies) {
  const SplitMargin margin = margin_of_split(liquid_set(), {{0, -32.0}});
  EXPECT_EQ(margin.liquidity.value_at_risk, 22.0 * 160.0);
  EXPECT_EQ(margin.liquidity.risk_base, 800.0);
  EXPECT_EQ(margin.liquidity.diversification, 4.4);
  EXPECT_DOUBLE_EQ(margin.liquidity.add_on, 4.4 * 262.4);
}

}  // namespace
}  // namespace margingate::testing
