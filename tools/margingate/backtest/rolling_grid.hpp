// The generic grid, moved at every close to what each underlying has done lately.
//
// Shape    a portfolio set whose grid every underlying has at a scale of its own.
// Units    moves are fractions of the price.
// Sign     moves without sign: falls and rises alike.
// Range    window of at least 20 days, longer than the horizon.
// Errors   std::invalid_argument for a set without a grid or a history shorter than the window.
// Threads  pure.
// Cost     sorts a window per underlying and day.
// Source   docs/backtest.md.
#pragma once

#include <optional>
#include <span>

#include "backtest/backtest.hpp"

namespace margingate::backtest {

struct RollingGrid {
  std::size_t window = 250;  // days that count
  std::size_t horizon = 1;   // of a move
  double confidence = 0.99;
};

// The move that the window's moves over the horizon exceed in a share of 1 - confidence of all
// days: the k-th largest, k = ceil((1 - confidence) * moves).
[[nodiscard]] double move_quantile(std::span<const double> closes, const RollingGrid& options);

// Nothing for a set that has no grid to move.
[[nodiscard]] std::optional<ParametersAsOf> rolling_grid(const models::ParameterSet& set,
                                                         const RollingGrid& options);

}  // namespace margingate::backtest
