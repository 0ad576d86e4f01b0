// The scenarios of a historical set made anew from what was known at a close.
//
// Shape    a set of the model `historical`; its measures say how many rows of what there are.
// Units    moves are fractions.
// Sign     signed.
// Range    a history with at least calibration_days closes.
// Errors   std::invalid_argument for other models and for shorter histories.
// Threads  pure, but for the parameters of recalibrated: one backtest at a time.
// Cost     passes over the history per measure and underlying.
// Source   docs/models/historical.md.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "backtest/backtest.hpp"
#include "history/procyclicality_buffer.hpp"

namespace margingate::backtest {

// Underlyings that the history lacks are dropped, new ones get the default's charges; the default
// gets the moves of the underlying whose first measure moves most, by their root mean square.
[[nodiscard]] models::ParameterSet calibrate_historical(models::ParameterSet set,
                                                        const HistoryUpTo& known);

// Closes that a set's calibration needs at least; 0 for other models.
[[nodiscard]] std::size_t calibration_days(const models::ParameterSet& set);

// Calibrated at the first close and at every `every`-th one after it. Nothing for other models.
[[nodiscard]] std::optional<ParametersAsOf> recalibrated(const models::ParameterSet& set,
                                                         std::size_t every);

// The three remedies of EMIR against procyclicality and none, each as a set of its own: the first
// measure alone; three quarters of it and a quarter of the stressed one; the larger of it and the
// long-run one. Moves are calibrated before use. Empty for other models and for sets whose first
// measure is not filtered, or that have no stressed one.
[[nodiscard]] std::vector<models::ParameterSet> procyclicality_variants(
    const models::ParameterSet& set);

// Margin as a share of exposure, with the buffer on top of it, drawn down and rebuilt day by day.
[[nodiscard]] Backtest with_buffer(Backtest calculated, history::ProcyclicalityBuffer buffer,
                                   const BacktestOptions& options);

}  // namespace margingate::backtest
