#include "support/derive_by_hand.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

namespace margingate::testing {
namespace {

using models::DeriveParameters;
using models::DeriveVolatility;

double normal(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

double years(const DeriveExpiry& e) { return static_cast<double>(e.seconds) / (365.0 * 86'400.0); }

double rate(const DeriveExpiry& e) { return std::max(e.rate, 0.0); }

double option_price(const DeriveOption& o, double forward, double volatility, double years,
                    double discount) {
  const double total = volatility * std::sqrt(years);
  double call = discount * std::max(forward - o.strike, 0.0);
  if (total >= 1e-12) {
    const double d1 = std::log(forward / o.strike) / total + 0.5 * total;
    call = discount * (forward * normal(d1) - o.strike * normal(d1 - total));
  }
  const double put = call - discount * (forward - o.strike);
  return o.type == OptionType::call ? std::clamp(call, 0.0, discount * forward)
                                    : std::clamp(put, 0.0, discount * o.strike);
}

using Volatility = std::function<double(const DeriveOption&)>;

double expiry_value(const DeriveParameters& p, const DeriveExpiry& e, double spot_multiple,
                    const Volatility& volatility) {
  const double forward = e.settled + (e.forward - e.settled) * spot_multiple;
  const double discount = p.discounts_options ? std::exp(-rate(e) * years(e)) : 1.0;
  double sum = 0.0;
  for (const DeriveOption& o : e.options) {
    sum += o.quantity * option_price(o, forward, volatility(o), years(e), discount);
  }
  return sum;
}

double mark_volatility(const DeriveOption& o) { return o.volatility; }

Volatility shocked(const DeriveParameters& p, const DeriveExpiry& e, DeriveVolatility direction) {
  const double days = std::max(years(e) * 365.0, p.minimum_days);
  const double m = std::pow(30.0 / days, days <= 30.0 ? p.short_power : p.long_power);
  if (direction == DeriveVolatility::up) {
    return [&p, m](const DeriveOption& o) {
      return std::max(p.minimum_volatility_up, o.volatility * (1.0 + p.range_up * m));
    };
  }
  if (direction == DeriveVolatility::down) {
    return [&p, m](const DeriveOption& o) {
      return o.volatility * std::max(0.0, 1.0 - p.range_down * m);
    };
  }
  return mark_volatility;
}

Volatility skewed(const DeriveParameters& p, const DeriveExpiry& e,
                  const models::DeriveSkewScenario& s) {
  const double root = std::sqrt(years(e));
  const double cap = s.cap + s.cap_per_root_year * root;
  const double reach =
      std::max(p.reach_minimum,
               root * p.skew_width * (p.skew_volatility + root * p.skew_volatility_per_root_year));
  return [=](const DeriveOption& o) {
    const double k = std::log(o.strike / e.forward);
    const double move = std::clamp((s.absolute ? std::fabs(k) : k) * cap / reach, -cap, cap);
    return o.volatility * std::max(0.0, 1.0 + move);
  };
}

double discounted(const DeriveParameters& p, const DeriveExpiry& e, double value) {
  const double t = years(e);
  if (value >= 0.0) {
    const models::DeriveDiscount& d = p.long_discount;
    return value * d.base * std::exp(-t * (rate(e) * d.rate_multiple + d.rate_addition));
  }
  if (!p.short_discount) return value;
  const models::DeriveDiscount& d = *p.short_discount;
  return value * std::min(std::exp(rate(e) * t),
                          d.base * std::exp(t * (rate(e) * d.rate_multiple + d.rate_addition)));
}

const models::DeriveCollateral& terms_of(const DeriveParameters& p, const DeriveHolding& h) {
  return *std::find_if(p.collateral.begin(), p.collateral.end(),
                       [&](const models::DeriveCollateral& c) { return c.asset == h.asset; });
}

double naked_shorts(const DeriveExpiry& e) {
  std::map<double, double> by_strike;
  for (const DeriveOption& o : e.options) by_strike[o.strike] += o.quantity;
  double sum = 0.0;
  for (const auto& [strike, quantity] : by_strike) sum += std::max(0.0, -quantity);
  return sum;
}

double confidence_charge(const DeriveParameters& p, double confidence, double notional) {
  return confidence < p.confidence_threshold ? (1.0 - confidence) * p.confidence_rate * notional
                                             : 0.0;
}

void add_scenarios(const DeriveCase& at, const std::vector<double>& unshocked,
                   DeriveResult& result) {
  const DeriveParameters& p = at.parameters;
  for (const models::DeriveScenario& s : p.scenarios) {
    double profit = 0.0;
    if (at.perpetual) profit += at.perpetual->quantity * at.perpetual->mark * s.price_move;
    for (const DeriveHolding& h : at.holdings) {
      if (terms_of(p, h).risk_cancelling) profit += h.quantity * h.value_price * s.price_move;
    }
    for (std::size_t i = 0; i < at.expiries.size(); ++i) {
      const DeriveExpiry& e = at.expiries[i];
      const double value = expiry_value(p, e, 1.0 + s.price_move, shocked(p, e, s.volatility));
      profit += discounted(p, e, value) - unshocked[i];
    }
    result.profits.push_back(s.weight * profit);
  }
  for (const models::DeriveSkewScenario& s : p.skew_scenarios) {
    double profit = 0.0;
    for (std::size_t i = 0; i < at.expiries.size(); ++i) {
      const DeriveExpiry& e = at.expiries[i];
      const double value = expiry_value(p, e, 1.0, skewed(p, e, s));
      profit -= std::fabs(discounted(p, e, value) - unshocked[i]);
    }
    result.profits.push_back(s.weight * profit);
  }
}

double basis_contingency(const DeriveCase& at, const std::vector<double>& unshocked) {
  const DeriveParameters& p = at.parameters;
  double sum = 0.0;
  for (std::size_t i = 0; i < at.expiries.size(); ++i) {
    const DeriveExpiry& e = at.expiries[i];
    const double up = expiry_value(p, e, 1.0 + p.basis_up, mark_volatility) - unshocked[i];
    const double down = expiry_value(p, e, 1.0 + p.basis_down, mark_volatility) - unshocked[i];
    sum += std::min({up, down, 0.0}) * (p.basis_addition + p.basis_multiple * years(e));
  }
  return sum;
}

void add_charges(const DeriveCase& at, double initial_factor, DeriveResult& result) {
  const DeriveParameters& p = at.parameters;
  const auto charge = [&](const models::DeriveCharge& rates, double amount) {
    result.maintenance_charges += rates.maintenance * amount;
    const double scaled = p.initial_factor_scales_charges ? initial_factor - 1.0 : 0.0;
    result.initial_charges += (rates.initial_added + rates.maintenance * scaled) * amount;
  };
  if (at.perpetual) {
    const double notional = std::fabs(at.perpetual->quantity) * at.spot;
    charge(p.perpetual, notional);
    result.initial_charges += confidence_charge(p, at.perpetual_confidence, notional);
  }
  for (const DeriveExpiry& e : at.expiries) {
    charge(p.option, naked_shorts(e) * at.spot);
    double gross = 0.0;
    for (const DeriveOption& o : e.options) gross += std::fabs(o.quantity);
    result.initial_charges += confidence_charge(p, at.option_confidence, gross * at.spot);
  }
  for (const DeriveHolding& h : at.holdings) {
    charge(terms_of(p, h).haircut, h.quantity * h.value_price);
  }
}

}  // namespace

DeriveResult derive_by_hand(const DeriveCase& at) {
  const DeriveParameters& p = at.parameters;
  DeriveResult result;
  std::vector<double> unshocked;
  for (const DeriveExpiry& e : at.expiries) {
    unshocked.push_back(expiry_value(p, e, 1.0, mark_volatility));
  }
  result.mark_to_market = at.cash + (at.perpetual ? at.perpetual->profit : 0.0);
  for (const double value : unshocked) result.mark_to_market += value;
  for (const DeriveHolding& h : at.holdings) result.mark_to_market += h.quantity * h.value_price;
  add_scenarios(at, unshocked, result);
  for (const double profit : result.profits) result.worst = std::min(result.worst, profit);
  result.basis = basis_contingency(at, unshocked);
  const double initial_factor =
      p.initial_factor + std::max(0.0, p.peg_threshold - p.stablecoin_price) * p.peg_factor;
  add_charges(at, initial_factor, result);
  const double span = std::min(result.worst, result.basis);
  result.maintenance =
      result.mark_to_market + p.maintenance_factor * span - result.maintenance_charges;
  result.initial = result.mark_to_market + initial_factor * span - result.maintenance_charges -
                   result.initial_charges;
  return result;
}

}  // namespace margingate::testing
