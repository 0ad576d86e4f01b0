#include "liquidation_groups/value_at_risk.hpp"

#include <gtest/gtest.h>

#include <array>

namespace margingate::liquidation_groups {
namespace {

TEST(ValueAtRisk, TakesTheOnlyScenarioThereIs) {
  const std::array<double, 1> loss{-7.0};
  const std::array<double, 1> profit{7.0};
  EXPECT_EQ(value_at_risk(loss, 0.5), 7.0);
  EXPECT_EQ(value_at_risk(profit, 0.5), 0.0);
}

TEST(ValueAtRisk, IgnoresTheOrderOfTheScenarios) {
  const std::array<double, 4> profits{30.0, -40.0, 10.0, -20.0};
  // Places 1/8, 3/8, 5/8, 7/8: 3/4 confidence is place 1.5, half way from -40 to -20.
  EXPECT_EQ(value_at_risk(profits, 0.75), 30.0);
}

TEST(SumOfWorst, CountsLossesAlone) {
  const std::array<double, 4> profits{30.0, -40.0, 10.0, -20.0};
  EXPECT_EQ(sum_of_worst(profits, 1), 40.0);
  EXPECT_EQ(sum_of_worst(profits, 2), 60.0);
  EXPECT_EQ(sum_of_worst(profits, 4), 60.0);
  EXPECT_EQ(sum_of_worst(profits, 9), 60.0);
}

TEST(Aggregate, KnowsFiveMethods) {
  const std::array<double, 4> amounts{4.0, 1.0, 10.0, 2.0};
  EXPECT_EQ(aggregate(Aggregation::average, amounts), 4.25);
  EXPECT_EQ(aggregate(Aggregation::maximum, amounts), 10.0);
  EXPECT_EQ(aggregate(Aggregation::median, amounts), 3.0);
  EXPECT_EQ(aggregate(Aggregation::minimum, amounts), 1.0);
  EXPECT_EQ(aggregate(Aggregation::sum, amounts), 17.0);
  const std::array<double, 3> odd{9.0, 1.0, 2.0};
  EXPECT_EQ(aggregate(Aggregation::median, odd), 2.0);
}

// Six scenarios, windows of two at full confidence (the worse of the two): 10, 30, 30, 5, 50.
// All of them at full confidence: 50, so no window is worse.
constexpr std::array<double, 6> profits{-10.0, 4.0, -30.0, 5.0, -5.0, -50.0};

TEST(CorrelationBreak, IsItsFloorWhereNoWindowIsWorse) {
  const CorrelationBreakResult result = correlation_break(profits, {2, 1.0, 0.5, 0.1, 1.0}, 100.0);
  EXPECT_EQ(result.window_risks, (std::vector<double>{10.0, 30.0, 30.0, 5.0, 50.0}));
  EXPECT_EQ(result.value_at_risk, 50.0);
  EXPECT_EQ(result.windows_in_excess, 0U);
  EXPECT_EQ(result.mean_excess, 0.0);
  EXPECT_EQ(result.adjustment, 10.0);
}

// At 3/4, all six: place 6/4 + 1/2 = 2, the second worst, 30. A window of two: place 1, the worse
// one. In excess of 30 is 50 alone: root of 20 squared.
TEST(CorrelationBreak, IsTheMeanExcessTimesItsMultiplier) {
  const CorrelationBreakResult result = correlation_break(profits, {2, 0.75, 0.9, 0.1, 1.5}, 100.0);
  EXPECT_EQ(result.value_at_risk, 30.0);
  EXPECT_EQ(result.windows_in_excess, 1U);
  EXPECT_EQ(result.mean_excess, 20.0);
  EXPECT_EQ(result.adjustment, 30.0);
}

TEST(CorrelationBreak, IsAtMostItsCap) {
  EXPECT_EQ(correlation_break(profits, {2, 0.75, 0.2, 0.1, 1.5}, 100.0).adjustment, 20.0);
}

// At 1/2, all six: place 3.5, half way between 10 and 5. Windows of one: 10, 0, 30, 0, 5, 50; in
// excess of 7.5 by 2.5, 22.5 and 42.5: root of (6.25 + 506.25 + 1806.25) / 3 = 772.91666...
TEST(CorrelationBreak, TakesTheRootOfTheMeanSquareOfExcessesAlone) {
  const CorrelationBreakResult result = correlation_break(profits, {1, 0.5, 10.0, 0.0, 1.0}, 100.0);
  EXPECT_EQ(result.value_at_risk, 7.5);
  EXPECT_EQ(result.windows_in_excess, 3U);
  EXPECT_NEAR(result.mean_excess, 27.80138, 1e-5);
}

}  // namespace
}  // namespace margingate::liquidation_groups
