// What a leg pays on top of its rates because of its size, as an amount that drifts.
//
// Shape    one value for so many lots of one direction.
// Units    money units.
// Sign     >= 0.
// Range    at most twice the leg's notional.
// Errors   none.
// Threads  pure.
// Cost     three evaluations; a square root or a pass over the tiers each.
// Source   docs/methodology.md MR-51; docs/numerics.md, "size".
#pragma once

#include <cstdint>

#include "margin/risk_row.hpp"

namespace margingate::margin {

// points.terms must not be null; lots >= 0.
[[nodiscard]] DriftingAmount size_excess(const SizePoints& points, std::int64_t lots) noexcept;

}  // namespace margingate::margin
