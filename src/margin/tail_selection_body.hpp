// The few losses that a reducer asks for, found without sorting; compiled once per instruction set.
// No branch depends on the order of losses, and the amounts are those of sorting.
#pragma once

#include <algorithm>
#include <cstdint>

#include "margin/lane_kernel_body.hpp"

namespace margingate::margin::body {

MARGINGATE_INLINE std::size_t padded(std::size_t count) noexcept {
  return whole_vectors(count + scenario_lane_multiple - 1);
}

// The largest of all losses that stand `Columns` apart, for each of so many first ones.
template <std::size_t Columns>
MARGINGATE_INLINE void column_maxima(const std::int64_t* __restrict losses, std::size_t count,
                                     std::int64_t* __restrict maxima) noexcept {
  for (std::size_t c = 0; c < Columns; ++c) maxima[c] = INT64_MIN;
  std::size_t s = 0;
  for (; s + Columns <= count; s += Columns) {
    for (std::size_t c = 0; c < Columns; ++c) maxima[c] = std::max(maxima[c], losses[s + c]);
  }
  for (std::size_t c = 0; s < count; ++c, ++s) maxima[c] = std::max(maxima[c], losses[s]);
}

struct RankedPair {
  std::int64_t first, second;
};

// The losses of two ranks from the largest, of few: each is compared with every other. count is a
// multiple of 8 and at least either rank.
template <std::size_t CountMax>
MARGINGATE_INLINE RankedPair at_ranks(const std::int64_t* __restrict losses, std::size_t count,
                                      std::int64_t first, std::int64_t second) noexcept {
  alignas(64) std::int64_t larger[CountMax];
  count = whole_vectors(count);
  for (std::size_t i = 0; i < count; ++i) larger[i] = 0;
  for (std::size_t j = 0; j < count; ++j) {
    const std::int64_t other = losses[j];
    for (std::size_t i = 0; i < count; ++i) larger[i] += other > losses[i] ? 1 : 0;
  }
  RankedPair found{INT64_MAX, INT64_MAX};
  for (std::size_t i = 0; i < count; ++i) {
    found.first = std::min(found.first, larger[i] < first ? losses[i] : INT64_MAX);
    found.second = std::min(found.second, larger[i] < second ? losses[i] : INT64_MAX);
  }
  return found;
}

// A loss that at least `rank` of them reach: so many columns have one of their own.
template <std::size_t Columns>
MARGINGATE_INLINE std::int64_t bar_of(const std::int64_t* losses, std::size_t count,
                                      std::int64_t rank) noexcept {
  alignas(64) std::int64_t maxima[Columns];
  column_maxima<Columns>(losses, count, maxima);
  return at_ranks<Columns>(maxima, Columns, rank, rank).first;
}

// Ranks of three quarters of the columns at most: then few more losses than asked for pass the bar.
MARGINGATE_INLINE std::int64_t bar_for(const std::int64_t* losses, std::size_t count,
                                       std::int64_t rank) noexcept {
  if (rank <= 12) return bar_of<16>(losses, count, rank);
  if (rank <= 24) return bar_of<32>(losses, count, rank);
  if (rank <= 48) return bar_of<64>(losses, count, rank);
  return INT64_MIN;
}

// Few enough to compare each with each.
inline constexpr std::size_t few_losses = 64;

// Losses that were above the bar; every further one of those asked for is the bar.
struct Candidates {
  std::int64_t* losses;
  std::size_t count;
  std::int64_t bar;
};

// May put the candidates into another order.
MARGINGATE_INLINE std::int64_t candidate_at(const Candidates& c, std::size_t rank) noexcept {
  if (c.count < rank) return c.bar;
  std::int64_t* const wanted = c.losses + (rank - 1);
  std::nth_element(c.losses, wanted, c.losses + c.count,
                   [](std::int64_t a, std::int64_t b) { return a > b; });
  return *wanted;
}

MARGINGATE_INLINE RankedPair candidates_at(const Candidates& c, std::size_t first,
                                           std::size_t second) noexcept {
  if (c.count > few_losses) return {candidate_at(c, first), candidate_at(c, second)};
  for (std::size_t i = c.count; i < padded(c.count); ++i) c.losses[i] = INT64_MIN;
  RankedPair found =
      at_ranks<few_losses>(c.losses, padded(c.count), static_cast<std::int64_t>(first),
                           static_cast<std::int64_t>(second));
  if (c.count < first) found.first = c.bar;
  if (c.count < second) found.second = c.bar;
  return found;
}

// Of those whose key is above the last one's; halves, so that no sum of 64 leaves its type.
MARGINGATE_INLINE void add_above(const std::int64_t* __restrict keys,
                                 const std::int64_t* __restrict losses, std::size_t count,
                                 std::int64_t last, TailLosses& tail) noexcept {
  std::int64_t high = 0;
  std::int64_t low = 0;
  std::int64_t above = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t mask = keys[i] > last ? -1 : 0;
    high += (losses[i] >> 32) & mask;
    low += losses[i] & 0xffffffff & mask;
    above -= mask;
  }
  tail.above += (Int128{high} << 32) + low;
  tail.above_count += above;
}

MARGINGATE_INLINE TailLosses tail_of(const Candidates& c,
                                     const scenario::TailTerms& reducer) noexcept {
  TailLosses tail;
  tail.largest = c.bar;
  for (std::size_t i = 0; i < c.count; ++i) tail.largest = std::max(tail.largest, c.losses[i]);
  const std::size_t last = reducer.losses();
  if (reducer.kind == ReducerKind::quantile) {
    const RankedPair ranked = candidates_at(c, reducer.rank, last);
    tail.counted = ranked.first;
    tail.last = ranked.second;
    return tail;
  }
  tail.last = candidates_at(c, last, last).first;
  tail.counted = tail.largest;
  for (std::size_t first = 0; first < c.count; first += few_losses) {
    add_above(c.losses + first, c.losses + first, std::min(few_losses, c.count - first), tail.last,
              tail);
  }
  return tail;
}

// A tail mean is the largest of all weighted sums of as many losses, so that of the lower ends of
// those that make the upper one is a lower end. False where they were not all kept.
MARGINGATE_INLINE bool same_tail(const Candidates& upper, const std::int64_t* lower,
                                 const scenario::TailTerms& reducer, const TailLosses& of_upper,
                                 TailLosses& tail) noexcept {
  if (reducer.kind != ReducerKind::tail_mean || upper.count > few_losses) return false;
  if (reducer.tail_ppb - of_upper.above_count * 1'000'000'000 > 1'000'000'000) return false;
  if (of_upper.last <= upper.bar) return false;
  tail = {};
  tail.last = INT64_MIN;
  for (std::size_t i = 0; i < upper.count; ++i) {
    const std::int64_t loss = upper.losses[i] == of_upper.last ? lower[i] : INT64_MIN;
    tail.last = std::max(tail.last, loss);
  }
  add_above(upper.losses, lower, upper.count, of_upper.last, tail);
  return true;
}

template <class Above>
MARGINGATE_INLINE TailLosses tail(const std::int64_t* losses, const scenario::TailTerms& reducer,
                                  std::int64_t* packed, const Above& above) noexcept {
  const std::size_t count = padded(reducer.scenarios);
  const std::int64_t bar = bar_for(losses, count, reducer.losses());
  return tail_of({packed, above(losses, losses, count, bar, packed, packed), bar}, reducer);
}

// The lower ends of the losses whose upper ends are in the tail have a tail of their own, of which
// no rank is above that of all lower ends; where too few upper ends are above the bar, because they
// are the same, it is that of all.
template <class Above>
MARGINGATE_INLINE TailEnds tails(const std::int64_t* upper, const std::int64_t* lower,
                                 const scenario::TailTerms& reducer, std::int64_t* packed,
                                 std::int64_t* packed_lower, const Above& above) noexcept {
  const std::size_t count = padded(reducer.scenarios);
  const std::int64_t bar = bar_for(upper, count, reducer.losses());
  const std::size_t found = above(upper, lower, count, bar, packed, packed_lower);
  TailEnds ends;
  const Candidates candidates{packed, found, bar};
  ends.upper = tail_of(candidates, reducer);
  if (same_tail(candidates, packed_lower, reducer, ends.upper, ends.lower)) return ends;
  ends.lower = found >= reducer.losses() ? tail_of({packed_lower, found, INT64_MIN}, reducer)
                                         : tail(lower, reducer, packed, above);
  return ends;
}

}  // namespace margingate::margin::body
