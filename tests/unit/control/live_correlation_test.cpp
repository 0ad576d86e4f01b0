#include "margingate/live_correlation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/random.hpp"

namespace margingate::testing {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Prices whose log returns are these.
class Series {
 public:
  explicit Series(std::size_t count) : prices_(count, 100.0) {}
  const std::vector<double>& step(const std::vector<double>& returns) {
    for (std::size_t i = 0; i < prices_.size(); ++i) prices_[i] *= std::exp(returns[i]);
    return prices_;
  }

 private:
  std::vector<double> prices_;
};

TEST(LiveCorrelation, IsNotKnownBeforeEnoughReturns) {
  LiveCorrelation live(2, {0.85, 0.97, 3});
  Series series(2);
  for (const double r : {0.0, 0.01, -0.02}) {
    EXPECT_TRUE(std::isnan(live.correlation(0, 1)));
    live.observe(series.step({r, 2.0 * r}));
  }
  EXPECT_TRUE(std::isnan(live.correlation(0, 1)));
  live.observe(series.step({0.03, 0.06}));
  EXPECT_NEAR(live.correlation(0, 1), 1.0, 1e-12);
  EXPECT_EQ(live.correlation(1, 0), live.correlation(0, 1));
}

TEST(LiveCorrelation, IsTheLowerOfTwoWeightedEstimates) {
  LiveCorrelation live(2, {0.5, 0.9, 2});
  Series series(2);
  live.observe(series.step({0.0, 0.0}));
  live.observe(series.step({0.01, 0.01}));
  live.observe(series.step({0.02, -0.01}));
  // In units of 10^-4: fast xy 0.5 * 1 - 0.5 * 2, xx 2.5, yy 1; slow xy 0.9 - 0.2, xx 1.3, yy 1.
  EXPECT_NEAR(live.correlation(0, 1), -0.5 / std::sqrt(2.5), 1e-9);
  // Back together: the fast one recovers first, and the slow one is then the lower.
  for (int i = 0; i < 4; ++i) live.observe(series.step({0.01, 0.01}));
  double xy = 0.7, xx = 1.3, yy = 1.0;
  for (int i = 0; i < 4; ++i) {
    xy = 0.9 * xy + 0.1;
    xx = 0.9 * xx + 0.1;
    yy = 0.9 * yy + 0.1;
  }
  EXPECT_NEAR(live.correlation(0, 1), xy / std::sqrt(xx * yy), 1e-9);
}

TEST(LiveCorrelation, FindsWhatWasPutIntoTheReturns) {
  Random random(7);
  LiveCorrelation live(2, {0.999, 0.9995, 20});
  Series series(2);
  for (int i = 0; i < 20'000; ++i) {
    const double common = random.uniform(-0.01, 0.01);
    const double own = random.uniform(-0.01, 0.01);
    live.observe(series.step({common, 0.8 * common + 0.6 * own}));
  }
  EXPECT_NEAR(live.correlation(0, 1), 0.8, 0.03);
}

TEST(LiveCorrelation, SkipsReturnsThatCannotBeFormed) {
  LiveCorrelation live(3, {0.85, 0.97, 2});
  live.observe(std::vector<double>{100.0, 50.0, 10.0});
  live.observe(std::vector<double>{101.0, nan, 10.0});
  live.observe(std::vector<double>{102.0, 51.0, 10.0});
  live.observe(std::vector<double>{103.0, -1.0, 10.0});
  EXPECT_TRUE(std::isnan(live.correlation(0, 1)));
  live.observe(std::vector<double>{104.0});
  EXPECT_TRUE(std::isnan(live.correlation(0, 2)));  // what never moves has none
}

TEST(CreditRate, GrantsBetweenTheTwoCorrelationsInProportion) {
  OffsetCredit credit{{0}, {1}, 0.4, {0.5, 0.9}};
  EXPECT_EQ(credit_rate(credit, 0.95), 0.4);
  EXPECT_EQ(credit_rate(credit, 0.9), 0.4);
  EXPECT_NEAR(credit_rate(credit, 0.7), 0.2, 1e-12);
  EXPECT_EQ(credit_rate(credit, 0.5), 0.0);
  EXPECT_EQ(credit_rate(credit, -1.0), 0.0);
  EXPECT_EQ(credit_rate(credit, nan), 0.0);
  credit.correlation = {};
  EXPECT_EQ(credit_rate(credit, nan), 0.4);
}

TEST(CreditRate, IsNothingForUnitsWithoutASeries) {
  MarginModel model;
  model.credits = {{{0}, {1}, 0.4, {0.5, 0.9}}, {{0}, {5}, 0.4, {0.5, 0.9}}, {{0}, {5}, 0.3}};
  const LiveCorrelation live(2);
  EXPECT_EQ(credit_rates(model, live), (std::vector<double>{0.0, 0.0, 0.3}));
}

}  // namespace
}  // namespace margingate::testing
