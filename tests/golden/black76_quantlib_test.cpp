// Compares the kernel with QuantLib's blackFormula; built only where QuantLib is installed.
#include <gtest/gtest.h>

#include <ql/pricingengines/blackformula.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "pricing/black76.hpp"
#include "pricing/elementary.hpp"

namespace margingate::pricing {
namespace {

constexpr double quantlib_difference_max = 1e-12;  // as a fraction of the larger of F and K

TEST(Black76QuantLib, AgreesOverTheGridOfMoneynessAndVolatility) {
  double worst = 0.0;
  int count = 0;
  for (const double forward : {0.0125, 1.0, 101.7, 65'432.1}) {
    for (double x = -5.0; x <= 5.0; x += 0.0625) {
      const double strike = forward * std::exp(-x);
      for (const double s : {0.0, 1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5, 1.0, 2.0, 5.0}) {
        for (const bool is_call : {true, false}) {
          const auto type = is_call ? QuantLib::Option::Call : QuantLib::Option::Put;
          const double expected = QuantLib::blackFormula(type, strike, forward, s);
          const double actual =
              black76(forward, log_ratio_portable(forward, strike), s, strike, is_call, 0.0).value;
          const double difference = std::fabs(actual - expected) / std::max(forward, strike);
          worst = std::max(worst, difference);
          ++count;
          ASSERT_LE(difference, quantlib_difference_max)
              << "forward " << forward << " strike " << strike << " s " << s << " expected "
              << expected << " actual " << actual;
        }
      }
    }
  }
  std::printf("%d prices: largest difference / max(F, K) %.3g\n", count, worst);
}

}  // namespace
}  // namespace margingate::pricing
