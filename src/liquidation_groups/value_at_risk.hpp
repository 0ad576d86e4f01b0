// The value at risk of a vector of profits, and what is built from it alone.
//
// Shape    profits of n scenarios, in the order of the scenarios.
// Units    money; confidences are fractions.
// Sign     profits positive; every result is a loss, at least zero.
// Range    n >= 1; confidence 0 .. 1.
// Errors   none.
// Threads  pure.
// Cost     a sort per value at risk; the correlation break one per window.
// Source   docs/models/liquidation-groups.md, steps 3, 4 and 6.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "liquidation_groups/parameter_set.hpp"

namespace margingate::liquidation_groups {

// Value k of n, ascending, stands at the quantile (k - 1/2) / n; linear in between, the nearest
// one below the first and above the last. The place is taken in parts per 10^9, so that a decimal
// confidence means what it says.
[[nodiscard]] double value_at_risk(std::span<const double> profits, double confidence);

// Sum of the `count` worst losses; profits among them count nothing.
[[nodiscard]] double sum_of_worst(std::span<const double> profits, std::size_t count);

[[nodiscard]] double aggregate(Aggregation aggregation, std::span<const double> amounts);

struct CorrelationBreakResult {
  double value_at_risk = 0.0;          // of all scenarios, at the break's confidence
  std::vector<double> window_risks{};  // of each stretch of consecutive scenarios
  std::size_t windows_in_excess = 0;   // with more than that
  double mean_excess = 0.0;            // root of the mean square of their excesses
  double adjustment = 0.0;
};

[[nodiscard]] CorrelationBreakResult correlation_break(std::span<const double> profits,
                                                       const CorrelationBreak& terms,
                                                       double pure_market_risk);

}  // namespace margingate::liquidation_groups
