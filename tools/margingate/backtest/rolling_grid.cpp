#include "backtest/rolling_grid.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>

namespace margingate::backtest {
namespace {

// A loss of everything is no grid's edge.
constexpr double move_max = 0.95;

double edge_of(const models::PortfolioUnit& unit) {
  double edge = 0.0;
  for (const double move : unit.price_moves) edge = std::max(edge, std::fabs(move));
  return edge;
}

models::PortfolioUnit scaled(models::PortfolioUnit unit, double factor) {
  const auto scale = [&](double move) { return std::max(move * factor, -move_max); };
  for (double& move : unit.price_moves) move = scale(move);
  for (models::WeightedMove& extreme : unit.extreme_moves) {
    extreme.price_move = scale(extreme.price_move);
  }
  return unit;
}

}  // namespace

double move_quantile(std::span<const double> closes, const RollingGrid& options) {
  if (closes.size() < options.window + 1 || options.window <= options.horizon) {
    throw std::invalid_argument("fewer days than the window of a rolling grid");
  }
  const std::span<const double> known = closes.last(options.window + 1);
  std::vector<double> moves;
  for (std::size_t n = options.horizon; n < known.size(); ++n) {
    moves.push_back(std::fabs(known[n] / known[n - options.horizon] - 1.0));
  }
  std::sort(moves.begin(), moves.end(), std::greater<>());
  const double count = static_cast<double>(moves.size());
  const auto beyond = static_cast<std::size_t>(std::ceil((1.0 - options.confidence) * count));
  return moves[std::max<std::size_t>(beyond, 1) - 1];
}

std::optional<ParametersAsOf> rolling_grid(const models::ParameterSet& set,
                                           const RollingGrid& options) {
  const auto* numbers = std::get_if<models::PortfolioParameters>(&set.numbers);
  if (numbers == nullptr || !(edge_of(numbers->standard) > 0.0)) return std::nullopt;
  return [set, options](const HistoryUpTo& known) {
    models::ParameterSet moved = set;
    moved.name += ", rolling";
    auto& grid = std::get<models::PortfolioParameters>(moved.numbers);
    for (std::size_t u = 0; u < known.underlyings().size(); ++u) {
      const std::string& name = known.underlyings()[u];
      const auto own = grid.by_underlying.find(name);
      const models::PortfolioUnit unit =
          own != grid.by_underlying.end() ? own->second : grid.standard;
      const double move = move_quantile(known.closes(u), options);
      grid.by_underlying[name] = scaled(unit, move / edge_of(unit));
    }
    return moved;
  };
}

}  // namespace margingate::backtest
