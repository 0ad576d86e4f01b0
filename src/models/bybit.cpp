// Bybit's portfolio margin: the worst of a grid of prices and volatilities, and contingencies.
#include "models/bybit.hpp"

#include "models/charge_parts.hpp"

namespace margingate::models {
namespace {

VolatilityShock shock(const BybitParameters& p, double relative) {
  VolatilityShock result;
  result.relative = relative;
  result.short_power = p.volatility_power;
  result.long_power = p.volatility_power;
  result.pivot_days = p.volatility_pivot_days;
  result.whole_days = true;
  return result;
}

// Most negative price first; up, same, down for each: the order of the published rows.
RiskUnitModel make_unit(const BybitParameters& p, const BybitUnit& numbers) {
  RiskUnitModel unit;
  for (int step = -numbers.price_steps; step <= numbers.price_steps; ++step) {
    const double move = numbers.price_range * step / numbers.price_steps;
    unit.scan.scenarios.push_back({move, shock(p, numbers.volatility_up), 1.0, 0.0});
    unit.scan.scenarios.push_back({move, VolatilityShock{}, 1.0, 0.0});
    unit.scan.scenarios.push_back({move, shock(p, -numbers.volatility_down), 1.0, 0.0});
  }
  ExposureCharge contingency = futures_charge(numbers.futures_contingency, MarginScope::both);
  contingency.notional_price = PriceBase::spot;
  unit.added = {contingency};
  return unit;
}

}  // namespace

BybitParameters read_bybit_parameters(ParameterReader& reader) {
  BybitParameters p;
  p.im_factor = reader.number("im_factor", {1.0, 10.0});
  p.volatility_power = reader.number("volatility_power", power_range);
  p.volatility_pivot_days = reader.number("volatility_pivot_days", days_range);
  p.units = read_by_underlying(reader, "risk_units", [](ParameterReader& entry) {
    BybitUnit unit;
    unit.price_range = entry.number("price_range", {1e-4, 0.99});
    unit.price_steps = static_cast<int>(entry.integer("price_steps", 1, 10));
    unit.volatility_up = entry.number("volatility_up", {0.0, move_range.high});
    unit.volatility_down = entry.number("volatility_down", {0.0, -move_range.low});
    unit.futures_contingency = entry.number("futures_contingency", share_range);
    return unit;
  });
  return p;
}

MarginModel bybit_model(const BybitParameters& parameters,
                        std::span<const std::string> risk_units) {
  MarginModel model;
  model.name = "bybit";
  for (const std::string& name : risk_units) {
    model.units.push_back(make_unit(parameters, parameters.units.of(name)));
  }
  model.initial_factor = parameters.im_factor;
  return model;
}

}  // namespace margingate::models
