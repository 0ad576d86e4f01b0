// The American tree against trees of many more steps: the textbook's on the spot, of 2,500 and
// 2,501 steps, and QuantLib's binomial engine. Errors are printed and bounded.
#include <gtest/gtest.h>

#include <ql/exercise.hpp>
#include <ql/instruments/vanillaoption.hpp>
#include <ql/methods/lattices/binomialtree.hpp>
#include <ql/pricingengines/vanilla/binomialengine.hpp>
#include <ql/processes/blackscholesprocess.hpp>
#include <ql/quotes/simplequote.hpp>
#include <ql/settings.hpp>
#include <ql/termstructures/volatility/equityfx/blackconstantvol.hpp>
#include <ql/termstructures/yield/flatforward.hpp>
#include <ql/time/calendars/nullcalendar.hpp>
#include <ql/time/daycounters/actual365fixed.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "pricing/american_tree.hpp"

namespace margingate::testing {
namespace {

struct Case {
  double spot, strike, rate, yield, volatility;
  int days;
  bool is_call;

  [[nodiscard]] double years() const { return days / 365.0; }
};

double value_of(const Case& c) {
  const double carry = (c.rate - c.yield) * c.years();
  const pricing::AmericanTerms terms{c.strike, c.is_call, carry, c.rate * c.years(),
                                     c.volatility * std::sqrt(c.years())};
  return pricing::american_value(terms, c.spot * std::exp(carry));
}

// Cox, Ross and Rubinstein on the spot, as every textbook has it.
double textbook(const Case& c, int steps) {
  const double dt = c.years() / steps;
  const double up = std::exp(c.volatility * std::sqrt(dt));
  const double growth = std::exp((c.rate - c.yield) * dt);
  const double p = (growth - 1.0 / up) / (up - 1.0 / up);
  const double discount = std::exp(-c.rate * dt);
  const double sign = c.is_call ? 1.0 : -1.0;
  std::vector<double> value(static_cast<std::size_t>(steps) + 1);
  std::vector<double> spot(2 * static_cast<std::size_t>(steps) + 1);
  for (int k = -steps; k <= steps; ++k) {
    spot[static_cast<std::size_t>(k + steps)] = c.spot * std::pow(up, k);
  }
  for (int i = steps; i >= 0; --i) {
    for (int j = 0; j <= i; ++j) {
      const auto at = static_cast<std::size_t>(j);
      const double paid = sign * (spot[static_cast<std::size_t>(2 * j - i + steps)] - c.strike);
      const double held = i == steps ? 0.0 : discount * (p * value[at + 1] + (1.0 - p) * value[at]);
      value[at] = std::max(paid, held);
    }
  }
  return value[0];
}

double quantlib(const Case& c) {
  using namespace QuantLib;
  const Date today(23, February, 2007);
  Settings::instance().evaluationDate() = today;
  const auto day = Actual365Fixed();
  const auto flat = [&](double rate) {
    return Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, rate, day));
  };
  const auto process = ext::make_shared<BlackScholesMertonProcess>(
      Handle<Quote>(ext::make_shared<SimpleQuote>(c.spot)), flat(c.yield), flat(c.rate),
      Handle<BlackVolTermStructure>(
          ext::make_shared<BlackConstantVol>(today, NullCalendar(), c.volatility, day)));
  VanillaOption option(
      ext::make_shared<PlainVanillaPayoff>(c.is_call ? Option::Call : Option::Put, c.strike),
      ext::make_shared<AmericanExercise>(today, today + c.days));
  option.setPricingEngine(
      ext::make_shared<BinomialVanillaEngine<CoxRossRubinstein>>(process, 2'000));
  return option.NPV();
}

std::vector<Case> cases() {
  std::vector<Case> list;
  for (const double moneyness : {0.8, 0.95, 1.0, 1.05, 1.25}) {
    for (const double volatility : {0.1, 0.25, 0.6}) {
      for (const int days : {7, 57, 365}) {
        for (const double rate : {0.0, 0.051}) {
          for (const double yield : {0.0, 0.08}) {
            for (const bool is_call : {true, false}) {
              list.push_back({100.0, 100.0 * moneyness, rate, yield, volatility, days, is_call});
            }
          }
        }
      }
    }
  }
  return list;
}

// An error of the spot times the standard deviation of its logarithm, which at-the-money options
// are worth four tenths of.
constexpr double error_max = 1e-3;

TEST(AmericanTreeGolden, IsCloseToTreesOfTwentyTimesAsManySteps) {
  double worst = 0.0, sum = 0.0;
  Case at{};
  const std::vector<Case> all = cases();
  for (const Case& c : all) {
    // Two neighbours, because trees of even and odd steps err to either side.
    const double fine = 0.5 * (textbook(c, 2'500) + textbook(c, 2'501));
    const double error =
        std::fabs(value_of(c) - fine) / (c.spot * c.volatility * std::sqrt(c.years()));
    sum += error;
    if (error > worst) at = c;
    worst = std::max(worst, error);
  }
  std::printf(
      "128 steps against 2,500 and 2,501: worst %.2g, mean %.2g of spot * volatility * "
      "sqrt(years), over %zu options\n",
      worst, sum / static_cast<double>(all.size()), all.size());
  EXPECT_LE(worst, error_max) << at.strike << ' ' << at.volatility << ' ' << at.days << ' '
                              << at.rate << ' ' << at.yield << ' ' << at.is_call;
}

TEST(AmericanTreeGolden, AgreesWithQuantLib) {
  double worst = 0.0;
  const std::vector<Case> all = cases();
  for (std::size_t i = 0; i < all.size(); i += 7) {
    const Case& c = all[i];
    const double error =
        std::fabs(value_of(c) - quantlib(c)) / (c.spot * c.volatility * std::sqrt(c.years()));
    worst = std::max(worst, error);
  }
  std::printf("128 steps against QuantLib's 2,000: worst %.2g\n", worst);
  EXPECT_LE(worst, error_max);
}

}  // namespace
}  // namespace margingate::testing
