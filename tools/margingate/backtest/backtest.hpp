// Margin called at each close against the loss realised afterwards, day by day.
//
// Shape    one BacktestDay per close, one summary per model.
// Units    amounts in the history's numeraire, at the prices of the day.
// Sign     losses positive; margin >= 0.
// Range    a history with at least one day beyond the horizon.
// Errors   std::exception from what a model cannot take; the caller decides what it means.
// Threads  the calling thread.
// Cost     one gate per day.
// Source   docs/backtest.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "backtest/held_book.hpp"
#include "backtest/kupiec.hpp"
#include "backtest/price_history.hpp"
#include "models/parameter_set.hpp"

namespace margingate::backtest {

// The parameters in force at the close of a day, made from what was known then. Models with fixed
// parameters give the same ones every day; calibrated ones may give new ones.
using ParametersAsOf = std::function<models::ParameterSet(const HistoryUpTo&)>;

[[nodiscard]] ParametersAsOf fixed_parameters(models::ParameterSet parameters);

enum class MarginKind : std::uint8_t { initial, maintenance };

struct BacktestOptions {
  std::size_t horizon = 1;  // days from the close that called the margin to the one that counts
  double confidence = 0.99;
  MarginKind margin = MarginKind::initial;
  std::string from;  // first and last day on which margin is called; empty: all
  std::string to;
  std::function<void(std::size_t done, std::size_t total)> on_progress;  // may be empty
};

struct BacktestDay {
  std::string day;
  Timestamp time;
  double exposure = 0.0;  // gross
  double margin = 0.0;    // called at the close
  double loss = 0.0;      // realised `horizon` days later

  [[nodiscard]] bool is_exceedance() const noexcept { return loss > margin; }
  [[nodiscard]] double shortfall() const noexcept { return is_exceedance() ? loss - margin : 0.0; }
};

struct BacktestSummary {
  std::size_t exceedances = 0;
  double coverage = 1.0;            // share of days without
  double margin_to_exposure = 0.0;  // mean over days
  double shortfall_mean = 0.0;      // over exceedances
  double shortfall_max = 0.0;
  double worst_loss_to_margin = 0.0;
  std::string worst_day;
  // Losses over more than one day overlap; the test counts every horizon-th day only.
  std::size_t tested_days = 0;
  std::size_t tested_exceedances = 0;
  KupiecTest kupiec;
};

struct Backtest {
  std::string name;
  std::string model;
  std::vector<BacktestDay> days;
  BacktestSummary summary;
};

// Perpetuals and options (priced by rule_volatility) of each underlying, linear in the numeraire;
// inverse where the model counts in the coin, perpetuals then of as many dollars as the book has in
// them.
[[nodiscard]] Backtest run_backtest(const PriceHistory& history, const HeldBook& book,
                                    const ParametersAsOf& parameters,
                                    const BacktestOptions& options);

[[nodiscard]] BacktestSummary summarise(const std::vector<BacktestDay>& days,
                                        const BacktestOptions& options);

}  // namespace margingate::backtest
