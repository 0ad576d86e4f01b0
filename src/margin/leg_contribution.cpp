#include "margin/leg_contribution.hpp"

#include <algorithm>

#include "margin/fixed_point.hpp"

namespace margingate::margin {
namespace {

std::int64_t magnitude(std::int64_t x) noexcept { return x < 0 ? -x : x; }

// max(long amount, short amount) with bounds: outside a possible change of the larger side the
// winner's drift is exact, inside it the overlap is slack.
DriftingAmount larger(const DriftingAmount& a, const DriftingAmount& b) noexcept {
  const DriftingAmount& winner = a.amount >= b.amount ? a : b;
  const DriftingAmount& loser = a.amount >= b.amount ? b : a;
  const std::int64_t closing = magnitude(winner.drift - loser.drift) + winner.slack + loser.slack;
  const std::int64_t overlap = std::max<std::int64_t>(0, closing - (winner.amount - loser.amount));
  return {winner.amount, winner.drift, winner.slack + overlap};
}

DriftingAmount scaled(const DriftingAmount& a, std::int64_t lots) noexcept {
  return {a.amount * lots, a.drift * lots, a.slack * lots};
}

DriftingAmount exposure(const LegState& leg, const DriftingAmount& per_long,
                        const DriftingAmount& per_short) noexcept {
  const std::int64_t longest = std::max<std::int64_t>(leg.net + leg.working_buys, 0);
  const std::int64_t shortest = std::max<std::int64_t>(leg.working_sells - leg.net, 0);
  return larger(scaled(per_long, longest), scaled(per_short, shortest));
}

void add_profit(const LegState& leg, const RiskRow& row, const CoinPrice& coin,
                UnitScalars& s) noexcept {
  std::int64_t profit = leg.net * row.value;
  std::int64_t drift = leg.net * row.value_drift;
  if (row.settles_in_coin) {
    const std::int64_t entry = multiply_floor(leg.entry_cash, coin.price, coin.price_scale);
    profit += entry;
    drift += multiply_floor(entry, coin.band_ppb, parts_per_one);
  } else {
    profit += leg.entry_cash;
  }
  const std::size_t lane = row.settles_in_coin ? 1 : 0;
  s.profit[lane] = profit;
  s.profit_drift[lane] = drift;
  s.profit_curvature[lane] = leg.gross_net() * row.value_curvature;
}

void add_unrealised_loss(const UnitScalars& profits, std::size_t lane, UnitScalars& s) noexcept {
  const DriftingAmount loss{-profits.profit[lane], -profits.profit_drift[lane],
                            profits.profit_curvature[lane]};
  s.unrealised_loss = larger(loss, DriftingAmount{});
}

void add_delta(const LegState& leg, const RiskRow& row, UnitScalars& s) noexcept {
  const std::int64_t low = leg.net - leg.working_sells;
  const std::int64_t high = leg.net + leg.working_buys;
  const auto span = [&](std::int64_t from, std::int64_t to, std::int64_t& lo, std::int64_t& hi) {
    lo = std::min(row.delta * from, row.delta * to);
    hi = std::max(row.delta * from, row.delta * to);
  };
  if (row.is_option) {
    span(std::min<std::int64_t>(low, 0), std::min<std::int64_t>(high, 0), s.rest_lo, s.rest_hi);
    span(std::max<std::int64_t>(low, 0), std::max<std::int64_t>(high, 0), s.long_option_lo,
         s.long_option_hi);
  } else {
    span(low, high, s.rest_lo, s.rest_hi);
  }
  s.delta_slack = std::max(magnitude(low), magnitude(high)) * row.delta_slack;
}

void add_expiry_delta(const LegState& leg, const RiskRow& row, LegContribution& c) noexcept {
  const std::int64_t low = row.expiry_delta * (leg.net - leg.working_sells);
  const std::int64_t high = row.expiry_delta * (leg.net + leg.working_buys);
  c.expiry_lo = std::min(low, high);
  c.expiry_hi = std::max(low, high);
  c.expiry_slack = leg.lots() * row.expiry_delta_slack;
}

}  // namespace

LegContribution leg_contribution(const LegState& leg, const RiskRow& row,
                                 const ContributionParts& parts, const CoinPrice& coin) noexcept {
  LegContribution c;
  UnitScalars& s = c.scalars;
  const bool flat = leg.is_flat();
  if (flat && leg.entry_cash == 0) return c;
  s.legs = flat ? 0 : 1;
  if (row.status != Reason::accepted) {
    s.unpriced = s.legs;
    return c;
  }
  s.unbounded = row.bounded || flat ? 0 : 1;
  s.lots = leg.lots();
  s.scaled_lots = leg.lots() << row.exponent;
  if (parts.profit) add_profit(leg, row, coin, s);
  if (parts.profit && parts.unrealised_losses) add_unrealised_loss(s, row.settles_in_coin ? 1 : 0, s);
  if (parts.delta) add_delta(leg, row, s);
  if (parts.expiry_delta) add_expiry_delta(leg, row, c);
  if (parts.added) s.added = exposure(leg, row.added_long, row.added_short);
  if (parts.floor) s.floor = exposure(leg, row.floor_long, row.floor_short);
  return c;
}

}  // namespace margingate::margin
