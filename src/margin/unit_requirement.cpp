#include "margin/unit_requirement.hpp"

#include <algorithm>
#include <type_traits>

#include "margin/fixed_point.hpp"
#include "margin/leg_contribution_body.hpp"
#include "margin/scan_reducer.hpp"

namespace margingate::margin {
namespace {

using body::magnitude;

// What a change does to the one expiry bucket it touches.
struct ExpiryChange {
  std::size_t bucket = 0;
  std::int64_t hi = 0;
  std::int64_t lo = 0;
  std::int64_t slack = 0;
};

// What a multiplied floor may come to: unit totals stay in range.
constexpr std::int64_t charge_max = std::int64_t{1} << 60;

[[gnu::always_inline]] inline LaneChange lane_change(const LegState& before,
                                                     const LegState& after) noexcept {
  return {after.net - before.net, after.working_buys - before.working_buys,
          after.working_sells - before.working_sells, after.gross_net() - before.gross_net()};
}

// slack * |move|, rounded up.
[[gnu::always_inline]] inline std::int64_t slack_at(std::int64_t slack, const Drift& d) noexcept {
  return in_bands(slack, d.bands_abs_max) + 1;
}

[[gnu::always_inline]] inline std::int64_t curvature_at(std::int64_t curvature,
                                                        const Drift& d) noexcept {
  return in_bands(curvature, d.bands_squared_max) + 1;
}

// The move is known to half of 2^-16 bands, which a drift turns into money.
[[gnu::always_inline]] inline std::int64_t drift_error(std::int64_t drift) noexcept {
  return (magnitude(drift) >> 17) + (magnitude(drift) >> 40) + 2;
}

[[gnu::always_inline]] inline Interval around(std::int64_t middle, std::int64_t width) noexcept {
  return {middle - width, middle + width};
}

[[gnu::always_inline]] inline Interval at_least_zero(Interval i) noexcept {
  return {std::max<std::int64_t>(i.lo, 0), std::max<std::int64_t>(i.hi, 0)};
}

[[gnu::always_inline]] inline Interval interval_of(const DriftingAmount& a, const Drift& d,
                                                   std::int64_t rounding) noexcept {
  if (!d.moved) return {a.amount, a.amount};
  return at_least_zero(around(a.amount + in_bands(a.drift, d.bands),
                              slack_at(a.slack, d) + drift_error(a.drift) + rounding));
}

// Where values have kinks, what bounds the rest of their change goes with |move|.
[[gnu::always_inline]] inline Interval profit_interval(const DriftingAmount& profit, const Drift& d,
                                                       bool values_kinked,
                                                       std::int64_t rounding) noexcept {
  if (!d.moved) return {profit.amount, profit.amount};
  return around(profit.amount + in_bands(profit.drift, d.bands),
                (values_kinked ? slack_at(profit.slack, d) : curvature_at(profit.slack, d)) +
                    drift_error(profit.drift) + rounding);
}

[[gnu::always_inline]] inline std::int64_t to_quantum(std::int64_t x,
                                                      std::int64_t quantum) noexcept {
  return quantum == 1 ? x : (x + quantum / 2) / quantum * quantum;
}

[[gnu::always_inline]] inline Interval scan_interval(const UnitMarket& market,
                                                     const LaneExtremes& worst,
                                                     std::int64_t rounding) noexcept {
  const std::int64_t quantum = market.terms->scan_quantum;
  return {to_quantum(std::max<std::int64_t>(worst.lo - rounding, 0), quantum),
          to_quantum(worst.hi + rounding, quantum)};
}

// Reducers other than the worst loss look at every scenario's. Out of line: the room for them is
// kept off the stack of the common case. No row: the totals as they are.
[[gnu::noinline]] LaneExtremes reduced_scan(const UnitMarket& market, const UnitTotals& totals,
                                            const RowLanes& row, std::int32_t exponent,
                                            const LaneChange& change) noexcept {
  alignas(64) std::int64_t upper[scenario::lanes_max];
  alignas(64) std::int64_t lower[scenario::lanes_max];
  alignas(64) std::int64_t scratch[scenario::lanes_max];
  alignas(64) std::int64_t scratch_lower[scenario::lanes_max];
  const scenario::ReducerTerms& reducer = market.terms->reducer;
  market.kernel->ends(totals, market.layout.lane_count, reducer, market.drift, row, exponent,
                      change, upper, lower);
  return reduce(*market.kernel, reducer, upper, market.drift.moved ? lower : nullptr, scratch,
                scratch_lower);
}

[[gnu::always_inline]] inline LaneExtremes scan_now(const UnitMarket& market,
                                                    const UnitTotals& totals) noexcept {
  if (market.terms->is_pooled) return {};
  if (!market.terms->reducer.is_worst()) return reduced_scan(market, totals, {}, 0, {});
  return market.kernel->worst(totals, market.layout.lane_count, market.deductibles, market.drift);
}

[[gnu::always_inline]] inline LaneExtremes scan_after(const UnitMarket& market,
                                                      const UnitTotals& totals, const RiskRow& row,
                                                      const LaneChange& change) noexcept {
  if (market.terms->is_pooled) return {};
  if (!market.terms->reducer.is_worst()) {
    return reduced_scan(market, totals, row.lanes, row.exponent, change);
  }
  return market.kernel->worst_after(totals, market.layout.lane_count, market.deductibles,
                                    market.drift, row.lanes, row.exponent, change);
}

[[gnu::always_inline]] inline ExpirySums charge_at(const Drift& d, std::int64_t hi, std::int64_t lo,
                                                   std::int64_t slack) noexcept {
  return d.moved ? expiry_charge<true>(hi, lo, slack, d.bands_abs_max)
                 : expiry_charge<false>(hi, lo, slack, 0);
}

// A change touches one expiry: its charge is taken out of the sum and put back as it becomes.
[[gnu::always_inline]] inline Interval expiry_interval(const UnitMarket& market,
                                                       const UnitTotals& totals,
                                                       const ExpiryChange& change,
                                                       std::int64_t rounding) noexcept {
  const Drift& drift = market.drift;
  const std::size_t bucket = change.bucket;
  ExpirySums sum = market.kernel->expiries(totals, market.layout.bucket_count, drift);
  const std::int64_t hi = totals.expiry_hi[bucket];
  const std::int64_t lo = totals.expiry_lo[bucket];
  const std::int64_t slack = totals.expiry_slack[bucket];
  const ExpirySums out = charge_at(drift, hi, lo, slack);
  const ExpirySums in = charge_at(drift, hi + change.hi, lo + change.lo, slack + change.slack);
  sum.hi += in.hi - out.hi;
  sum.lo += in.lo - out.lo;
  return {std::max<std::int64_t>(sum.lo - rounding, 0), sum.hi + rounding};
}

[[gnu::always_inline]] inline std::int64_t shocked_delta(const body::Deltas& s,
                                                         std::int64_t width) noexcept {
  const std::int64_t rest_lo = s.rest_lo - width;
  const std::int64_t rest_hi = s.rest_hi + width;
  std::int64_t delta = 0;
  if (rest_lo < 0) {
    delta = std::max(delta, std::min(-rest_lo - (s.long_option_lo - width), -rest_lo));
  }
  if (rest_hi > 0) {
    delta = std::max(delta, std::min(rest_hi + (s.long_option_hi + width), rest_hi));
  }
  return delta;
}

[[gnu::always_inline]] inline Interval delta_shock_interval(const UnitMarket& market,
                                                            const body::Deltas& s,
                                                            std::int64_t width) noexcept {
  const auto charge = [&](std::int64_t w) {
    return delta_shock_charge(*market.terms, shocked_delta(s, w), market.spot, market.money_scale);
  };
  const std::int64_t hi = charge(width);
  return {width == 0 ? hi : charge(-width), hi};
}

// What the scalars of a unit are, asked for one by one: as they stand, or with an order added. Only
// what a model charges is asked for, so only that is computed.
struct StandingScalars {
  const UnitScalars& s;
  const UnitChange* change;  // null: none

  [[nodiscard]] DriftingAmount added() const noexcept { return s.added; }
  [[nodiscard]] DriftingAmount floor() const noexcept { return s.floor; }
  [[nodiscard]] DriftingAmount total_floor() const noexcept { return s.total_floor; }
  [[nodiscard]] DriftingAmount unrealised_loss() const noexcept { return s.unrealised_loss; }
  [[nodiscard]] DriftingAmount profit(std::size_t lane) const noexcept {
    return {s.profit[lane], s.profit_drift[lane], s.profit_curvature[lane]};
  }
  [[nodiscard]] body::Deltas deltas() const noexcept { return body::deltas_of(s); }
  [[nodiscard]] body::Counts counts() const noexcept {
    return {s.lots, s.scaled_lots, s.legs, s.unbounded};
  }
  [[nodiscard]] bool has_unpriced() const noexcept { return s.unpriced != 0; }
  [[nodiscard]] ExpiryChange expiry() const noexcept {
    if (change == nullptr) return {};
    const LegContribution& d = change->difference;
    return {change->row->expiry_bucket, d.expiry_hi, d.expiry_lo, d.expiry_slack};
  }
};

struct ScalarsAfterOrder {
  const UnitScalars& s;
  const RiskRow& row;
  const LegState& before;
  const LegState& after;

  [[nodiscard]] [[gnu::always_inline]] DriftingAmount added() const noexcept {
    return moved(s.added, body::added(before, row), body::added(after, row));
  }
  [[nodiscard]] [[gnu::always_inline]] DriftingAmount floor() const noexcept {
    return moved(s.floor, body::floor(before, row), body::floor(after, row));
  }
  [[nodiscard]] DriftingAmount total_floor() const noexcept {
    return moved(s.total_floor, body::total_floor(before, row), body::total_floor(after, row));
  }
  // An order has no profit before it fills.
  [[nodiscard]] DriftingAmount unrealised_loss() const noexcept { return s.unrealised_loss; }
  [[nodiscard]] [[gnu::always_inline]] body::Deltas deltas() const noexcept {
    const body::Deltas out = body::deltas(before, row);
    const body::Deltas in = body::deltas(after, row);
    return {s.rest_lo + in.rest_lo - out.rest_lo, s.rest_hi + in.rest_hi - out.rest_hi,
            s.long_option_lo + in.long_option_lo - out.long_option_lo,
            s.long_option_hi + in.long_option_hi - out.long_option_hi,
            s.delta_slack + in.slack - out.slack};
  }
  [[nodiscard]] [[gnu::always_inline]] body::Counts counts() const noexcept {
    const body::Counts out = body::counts(before, row);
    const body::Counts in = body::counts(after, row);
    return {s.lots + in.lots - out.lots, s.scaled_lots + in.scaled_lots - out.scaled_lots,
            s.legs + in.legs - out.legs, s.unbounded + in.unbounded - out.unbounded};
  }
  [[nodiscard]] bool has_unpriced() const noexcept { return s.unpriced != 0; }
  [[nodiscard]] [[gnu::always_inline]] ExpiryChange expiry() const noexcept {
    const body::Expiry out = body::expiry(before, row);
    const body::Expiry in = body::expiry(after, row);
    return {row.expiry_bucket, in.hi - out.hi, in.lo - out.lo, in.slack - out.slack};
  }

 private:
  [[gnu::always_inline]] static DriftingAmount moved(const DriftingAmount& now,
                                                     const DriftingAmount& out,
                                                     const DriftingAmount& in) noexcept {
    return {now.amount + in.amount - out.amount, now.drift + in.drift - out.drift,
            now.slack + in.slack - out.slack};
  }
};

// Result is a UnitInterval, or a UnitSummary, which takes no parts and no profit.
template <bool Moved, class Scalars, class Result>
[[gnu::always_inline]] inline void assemble(const UnitMarket& market, const UnitTotals& totals,
                                            const Scalars& scalars, const LaneExtremes& worst,
                                            Result& result) noexcept {
  constexpr bool in_parts = std::is_same_v<Result, UnitInterval>;
  Drift drift = market.drift;
  drift.moved = Moved;  // as it is; the compiler then leaves out what a move alone needs
  const scenario::RiskUnitTerms& terms = *market.terms;
  result.has_unpriced = scalars.has_unpriced();
  result.worst_scenario = worst.worst < terms.lanes.scenario_count ? worst.worst : 0;
  result.decidable = true;
  // A published row and the row at the live spot are each off by half a unit, the drift row by
  // another half; a scalar likewise, plus the entry cash of its leg.
  std::int64_t row_rounding = 0;
  std::int64_t scalar_rounding = 0;
  if constexpr (Moved) {
    const body::Counts counts = scalars.counts();
    row_rounding = 2 * counts.scaled_lots;
    scalar_rounding = 2 * counts.lots + 4 * counts.legs;
    // Nothing held is worth nothing wherever the spot is.
    result.decidable = counts.legs == 0 || (market.within_band && counts.unbounded == 0);
  }
  Interval scan;
  if (!terms.is_pooled) scan = scan_interval(market, worst, row_rounding);
  std::int64_t lo = scan.lo;
  std::int64_t hi = scan.hi;
  if constexpr (in_parts) result.scan = scan;
  if (terms.charges_floor) {
    const Interval floor = interval_of(scalars.floor(), drift, scalar_rounding);
    lo = std::max(lo, floor.lo);
    hi = std::max(hi, floor.hi);
    if constexpr (in_parts) result.floor = floor;
  }
  result.floored_scan.lo = lo;
  result.floored_scan.hi = hi;
  if (terms.is_pooled) lo = hi = 0;
  if (terms.charges_added) {
    const Interval added = interval_of(scalars.added(), drift, scalar_rounding);
    lo += added.lo;
    hi += added.hi;
    if constexpr (in_parts) result.added = added;
  }
  if (terms.charges_unrealised_losses) {
    const Interval loss = interval_of(scalars.unrealised_loss(), drift, scalar_rounding);
    lo += loss.lo;
    hi += loss.hi;
    if constexpr (in_parts) result.unrealised_loss = loss;
  }
  if (terms.charges_expiry_delta) {
    const Interval expiry = expiry_interval(market, totals, scalars.expiry(), scalar_rounding);
    lo += expiry.lo;
    hi += expiry.hi;
    if constexpr (in_parts) result.expiry_delta = expiry;
  }
  result.delta_lo = result.delta_hi = result.delta_width = 0;
  if (market.parts.delta) {
    const body::Deltas deltas = scalars.deltas();
    result.delta_lo = deltas.rest_lo + deltas.long_option_lo;
    result.delta_hi = deltas.rest_hi + deltas.long_option_hi;
    if constexpr (Moved) result.delta_width = slack_at(deltas.slack, drift) + scalar_rounding;
    if (terms.charges_delta_shock) {
      const Interval shock = delta_shock_interval(market, deltas, result.delta_width);
      lo += shock.lo;
      hi += shock.hi;
      if constexpr (in_parts) result.delta_shock = shock;
    }
  }
  if (terms.charges_total_floor) {
    Interval floor = interval_of(scalars.total_floor(), drift, scalar_rounding);
    floor = {tiered_floor(terms, floor.lo), tiered_floor(terms, floor.hi)};
    lo = std::max(lo, floor.lo);
    hi = std::max(hi, floor.hi);
    if constexpr (in_parts) result.total_floor = floor;
  }
  result.total.lo = lo;
  result.total.hi = hi;
  if constexpr (in_parts) {
    const bool kinked = terms.values_kinked;
    result.profit[0] = profit_interval(scalars.profit(0), drift, kinked, scalar_rounding);
    result.profit[1] = profit_interval(scalars.profit(1), drift, kinked, scalar_rounding);
  }
}

template <class Scalars, class Result>
[[gnu::always_inline]] inline void assemble_moved_or_not(const UnitMarket& market,
                                                         const UnitTotals& totals,
                                                         const Scalars& scalars,
                                                         const LaneExtremes& worst,
                                                         Result& result) noexcept {
  if (market.drift.moved) {
    assemble<true>(market, totals, scalars, worst, result);
  } else {
    assemble<false>(market, totals, scalars, worst, result);
  }
}

}  // namespace

std::int64_t tiered_floor(const scenario::RiskUnitTerms& terms, std::int64_t amount) noexcept {
  Int128 parts = 0;
  for (const scenario::FloorTier& tier : terms.total_floor_tiers) {
    if (amount > tier.from) parts += static_cast<Int128>(tier.added_ppb) * (amount - tier.from);
  }
  const Int128 sum = ceil_divide(parts, parts_per_one);
  return static_cast<std::int64_t>(std::min<Int128>(sum, charge_max));
}

std::int64_t delta_shock_charge(const scenario::RiskUnitTerms& terms, std::int64_t delta,
                                double spot, double money_scale) noexcept {
  if (delta <= 0) return 0;
  const double money = static_cast<double>(delta);
  const double in_numeraire = money / money_scale;
  const double size = terms.coin_form ? in_numeraire : in_numeraire / spot;
  const double excess = std::max(size - terms.delta_shock.threshold_quote / spot, 0.0);
  const double rate =
      std::min(terms.delta_shock.rate_per_unit * excess, terms.delta_shock.rate_max);
  return static_cast<std::int64_t>(ceil_portable(money * rate));
}

UnitInterval unit_interval(const UnitMarket& market, const UnitTotals& totals) noexcept {
  const LaneExtremes worst = scan_now(market, totals);
  UnitInterval result;
  assemble_moved_or_not(market, totals, StandingScalars{*totals.scalars, nullptr}, worst, result);
  return result;
}

UnitInterval unit_interval_after(const UnitMarket& market, const UnitTotals& totals,
                                 const UnitChange& change) noexcept {
  const RiskRow& row = *change.row;
  const LaneExtremes worst = scan_after(market, totals, row, change.lanes);
  UnitScalars scalars = *totals.scalars;
  add_words(change.difference.scalars, scalars);
  UnitInterval result;
  assemble_moved_or_not(market, totals, StandingScalars{scalars, &change}, worst, result);
  return result;
}

void summarise_after_order(const UnitMarket& market, const UnitTotals& totals, const RiskRow& row,
                           const LegState& before, const LegState& after,
                           UnitSummary& summary) noexcept {
  const LaneExtremes worst = scan_after(market, totals, row, lane_change(before, after));
  assemble_moved_or_not(market, totals, ScalarsAfterOrder{*totals.scalars, row, before, after},
                        worst, summary);
}

void apply_change(const UnitMarket& market, const UnitTotals& totals,
                  const UnitChange& change) noexcept {
  const RiskRow& row = *change.row;
  if (row.status == Reason::accepted) {
    market.kernel->apply(totals, market.layout.lane_count, row.lanes, row.exponent, change.lanes);
  }
  add_words(change.difference.scalars, *totals.scalars);
  const std::size_t bucket = row.expiry_bucket;
  totals.expiry_hi[bucket] += change.difference.expiry_hi;
  totals.expiry_lo[bucket] += change.difference.expiry_lo;
  totals.expiry_slack[bucket] += change.difference.expiry_slack;
}

void apply_order(const UnitMarket& market, const UnitTotals& totals, const RiskRow& row,
                 const LegState& before, const LegState& after) noexcept {
  ContributionParts parts = market.parts;
  parts.profit = false;
  if (row.status != Reason::accepted) {
    apply_change(market, totals, unit_change(row, before, after, parts, CoinPrice{}));
    return;
  }
  market.kernel->apply(totals, market.layout.lane_count, row.lanes, row.exponent,
                       lane_change(before, after));
  UnitScalars& s = *totals.scalars;
  const ScalarsAfterOrder changed{s, row, before, after};
  if (parts.added) s.added = changed.added();
  if (parts.floor) s.floor = changed.floor();
  if (parts.total_floor) s.total_floor = changed.total_floor();
  if (parts.delta) {
    const body::Deltas deltas = changed.deltas();
    s.rest_lo = deltas.rest_lo;
    s.rest_hi = deltas.rest_hi;
    s.long_option_lo = deltas.long_option_lo;
    s.long_option_hi = deltas.long_option_hi;
    s.delta_slack = deltas.slack;
  }
  const body::Counts counts = changed.counts();
  s.lots = counts.lots;
  s.scaled_lots = counts.scaled_lots;
  s.legs = counts.legs;
  s.unbounded = counts.unbounded;
  if (parts.expiry_delta) {
    const ExpiryChange expiry = changed.expiry();
    totals.expiry_hi[expiry.bucket] += expiry.hi;
    totals.expiry_lo[expiry.bucket] += expiry.lo;
    totals.expiry_slack[expiry.bucket] += expiry.slack;
  }
}

UnitChange unit_change(const RiskRow& row, const LegState& before, const LegState& after,
                       const ContributionParts& parts, const CoinPrice& coin) noexcept {
  if (row.status != Reason::accepted) {
    return {&row, lane_change(before, after),
            body::difference(body::unpriced(before, row), body::unpriced(after, row))};
  }
  return {&row, lane_change(before, after),
          body::difference(body::contribution(before, row, parts, coin),
                           body::contribution(after, row, parts, coin))};
}

}  // namespace margingate::margin
