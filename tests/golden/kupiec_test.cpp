// Kupiec's proportion-of-failures test against his published regions: how many exceedances do not
// reject the stated coverage at 95 % test confidence. P. H. Kupiec, "Techniques for verifying the
// accuracy of risk measurement models", The Journal of Derivatives 3 (1995), as reprinted in
// P. Jorion, "Value at Risk", table "Model backtesting, 95 % nonrejection test confidence regions".
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "backtest/kupiec.hpp"

namespace margingate::backtest {
namespace {

struct Region {
  double confidence;
  std::uint64_t days;
  std::uint64_t above;  // not rejected: above < exceedances < below
  std::uint64_t below;
};

constexpr double test_level = 0.05;
constexpr std::uint64_t none = 0;  // no lower limit: zero exceedances are not rejected either

// At 255 days and 99 %, zero exceedances are not rejected by the published table ("N < 7").
constexpr Region published[] = {
    {0.99, 255, none, 7},  {0.99, 510, 1, 11},     {0.99, 1'000, 4, 17},   {0.975, 255, 2, 12},
    {0.975, 510, 6, 21},   {0.975, 1'000, 15, 36}, {0.95, 255, 6, 21},     {0.95, 510, 16, 36},
    {0.95, 1'000, 37, 65}, {0.925, 255, 11, 28},   {0.925, 510, 27, 51},   {0.925, 1'000, 59, 92},
    {0.90, 255, 16, 36},   {0.90, 510, 38, 65},    {0.90, 1'000, 81, 120},
};

bool is_rejected(const Region& region, std::uint64_t exceedances) {
  return kupiec_test(exceedances, region.days, region.confidence).p_value < test_level;
}

TEST(KupiecTable, HasThePublishedUpperEnds) {
  for (const Region& region : published) {
    EXPECT_FALSE(is_rejected(region, region.below - 1)) << region.confidence << ' ' << region.days;
    EXPECT_TRUE(is_rejected(region, region.below)) << region.confidence << ' ' << region.days;
  }
}

TEST(KupiecTable, HasThePublishedLowerEnds) {
  for (const Region& region : published) {
    if (region.above == none) continue;
    EXPECT_FALSE(is_rejected(region, region.above + 1)) << region.confidence << ' ' << region.days;
    EXPECT_TRUE(is_rejected(region, region.above)) << region.confidence << ' ' << region.days;
  }
}

// Without exceedances the ratio is -2 n ln(confidence), by the formula.
TEST(Kupiec, HasClosedFormsAtTheEnds) {
  EXPECT_NEAR(kupiec_test(0, 250, 0.99).likelihood_ratio, -2.0 * 250.0 * std::log(0.99), 1e-9);
  EXPECT_NEAR(kupiec_test(10, 10, 0.99).likelihood_ratio, -2.0 * 10.0 * std::log(0.01), 1e-9);
}

TEST(Kupiec, IsSatisfiedByTheStatedProportion) {
  const KupiecTest test = kupiec_test(10, 1'000, 0.99);
  EXPECT_NEAR(test.likelihood_ratio, 0.0, 1e-12);
  EXPECT_NEAR(test.p_value, 1.0, 1e-6);
}

// 3.841458820694124 is the 95 % quantile of chi-square with one degree of freedom.
TEST(Kupiec, TakesItsPValueFromChiSquare) {
  const KupiecTest just_in = kupiec_test(16, 1'000, 0.99);
  EXPECT_EQ(just_in.p_value > test_level, just_in.likelihood_ratio < 3.841458820694124);
  const KupiecTest just_out = kupiec_test(17, 1'000, 0.99);
  EXPECT_EQ(just_out.p_value > test_level, just_out.likelihood_ratio < 3.841458820694124);
}

TEST(Kupiec, RefusesWhatIsNoSample) {
  EXPECT_THROW(static_cast<void>(kupiec_test(0, 0, 0.99)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(kupiec_test(3, 2, 0.99)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(kupiec_test(1, 2, 1.0)), std::invalid_argument);
}

}  // namespace
}  // namespace margingate::backtest
