// Requirement of one risk unit as a certified interval; a point when the spot has not moved.
//
// Shape    UnitInterval, a value.
// Units    money units.
// Sign     requirement parts >= 0; profits signed.
// Range    see unit_totals.hpp.
// Errors   `decidable` is false when no bound is known; `unpriced` counts legs without a price.
// Threads  pure.
// Cost     one lane kernel call, the unit's expiry buckets, some scalar arithmetic.
// Source   docs/methodology.md MR-16 to MR-21; docs/numerics.md, "certified interval".
#pragma once

#include <cstdint>

#include "margin/lane_kernel.hpp"
#include "margin/leg_contribution.hpp"
#include "margin/unit_totals.hpp"
#include "scenario/risk_unit_terms.hpp"

namespace margingate::margin {

struct Interval {
  std::int64_t lo = 0;
  std::int64_t hi = 0;
};

// What an account needs of one unit; the order path computes and keeps no more.
struct UnitSummary {
  Interval total;
  // The larger of scan and floor: what credits are a share of. In a pool the floor alone, which is
  // part of the pool's and not of the total.
  Interval floored_scan;
  Interval profit[2];
  std::int64_t delta_lo = 0;  // of all fills, at the table's spot
  std::int64_t delta_hi = 0;
  std::int64_t delta_width = 0;  // what the drift may change at either end
  std::uint32_t worst_scenario = 0;
  bool decidable = true;
  bool has_unpriced = false;
};
static_assert(sizeof(UnitSummary) <= 128 - 8);

// The same with its parts, for statements and for orders that reduce.
struct UnitInterval : UnitSummary {
  Interval scan;
  Interval floor;
  Interval expiry_delta;
  Interval delta_shock;
  Interval added;
  Interval total_floor;  // after its tiers
  Interval unrealised_loss;
};

// Where a unit's totals stand in the market.
struct UnitMarket {
  const scenario::RiskUnitTerms* terms = nullptr;
  const LaneKernel* kernel = nullptr;
  TotalsLayout layout;
  ContributionParts parts;
  const std::int64_t* deductibles = nullptr;  // null: none
  Drift drift;
  bool within_band = true;   // of the certified bounds; outside it nothing is decidable
  double spot = 0.0;         // live
  double money_scale = 1.0;  // U
};

// A leg's change: lanes, and what is added to the unit's scalars and to its expiry bucket.
struct UnitChange {
  const RiskRow* row = nullptr;
  LaneChange lanes;
  LegContribution difference;
};

[[nodiscard]] UnitInterval unit_interval(const UnitMarket& market,
                                         const UnitTotals& totals) noexcept;
[[nodiscard]] UnitInterval unit_interval_after(const UnitMarket& market, const UnitTotals& totals,
                                               const UnitChange& change) noexcept;

// Summary of unit_interval_after for a change of working orders alone, but for the profit, which
// such a change leaves as it is. This is what a decision computes.
void summarise_after_order(const UnitMarket& market, const UnitTotals& totals, const RiskRow& row,
                           const LegState& before, const LegState& after,
                           UnitSummary& summary) noexcept;

// Makes the change part of the totals.
void apply_change(const UnitMarket& market, const UnitTotals& totals,
                  const UnitChange& change) noexcept;
// The same for a change of working orders alone, of which most scalars know nothing.
void apply_order(const UnitMarket& market, const UnitTotals& totals, const RiskRow& row,
                 const LegState& before, const LegState& after) noexcept;

[[nodiscard]] UnitChange unit_change(const RiskRow& row, const LegState& before,
                                     const LegState& after, const ContributionParts& parts,
                                     const CoinPrice& coin) noexcept;

// MR-52: a sum of total floor charges, slice by slice, rounded up.
[[nodiscard]] std::int64_t tiered_floor(const scenario::RiskUnitTerms& terms,
                                        std::int64_t amount) noexcept;

// MR-19: charge for a delta of this magnitude.
[[nodiscard]] std::int64_t delta_shock_charge(const scenario::RiskUnitTerms& terms,
                                              std::int64_t delta, double spot,
                                              double money_scale) noexcept;

}  // namespace margingate::margin
