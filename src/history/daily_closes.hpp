// Daily closes of several underlyings on common dates, and their log returns.
//
// Shape    closes by underlying, oldest first; every underlying has the same days.
// Units    prices; returns are logarithms of price over price.
// Sign     prices positive, returns signed.
// Range    at least two days.
// Errors   std::invalid_argument from what needs more days than there are.
// Threads  values and views; pure.
// Cost     cold.
// Source   docs/models/historical.md.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace margingate::history {

// By underlying; the last entry of each is the day that scenarios are made for.
using DailyCloses = std::vector<std::span<const double>>;

[[nodiscard]] std::vector<double> log_returns(std::span<const double> closes);

// Sums of `days` returns in a row, overlapping, by their last day: one per return from the
// `days`-th on.
[[nodiscard]] std::vector<double> over_horizon(std::span<const double> daily, std::size_t days);

[[nodiscard]] double root_mean_square(std::span<const double> values);

}  // namespace margingate::history
