#include "margin/size_excess.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "margin/fixed_point.hpp"

namespace margingate::margin {
namespace {

constexpr std::int64_t exact_max = std::int64_t{1} << 52;
constexpr std::int64_t unknown_slack = std::int64_t{1} << 57;

// MR-51, of a notional N and a size Z.
double excess(const scenario::SizeTerms& terms, double notional, double size) noexcept {
  double amount = notional * terms.linear_rate * size;
  const double root_rate = terms.square_root_rate * std::sqrt(size) - terms.base_rate;
  if (terms.square_root_rate > 0.0) amount += notional * std::max(root_rate, 0.0);
  const double per_unit = notional / size;
  for (std::size_t i = 0; i < terms.tier_count; ++i) {
    const double above = std::max(size - terms.tiers[i].from, 0.0);
    amount += terms.tiers[i].added_rate * above * per_unit;
  }
  return amount;
}

}  // namespace

DriftingAmount size_excess(const SizePoints& points, std::int64_t lots) noexcept {
  if (lots == 0) return {};
  const auto quantity = static_cast<double>(lots);
  std::int64_t amount[3];
  double notional_max = 0.0;
  bool is_capped = false;
  for (std::size_t i = 0; i < 3; ++i) {
    const double notional = quantity * points.notional[i];
    const double uncapped = excess(*points.terms, notional, quantity * points.size[i]);
    const double most = 2.0 * notional;
    is_capped |= uncapped > most;
    amount[i] = static_cast<std::int64_t>(ceil_portable(std::min(uncapped, most)));
    notional_max = std::max(notional_max, notional);
  }
  // Beyond this, doubles round by more than what is kept for rounding.
  if (amount[0] >= exact_max || amount[2] >= exact_max) return {amount[1], 0, unknown_slack};
  if (is_capped) {
    // The cap makes a concave kink. The three parts, each at most twice the notional, move by at
    // most ten notionals per unit of relative move, and a band is at most a tenth of that.
    return {amount[1], 0, 2 * static_cast<std::int64_t>(ceil_portable(notional_max))};
  }
  // Convex in the spot, so on either side it lies between this side's chord and the other's.
  const std::int64_t up = amount[2] - amount[1];
  const std::int64_t down = amount[1] - amount[0];
  const std::int64_t middle = (up + down) / 2;
  const std::int64_t half = std::max<std::int64_t>((up - down) / 2, 0);
  return {amount[1], middle, half + 4};
}

}  // namespace margingate::margin
