// What a leg pays for its size: by hand, and wherever the spot goes inside the band.
#include "margin/size_excess.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/random.hpp"

namespace margingate::margin {
namespace {

using scenario::SizeTerms;

SizeTerms tiers(std::initializer_list<SizeTier> list) {
  SizeTerms terms;
  for (const SizeTier& tier : list) terms.tiers[terms.tier_count++] = tier;
  return terms;
}

// A linear contract worth 100 quote units a lot in money units of a cent, at this spot.
SizePoints points_at(const SizeTerms& terms, double x, double band = 0.01) {
  SizePoints points;
  points.terms = &terms;
  const double factors[] = {1.0 - band, 1.0, 1.0 + band};
  for (int i = 0; i < 3; ++i) {
    points.notional[i] = 10'000.0 * x * factors[i];
    points.size[i] = 100.0 * x * factors[i];
  }
  return points;
}

std::int64_t excess(const SizeTerms& terms, std::int64_t lots) {
  return size_excess(points_at(terms, 1.0), lots).amount;
}

// Half a percent more on each thousand: 3,500 pay it on 2,500, on 1,500 and on 500.
TEST(SizeExcess, ChargesEachSliceItsOwnTier) {
  const SizeTerms terms = tiers({{1'000.0, 0.005}, {2'000.0, 0.005}, {3'000.0, 0.005}});
  EXPECT_EQ(excess(terms, 10), 0);
  EXPECT_EQ(excess(terms, 35), std::llround((2'500 + 1'500 + 500) * 0.005 * 100));
}

TEST(SizeExcess, GrowsWithTheSquareRootOfTheNotionalOnceItExceedsTheBase) {
  SizeTerms terms;
  terms.square_root_rate = 0.001;
  terms.base_rate = 0.02;
  EXPECT_EQ(excess(terms, 4), 0);  // sqrt(400) * 0.001 = 2 %
  // sqrt(10,000) * 0.001 = 10 %, 8 % more than the base, of 10,000.
  EXPECT_EQ(excess(terms, 100), 80'000);
}

TEST(SizeExcess, GrowsInProportionToTheSize) {
  SizeTerms terms;
  terms.linear_rate = 0.00001;
  EXPECT_EQ(excess(terms, 10), 1'000);  // 1 % of 1,000
  EXPECT_EQ(excess(terms, 20), 4'000);  // 2 % of 2,000
}

TEST(SizeExcess, StopsAtTwiceTheNotional) {
  SizeTerms terms;
  terms.linear_rate = 0.9;
  EXPECT_EQ(excess(terms, 7), 2 * 7 * 10'000);
}

TEST(SizeExcess, StaysWithinItsBoundsWhereverTheSpotGoes) {
  testing::Random random(7);
  for (int n = 0; n < 2'000; ++n) {
    SizeTerms terms = tiers({{random.uniform(0.0, 5'000.0), random.uniform(0.0, 0.5)}});
    if (random.chance(0.5)) terms.linear_rate = random.uniform(0.0, 0.0005);
    if (random.chance(0.5)) terms.square_root_rate = random.uniform(0.0, 0.01);
    terms.base_rate = random.uniform(0.0, 0.2);
    const std::int64_t lots = random.integer(1, 2'000);
    const DriftingAmount here = size_excess(points_at(terms, 1.0), lots);
    for (const double t : {-1.0, -0.5, -0.01, 0.3, 1.0}) {
      const auto there =
          static_cast<double>(size_excess(points_at(terms, 1.0 + 0.01 * t), lots).amount);
      const double middle = static_cast<double>(here.amount) + t * static_cast<double>(here.drift);
      const double width = std::fabs(t) * static_cast<double>(here.slack) + 3.0;
      ASSERT_LE(there, middle + width) << "case " << n << " at " << t;
      ASSERT_GE(there, middle - width) << "case " << n << " at " << t;
    }
  }
}

}  // namespace
}  // namespace margingate::margin
