#include "margin/unit_requirement.hpp"

#include <algorithm>

#include "margin/fixed_point.hpp"

namespace margingate::margin {
namespace {

std::int64_t magnitude(std::int64_t x) noexcept { return x < 0 ? -x : x; }

// slack * |move|, rounded up.
std::int64_t slack_at(std::int64_t slack, const Drift& d) noexcept {
  return in_bands(slack, d.bands_abs_max) + 1;
}

std::int64_t curvature_at(std::int64_t curvature, const Drift& d) noexcept {
  return in_bands(curvature, d.bands_squared_max) + 1;
}

// The move is known to half of 2^-16 bands, which a drift turns into money.
std::int64_t drift_error(std::int64_t drift) noexcept {
  return (magnitude(drift) >> 17) + (magnitude(drift) >> 40) + 2;
}

Interval around(std::int64_t middle, std::int64_t width) noexcept {
  return {middle - width, middle + width};
}

Interval at_least_zero(Interval i) noexcept {
  return {std::max<std::int64_t>(i.lo, 0), std::max<std::int64_t>(i.hi, 0)};
}

Interval interval_of(const DriftingAmount& a, const Drift& d, std::int64_t rounding) noexcept {
  if (!d.moved) return {a.amount, a.amount};
  return at_least_zero(around(a.amount + in_bands(a.drift, d.bands),
                              slack_at(a.slack, d) + drift_error(a.drift) + rounding));
}

Interval profit_interval(const UnitScalars& s, std::size_t lane, const Drift& d,
                         std::int64_t rounding) noexcept {
  if (!d.moved) return {s.profit[lane], s.profit[lane]};
  return around(
      s.profit[lane] + in_bands(s.profit_drift[lane], d.bands),
      curvature_at(s.profit_curvature[lane], d) + drift_error(s.profit_drift[lane]) + rounding);
}

std::int64_t to_quantum(std::int64_t x, std::int64_t quantum) noexcept {
  return quantum == 1 ? x : (x + quantum / 2) / quantum * quantum;
}

Interval scan_interval(const UnitMarket& market, const LaneExtremes& worst,
                       std::int64_t rounding) noexcept {
  const std::int64_t quantum = market.terms->scan_quantum;
  return {to_quantum(std::max<std::int64_t>(worst.lo - rounding, 0), quantum),
          to_quantum(worst.hi + rounding, quantum)};
}

ExpirySums charge_at(const Drift& d, std::int64_t hi, std::int64_t lo,
                     std::int64_t slack) noexcept {
  return d.moved ? expiry_charge<true>(hi, lo, slack, d.bands_abs_max)
                 : expiry_charge<false>(hi, lo, slack, 0);
}

// A change touches one expiry: its charge is taken out of the sum and put back as it becomes.
Interval expiry_interval(const UnitMarket& market, const UnitTotals& totals,
                         const UnitChange* change, std::int64_t rounding) noexcept {
  const Drift& drift = market.drift;
  ExpirySums sum = market.kernel->expiries(totals, market.layout.bucket_count, drift);
  if (change != nullptr) {
    const std::size_t b = change->row->expiry_bucket;
    const LegContribution& before = change->before;
    const LegContribution& after = change->after;
    const std::int64_t hi = totals.expiry_hi[b];
    const std::int64_t lo = totals.expiry_lo[b];
    const std::int64_t slack = totals.expiry_slack[b];
    const ExpirySums out = charge_at(drift, hi, lo, slack);
    const ExpirySums in = charge_at(drift, hi + after.expiry_hi - before.expiry_hi,
                                    lo + after.expiry_lo - before.expiry_lo,
                                    slack + after.expiry_slack - before.expiry_slack);
    sum.hi += in.hi - out.hi;
    sum.lo += in.lo - out.lo;
  }
  return {std::max<std::int64_t>(sum.lo - rounding, 0), sum.hi + rounding};
}

std::int64_t shocked_delta(const UnitScalars& s, std::int64_t width) noexcept {
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

Interval delta_shock_interval(const UnitMarket& market, const UnitScalars& s,
                              std::int64_t width) noexcept {
  const auto charge = [&](std::int64_t w) {
    return delta_shock_charge(*market.terms, shocked_delta(s, w), market.spot, market.money_scale);
  };
  const std::int64_t hi = charge(width);
  return {width == 0 ? hi : charge(-width), hi};
}

// s and worst contain the change already; null: there is none.
UnitInterval assemble(const UnitMarket& market, const UnitTotals& totals, const UnitScalars& s,
                      const LaneExtremes& worst, const UnitChange* change) noexcept {
  const Drift& drift = market.drift;
  const scenario::RiskUnitTerms& terms = *market.terms;
  UnitInterval result;
  result.has_unpriced = s.unpriced != 0;
  result.decidable = !drift.moved || (market.within_band && s.unbounded == 0);
  result.worst_scenario = worst.worst < terms.lanes.scenario_count ? worst.worst : 0;
  // A published row and the row at the live spot are each off by half a unit, the drift row by
  // another half; a scalar likewise, plus the entry cash of its leg.
  const std::int64_t row_rounding = drift.moved ? 2 * s.scaled_lots : 0;
  const std::int64_t scalar_rounding = drift.moved ? 2 * s.lots + 4 * s.legs : 0;
  result.scan = scan_interval(market, worst, row_rounding);
  if (terms.charges_floor) result.floor = interval_of(s.floor, drift, scalar_rounding);
  if (terms.charges_added) result.added = interval_of(s.added, drift, scalar_rounding);
  if (terms.charges_unrealised_losses) {
    result.unrealised_loss = interval_of(s.unrealised_loss, drift, scalar_rounding);
  }
  if (terms.charges_expiry_delta) {
    result.expiry_delta = expiry_interval(market, totals, change, scalar_rounding);
  }
  result.delta_lo = s.rest_lo + s.long_option_lo;
  result.delta_hi = s.rest_hi + s.long_option_hi;
  result.delta_width = drift.moved ? slack_at(s.delta_slack, drift) + scalar_rounding : 0;
  if (terms.charges_delta_shock) {
    result.delta_shock = delta_shock_interval(market, s, result.delta_width);
  }
  result.profit[0] = profit_interval(s, 0, drift, scalar_rounding);
  result.profit[1] = profit_interval(s, 1, drift, scalar_rounding);
  const auto total = [&](std::int64_t Interval::*end) {
    return std::max(result.scan.*end, result.floor.*end) + result.expiry_delta.*end +
           result.delta_shock.*end + result.added.*end + result.unrealised_loss.*end;
  };
  result.total = {total(&Interval::lo), total(&Interval::hi)};
  return result;
}

}  // namespace

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
  const LaneExtremes worst =
      market.kernel->worst(totals, market.layout.lane_count, market.deductibles, market.drift);
  return assemble(market, totals, *totals.scalars, worst, nullptr);
}

UnitInterval unit_interval_after(const UnitMarket& market, const UnitTotals& totals,
                                 const UnitChange& change) noexcept {
  const RiskRow& row = *change.row;
  const LaneExtremes worst =
      market.kernel->worst_after(totals, market.layout.lane_count, market.deductibles, market.drift,
                                 row.lanes, row.exponent, change.lanes);
  UnitScalars scalars;
  replace_contribution(*totals.scalars, change.before.scalars, change.after.scalars, scalars);
  return assemble(market, totals, scalars, worst, &change);
}

void apply_change(const UnitMarket& market, const UnitTotals& totals,
                  const UnitChange& change) noexcept {
  const RiskRow& row = *change.row;
  if (row.status == Reason::accepted) {
    market.kernel->apply(totals, market.layout.lane_count, row.lanes, row.exponent, change.lanes);
  }
  replace_contribution(*totals.scalars, change.before.scalars, change.after.scalars,
                       *totals.scalars);
  const std::size_t bucket = row.expiry_bucket;
  totals.expiry_hi[bucket] += change.after.expiry_hi - change.before.expiry_hi;
  totals.expiry_lo[bucket] += change.after.expiry_lo - change.before.expiry_lo;
  totals.expiry_slack[bucket] += change.after.expiry_slack - change.before.expiry_slack;
}

UnitChange unit_change(const RiskRow& row, const LegState& before, const LegState& after,
                       const ContributionParts& parts, const CoinPrice& coin) noexcept {
  return {&row,
          {after.net - before.net, after.working_buys - before.working_buys,
           after.working_sells - before.working_sells, after.gross_net() - before.gross_net()},
          leg_contribution(before, row, parts, coin),
          leg_contribution(after, row, parts, coin)};
}

}  // namespace margingate::margin
