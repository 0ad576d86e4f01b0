#include "simulation/return_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "simulation/expected_shortfall.hpp"

namespace margingate::simulation {
namespace {

ReturnModel one_underlying(double degrees) {
  ReturnModel model;
  model.marginals = {{1.0, degrees}};
  model.correlation = {{1.0}};
  model.copula = Copula::gaussian;
  return model;
}

std::vector<double> sample(double degrees, std::size_t count, std::uint64_t seed) {
  ReturnPaths paths(one_underlying(degrees), seed);
  std::vector<double> returns;
  for (std::size_t i = 0; i < count; ++i) returns.push_back(paths.next().front());
  return returns;
}

// Of six pairs five agree: tau 2/3, sine of 60 degrees.
TEST(RankCorrelation, IsTheSineOfKendallsTau) {
  const std::vector<double> a{1.0, 2.0, 3.0, 4.0};
  const std::vector<double> b{10.0, 30.0, 20.0, 40.0};
  EXPECT_NEAR(rank_correlation(a, b), std::sqrt(3.0) / 2.0, 1e-12);
  EXPECT_THROW(static_cast<void>(rank_correlation(a, std::vector<double>{1.0})),
               std::invalid_argument);
}

TEST(RankCorrelations, AreDrawnTowardsNoneUntilTheyFitTogether) {
  const std::vector<double> a{1.0, 2.0, 3.0, 4.0};
  const Matrix same = rank_correlations({a, a});
  EXPECT_EQ(same[0][0], 1.0);
  EXPECT_NEAR(same[0][1], 0.99, 1e-12);
}

TEST(Cholesky, GivesTheTriangleOrRefuses) {
  const Matrix root = cholesky({{1.0, 0.6}, {0.6, 1.0}});
  EXPECT_NEAR(root[1][0], 0.6, 1e-12);
  EXPECT_NEAR(root[1][1], 0.8, 1e-12);
  EXPECT_THROW(static_cast<void>(cholesky({{1.0, 1.5}, {1.5, 1.0}})), std::invalid_argument);
}

TEST(ReturnPaths, RepeatWithTheirSeed) {
  EXPECT_EQ(sample(4.0, 50, 7), sample(4.0, 50, 7));
  EXPECT_NE(sample(4.0, 50, 7), sample(4.0, 50, 8));
}

TEST(ReturnPaths, RefuseModelsOutsideTheirRange) {
  EXPECT_THROW(ReturnPaths(one_underlying(2.0), 1), std::invalid_argument);
  ReturnModel uneven = one_underlying(4.0);
  uneven.marginals.push_back({1.0, 4.0});
  EXPECT_THROW(ReturnPaths(uneven, 1), std::invalid_argument);
}

TEST(MostLikelyDegrees, AreAboutThoseOfTheSample) {
  EXPECT_NEAR(most_likely_degrees(sample(4.0, 20'000, 3)), 4.0, 0.4);
  EXPECT_GT(most_likely_degrees(sample(normal_degrees, 20'000, 3)), 20.0);
}

TEST(ExpectedShortfall, RefusesATailWithoutALoss) {
  EXPECT_THROW(static_cast<void>(expected_shortfall({1.0, 2.0}, 0.99)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(expected_shortfall({1.0, 2.0}, 1.0)), std::invalid_argument);
}

}  // namespace
}  // namespace margingate::simulation
