#include "margin/reducing.hpp"

#include <algorithm>

namespace margingate::margin {
namespace {

// Of losses as LaneKernel::ends leaves them.
bool rises_nowhere(const std::int64_t* before, const std::int64_t* after,
                   std::size_t count) noexcept {
  for (std::size_t s = 0; s < count; ++s) {
    if (std::max<std::int64_t>(after[s], 0) > std::max<std::int64_t>(before[s], 0)) return false;
  }
  return true;
}

// A scenario is as bad as the worst of its alternatives. No row: totals_after as they are.
[[gnu::noinline]] bool worsens_no_folded(const UnitMarket& market, const UnitTotals& totals_before,
                                         const UnitTotals& totals_after, const RowLanes& row,
                                         std::int32_t exponent, const LaneChange& change) noexcept {
  alignas(64) std::int64_t before[scenario::lanes_max];
  alignas(64) std::int64_t after[scenario::lanes_max];
  const scenario::ReducerTerms& reducer = market.terms->reducer;
  const std::size_t lanes = market.layout.lane_count;
  market.kernel->ends(totals_before, lanes, reducer, Drift{}, {}, 0, {}, before, nullptr);
  market.kernel->ends(totals_after, lanes, reducer, Drift{}, row, exponent, change, after, nullptr);
  return rises_nowhere(before, after, reducer.scenarios);
}

bool worsens_no_scenario(const UnitMarket& market, const UnitTotals& totals,
                         const UnitChange& change) noexcept {
  const RiskRow& row = *change.row;
  if (market.terms->is_pooled) return true;
  if (market.terms->reducer.alternatives > 1) {
    return worsens_no_folded(market, totals, totals, row.lanes, row.exponent, change.lanes);
  }
  const LaneChange& c = change.lanes;
  for (std::size_t s = 0; s < market.terms->lanes.scenario_count; ++s) {
    const std::int64_t a = row.lanes.loss[s];
    const std::int64_t lots = c.net + (a > 0 ? c.working_buys : 0) - (a < 0 ? c.working_sells : 0);
    const std::int64_t before = totals.loss[s];
    const std::int64_t after = before + ((lots * a) << row.exponent);
    if (std::max<std::int64_t>(after, 0) > std::max<std::int64_t>(before, 0)) return false;
  }
  return true;
}

bool raises_expiry_charge(const UnitTotals& totals, const UnitChange& change) noexcept {
  const std::size_t b = change.row->expiry_bucket;
  const std::int64_t hi = totals.expiry_hi[b];
  const std::int64_t lo = totals.expiry_lo[b];
  const std::int64_t hi_after = hi + change.difference.expiry_hi;
  const std::int64_t lo_after = lo + change.difference.expiry_lo;
  return std::max(hi_after, -lo_after) > std::max(hi, -lo);
}

bool charges_worsen_nothing(const UnitInterval& before, const UnitInterval& after) noexcept {
  return after.added.hi <= before.added.hi && after.floor.hi <= before.floor.hi &&
         after.total_floor.hi <= before.total_floor.hi &&
         after.delta_shock.hi <= before.delta_shock.hi;
}

}  // namespace

bool worsens_nothing(const UnitMarket& market, const UnitTotals& totals, const UnitChange& change,
                     const UnitInterval& before, const UnitInterval& after) noexcept {
  return charges_worsen_nothing(before, after) && !raises_expiry_charge(totals, change) &&
         worsens_no_scenario(market, totals, change);
}

bool worsens_nothing(const UnitMarket& market, const UnitTotals& totals_before,
                     const UnitTotals& totals_after, const UnitInterval& before,
                     const UnitInterval& after) noexcept {
  if (!charges_worsen_nothing(before, after)) return false;
  const scenario::RiskUnitTerms& terms = *market.terms;
  if (!terms.is_pooled) {
    const bool keeps =
        terms.reducer.alternatives > 1
            ? worsens_no_folded(market, totals_before, totals_after, {}, 0, {})
            : rises_nowhere(totals_before.loss, totals_after.loss, terms.lanes.scenario_count);
    if (!keeps) return false;
  }
  if (!market.parts.expiry_delta) return true;
  for (std::size_t b = 0; b < market.layout.bucket_count; ++b) {
    const std::int64_t charge = std::max(totals_after.expiry_hi[b], -totals_after.expiry_lo[b]);
    if (charge > std::max(totals_before.expiry_hi[b], -totals_before.expiry_lo[b])) return false;
  }
  return true;
}

}  // namespace margingate::margin
