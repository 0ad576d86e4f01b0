// The order path's arithmetic: update scenario totals by a leg's change, and take the worst.
//
// Shape    lane_count lanes, a multiple of 8; blocks 64-byte aligned.
// Units    money units; lots.
// Sign     losses positive.
// Range    see unit_totals.hpp and risk_row.hpp; inside it no 64-bit operation overflows.
// Errors   none.
// Threads  pure on the blocks it is given.
// Cost     a few integer operations per lane, no branch on data.
// Source   docs/methodology.md MR-12, MR-16; docs/numerics.md, "certified interval".
#pragma once

#include <cstddef>
#include <cstdint>

#include "margin/fixed_point.hpp"
#include "margin/risk_row.hpp"
#include "margin/unit_totals.hpp"
#include "margingate/instruction_set.hpp"
#include "scenario/risk_unit_terms.hpp"

namespace margingate::margin {

// What happens to a leg's quantities; all four are differences.
struct LaneChange {
  std::int64_t net = 0;
  std::int64_t working_buys = 0;
  std::int64_t working_sells = 0;
  std::int64_t gross_net = 0;  // |net after| - |net before|
};

// How far the spot has moved from the table's, in drift bands times 2^16.
struct Drift {
  bool moved = false;                  // false: the spot is exactly the table's
  std::int64_t bands = 0;              // nearest
  std::int64_t bands_abs_max = 0;      // at least |move|
  std::int64_t bands_squared_max = 0;  // at least move^2, times 2^16
};
inline constexpr int drift_fraction_bits = 16;

struct LaneExtremes {
  std::int64_t hi = 0;  // worst loss after deductibles, at least zero: certainly not more
  std::int64_t lo = 0;  // certainly not less; both without the rounding of rows
  std::uint32_t worst = 0;
};

// The largest of many losses: as many as a reducer asks for, in no order.
struct TailLosses {
  std::int64_t largest = 0;
  std::int64_t counted = 0;  // of TailTerms::rank; the largest where that is zero
  std::int64_t last = 0;     // of TailTerms::losses()
  Int128 above = 0;          // sum of those larger than the last
  std::int64_t above_count = 0;
};

// Of upper ends, and of lower ends: no more than these have.
struct TailEnds {
  TailLosses upper;
  TailLosses lower;
};

// Sum of the charges by expiry, MR-18, without the rounding of rows.
struct ExpirySums {
  std::int64_t hi = 0;
  std::int64_t lo = 0;
};

// amount * bands, in drift bands times 2^16, rounded down: the product is split so that it never
// needs more than 64 bits. |amount| < 2^62, |bands| <= 2^16 + 3.
[[nodiscard]] constexpr std::int64_t in_bands(std::int64_t amount, std::int64_t bands) noexcept {
  constexpr std::int64_t fraction = (std::int64_t{1} << drift_fraction_bits) - 1;
  return (amount >> drift_fraction_bits) * bands +
         (((amount & fraction) * bands) >> drift_fraction_bits);
}

// The charge of one expiry, MR-18: max(|hi|, |lo|), where lo <= hi.
template <bool Moved>
[[nodiscard]] [[gnu::always_inline]] constexpr ExpirySums expiry_charge(
    std::int64_t hi, std::int64_t lo, std::int64_t slack, std::int64_t bands_abs_max) noexcept {
  const std::int64_t larger = hi > -lo ? hi : -lo;
  if constexpr (!Moved) return {larger, larger};
  const std::int64_t width = in_bands(slack, bands_abs_max) + 1;
  return {larger + width, larger > width ? larger - width : 0};
}

struct LaneKernel {
  // Adds the change to all four lane arrays.
  void (*apply)(const UnitTotals& totals, std::size_t lane_count, const RowLanes& row,
                std::int32_t exponent, const LaneChange& change) noexcept;
  // Worst of the totals as they are.
  LaneExtremes (*worst)(const UnitTotals& totals, std::size_t lane_count,
                        const std::int64_t* deductibles, const Drift& drift) noexcept;
  // Worst of the totals were the change applied.
  LaneExtremes (*worst_after)(const UnitTotals& totals, std::size_t lane_count,
                              const std::int64_t* deductibles, const Drift& drift,
                              const RowLanes& row, std::int32_t exponent,
                              const LaneChange& change) noexcept;
  // Ends of every scenario's loss, were the change applied (no row: as they are): alternatives
  // folded, without the rounding of rows. Whole vectors, filled up with INT64_MIN; `lower` is only
  // written where the spot has moved. Both have room for every lane.
  void (*ends)(const UnitTotals& totals, std::size_t lane_count,
               const scenario::ReducerTerms& reducer, const Drift& drift, const RowLanes& row,
               std::int32_t exponent, const LaneChange& change, std::int64_t* upper,
               std::int64_t* lower) noexcept;
  // Of losses as `ends` leaves them; scratches have room for as many.
  TailLosses (*tail)(const std::int64_t* losses, const scenario::TailTerms& reducer,
                     std::int64_t* scratch) noexcept;
  TailEnds (*tails)(const std::int64_t* upper, const std::int64_t* lower,
                    const scenario::TailTerms& reducer, std::int64_t* scratch,
                    std::int64_t* scratch_lower) noexcept;
  // The lowest lane that holds the value, which one of them does.
  std::uint32_t (*first_lane)(const std::int64_t* lanes, std::size_t lane_count,
                              std::int64_t value) noexcept;
  // Over all expiry buckets, a multiple of 8.
  ExpirySums (*expiries)(const UnitTotals& totals, std::size_t bucket_count,
                         const Drift& drift) noexcept;
};

// deductibles may be null: none. Every kernel gives the same integers.
[[nodiscard]] const LaneKernel& lane_kernel(InstructionSet set) noexcept;

// Bound on a drift term: what move * drift can be off by, given the rounding in worst().
inline constexpr std::int64_t drift_rounding = 260;

}  // namespace margingate::margin
