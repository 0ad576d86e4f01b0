#include "risk_arrays/scenario_set.hpp"

namespace margingate::risk_arrays {

ScenarioSet classic_scenario_set(FixedDecimal extreme_multiplier, FixedDecimal cover_fraction) {
  constexpr std::array<int, 7> thirds = {0, 1, -1, 2, -2, 3, -3};
  // Weights of 0, 1, 2, 3 thirds; the centre is what makes the seven points sum to one.
  const std::array<FixedDecimal, 4> delta_weights = {
      FixedDecimal::of_digits(270, -3), FixedDecimal::of_digits(217, -3),
      FixedDecimal::of_digits(111, -3), FixedDecimal::of_digits(37, -3)};
  ScenarioSet set;
  std::size_t index = 0;
  for (const int move : thirds) {
    for (const int volatility : {1, -1}) {
      set.scenarios[index] = {1, move, 3, volatility, 1, index ^ 1U};
      ++index;
    }
    const auto distance = static_cast<std::size_t>(move < 0 ? -move : move);
    set.delta_points.push_back({move, 3, delta_weights[distance]});
  }
  for (const int sign : {1, -1}) {
    set.scenarios[index] = {extreme_multiplier, sign, 1, 0, cover_fraction, index};
    ++index;
  }
  return set;
}

}  // namespace margingate::risk_arrays
