#include "margin/scan_reducer.hpp"

#include <algorithm>

#include "margin/account_requirement.hpp"
#include "margin/fixed_point.hpp"

namespace margingate::margin {
namespace {

// The loss of the rank, less a share of the way to the next, which is rounded down.
std::int64_t quantile(const scenario::TailTerms& reducer, const TailLosses& tail) noexcept {
  const auto way = static_cast<std::uint64_t>(tail.counted) - static_cast<std::uint64_t>(tail.last);
  const auto one = static_cast<std::uint64_t>(parts_per_one);
  const auto share = static_cast<std::uint64_t>(reducer.next_ppb);
  return tail.counted - static_cast<std::int64_t>(way / one * share + way % one * share / one);
}

// Those above the last count in full, the last and its equals for what is left of the tail.
std::int64_t tail_mean(const scenario::TailTerms& reducer, const TailLosses& tail) noexcept {
  const std::int64_t rest = reducer.tail_ppb - tail.above_count * parts_per_one;
  const Int128 sum = tail.above * parts_per_one + static_cast<Int128>(tail.last) * rest;
  return static_cast<std::int64_t>(ceil_divide(sum, reducer.tail_ppb));
}

}  // namespace

std::int64_t reduced(const scenario::TailTerms& reducer, const TailLosses& tail) noexcept {
  switch (reducer.kind) {
    case ReducerKind::quantile:
      return quantile(reducer, tail);
    case ReducerKind::tail_mean:
      return tail_mean(reducer, tail);
    case ReducerKind::worst:
      break;
  }
  return tail.largest;
}

namespace {

LaneExtremes reduce_tail(const LaneKernel& kernel, const scenario::TailTerms& reducer,
                         const std::int64_t* upper, const std::int64_t* lower,
                         std::int64_t* scratch, std::int64_t* scratch_lower) noexcept {
  if (reducer.scenarios == 0) return {};
  TailEnds tails;
  if (lower == nullptr) {
    tails.upper = kernel.tail(upper, reducer, scratch);
  } else {
    tails = kernel.tails(upper, lower, reducer, scratch, scratch_lower);
  }
  LaneExtremes ends;
  ends.hi = std::max<std::int64_t>(reduced(reducer, tails.upper), 0);
  ends.lo = lower == nullptr ? ends.hi : std::max<std::int64_t>(reduced(reducer, tails.lower), 0);
  const std::size_t whole = (reducer.scenarios + scenario_lane_multiple - 1) /
                            scenario_lane_multiple * scenario_lane_multiple;
  if (ends.hi > 0) ends.worst = kernel.first_lane(upper, whole, tails.upper.counted);
  return ends;
}

}  // namespace

LaneExtremes reduce(const LaneKernel& kernel, const scenario::ReducerTerms& reducer,
                    const std::int64_t* upper, const std::int64_t* lower, std::int64_t* scratch,
                    std::int64_t* scratch_lower) noexcept {
  if (reducer.part_count == 0) {
    return reduce_tail(kernel, reducer, upper, lower, scratch, scratch_lower);
  }
  LaneExtremes ends;
  std::int64_t heaviest = 0;
  for (std::uint32_t p = 0; p < reducer.part_count; ++p) {
    const scenario::PartTerms& part = reducer.parts[p];
    const LaneExtremes of_part =
        reduce_tail(kernel, part.tail, upper + part.first,
                    lower == nullptr ? nullptr : lower + part.first, scratch, scratch_lower);
    const std::int64_t hi = with_factor(of_part.hi, part.weight_ppb);
    const std::int64_t lo = with_factor(of_part.lo, part.weight_ppb);
    const bool adds = reducer.together == PartsTogether::sum;
    ends.hi = adds ? ends.hi + hi : std::max(ends.hi, hi);
    ends.lo = adds ? ends.lo + lo : std::max(ends.lo, lo);
    if (hi > heaviest) {
      heaviest = hi;
      ends.worst = part.first + of_part.worst;
    }
  }
  if (lower == nullptr) return ends;
  // What rows round by counts with each part's weight, rounded up.
  ends.hi += reducer.part_count;
  ends.lo = std::max<std::int64_t>(ends.lo - reducer.part_count, 0);
  return ends;
}

}  // namespace margingate::margin
