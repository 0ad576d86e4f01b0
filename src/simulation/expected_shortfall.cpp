#include "simulation/expected_shortfall.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <stdexcept>

namespace margingate::simulation {

ShortfallEstimate expected_shortfall(std::vector<double> losses, double confidence) {
  const auto n = static_cast<double>(losses.size());
  // A decimal confidence means what it says.
  const double beyond = std::round((1.0 - confidence) * n * 1e9) / 1e9;
  if (!(confidence > 0.0) || !(confidence < 1.0) || !(beyond >= 1.0)) {
    throw std::invalid_argument("expected shortfall needs a loss beyond its confidence");
  }
  std::sort(losses.begin(), losses.end(), std::greater<>());
  ShortfallEstimate estimate;
  const double place = beyond + 0.5;
  const auto above = static_cast<std::size_t>(place);
  const double between = place - static_cast<double>(above);
  const double next = above < losses.size() ? losses[above] : losses.back();
  estimate.value_at_risk = (1.0 - between) * losses[above - 1] + between * next;
  double sum = 0.0;
  double squares = 0.0;
  for (std::size_t i = 0; i < losses.size() && static_cast<double>(i) < beyond; ++i) {
    const double weight = std::min(1.0, beyond - static_cast<double>(i));
    sum += weight * losses[i];
    squares += weight * losses[i] * losses[i];
  }
  estimate.expected_shortfall = sum / beyond;
  const double variance =
      std::max(0.0, squares / beyond - estimate.expected_shortfall * estimate.expected_shortfall);
  const double excess = estimate.expected_shortfall - estimate.value_at_risk;
  estimate.standard_error = std::sqrt((variance + confidence * excess * excess) / beyond);
  return estimate;
}

}  // namespace margingate::simulation
