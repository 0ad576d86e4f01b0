// A leg's contribution, inline: the order path needs a few of its fields, and computes only those.
#pragma once

#include <algorithm>

#include "margin/fixed_point.hpp"
#include "margin/leg_contribution.hpp"
#include "margin/size_excess.hpp"

namespace margingate::margin::body {

[[gnu::always_inline]] inline std::int64_t magnitude(std::int64_t x) noexcept {
  return x < 0 ? -x : x;
}

// max(long amount, short amount) with bounds: outside a possible change of the larger side the
// winner's drift is exact, inside it the overlap is slack.
[[gnu::always_inline]] inline DriftingAmount larger(const DriftingAmount& a,
                                                    const DriftingAmount& b) noexcept {
  const bool first = a.amount >= b.amount;
  const std::int64_t ahead = magnitude(a.amount - b.amount);
  const std::int64_t closing = magnitude(a.drift - b.drift) + a.slack + b.slack;
  const std::int64_t overlap = std::max<std::int64_t>(0, closing - ahead);
  return {first ? a.amount : b.amount, first ? a.drift : b.drift,
          (first ? a.slack : b.slack) + overlap};
}

[[gnu::always_inline]] inline DriftingAmount scaled(const DriftingAmount& a,
                                                    std::int64_t lots) noexcept {
  return {a.amount * lots, a.drift * lots, a.slack * lots};
}

[[gnu::always_inline]] inline std::int64_t longest(const LegState& leg) noexcept {
  return std::max<std::int64_t>(leg.net + leg.working_buys, 0);
}

[[gnu::always_inline]] inline std::int64_t shortest(const LegState& leg) noexcept {
  return std::max<std::int64_t>(leg.working_sells - leg.net, 0);
}

[[gnu::always_inline]] inline DriftingAmount exposure(const LegState& leg,
                                                      const DriftingAmount& per_long,
                                                      const DriftingAmount& per_short) noexcept {
  return larger(scaled(per_long, longest(leg)), scaled(per_short, shortest(leg)));
}

[[gnu::always_inline]] inline DriftingAmount plus(const DriftingAmount& a,
                                                  const DriftingAmount& b) noexcept {
  return {a.amount + b.amount, a.drift + b.drift, a.slack + b.slack};
}

// The same where a leg pays more for being large.
[[gnu::noinline]] inline DriftingAmount exposure_by_size(const LegState& leg,
                                                         const DriftingAmount& per_long,
                                                         const DriftingAmount& per_short,
                                                         const SizePoints& points) noexcept {
  return larger(plus(scaled(per_long, longest(leg)), size_excess(points, longest(leg))),
                plus(scaled(per_short, shortest(leg)), size_excess(points, shortest(leg))));
}

[[gnu::always_inline]] inline DriftingAmount added(const LegState& leg,
                                                   const RiskRow& row) noexcept {
  if (row.charges != nullptr && row.charges->size.terms != nullptr) [[unlikely]] {
    return exposure_by_size(leg, row.added_long, row.added_short, row.charges->size);
  }
  return exposure(leg, row.added_long, row.added_short);
}

[[gnu::always_inline]] inline DriftingAmount floor(const LegState& leg,
                                                   const RiskRow& row) noexcept {
  return exposure(leg, row.floor_long, row.floor_short);
}

// Units that charge it have rows with charges, but for those that cannot be priced.
[[gnu::always_inline]] inline DriftingAmount total_floor(const LegState& leg,
                                                         const RiskRow& row) noexcept {
  return exposure(leg, row.charges->total_floor_long, row.charges->total_floor_short);
}

// What maintenance margin charges a leg, where that differs.
inline void set_maintenance_charges(const LegState& leg, const RowCharges& charges,
                                    const ContributionParts& parts, UnitScalars& s) noexcept {
  if (parts.added) {
    const auto& points = charges.maintenance_size;
    s.added = points.terms == nullptr
                  ? exposure(leg, charges.maintenance_added_long, charges.maintenance_added_short)
                  : exposure_by_size(leg, charges.maintenance_added_long,
                                     charges.maintenance_added_short, points);
  }
  if (parts.floor) {
    s.floor = exposure(leg, charges.maintenance_floor_long, charges.maintenance_floor_short);
  }
  if (parts.total_floor) {
    s.total_floor =
        exposure(leg, charges.maintenance_total_floor_long, charges.maintenance_total_floor_short);
  }
}

[[gnu::always_inline]] inline DriftingAmount profit_of(const LegState& leg, const RiskRow& row,
                                                       const CoinPrice& coin) noexcept {
  DriftingAmount profit{leg.net * row.value, leg.net * row.value_drift,
                        leg.gross_net() * row.value_curvature};
  if (row.settles_in_coin) {
    const std::int64_t entry = multiply_floor(leg.entry_cash, coin.price, coin.price_scale);
    profit.amount += entry;
    profit.drift += multiply_floor(entry, coin.band_ppb, parts_per_one);
  } else {
    profit.amount += leg.entry_cash;
  }
  return profit;
}

struct Span {
  std::int64_t lo = 0;
  std::int64_t hi = 0;
};

[[gnu::always_inline]] inline Span span(std::int64_t per_lot, std::int64_t from,
                                        std::int64_t to) noexcept {
  const std::int64_t a = per_lot * from;
  const std::int64_t b = per_lot * to;
  return {std::min(a, b), std::max(a, b)};
}

// Deltas at the ends of what working orders may do; options held long apart.
struct Deltas {
  std::int64_t rest_lo = 0, rest_hi = 0;
  std::int64_t long_option_lo = 0, long_option_hi = 0;
  std::int64_t slack = 0;
};

[[gnu::always_inline]] inline Deltas deltas_of(const UnitScalars& s) noexcept {
  return {s.rest_lo, s.rest_hi, s.long_option_lo, s.long_option_hi, s.delta_slack};
}

[[gnu::always_inline]] inline Deltas deltas(const LegState& leg, const RiskRow& row) noexcept {
  const std::int64_t low = leg.net - leg.working_sells;
  const std::int64_t high = leg.net + leg.working_buys;
  const std::int64_t slack = std::max(magnitude(low), magnitude(high)) * row.delta_slack;
  if (!row.is_option) {
    Span all = span(row.delta, low, high);
    if (row.delta_against != 0) {
      all.lo -= row.delta_against * leg.working_buys;
      all.hi += row.delta_against * leg.working_sells;
    }
    return {all.lo, all.hi, 0, 0, slack};
  }
  const std::int64_t zero = 0;
  const Span shorts = span(row.delta, std::min(low, zero), std::min(high, zero));
  const Span longs = span(row.delta, std::max(low, zero), std::max(high, zero));
  return {shorts.lo, shorts.hi, longs.lo, longs.hi, slack};
}

struct Expiry {
  std::int64_t hi = 0;
  std::int64_t lo = 0;
  std::int64_t slack = 0;
};

// Where strikes net, what is long pays for nothing: its upper end is left out.
[[gnu::always_inline]] inline Expiry expiry(const LegState& leg, const RiskRow& row) noexcept {
  const Span ends = span(row.expiry_delta, leg.net - leg.working_sells, leg.net + leg.working_buys);
  return {row.nets_strike ? 0 : ends.hi, ends.lo, leg.lots() * row.expiry_delta_slack};
}

// The same at the rate of maintenance margin, which is of positions alone.
inline Expiry maintenance_expiry(const LegState& leg, const RowCharges& charges) noexcept {
  return {0, charges.maintenance_expiry_delta * leg.net,
          leg.lots() * charges.maintenance_expiry_delta_slack};
}

// What bounds rounding and magnitude.
struct Counts {
  std::int64_t lots = 0;
  std::int64_t scaled_lots = 0;
  std::int64_t legs = 0;
  std::int64_t unbounded = 0;
};

[[gnu::always_inline]] inline Counts counts(const LegState& leg, const RiskRow& row) noexcept {
  const std::int64_t lots = leg.lots();
  const std::int64_t legs = lots == 0 ? 0 : 1;
  return {lots * row.weight, (lots << row.exponent) + lots * row.legs_scaled, legs,
          row.bounded ? 0 : legs};
}

// Lots count without a price too: the limit on them keeps totals in range once there is one.
[[gnu::always_inline]] inline LegContribution unpriced(const LegState& leg,
                                                       const RiskRow& row) noexcept {
  const Counts n = counts(leg, row);
  LegContribution c;
  c.scalars.lots = n.lots;
  c.scalars.scaled_lots = n.scaled_lots;
  c.scalars.legs = c.scalars.unpriced = n.legs;
  return c;
}

// The row must be priced.
[[gnu::always_inline]] inline LegContribution contribution(const LegState& leg, const RiskRow& row,
                                                           const ContributionParts& parts,
                                                           const CoinPrice& coin) noexcept {
  LegContribution c;
  UnitScalars& s = c.scalars;
  if (parts.profit) {
    const DriftingAmount profit = profit_of(leg, row, coin);
    const std::size_t lane = row.settles_in_coin ? 1 : 0;
    s.profit[lane] = profit.amount;
    s.profit_drift[lane] = profit.drift;
    s.profit_curvature[lane] = profit.slack;
    if (parts.unrealised_losses) {
      s.unrealised_loss = larger({-profit.amount, -profit.drift, profit.slack}, DriftingAmount{});
    }
  }
  if (parts.maintenance && row.charges != nullptr) {
    set_maintenance_charges(leg, *row.charges, parts, s);
  } else {
    if (parts.added) s.added = added(leg, row);
    if (parts.floor) s.floor = floor(leg, row);
    if (parts.total_floor) s.total_floor = total_floor(leg, row);
  }
  if (parts.delta) {
    const Deltas d = deltas(leg, row);
    s.rest_lo = d.rest_lo;
    s.rest_hi = d.rest_hi;
    s.long_option_lo = d.long_option_lo;
    s.long_option_hi = d.long_option_hi;
    s.delta_slack = d.slack;
  }
  const Counts n = counts(leg, row);
  s.lots = n.lots;
  s.scaled_lots = n.scaled_lots;
  s.legs = n.legs;
  s.unbounded = n.unbounded;
  if (parts.expiry_delta) {
    const bool is_maintenance = parts.maintenance && row.nets_strike && row.charges != nullptr;
    const Expiry e = is_maintenance ? maintenance_expiry(leg, *row.charges) : expiry(leg, row);
    c.expiry_hi = e.hi;
    c.expiry_lo = e.lo;
    c.expiry_slack = e.slack;
  }
  return c;
}

// What a leg adds after a change, less what it added before it.
[[gnu::always_inline]] inline LegContribution difference(const LegContribution& before,
                                                         const LegContribution& after) noexcept {
  LegContribution d = after;
  const auto* const b = reinterpret_cast<const std::int64_t*>(&before);
  auto* const t = reinterpret_cast<std::int64_t*>(&d);
  for (std::size_t i = 0; i < sizeof(LegContribution) / 8; ++i) t[i] -= b[i];
  return d;
}

}  // namespace margingate::margin::body
