#include "pricing/american_tree.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <vector>

#include "pricing/black76.hpp"
#include "pricing/elementary.hpp"
#include "support/random.hpp"

namespace margingate::pricing {
namespace {

AmericanTerms any_terms(testing::Random& random) {
  AmericanTerms terms;
  terms.strike = 100.0;
  terms.is_call = random.chance(0.5);
  terms.carry = random.uniform(-0.3, 0.3);
  terms.interest = random.chance(0.2) ? 0.0 : random.uniform(0.0, 0.3);
  terms.total_volatility = random.chance(0.1) ? 0.0 : std::exp(random.uniform(-7.0, 0.7));
  return terms;
}

TEST(AmericanTree, IsWorthAtLeastWhatItPaysNow) {
  testing::Random random(1);
  for (int i = 0; i < 500; ++i) {
    const AmericanTerms terms = any_terms(random);
    const double forward = 100.0 * std::exp(random.uniform(-0.5, 0.5));
    const double spot = forward * exp_portable(-terms.carry);
    const double paid = terms.is_call ? spot - terms.strike : terms.strike - spot;
    EXPECT_GE(american_value(terms, forward), std::fmax(paid, 0.0) - 1e-10);
  }
}

TEST(AmericanTree, IsWorthNoLessThanTheEuropeanOptionButForTheErrorOfItsSteps) {
  testing::Random random(2);
  for (int i = 0; i < 500; ++i) {
    const AmericanTerms terms = any_terms(random);
    const double forward = 100.0 * std::exp(random.uniform(-0.5, 0.5));
    const double european = exp_portable(-terms.interest) *
                            black76(forward, log_ratio_portable(forward, terms.strike),
                                    terms.total_volatility, terms.strike, terms.is_call, 0.0)
                                .value;
    const double s = terms.total_volatility;
    EXPECT_GE(american_value(terms, forward),
              european - 1e-9 - 2e-3 * forward * s * s * s - 2e-4 * forward * s);
  }
}

// What the bounds of its rows rest on, at every spacing a drift band may have.
TEST(AmericanTree, IsConvexInTheForward) {
  testing::Random random(3);
  for (int i = 0; i < 2'000; ++i) {
    const AmericanTerms terms = any_terms(random);
    const double forward = 100.0 * std::exp(random.uniform(-0.6, 0.6));
    const double width = std::exp(random.uniform(-9.0, -2.3));
    const double at = random.uniform(0.0, 1.0);
    const double low = american_value(terms, forward * (1.0 - width));
    const double high = american_value(terms, forward * (1.0 + width));
    const double middle = american_value(terms, forward * (1.0 - width + 2.0 * width * at));
    const double rounding = 4.0 * american_value_error_max * 200.0;
    EXPECT_LE(middle, (1.0 - at) * low + at * high + rounding)
        << "carry " << terms.carry << ", interest " << terms.interest << ", volatility "
        << terms.total_volatility << ", forward " << forward << ", width " << width;
  }
}

TEST(AmericanTree, GivesTheSameBitsOnEveryInstructionSet) {
  testing::Random random(4);
  for (int i = 0; i < 300; ++i) {
    const AmericanTerms terms = any_terms(random);
    const std::vector<double> forwards{80.0, 99.0, 100.0, 131.0};
    std::vector<double> expected(forwards.size());
    american_kernel(InstructionSet::scalar)(terms, forwards.size(), forwards.data(),
                                            expected.data());
    for (const InstructionSet set : {InstructionSet::avx2, InstructionSet::avx512}) {
      const AmericanKernel kernel = american_kernel(set);
      if (kernel == nullptr) continue;
      std::vector<double> values(forwards.size());
      kernel(terms, forwards.size(), forwards.data(), values.data());
      EXPECT_EQ(values, expected);
    }
    EXPECT_EQ(american_value(terms, forwards[1]), expected[1]);
  }
}

// The same tree in long double, node by node as in the header.
long double tree_in_long_double(const AmericanTerms& terms, double forward) {
  constexpr int n = american_steps;
  const long double h = static_cast<long double>(terms.total_volatility) / std::sqrt(128.0L);
  const long double discount = std::exp(-static_cast<long double>(terms.interest) / n);
  const long double up = 1.0L / (1.0L + std::exp(h));
  const auto phi = [](long double x) { return 0.5L * std::erfc(-x / std::sqrt(2.0L)); };
  const long double sign = terms.is_call ? 1.0L : -1.0L;
  std::vector<long double> value(n + 1, 0.0L);
  for (int i = n - 1; i >= 0; --i) {
    for (int j = 0; j <= i; ++j) {
      const auto at = static_cast<std::size_t>(j);
      const long double f = forward * std::exp(h * (2 * j - i));
      const long double spot = f * std::exp(-static_cast<long double>(terms.carry) * (n - i) / n);
      long double held = 0.0L;
      if (i == n - 1 && h > 0.0L) {
        const long double d = std::log(f / terms.strike) / h + h / 2.0L;
        held = sign * (f * phi(sign * d) - terms.strike * phi(sign * (d - h)));
      } else if (i == n - 1) {
        held = std::fmax(sign * (f - terms.strike), 0.0L);
      } else {
        held = up * value[at + 1] + (1.0L - up) * value[at];
      }
      value[at] = std::fmax(discount * held, sign * (spot - terms.strike));
    }
  }
  return value[0];
}

TEST(AmericanTree, RoundsNoFurtherFromTheTreeInRealNumbersThanItSays) {
  testing::Random random(5);
  double worst = 0.0;
  for (int i = 0; i < 300; ++i) {
    const AmericanTerms terms = any_terms(random);
    const double forward = 100.0 * std::exp(random.uniform(-0.5, 0.5));
    const double scale =
        std::fmax(std::fmax(forward, forward * std::exp(-terms.carry)), terms.strike);
    const auto exact = static_cast<double>(tree_in_long_double(terms, forward));
    worst = std::fmax(worst, std::fabs(american_value(terms, forward) - exact) / scale);
  }
  EXPECT_LE(worst, american_value_error_max);
  std::printf("rounding of the tree: %.2g of forward, spot or strike\n", worst);
}

TEST(AmericanTree, HasNoValueOutsideItsRange) {
  const AmericanTerms good{100.0, true, 0.01, 0.02, 0.2};
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), 1e3}) {
    AmericanTerms terms = good;
    terms.carry = bad;
    EXPECT_TRUE(std::isnan(american_value(terms, 100.0)));
    terms = good;
    terms.interest = bad;
    EXPECT_TRUE(std::isnan(american_value(terms, 100.0)));
    terms = good;
    terms.total_volatility = bad;
    EXPECT_TRUE(std::isnan(american_value(terms, 100.0)));
  }
}

}  // namespace
}  // namespace margingate::pricing
