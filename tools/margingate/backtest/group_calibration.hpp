// The scenarios of liquidation groups, made from a price history.
//
// Shape    per underlying two sets of moves: the latest returns over the holding period at today's
//          volatility ("filtered"), and those of the most stressed dates ("stress").
// Units    moves are fractions of the price, and whole per cent of the volatility.
// Sign     moves signed.
// Range    a history as long as history::days_needed of both sets.
// Errors   std::invalid_argument for a shorter history, and for sets that cannot be calibrated.
// Threads  pure.
// Cost     a sort of the history per underlying.
// Source   docs/models/liquidation-groups.md, "calibration".
#pragma once

#include <cstddef>
#include <optional>

#include "backtest/backtest.hpp"
#include "backtest/price_history.hpp"
#include "history/scenario_set.hpp"
#include "models/parameter_set.hpp"

namespace margingate::backtest {

struct GroupCalibration {
  history::SetTerms filtered{504, 2, {}};  // rows a multiple of 8; the horizon is that of both sets
  std::size_t stress_rows = 248;
  double confidence = 0.99;  // of the filtered set, and of what the stressed one is to match
};

// The least confidence, in thousandths, at which the stressed value at risk of every underlying,
// long and short, is at least that of the whole history at the confidence of the options.
[[nodiscard]] double stress_confidence(const history::DailyCloses& closes,
                                       const history::ScenarioSet& stressed,
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
