// Compares the kernel with an independent long double implementation of the textbook formula.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

#include "pricing/black76.hpp"
#include "pricing/elementary.hpp"

namespace margingate::pricing {
namespace {

using Real = long double;

constexpr double value_error_per_forward_max = 1e-12;
// Below the first the band edges' own rounding shows in gamma; below the second it dominates.
constexpr double gamma_tight_volatility_min = 1e-5;
constexpr double gamma_usable_volatility_min = 1e-9;
constexpr double gamma_usable_excess_max = 1e-4;
constexpr double gamma_visible_min = 1e-280;  // smaller ones are floored by the kernel
constexpr int band_samples = 64;

constexpr Real pi = 3.141592653589793238462643383279502884L;
constexpr Real years_per_second = 1.0L / (365.0L * 86'400.0L);

struct Case {
  double forward;
  double strike;
  double total_volatility;
};

std::vector<Case> make_cases() {
  const Real day = 86'400.0L * years_per_second;
  const std::vector<Real> years = {years_per_second,
                                   10 * years_per_second,
                                   60 * years_per_second,
                                   day / 24,
                                   day,
                                   7 * day,
                                   30 * day,
                                   180 * day,
                                   1.0L,
                                   5.0L};
  const std::vector<Real> volatilities = {1e-6L, 1e-3L, 0.01L, 0.05L, 0.2L, 0.6L, 1.2L, 2.2L};
  const std::vector<Real> log_moneyness = {0.0L, 1e-9L, 1e-6L, 1e-5L, 1e-4L, 1e-3L, 0.01L, 0.05L,
                                           0.1L, 0.2L,  0.4L,  0.8L,  1.5L,  2.5L,  3.5L,  5.0L};
  std::vector<Case> cases;
  for (const double forward : {0.0125, 1.0, 101.7, 65'432.1}) {
    for (const Real year : years) {
      for (const Real volatility : volatilities) {
        for (const Real x : log_moneyness) {
          const auto s = static_cast<double>(volatility * std::sqrt(year));
          cases.push_back({forward, static_cast<double>(forward * std::exp(-x)), s});
          cases.push_back({forward, static_cast<double>(forward * std::exp(x)), s});
        }
      }
    }
  }
  return cases;
}

Real normal_cdf(Real d) { return 0.5L * std::erfc(-d / std::sqrt(2.0L)); }

struct Reference {
  Real d1;
  Real value;
  Real delta;
};

Reference reference(const Case& c, bool is_call) {
  const Real sign = is_call ? 1.0L : -1.0L;
  const Real f = c.forward;
  const Real k = c.strike;
  const Real s = c.total_volatility;
  const Real d1 = std::log1p((f - k) / k) / s + s / 2;
  const Real n1 = sign * normal_cdf(sign * d1);
  return {d1, f * n1 - k * sign * normal_cdf(sign * (d1 - s)), n1};
}

Real gamma_at(Real forward, const Case& c) {
  const Real s = c.total_volatility;
  const Real d1 = std::log1p((forward - c.strike) / c.strike) / s + s / 2;
  return std::exp(-d1 * d1 / 2) / (std::sqrt(2.0L * pi) * forward * s);
}

Real largest_gamma(const Case& c, Real drift_band) {
  const Real low = c.forward * (1.0L - drift_band);
  const Real high = c.forward * (1.0L + drift_band);
  const Real s = c.total_volatility;
  Real largest = std::max(gamma_at(low, c), gamma_at(high, c));
  for (int i = 1; i < band_samples; ++i) {
    largest = std::max(largest, gamma_at(low + (high - low) * i / band_samples, c));
  }
  // Even samples miss the narrow peak of short expiries; search around it as well.
  const Real mode = c.strike * std::exp(-1.5L * s * s);
  for (int i = -band_samples; i <= band_samples; ++i) {
    const Real forward = mode * std::exp(s * i / band_samples);
    if (forward >= low && forward <= high) largest = std::max(largest, gamma_at(forward, c));
  }
  return largest;
}

Black76Point price(const Case& c, bool is_call, double drift_band) {
  return black76(c.forward, log_ratio_portable(c.forward, c.strike), c.total_volatility, c.strike,
                 is_call, drift_band);
}

TEST(Black76Accuracy, KeepsValueAndDeltaWithinTheirStatedErrors) {
  double worst_per_forward = 0.0;
  double worst_per_larger = 0.0;
  double worst_delta = 0.0;
  for (const Case& c : make_cases()) {
    for (const bool is_call : {true, false}) {
      const Black76Point point = price(c, is_call, 0.0);
      const Reference expected = reference(c, is_call);
      const auto error = static_cast<double>(std::fabs(point.value - expected.value));
      worst_per_forward = std::max(worst_per_forward, error / c.forward);
      worst_per_larger = std::max(worst_per_larger, error / std::max(c.forward, c.strike));
      worst_delta = std::max(worst_delta,
                             static_cast<double>(std::fabs(point.forward_delta - expected.delta)));
      ASSERT_LE(error, value_error_per_forward_max * c.forward)
          << "forward " << c.forward << " strike " << c.strike << " s " << c.total_volatility;
    }
  }
  std::printf("%zu cases: value error / F %.3g, / max(F, K) %.3g; delta error %.3g\n",
              2 * make_cases().size(), worst_per_forward, worst_per_larger, worst_delta);
  EXPECT_LE(worst_per_larger, black76_value_error_max);
  EXPECT_LE(worst_delta, black76_delta_error_max);
}

TEST(Black76Accuracy, BoundsGammaOverTheBandTightlyFromAbove) {
  double worst_tight = 0.0;
  double worst_usable = 0.0;
  for (const Case& c : make_cases()) {
    for (const double drift_band : {0.0, 0.0025, 0.05, 0.3}) {
      const double bound = price(c, true, drift_band).gamma_max;
      const Real largest = largest_gamma(c, drift_band);
      ASSERT_GE(static_cast<Real>(bound), largest)
          << "forward " << c.forward << " strike " << c.strike << " s " << c.total_volatility
          << " band " << drift_band;
      if (c.total_volatility < gamma_usable_volatility_min || largest < gamma_visible_min) continue;
      const auto excess = static_cast<double>(bound / largest - 1.0L);
      double& worst = c.total_volatility < gamma_tight_volatility_min ? worst_usable : worst_tight;
      worst = std::max(worst, excess);
    }
  }
  std::printf("relative excess of the gamma bound %.3g, for s < %g %.3g\n", worst_tight,
              gamma_tight_volatility_min, worst_usable);
  EXPECT_LE(worst_tight, black76_gamma_excess_max);
  EXPECT_LE(worst_usable, gamma_usable_excess_max);
}

TEST(Black76Accuracy, KeepsRelativeAccuracyOfWingOptionsWorthATrillionth) {
  constexpr double wing_error_relative_max = 1e-8;
  const Case c{100.0, 200.0, 0.1};  // d1 about -6.9
  const Reference expected = reference(c, true);
  EXPECT_NEAR(static_cast<double>(price(c, true, 0.0).value / expected.value), 1.0,
              wing_error_relative_max);
}

TEST(Black76Accuracy, TakesIntrinsicValueAtZeroVolatility) {
  const double infinity = std::numeric_limits<double>::infinity();
  struct Expectation {
    Case c;
    bool is_call;
    double value;
    double delta;
  };
  const std::vector<Expectation> expectations = {
      {{105.0, 100.0, 0.0}, true, 5.0, 1.0},   {{105.0, 100.0, 0.0}, false, 0.0, 0.0},
      {{95.0, 100.0, 0.0}, true, 0.0, 0.0},    {{95.0, 100.0, 0.0}, false, 5.0, -1.0},
      {{100.0, 100.0, 0.0}, true, 0.0, 0.5},   {{100.0, 100.0, 0.0}, false, 0.0, -0.5},
      {{105.0, 100.0, 1e-16}, true, 5.0, 1.0}, {{95.0, 100.0, 1e-300}, false, 5.0, -1.0}};
  for (const auto& [c, is_call, value, delta] : expectations) {
    const Black76Point point = price(c, is_call, 0.01);
    EXPECT_EQ(point.value, value);
    EXPECT_EQ(point.forward_delta, delta);
    EXPECT_EQ(point.gamma_max, c.forward == c.strike ? infinity : 0.0);
    EXPECT_EQ(price(c, is_call, 0.06).gamma_max, infinity);
  }
}

}  // namespace
}  // namespace margingate::pricing
