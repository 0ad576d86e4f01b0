#include "backtest/kupiec.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <stdexcept>

namespace margingate::backtest {
namespace {

// x ln y with 0 ln 0 = 0.
double times_log(double x, double y) { return x == 0.0 ? 0.0 : x * std::log(y); }

}  // namespace

KupiecTest kupiec_test(std::uint64_t exceedances, std::uint64_t observations, double confidence) {
  if (observations == 0 || exceedances > observations || !(confidence > 0.0 && confidence < 1.0)) {
    throw std::invalid_argument("kupiec_test: no observations, or numbers that do not fit");
  }
  const double x = static_cast<double>(exceedances);
  const double n = static_cast<double>(observations);
  const double stated = 1.0 - confidence;
  const double under_stated = times_log(n - x, 1.0 - stated) + times_log(x, stated);
  const double under_observed = times_log(n - x, 1.0 - x / n) + times_log(x, x / n);
  KupiecTest test;
  test.likelihood_ratio = std::max(2.0 * (under_observed - under_stated), 0.0);
  test.p_value = boost::math::cdf(
      boost::math::complement(boost::math::chi_squared(1.0), test.likelihood_ratio));
  return test;
}

}  // namespace margingate::backtest
