#include "margin/row_builder.hpp"

#include <algorithm>
#include <cmath>

#include "margin/fixed_point.hpp"
#include "pricing/elementary.hpp"

namespace margingate::margin {
namespace {

using scenario::InstrumentTerms;
using scenario::PayoffForm;
using scenario::RiskUnitTerms;
using scenario::ScenarioLanes;

// Integers beyond this are not representable together with the quantity limits: values times
// the largest scaled quantity must stay below 2^62 (docs/numerics.md).
constexpr double scalar_magnitude_max = 0x1p35;
constexpr double loss_lane_max = 0x1p31 - 1.0;

double power_of_two(std::int32_t exponent) noexcept {
  return std::bit_cast<double>(static_cast<std::uint64_t>(1023 + exponent) << 52);
}

// Everything a row needs that is one number per instrument, as doubles.
struct Point {
  double forward;       // F, live
  double spot;          // S, live
  double scale;         // c, or cr for inverse instruments in quote form
  double band;          // H
  double value;         // V_0, or F for delta-one
  double forward_delta;
  double gamma_max;
};

struct RowDoubles {
  double value = 0.0, value_drift = 0.0, value_curvature = 0.0;
  double delta = 0.0, delta_slack = 0.0;
  double notional = 0.0, notional_drift = 0.0, notional_slack = 0.0;
};

bool is_positive_finite(double x) noexcept {
  return x > 0.0 && x <= std::numeric_limits<double>::max();
}

double shocked(double sigma, const VolatilityShock& shock, double days) noexcept {
  const double power = days < shock.pivot_days ? shock.short_power : shock.long_power;
  const double stretch =
      power == 0.0 ? 1.0
                   : pricing::exp_portable(power * pricing::log_portable(shock.pivot_days / days));
  return std::max(std::max(sigma * (1.0 + shock.relative * stretch), shock.minimum), 0.0);
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

// Bound of |F x D(F x) - V(F x)| over the band: its derivative in F is F times gamma.
double strike_term_max(const Point& p, double forward, double value, double delta,
                       double gamma_max) noexcept {
  return std::fabs(forward * delta - value) +
         p.band * forward * forward * (1.0 + p.band) * gamma_max;
}

// Bound of |d^2/dx^2 V(F x) / (F x)| over the band. For calls gamma and strike term have opposite
// signs, for puts the same (docs/numerics.md).
double coin_curvature(const Point& p, bool is_call, double forward, double value, double delta,
                      double gamma_max) noexcept {
  const double shrink = 1.0 - p.band;
  const double gamma_term = forward * gamma_max / shrink;
  const double strike_term = 2.0 * strike_term_max(p, forward, value, delta, gamma_max) /
                             (forward * shrink * shrink * shrink);
  return is_call ? std::max(gamma_term, strike_term) : gamma_term + strike_term;
}

void price_lanes(const InstrumentTerms& instrument, const ScenarioLanes& lanes,
                 const PricingInputs& inputs, double forward, const RowSettings& settings,
                 RowScratch& scratch) noexcept {
  const double log_moneyness = pricing::log_portable(forward / instrument.strike);
  for (std::size_t s = 0; s < lanes.lane_count; ++s) {
    scratch.forward[s] = forward * lanes.price_factor[s];
    scratch.log_moneyness[s] = log_moneyness + lanes.log_price_factor[s];
    scratch.total_volatility[s] = inputs.shocked_volatility[lanes.shock[s]];
  }
  settings.kernel({lanes.lane_count, scratch.forward.data(), scratch.log_moneyness.data(),
                   scratch.total_volatility.data()},
                  instrument.strike, instrument.is_call, settings.drift_band,
                  {scratch.value.data(), scratch.delta.data(), scratch.gamma_max.data()});
}

struct LaneDoubles {
  double loss, drift, curvature;
};

// What is left of a price's change after its slope, over the band: at most smooth * t^2, and at
// most kinked * |t|, because the slope itself stays within known ends.
struct Remainder {
  double smooth, kinked;
};

// An option in quote form: its delta stays within one unit.
Remainder quote_remainder(const Point& p, double forward, double gamma_max) noexcept {
  return {0.5 * p.band * p.band * forward * forward * gamma_max, p.band * forward};
}

// An option in coin form: the slope of V / F stays between zero and strike / forward.
Remainder coin_remainder(const Point& p, const InstrumentTerms& instrument, double forward,
                         double value, double delta, double gamma_max) noexcept {
  const double shrink = 1.0 - p.band;
  return {0.5 * p.band * p.band *
              coin_curvature(p, instrument.is_call, forward, value, delta, gamma_max),
          p.band * instrument.strike / (forward * shrink * shrink)};
}

// The lane's bound: smooth unless a kink makes the other one smaller; then negative, see
// risk_row.hpp. `smooth` is that of the difference of both prices.
double lane_bound(double smooth, const Remainder& base, const Remainder& shocked) noexcept {
  const double kinked =
      std::min(base.smooth, base.kinked) + std::min(shocked.smooth, shocked.kinked);
  return smooth <= kinked ? smooth : -kinked;
}

LaneDoubles option_lane(const InstrumentTerms& instrument, const Point& p, double factor,
                        double weight, double forward, double value, double delta,
                        double gamma_max) noexcept {
  if (instrument.form == PayoffForm::inverse_coin) {
    const Remainder base = coin_remainder(p, instrument, p.forward, p.value, p.forward_delta,
                                          p.gamma_max);
    const Remainder shocked =
        coin_remainder(p, instrument, forward, value, delta, gamma_max);
    return {weight * (p.value / p.forward - value / forward) * p.scale,
            p.band * weight *
                ((p.forward_delta - p.value / p.forward) - (delta - value / forward)) * p.scale,
            weight * lane_bound(base.smooth + shocked.smooth, base, shocked) * p.scale};
  }
  // Linear: V_0 - V_s. Inverse: V_0 (1 + k) - V_s. Both prices are convex, so the larger
  // remainder bounds the difference.
  const double share = instrument.form == PayoffForm::linear ? 1.0 : factor;
  Remainder base = quote_remainder(p, p.forward, p.gamma_max);
  base = {share * base.smooth, share * base.kinked};
  const Remainder shocked = quote_remainder(p, forward, gamma_max);
  const double bound =
      weight * lane_bound(std::max(base.smooth, shocked.smooth), base, shocked) * p.scale;
  if (instrument.form == PayoffForm::linear) {
    return {weight * (p.value - value) * p.scale,
            p.band * weight * (p.forward * p.forward_delta - forward * delta) * p.scale, bound};
  }
  return {weight * (p.value * factor - value) * p.scale,
          p.band * weight * (factor * p.forward * p.forward_delta - forward * delta) * p.scale,
          bound};
}

LaneDoubles delta_one_lane(const InstrumentTerms& instrument, const Point& p, double move,
                           double factor, double weight) noexcept {
  const double forward = p.forward * factor;
  switch (instrument.form) {
    case PayoffForm::linear: {
      const double loss = weight * (p.forward - forward) * p.scale;
      return {loss, p.band * loss, 0.0};
    }
    case PayoffForm::inverse_quote: return {weight * (0.0 - move) * p.scale, 0.0, 0.0};
    case PayoffForm::inverse_coin: break;
  }
  const double loss = weight * (1.0 / forward - 1.0 / p.forward) * p.scale;
  const double shrink = 1.0 - p.band;
  return {loss, -p.band * loss,
          p.band * p.band * std::fabs(loss) / (shrink * shrink * shrink)};
}

// False when a loss does not fit its lane; clears `bounded` when only a bound does not.
bool round_lane(const LaneDoubles& lane, double unit, std::size_t s, const LaneStorage& lanes,
                bool& bounded) noexcept {
  const double loss = nearest(lane.loss * unit);
  const double drift = nearest(lane.drift * unit);
  const double bound = lane.curvature * unit;
  const double curvature = bound < 0.0 ? -ceil_portable(-bound) : ceil_portable(bound);
  if (!(std::fabs(loss) <= loss_lane_max)) return false;
  const bool fits = std::fabs(drift) <= static_cast<double>(drift_lane_max) &&
                    std::fabs(curvature) <= loss_lane_max;
  bounded = bounded && fits;
  lanes.loss[s] = static_cast<std::int32_t>(loss);
  lanes.drift[s] = fits ? static_cast<std::int32_t>(drift) : 0;
  lanes.curvature[s] = fits ? static_cast<std::int32_t>(curvature) : 0;
  return true;
}

bool build_lanes(const InstrumentTerms& instrument, const ScenarioLanes& terms, const Point& point,
                 const RowScratch& scratch, const LaneStorage& lanes, bool& bounded) noexcept {
  const double unit = power_of_two(-instrument.exponent);
  for (std::size_t s = 0; s < terms.scenario_count; ++s) {
    const LaneDoubles lane =
        instrument.is_option
            ? option_lane(instrument, point, terms.price_factor[s], terms.weight[s],
                          scratch.forward[s], scratch.value[s], scratch.delta[s],
                          scratch.gamma_max[s])
            : delta_one_lane(instrument, point, terms.price_move[s], terms.price_factor[s],
                             terms.weight[s]);
    if (!round_lane(lane, unit, s, lanes, bounded)) return false;
  }
  for (std::size_t s = terms.scenario_count; s < terms.lane_count; ++s) {
    lanes.loss[s] = lanes.drift[s] = lanes.curvature[s] = 0;
  }
  return true;
}

RowDoubles option_scalars(const InstrumentTerms& instrument, const RiskUnitTerms& unit,
                          const Point& p) noexcept {
  const double half = 0.5 * p.band * p.band;
  const double forward_delta = p.forward * p.forward_delta;
  const double gamma = p.forward * p.forward * p.gamma_max;
  RowDoubles r;
  if (instrument.form == PayoffForm::inverse_coin) {
    const double strike_term =
        strike_term_max(p, p.forward, p.value, p.forward_delta, p.gamma_max);
    const double shrink = 1.0 - p.band;
    r.value = (p.value / p.forward) * p.scale;
    r.value_drift = p.band * (p.forward_delta - p.value / p.forward) * p.scale;
    r.value_curvature = half *
                        coin_curvature(p, instrument.is_call, p.forward, p.value, p.forward_delta,
                                       p.gamma_max) *
                        p.scale;
    r.delta = (p.forward_delta - p.value / p.forward) * p.scale;
    r.delta_slack = p.band *
                    (p.forward * p.gamma_max + strike_term / (p.forward * shrink * shrink)) *
                    p.scale;
  } else {
    const bool linear = instrument.form == PayoffForm::linear;
    r.value = p.value * p.scale;
    r.value_drift = p.band * forward_delta * p.scale;
    r.value_curvature = half * gamma * p.scale;
    r.delta = linear ? forward_delta * p.scale : (forward_delta - p.value) * p.scale;
    r.delta_slack = p.band * ((linear ? p.forward : 0.0) + gamma * (1.0 + p.band)) * p.scale;
  }
  r.notional = unit.coin_form ? instrument.lot_scale : p.spot * instrument.lot_scale;
  r.notional_drift = unit.coin_form ? 0.0 : p.band * r.notional;
  return r;
}

RowDoubles delta_one_scalars(const InstrumentTerms& instrument, const Point& p) noexcept {
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
    case PayoffForm::inverse_coin: break;
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

void add_otm(const ExposureCharge& charge, const InstrumentTerms& instrument, bool coin_form,
             const Point& p, double notional, AmountDoubles& total) noexcept {
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
  const bool one_piece = piece_at(p.spot * shrink) == here.piece &&
                         piece_at(p.spot * (1.0 + p.band)) == here.piece;
  if (one_piece) {
    total.drift += p.band * otm_slope(charge, instrument.is_call, here.piece) * notional;
  } else {
    total.slack += p.band * notional *
                   std::max(charge.short_otm_base + 1.0, charge.short_otm_minimum);
  }
}

void exposure_amounts(const std::vector<ExposureCharge>& charges, const InstrumentTerms& instrument,
                      bool coin_form, const Point& p, const RowDoubles& r,
                      AmountDoubles& longs, AmountDoubles& shorts) noexcept {
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

double expiry_rate(const InstrumentTerms& instrument, const ExpiryDeltaCharge& charge,
                   double years) noexcept {
  if (instrument.kind == InstrumentKind::spot) return 0.0;
  if (instrument.kind == InstrumentKind::perpetual) return charge.minimum_rate;
  return std::max(charge.minimum_rate,
                  pricing::exp_portable(charge.annualised_move * years) - 1.0);
}

double delta_decay(const InstrumentTerms& instrument, double decay_minutes, double years) noexcept {
  if (!instrument.is_option || decay_minutes <= 0.0) return 1.0;
  return std::min(1.0, years * 525600.0 / decay_minutes);
}

void round_scalars(const InstrumentTerms& instrument, const RiskUnitTerms& unit, const Point& p,
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
  const double rate = expiry_rate(instrument, unit.expiry_delta, inputs.years);
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
                              Timestamp as_of) noexcept {
  PricingInputs inputs;
  inputs.status = pricing_status(instrument, quote, spot, surface_spot, as_of);
  if (inputs.status != Reason::accepted) return inputs;
  const bool is_spot = instrument.kind == InstrumentKind::spot;
  inputs.forward = is_spot ? spot : quote.forward * (spot / surface_spot);
  inputs.spot_per_forward = spot / inputs.forward;
  if (instrument.kind == InstrumentKind::future || instrument.is_option) {
    inputs.years =
        static_cast<double>((instrument.expiry - as_of).value) / (365.0 * 86400.0 * 1e9);
  }
  if (!instrument.is_option) return inputs;
  const double root_years = std::sqrt(inputs.years);
  const double days = inputs.years * 365.0;
  inputs.base_volatility = quote.implied_volatility * root_years;
  for (std::size_t i = 0; i < unit.lanes.shocks.size(); ++i) {
    inputs.shocked_volatility[i] =
        shocked(quote.implied_volatility, unit.lanes.shocks[i], days) * root_years;
  }
  return inputs;
}

void build_row(const InstrumentTerms& instrument, const RiskUnitTerms& unit,
               const PricingInputs& inputs, double spot, double x, const RowSettings& settings,
               RowScratch& scratch, const LaneStorage& lanes, RiskRow& row) noexcept {
  row = RiskRow{};
  row.status = inputs.status;
  row.is_option = instrument.is_option;
  row.settles_in_coin = instrument.settles_in_coin;
  row.expiry_bucket = instrument.expiry_bucket;
  row.risk_unit = instrument.risk_unit;
  row.exponent = instrument.exponent;
  row.lanes = {lanes.loss, lanes.drift, lanes.curvature};
  if (row.status != Reason::accepted) return;

  Point p{inputs.forward * x, spot, instrument.lot_scale, settings.drift_band, 0.0, 0.0, 0.0};
  if (instrument.form == PayoffForm::inverse_quote) p.scale *= inputs.spot_per_forward;
  RowDoubles scalars;
  if (instrument.is_option) {
    price_lanes(instrument, unit.lanes, inputs, p.forward, settings, scratch);
    const std::size_t base = unit.lanes.scenario_count;
    p.value = scratch.value[base];
    p.forward_delta = scratch.delta[base];
    p.gamma_max = scratch.gamma_max[base];
    scalars = option_scalars(instrument, unit, p);
  } else {
    scalars = delta_one_scalars(instrument, p);
  }
  if (!build_lanes(instrument, unit.lanes, p, scratch, lanes, row.bounded)) {
    row.status = Reason::risk_array_out_of_range;
    return;
  }
  round_scalars(instrument, unit, p, inputs, scalars, settings, row);
}

}  // namespace margingate::margin
