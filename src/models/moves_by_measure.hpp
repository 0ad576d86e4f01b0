// Scenarios of one underlying for several sets of joint moves, one set after the other.
//
// Shape    moves[measure][row]; volatility moves of the same shape, or none.
// Units    fractions of price and volatility.
// Sign     up positive.
// Range    those of Scenario; readers check both shapes.
// Errors   none.
// Threads  pure.
// Cost     cold.
// Source   docs/models/historical.md, docs/models/liquidation-groups.md.
#pragma once

#include <cstddef>
#include <vector>

#include "margingate/margin_model.hpp"

namespace margingate::models {

using MovesByMeasure = std::vector<std::vector<double>>;

[[nodiscard]] inline std::vector<Scenario> scenarios_of(const MovesByMeasure& price_moves,
                                                        const MovesByMeasure& volatility_moves) {
  std::vector<Scenario> scenarios;
  for (std::size_t m = 0; m < price_moves.size(); ++m) {
    for (std::size_t s = 0; s < price_moves[m].size(); ++s) {
      Scenario scenario;
      scenario.price_move = price_moves[m][s];
      if (!volatility_moves.empty()) scenario.volatility.relative = volatility_moves[m][s];
      scenarios.push_back(scenario);
    }
  }
  return scenarios;
}

}  // namespace margingate::models
