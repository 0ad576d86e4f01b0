#include "pricing/elementary.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>

namespace margingate::pricing {
namespace {

constexpr std::uint64_t seed = 20'240'601;
constexpr int samples = 400'000;

// A double in [low, high) from the generator alone: standard distributions differ by library.
double uniform(std::mt19937_64& generator, double low, double high) {
  return low + (high - low) * (static_cast<double>(generator() >> 11) * 0x1p-53);
}

// |actual - expected| in units of the last place of expected.
double error_ulp(double actual, long double expected) {
  const int exponent = std::ilogb(static_cast<double>(expected));
  return static_cast<double>(std::fabs(static_cast<long double>(actual) - expected) /
                             std::ldexp(1.0L, exponent - 52));
}

class Fingerprint {
 public:
  void add(double value) { hash_ = (hash_ ^ std::bit_cast<std::uint64_t>(value)) * 0x100000001b3U; }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

TEST(ExpPortable, StaysWithinItsStatedErrorOverTheWholeRange) {
  std::mt19937_64 generator(seed);
  double worst = 0.0;
  for (int i = 0; i < samples; ++i) {
    const double span = i % 2 == 0 ? exp_argument_max : 2.0;
    const double x = uniform(generator, i % 2 == 0 ? exp_argument_min : -2.0, span);
    worst = std::fmax(worst, error_ulp(exp_portable(x), std::exp(static_cast<long double>(x))));
  }
  std::printf("exp worst error %.3f ulp\n", worst);
  EXPECT_LE(worst, exp_error_ulp_max) << "seed " << seed;
}

TEST(ExpPortable, IsExactAtZeroAndSaturatesOutsideItsRange) {
  EXPECT_EQ(exp_portable(0.0), 1.0);
  EXPECT_EQ(exp_portable(-0.0), 1.0);
  EXPECT_GT(exp_portable(exp_argument_min), 0.0);
  EXPECT_EQ(exp_portable(std::nextafter(exp_argument_min, -1e3)), 0.0);
  EXPECT_EQ(exp_portable(-std::numeric_limits<double>::infinity()), 0.0);
  EXPECT_TRUE(std::isfinite(exp_portable(exp_argument_max)));
  EXPECT_TRUE(std::isinf(exp_portable(std::nextafter(exp_argument_max, 1e3))));
  EXPECT_TRUE(std::isinf(exp_portable(std::numeric_limits<double>::infinity())));
}

TEST(LogPortable, StaysWithinItsStatedErrorOverTheWholeRange) {
  std::mt19937_64 generator(seed);
  double worst = 0.0;
  for (int i = 0; i < samples; ++i) {
    const double near_one = uniform(generator, 0.5, 2.0);
    const int exponent = static_cast<int>(generator() % 2044) - 1021;
    const double x = i % 2 == 0 ? std::ldexp(near_one, exponent) : near_one;
    worst = std::fmax(worst, error_ulp(log_portable(x), std::log(static_cast<long double>(x))));
  }
  std::printf("log worst error %.3f ulp\n", worst);
  EXPECT_LE(worst, log_error_ulp_max) << "seed " << seed;
}

TEST(LogPortable, IsExactAtOneAndFiniteAtTheEndsOfItsRange) {
  EXPECT_EQ(log_portable(1.0), 0.0);
  EXPECT_NEAR(log_portable(std::numeric_limits<double>::min()), -708.39641853226411, 2e-13);
  EXPECT_NEAR(log_portable(std::numeric_limits<double>::max()), 709.78271289338400, 2e-13);
}

TEST(LogRatioPortable, KeepsRelativeAccuracyWhereBothArgumentsAreClose) {
  std::mt19937_64 generator(seed);
  double worst = 0.0;
  for (int i = 0; i < samples; ++i) {
    const double b = uniform(generator, 0.01, 1e5);
    const double a = b * (1.0 + uniform(generator, -1.0, 1.0) * std::ldexp(1.0, -(i % 50) - 1));
    if (a == b) {
      ASSERT_EQ(log_ratio_portable(a, b), 0.0);
      continue;
    }
    const long double difference = static_cast<long double>(a) - b;
    const long double expected = std::log1p(difference / b);
    worst = std::fmax(worst,
                      static_cast<double>(std::fabs(log_ratio_portable(a, b) / expected - 1.0L)));
  }
  std::printf("log ratio worst relative error %.3g\n", worst);
  EXPECT_LE(worst, log_ratio_error_max) << "seed " << seed;
}

TEST(PowPortable, StaysWithinItsStatedError) {
  std::mt19937_64 generator(seed);
  for (int i = 0; i < samples; ++i) {
    const double x = uniform(generator, 0.01, 100.0);
    const double y = uniform(generator, -50.0, 50.0);
    const long double expected = std::pow(static_cast<long double>(x), static_cast<long double>(y));
    const double allowed = (1.0 + std::fabs(y * std::log(x))) * pow_error_scale;
    ASSERT_LE(static_cast<double>(std::fabs(pow_portable(x, y) / expected - 1.0L)), allowed)
        << "x " << x << " y " << y << " seed " << seed;
  }
}

// The constant stands for every compiler, instruction set and optimisation level.
TEST(Elementary, GivesTheSameBitsOnEveryCompiler) {
  constexpr std::uint64_t expected_fingerprint = 8'016'695'193'530'767'257U;
  std::mt19937_64 generator(seed);
  Fingerprint fingerprint;
  for (int i = 0; i < samples; ++i) {
    fingerprint.add(exp_portable(uniform(generator, -720.0, 715.0)));
    fingerprint.add(log_portable(uniform(generator, 1e-9, 1e9)));
    fingerprint.add(log_ratio_portable(uniform(generator, 1.0, 2.0), 1.5));
    const double base = uniform(generator, 0.1, 9.0);  // arguments have no order of evaluation
    fingerprint.add(pow_portable(base, uniform(generator, -3.0, 3.0)));
  }
  EXPECT_EQ(fingerprint.value(), expected_fingerprint);
}

}  // namespace
}  // namespace margingate::pricing
