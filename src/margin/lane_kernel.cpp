#include "margin/lane_kernel.hpp"

#include "margin/lane_kernel_body.hpp"

namespace margingate::margin {
namespace {

// Defines the functions of one kernel. A macro because a target attribute cannot be a
// template parameter.
#define MARGINGATE_LANE_KERNEL(NAME, TARGET)                                                       \
  TARGET void NAME##_apply(const UnitTotals& totals, std::size_t lane_count, const RowLanes& row,  \
                           std::int32_t exponent, const LaneChange& change) noexcept {             \
    body::apply(totals, lane_count, row, exponent, change);                                        \
  }                                                                                                \
  TARGET LaneExtremes NAME##_worst(const UnitTotals& totals, std::size_t lane_count,               \
                                   const std::int64_t* deductibles, const Drift& drift) noexcept { \
    return body::select_worst<false>(totals, lane_count, deductibles, drift, RowLanes{}, 0,        \
                                     LaneChange{});                                                \
  }                                                                                                \
  TARGET LaneExtremes NAME##_worst_after(const UnitTotals& totals, std::size_t lane_count,         \
                                         const std::int64_t* deductibles, const Drift& drift,      \
                                         const RowLanes& row, std::int32_t exponent,               \
                                         const LaneChange& change) noexcept {                      \
    return body::select_worst<true>(totals, lane_count, deductibles, drift, row, exponent,         \
                                    change);                                                       \
  }                                                                                                \
  TARGET ExpirySums NAME##_expiries(const UnitTotals& totals, std::size_t bucket_count,            \
                                    const Drift& drift) noexcept {                                 \
    return body::select_expiries(totals, bucket_count, drift);                                     \
  }                                                                                                \
  constexpr LaneKernel NAME##_kernel{NAME##_apply, NAME##_worst, NAME##_worst_after,               \
                                     NAME##_expiries};

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
