#include "reference/reference_volatility.hpp"

#include <algorithm>
#include <cmath>

#include "pricing/elementary.hpp"

namespace margingate::reference {
namespace {

using pricing::exp_portable;
using pricing::log_portable;

constexpr double year_days = 365.0;
constexpr std::size_t looked_at_max = 8;

// MR-04, the multiplier by moneyness at the table's forward.
double skew_multiplier(const VolatilitySkew& skew, const VolatilityTerms& terms) {
  if (skew.cap == 0.0 && skew.cap_per_root_year == 0.0) return 1.0;
  const double root = std::sqrt(terms.T);
  const double log_ratio = log_portable(terms.K / terms.F0);
  const double k = skew.both_sides ? std::fabs(log_ratio) : log_ratio;
  const double cap = std::max(skew.cap + skew.cap_per_root_year * root, 0.0);
  const double at_root = skew.volatility + skew.volatility_per_root_year * root;
  const double reach = std::max(root * skew.width * at_root, skew.reach_minimum);
  return std::max(1.0 + std::min(std::max(k * cap / reach, -cap), cap), 0.0);
}

// MR-04, total volatility under a shock.
double shocked_volatility(const VolatilityShock& shock, const VolatilitySkew& skew,
                          const VolatilityTerms& terms) {
  const double T = terms.T;
  const double counted = shock.whole_days ? std::ceil(T * year_days) : T * year_days;
  const double days = std::max(counted, shock.days_minimum);
  const double p = days < shock.pivot_days ? shock.short_power : shock.long_power;
  const double g = p == 0.0 ? 1.0 : exp_portable(p * log_portable(shock.pivot_days / days));
  const double moved = terms.sigma * skew_multiplier(skew, terms) * (1.0 + shock.relative * g);
  const double shocked = std::max(std::max(moved, shock.minimum), 0.0);
  if (shock.days_forward == 0.0) return shocked * std::sqrt(T);
  return shocked * std::sqrt(std::max(T - shock.days_forward / year_days, 0.0));
}

}  // namespace

double ShockedVolatilities::of(const Scenario& scenario) {
  // A grid repeats a few shocks; hundreds of historical ones do not repeat at all.
  const std::size_t oldest = known_.size() - std::min(known_.size(), looked_at_max);
  for (std::size_t i = known_.size(); i > oldest; --i) {
    const Known& known = known_[i - 1];
    const bool is_alike = known.scenario->volatility == scenario.volatility;
    if (is_alike && known.scenario->skew == scenario.skew) return known.volatility;
  }
  known_.push_back({&scenario, shocked_volatility(scenario.volatility, scenario.skew, terms_)});
  return known_.back().volatility;
}

}  // namespace margingate::reference
