#include "history/scenario_set.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace margingate::history {
namespace {

std::vector<double> closes_of(const std::vector<double>& returns) {
  std::vector<double> closes{100.0};
  for (const double move : returns) closes.push_back(closes.back() * std::exp(move));
  return closes;
}

// Root mean squares 1.65831 % and 5.26783 %.
const std::vector<double> calm{0.01, -0.01, 0.03, 0.0};
const std::vector<double> wild{0.05, -0.05, 0.05, -0.06};

SetTerms terms_of(std::size_t rows, std::size_t horizon) {
  SetTerms terms;
  terms.rows = rows;
  terms.horizon = horizon;
  terms.filter.decay = 0.5;
  terms.filter.first_days = 2;
  return terms;
}

TEST(OverHorizon, AddsOverlappingReturns) {
  const std::vector<double> sums = over_horizon(std::vector<double>{1.0, 2.0, 4.0, 8.0}, 3);
  EXPECT_EQ(sums, (std::vector<double>{7.0, 14.0}));
}

// Variances in hundredths of a per cent squared: 1, then 0.5 + 0.5 * 1 = 1 twice, 0.5 + 0.5 * 9 =
// 5, 2.5.
TEST(VolatilityFilter, FollowsItsRecursion) {
  const FilteredReturns filtered = filter_returns(calm, {0.5, 2, 0.0});
  const std::vector<double> expected{0.01, 0.01, 0.01, 0.0223606798, 0.0158113883};
  ASSERT_EQ(filtered.volatilities.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(filtered.volatilities[i], expected[i], 1e-10);
  }
  const std::vector<double> standardised{1.0, -1.0, 3.0, 0.0};
  for (std::size_t i = 0; i < standardised.size(); ++i) {
    EXPECT_NEAR(filtered.standardised[i], standardised[i], 1e-12);
  }
  EXPECT_NEAR(filtered.forecast, 0.0158113883, 1e-10);
}

TEST(VolatilityFilter, HoldsTheForecastAtThePercentileOfItsPast) {
  EXPECT_NEAR(filter_returns(calm, {0.5, 2, 1.0}).forecast, 0.0223606798, 1e-10);
  EXPECT_NEAR(filter_returns(calm, {0.5, 2, 0.2}).forecast, 0.0158113883, 1e-10);
}

TEST(VolatilityFilter, RefusesTooFewReturnsAndPricesThatStandStill) {
  EXPECT_THROW(static_cast<void>(filter_returns(calm, {0.5, 5, 0.0})), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(filter_returns(std::vector<double>(5, 0.0), {0.5, 2, 0.0})),
               std::invalid_argument);
}

TEST(Percentile, IsTheSmallestValueThatTheShareDoesNotExceed) {
  EXPECT_EQ(percentile_of({4.0, 1.0, 3.0, 2.0}, 0.5), 2.0);
  EXPECT_EQ(percentile_of({4.0, 1.0, 3.0, 2.0}, 0.51), 3.0);
  EXPECT_EQ(percentile_of({4.0, 1.0, 3.0, 2.0}, 1.0), 4.0);
}

// -1, 3 and 0 standard deviations of 1.58114 %: e^-0.0158114 - 1, e^0.0474342 - 1, 0; volatility
// sqrt(0.5 + 0.5 z^2) - 1.
TEST(FilteredSet, ScalesStandardisedReturnsToTomorrow) {
  const std::vector<double> closes = closes_of(calm);
  const ScenarioSet set = filtered_set({closes}, terms_of(3, 1));
  EXPECT_EQ(set.days, (std::vector<std::size_t>{2, 3, 4}));
  const UnderlyingMoves& moves = set.moves.at(0);
  EXPECT_NEAR(moves.price[0], -0.015687, 1e-9);
  EXPECT_NEAR(moves.price[1], 0.048577, 1e-9);
  EXPECT_NEAR(moves.price[2], 0.0, 1e-9);
  EXPECT_NEAR(moves.volatility[0], 0.0, 1e-9);
  EXPECT_NEAR(moves.volatility[1], 1.236068, 1e-9);
  EXPECT_NEAR(moves.volatility[2], -0.292893, 1e-9);
}

// Two days: -1 + 3 = 2 and 3 + 0 = 3 standard deviations of a day.
TEST(FilteredSet, OverlapsHorizons) {
  const std::vector<double> closes = closes_of(calm);
  const ScenarioSet set = filtered_set({closes}, terms_of(2, 2));
  EXPECT_EQ(set.days, (std::vector<std::size_t>{3, 4}));
  EXPECT_NEAR(set.moves[0].price[0], std::exp(2.0 * 0.0158113883) - 1.0, 1e-6);
  EXPECT_NEAR(set.moves[0].price[1], std::exp(3.0 * 0.0158113883) - 1.0, 1e-6);
}

TEST(LongRunSet, ScalesStandardisedReturnsToAllOfTheHistory) {
  const std::vector<double> closes = closes_of(calm);
  const ScenarioSet set = long_run_set({closes}, terms_of(2, 1));
  EXPECT_NEAR(set.moves[0].price[0], 0.051008, 1e-9);  // e^(3 * 0.0165831) - 1
  EXPECT_NEAR(set.moves[0].price[1], 0.0, 1e-9);
}

// Farthest of either, in its own root mean squares: 0.95, 0.95, 1.81, 1.14.
TEST(StressedSet, TakesTheSameFarthestDatesForEveryUnderlying) {
  const std::vector<double> first = closes_of(calm);
  const std::vector<double> second = closes_of(wild);
  const ScenarioSet set = stressed_set({first, second}, terms_of(2, 1));
  EXPECT_EQ(set.days, (std::vector<std::size_t>{3, 4}));
  EXPECT_NEAR(set.moves[0].price[0], 0.030455, 1e-9);
  EXPECT_NEAR(set.moves[0].price[1], 0.0, 1e-9);
  EXPECT_NEAR(set.moves[1].price[0], 0.051271, 1e-9);
  EXPECT_NEAR(set.moves[1].price[1], -0.058235, 1e-9);
}

TEST(ScenarioSets, RefuseAHistoryThatIsTooShortOrUneven) {
  const std::vector<double> closes = closes_of(calm);
  EXPECT_THROW(static_cast<void>(filtered_set({closes}, terms_of(5, 1))), std::invalid_argument);
  EXPECT_NO_THROW(static_cast<void>(filtered_set({closes}, terms_of(4, 1))));
  const std::vector<double> shorter(closes.begin() + 1, closes.end());
  EXPECT_THROW(static_cast<void>(stressed_set({closes, shorter}, terms_of(2, 1))),
               std::invalid_argument);
}

}  // namespace
}  // namespace margingate::history
