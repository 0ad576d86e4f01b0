#include "margin/scan_pool.hpp"

#include <algorithm>
#include <bit>

#include "margin/fixed_point.hpp"
#include "margin/scan_reducer.hpp"

namespace margingate::margin {
namespace {

// No unit's loss at any spot is beyond it, so ends that are say nothing more.
constexpr std::int64_t unit_loss_max = std::int64_t{1} << 58;

std::size_t whole_vectors(std::size_t count) noexcept {
  return (count + scenario_lane_multiple - 1) / scenario_lane_multiple * scenario_lane_multiple;
}

// share * gain, rounded down: what is left of a gain never grows by rounding.
std::int64_t share_of(std::int64_t gain, std::int64_t share_ppb) noexcept {
  return gain / parts_per_one * share_ppb + gain % parts_per_one * share_ppb / parts_per_one;
}

void add_losses(const std::int64_t* __restrict losses, std::size_t count, std::int64_t gain_ppb,
                std::int64_t* __restrict sums) noexcept {
  if (gain_ppb == parts_per_one) {
    for (std::size_t s = 0; s < count; ++s) sums[s] += losses[s];
    return;
  }
  if (gain_ppb == 0) {
    for (std::size_t s = 0; s < count; ++s) sums[s] += std::max<std::int64_t>(losses[s], 0);
    return;
  }
  for (std::size_t s = 0; s < count; ++s) {
    const std::int64_t loss = losses[s];
    sums[s] += loss >= 0 ? loss : -share_of(-loss, gain_ppb);
  }
}

void widen(std::int64_t* ends, std::size_t count, std::int64_t by) noexcept {
  for (std::size_t s = 0; s < count; ++s) {
    ends[s] = std::clamp(ends[s] + by, -unit_loss_max, unit_loss_max);
  }
}

std::int64_t to_quantum(std::int64_t x, std::int64_t quantum) noexcept {
  return quantum == 1 ? x : (x + quantum / 2) / quantum * quantum;
}

}  // namespace

void PoolLosses::put(std::uint32_t unit, const UnitMarket& market, const UnitTotals& totals,
                     std::int64_t scaled_lots, const Interval& floor) noexcept {
  put_ends(unit, market, totals, {}, 0, {}, scaled_lots, floor);
}

void PoolLosses::put(std::uint32_t unit, const UnitMarket& market, const UnitTotals& totals,
                     const RiskRow& row, const LaneChange& change, std::int64_t scaled_lots,
                     const Interval& floor) noexcept {
  put_ends(unit, market, totals, row.lanes, row.exponent, change, scaled_lots, floor);
}

void PoolLosses::put_ends(std::uint32_t unit, const UnitMarket& market, const UnitTotals& totals,
                          const RowLanes& row, std::int32_t exponent, const LaneChange& change,
                          std::int64_t scaled_lots, const Interval& floor) noexcept {
  const scenario::ReducerTerms& reducer = market.terms->reducer;
  std::int64_t* const upper = upper_[unit];
  std::int64_t* const lower = lower_[unit];
  market.kernel->ends(totals, market.layout.lane_count, reducer, market.drift, row, exponent,
                      change, upper, lower);
  const std::uint32_t bit = std::uint32_t{1} << unit;
  present_ |= bit;
  moved_ &= ~bit;
  floors_[unit] = floor;
  if (!market.drift.moved) return;
  moved_ |= bit;
  widen(upper, reducer.scenarios, 2 * scaled_lots);
  widen(lower, reducer.scenarios, -2 * scaled_lots);
}

PoolInterval PoolLosses::evaluate(std::uint32_t pool, const LaneKernel& kernel) noexcept {
  const PoolTerms& terms = terms_.pools[pool];
  PoolInterval result;
  add_up(terms, upper_, sums_[pool_upper], sums_[group_sum]);
  const bool moved = (moved_ & terms.unit_mask) != 0;
  if (moved) add_up(terms, lower_, sums_[pool_lower], sums_[group_sum]);
  for (std::uint32_t units = terms.unit_mask & present_; units != 0; units &= units - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(units));
    result.floor.lo += floors_[unit].lo;
    result.floor.hi += floors_[unit].hi;
  }
  const LaneExtremes ends =
      reduce(kernel, terms.reducer, sums_[pool_upper], moved ? sums_[pool_lower] : nullptr,
             sums_[scratch], sums_[scratch_lower]);
  const std::int64_t factor =
      margin_ == MarginScope::initial ? terms.initial_ppb : terms.maintenance_ppb;
  result.scan = {with_factor(to_quantum(ends.lo, terms.quantum), factor),
                 with_factor(to_quantum(ends.hi, terms.quantum), factor)};
  result.total = {std::max(result.scan.lo, result.floor.lo),
                  std::max(result.scan.hi, result.floor.hi)};
  result.worst_scenario = ends.worst;
  return result;
}

// One end of every loss of a pool; what has not moved has one alone.
void PoolLosses::add_up(const PoolTerms& terms, const Ends& ends, std::int64_t* pool,
                        std::int64_t* group_sums) const noexcept {
  const std::size_t count = terms.reducer.scenarios;
  std::fill_n(pool, count, 0);
  for (std::size_t s = count; s < whole_vectors(count); ++s) pool[s] = INT64_MIN;
  const bool nested = terms.gain_ppb != parts_per_one;
  for (const PoolGroupTerms& group : terms.groups) {
    std::uint32_t units = group.unit_mask & present_;
    if (units == 0) continue;
    // Where a group's gains count in full, its units go straight into the pool.
    std::int64_t* const sums = nested ? group_sums : pool;
    if (nested) std::fill_n(sums, count, 0);
    for (; units != 0; units &= units - 1) {
      const auto unit = static_cast<std::uint32_t>(std::countr_zero(units));
      const bool moved = (moved_ >> unit & 1) != 0;
      add_losses(moved ? ends[unit] : upper_[unit], count, group.gain_ppb, sums);
    }
    if (nested) add_losses(sums, count, terms.gain_ppb, pool);
  }
}

void PoolLosses::keep(std::uint32_t pool) noexcept {
  std::copy_n(sums_[pool_upper], terms_.pools[pool].reducer.scenarios, sums_[kept]);
}

bool PoolLosses::rises(std::uint32_t pool) const noexcept {
  for (std::size_t s = 0; s < terms_.pools[pool].reducer.scenarios; ++s) {
    const std::int64_t loss = std::max<std::int64_t>(sums_[pool_upper][s], 0);
    if (loss > std::max<std::int64_t>(sums_[kept][s], 0)) return true;
  }
  return false;
}

}  // namespace margingate::margin
