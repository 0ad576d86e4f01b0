#include "verify/bound_study.hpp"

#include <algorithm>
#include <cmath>

#include "pricing/black76.hpp"
#include "pricing/elementary.hpp"
#include "reference/reference_row.hpp"

namespace margingate::verify {
namespace {

constexpr int samples = 17;
constexpr double year_ns = 365 * 86400 * 1e9;
constexpr std::size_t rows_kept = 4'096;

// One scenario's price of an option and what follows from it, at relative spot x.
struct OptionAt {
  double value, delta, gamma, forward;
};

struct Pricer {
  double F, K, T;
  bool is_call;

  [[nodiscard]] OptionAt at(double factor, double volatility, double x) const {
    const double forward = F * factor * x;
    const auto point =
        pricing::black76(forward, pricing::log_portable(forward / K), volatility, K, is_call, 0.0);
    const double gamma = std::isfinite(point.gamma_max) ? point.gamma_max : 0.0;
    return {point.value, point.forward_delta, gamma, forward};
  }
};

// Second derivative in x of V, and of V / F.
double second_quote(const OptionAt& o, double x) {
  return o.forward * o.forward * o.gamma / (x * x);
}

double second_coin(const OptionAt& o, double x) {
  return (o.forward * o.gamma - 2.0 * (o.delta - o.value / o.forward)) / (x * x);
}

double first_quote(const OptionAt& o, double x) { return o.forward * o.delta / x; }

double first_coin(const OptionAt& o, double x) { return (o.delta - o.value / o.forward) / x; }

double shocked(const VolatilityShock& shock, double sigma, double T) {
  const double days = T * 365.0;
  const double p = days < shock.pivot_days ? shock.short_power : shock.long_power;
  const double g =
      p == 0.0 ? 1.0 : pricing::exp_portable(p * pricing::log_portable(shock.pivot_days / days));
  return std::max(std::max(sigma * (1.0 + shock.relative * g), shock.minimum), 0.0) * std::sqrt(T);
}

struct Sampled {
  std::array<double, samples> at{};

  [[nodiscard]] double largest() const {
    double result = 0.0;
    for (const double one : at) result = std::max(result, std::fabs(one));
    return result;
  }
  // Largest difference quotient.
  [[nodiscard]] double steepest(double step) const {
    double result = 0.0;
    for (int i = 1; i < samples; ++i) {
      result = std::max(
          result, std::fabs(at[static_cast<std::size_t>(i)] - at[static_cast<std::size_t>(i) - 1]));
    }
    return result / step;
  }
};

double positive(double x) { return std::max(x, 0.0); }

}  // namespace

BoundStudy::Row BoundStudy::sampled(const reference::ReferenceMarket& market,
                                    InstrumentId id) const {
  const Instrument& instrument = config_->instruments[id.value];
  const RiskUnitModel& model = config_->model.units[instrument.risk_unit.value];
  const std::size_t scenarios = model.scan.scenarios.size();
  const std::uint32_t u = instrument.underlying.value;
  const bool is_coin = reference::is_coin_form(*config_, instrument.underlying);
  const bool is_inverse = instrument.payoff == Payoff::inverse;
  const double S0 = reference::to_double(market.table_spots[u], *config_);
  const double F = market.surface->quotes[id.value].forward * (S0 / market.surface->spots[u]);
  const double c = instrument.contract_size / static_cast<double>(instrument.lots_per_contract) *
                   reference::money_scale(*config_);
  const double scale = is_inverse && !is_coin ? c * (S0 / F) : c;
  const double band = config_->drift_band;
  const double step = 2.0 * band / (samples - 1);
  const bool is_option = instrument.kind == InstrumentKind::option;
  const bool expires = is_option || instrument.kind == InstrumentKind::future;
  const double T =
      expires ? static_cast<double>(instrument.expiry.ns - market.as_of.ns) / year_ns : 0.0;
  const double sigma = market.surface->quotes[id.value].implied_volatility;
  const Pricer pricer{F, instrument.strike, T, instrument.option_type == OptionType::call};

  Row row;
  row.loss.resize(scenarios);
  row.slope.resize(scenarios);
  row.curvature.resize(scenarios);
  row.third.resize(scenarios);
  const double least = model.expiry_delta.minimum_rate;
  row.expiry_rate =
      !expires ? least : std::max(least, std::exp(model.expiry_delta.annualised_move * T) - 1.0);
  const auto x_of = [&](int i) { return 1.0 - band + step * i; };

  if (!is_option) {
    if (!(is_inverse && is_coin)) {
      // Linear in the spot, or the shock alone: losses have no curvature.
      const double delta = is_inverse ? 0.0 : F * c;
      row.delta_slope = band * delta;
      return row;
    }
    const double coins = c / F;
    for (std::size_t s = 0; s < scenarios; ++s) {
      const Scenario& scenario = model.scan.scenarios[s];
      const double loss = scenario.weight * coins * (1.0 / (1.0 + scenario.price_move) - 1.0);
      row.loss[s] = loss;
      row.slope[s] = -band * loss;
      row.curvature[s] = band * band * std::fabs(loss);
      row.third[s] = band * band * band * std::fabs(loss);
    }
    row.value_curvature = band * band * coins;
    row.value_third = band * band * band * coins;
    row.delta_slope = band * coins;
    row.delta_curvature = band * band * coins;
    return row;
  }

  const double v = sigma * std::sqrt(T);
  Sampled value_second;
  Sampled delta;
  for (int i = 0; i < samples; ++i) {
    const double x = x_of(i);
    const OptionAt o = pricer.at(1.0, v, x);
    const auto n = static_cast<std::size_t>(i);
    value_second.at[n] = scale * (is_coin ? second_coin(o, x) : second_quote(o, x));
    delta.at[n] =
        scale * (is_coin ? first_coin(o, x) * x
                         : (is_inverse ? o.forward * o.delta - o.value : o.forward * o.delta));
  }
  const double decay = model.delta_decay_minutes > 0.0
                           ? std::min(1.0, T * 525600.0 / model.delta_decay_minutes)
                           : 1.0;
  row.value_curvature = 0.5 * band * band * value_second.largest();
  row.value_third = band * band * band / 6.0 * value_second.steepest(step);
  row.delta_slope = decay * band * delta.steepest(step);
  Sampled delta_first;
  for (int i = 1; i < samples; ++i) {
    const auto n = static_cast<std::size_t>(i);
    delta_first.at[n] = (delta.at[n] - delta.at[n - 1]) / step;
  }
  delta_first.at[0] = delta_first.at[1];
  row.delta_curvature = decay * 0.5 * band * band * delta_first.steepest(step);

  for (std::size_t s = 0; s < scenarios; ++s) {
    const Scenario& scenario = model.scan.scenarios[s];
    const double factor = 1.0 + scenario.price_move;
    const double vs = shocked(scenario.volatility, sigma, T);
    const double share = is_inverse && !is_coin ? factor : 1.0;
    Sampled second;
    for (int i = 0; i < samples; ++i) {
      const double x = x_of(i);
      const OptionAt o = pricer.at(1.0, v, x);
      const OptionAt m = pricer.at(factor, vs, x);
      second.at[static_cast<std::size_t>(i)] =
          scenario.weight * scale *
          (is_coin ? second_coin(o, x) - second_coin(m, x)
                   : share * second_quote(o, x) - second_quote(m, x));
    }
    const OptionAt o = pricer.at(1.0, v, 1.0);
    const OptionAt m = pricer.at(factor, vs, 1.0);
    row.loss[s] = scenario.weight * scale *
                  (is_coin ? o.value / o.forward - m.value / m.forward : share * o.value - m.value);
    row.slope[s] = band * scenario.weight * scale *
                   (is_coin ? first_coin(o, 1.0) - first_coin(m, 1.0)
                            : share * first_quote(o, 1.0) - first_quote(m, 1.0));
    row.curvature[s] = 0.5 * band * band * second.largest();
    row.third[s] = band * band * band / 6.0 * second.steepest(step);
  }
  return row;
}

const BoundStudy::Row& BoundStudy::row(const reference::ReferenceMarket& market, Epoch epoch,
                                       InstrumentId id) {
  if (rows_.size() > rows_kept) rows_.clear();
  const auto [at, is_new] = rows_.try_emplace({epoch, id.value});
  if (is_new) at->second = sampled(market, id);
  return at->second;
}

BoundStudy::Widths BoundStudy::widths(const reference::ReferenceMarket& market, Epoch epoch,
                                      const reference::ReferenceAccount& after,
                                      const reference::ReferenceDecision& exact,
                                      std::uint32_t unit) {
  Widths result;
  const std::size_t s = exact.after.units[unit].worst_scenario;
  const bool has_scenarios = !config_->model.units[unit].scan.scenarios.empty();
  for (const reference::ReferenceLeg& leg : after.legs) {
    const Instrument& instrument = config_->instruments[leg.instrument.value];
    if (leg.empty() || instrument.risk_unit.value != unit) continue;
    const std::uint32_t u = instrument.underlying.value;
    const double move = static_cast<double>(market.live_spots[u].value) /
                            static_cast<double>(market.table_spots[u].value) -
                        1.0;
    const double t = std::fabs(move) / config_->drift_band;
    if (t == 0.0) continue;
    const Row& r = row(market, epoch, leg.instrument);
    const auto net = static_cast<double>(leg.net < 0 ? -leg.net : leg.net);
    const auto buys = static_cast<double>(leg.working_buys);
    const auto sells = static_cast<double>(leg.working_sells);
    result.profit_curvature += 2.0 * net * r.value_curvature * t * t;
    result.profit_gamma += 2.0 * net * r.value_third * t * t * t;
    const double delta =
        (net + buys + sells) * r.delta_curvature * t * t + (buys + sells) * r.delta_slope * t;
    result.delta_slope += 2.0 * delta;
    if (instrument.kind != InstrumentKind::spot) {
      result.expiry_slope += 2.0 * delta * r.expiry_rate;
    }
    if (!has_scenarios) continue;
    const double counted = net + (r.loss[s] > 0.0 ? buys : sells);
    const double flip = (buys + sells) * t *
                        positive(std::fabs(r.slope[s]) + r.curvature[s] - std::fabs(r.loss[s]));
    result.scan_curvature += 2.0 * (counted * r.curvature[s] * t * t + flip);
    result.scan_gamma += 2.0 * (counted * r.third[s] * t * t * t + flip);
  }
  return result;
}

Straddles BoundStudy::judge(const reference::ReferenceMarket& market, Epoch epoch,
                            const reference::ReferenceAccount& after,
                            const reference::ReferenceDecision& exact,
                            const CertifiedInterval& certified) {
  const auto number = [](Money money) { return static_cast<double>(money.value); };
  const CertifiedInterval::Widths& now = certified.widths;
  const double factor = config_->model.initial_factor;
  Widths sum;
  bool may_lose_credit = false;
  double floors = 0.0;
  for (std::uint32_t unit = 0; unit < exact.after.units.size(); ++unit) {
    const reference::ReferenceUnit& here = exact.after.units[unit];
    const Widths w = widths(market, epoch, after, exact, unit);
    // A unit whose floor binds keeps the width that its floor has.
    if (here.floor < here.scan_risk) {
      sum.scan_curvature += w.scan_curvature;
      sum.scan_gamma += w.scan_gamma;
    } else {
      floors += 1.0;
    }
    sum.profit_curvature += w.profit_curvature;
    sum.profit_gamma += w.profit_gamma;
    sum.expiry_slope += w.expiry_slope;
    const double half = w.delta_slope / 2.0;
    const auto lo = static_cast<double>(here.delta_lo);
    const auto hi = static_cast<double>(here.delta_hi);
    may_lose_credit = may_lose_credit || std::fabs(lo) <= half || std::fabs(hi) <= half;
  }
  const double total = number(certified.requirement_hi - certified.requirement_lo) +
                       number(certified.equity_hi - certified.equity_lo);
  const double scan_now = number(now.scan_or_floor);
  const double profit_now = number(now.profit);
  const bool is_replaced = floors == 0.0 || sum.scan_curvature > 0.0;
  const auto scan_with = [&](double width) {
    return is_replaced ? factor * (std::min(width, scan_now) - scan_now) : 0.0;
  };
  const auto profit_with = [&](double width) { return std::min(width, profit_now) - profit_now; };
  const double slopes =
      factor * (std::min(sum.expiry_slope, number(now.expiry_delta)) - number(now.expiry_delta)) -
      factor * (may_lose_credit ? 0.0 : number(now.credits));

  std::array<double, bounds> alternatives{};
  const auto set = [&](Bound bound, double width) {
    alternatives[static_cast<std::size_t>(bound)] = width;
  };
  set(Bound::as_it_is, total);
  set(Bound::curvature, total + scan_with(sum.scan_curvature) + profit_with(sum.profit_curvature));
  set(Bound::gamma, total + scan_with(sum.scan_gamma) + profit_with(sum.profit_gamma));
  set(Bound::slopes, total + slopes);
  set(Bound::slopes_gamma,
      total + slopes + scan_with(sum.scan_gamma) + profit_with(sum.profit_gamma));
  set(Bound::no_scan_width, total + scan_with(0.0) + profit_with(0.0));

  const double excess = std::fabs(number(exact.after.equity - exact.after.initial_margin));
  Straddles result{};
  for (std::size_t i = 0; i < bounds; ++i) result[i] = excess <= alternatives[i] / 2.0;
  return result;
}

}  // namespace margingate::verify
