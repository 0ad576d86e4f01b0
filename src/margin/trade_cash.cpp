#include "margin/trade_cash.hpp"

#include <algorithm>

#include "margin/fixed_point.hpp"

namespace margingate::margin {
namespace {

std::int64_t share(std::int64_t amount, std::int64_t part, std::int64_t whole) noexcept {
  return static_cast<std::int64_t>(static_cast<Int128>(amount) * part / whole);
}

std::int64_t magnitude(std::int64_t x) noexcept { return x < 0 ? -x : x; }

}  // namespace

std::int64_t entry_cash(const scenario::InstrumentTerms& instrument, std::int64_t lots,
                        std::int64_t price) noexcept {
  if (instrument.reciprocal_price) {
    return static_cast<std::int64_t>(
        floor_divide(lots * instrument.trade_numerator, price * instrument.trade_denominator));
  }
  return static_cast<std::int64_t>(
      floor_divide(-(static_cast<Int128>(lots) * price * instrument.trade_numerator),
                   instrument.trade_denominator));
}

bool trade_in_range(const scenario::InstrumentTerms& instrument, std::int64_t price_scale,
                    std::int64_t lots, std::int64_t price) noexcept {
  const double size = static_cast<double>(magnitude(lots)) * instrument.lot_scale;
  const double scaled_price = static_cast<double>(price) / static_cast<double>(price_scale);
  const double cash = instrument.reciprocal_price ? size / scaled_price : size * scaled_price;
  return cash <= static_cast<double>(trade_cash_max);
}

FillOutcome after_fill(const scenario::InstrumentTerms& instrument, const LegState& leg,
                       std::int64_t lots, std::int64_t price) noexcept {
  const std::int64_t cash = entry_cash(instrument, lots, price);
  FillOutcome outcome{leg, 0};
  const bool reduces = leg.net != 0 && (leg.net > 0) != (lots > 0);
  outcome.leg.net += lots;
  if (!reduces) {
    outcome.leg.entry_cash += cash;
    return outcome;
  }
  const std::int64_t closed = std::min(leg.gross_net(), magnitude(lots));
  const std::int64_t released = share(leg.entry_cash, closed, leg.gross_net());
  const std::int64_t closing = share(cash, closed, magnitude(lots));
  outcome.realised = released + closing;
  outcome.leg.entry_cash = leg.entry_cash - released + (cash - closing);
  return outcome;
}

Interval open_loss(const scenario::InstrumentTerms& instrument, const RiskRow& row,
                   const Drift& drift, const CoinPrice& coin, std::int64_t lots,
                   std::int64_t price) noexcept {
  std::int64_t entry = entry_cash(instrument, lots, price);
  if (instrument.settles_in_coin) entry = multiply_floor(entry, coin.price, coin.price_scale);
  const std::int64_t fee = instrument.fee_ppb == 0
                               ? 0
                               : multiply_ceil(magnitude(entry), instrument.fee_ppb, parts_per_one);
  const std::int64_t profit = lots * row.value + entry;
  if (!drift.moved) {
    const std::int64_t loss = std::max<std::int64_t>(0, -profit) + fee;
    return {loss, loss};
  }
  const std::int64_t slope = lots * row.value_drift;
  const std::int64_t bend = magnitude(lots) * row.value_curvature;
  const std::int64_t bend_bands = row.value_kinked ? drift.bands_abs_max : drift.bands_squared_max;
  const auto moved =
      static_cast<std::int64_t>(static_cast<Int128>(slope) * drift.bands >> drift_fraction_bits);
  const auto width =
      static_cast<std::int64_t>(static_cast<Int128>(bend) * bend_bands >> drift_fraction_bits) +
      (magnitude(slope) >> 17) + 2 * magnitude(lots) * row.weight + 8;
  return {std::max<std::int64_t>(0, -(profit + moved + width)) + fee,
          std::max<std::int64_t>(0, -(profit + moved - width)) + fee};
}

}  // namespace margingate::margin
