#include "liquidation_groups/account_margin.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/liquidation_group_sets.hpp"

namespace margingate::testing {
namespace {

using namespace liquidation_groups;

// (12 - 10) * 1.2 * 100 - (11 - 10) * 1.1 * 100: settled daily against its reference price, the
// currency moves what is not settled alone.
TEST(UnitProfit, OfAFutureLeavesOutWhatIsSettledAlready) {
  Instrument future;
  future.trade_unit_value = 100.0;
  future.neutral_price = 11.0;
  future.reference_price = 10.0;
  future.fx_rate = 1.1;
  future.scenarios = {{{{12.0, 9.0}}, {{1.2, 1.0}}, {0.0}}};
  EXPECT_DOUBLE_EQ(unit_profit(future, 0, 0, 0), 2.0 * 1.2 * 100.0 - 1.0 * 1.1 * 100.0);
  EXPECT_DOUBLE_EQ(unit_profit(future, 0, 0, 1), -1.0 * 1.0 * 100.0 - 1.0 * 1.1 * 100.0);
}

TEST(UnitProfit, OfAnOptionMovesWithItsWholePriceAndCurrency) {
  Instrument option;
  option.trade_unit_value = 10.0;
  option.neutral_price = 3.0;
  option.fx_rate = 2.0;
  option.scenarios = {{{{5.0}}, {{1.5}}, {0.0}}};
  EXPECT_EQ(unit_profit(option, 0, 0, 0), 5.0 * 1.5 * 10.0 - 3.0 * 2.0 * 10.0);
}

TEST(RoundedToCents, TakesHalvesAwayFromZero) {
  EXPECT_EQ(rounded_to_cents(1.005), 1.01);  // the double is below the half
  EXPECT_EQ(rounded_to_cents(-1.005), -1.01);
  EXPECT_EQ(rounded_to_cents(2.675), 2.68);
  EXPECT_EQ(rounded_to_cents(0.125), 0.13);
  EXPECT_EQ(rounded_to_cents(-0.125), -0.13);
  EXPECT_EQ(rounded_to_cents(1.0049), 1.0);
  EXPECT_FALSE(std::signbit(rounded_to_cents(-0.001)));
}

// Two measures of four scenarios at full confidence: the worst profit of each.
ParameterSet two_measures() {
  RiskMeasure filtered = risk_measure("filtered", 4, 1.0);
  RiskMeasure stress = risk_measure("stress", 4, 1.0);
  stress.kind = RiskMeasureKind::stress;
  stress.weight = 0.5;
  ParameterSet set = one_split({filtered, stress});
  add_instrument(set, "A", {{-10.0, 20.0, -30.0, 5.0}, {-100.0, 0.0, 10.0, 80.0}});
  add_instrument(set, "B", {{8.0, -25.0, 28.0, -4.0}, {90.0, -30.0, 0.0, -60.0}});
  return set;
}

TEST(MarketRisk, AddsPositionsScenarioByScenario) {
  const SplitMargin margin = margin_of_split(two_measures(), {{0, 2.0}, {1, 1.0}});
  EXPECT_EQ(margin.measures[0].sub_samples[0].profits, (Profits{-12.0, 15.0, -32.0, 6.0}));
  EXPECT_EQ(margin.measures[1].sub_samples[0].profits, (Profits{-110.0, -30.0, 20.0, 100.0}));
  EXPECT_EQ(margin.measures[0].market_risk, 32.0);
  EXPECT_EQ(margin.measures[1].weighted_market_risk, 55.0);
  EXPECT_EQ(margin.market_risk, 55.0);
  EXPECT_EQ(margin.scenario_loss_maximum, 110.0);
}

TEST(MarketRisk, IsTheSumOfWeightedMeasuresWhereTheSplitSaysSo) {
  ParameterSet set = two_measures();
  set.groups[0].splits[0].aggregation = Aggregation::sum;
  EXPECT_EQ(margin_of_split(set, {{0, 2.0}, {1, 1.0}}).market_risk, 32.0 + 55.0);
}

TEST(MarketRisk, ScalesTheValueAtRiskByItsRobustnessAlone) {
  ParameterSet set = two_measures();
  measure_of(set).robustness = 1.25;
  set.instruments[0].scenarios[0].compression_errors = {3.0};
  set.instruments[1].scenarios[0].compression_errors = {8.0};
  const SplitMargin margin = margin_of_split(set, {{0, 2.0}, {1, 1.0}});
  const SubSampleRisk& risk = margin.measures[0].sub_samples[0];
  EXPECT_EQ(risk.pure_market_risk, 40.0);
  EXPECT_EQ(risk.compression_adjustment, 10.0);  // root of (2 * 3)^2 + 8^2
  EXPECT_EQ(risk.market_risk, 50.0);
}

// Each sub-sample has prices and a compression error of its own; none stands in for another.
TEST(MarketRisk, AggregatesSubSamplesWithTheirOwnErrors) {
  RiskMeasure measure = risk_measure("measure", 1, 0.99);
  measure.sub_samples = 3;
  ParameterSet set = one_split({measure});
  const std::size_t a = add_instrument(set, "A", {{0.0}});
  set.instruments[a].scenarios[0] = {{{-10.0}, {-20.0}, {-60.0}}, {}, {1.0, 2.0, 7.0}};
  const auto risk = [&](Aggregation aggregation) {
    measure_of(set).sub_sample_aggregation = aggregation;
    return margin_of_split(set, {{a, 1.0}}).market_risk;
  };
  EXPECT_EQ(risk(Aggregation::average), (11.0 + 22.0 + 67.0) / 3.0);
  EXPECT_EQ(risk(Aggregation::maximum), 67.0);
  EXPECT_EQ(risk(Aggregation::median), 22.0);
  EXPECT_EQ(risk(Aggregation::minimum), 11.0);
  EXPECT_EQ(risk(Aggregation::sum), 100.0);
}

TEST(MarketRisk, OfEventsSumsTheWorstOfThem) {
  RiskMeasure events = risk_measure("events", 4, 0.0);
  events.kind = RiskMeasureKind::event;
  events.worst_scenarios = 2;
  ParameterSet set = one_split({events});
  add_instrument(set, "A", {{-5.0, 7.0, -11.0, -2.0}});
  EXPECT_EQ(margin_of_split(set, {{0, 1.0}}).market_risk, 16.0);
  EXPECT_EQ(margin_of_split(set, {{0, -1.0}}).market_risk, 7.0);
}

// A hedge that is settled in cash within two days: with it 10 is at risk, without it 100.
ParameterSet expiring_hedge() {
  ParameterSet set = one_split({risk_measure("measure", 2, 1.0)});
  measure_of(set).adjusts_time_to_expiry = true;
  set.groups[0].splits[0].time_to_expiry = {{1, 0.5}, {2, 0.4}, {5, 0.25}};
  add_instrument(set, "HELD", {{-100.0, 60.0}});
  const std::size_t hedge = add_instrument(set, "HEDGE", {{90.0, -55.0}});
  set.instruments[hedge].is_cash_settled = true;
  set.instruments[hedge].business_days_to_expiry = 2;
  return set;
}

TEST(TimeToExpiryAdjustment, ChargesForHedgesThatExpire) {
  const SplitMargin margin = margin_of_split(expiring_hedge(), {{0, 1.0}, {1, 1.0}});
  ASSERT_EQ(margin.time_to_expiry.size(), 3U);
  EXPECT_EQ(margin.time_to_expiry[0].positions_taken_out, 0U);
  EXPECT_EQ(margin.time_to_expiry[0].adjustment, 0.0);
  EXPECT_EQ(margin.time_to_expiry[1].market_risk, 10.0);
  EXPECT_EQ(margin.time_to_expiry[1].market_risk_reduced, 100.0);
  EXPECT_EQ(margin.time_to_expiry[1].marginal, -90.0);
  EXPECT_EQ(margin.time_to_expiry[1].adjustment, 36.0);
  EXPECT_EQ(margin.time_to_expiry[2].adjustment, 22.5);
  EXPECT_EQ(margin.time_to_expiry_adjustment, 58.5);
  EXPECT_EQ(margin.initial_margin, 68.5);
}

// Taken out, it leaves less risk: nothing is given back.
TEST(TimeToExpiryAdjustment, IsNothingWhereWhatExpiresIsRisk) {
  const SplitMargin margin = margin_of_split(expiring_hedge(), {{0, 1.0}, {1, -1.0}});
  EXPECT_EQ(margin.time_to_expiry[1].marginal, 90.0);
  EXPECT_EQ(margin.time_to_expiry_adjustment, 0.0);
}

TEST(TimeToExpiryAdjustment, LeavesPhysicallySettledPositionsIn) {
  ParameterSet set = expiring_hedge();
  set.instruments[1].is_cash_settled = false;
  EXPECT_EQ(margin_of_split(set, {{0, 1.0}, {1, 1.0}}).time_to_expiry_adjustment, 0.0);
}

TEST(TimeToExpiryAdjustment, CountsTheMeasuresThatSaySoAlone) {
  ParameterSet set = expiring_hedge();
  RiskMeasure other = risk_measure("other", 1, 1.0);
  set.groups[0].splits[0].measures.push_back(other);
  set.instruments[0].scenarios.push_back({{{-500.0}}, {}, {0.0}});
  set.instruments[1].scenarios.push_back({{{500.0}}, {}, {0.0}});
  const SplitMargin margin = margin_of_split(set, {{0, 1.0}, {1, 1.0}});
  EXPECT_EQ(margin.time_to_expiry[1].market_risk_reduced, 100.0);
}

// One call at 4.00 of 10 units: bought it is worth 40, of which no scenario takes more than 30.
ParameterSet one_call() {
  ParameterSet set = one_split({risk_measure("measure", 2, 1.0)});
  const std::size_t call = add_instrument(set, "CALL", {{1.0, 9.0}});
  Instrument& terms = set.instruments[call];
  terms.right = OptionRight::call;
  terms.is_premium_style = true;
  terms.trade_unit_value = 10.0;
  terms.neutral_price = 4.0;
  terms.settlement_price = 4.0005;
  terms.scenarios[0].compression_errors = {1.5};
  return set;
}

// Initial margin 30 + 15 of compression. Premium -round(40.005, 2) = -40.01 (half away from zero),
// together 4.99: taken away by the credit.
TEST(OptionsOfASplit, BoughtNeedNoMoreThanTheyAreWorth) {
  const SplitMargin margin = margin_of_split(one_call(), {{0, 1.0}});
  EXPECT_EQ(margin.initial_margin, 45.0);
  EXPECT_EQ(margin.premium_margin, -40.01);
  EXPECT_EQ(margin.option_value, 40.0);
  EXPECT_EQ(margin.scenario_loss_maximum, 30.0);
  EXPECT_DOUBLE_EQ(margin.long_option_credit, -4.99);
  EXPECT_EQ(margin.requirement, 0.0);
}

TEST(OptionsOfASplit, SoldNeedTheirPremiumOnTop) {
  const SplitMargin margin = margin_of_split(one_call(), {{0, -2.0}});
  EXPECT_EQ(margin.premium_margin, 80.02);
  EXPECT_EQ(margin.initial_margin, 100.0 + 30.0);
  EXPECT_EQ(margin.long_option_credit, 0.0);
  EXPECT_EQ(margin.requirement, 210.02);
}

// The loss of the whole split is compared, not that of the options: a future beside the call that
// loses as much again leaves no credit.
TEST(OptionsOfASplit, EarnNoCreditWhereTheSplitCanLoseMore) {
  ParameterSet set = one_call();
  const std::size_t future = add_instrument(set, "FUTURE", {{-20.0, 20.0}});
  const SplitMargin margin = margin_of_split(set, {{0, 1.0}, {future, 1.0}});
  EXPECT_EQ(margin.scenario_loss_maximum, 50.0);
  EXPECT_EQ(margin.long_option_credit, 0.0);
}

TEST(LiquidationGroupMargin, NeverSetsOffOneSplitAgainstAnother) {
  ParameterSet set = one_split({risk_measure("measure", 1, 1.0)});
  Split other = set.groups[0].splits[0];
  other.name = "other split";
  set.groups[0].splits.push_back(other);
  other.name = "third split";
  set.groups.push_back({"other group", "USD", {other}});
  for (const char* name : {"A", "B", "C"}) add_instrument(set, name, {{-10.0}});
  set.instruments[1].split = 1;
  set.instruments[2].group = 1;
  const AccountMargin margin = margin_account(set, {{0, 1.0}, {1, -1.0}, {2, 2.0}});
  ASSERT_EQ(margin.splits.size(), 3U);
  EXPECT_EQ(margin.splits[0].requirement, 10.0);
  EXPECT_EQ(margin.splits[1].requirement, 0.0);
  ASSERT_EQ(margin.groups.size(), 2U);
  EXPECT_EQ(margin.groups[0].splits, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(margin.groups[0].requirement, 10.0);
  ASSERT_EQ(margin.currencies.size(), 2U);
  EXPECT_EQ(margin.currencies[0].currency, "EUR");
  EXPECT_EQ(margin.currencies[0].requirement, 10.0);
  EXPECT_EQ(margin.currencies[1].requirement, 20.0);
}

TEST(LiquidationGroupMargin, RejectsPositionsItCannotMargin) {
  const ParameterSet set = two_measures();
  EXPECT_THROW((void)margin_account(set, {{2, 1.0}}), PositionError);
  EXPECT_THROW((void)margin_account(set, {{0, 1.0}, {0, 1.0}}), PositionError);
  EXPECT_THROW((void)margin_account(set, {{0, std::nan("")}}), PositionError);
  EXPECT_THROW((void)margin_account(set, {{0, 2e9}}), PositionError);
}

TEST(LiquidationGroupMargin, OfNothingIsNothing) {
  EXPECT_TRUE(margin_account(two_measures(), {}).splits.empty());
  EXPECT_TRUE(margin_account(two_measures(), {{0, 0.0}}).splits.empty());
}

}  // namespace
}  // namespace margingate::testing
