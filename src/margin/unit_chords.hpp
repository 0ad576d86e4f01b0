// A unit's summary at any spot inside the drift band, for a few multiplications: upper ends by
// chords, lower ends by lines.
//
// Shape    eight amounts, each as a value at the table's spot and a change per band, up and down.
// Units    money units.
// Sign     as in unit_requirement.hpp.
// Range    coefficients below 2^61; |move| at most one band.
// Errors   none; only for units whose model has_chords().
// Threads  a value.
// Cost     building: three evaluations of the unit. Evaluating: eight multiplications.
// Source   docs/numerics.md, "chords".
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "margin/unit_requirement.hpp"

namespace margingate::margin {

inline constexpr std::size_t chord_amounts = 8;

enum ChordAmount : std::uint8_t {
  total_hi,
  total_lo,
  floored_hi,
  floored_lo,
  numeraire_hi,  // profit that settles in it
  numeraire_lo,
  coin_hi,
  coin_lo
};

// Low bits of a coefficient that are not multiplied, so that 64 bits are enough.
inline constexpr int chord_dropped_bits = 14;

struct alignas(64) UnitChords {
  std::array<std::int64_t, chord_amounts> base;
  std::array<std::int64_t, chord_amounts> up;    // per band, the spot having risen
  std::array<std::int64_t, chord_amounts> down;  // per band, the spot having fallen
};

// Upper ends are convex in the move on either side of the table's spot unless the model takes
// something off a loss that depends on the spot, shocks the total delta, rounds the scan, asks for
// another loss than the worst, or shares its losses with other units.
[[nodiscard]] bool has_chords(const scenario::RiskUnitTerms& terms) noexcept;

// market is the unit's, its drift is not looked at. The unit must be bounded and priced.
void build_chords(const UnitMarket& market, const UnitTotals& totals, UnitChords& chords) noexcept;

// What a move inside the band may change either end of the unit's delta by.
[[nodiscard]] std::int64_t delta_width_over_band(const UnitScalars& scalars) noexcept;

// drift must have moved, inside the band. Deltas at the table's spot, their slack and the scenario
// that was worst there are the caller's.
[[gnu::always_inline]] inline void summarise_by_chords(const UnitChords& chords, const Drift& drift,
                                                       UnitSummary& summary) noexcept {
  const std::array<std::int64_t, chord_amounts>& change = drift.bands < 0 ? chords.down : chords.up;
  const auto amount = [&](ChordAmount a) {
    return chords.base[a] + ((change[a] >> chord_dropped_bits) * drift.bands_abs_max >>
                             (drift_fraction_bits - chord_dropped_bits));
  };
  summary.total.hi = amount(total_hi);
  summary.total.lo = std::max<std::int64_t>(amount(total_lo), 0);
  summary.floored_scan.hi = amount(floored_hi);
  summary.floored_scan.lo = std::max<std::int64_t>(amount(floored_lo), 0);
  summary.profit[0].hi = amount(numeraire_hi);
  summary.profit[0].lo = amount(numeraire_lo);
  summary.profit[1].hi = amount(coin_hi);
  summary.profit[1].lo = amount(coin_lo);
  summary.decidable = true;
  summary.has_unpriced = false;
}

}  // namespace margingate::margin
