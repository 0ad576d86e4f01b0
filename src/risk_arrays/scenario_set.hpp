// The scenarios that a risk array has a value for, as data.
//
// Shape    sixteen scenarios in the order of the array, and the points of the composite delta.
// Units    price moves in price scan ranges, weights as fractions.
// Sign     a positive price move is a rise; volatility_sign +1 up, -1 down, 0 unchanged.
// Range    weights in (0, 1]; paired is an index below scenario_count.
// Errors   none; validate() of a parameter set checks it.
// Threads  a value.
// Cost     none.
// Source   docs/models/risk-array.md, "scenarios".
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "risk_arrays/fixed_decimal.hpp"

namespace margingate::risk_arrays {

inline constexpr std::size_t scenario_count = 16;

struct Scenario {
  // The move is multiplier * numerator / denominator price scan ranges.
  FixedDecimal price_multiplier = 1;
  int price_numerator = 0;
  int price_denominator = 1;
  int volatility_sign = 0;
  // The cover fraction. Delivered arrays hold weighted losses: it is applied in generation only.
  FixedDecimal weight = 1;
  // The scenario with the same price move and the other volatility; its own index when alone.
  std::size_t paired = 0;

  [[nodiscard]] double price_move() const noexcept {
    return price_multiplier.to_double() * price_numerator / price_denominator;
  }
};

// A price point of the composite delta.
struct DeltaPoint {
  int price_numerator = 0;
  int price_denominator = 1;
  FixedDecimal weight;
};

struct ScenarioSet {
  std::array<Scenario, scenario_count> scenarios;
  std::vector<DeltaPoint> delta_points;
};

// The classic order: moves of 0, +-1/3, +-2/3, +-1, each with volatility up and down, then both
// extremes with volatility unchanged. Delta weights as published with it.
[[nodiscard]] ScenarioSet classic_scenario_set(FixedDecimal extreme_multiplier,
                                               FixedDecimal cover_fraction);

}  // namespace margingate::risk_arrays
