// Expected shortfall of simulated losses, and how far it may be off for want of paths.
//
// Shape    one estimate of n losses.
// Units    money.
// Sign     losses positive.
// Range    confidence above 0, below 1; at least one loss beyond it.
// Errors   std::invalid_argument outside.
// Threads  pure.
// Cost     a sort.
// Source   methodology MR-41 (tail mean, quantile); B. J. Manistre and G. H. Hancock, "Variance of
//          the CTE estimator", North American Actuarial Journal 9 (2005) 129-156.
#pragma once

#include <vector>

namespace margingate::simulation {

struct ShortfallEstimate {
  double value_at_risk = 0.0;
  double expected_shortfall = 0.0;
  // sqrt((variance of the losses beyond + confidence * (shortfall - value at risk)^2) / (n (1 -
  // confidence)))
  double standard_error = 0.0;
};

[[nodiscard]] ShortfallEstimate expected_shortfall(std::vector<double> losses, double confidence);

}  // namespace margingate::simulation
