#include "margin/leg_contribution.hpp"

#include <algorithm>

#include "margin/fixed_point.hpp"

namespace margingate::margin {
namespace {

std::int64_t magnitude(std::int64_t x) noexcept { return x < 0 ? -x : x; }

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

[[gnu::always_inline]] inline DriftingAmount exposure(const LegState& leg,
                                                      const DriftingAmount& per_long,
                                                      const DriftingAmount& per_short) noexcept {
  const std::int64_t longest = std::max<std::int64_t>(leg.net + leg.working_buys, 0);
  const std::int64_t shortest = std::max<std::int64_t>(leg.working_sells - leg.net, 0);
  return larger(scaled(per_long, longest), scaled(per_short, shortest));
}

DriftingAmount profit_of(const LegState& leg, const RiskRow& row, const CoinPrice& coin) noexcept {
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

Span span(std::int64_t per_lot, std::int64_t from, std::int64_t to) noexcept {
  const std::int64_t a = per_lot * from;
  const std::int64_t b = per_lot * to;
  return {std::min(a, b), std::max(a, b)};
}

// Lots count without a price too: the limit on them keeps totals in range once there is one.
[[gnu::cold]] LegContribution unpriced(std::int64_t lots, std::int32_t exponent) noexcept {
  LegContribution c;
  c.scalars.lots = lots;
  c.scalars.scaled_lots = lots << exponent;
  c.scalars.legs = c.scalars.unpriced = lots == 0 ? 0 : 1;
  return c;
}

}  // namespace

// Every word is written once: clearing the whole and filling in what applies costs more.
LegContribution leg_contribution(const LegState& leg, const RiskRow& row,
                                 const ContributionParts& parts, const CoinPrice& coin) noexcept {
  const std::int64_t lots = leg.lots();
  const std::int64_t legs = lots == 0 ? 0 : 1;
  if (row.status != Reason::accepted) return unpriced(lots, row.exponent);

  const std::int64_t low = leg.net - leg.working_sells;
  const std::int64_t high = leg.net + leg.working_buys;
  const DriftingAmount profit = parts.profit ? profit_of(leg, row, coin) : DriftingAmount{};
  const DriftingAmount loss{-profit.amount, -profit.drift, profit.slack};
  const bool coin_lane = row.settles_in_coin;
  Span rest, longs, expiry;
  if (parts.delta && row.is_option) {
    rest = span(row.delta, std::min<std::int64_t>(low, 0), std::min<std::int64_t>(high, 0));
    longs = span(row.delta, std::max<std::int64_t>(low, 0), std::max<std::int64_t>(high, 0));
  } else if (parts.delta) {
    rest = span(row.delta, low, high);
  }
  if (parts.expiry_delta) expiry = span(row.expiry_delta, low, high);
  return {
      .scalars = {.profit = {coin_lane ? 0 : profit.amount, coin_lane ? profit.amount : 0},
                  .profit_drift = {coin_lane ? 0 : profit.drift, coin_lane ? profit.drift : 0},
                  .profit_curvature = {coin_lane ? 0 : profit.slack, coin_lane ? profit.slack : 0},
                  .added = parts.added ? exposure(leg, row.added_long, row.added_short)
                                       : DriftingAmount{},
                  .floor = parts.floor ? exposure(leg, row.floor_long, row.floor_short)
                                       : DriftingAmount{},
                  .unrealised_loss = parts.profit && parts.unrealised_losses
                                         ? larger(loss, DriftingAmount{})
                                         : DriftingAmount{},
                  .rest_lo = rest.lo,
                  .rest_hi = rest.hi,
                  .long_option_lo = longs.lo,
                  .long_option_hi = longs.hi,
                  .delta_slack =
                      parts.delta ? std::max(magnitude(low), magnitude(high)) * row.delta_slack : 0,
                  .lots = lots,
                  .scaled_lots = lots << row.exponent,
                  .legs = legs,
                  .unpriced = 0,
                  .unbounded = row.bounded ? 0 : legs},
      .expiry_hi = expiry.hi,
      .expiry_lo = expiry.lo,
      .expiry_slack = parts.expiry_delta ? lots * row.expiry_delta_slack : 0};
}

}  // namespace margingate::margin
