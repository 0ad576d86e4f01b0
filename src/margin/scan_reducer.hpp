// From the losses of all scenarios to the one amount that counts.
//
// Shape    losses as LaneKernel::ends leaves them.
// Units    money units.
// Sign     losses positive; the result is never negative.
// Range    |loss| <= 2^62.
// Errors   none.
// Threads  pure apart from the scratch it is given.
// Cost     one pass over the losses per end, and a selection among the few that are largest.
// Source   docs/methodology.md MR-41; docs/numerics.md, "tails".
#pragma once

#include <cstddef>
#include <cstdint>

#include "margin/lane_kernel.hpp"
#include "scenario/risk_unit_terms.hpp"

namespace margingate::margin {

// The reducer's amount of a tail, before it is held at zero.
[[nodiscard]] std::int64_t reduced(const scenario::TailTerms& reducer,
                                   const TailLosses& tail) noexcept;

// Ends of the reducer's amount, both at least zero (the lower one that of the losses whose upper
// ends are in the tail), and the scenario that stands for it: the loss
// of the quantile's rank, otherwise the largest; of parts, that of the one that weighs most. lower
// is null where it is the same as upper.
[[nodiscard]] LaneExtremes reduce(const LaneKernel& kernel, const scenario::ReducerTerms& reducer,
                                  const std::int64_t* upper, const std::int64_t* lower,
                                  std::int64_t* scratch, std::int64_t* scratch_lower) noexcept;

}  // namespace margingate::margin
