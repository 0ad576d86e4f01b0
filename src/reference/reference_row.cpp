#include "reference/reference_row.hpp"

#include "reference/reference_combo.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <span>

#include "pricing/american_tree.hpp"
#include "pricing/black76.hpp"
#include "pricing/elementary.hpp"
#include "reference/exact_integer.hpp"
#include "reference/reference_volatility.hpp"

namespace margingate::reference {
namespace {

using pricing::exp_portable;
using pricing::log_portable;

constexpr double interest_rate_max = 100.0;
constexpr double year_ns = 365 * 86400 * 1e9;
constexpr double year_days = 365.0;
constexpr double year_minutes = 525600.0;
constexpr int exponent_max = 31;
constexpr double array_entry_max = 0x1p31 - 1.0;
constexpr double amount_max = 0x1p35;  // times 2^e, MR-07

// One instrument in one market, in the letters of the specification.
struct Terms {
  const Instrument* instrument;
  const RiskUnitModel* model;
  bool is_coin;  // MR-01
  bool is_option;
  bool is_inverse;
  double S;          // live spot
  double F;          // live forward
  double F_settled;  // the part of it that does not move, MR-02
  double F0;         // the table's forward
  double K;          // strike
  double sigma;
  double open_interest_quote;
  double confidence;
  double T;                 // years; 0 for spot and perpetuals
  double rate;              // per year, MR-05
  double discount;          // MR-05
  double spot_per_forward;  // S0 / F0
  double c;                 // MR-06
  double cr;                // MR-06
  double per_contract;      // MR-17: a lot's share of an amount of one contract
  bool is_american;         // MR-80
  double carry;             // MR-80: ln(F0 / S0)
  bool has_option_terms;    // of the quote, where they are read
  double V_0 = 0.0;         // options, MR-05
  double D = 0.0;           // options, Black-76 forward delta
  double D_american = 0.0;  // american options, MR-82: of a relative move of the forward
  const DeliveredRow* given = nullptr;  // MR-75
};

bool has_expiry(InstrumentKind kind) {
  return kind == InstrumentKind::future || kind == InstrumentKind::option;
}

bool is_positive(double value) { return std::isfinite(value) && value > 0.0; }

// 0 when the denominator is not known, which makes the forward 0 and the instrument unpriceable.
double ratio(double numerator, double denominator) {
  return is_positive(denominator) ? numerator / denominator : 0.0;
}

// MR-02: what is settled of an option's forward.
double settled_part(const ReferenceMarket& market, InstrumentId id) {
  const bool is_option = market.config->instruments[id.value].kind == InstrumentKind::option;
  return is_option ? market.surface->quotes[id.value].settled_price : 0.0;
}

// MR-02, F_i at the spot the table is published at.
double table_forward(const ReferenceMarket& market, InstrumentId id, double S0) {
  const Instrument& instrument = market.config->instruments[id.value];
  const bool has_own_price = is_positive(market.surface->quotes[id.value].forward);
  if (instrument.kind == InstrumentKind::spot && !has_own_price) return S0;
  const double Z = market.surface->spots[instrument.underlying.value];
  const double settled = settled_part(market, id);
  return settled + (market.surface->quotes[id.value].forward - settled) * ratio(S0, Z);
}

// MR-02, MR-03, MR-06.
Terms terms_of(const ReferenceMarket& market, InstrumentId id) {
  const GateConfig& config = *market.config;
  const Instrument& instrument = config.instruments[id.value];
  Terms terms{};
  terms.instrument = &instrument;
  terms.model = &config.model.units[instrument.risk_unit.value];
  terms.is_coin = is_coin_form(config, instrument.underlying);
  terms.is_option = instrument.kind == InstrumentKind::option;
  terms.is_inverse = instrument.payoff == Payoff::inverse;
  terms.is_american = terms.is_option && instrument.exercise_style == ExerciseStyle::american;

  const double S0 = to_double(market.table_spots[instrument.underlying.value], config);
  const double F0 = table_forward(market, id, S0);
  terms.S = to_double(market.live_spots[instrument.underlying.value], config);
  const double x = ratio(terms.S, S0);
  terms.F0 = F0;
  terms.F_settled = settled_part(market, id);
  terms.F = terms.F_settled + (F0 - terms.F_settled) * x;
  terms.K = instrument.strike;
  terms.sigma = market.surface->quotes[id.value].implied_volatility;
  terms.open_interest_quote = market.surface->quotes[id.value].open_interest_quote;
  terms.confidence = market.surface->quotes[id.value].confidence;
  if (has_expiry(instrument.kind)) {
    terms.T = static_cast<double>(instrument.expiry.ns - market.as_of.ns) / year_ns;
  }
  const double quoted = market.surface->quotes[id.value].interest_rate;
  const bool is_rate = !terms.is_option || std::fabs(quoted) <= interest_rate_max;
  terms.rate = terms.is_option && is_rate ? std::max(quoted, 0.0) : 0.0;
  terms.discount = 1.0;
  if (terms.is_option && terms.model->discounts_options && !terms.is_american) {
    terms.discount = exp_portable(-(terms.rate * terms.T));
  }
  terms.has_option_terms = is_rate && terms.F_settled >= 0.0 &&
                           terms.F_settled <= market.surface->quotes[id.value].forward;
  const auto lots = static_cast<double>(instrument.lots_per_contract);
  terms.c = (instrument.contract_size / lots) * money_scale(config);
  terms.spot_per_forward = ratio(S0, F0);
  terms.cr = terms.c * terms.spot_per_forward;
  if (terms.is_american) terms.carry = -log_portable(terms.spot_per_forward);
  terms.per_contract = money_scale(config) / lots;
  return terms;
}

// The first that applies. An expired instrument has often lost its quote as well.
Reason unpriceable_reason(const Terms& terms, Timestamp as_of) {
  const Instrument& instrument = *terms.instrument;
  if (has_expiry(instrument.kind) && instrument.expiry <= as_of) return Reason::instrument_expired;
  if (!is_positive(terms.S)) return Reason::missing_mark;
  if (terms.is_option && terms.given != nullptr) return Reason::accepted;  // MR-76
  if (!is_positive(terms.F)) return Reason::missing_mark;
  if (terms.is_option && !terms.has_option_terms) return Reason::missing_mark;
  if (terms.is_option && !(std::isfinite(terms.sigma) && terms.sigma >= 0.0)) {
    return Reason::missing_volatility;
  }
  return Reason::accepted;
}

pricing::Black76Point option_point(const Terms& terms, double F, double log_moneyness, double v) {
  const bool is_call = terms.instrument->option_type == OptionType::call;
  return pricing::black76(F, log_moneyness, v, terms.K, is_call, 0.0);
}

// MR-05: the forward when its moving part is multiplied by `factor`.
double moved_forward(const Terms& terms, double factor) {
  return terms.F_settled + (terms.F - terms.F_settled) * factor;
}

// MR-80: of american options, `later` days from now.
double american_value(const Terms& terms, double F, double v, double later) {
  const double left = later == 0.0 ? terms.T : std::max(terms.T - later / year_days, 0.0);
  pricing::AmericanTerms tree;
  tree.strike = terms.K;
  tree.is_call = terms.instrument->option_type == OptionType::call;
  tree.carry = terms.carry * (left / terms.T);
  tree.interest = terms.rate * left;
  tree.total_volatility = v;
  return pricing::american_value(tree, F);
}

// MR-82.
double american_delta(const Terms& terms, double v) {
  const double F = moved_forward(terms, 1.0);
  const double up = american_value(terms, F * 1.01, v, 0.0);
  const double down = american_value(terms, F * 0.99, v, 0.0);
  return (up - down) / 0.02;
}

// MR-06, w.
double weight_of(const Terms& terms, const Scenario& scenario) {
  return scenario.weight + scenario.weight_per_year * terms.T;
}

// MR-06, g.
double value_scale(const Terms& terms, const ValueScale& scale) {
  if (scale == ValueScale{}) return 1.0;
  const double growth = terms.T * (scale.rate_share * terms.rate + scale.annual_rate);
  const double g = scale.base * exp_portable(growth);
  return scale.at_most_undiscounted ? std::min(g, exp_portable(terms.rate * terms.T)) : g;
}

// MR-06, c and cr of options: with the discount.
double option_scale(const Terms& terms) {
  const double discounted = terms.c * terms.discount;
  return terms.is_inverse && !terms.is_coin ? discounted * terms.spot_per_forward : discounted;
}

// MR-05: a forward that moves as a whole has the logarithm of its move added.
double log_moneyness(const Terms& terms, double factor) {
  if (terms.F_settled != 0.0) return log_portable(moved_forward(terms, factor) / terms.K);
  const double unmoved = log_portable(terms.F / terms.K);
  return factor == 1.0 ? unmoved : unmoved + log_portable(factor);
}

// MR-06, options.
double option_loss(const Terms& terms, const Scenario& scenario, double F_s, double V_s) {
  const double w = weight_of(terms, scenario);
  const double g = value_scale(terms, scenario.shocked_value);
  const double k = scenario.price_move;
  if (!terms.is_inverse) return w * (terms.V_0 - g * V_s) * option_scale(terms);
  if (!terms.is_coin) return w * (terms.V_0 * (1.0 + k) - g * V_s) * option_scale(terms);
  return w * (terms.V_0 / terms.F - g * (V_s / F_s)) * option_scale(terms);
}

// MR-06, everything that is no option.
double delta_one_loss(const Terms& terms, const Scenario& scenario) {
  const double w = weight_of(terms, scenario);
  const double k = scenario.price_move;
  const bool moves_spot = terms.model->scan.delta_one_moves == PriceBase::spot;
  const double P = moves_spot ? terms.S : terms.F;
  const double P_s = P * (1.0 + k);
  if (!terms.is_inverse) return w * (P - P_s) * terms.c;
  if (!terms.is_coin) return w * (0.0 - k) * terms.cr;
  return w * (1.0 / P_s - 1.0 / P) * terms.c;
}

// MR-05, MR-06: not yet rounded.
std::vector<double> unrounded_losses(const Terms& terms) {
  const std::vector<Scenario>& scenarios = terms.model->scan.scenarios;
  std::vector<double> losses;
  if (terms.given != nullptr) {
    for (const double loss : terms.given->losses_quote) losses.push_back(loss * terms.per_contract);
    return losses;
  }
  losses.reserve(scenarios.size());
  ShockedVolatilities volatilities({terms.sigma, terms.K, terms.F0, terms.T});
  for (const Scenario& scenario : scenarios) {
    if (!terms.is_option) {
      losses.push_back(delta_one_loss(terms, scenario));
      continue;
    }
    const double factor = 1.0 + scenario.price_move;
    const double F_s = moved_forward(terms, factor);
    const double v_s = volatilities.of(scenario);
    const double V_s = terms.is_american
                           ? american_value(terms, F_s, v_s, scenario.volatility.days_forward)
                           : option_point(terms, F_s, log_moneyness(terms, factor), v_s).value;
    losses.push_back(option_loss(terms, scenario, F_s, V_s));
  }
  return losses;
}

// MR-07. False when the array is out of range.
bool round_losses(const std::vector<double>& unrounded, ReferenceRow& row) {
  if (row.exponent > exponent_max) return false;
  const double scale = std::ldexp(1.0, -row.exponent);
  row.losses.reserve(unrounded.size());
  for (const double loss : unrounded) {
    const double entry = std::nearbyint(loss * scale);
    if (!(std::fabs(entry) <= array_entry_max)) return false;
    row.losses.push_back(static_cast<std::int64_t>(entry) * (std::int64_t{1} << row.exponent));
  }
  return true;
}

// MR-07: the range of everything but losses.
bool fits_amount(double x, int exponent) {
  return std::fabs(x) <= std::ldexp(amount_max, exponent);
}

// MR-08, not yet rounded.
double value_of(const Terms& terms) {
  if (terms.is_option && terms.given != nullptr) {
    return terms.given->value_quote * terms.per_contract;
  }
  if (terms.is_option) {
    const bool per_coin = terms.is_inverse && terms.is_coin;
    return (per_coin ? terms.V_0 / terms.F : terms.V_0) * option_scale(terms);
  }
  if (!terms.is_inverse) return terms.F * terms.c;
  return terms.is_coin ? 0.0 - (1.0 / terms.F) * terms.c : 0.0 - terms.cr;
}

// MR-09, option delta before it fades.
double option_delta(const Terms& terms) {
  if (terms.is_american) return terms.D_american * option_scale(terms);
  const double moving = terms.F - terms.F_settled;
  if (!terms.is_inverse) return (moving * terms.D) * option_scale(terms);
  if (!terms.is_coin) return (moving * terms.D - terms.V_0) * option_scale(terms);
  return (terms.D - terms.V_0 / terms.F) * option_scale(terms);
}

// MR-09, not yet rounded.
double delta_of(const Terms& terms) {
  if (terms.given != nullptr) return terms.given->delta_quote * terms.per_contract;
  if (terms.is_option) {
    const double delta = option_delta(terms);
    const double decay_minutes = terms.model->delta_decay_minutes;
    if (!(decay_minutes > 0.0)) return delta;
    const double minutes = terms.T * year_minutes;
    return delta * std::min(1.0, minutes / decay_minutes);
  }
  if (!terms.is_inverse) return terms.F * terms.c;
  return terms.is_coin ? (1.0 / terms.F) * terms.c : terms.cr;
}

// MR-11.
double notional_of(const Terms& terms) {
  if (terms.is_option) return terms.is_coin ? terms.c : terms.S * terms.c;
  if (!terms.is_inverse) return terms.F * terms.c;
  return terms.is_coin ? (1.0 / terms.F) * terms.c : terms.cr;
}

// MR-10, not yet rounded.
double expiry_delta_of(const Terms& terms, double delta) {
  if (terms.given != nullptr) {
    const ExpiryDeltaCharge& charge = terms.model->expiry_delta;
    const bool is_spot = terms.instrument->kind == InstrumentKind::spot;
    return terms.given->expiry_delta_quote * terms.per_contract *
           (is_spot ? charge.spot_rate : charge.minimum_rate);
  }
  const double netting = terms.model->strike_netting.initial_rate;
  // MR-70: what a lot is charged for, a whole amount.
  if (netting > 0.0) return terms.is_option ? std::ceil(netting * notional_of(terms)) : 0.0;
  const ExpiryDeltaCharge& charge = terms.model->expiry_delta;
  if (terms.instrument->kind == InstrumentKind::spot) return delta * charge.spot_rate;
  if (terms.instrument->kind == InstrumentKind::perpetual) return delta * charge.minimum_rate;
  return delta *
         std::max(charge.minimum_rate, exp_portable(charge.annualised_move * terms.T) - 1.0);
}

// MR-56: at the price that the charge is of.
double charged_notional(const Terms& terms, const ExposureCharge& charge) {
  if (terms.is_option || charge.notional_price == PriceBase::forward) return notional_of(terms);
  if (!terms.is_inverse) return terms.S * terms.c;
  return terms.is_coin ? (1.0 / terms.S) * terms.c : terms.c;
}

// MR-17, the part of a short option that shrinks as it gets further out of the money, or the part
// that goes with its mark, whichever is larger.
double short_option_charge(const Terms& terms, const ExposureCharge& charge, double value,
                           double notional) {
  if (!terms.is_option) return 0.0;
  double otm = 0.0;
  if (charge.short_otm_base != 0.0 || charge.short_otm_minimum != 0.0) {
    const bool is_call = terms.instrument->option_type == OptionType::call;
    const double out = std::max(is_call ? terms.K - terms.S : terms.S - terms.K, 0.0);
    otm = std::max(charge.short_otm_base - out / terms.S, charge.short_otm_minimum) * notional;
  }
  const double mark =
      std::max(charge.short_mark_rate * std::max(0.0, value), charge.short_mark_floor * notional);
  return std::max(otm, mark);
}

// MR-55.
double at_open_interest(double rate, const OpenInterestScaling& scaling, double open_interest) {
  if (scaling.upper_quote == 0.0) return rate;
  if (!(open_interest >= 0.0)) return std::max(rate, 1.0);
  const double share =
      (open_interest - scaling.lower_quote) / (scaling.upper_quote - scaling.lower_quote);
  return rate + std::max(1.0 - rate, 0.0) * std::min(std::max(share, 0.0), 1.0);
}

// MR-71.
double share_of_doubt(const ExposureCharge& charge, double confidence) {
  if (charge.confidence_threshold == 0.0) return 1.0;
  const double trusted = confidence >= 0.0 ? confidence : 0.0;
  return trusted < charge.confidence_threshold ? 1.0 - trusted : 0.0;
}

// MR-17, MR-50.
bool is_charged(const Terms& terms, const ExposureCharge& charge, MarginScope margin) {
  const auto kind = static_cast<std::uint8_t>(terms.instrument->kind);
  if (std::find(charge.kinds.begin(), charge.kinds.end(), kind) == charge.kinds.end()) return false;
  if (charge.scope != MarginScope::both && charge.scope != margin) return false;
  if (!terms.is_option || charge.option_types == OptionTypes::both) return true;
  const bool is_call = terms.instrument->option_type == OptionType::call;
  return (charge.option_types == OptionTypes::calls) == is_call;
}

// MR-17: added in doubles over the list, then rounded up once.
bool exposure_rates(const Terms& terms, std::span<const ExposureCharge> charges, MarginScope margin,
                    double value, int exponent, ExposureRates& rates) {
  double long_lot = 0.0;
  double short_lot = 0.0;
  for (const ExposureCharge& charge : charges) {
    if (!is_charged(terms, charge, margin)) continue;
    const double notional = charged_notional(terms, charge);
    const double oi = terms.open_interest_quote;
    const double doubt = share_of_doubt(charge, terms.confidence);
    const double long_rate = at_open_interest(charge.long_rate, charge.open_interest, oi) * doubt;
    const double short_rate = at_open_interest(charge.short_rate, charge.open_interest, oi) * doubt;
    long_lot += long_rate * notional + charge.long_mark_rate * std::max(0.0, value) +
                charge.long_amount_quote * terms.per_contract;
    short_lot += short_rate * notional + short_option_charge(terms, charge, value, notional) +
                 charge.short_amount_quote * terms.per_contract;
  }
  rates = {ceil_integer(long_lot), ceil_integer(short_lot)};
  return fits_amount(std::ceil(long_lot), exponent) && fits_amount(std::ceil(short_lot), exponent);
}

// MR-51: notional and size of one lot.
ReferenceSize size_of(const Terms& terms, std::span<const ExposureCharge> charges,
                      MarginScope margin) {
  ReferenceSize result;
  for (const ExposureCharge& charge : charges) {
    if (!charge.scaling.applies() || !is_charged(terms, charge, margin)) continue;
    result.charge = &charge;
    result.notional = charged_notional(terms, charge);
    const Instrument& instrument = *terms.instrument;
    const double lot = instrument.contract_size / static_cast<double>(instrument.lots_per_contract);
    const bool at_spot = terms.is_option || charge.notional_price == PriceBase::spot;
    const double P = at_spot ? terms.S : terms.F;
    const bool is_in_quote = terms.is_inverse && !terms.is_option;
    const bool wants_quote = charge.scaling.unit == SizeUnit::notional_quote;
    result.size = lot;
    if (is_in_quote && !wants_quote) result.size = lot / P;
    if (!is_in_quote && wants_quote) result.size = lot * P;
  }
  return result;
}

bool exposure_of(const Terms& terms, MarginScope margin, double value, int exponent,
                 ReferenceExposure& exposure) {
  const RiskUnitModel& model = *terms.model;
  exposure.size = size_of(terms, model.added, margin);
  return exposure_rates(terms, model.added, margin, value, exponent, exposure.added) &&
         exposure_rates(terms, model.floor, margin, value, exponent, exposure.floor) &&
         exposure_rates(terms, model.total_floor, margin, value, exponent, exposure.total_floor);
}

// MR-08 to MR-11 and MR-17. False when an amount is out of range, MR-07.
bool fill_amounts(const Terms& terms, ReferenceRow& row) {
  const double value = value_of(terms);
  const double delta = delta_of(terms);
  const double expiry_delta = expiry_delta_of(terms, delta);
  row.value = nearest(value);
  row.delta = nearest(delta);
  row.expiry_delta = nearest(expiry_delta);
  const double netting_rate = terms.is_option ? terms.model->strike_netting.maintenance_rate : 0.0;
  row.maintenance_expiry_delta = ceil_integer(netting_rate * notional_of(terms));
  row.notional = notional_of(terms);
  const bool rates_fit =
      exposure_of(terms, MarginScope::initial, value, row.exponent, row.initial) &&
      exposure_of(terms, MarginScope::maintenance, value, row.exponent, row.maintenance);
  return rates_fit && fits_amount(std::nearbyint(value), row.exponent) &&
         fits_amount(std::nearbyint(delta), row.exponent) &&
         fits_amount(std::nearbyint(expiry_delta), row.exponent);
}

}  // namespace

bool is_coin_form(const GateConfig& config, UnderlyingId underlying) noexcept {
  return config.underlyings[underlying.value].asset == config.numeraire;
}

double to_double(Price price, const GateConfig& config) noexcept {
  return static_cast<double>(price.value) /
         static_cast<double>(power_of_ten(config.price_decimals));
}

double money_scale(const GateConfig& config) noexcept {
  return static_cast<double>(power_of_ten(config.money_decimals));
}

namespace {

const DeliveredRow* delivered_of(const GateConfig& config, InstrumentId id) {
  const std::vector<DeliveredRow>& rows = config.model.delivered;
  const auto at = std::lower_bound(
      rows.begin(), rows.end(), id,
      [](const DeliveredRow& row, InstrumentId sought) { return row.instrument < sought; });
  return at != rows.end() && at->instrument == id ? &*at : nullptr;
}

// MR-07: m * N of a contract of this size on the instrument's terms.
double priced_magnitude(const GateConfig& config, const Instrument& instrument, double size) {
  const bool is_coin = is_coin_form(config, instrument.underlying);
  const bool is_size_in_quote =
      instrument.payoff == Payoff::inverse && instrument.kind != InstrumentKind::option;
  const double reference_price = config.underlyings[instrument.underlying.value].reference_price;
  double N = size / static_cast<double>(instrument.lots_per_contract);
  if (!is_size_in_quote && !is_coin) N = N * reference_price;
  if (is_size_in_quote && is_coin) N = N / reference_price;

  double m = 0.1;
  for (const Scenario& scenario : config.model.units[instrument.risk_unit.value].scan.scenarios) {
    const double k = scenario.price_move;
    const double in_coin = std::fabs(k) / (1.0 + k);
    const bool is_reciprocal = is_size_in_quote && is_coin;
    const double loss = is_reciprocal ? in_coin : std::max(std::fabs(k), in_coin);
    const double scaled = std::fabs(1.0 - scenario.shocked_value.base) * (1.0 + k);
    const double w = std::fabs(scenario.weight) + std::fabs(scenario.weight_per_year);
    m = std::max(m, w * (loss + scaled));
  }
  return m * N;
}

// MR-75: what is given, and no less than a tenth of what a lot stands for. Quote form.
double delivered_magnitude(const GateConfig& config, const DeliveredRow& row) {
  const Instrument& instrument = config.instruments[row.instrument.value];
  const bool is_size_in_quote =
      instrument.payoff == Payoff::inverse && instrument.kind != InstrumentKind::option;
  const double lots = static_cast<double>(instrument.lots_per_contract);
  double N = instrument.contract_size / lots;
  if (!is_size_in_quote) N = N * config.underlyings[instrument.underlying.value].reference_price;
  double largest =
      std::max({row.value_quote, std::fabs(row.delta_quote), std::fabs(row.expiry_delta_quote)});
  for (const double loss : row.losses_quote) largest = std::max(largest, std::fabs(loss));
  return std::max(0.1 * N, largest / lots);
}

// MR-35: of all legs together.
double combo_magnitude(const GateConfig& config, const Combo& combo) {
  std::int64_t lots = 0;
  double largest = 0.0;
  bool is_delivered = false;
  for (const ComboLeg& leg : combo.legs) {
    lots += std::abs(std::int64_t{leg.ratio});
    const DeliveredRow* const row = delivered_of(config, leg.instrument);
    const Instrument& instrument = config.instruments[leg.instrument.value];
    is_delivered = is_delivered || row != nullptr;
    largest = std::max(
        largest, row != nullptr ? delivered_magnitude(config, *row)
                                : priced_magnitude(config, instrument, instrument.contract_size));
  }
  if (is_delivered) return static_cast<double>(lots) * largest;
  const Instrument& first = config.instruments[combo.legs.front().instrument.value];
  return priced_magnitude(config, first, first.contract_size * static_cast<double>(lots));
}

double magnitude_of(const GateConfig& config, InstrumentId id) {
  const std::size_t contracts = config.instruments.size();
  if (id.value >= contracts) return combo_magnitude(config, config.combos[id.value - contracts]);
  const Instrument& instrument = config.instruments[id.value];
  const DeliveredRow* const row = delivered_of(config, id);
  return row != nullptr ? delivered_magnitude(config, *row)
                        : priced_magnitude(config, instrument, instrument.contract_size);
}

}  // namespace

int reference_exponent(const GateConfig& config, InstrumentId id) {
  const double needed = 4.0 * magnitude_of(config, id) * money_scale(config);
  int e = 0;
  while (e <= exponent_max && needed > std::ldexp(0x1p31, e)) ++e;
  return e;
}

const Instrument& contract_of(const GateConfig& config, InstrumentId instrument) {
  const std::size_t contracts = config.instruments.size();
  const std::size_t combos = config.combos.size();
  InstrumentId first = instrument;
  if (instrument.value >= contracts + combos) {
    first = config.quote_groups[instrument.value - contracts - combos].instruments.front();
  } else if (instrument.value >= contracts) {
    first = config.combos[instrument.value - contracts].legs.front().instrument;
  }
  return config.instruments[first.value];
}

ReferenceRow reference_row(const ReferenceMarket& market, InstrumentId id) {
  const std::size_t contracts = market.config->instruments.size();
  if (id.value >= contracts + market.config->combos.size()) return reference_group_row(market, id);
  if (id.value >= contracts) return reference_combo_row(market, id);
  ReferenceRow row;
  Terms terms = terms_of(market, id);
  terms.given = delivered_of(*market.config, id);
  row.reason = unpriceable_reason(terms, market.as_of);
  if (row.reason != Reason::accepted) return row;
  if (terms.is_option && terms.given == nullptr) {
    const double v = terms.sigma * std::sqrt(terms.T);
    if (terms.is_american) {
      terms.V_0 = american_value(terms, moved_forward(terms, 1.0), v, 0.0);
      terms.D_american = american_delta(terms, v);
    }
    const auto point = option_point(terms, moved_forward(terms, 1.0), log_moneyness(terms, 1.0), v);
    if (!terms.is_american) terms.V_0 = point.value;
    terms.D = point.forward_delta;
  }
  row.exponent = reference_exponent(*market.config, id);
  const bool is_in_range = round_losses(unrounded_losses(terms), row) && fill_amounts(terms, row);
  if (!is_in_range) row.reason = Reason::risk_array_out_of_range;
  return row;
}

}  // namespace margingate::reference
