#include "margin/exposure_amounts.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace margingate::margin {
namespace {

using scenario::InstrumentTerms;
using scenario::PayoffForm;
using scenario::SizeTerms;

AmountDoubles scaled(double rate, const AmountDoubles& a) noexcept {
  return {rate * a.amount, rate * a.drift, rate * a.slack};
}

// As body::larger of leg_contribution_body.hpp, before rounding.
AmountDoubles larger(const AmountDoubles& a, const AmountDoubles& b) noexcept {
  const bool first = a.amount >= b.amount;
  const double ahead = std::fabs(a.amount - b.amount);
  const double closing = std::fabs(a.drift - b.drift) + a.slack + b.slack;
  const double overlap = std::max(0.0, closing - ahead);
  return {first ? a.amount : b.amount, first ? a.drift : b.drift,
          (first ? a.slack : b.slack) + overlap};
}

// The out-of-the-money rule is piecewise linear in the spot (quote form). Which piece is active:
enum class OtmPiece : std::uint8_t { minimum, out_of_the_money, in_the_money };

struct OtmAmount {
  double amount;  // per unit of notional at spot
  OtmPiece piece;
};

OtmAmount otm_amount(const ExposureCharge& charge, bool is_call, double strike,
                     double spot) noexcept {
  const double out = is_call ? std::max(strike - spot, 0.0) : std::max(spot - strike, 0.0);
  const double base = charge.short_otm_base - out / spot;
  if (base <= charge.short_otm_minimum) return {charge.short_otm_minimum, OtmPiece::minimum};
  return {base, out > 0.0 ? OtmPiece::out_of_the_money : OtmPiece::in_the_money};
}

double otm_slope(const ExposureCharge& charge, bool is_call, OtmPiece piece) noexcept {
  if (piece == OtmPiece::minimum) return charge.short_otm_minimum;
  if (piece == OtmPiece::in_the_money) return charge.short_otm_base;
  return is_call ? charge.short_otm_base + 1.0 : charge.short_otm_base - 1.0;
}

// Slopes of a piecewise linear amount, seen from where the spot is: the least and the largest
// change per unit of move over the band. The middle one leaves the smallest slack.
class SlopeRange {
 public:
  void add(double slope) noexcept {
    low_ = std::min(low_, slope);
    high_ = std::max(high_, slope);
  }
  double middle() const noexcept { return 0.5 * (low_ + high_); }
  double half() const noexcept { return 0.5 * (high_ - low_); }

 private:
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
};

// The change per unit of move is monotone along each piece, so its ends are at kinks and at the
// ends of the band. Next to the spot a difference quotient would be all rounding: there the pieces
// themselves are asked.
SlopeRange otm_slopes(const ExposureCharge& charge, bool is_call, double strike, double spot,
                      double band) noexcept {
  constexpr double near = 1e-6;
  const auto amount_at = [&](double at) {
    return otm_amount(charge, is_call, strike, at).amount * at;
  };
  const double least_reached = is_call ? 1.0 + charge.short_otm_base - charge.short_otm_minimum
                                       : 1.0 - charge.short_otm_base + charge.short_otm_minimum;
  const double points[] = {spot * (1.0 - band), spot * (1.0 + band), strike,
                           least_reached > 0.0 ? strike / least_reached : strike};
  SlopeRange slopes;
  for (const double point : points) {
    const double move = point / spot - 1.0;
    if (std::fabs(move) > band * (1.0 + near)) continue;
    if (std::fabs(move) > near) {
      slopes.add((amount_at(point) - amount_at(spot)) / (point - spot));
      continue;
    }
    for (const double side : {1.0 - 2.0 * near, 1.0 + 2.0 * near}) {
      const OtmPiece piece = otm_amount(charge, is_call, strike, point * side).piece;
      slopes.add(otm_slope(charge, is_call, piece));
    }
  }
  return slopes;
}

AmountDoubles otm_part(const ExposureCharge& charge, const ExposureInputs& p,
                       double notional) noexcept {
  const InstrumentTerms& instrument = *p.instrument;
  const OtmAmount here = otm_amount(charge, instrument.is_call, instrument.strike, p.spot);
  AmountDoubles part{here.amount * notional, 0.0, 0.0};
  const double shrink = 1.0 - p.band;
  if (p.coin_form) {
    part.slack = p.band * notional * (instrument.strike / p.spot) / (shrink * shrink);
    return part;
  }
  const auto piece_at = [&](double spot) {
    return otm_amount(charge, instrument.is_call, instrument.strike, spot).piece;
  };
  const bool one_piece =
      piece_at(p.spot * shrink) == here.piece && piece_at(p.spot * (1.0 + p.band)) == here.piece;
  if (one_piece) {
    part.drift = p.band * otm_slope(charge, instrument.is_call, here.piece) * notional;
    return part;
  }
  constexpr double quotient_error = 1e-9;
  const SlopeRange slopes =
      otm_slopes(charge, instrument.is_call, instrument.strike, p.spot, p.band);
  part.drift = p.band * slopes.middle() * notional;
  part.slack = p.band * (slopes.half() + quotient_error) * notional;
  return part;
}

// What an option is worth to its holder, never below zero.
AmountDoubles option_value(const AmountDoubles& value) noexcept {
  return value.amount > 0.0 ? value : AmountDoubles{};
}

AmountDoubles short_option_part(const ExposureCharge& charge, const ExposureInputs& inputs,
                                const AmountDoubles& notional) noexcept {
  const bool has_otm = charge.short_otm_base > 0.0 || charge.short_otm_minimum > 0.0;
  const bool has_mark = charge.short_mark_rate > 0.0 || charge.short_mark_floor > 0.0;
  AmountDoubles otm;
  if (has_otm) otm = otm_part(charge, inputs, notional.amount);
  if (!has_mark) return otm;
  const AmountDoubles mark = larger(scaled(charge.short_mark_rate, option_value(inputs.value)),
                                    scaled(charge.short_mark_floor, notional));
  return has_otm ? larger(otm, mark) : mark;
}

// MR-55. What is not known counts as much as there can be.
double at_open_interest(double rate, const OpenInterestScaling& scaling,
                        double open_interest_quote) noexcept {
  if (scaling.upper_quote == 0.0) return rate;
  if (!(open_interest_quote >= 0.0)) return std::max(rate, 1.0);
  const double share =
      (open_interest_quote - scaling.lower_quote) / (scaling.upper_quote - scaling.lower_quote);
  return rate + std::max(1.0 - rate, 0.0) * std::min(std::max(share, 0.0), 1.0);
}

// MR-71.
double share_of_doubt(const ExposureCharge& charge, double confidence) noexcept {
  if (charge.confidence_threshold == 0.0) return 1.0;
  if (!(confidence >= 0.0)) return 1.0;
  return confidence < charge.confidence_threshold ? 1.0 - confidence : 0.0;
}

void add_charge(const ExposureCharge& charge, const ExposureInputs& inputs,
                ExposureAmounts& sum) noexcept {
  const AmountDoubles& notional =
      charge.notional_price == PriceBase::spot ? inputs.notional_at_spot : inputs.notional;
  const double oi = inputs.open_interest_quote;
  const double doubt = share_of_doubt(charge, inputs.confidence);
  const double long_rate = at_open_interest(charge.long_rate, charge.open_interest, oi) * doubt;
  const double short_rate = at_open_interest(charge.short_rate, charge.open_interest, oi) * doubt;
  const AmountDoubles value = option_value(inputs.value);
  const double scale = inputs.instrument->contract_scale;
  sum.longs.amount += long_rate * notional.amount + charge.long_mark_rate * value.amount +
                      charge.long_amount_quote * scale;
  sum.longs.drift += long_rate * notional.drift + charge.long_mark_rate * value.drift;
  sum.longs.slack += long_rate * notional.slack + charge.long_mark_rate * value.slack;
  AmountDoubles part;
  if (inputs.instrument->is_option) part = short_option_part(charge, inputs, notional);
  sum.shorts.amount +=
      short_rate * notional.amount + part.amount + charge.short_amount_quote * scale;
  sum.shorts.drift += short_rate * notional.drift + part.drift;
  sum.shorts.slack += short_rate * notional.slack + part.slack;
}

}  // namespace

ExposureAmounts exposure_amounts(const std::vector<ExposureCharge>& charges,
                                 const ExposureInputs& inputs, MarginScope margin) noexcept {
  ExposureAmounts sum;
  const InstrumentTerms& instrument = *inputs.instrument;
  for (const ExposureCharge& charge : charges) {
    if (!scenario::in_scope(charge.scope, margin)) continue;
    if (instrument.is_option && !scenario::is_charged(charge.option_types, instrument.is_call)) {
      continue;
    }
    add_charge(charge, inputs, sum);
  }
  return sum;
}

AmountDoubles notional_at_spot(const InstrumentTerms& instrument, bool coin_form, double spot,
                               double band) noexcept {
  if (instrument.is_option) {
    const double notional = coin_form ? instrument.lot_scale : spot * instrument.lot_scale;
    return {notional, coin_form ? 0.0 : band * notional, 0.0};
  }
  switch (instrument.form) {
    case PayoffForm::linear: {
      const double notional = spot * instrument.lot_scale;
      return {notional, band * notional, 0.0};
    }
    case PayoffForm::inverse_quote:
      return {instrument.lot_scale, 0.0, 0.0};
    case PayoffForm::inverse_coin:
      break;
  }
  const double coins = (1.0 / spot) * instrument.lot_scale;
  const double shrink = 1.0 - band;
  return {coins, -band * coins, band * band * coins / (shrink * shrink * shrink)};
}

SizePoints size_points(std::int8_t index, const scenario::RiskUnitTerms& unit,
                       const ExposureInputs& inputs, double forward) noexcept {
  SizePoints points;
  if (index < 0) return points;
  const SizeTerms& terms = unit.sizes[static_cast<std::size_t>(index)];
  const InstrumentTerms& instrument = *inputs.instrument;
  const bool at_spot = terms.price == PriceBase::spot;
  const double notional = (at_spot ? inputs.notional_at_spot : inputs.notional).amount;
  const double price = at_spot || instrument.is_option ? inputs.spot : forward;
  const bool is_size_in_quote = instrument.reciprocal_price;
  const bool wants_quote = terms.unit == SizeUnit::notional_quote;
  // How notional and size go with the spot: in proportion (1), not at all (0), inversely (-1).
  const int notional_goes =
      is_size_in_quote ? (inputs.coin_form ? -1 : 0) : (inputs.coin_form ? 0 : 1);
  const int size_goes = is_size_in_quote ? (wants_quote ? 0 : -1) : (wants_quote ? 1 : 0);
  double size = instrument.lot_size;
  if (is_size_in_quote && !wants_quote) size = instrument.lot_size / price;
  if (!is_size_in_quote && wants_quote) size = instrument.lot_size * price;
  const double factors[] = {1.0 - inputs.band, 1.0, 1.0 + inputs.band};
  const auto moved = [](double at, int goes, double factor) {
    if (goes == 0) return at;
    return goes > 0 ? at * factor : at / factor;
  };
  points.terms = &terms;
  for (std::size_t i = 0; i < 3; ++i) {
    points.notional[i] = moved(notional, notional_goes, factors[i]);
    points.size[i] = moved(size, size_goes, factors[i]);
  }
  return points;
}

}  // namespace margingate::margin
