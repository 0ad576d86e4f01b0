#include "backtest/group_calibration.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>

#include "liquidation_groups/value_at_risk.hpp"

namespace margingate::backtest {
namespace {

// Moves of files have six decimals, and those of a backtest are the same.
double to_six_decimals(double move) { return std::round(move * 1e6) / 1e6; }

std::vector<double> log_returns(std::span<const double> closes) {
  std::vector<double> returns;
  for (std::size_t i = 1; i < closes.size(); ++i) {
    returns.push_back(std::log(closes[i] / closes[i - 1]));
  }
  return returns;
}

double mean_square(std::span<const double> values) {
  const double sum = std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
  return sum / static_cast<double>(values.size());
}

// Sums of so many days in a row, by their last day.
std::vector<double> over_holding_period(std::span<const double> daily, std::size_t days) {
  std::vector<double> sums;
  for (std::size_t end = days; end <= daily.size(); ++end) {
    const auto period = daily.subspan(end - days, days);
    sums.push_back(std::accumulate(period.begin(), period.end(), 0.0));
  }
  return sums;
}

// variances[i] is known before return i; the last one after all of them.
std::vector<double> variances_of(std::span<const double> returns, const GroupCalibration& options) {
  std::vector<double> variances{mean_square(returns.first(options.first_variance_days))};
  for (const double r : returns) {
    variances.push_back(options.decay * variances.back() + (1.0 - options.decay) * r * r);
  }
  return variances;
}

// What the same filter makes of volatility when the move comes: a move of one standard deviation
// leaves it.
CalibratedMoves moves_of(std::span<const double> log_moves, double daily_variance,
                         const GroupCalibration& options) {
  CalibratedMoves moves;
  const auto days = static_cast<double>(options.holding_days);
  const double kept = std::pow(options.decay, days);
  for (const double move : log_moves) {
    const double square = move * move / (daily_variance * days);
    moves.prices.push_back(to_six_decimals(std::exp(move) - 1.0));
    moves.volatilities.push_back(to_six_decimals(std::sqrt(kept + (1.0 - kept) * square) - 1.0));
  }
  return moves;
}

void require_history(std::size_t days, const GroupCalibration& options) {
  const std::size_t least = options.first_variance_days +
                            std::max(options.filtered_scenarios, options.stress_scenarios) +
                            options.holding_days;
  if (days <= least) {
    throw std::invalid_argument("calibration needs more than " + std::to_string(least) +
                                " days, found " + std::to_string(days));
  }
}

std::vector<double> negated(std::vector<double> values) {
  for (double& value : values) value = -value;
  return values;
}

std::vector<double> picked(std::span<const double> values, std::span<const std::size_t> at) {
  std::vector<double> result;
  for (const std::size_t i : at) result.push_back(values[i]);
  return result;
}

std::vector<double> simple(std::vector<double> log_moves) {
  for (double& move : log_moves) move = std::exp(move) - 1.0;
  return log_moves;
}

std::vector<double> holding_returns(std::span<const double> closes,
                                    const GroupCalibration& options) {
  return over_holding_period(log_returns(closes), options.holding_days);
}

using MovesByName = std::map<std::string, std::vector<CalibratedMoves>>;

void set_moves(const std::vector<CalibratedMoves>& moves, models::LiquidationUnderlying& target) {
  target.price_moves.clear();
  target.volatility_moves.clear();
  for (const CalibratedMoves& of_measure : moves) {
    target.price_moves.push_back(of_measure.prices);
    target.volatility_moves.push_back(of_measure.volatilities);
  }
}

void calibrate_split(const MovesByName& moves, double confidence, double stress_confidence,
                     models::LiquidationSplit& split) {
  const auto& measures = split.measures;
  if (measures.size() != 2 || measures[0].name != "filtered" || measures[1].name != "stress") {
    throw std::invalid_argument("split " + split.name +
                                ": calibration knows the measures filtered and stress, in order");
  }
  split.measures[0].confidence = confidence;
  split.measures[1].confidence = stress_confidence;
  std::erase_if(split.underlyings,
                [&](const auto& underlying) { return !moves.contains(underlying.name); });
  for (models::LiquidationUnderlying& underlying : split.underlyings) {
    set_moves(moves.at(underlying.name), underlying);
  }
}

}  // namespace

CalibratedMoves filtered_moves(std::span<const double> closes, const GroupCalibration& options) {
  require_history(closes.size(), options);
  std::vector<double> returns = log_returns(closes);
  const std::vector<double> variances = variances_of(returns, options);
  for (std::size_t i = 0; i < returns.size(); ++i) {
    returns[i] *= std::sqrt(variances.back() / variances[i]);
  }
  const std::vector<double> moves = over_holding_period(returns, options.holding_days);
  return moves_of(std::span<const double>(moves).last(options.filtered_scenarios), variances.back(),
                  options);
}

std::vector<std::size_t> stressed_days(const HistoryUpTo& known, const GroupCalibration& options) {
  require_history(known.days(), options);
  std::vector<double> farthest(known.days() - options.holding_days, 0.0);
  for (std::size_t u = 0; u < known.underlyings().size(); ++u) {
    const std::vector<double> moves = holding_returns(known.closes(u), options);
    const double root = std::sqrt(mean_square(moves));
    for (std::size_t i = 0; i < moves.size(); ++i) {
      farthest[i] = std::max(farthest[i], std::fabs(moves[i]) / root);
    }
  }
  std::vector<std::size_t> days(farthest.size());
  std::iota(days.begin(), days.end(), std::size_t{0});
  std::stable_sort(days.begin(), days.end(),
                   [&](std::size_t a, std::size_t b) { return farthest[a] > farthest[b]; });
  days.resize(options.stress_scenarios);
  std::sort(days.begin(), days.end());
  return days;
}

CalibratedMoves stressed_moves(std::span<const double> closes, std::span<const std::size_t> days,
                               const GroupCalibration& options) {
  const std::vector<double> moves = picked(holding_returns(closes, options), days);
  return moves_of(moves, mean_square(log_returns(closes)), options);
}

double stress_confidence(const HistoryUpTo& known, std::span<const std::size_t> days,
                         const GroupCalibration& options) {
  constexpr int thousandths = 1'000;
  using liquidation_groups::value_at_risk;
  int least = 0;
  const auto confidence = [&] { return least / static_cast<double>(thousandths); };
  for (std::size_t u = 0; u < known.underlyings().size(); ++u) {
    const std::vector<double> all = simple(holding_returns(known.closes(u), options));
    const std::vector<double> stressed = picked(all, days);
    for (const bool is_short : {false, true}) {
      const std::vector<double> everything = is_short ? negated(all) : all;
      const std::vector<double> few = is_short ? negated(stressed) : stressed;
      const double wanted = value_at_risk(everything, options.confidence);
      while (least < thousandths - 1 && value_at_risk(few, confidence()) < wanted) ++least;
    }
  }
  return confidence();
}

models::ParameterSet calibrate_groups(models::ParameterSet set, const HistoryUpTo& known,
                                      const GroupCalibration& options) {
  auto* const numbers = std::get_if<models::LiquidationGroupParameters>(&set.numbers);
  if (numbers == nullptr) throw std::invalid_argument(set.name + ": a set of liquidation groups");
  const std::vector<std::size_t> days = stressed_days(known, options);
  MovesByName moves;
  double largest = -1.0;
  for (std::size_t u = 0; u < known.underlyings().size(); ++u) {
    const std::string& name = known.underlyings()[u];
    moves[name] = {filtered_moves(known.closes(u), options),
                   stressed_moves(known.closes(u), days, options)};
    const double risk =
        liquidation_groups::value_at_risk(moves[name][0].prices, options.confidence);
    if (risk <= largest) continue;
    largest = risk;
    moves["default"] = moves[name];
  }
  const double stressed = stress_confidence(known, days, options);
  for (models::LiquidationSplit& split : numbers->splits) {
    calibrate_split(moves, options.confidence, stressed, split);
  }
  return set;
}

std::optional<ParametersAsOf> rolling_groups(const models::ParameterSet& set,
                                             const GroupCalibration& options) {
  if (!std::holds_alternative<models::LiquidationGroupParameters>(set.numbers)) return std::nullopt;
  return [set, options](const HistoryUpTo& known) {
    models::ParameterSet calibrated = calibrate_groups(set, known, options);
    calibrated.name += ", rolling";
    return calibrated;
  };
}

}  // namespace margingate::backtest
