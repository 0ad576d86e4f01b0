// Simulated expected shortfall against closed forms (McNeil, Frey and Embrechts, "Quantitative risk
// management", examples 2.14 and 2.15), at 99 %:
//   normal     phi(2.326348) / 0.01 = 2.665214 standard deviations
//   t, 4       q = 3.746947; density 3/8 (1 + q^2 / 4)^-2.5 = 0.00868187;
//              0.00868187 / 0.01 * (4 + q^2) / 3 = 5.22058 scales, 3.69151 standard deviations
// What a seed gives differs from them by chance: three of its own standard errors are allowed, and
// these are small enough that the two distributions are told apart.
#include "simulation/expected_shortfall.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "simulation/return_model.hpp"

namespace margingate::simulation {
namespace {

constexpr double normal_shortfall = 2.665214;
constexpr double t4_shortfall = 3.69151;
constexpr std::size_t paths = 40'000;
constexpr std::uint64_t seed = 20'240'605;

ReturnModel two_underlyings(double degrees, Copula copula) {
  ReturnModel model;
  model.marginals = {{0.03, degrees}, {0.04, degrees}};
  model.correlation = {{1.0, 0.6}, {0.6, 1.0}};
  model.copula = copula;
  model.copula_degrees = 4.0;
  return model;
}

ShortfallEstimate of_sum(const ReturnModel& model, double first, double second) {
  ReturnPaths generator(model, seed);
  std::vector<double> losses;
  for (std::size_t i = 0; i < paths; ++i) {
    const std::vector<double> returns = generator.next();
    losses.push_back(-(first * returns[0] + second * returns[1]));
  }
  return expected_shortfall(std::move(losses), 0.99);
}

void expect_within_error(const ShortfallEstimate& estimate, double closed_form) {
  EXPECT_NEAR(estimate.expected_shortfall, closed_form, 3.0 * estimate.standard_error);
  EXPECT_LT(estimate.standard_error, 0.04 * closed_form);
}

TEST(SimulatedShortfall, MeetsTheNormalClosedForm) {
  expect_within_error(of_sum(two_underlyings(normal_degrees, Copula::gaussian), 1.0, 0.0),
                      0.03 * normal_shortfall);
}

// Long one, short the other: sqrt(3^2 + 4^2 - 2 * 0.6 * 3 * 4) = 3.2558 %.
TEST(SimulatedShortfall, MeetsTheNormalClosedFormOfASpread) {
  expect_within_error(of_sum(two_underlyings(normal_degrees, Copula::gaussian), 1.0, -1.0),
                      std::sqrt(10.6) / 100.0 * normal_shortfall);
}

TEST(SimulatedShortfall, MeetsTheClosedFormOfStudentsT) {
  expect_within_error(of_sum(two_underlyings(4.0, Copula::gaussian), 0.0, 1.0),
                      0.04 * t4_shortfall);
}

// A t copula of as many degrees as the marginals have is the joint t distribution: a sum is t.
TEST(SimulatedShortfall, MeetsTheClosedFormOfAJointT) {
  expect_within_error(of_sum(two_underlyings(4.0, Copula::student_t), 1.0, 1.0),
                      std::sqrt(39.4) / 100.0 * t4_shortfall);
}

// Marginals are what they are under either copula.
TEST(SimulatedShortfall, LeavesMarginalsToThemselvesUnderATCopula) {
  expect_within_error(of_sum(two_underlyings(normal_degrees, Copula::student_t), 1.0, 0.0),
                      0.03 * normal_shortfall);
}

// Losses 1 to 1,000: the ten worst average 995.5; the quantile is half way between 990 and 991;
// their variance is 8.25, and the error sqrt((8.25 + 0.99 * 5^2) / 10).
TEST(ExpectedShortfall, IsTheMeanOfTheTailWithItsError) {
  std::vector<double> losses;
  for (int i = 1; i <= 1'000; ++i) losses.push_back(i);
  const ShortfallEstimate estimate = expected_shortfall(losses, 0.99);
  EXPECT_DOUBLE_EQ(estimate.expected_shortfall, 995.5);
  EXPECT_DOUBLE_EQ(estimate.value_at_risk, 990.5);
  EXPECT_NEAR(estimate.standard_error, std::sqrt((8.25 + 24.75) / 10.0), 1e-9);
}

}  // namespace
}  // namespace margingate::simulation
