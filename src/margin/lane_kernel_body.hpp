// The one body behind every lane kernel; compiled once per instruction set.
#pragma once

#include <algorithm>
#include <cstdint>

#include "margin/lane_kernel.hpp"
#include "scenario/risk_unit_terms.hpp"

namespace margingate::margin::body {

#define MARGINGATE_INLINE [[gnu::always_inline]] inline

// Tells the compiler that no loop over lanes needs a remainder.
MARGINGATE_INLINE std::size_t whole_vectors(std::size_t lane_count) noexcept {
  return lane_count / scenario_lane_multiple * scenario_lane_multiple;
}

struct LaneIncrement {
  std::int64_t loss, drift, curvature, flip;
};

// The same change in money units: lots times 2^exponent, so that no lane is shifted.
MARGINGATE_INLINE LaneChange in_money(const LaneChange& change, std::int32_t exponent) noexcept {
  const std::int64_t scale = std::int64_t{1} << exponent;
  return {change.net * scale, change.working_buys * scale, change.working_sells * scale,
          change.gross_net * scale};
}

// A working buy counts where its row loses, a working sell where its row gains (MR-12). The drift
// of that maximum is the row's own while its sign holds; `flip` bounds the rest, and kinks.
MARGINGATE_INLINE LaneIncrement increment(std::int64_t a, std::int64_t d, std::int64_t g,
                                          const LaneChange& c) noexcept {
  const std::int64_t buys = a > 0 ? c.working_buys : 0;
  const std::int64_t sells = a < 0 ? c.working_sells : 0;
  const std::int64_t signed_lots = c.net + buys - sells;
  const std::int64_t a_abs = a < 0 ? -a : a;
  const std::int64_t d_abs = d < 0 ? -d : d;
  const std::int64_t g_abs = g < 0 ? -g : g;
  const std::int64_t overlap = d_abs + g_abs - a_abs;
  const std::int64_t bent = (c.gross_net + buys + sells) * g_abs;
  return {signed_lots * a, signed_lots * d, g > 0 ? bent : 0,
          (g < 0 ? bent : 0) + (c.working_buys + c.working_sells) * (overlap > 0 ? overlap : 0)};
}

MARGINGATE_INLINE void apply(const UnitTotals& totals, std::size_t lane_count, const RowLanes& row,
                             std::int32_t exponent, const LaneChange& change) noexcept {
  std::int64_t* __restrict loss = totals.loss;
  std::int64_t* __restrict drift = totals.drift;
  std::int64_t* __restrict curvature = totals.curvature;
  std::int64_t* __restrict flip = totals.flip;
  const LaneChange c = in_money(change, exponent);
  lane_count = whole_vectors(lane_count);
  for (std::size_t s = 0; s < lane_count; ++s) {
    const LaneIncrement i = increment(row.loss[s], row.drift[s], row.curvature[s], c);
    loss[s] += i.loss;
    drift[s] += i.drift;
    curvature[s] += i.curvature;
    flip[s] += i.flip;
  }
}

// Half width of a lane's interval. Shifts before multiplying keep 64 bits enough; each is
// rounded outwards.
MARGINGATE_INLINE std::int64_t half_width(std::int64_t drift, std::int64_t curvature,
                                          std::int64_t flip, const Drift& d) noexcept {
  const std::int64_t drift_abs = drift < 0 ? -drift : drift;
  return (((curvature >> 12) + 1) * d.bands_squared_max >> 4) +
         (((flip >> 12) + 1) * d.bands_abs_max >> 4) + (drift_abs >> 17) + drift_rounding;
}

template <bool Moved, bool Deductibles, bool Changed>
MARGINGATE_INLINE LaneExtremes worst(const UnitTotals& totals, std::size_t lane_count,
                                     const std::int64_t* __restrict deductibles,
                                     const Drift& drift_state, const RowLanes& row,
                                     std::int32_t exponent, const LaneChange& change,
                                     std::int64_t* __restrict upper) noexcept {
  const std::int64_t* __restrict loss = totals.loss;
  const std::int64_t* __restrict drift = totals.drift;
  const std::int64_t* __restrict curvature = totals.curvature;
  const std::int64_t* __restrict flip = totals.flip;
  const LaneChange c = in_money(change, exponent);
  const Drift d = drift_state;
  std::int64_t hi = 0;
  std::int64_t lo = 0;
  for (std::size_t s = 0; s < lane_count; ++s) {
    LaneIncrement i{0, 0, 0, 0};
    if constexpr (Changed) i = increment(row.loss[s], row.drift[s], row.curvature[s], c);
    std::int64_t middle = loss[s] + i.loss;
    std::int64_t width = 0;
    if constexpr (Moved) {
      const std::int64_t slope = drift[s] + i.drift;
      middle += (slope >> 8) * d.bands >> 8;
      width = half_width(slope, curvature[s] + i.curvature, flip[s] + i.flip, d);
    }
    if constexpr (Deductibles) middle -= deductibles[s];
    upper[s] = middle + width;
    hi = upper[s] > hi ? upper[s] : hi;
    if constexpr (Moved) {
      const std::int64_t lower = middle - width;
      lo = lower > lo ? lower : lo;
    }
  }
  return {hi, Moved ? lo : hi, 0};
}

// Nothing, one order of one side, or anything: what is known about a change makes it cheaper.
enum class Changed : std::uint8_t { nothing, by_buys, by_sells, by_anything };

MARGINGATE_INLINE Changed kind_of(const RowLanes& row, const LaneChange& c) noexcept {
  if (row.loss == nullptr) return Changed::nothing;
  if (c.net != 0 || c.gross_net != 0) return Changed::by_anything;
  if (c.working_sells == 0) return Changed::by_buys;
  return c.working_buys == 0 ? Changed::by_sells : Changed::by_anything;
}

// The same as increment() for lots that work on one side: a sell is a buy of the row backwards.
template <Changed By>
MARGINGATE_INLINE LaneIncrement one_sided(std::int64_t a, std::int64_t d, std::int64_t g,
                                          const LaneChange& c) noexcept {
  constexpr bool buys = By == Changed::by_buys;
  const std::int64_t lots = buys ? c.working_buys : c.working_sells;
  const std::int64_t loss = buys ? a : -a;
  const std::int64_t slope = buys ? d : -d;
  const std::int64_t g_abs = g < 0 ? -g : g;
  const std::int64_t overlap = (d < 0 ? -d : d) + g_abs - (a < 0 ? -a : a);
  const std::int64_t bent = loss > 0 ? lots * g_abs : 0;
  return {lots * (loss > 0 ? loss : 0), loss > 0 ? lots * slope : 0, g > 0 ? bent : 0,
          (g < 0 ? bent : 0) + lots * (overlap > 0 ? overlap : 0)};
}

// Both ends of every lane, without looking for the largest.
template <bool Moved, Changed By>
MARGINGATE_INLINE void lane_ends(const UnitTotals& totals, std::size_t lane_count,
                                 const Drift& drift_state, const RowLanes& row,
                                 std::int32_t exponent, const LaneChange& change,
                                 std::int64_t* __restrict upper,
                                 std::int64_t* __restrict lower) noexcept {
  const std::int64_t* __restrict loss = totals.loss;
  const std::int64_t* __restrict drift = totals.drift;
  const std::int64_t* __restrict curvature = totals.curvature;
  const std::int64_t* __restrict flip = totals.flip;
  const LaneChange c = in_money(change, exponent);
  const Drift d = drift_state;
  lane_count = whole_vectors(lane_count);
  for (std::size_t s = 0; s < lane_count; ++s) {
    LaneIncrement i{0, 0, 0, 0};
    if constexpr (By == Changed::by_anything) {
      i = increment(row.loss[s], row.drift[s], row.curvature[s], c);
    } else if constexpr (By != Changed::nothing) {
      i = one_sided<By>(row.loss[s], row.drift[s], row.curvature[s], c);
    }
    std::int64_t middle = loss[s] + i.loss;
    if constexpr (Moved) {
      const std::int64_t slope = drift[s] + i.drift;
      middle += (slope >> 8) * d.bands >> 8;
      const std::int64_t width = half_width(slope, curvature[s] + i.curvature, flip[s] + i.flip, d);
      lower[s] = middle - width;
      middle += width;
    }
    upper[s] = middle;
  }
}

template <bool Moved>
MARGINGATE_INLINE void select_lane_ends(const UnitTotals& totals, std::size_t lane_count,
                                        const Drift& drift, const RowLanes& row,
                                        std::int32_t exponent, const LaneChange& change,
                                        std::int64_t* upper, std::int64_t* lower) noexcept {
  switch (kind_of(row, change)) {
    case Changed::nothing:
      return lane_ends<Moved, Changed::nothing>(totals, lane_count, drift, row, exponent, change,
                                                upper, lower);
    case Changed::by_buys:
      return lane_ends<Moved, Changed::by_buys>(totals, lane_count, drift, row, exponent, change,
                                                upper, lower);
    case Changed::by_sells:
      return lane_ends<Moved, Changed::by_sells>(totals, lane_count, drift, row, exponent, change,
                                                 upper, lower);
    case Changed::by_anything:
      return lane_ends<Moved, Changed::by_anything>(totals, lane_count, drift, row, exponent,
                                                    change, upper, lower);
  }
}

// Blocks of alternatives become the first of them; the rest of its last vector can be no loss.
MARGINGATE_INLINE void fold(const scenario::ReducerTerms& reducer, std::int64_t* losses) noexcept {
  const std::size_t count = reducer.scenarios;
  const std::uint32_t single = reducer.alternatives - (reducer.lesser_of_last_two ? 2 : 0);
  for (std::uint32_t block = 1; block < single; ++block) {
    const std::int64_t* const other = losses + block * count;
    for (std::size_t s = 0; s < count; ++s) losses[s] = std::max(losses[s], other[s]);
  }
  if (reducer.lesser_of_last_two) {
    const std::int64_t* const one = losses + single * count;
    const std::int64_t* const other = one + count;
    for (std::size_t s = 0; s < count; ++s) {
      losses[s] = std::max(losses[s], std::min(one[s], other[s]));
    }
  }
  if (reducer.at_least_zero) {
    for (std::size_t s = 0; s < count; ++s) losses[s] = std::max<std::int64_t>(losses[s], 0);
  }
  const std::size_t end = whole_vectors(count + scenario_lane_multiple - 1);
  for (std::size_t s = count; s < end; ++s) losses[s] = INT64_MIN;
}

MARGINGATE_INLINE void ends(const UnitTotals& totals, std::size_t lane_count,
                            const scenario::ReducerTerms& reducer, const Drift& drift,
                            const RowLanes& row, std::int32_t exponent, const LaneChange& change,
                            std::int64_t* upper, std::int64_t* lower) noexcept {
  if (drift.moved) {
    select_lane_ends<true>(totals, lane_count, drift, row, exponent, change, upper, lower);
    fold(reducer, lower);
  } else {
    select_lane_ends<false>(totals, lane_count, drift, row, exponent, change, upper, lower);
  }
  fold(reducer, upper);
}

// upper receives every lane's upper end; which lane is the worst is left to the caller.
template <bool Changed>
MARGINGATE_INLINE LaneExtremes select_worst(const UnitTotals& totals, std::size_t lane_count,
                                            const std::int64_t* deductibles, const Drift& drift,
                                            const RowLanes& row, std::int32_t exponent,
                                            const LaneChange& change,
                                            std::int64_t* upper) noexcept {
  lane_count = whole_vectors(lane_count);
  if (drift.moved) {
    return deductibles != nullptr
               ? worst<true, true, Changed>(totals, lane_count, deductibles, drift, row, exponent,
                                            change, upper)
               : worst<true, false, Changed>(totals, lane_count, deductibles, drift, row, exponent,
                                             change, upper);
  }
  return deductibles != nullptr ? worst<false, true, Changed>(totals, lane_count, deductibles,
                                                              drift, row, exponent, change, upper)
                                : worst<false, false, Changed>(totals, lane_count, deductibles,
                                                               drift, row, exponent, change, upper);
}

template <bool Moved>
MARGINGATE_INLINE ExpirySums expiries(const UnitTotals& totals, std::size_t bucket_count,
                                      const Drift& drift) noexcept {
  const std::int64_t* __restrict highest = totals.expiry_hi;
  const std::int64_t* __restrict lowest = totals.expiry_lo;
  const std::int64_t* __restrict slack = totals.expiry_slack;
  const std::int64_t bands = drift.bands_abs_max;
  std::int64_t hi = 0;
  std::int64_t lo = 0;
  for (std::size_t b = 0; b < bucket_count; ++b) {
    const ExpirySums one = expiry_charge<Moved>(highest[b], lowest[b], slack[b], bands);
    hi += one.hi;
    lo += one.lo;
  }
  return {hi, lo};
}

MARGINGATE_INLINE ExpirySums select_expiries(const UnitTotals& totals, std::size_t bucket_count,
                                             const Drift& drift) noexcept {
  bucket_count = whole_vectors(bucket_count);
  return drift.moved ? expiries<true>(totals, bucket_count, drift)
                     : expiries<false>(totals, bucket_count, drift);
}

}  // namespace margingate::margin::body
