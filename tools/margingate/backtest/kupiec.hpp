// Kupiec's proportion-of-failures test: are there as many exceedances as the confidence level says?
//
// Shape    one likelihood ratio against a chi-square of one degree of freedom.
// Units    none.
// Sign     the ratio is >= 0.
// Range    observations >= 1, exceedances 0 .. observations, 0 < confidence < 1.
// Errors   std::invalid_argument outside the range.
// Threads  pure.
// Cost     none.
// Source   P. H. Kupiec, "Techniques for verifying the accuracy of risk measurement models", The
//          Journal of Derivatives 3 (1995) 73-84.
#pragma once

#include <cstdint>

namespace margingate::backtest {

struct KupiecTest {
  double likelihood_ratio = 0.0;
  double p_value = 1.0;  // of a ratio at least this large if the coverage is as stated
};

// LR = -2 ln( (1-p)^(n-x) p^x / ((1-x/n)^(n-x) (x/n)^x) ), p = 1 - confidence.
[[nodiscard]] KupiecTest kupiec_test(std::uint64_t exceedances, std::uint64_t observations,
                                     double confidence);

}  // namespace margingate::backtest
