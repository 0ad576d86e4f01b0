#include "history/scenario_set.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>

namespace margingate::history {
namespace {

double to_six_decimals(double move) { return std::round(move * 1e6) / 1e6; }

void require_history(const DailyCloses& closes, const SetTerms& terms) {
  const std::size_t needed = days_needed(terms);
  if (closes.empty()) throw std::invalid_argument("scenarios need at least one underlying");
  for (const std::span<const double> one : closes) {
    if (one.size() != closes.front().size()) {
      throw std::invalid_argument("every underlying needs the same days");
    }
    if (one.size() >= needed) continue;
    throw std::invalid_argument("scenarios need " + std::to_string(needed) + " days, found " +
                                std::to_string(one.size()));
  }
}

// `volatility` is what one standard deviation of a day is.
UnderlyingMoves moves_of(std::span<const double> log_moves, double volatility,
                         const SetTerms& terms) {
  const auto days = static_cast<double>(terms.horizon);
  const double kept = std::pow(terms.filter.decay, days);
  UnderlyingMoves moves;
  for (const double move : log_moves) {
    const double square = move * move / (volatility * volatility * days);
    moves.price.push_back(to_six_decimals(std::exp(move) - 1.0));
    moves.volatility.push_back(to_six_decimals(std::sqrt(kept + (1.0 - kept) * square) - 1.0));
  }
  return moves;
}

enum class Scale : std::uint8_t { forecast, long_run };

ScenarioSet standardised_set(const DailyCloses& closes, const SetTerms& terms, Scale scale) {
  require_history(closes, terms);
  ScenarioSet set;
  const std::size_t last = closes.front().size() - 1;
  for (std::size_t row = 0; row < terms.rows; ++row) {
    set.days.push_back(last - (terms.rows - 1) + row);
  }
  for (const std::span<const double> one : closes) {
    std::vector<double> returns = log_returns(one);
    const FilteredReturns filtered = filter_returns(returns, terms.filter);
    const double volatility =
        scale == Scale::forecast ? filtered.forecast : root_mean_square(returns);
    for (std::size_t i = 0; i < returns.size(); ++i) {
      returns[i] = filtered.standardised[i] * volatility;
    }
    const std::vector<double> all = over_horizon(returns, terms.horizon);
    set.moves.push_back(moves_of(std::span<const double>(all).last(terms.rows), volatility, terms));
  }
  return set;
}

// Positions in `closes` of the last day of each horizon, the farthest moves only.
std::vector<std::size_t> farthest(const std::vector<std::vector<double>>& moves, std::size_t rows) {
  std::vector<double> distance(moves.front().size(), 0.0);
  for (const std::vector<double>& one : moves) {
    const double root = root_mean_square(one);
    if (!(root > 0.0)) continue;
    for (std::size_t i = 0; i < one.size(); ++i) {
      distance[i] = std::max(distance[i], std::fabs(one[i]) / root);
    }
  }
  std::vector<std::size_t> places(distance.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::stable_sort(places.begin(), places.end(),
                   [&](std::size_t a, std::size_t b) { return distance[a] > distance[b]; });
  places.resize(rows);
  std::sort(places.begin(), places.end());
  return places;
}

}  // namespace

std::size_t days_needed(const SetTerms& terms) {
  return std::max(terms.rows + terms.horizon, terms.filter.first_days + 1);
}

ScenarioSet filtered_set(const DailyCloses& closes, const SetTerms& terms) {
  return standardised_set(closes, terms, Scale::forecast);
}

ScenarioSet long_run_set(const DailyCloses& closes, const SetTerms& terms) {
  return standardised_set(closes, terms, Scale::long_run);
}

ScenarioSet stressed_set(const DailyCloses& closes, const SetTerms& terms) {
  require_history(closes, terms);
  std::vector<std::vector<double>> all;
  for (const std::span<const double> one : closes) {
    all.push_back(over_horizon(log_returns(one), terms.horizon));
  }
  const std::vector<std::size_t> places = farthest(all, terms.rows);
  ScenarioSet set;
  for (const std::size_t place : places) set.days.push_back(place + terms.horizon);
  for (std::size_t u = 0; u < closes.size(); ++u) {
    std::vector<double> picked;
    for (const std::size_t place : places) picked.push_back(all[u][place]);
    set.moves.push_back(moves_of(picked, root_mean_square(log_returns(closes[u])), terms));
  }
  return set;
}

}  // namespace margingate::history
