// The scenarios of liquidation groups, made from a price history.
//
// Shape    per underlying two sets of moves: the latest returns over the holding period at today's
//          volatility ("filtered"), and those of the most stressed dates ("stress").
// Units    moves are fractions; variances per day.
// Sign     moves signed.
// Range    a history of more days than the filtered set, the first variance and the holding period.
// Errors   std::invalid_argument for a shorter history, and for sets that cannot be calibrated.
// Threads  pure.
// Cost     a sort of the history per underlying.
// Source   docs/models/liquidation-groups.md, "calibration".
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "backtest/backtest.hpp"
#include "backtest/price_history.hpp"
#include "models/parameter_set.hpp"

namespace margingate::backtest {

struct GroupCalibration {
  std::size_t holding_days = 2;
  std::size_t filtered_scenarios = 504;  // a multiple of 8
  std::size_t stress_scenarios = 248;
  double decay = 0.97;                   // of the variance, per day
  std::size_t first_variance_days = 30;  // whose mean square the variance starts from
  double confidence = 0.99;              // of both sets: what a stressed quantile is to match
};

struct CalibratedMoves {
  std::vector<double> prices;
  std::vector<double> volatilities;  // of implied volatility, relative
};

// Returns over the holding period, oldest first, each day's at the volatility after the last.
[[nodiscard]] CalibratedMoves filtered_moves(std::span<const double> closes,
                                             const GroupCalibration& options);

// Of all days of the history, the ends of the holding periods in which some underlying moved
// farthest, each by its own root mean square; oldest first.
[[nodiscard]] std::vector<std::size_t> stressed_days(const HistoryUpTo& known,
                                                     const GroupCalibration& options);

[[nodiscard]] CalibratedMoves stressed_moves(std::span<const double> closes,
                                             std::span<const std::size_t> days,
                                             const GroupCalibration& options);

// The least confidence, in thousandths, at which the stressed value at risk of every underlying,
// long and short, is at least that of the whole history at the confidence of the options.
[[nodiscard]] double stress_confidence(const HistoryUpTo& known, std::span<const std::size_t> days,
                                       const GroupCalibration& options);

// Moves and confidences of every split; underlyings that the history lacks are left out, and
// "default" takes the moves of the most volatile one.
[[nodiscard]] models::ParameterSet calibrate_groups(models::ParameterSet set,
                                                    const HistoryUpTo& known,
                                                    const GroupCalibration& options);

// Calibrated anew at every close; nothing for a set without groups.
[[nodiscard]] std::optional<ParametersAsOf> rolling_groups(const models::ParameterSet& set,
                                                           const GroupCalibration& options);

}  // namespace margingate::backtest
