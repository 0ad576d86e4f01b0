#include "backtest/group_calibration.hpp"

#include <cmath>
#include <map>
#include <stdexcept>
#include <string>

#include "liquidation_groups/value_at_risk.hpp"

namespace margingate::backtest {
namespace {

using history::UnderlyingMoves;
using liquidation_groups::value_at_risk;

// A filter says no more about a volatility, and scenarios that share one are priced faster.
UnderlyingMoves to_per_cent(UnderlyingMoves moves) {
  for (double& move : moves.volatility) move = std::round(move * 100.0) / 100.0;
  return moves;
}

std::vector<double> negated(std::vector<double> values) {
  for (double& value : values) value = -value;
  return values;
}

history::DailyCloses closes_of(const HistoryUpTo& known) {
  history::DailyCloses closes;
  for (std::size_t u = 0; u < known.underlyings().size(); ++u) closes.push_back(known.closes(u));
  return closes;
}

using MovesByName = std::map<std::string, std::vector<UnderlyingMoves>>;  // by measure

MovesByName moves_by_name(const HistoryUpTo& known, const history::ScenarioSet& filtered,
                          const history::ScenarioSet& stressed, double confidence) {
  MovesByName moves;
  double largest = -1.0;
  for (std::size_t u = 0; u < known.underlyings().size(); ++u) {
    const std::string& name = known.underlyings()[u];
    moves[name] = {to_per_cent(filtered.moves[u]), to_per_cent(stressed.moves[u])};
    const double risk = value_at_risk(filtered.moves[u].price, confidence);
    if (risk <= largest) continue;
    largest = risk;
    moves["default"] = moves[name];
  }
  return moves;
}

void set_moves(const std::vector<UnderlyingMoves>& moves, models::LiquidationUnderlying& target) {
  target.price_moves.clear();
  target.volatility_moves.clear();
  for (const UnderlyingMoves& of_measure : moves) {
    target.price_moves.push_back(of_measure.price);
    target.volatility_moves.push_back(of_measure.volatility);
  }
}

void calibrate_split(const MovesByName& moves, double confidence, double stressed_confidence,
                     models::LiquidationSplit& split) {
  const auto& measures = split.measures;
  if (measures.size() != 2 || measures[0].name != "filtered" || measures[1].name != "stress") {
    throw std::invalid_argument("split " + split.name +
                                ": calibration knows the measures filtered and stress, in order");
  }
  split.measures[0].confidence = confidence;
  split.measures[1].confidence = stressed_confidence;
  std::erase_if(split.underlyings,
                [&](const auto& underlying) { return !moves.contains(underlying.name); });
  for (models::LiquidationUnderlying& underlying : split.underlyings) {
    set_moves(moves.at(underlying.name), underlying);
  }
}

}  // namespace

double stress_confidence(const history::DailyCloses& closes, const history::ScenarioSet& stressed,
                         const GroupCalibration& options) {
  constexpr int thousandths = 1'000;
  int least = 0;
  const auto confidence = [&] { return least / static_cast<double>(thousandths); };
  for (std::size_t u = 0; u < closes.size(); ++u) {
    std::vector<double> all =
        history::over_horizon(history::log_returns(closes[u]), options.filtered.horizon);
    for (double& move : all) move = std::exp(move) - 1.0;
    for (const bool is_short : {false, true}) {
      const std::vector<double> everything = is_short ? negated(all) : all;
      const std::vector<double>& price = stressed.moves[u].price;
      const std::vector<double> few = is_short ? negated(price) : price;
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
  const history::DailyCloses closes = closes_of(known);
  history::SetTerms stress = options.filtered;
  stress.rows = options.stress_rows;
  const history::ScenarioSet stressed = history::stressed_set(closes, stress);
  const MovesByName moves = moves_by_name(known, history::filtered_set(closes, options.filtered),
                                          stressed, options.confidence);
  const double stressed_confidence = stress_confidence(closes, stressed, options);
  for (models::LiquidationSplit& split : numbers->splits) {
    calibrate_split(moves, options.confidence, stressed_confidence, split);
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
