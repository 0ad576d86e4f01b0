// Running totals of one account in one risk unit: everything a requirement is computed from.
//
// Shape    UnitScalars, then four lane arrays and three expiry arrays, in one block of 64-bit
//          integers whose size depends only on the risk unit (TotalsLayout).
// Units    money units; lots.
// Sign     losses positive.
// Range    |loss total| < 2^62, guaranteed by scaled_lots_max (docs/numerics.md).
// Errors   none.
// Threads  one writer: the thread that owns the block.
// Cost     every field is a plain sum over legs, so a change is an addition and equality with a
//          recomputation is exact.
// Source   docs/methodology.md MR-12 to MR-20; docs/numerics.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "margin/risk_row.hpp"

namespace margingate::margin {

// Largest sum over legs of lots * 2^exponent in one unit. With |loss| < 2^31 per lot it keeps
// every total below 2^58 and every scalar below 2^62.
inline constexpr std::int64_t scaled_lots_max = std::int64_t{1} << 27;

struct UnitScalars {
  // Unrealised profit by what it settles in: [0] the numeraire, [1] the underlying's coin.
  std::int64_t profit[2] = {};
  std::int64_t profit_drift[2] = {};
  std::int64_t profit_curvature[2] = {};
  DriftingAmount added;
  DriftingAmount floor;
  DriftingAmount total_floor;
  DriftingAmount unrealised_loss;
  // Delta of long options and of everything else, at the ends of what working orders may do.
  std::int64_t rest_lo = 0, rest_hi = 0;
  std::int64_t long_option_lo = 0, long_option_hi = 0;
  std::int64_t delta_slack = 0;
  std::int64_t lots = 0;         // sum of |net| + working
  std::int64_t scaled_lots = 0;  // the same times 2^exponent: bounds rounding and magnitude
  std::int64_t legs = 0;         // that are not flat
  std::int64_t unpriced = 0;     // of which the table cannot price
  std::int64_t unbounded = 0;    // of which have no certified bound
};

struct TotalsLayout {
  std::size_t lane_count = 0;
  std::size_t bucket_count = 0;  // expiry buckets, a multiple of 8

  [[nodiscard]] constexpr std::size_t scalars_words() const noexcept {
    return (sizeof(UnitScalars) / 8 + 7) / 8 * 8;
  }
  [[nodiscard]] constexpr std::size_t words() const noexcept {
    return scalars_words() + 4 * lane_count + 3 * bucket_count;
  }
};

// A view of one block; the memory belongs to someone else and is 64-byte aligned.
struct UnitTotals {
  UnitScalars* scalars = nullptr;
  std::int64_t* loss = nullptr;  // T_s, worst fills included
  std::int64_t* drift = nullptr;
  std::int64_t* curvature = nullptr;
  std::int64_t* flip = nullptr;  // working-order rows that may change sign inside the band
  std::int64_t* expiry_hi = nullptr;
  std::int64_t* expiry_lo = nullptr;
  std::int64_t* expiry_slack = nullptr;

  UnitTotals() = default;
  UnitTotals(std::int64_t* block, const TotalsLayout& layout) noexcept
      : scalars(reinterpret_cast<UnitScalars*>(block)),
        loss(block + layout.scalars_words()),
        drift(loss + layout.lane_count),
        curvature(drift + layout.lane_count),
        flip(curvature + layout.lane_count),
        expiry_hi(flip + layout.lane_count),
        expiry_lo(expiry_hi + layout.bucket_count),
        expiry_slack(expiry_lo + layout.bucket_count) {}

  [[nodiscard]] std::int64_t* block() const noexcept {
    return reinterpret_cast<std::int64_t*>(scalars);
  }
  void clear(const TotalsLayout& layout) const noexcept {
    std::memset(block(), 0, layout.words() * 8);
  }
};

}  // namespace margingate::margin
