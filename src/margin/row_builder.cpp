#include "margin/row_builder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "margin/american_row.hpp"
#include "margin/delivered_row.hpp"
#include "margin/exposure_amounts.hpp"
#include "margin/fixed_point.hpp"
#include "margin/row_builder_lanes.hpp"

namespace margingate::margin {
namespace {

using scenario::ExposureByKind;
using scenario::InstrumentTerms;
using scenario::PayoffForm;
using scenario::RiskUnitTerms;

// Integers beyond this are not representable together with the quantity limits: values times
// the largest scaled quantity must stay below 2^62 (docs/numerics.md).
constexpr double scalar_magnitude_max = 0x1p35;
constexpr double interest_rate_max = 100.0;  // per year

double power_of_two(std::int32_t exponent) noexcept {
  return std::bit_cast<double>(static_cast<std::uint64_t>(1023 + exponent) << 52);
}

struct RowDoubles {
  AmountDoubles value;
  double delta = 0.0, delta_slack = 0.0;
  AmountDoubles notional;
};

bool is_positive_finite(double x) noexcept {
  return x > 0.0 && x <= std::numeric_limits<double>::max();
}

// MR-04, g of one shock.
double stretch(const VolatilityShock& shock, double days, VolatilityStretch& known) noexcept {
  if (shock.whole_days) days = ceil_portable(days);
  days = std::max(days, shock.days_minimum);
  const double power = days < shock.pivot_days ? shock.short_power : shock.long_power;
  if (power == 0.0) return 1.0;
  if (days != known.days || power != known.power || shock.pivot_days != known.pivot_days) {
    const RowLaneKernel& kernel = row_lane_kernel(best_instruction_set());
    known = {days, power, shock.pivot_days, kernel.power(shock.pivot_days / days, power)};
  }
  return known.factor;
}

double root_years_later(double years, const VolatilityShock& shock) noexcept {
  return std::sqrt(std::max(years - shock.days_forward / 365.0, 0.0));
}

// MR-04, the multiplier by moneyness.
double skewed(const VolatilitySkew& skew, double forward, double strike,
              double root_years) noexcept {
  if (!skew.applies()) return 1.0;
  const double log_ratio = row_lane_kernel(best_instruction_set()).log(strike / forward);
  const double k = skew.both_sides ? std::fabs(log_ratio) : log_ratio;
  const double cap = std::max(skew.cap + skew.cap_per_root_year * root_years, 0.0);
  const double reach = std::max(
      root_years * skew.width * (skew.volatility + skew.volatility_per_root_year * root_years),
      skew.reach_minimum);
  return std::max(1.0 + std::min(std::max(k * cap / reach, -cap), cap), 0.0);
}

// MR-02: what is held outright and has no price of its own.
bool has_spot_price(const InstrumentTerms& instrument, const InstrumentQuote& quote) noexcept {
  return instrument.kind == InstrumentKind::spot && !is_positive_finite(quote.forward);
}

Reason pricing_status(const InstrumentTerms& instrument, const InstrumentQuote& quote, double spot,
                      double surface_spot, Timestamp as_of) noexcept {
  const bool expires =
      instrument.kind == InstrumentKind::future || instrument.kind == InstrumentKind::option;
  if (expires && instrument.expiry <= as_of) return Reason::instrument_expired;
  if (!is_positive_finite(spot)) return Reason::missing_mark;
  if (has_spot_price(instrument, quote)) return Reason::accepted;
  if (!is_positive_finite(surface_spot) || !is_positive_finite(quote.forward)) {
    return Reason::missing_mark;
  }
  const bool has_settled = quote.settled_price >= 0.0 && quote.settled_price <= quote.forward;
  const bool has_rate = std::fabs(quote.interest_rate) <= interest_rate_max;
  if (instrument.is_option && !(has_settled && has_rate)) return Reason::missing_mark;
  const double sigma = quote.implied_volatility;
  const bool known = sigma >= 0.0 && sigma <= std::numeric_limits<double>::max();
  return instrument.is_option && !known ? Reason::missing_volatility : Reason::accepted;
}

// Calls and puts of one strike stand next to each other in most lists, and a volatility belongs to
// a strike: both are priced at once, and the second finds its prices here.
void price_pair(const InstrumentTerms& instrument, const scenario::ScenarioLanes& lanes,
                const PricingInputs& inputs, double forward, const RowSettings& settings,
                RowScratch& scratch) noexcept {
  const PricedPair wanted{&lanes,         forward,           instrument.strike, settings.drift_band,
                          inputs.settled, inputs.volatility, inputs.years};
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
  const double forward_delta = (p.forward - p.settled) * p.forward_delta;
  const double gamma = p.forward * p.forward * p.gamma_max;
  RowDoubles r;
  if (instrument.form == PayoffForm::inverse_coin) {
    const double strike_term = strike_term_max(p, p.forward, p.value, p.forward_delta, p.gamma_max);
    const double shrink = 1.0 - p.band;
    r.value.amount = (p.value / p.forward) * p.scale;
    r.value.drift = p.band * (p.forward_delta - p.value / p.forward) * p.scale;
    r.value.slack =
        half *
        coin_curvature(p, instrument.is_call, p.forward, p.value, p.forward_delta, p.gamma_max) *
        p.scale;
    r.delta = (p.forward_delta - p.value / p.forward) * p.scale;
    r.delta_slack =
        p.band * (p.forward * p.gamma_max + strike_term / (p.forward * shrink * shrink)) * p.scale;
  } else {
    const bool linear = instrument.form == PayoffForm::linear;
    r.value.amount = p.value * p.scale;
    r.value.drift = p.band * forward_delta * p.scale;
    r.value.slack = half * gamma * p.scale;
    r.delta = linear ? forward_delta * p.scale : (forward_delta - p.value) * p.scale;
    const double slope = gamma * (1.0 + p.band);
    // The delta itself is at most what it is now and what gamma adds over the band, and one.
    const double size = std::min(p.forward, std::fabs(forward_delta) + p.band * slope);
    r.delta_slack = p.band * ((linear ? size : 0.0) + slope) * p.scale;
  }
  r.notional.amount = unit.coin_form ? instrument.lot_scale : p.spot * instrument.lot_scale;
  r.notional.drift = unit.coin_form ? 0.0 : p.band * r.notional.amount;
  return r;
}

RowDoubles delta_one_scalars(const InstrumentTerms& instrument, const RowPoint& p) noexcept {
  RowDoubles r;
  switch (instrument.form) {
    case PayoffForm::linear:
      r.value.amount = r.delta = r.notional.amount = p.forward * p.scale;
      r.value.drift = r.delta_slack = r.notional.drift = p.band * r.value.amount;
      return r;
    case PayoffForm::inverse_quote:
      r.value.amount = 0.0 - p.scale;
      r.delta = r.notional.amount = p.scale;
      return r;
    case PayoffForm::inverse_coin:
      break;
  }
  const double coins = (1.0 / p.forward) * p.scale;
  const double shrink = 1.0 - p.band;
  r.value.amount = 0.0 - coins;
  r.value.drift = p.band * coins;
  r.value.slack = p.band * p.band * coins / (shrink * shrink * shrink);
  r.delta = r.notional.amount = coins;
  r.delta_slack = p.band * coins / (shrink * shrink);
  r.notional.drift = -r.value.drift;
  r.notional.slack = r.value.slack;
  return r;
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
  if (instrument.kind == InstrumentKind::spot) return charge.spot_rate;
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
                   RowCharges* charges, RiskRow& row) noexcept {
  ScalarRounding round(power_of_two(-instrument.exponent));
  row.value = round.nearest_of(r.value.amount);
  row.value_drift = round.bound_of(r.value.drift);
  row.value_curvature = round.bound_of(r.value.slack);
  const double decay = delta_decay(instrument, unit.delta_decay_minutes, inputs.years);
  const double delta = r.delta * decay;
  row.delta = round.nearest_of(delta);
  row.delta_slack = round.bound_of(r.delta_slack * decay);
  if (unit.nets_strikes) {
    row.nets_strike = true;
    const double rate = instrument.is_option ? unit.strike_netting.initial_rate : 0.0;
    row.expiry_delta = round.ceil_of(rate * r.notional.amount);
    row.expiry_delta_slack = round.bound_of(rate * r.notional.drift);
  } else {
    const double rate = expiry_rate(instrument, unit.expiry_delta, inputs.years, *settings.lanes);
    row.expiry_delta = round.nearest_of(delta * rate);
    row.expiry_delta_slack = round.bound_of(r.delta_slack * decay * rate);
  }
  row.reducing_open_loss_per_lot = settings.reducing_open_loss_rate_max * r.notional.amount;
  const ExposureInputs exposed{&instrument,
                               unit.coin_form,
                               p.spot,
                               p.band,
                               inputs.open_interest_quote,
                               inputs.confidence,
                               r.value,
                               r.notional,
                               notional_at_spot(instrument, unit.coin_form, p.spot, p.band)};
  const auto kind = static_cast<std::size_t>(instrument.kind);
  const auto put = [&](const ExposureByKind& list, MarginScope margin, DriftingAmount& per_long,
                       DriftingAmount& per_short) {
    const ExposureAmounts amounts = exposure_amounts(list[kind], exposed, margin);
    per_long = round.amount_of(amounts.longs);
    per_short = round.amount_of(amounts.shorts);
  };
  put(unit.added, MarginScope::initial, row.added_long, row.added_short);
  put(unit.floor, MarginScope::initial, row.floor_long, row.floor_short);
  if (unit.has_row_charges) {
    RowCharges& c = *charges;
    const auto initial = MarginScope::initial;
    const auto maintenance = MarginScope::maintenance;
    put(unit.total_floor, initial, c.total_floor_long, c.total_floor_short);
    put(unit.added, maintenance, c.maintenance_added_long, c.maintenance_added_short);
    put(unit.floor, maintenance, c.maintenance_floor_long, c.maintenance_floor_short);
    put(unit.total_floor, maintenance, c.maintenance_total_floor_long,
        c.maintenance_total_floor_short);
    const double netting = instrument.is_option ? unit.strike_netting.maintenance_rate : 0.0;
    c.maintenance_expiry_delta = round.ceil_of(netting * r.notional.amount);
    c.maintenance_expiry_delta_slack = round.bound_of(netting * r.notional.drift);
    c.size = size_points(instrument.size, unit, exposed, p.forward);
    c.maintenance_size = size_points(instrument.maintenance_size, unit, exposed, p.forward);
    row.charges = charges;
  }
  row.bounded = row.bounded && round.bounded();
  if (!round.fits()) row.status = Reason::risk_array_out_of_range;
}

// Value and losses are given; what is of notional, and the cash of a future, is of the market.
void build_delivered(const scenario::DeliveredTerms& given, const InstrumentTerms& instrument,
                     const RiskUnitTerms& unit, const RowPoint& p, const PricingInputs& inputs,
                     const RowSettings& settings, const LaneStorage& lanes, RiskRow& row) noexcept {
  RowDoubles r;
  if (instrument.is_option) {
    r.value.amount = given.value;
    r.notional.amount = p.spot * instrument.lot_scale;
    r.notional.drift = p.band * r.notional.amount;
  } else {
    r = delta_one_scalars(instrument, p);
  }
  r.delta = r.delta_slack = 0.0;
  write_delivered_lanes(given, lanes);
  round_scalars(instrument, unit, p, inputs, r, settings, lanes.charges, row);
  set_delivered_deltas(given, row);
}

}  // namespace

// MR-05, the discount, and MR-06, what shocked values are scaled by.
void discount_values(const RiskUnitTerms& unit, double rate, bool is_american,
                     PricingInputs& inputs) noexcept {
  const RowLaneKernel& kernel = row_lane_kernel(best_instruction_set());
  if (unit.discounts_options && !is_american) inputs.discount = kernel.exp(-(rate * inputs.years));
  for (std::size_t i = 0; i < unit.lanes.scales.size(); ++i) {
    const ValueScale& scale = unit.lanes.scales[i];
    const double growth = inputs.years * (scale.rate_share * rate + scale.annual_rate);
    const double scaled = scale.base * kernel.exp(growth);
    inputs.value_scale[i] =
        scale.at_most_undiscounted ? std::min(scaled, kernel.exp(rate * inputs.years)) : scaled;
  }
}

// Weights and scales of the lanes, of this contract or, where all are alike, of its unit.
void lane_factors(const scenario::ScenarioLanes& lanes, const PricingInputs& inputs,
                  RowScratch& scratch) noexcept {
  scratch.weight = lanes.weight.data();
  scratch.value_scale = lanes.unscaled.data();
  if (!lanes.varies_by_contract) return;
  for (std::size_t s = 0; s < lanes.lane_count; ++s) {
    scratch.own_weight[s] = lanes.weight[s] + lanes.weight_per_year[s] * inputs.years;
    scratch.own_value_scale[s] = inputs.value_scale[lanes.scale[s]];
  }
  scratch.weight = scratch.own_weight.data();
  scratch.value_scale = scratch.own_value_scale.data();
}

PricingInputs prepare_pricing(const InstrumentTerms& instrument, const RiskUnitTerms& unit,
                              const InstrumentQuote& quote, double spot, double surface_spot,
                              Timestamp as_of, VolatilityStretch& known) noexcept {
  PricingInputs inputs;
  inputs.status = pricing_status(instrument, quote, spot, surface_spot, as_of);
  inputs.open_interest_quote = quote.open_interest_quote;
  inputs.confidence = quote.confidence;
  if (inputs.status != Reason::accepted) return inputs;
  const bool is_spot = has_spot_price(instrument, quote);
  if (instrument.is_option) inputs.settled = quote.settled_price;
  inputs.forward =
      is_spot ? spot : inputs.settled + (quote.forward - inputs.settled) * (spot / surface_spot);
  inputs.spot_per_forward = spot / inputs.forward;
  if (instrument.kind == InstrumentKind::future || instrument.is_option) {
    inputs.years = static_cast<double>((instrument.expiry - as_of).value) / (365.0 * 86400.0 * 1e9);
  }
  if (!instrument.is_option) return inputs;
  const double root_years = std::sqrt(inputs.years);
  const double days = inputs.years * 365.0;
  inputs.volatility = quote.implied_volatility;
  inputs.base_volatility = quote.implied_volatility * root_years;
  for (std::size_t i = 0; i < unit.lanes.stretches.size(); ++i) {
    const VolatilityShock& stretched = unit.lanes.stretches[i];
    inputs.stretch[i] = stretch(stretched, days, known);
    inputs.root_years[i] =
        stretched.days_forward > 0.0 ? root_years_later(inputs.years, stretched) : root_years;
  }
  for (std::size_t i = 0; i < unit.lanes.skews.size(); ++i) {
    inputs.skew[i] = skewed(unit.lanes.skews[i], inputs.forward, instrument.strike, root_years);
  }
  const double rate = std::max(quote.interest_rate, 0.0);
  discount_values(unit, rate, instrument.is_american, inputs);
  if (instrument.is_american) {
    inputs.interest_rate = rate;
    inputs.carry = -row_lane_kernel(best_instruction_set()).log(inputs.spot_per_forward);
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
  const scenario::DeliveredTerms* const given = delivered_terms(instrument, unit);
  if (given != nullptr) row.status = delivered_status(instrument, inputs, spot);
  if (row.status != Reason::accepted) return;

  RowPoint p{};
  p.forward = inputs.settled + (inputs.forward - inputs.settled) * x;
  p.settled = inputs.settled;
  p.spot = spot;
  p.scale = instrument.lot_scale * inputs.discount;
  p.band = settings.drift_band;
  if (instrument.form == PayoffForm::inverse_quote) p.scale *= inputs.spot_per_forward;
  if (given != nullptr) {
    return build_delivered(*given, instrument, unit, p, inputs, settings, lanes, row);
  }
  lane_factors(unit.lanes, inputs, scratch);
  RowDoubles scalars;
  LaneRounding rounded;
  const double unit_of_row = power_of_two(-instrument.exponent);
  if (instrument.is_american) {
    const AmericanRow american =
        build_american_row(instrument, unit, inputs, p, settings, use, unit_of_row, scratch, lanes);
    scalars.value = american.scalars.value;
    scalars.delta = american.scalars.delta;
    scalars.delta_slack = american.scalars.delta_slack;
    scalars.notional.amount = p.spot * instrument.lot_scale;
    scalars.notional.drift = p.band * scalars.notional.amount;
    rounded = american.rounding;
    row.value_kinked = true;
  } else if (instrument.is_option) {
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
  if (!instrument.is_american) {
    const auto round =
        use == RowUse::published ? settings.lanes->round : settings.lanes->round_losses;
    RowPoint moved = p;
    if (unit.moves_spot && !instrument.is_option) moved.forward = spot;
    rounded = round(instrument, unit.lanes, moved, scratch, unit_of_row, lanes);
  }
  // Bounds are those of a forward that moves as a whole.
  row.bounded = rounded.all_bounded && inputs.settled == 0.0;
  if (!rounded.all_fit) {
    row.status = Reason::risk_array_out_of_range;
    return;
  }
  round_scalars(instrument, unit, p, inputs, scalars, settings, lanes.charges, row);
}

}  // namespace margingate::margin
