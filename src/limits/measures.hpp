// What the limits measure: a position and a Greek at the worst fill of the working orders.
//
// Shape    pure functions on integers.
// Units    lots; Greek units.
// Sign     results >= 0 unless said otherwise.
// Range    lots per leg as GateLimits allow; Greek sums in 128 bits.
// Errors   none.
// Threads  pure.
// Cost     a few additions.
// Source   docs/controls.md, "What is measured".
#pragma once

#include <algorithm>
#include <cstdint>

#include "limits/controls.hpp"

namespace margingate::limits {

constexpr std::int64_t magnitude(std::int64_t x) noexcept { return x < 0 ? -x : x; }

// The larger of what is held if all buys fill and if all sells do.
constexpr std::int64_t worst_position(std::int64_t net, std::int64_t buys,
                                      std::int64_t sells) noexcept {
  return std::max(net + buys, sells - net);
}
constexpr std::int64_t worst_position(const margin::LegState& leg) noexcept {
  return worst_position(leg.net, leg.working_buys, leg.working_sells);
}

constexpr Sum worst_greek(Sum net, Sum up, Sum down) noexcept {
  return std::max(net + up, down - net);
}

constexpr std::int64_t worst_position(const LegExposure& leg) noexcept {
  return worst_position(leg.net, leg.working_buys, leg.working_sells);
}

// One leg's share of a GreekExposure.
struct GreekPart {
  Sum net = 0;
  Sum up = 0;
  Sum down = 0;
  friend constexpr GreekPart operator+(const GreekPart& a, const GreekPart& b) noexcept {
    return {a.net + b.net, a.up + b.up, a.down + b.down};
  }
  friend constexpr GreekPart operator-(const GreekPart& a, const GreekPart& b) noexcept {
    return {a.net - b.net, a.up - b.up, a.down - b.down};
  }
};

constexpr GreekPart greek_part(const margin::GreekRow& row, std::size_t g,
                               const margin::LegState& leg) noexcept {
  const std::int64_t greek = row.greek[g];
  if (row.is_either_way) {
    const Sum lots = Sum{leg.working_buys} + leg.working_sells;
    return {0, magnitude(greek) * lots, magnitude(greek) * lots};
  }
  const Sum raise = greek < 0 ? leg.working_sells : leg.working_buys;
  const Sum lower = greek < 0 ? leg.working_buys : leg.working_sells;
  return {Sum{greek} * leg.net, magnitude(greek) * raise, magnitude(greek) * lower};
}

}  // namespace margingate::limits
