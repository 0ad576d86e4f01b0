#include "margin/lane_kernel.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "margin/lane_kernel_body.hpp"
#include "margin/tail_selection_body.hpp"

namespace margingate::margin {
namespace {

#if defined(__x86_64__)
std::uint32_t trailing_zeros(std::uint64_t bits) noexcept {
  return static_cast<std::uint32_t>(__builtin_ctzll(bits));
}
#endif

// First of the lanes that hold the value, which one of them does.
std::uint32_t scalar_first_lane(const std::int64_t* lanes, std::size_t,
                                std::int64_t value) noexcept {
  std::uint32_t lane = 0;
  while (lanes[lane] != value) ++lane;
  return lane;
}

// Packs the losses above the bar, and what stands at the same places beside them; how many those
// are. count is a multiple of 8.
std::size_t scalar_above(const std::int64_t* losses, const std::int64_t* beside, std::size_t count,
                         std::int64_t bar, std::int64_t* packed,
                         std::int64_t* packed_beside) noexcept {
  std::size_t found = 0;
  for (std::size_t s = 0; s < count; ++s) {
    packed[found] = losses[s];
    packed_beside[found] = beside[s];
    found += losses[s] > bar ? 1 : 0;
  }
  return found;
}

#if defined(__x86_64__)
// One bit per lane, found without a branch on data while they fit a word.
[[gnu::target("avx2,fma")]] std::uint32_t avx2_first_lane(const std::int64_t* lanes,
                                                          std::size_t lane_count,
                                                          std::int64_t value) noexcept {
  const __m256i wanted = _mm256_set1_epi64x(value);
  for (std::size_t first = 0;; first += 64) {
    const std::size_t end = lane_count < first + 64 ? lane_count : first + 64;
    std::uint64_t found = 0;
    for (std::size_t s = first; s < end; s += 4) {
      const __m256i here = _mm256_load_si256(reinterpret_cast<const __m256i*>(lanes + s));
      const auto equal = static_cast<unsigned>(
          _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(here, wanted))));
      found |= std::uint64_t{equal} << (s - first);
    }
    if (found != 0) return static_cast<std::uint32_t>(first) + trailing_zeros(found);
  }
}

[[gnu::target("avx512f,avx512dq,avx512vl,avx512bw")]] std::uint32_t avx512_first_lane(
    const std::int64_t* lanes, std::size_t lane_count, std::int64_t value) noexcept {
  const __m512i wanted = _mm512_set1_epi64(value);
  for (std::size_t first = 0;; first += 64) {
    const std::size_t end = lane_count < first + 64 ? lane_count : first + 64;
    std::uint64_t found = 0;
    for (std::size_t s = first; s < end; s += 8) {
      const std::uint64_t equal = _mm512_cmpeq_epi64_mask(_mm512_load_si512(lanes + s), wanted);
      found |= equal << (s - first);
    }
    if (found != 0) return static_cast<std::uint32_t>(first) + trailing_zeros(found);
  }
}

[[gnu::target("avx2,fma")]] std::size_t avx2_above(const std::int64_t* losses,
                                                   const std::int64_t* beside, std::size_t count,
                                                   std::int64_t bar, std::int64_t* packed,
                                                   std::int64_t* packed_beside) noexcept {
  const __m256i least = _mm256_set1_epi64x(bar);
  std::size_t found = 0;
  for (std::size_t s = 0; s < count; s += 4) {
    const __m256i here = _mm256_load_si256(reinterpret_cast<const __m256i*>(losses + s));
    auto larger = static_cast<unsigned>(
        _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(here, least))));
    for (; larger != 0; larger &= larger - 1) {
      const std::size_t at = s + trailing_zeros(larger);
      packed[found] = losses[at];
      packed_beside[found++] = beside[at];
    }
  }
  return found;
}

[[gnu::target("avx512f,avx512dq,avx512vl,avx512bw")]] std::size_t avx512_above(
    const std::int64_t* losses, const std::int64_t* beside, std::size_t count, std::int64_t bar,
    std::int64_t* packed, std::int64_t* packed_beside) noexcept {
  const __m512i least = _mm512_set1_epi64(bar);
  std::size_t found = 0;
  for (std::size_t s = 0; s < count; s += 8) {
    const __m512i here = _mm512_load_si512(losses + s);
    const __mmask8 larger = _mm512_cmpgt_epi64_mask(here, least);
    if (larger == 0) continue;
    // Packed in a register: some processors are slow to pack into memory. Never past the losses
    // read so far.
    _mm512_storeu_si512(packed_beside + found,
                        _mm512_maskz_compress_epi64(larger, _mm512_load_si512(beside + s)));
    _mm512_storeu_si512(packed + found, _mm512_maskz_compress_epi64(larger, here));
    found += static_cast<std::size_t>(__builtin_popcount(larger));
  }
  return found;
}
#endif

// Defines the functions of one kernel. A macro because a target attribute cannot be a
// template parameter.
#define MARGINGATE_LANE_KERNEL(NAME, TARGET)                                                       \
  TARGET void NAME##_apply(const UnitTotals& totals, std::size_t lane_count, const RowLanes& row,  \
                           std::int32_t exponent, const LaneChange& change) noexcept {             \
    body::apply(totals, lane_count, row, exponent, change);                                        \
  }                                                                                                \
  TARGET LaneExtremes NAME##_worst(const UnitTotals& totals, std::size_t lane_count,               \
                                   const std::int64_t* deductibles, const Drift& drift) noexcept { \
    alignas(64) std::int64_t upper[scenario::lanes_max];                                           \
    LaneExtremes worst = body::select_worst<false>(totals, lane_count, deductibles, drift,         \
                                                   RowLanes{}, 0, LaneChange{}, upper);            \
    if (worst.hi > 0) worst.worst = NAME##_first_lane(upper, lane_count, worst.hi);                \
    return worst;                                                                                  \
  }                                                                                                \
  TARGET LaneExtremes NAME##_worst_after(const UnitTotals& totals, std::size_t lane_count,         \
                                         const std::int64_t* deductibles, const Drift& drift,      \
                                         const RowLanes& row, std::int32_t exponent,               \
                                         const LaneChange& change) noexcept {                      \
    alignas(64) std::int64_t upper[scenario::lanes_max];                                           \
    LaneExtremes worst = body::select_worst<true>(totals, lane_count, deductibles, drift, row,     \
                                                  exponent, change, upper);                        \
    if (worst.hi > 0) worst.worst = NAME##_first_lane(upper, lane_count, worst.hi);                \
    return worst;                                                                                  \
  }                                                                                                \
  TARGET void NAME##_ends(const UnitTotals& totals, std::size_t lane_count,                        \
                          const scenario::ReducerTerms& reducer, const Drift& drift,               \
                          const RowLanes& row, std::int32_t exponent, const LaneChange& change,    \
                          std::int64_t* upper, std::int64_t* lower) noexcept {                     \
    body::ends(totals, lane_count, reducer, drift, row, exponent, change, upper, lower);           \
  }                                                                                                \
  TARGET TailLosses NAME##_tail(const std::int64_t* losses, const scenario::TailTerms& reducer,    \
                                std::int64_t* scratch) noexcept {                                  \
    return body::tail(losses, reducer, scratch, NAME##_above);                                     \
  }                                                                                                \
  TARGET TailEnds NAME##_tails(const std::int64_t* upper, const std::int64_t* lower,               \
                               const scenario::TailTerms& reducer, std::int64_t* scratch,          \
                               std::int64_t* scratch_lower) noexcept {                             \
    return body::tails(upper, lower, reducer, scratch, scratch_lower, NAME##_above);               \
  }                                                                                                \
  TARGET ExpirySums NAME##_expiries(const UnitTotals& totals, std::size_t bucket_count,            \
                                    const Drift& drift) noexcept {                                 \
    return body::select_expiries(totals, bucket_count, drift);                                     \
  }                                                                                                \
  constexpr LaneKernel NAME##_kernel{NAME##_apply,      NAME##_worst,   NAME##_worst_after,        \
                                     NAME##_ends,       NAME##_tail,    NAME##_tails,              \
                                     NAME##_first_lane, NAME##_expiries};

MARGINGATE_LANE_KERNEL(scalar, )
#if defined(__x86_64__)
MARGINGATE_LANE_KERNEL(avx2, [[gnu::target("avx2,fma")]])
MARGINGATE_LANE_KERNEL(avx512, [[gnu::target("avx512f,avx512dq,avx512vl,avx512bw")]])
#endif

}  // namespace

const LaneKernel& lane_kernel(InstructionSet set) noexcept {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return avx512_kernel;
  if (set == InstructionSet::avx2) return avx2_kernel;
#endif
  static_cast<void>(set);
  return scalar_kernel;
}

}  // namespace margingate::margin
