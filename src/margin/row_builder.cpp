#include "margin/row_builder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "margin/fixed_point.hpp"
#include "margin/row_builder_lanes.hpp"

namespace margingate::margin {
namespace {

using scenario::InstrumentTerms;
using scenario::PayoffForm;
using scenario::RiskUnitTerms;

// Integers beyond this are not representable together with the quantity limits: values times
// the largest scaled quantity must stay below 2^62 (docs/numerics.md).
constexpr double scalar_magnitude_max = 0x1p35;

double power_of_two(std::int32_t exponent) noexcept {
  return std::bit_cast<double>(static_cast<std::uint64_t>(1023 + exponent) << 52);
}

struct RowDoubles {
  double value = 0.0, value_drift = 0.0, value_curvature = 0.0;
  double delta = 0.0, delta_slack = 0.0;
  double notional = 0.0, notional_drift = 0.0, notional_slack = 0.0;
};

bool is_positive_finite(double x) noexcept {
  return x > 0.0 && x <= std::numeric_limits<double>::max();
}

// MR-04, g of one shock.
double stretch(const VolatilityShock& shock, double days, VolatilityStretch& known) noexcept {
  const double power = days < shock.pivot_days ? shock.short_power : shock.long_power;
  if (power == 0.0) return 1.0;
  if (days != known.days || power != known.power || shock.pivot_days != known.pivot_days) {
    const RowLaneKernel& kernel = row_lane_kernel(best_instruction_set());
    known = {days, power, shock.pivot_days, kernel.power(shock.pivot_days / days, power)};
  }
  return known.factor;
}

double shocked(double sigma, const VolatilityShock& shock, double days,
               VolatilityStretch& known) noexcept {
  const double moved = sigma * (1.0 + shock.relative * stretch(shock, days, known));
  return std::max(std::max(moved, shock.minimum), 0.0);
}

Reason pricing_status(const InstrumentTerms& instrument, const InstrumentQuote& quote, double spot,
                      double surface_spot, Timestamp as_of) noexcept {
  const bool expires =
      instrument.kind == InstrumentKind::future || instrument.kind == InstrumentKind::option;
  if (expires && instrument.expiry <= as_of) return Reason::instrument_expired;
  if (!is_positive_finite(spot)) return Reason::missing_mark;
  if (instrument.kind == InstrumentKind::spot) return Reason::accepted;
  if (!is_positive_finite(surface_spot) || !is_positive_finite(quote.forward)) {
    return Reason::missing_mark;
  }
  const double sigma = quote.implied_volatility;
  const bool known = sigma >= 0.0 && sigma <= std::numeric_limits<double>::max();
  return instrument.is_option && !known ? Reason::missing_volatility : Reason::accepted;
}

// Calls and puts of one strike stand next to each other in most lists, and a volatility belongs to
// a strike: both are priced at once, and the second finds its prices here.
void price_pair(const InstrumentTerms& instrument, const scenario::ScenarioLanes& lanes,
                const PricingInputs& inputs, double forward, const RowSettings& settings,
                RowScratch& scratch) noexcept {
  const PricedPair wanted{&lanes, forward, instrument.strike, settings.drift_band,
                          inputs.shocked_volatility};
  if (scratch.priced == wanted) return;
  scratch.priced = wanted;
  settings.lanes->shock(lanes, inputs, forward, instrument.strike, scratch);
  settings.pair_kernel(
      {lanes.lane_count, scratch.forward.data(), scratch.log_moneyness.data(),
       scratch.total_volatility.data()},
      instrument.strike, settings.band,
      {scratch.call_value.data(), scratch.call_delta.data(), scratch.put_value.data(),
       scratch.put_delta.data(), scratch.gamma_max.data()});
}

// Values alone, but for the lanes around the unshocked one, whose delta the charges need.
void price_values(const InstrumentTerms& instrument, const scenario::ScenarioLanes& lanes,
                  const PricingInputs& inputs, double forward, const RowSettings& settings,
                  RowScratch& scratch) noexcept {
  scratch.priced = {};
  settings.lanes->shock(lanes, inputs, forward, instrument.strike, scratch);
  const std::size_t base = lanes.scenario_count / scenario_lane_multiple * scenario_lane_multiple;
  double* const value = (instrument.is_call ? scratch.call_value : scratch.put_value).data();
  double* const delta = (instrument.is_call ? scratch.call_delta : scratch.put_delta).data();
  settings.value_kernel(
      {base, scratch.forward.data(), scratch.log_moneyness.data(), scratch.total_volatility.data()},
      instrument.strike, instrument.is_call, value);
  settings.kernel({lanes.lane_count - base, scratch.forward.data() + base,
                   scratch.log_moneyness.data() + base, scratch.total_volatility.data() + base},
                  instrument.strike, instrument.is_call, settings.band,
                  {value + base, delta + base, scratch.gamma_max.data() + base});
}

RowDoubles option_scalars(const InstrumentTerms& instrument, const RiskUnitTerms& unit,
                          const RowPoint& p) noexcept {
  const double half = 0.5 * p.band * p.band;
  const double forward_delta = p.forward * p.forward_delta;
  const double gamma = p.forward * p.forward * p.gamma_max;
  RowDoubles r;
  if (instrument.form == PayoffForm::inverse_coin) {
    const double strike_term = strike_term_max(p, p.forward, p.value, p.forward_delta, p.gamma_max);
    const double shrink = 1.0 - p.band;
    r.value = (p.value / p.forward) * p.scale;
    r.value_drift = p.band * (p.forward_delta - p.value / p.forward) * p.scale;
    r.value_curvature =
        half *
        coin_curvature(p, instrument.is_call, p.forward, p.value, p.forward_delta, p.gamma_max) *
        p.scale;
    r.delta = (p.forward_delta - p.value / p.forward) * p.scale;
    r.delta_slack =
        p.band * (p.forward * p.gamma_max + strike_term / (p.forward * shrink * shrink)) * p.scale;
  } else {
    const bool linear = instrument.form == PayoffForm::linear;
    r.value = p.value * p.scale;
    r.value_drift = p.band * forward_delta * p.scale;
    r.value_curvature = half * gamma * p.scale;
    r.delta = linear ? forward_delta * p.scale : (forward_delta - p.value) * p.scale;
    const double slope = gamma * (1.0 + p.band);
    // The delta itself is at most what it is now and what gamma adds over the band, and one.
    const double size = std::min(p.forward, std::fabs(forward_delta) + p.band * slope);
    r.delta_slack = p.band * ((linear ? size : 0.0) + slope) * p.scale;
  }
  r.notional = unit.coin_form ? instrument.lot_scale : p.spot * instrument.lot_scale;
  r.notional_drift = unit.coin_form ? 0.0 : p.band * r.notional;
  return r;
}

RowDoubles delta_one_scalars(const InstrumentTerms& instrument, const RowPoint& p) noexcept {
  RowDoubles r;
  switch (instrument.form) {
    case PayoffForm::linear:
      r.value = r.delta = r.notional = p.forward * p.scale;
      r.value_drift = r.delta_slack = r.notional_drift = p.band * r.value;
      return r;
    case PayoffForm::inverse_quote:
      r.value = 0.0 - p.scale;
      r.delta = r.notional = p.scale;
      return r;
    case PayoffForm::inverse_coin:
      break;
  }
  const double coins = (1.0 / p.forward) * p.scale;
  const double shrink = 1.0 - p.band;
  r.value = 0.0 - coins;
  r.value_drift = p.band * coins;
  r.value_curvature = p.band * p.band * coins / (shrink * shrink * shrink);
  r.delta = r.notional = coins;
  r.delta_slack = p.band * coins / (shrink * shrink);
  r.notional_drift = -r.value_drift;
  r.notional_slack = r.value_curvature;
  return r;
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

struct AmountDoubles {
  double amount = 0.0, drift = 0.0, slack = 0.0;
};

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

void add_otm(const ExposureCharge& charge, const InstrumentTerms& instrument, bool coin_form,
             const RowPoint& p, double notional, AmountDoubles& total) noexcept {
  const OtmAmount here = otm_amount(charge, instrument.is_call, instrument.strike, p.spot);
  total.amount += here.amount * notional;
  const double shrink = 1.0 - p.band;
  if (coin_form) {
    total.slack += p.band * notional * (instrument.strike / p.spot) / (shrink * shrink);
    return;
  }
  const auto piece_at = [&](double spot) {
    return otm_amount(charge, instrument.is_call, instrument.strike, spot).piece;
  };
  const bool one_piece =
      piece_at(p.spot * shrink) == here.piece && piece_at(p.spot * (1.0 + p.band)) == here.piece;
  if (one_piece) {
    total.drift += p.band * otm_slope(charge, instrument.is_call, here.piece) * notional;
    return;
  }
  constexpr double quotient_error = 1e-9;
  const SlopeRange slopes =
      otm_slopes(charge, instrument.is_call, instrument.strike, p.spot, p.band);
  total.drift += p.band * slopes.middle() * notional;
  total.slack += p.band * (slopes.half() + quotient_error) * notional;
}

void exposure_amounts(const std::vector<ExposureCharge>& charges, const InstrumentTerms& instrument,
                      bool coin_form, const RowPoint& p, const RowDoubles& r, AmountDoubles& longs,
                      AmountDoubles& shorts) noexcept {
  for (const ExposureCharge& charge : charges) {
    longs.amount += charge.long_rate * r.notional + charge.long_mark_rate * std::max(0.0, r.value);
    longs.drift += charge.long_rate * r.notional_drift;
    longs.slack += charge.long_rate * r.notional_slack;
    if (r.value > 0.0) {
      longs.drift += charge.long_mark_rate * r.value_drift;
      longs.slack += charge.long_mark_rate * r.value_curvature;
    }
    shorts.drift += charge.short_rate * r.notional_drift;
    shorts.slack += charge.short_rate * r.notional_slack;
    const bool has_otm = charge.short_otm_base > 0.0 || charge.short_otm_minimum > 0.0;
    AmountDoubles otm;
    if (instrument.is_option && has_otm) {
      add_otm(charge, instrument, coin_form, p, r.notional, otm);
    }
    shorts.amount += charge.short_rate * r.notional + otm.amount;
    shorts.drift += otm.drift;
    shorts.slack += otm.slack;
  }
}

// Amounts a row stores; every one is checked against what the totals can carry.
class ScalarRounding {
 public:
  explicit ScalarRounding(double unit) : max_(scalar_magnitude_max / unit) {}

  std::int64_t nearest_of(double x) noexcept { return take(nearest(x)); }
  std::int64_t ceil_of(double x) noexcept { return take(ceil_portable(x)); }
  // Bounds may be infinite: then they are unknown rather than wrong.
  std::int64_t bound_of(double x) noexcept {
    if (std::fabs(x) <= max_) return static_cast<std::int64_t>(ceil_portable(x));
    bounded_ = false;
    return 0;
  }
  DriftingAmount amount_of(const AmountDoubles& a) noexcept {
    return {ceil_of(a.amount), bound_of(a.drift), bound_of(a.slack)};
  }
  bool fits() const noexcept { return fits_; }
  bool bounded() const noexcept { return bounded_; }

 private:
  std::int64_t take(double x) noexcept {
    fits_ = fits_ && std::fabs(x) <= max_;
    return fits_ ? static_cast<std::int64_t>(x) : 0;
  }
  double max_;
  bool fits_ = true;
  bool bounded_ = true;
};

double expiry_rate(const InstrumentTerms& instrument, const ExpiryDeltaCharge& charge, double years,
                   const RowLaneKernel& kernel) noexcept {
  if (instrument.kind == InstrumentKind::spot) return 0.0;
  if (instrument.kind == InstrumentKind::perpetual) return charge.minimum_rate;
  if (charge.annualised_move == 0.0) return charge.minimum_rate;
  return std::max(charge.minimum_rate, kernel.exp(charge.annualised_move * years) - 1.0);
}

double delta_decay(const InstrumentTerms& instrument, double decay_minutes, double years) noexcept {
  if (!instrument.is_option || decay_minutes <= 0.0) return 1.0;
  return std::min(1.0, years * 525600.0 / decay_minutes);
}

void round_scalars(const InstrumentTerms& instrument, const RiskUnitTerms& unit, const RowPoint& p,
                   const PricingInputs& inputs, const RowDoubles& r, const RowSettings& settings,
                   RiskRow& row) noexcept {
  ScalarRounding round(power_of_two(-instrument.exponent));
  row.value = round.nearest_of(r.value);
  row.value_drift = round.bound_of(r.value_drift);
  row.value_curvature = round.bound_of(r.value_curvature);
  const double decay = delta_decay(instrument, unit.delta_decay_minutes, inputs.years);
  const double delta = r.delta * decay;
  row.delta = round.nearest_of(delta);
  row.delta_slack = round.bound_of(r.delta_slack * decay);
  const double rate = expiry_rate(instrument, unit.expiry_delta, inputs.years, *settings.lanes);
  row.expiry_delta = round.nearest_of(delta * rate);
  row.expiry_delta_slack = round.bound_of(r.delta_slack * decay * rate);
  row.reducing_open_loss_per_lot = settings.reducing_open_loss_rate_max * r.notional;
  const auto kind = static_cast<std::size_t>(instrument.kind);
  AmountDoubles longs, shorts;
  exposure_amounts(unit.added[kind], instrument, unit.coin_form, p, r, longs, shorts);
  row.added_long = round.amount_of(longs);
  row.added_short = round.amount_of(shorts);
  longs = shorts = {};
  exposure_amounts(unit.floor[kind], instrument, unit.coin_form, p, r, longs, shorts);
  row.floor_long = round.amount_of(longs);
  row.floor_short = round.amount_of(shorts);
  row.bounded = row.bounded && round.bounded();
  if (!round.fits()) row.status = Reason::risk_array_out_of_range;
}

}  // namespace

PricingInputs prepare_pricing(const InstrumentTerms& instrument, const RiskUnitTerms& unit,
                              const InstrumentQuote& quote, double spot, double surface_spot,
                              Timestamp as_of, VolatilityStretch& known) noexcept {
  PricingInputs inputs;
  inputs.status = pricing_status(instrument, quote, spot, surface_spot, as_of);
  if (inputs.status != Reason::accepted) return inputs;
  const bool is_spot = instrument.kind == InstrumentKind::spot;
  inputs.forward = is_spot ? spot : quote.forward * (spot / surface_spot);
  inputs.spot_per_forward = spot / inputs.forward;
  if (instrument.kind == InstrumentKind::future || instrument.is_option) {
    inputs.years = static_cast<double>((instrument.expiry - as_of).value) / (365.0 * 86400.0 * 1e9);
  }
  if (!instrument.is_option) return inputs;
  const double root_years = std::sqrt(inputs.years);
  const double days = inputs.years * 365.0;
  inputs.base_volatility = quote.implied_volatility * root_years;
  for (std::size_t i = 0; i < unit.lanes.shocks.size(); ++i) {
    inputs.shocked_volatility[i] =
        shocked(quote.implied_volatility, unit.lanes.shocks[i], days, known) * root_years;
  }
  return inputs;
}

void build_row(const InstrumentTerms& instrument, const RiskUnitTerms& unit,
               const PricingInputs& inputs, double spot, double x, const RowSettings& settings,
               RowUse use, RowScratch& scratch, const LaneStorage& lanes, RiskRow& row) noexcept {
  std::construct_at(&row);  // in place: a row assigned from a temporary is written twice
  row.status = inputs.status;
  row.is_option = instrument.is_option;
  row.settles_in_coin = instrument.settles_in_coin;
  row.expiry_bucket = instrument.expiry_bucket;
  row.risk_unit = instrument.risk_unit;
  row.exponent = instrument.exponent;
  row.lanes = {lanes.loss, lanes.drift, lanes.curvature};
  if (row.status != Reason::accepted) return;

  RowPoint p{inputs.forward * x, spot, instrument.lot_scale, settings.drift_band, 0.0, 0.0, 0.0};
  if (instrument.form == PayoffForm::inverse_quote) p.scale *= inputs.spot_per_forward;
  RowDoubles scalars;
  if (instrument.is_option) {
    const auto price = use == RowUse::published ? price_pair : price_values;
    price(instrument, unit.lanes, inputs, p.forward, settings, scratch);
    const std::size_t base = unit.lanes.scenario_count;
    p.value = scratch.value(instrument.is_call)[base];
    p.forward_delta = scratch.delta(instrument.is_call)[base];
    p.gamma_max = scratch.gamma_max[base];
    scalars = option_scalars(instrument, unit, p);
  } else {
    scalars = delta_one_scalars(instrument, p);
  }
  const auto round =
      use == RowUse::published ? settings.lanes->round : settings.lanes->round_losses;
  const LaneRounding rounded =
      round(instrument, unit.lanes, p, scratch, power_of_two(-instrument.exponent), lanes);
  row.bounded = rounded.all_bounded;
  if (!rounded.all_fit) {
    row.status = Reason::risk_array_out_of_range;
    return;
  }
  round_scalars(instrument, unit, p, inputs, scalars, settings, row);
}

}  // namespace margingate::margin
