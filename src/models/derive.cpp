// Derive's portfolio margin in the engine's words. Names on the right are the venue's.
#include "models/derive.hpp"

#include <algorithm>
#include <map>

#include "margingate/instrument.hpp"
#include "models/risk_unit_name.hpp"

namespace margingate::models {
namespace {

constexpr std::uint8_t kind(InstrumentKind k) { return static_cast<std::uint8_t>(k); }

VolatilityShock volatility_shock(const DeriveParameters& p, DeriveVolatility direction) {
  VolatilityShock shock;
  if (direction == DeriveVolatility::none) return shock;
  const bool up = direction == DeriveVolatility::up;
  shock.relative = up ? p.range_up : -p.range_down;
  shock.minimum = up ? p.minimum_volatility_up : 0.0;
  shock.short_power = p.short_power;
  shock.long_power = p.long_power;
  shock.days_minimum = p.minimum_days;
  return shock;
}

VolatilitySkew volatility_skew(const DeriveParameters& p, const DeriveSkewScenario& scenario) {
  VolatilitySkew skew;
  skew.cap = scenario.cap;
  skew.cap_per_root_year = scenario.cap_per_root_year;
  skew.width = p.skew_width;
  skew.volatility = p.skew_volatility;
  skew.volatility_per_root_year = p.skew_volatility_per_root_year;
  skew.reach_minimum = p.reach_minimum;
  skew.both_sides = scenario.absolute;
  return skew;
}

// Of an expiry worth something, and of one that is owed.
ValueScale long_scale(const DeriveParameters& p) {
  const DeriveDiscount& d = p.long_discount;
  return {d.base, -d.rate_multiple, -d.rate_addition, false};
}

ValueScale short_scale(const DeriveParameters& p) {
  if (!p.short_discount) return {};
  const DeriveDiscount& d = *p.short_discount;
  return {d.base, d.rate_multiple, d.rate_addition, true};
}

// One scenario of the published list: which of its entries counts, the largest of all but the last
// two and the smaller of those.
using Alternatives = std::vector<Scenario>;

Scenario shocked(double move, const VolatilityShock& shock, double weight,
                 const ValueScale& scale) {
  Scenario scenario;
  scenario.price_move = move;
  scenario.volatility = shock;
  scenario.weight = weight;
  scenario.shocked_value = scale;
  return scenario;
}

// The value is discounted by what raises the loss: since the first scale is at most one of a
// positive value and the second at least one of a negative one, the larger loss is the right one.
Alternatives price_alternatives(const DeriveParameters& p, const DeriveScenario& s) {
  const VolatilityShock shock = volatility_shock(p, s.volatility);
  const Scenario held = shocked(s.price_move, shock, s.weight, long_scale(p));
  const Scenario owed = shocked(s.price_move, shock, s.weight, short_scale(p));
  return {held, owed, held, owed};
}

// The magnitude of the profit: x = max(held, owed) or -x = min(-held, -owed).
Alternatives skew_alternatives(const DeriveParameters& p, const DeriveSkewScenario& s) {
  const auto skewed = [&](double weight, const ValueScale& scale) {
    Scenario scenario = shocked(0.0, {}, weight, scale);
    scenario.skew = volatility_skew(p, s);
    return scenario;
  };
  return {skewed(s.weight, long_scale(p)), skewed(s.weight, short_scale(p)),
          skewed(-s.weight, long_scale(p)), skewed(-s.weight, short_scale(p))};
}

// An expiry that gains both ways counts as nothing: what is not shocked loses nothing.
Alternatives basis_alternatives(const DeriveParameters& p) {
  Scenario up = shocked(p.basis_up, {}, p.basis_addition, {});
  up.weight_per_year = p.basis_multiple;
  Scenario down = up;
  down.price_move = p.basis_down;
  const Scenario none = shocked(0.0, {}, 1.0, {});
  return {up, down, none, none};
}

std::vector<Alternatives> expiry_scenarios(const DeriveParameters& p) {
  std::vector<Alternatives> result;
  for (const DeriveScenario& s : p.scenarios) result.push_back(price_alternatives(p, s));
  for (const DeriveSkewScenario& s : p.skew_scenarios) result.push_back(skew_alternatives(p, s));
  result.push_back(basis_alternatives(p));
  return result;
}

// Perpetuals and collateral: the spot alone moves them, no basis.
std::vector<Alternatives> spot_scenarios(const DeriveParameters& p) {
  std::vector<Alternatives> result;
  for (const DeriveScenario& s : p.scenarios) {
    result.push_back(Alternatives(4, shocked(s.price_move, {}, s.weight, {})));
  }
  const Scenario none = shocked(0.0, {}, 1.0, {});
  result.resize(p.scenarios.size() + p.skew_scenarios.size() + 1, Alternatives(4, none));
  return result;
}

ScanRisk scan_of(const std::vector<Alternatives>& scenarios) {
  ScanRisk scan;
  scan.alternatives = 4;
  scan.lesser_of_last_two = true;
  for (std::size_t block = 0; block < scan.alternatives; ++block) {
    for (const Alternatives& s : scenarios) scan.scenarios.push_back(s[block]);
  }
  return scan;
}

double initial_factor(const DeriveParameters& p) {
  return p.initial_factor + std::max(0.0, p.peg_threshold - p.stablecoin_price) * p.peg_factor;
}

double initial_rate(const DeriveParameters& p, const DeriveCharge& charge) {
  const double factor = p.initial_factor_scales_charges ? initial_factor(p) : 1.0;
  return charge.maintenance * factor + charge.initial_added;
}

ExposureCharge charge_of(InstrumentKind k, PriceBase price, MarginScope scope, double long_rate,
                         double short_rate) {
  ExposureCharge charge;
  charge.kinds = {kind(k)};
  charge.long_rate = long_rate;
  charge.short_rate = short_rate;
  charge.notional_price = price;
  charge.scope = scope;
  return charge;
}

void add_both_ways(const DeriveParameters& p, InstrumentKind k, const DeriveCharge& rates,
                   std::vector<ExposureCharge>& charges) {
  const double initial = initial_rate(p, rates);
  charges.push_back(charge_of(k, PriceBase::spot, MarginScope::initial, initial, initial));
  charges.push_back(charge_of(k, PriceBase::spot, MarginScope::maintenance, rates.maintenance,
                              rates.maintenance));
}

void add_confidence(const DeriveParameters& p, InstrumentKind k, PriceBase price,
                    std::vector<ExposureCharge>& charges) {
  if (p.confidence_rate == 0.0) return;
  ExposureCharge charge =
      charge_of(k, price, MarginScope::initial, p.confidence_rate, p.confidence_rate);
  charge.confidence_threshold = p.confidence_threshold;
  charges.push_back(charge);
}

const DeriveCollateral* collateral_of(const DeriveParameters& p, std::string_view underlying) {
  const auto found = std::find_if(p.collateral.begin(), p.collateral.end(),
                                  [&](const DeriveCollateral& c) { return c.asset == underlying; });
  return found == p.collateral.end() ? nullptr : &*found;
}

// What no entry names backs nothing: its haircut is all of it.
RiskUnitModel spot_unit(const DeriveParameters& p, std::string_view underlying) {
  RiskUnitModel unit;
  const DeriveCollateral* collateral = collateral_of(p, underlying);
  const DeriveCharge all{1.0, 0.0};
  const DeriveCharge haircut = collateral == nullptr ? all : collateral->haircut;
  const double initial = std::min(initial_rate(p, haircut), 1.0);
  unit.scan = scan_of(spot_scenarios(p));
  unit.added.push_back(
      charge_of(InstrumentKind::spot, PriceBase::forward, MarginScope::initial, initial, initial));
  unit.added.push_back(charge_of(InstrumentKind::spot, PriceBase::forward, MarginScope::maintenance,
                                 haircut.maintenance, haircut.maintenance));
  add_confidence(p, InstrumentKind::spot, PriceBase::forward, unit.added);
  add_both_ways(p, InstrumentKind::perpetual, p.perpetual, unit.added);
  add_confidence(p, InstrumentKind::perpetual, PriceBase::spot, unit.added);
  return unit;
}

RiskUnitModel expiry_unit(const DeriveParameters& p) {
  RiskUnitModel unit;
  unit.scan = scan_of(expiry_scenarios(p));
  unit.discounts_options = p.discounts_options;
  unit.strike_netting = {initial_rate(p, p.option), p.option.maintenance};
  add_confidence(p, InstrumentKind::option, PriceBase::spot, unit.added);
  return unit;
}

}  // namespace

MarginModel derive_model(const DeriveParameters& parameters,
                         std::span<const std::string> risk_units) {
  MarginModel model;
  model.name = "derive";
  std::map<std::string, ScanPool> pools;  // by underlying
  for (std::size_t u = 0; u < risk_units.size(); ++u) {
    const std::string underlying(underlying_of(risk_units[u]));
    const bool has_expiry = underlying.size() != risk_units[u].size();
    const DeriveCollateral* collateral = collateral_of(parameters, underlying);
    model.units.push_back(has_expiry ? expiry_unit(parameters) : spot_unit(parameters, underlying));
    // Held outright and not cancelling any risk: its haircut is all it costs.
    const bool is_inert = !has_expiry && collateral != nullptr && !collateral->risk_cancelling;
    if (is_inert) {
      model.units.back().scan = {};
      continue;
    }
    ScanPool& pool = pools[underlying];
    if (pool.groups.empty()) pool.groups.resize(1);
    pool.groups.front().units.push_back({static_cast<std::uint32_t>(u)});
    pool.initial_factor = initial_factor(parameters);
    pool.maintenance_factor = parameters.maintenance_factor;
  }
  for (const auto& [underlying, pool] : pools) model.pools.push_back(pool);
  return model;
}

}  // namespace margingate::models
