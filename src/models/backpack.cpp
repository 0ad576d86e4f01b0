// Backpack's margin as exposure charges: per market max(base, factor * sqrt(notional)) of notional.
#include "models/backpack.hpp"

#include <algorithm>

#include "models/charge_parts.hpp"

namespace margingate::models {
namespace {

ExposureCharge futures(const SquareRootFunction& function, double base, MarginScope scope) {
  ExposureCharge charge = futures_charge(base, scope);
  charge.scaling.unit = SizeUnit::notional_quote;
  charge.scaling.square_root_rate = function.factor;
  charge.scaling.base_rate = base;
  return charge;
}

RiskUnitModel make_unit(const BackpackMarket& market, double leverage_max) {
  const double initial_base = std::max(market.initial.base, 1.0 / leverage_max);
  RiskUnitModel unit;
  unit.added = {futures(market.initial, initial_base, MarginScope::initial),
                futures(market.maintenance, market.maintenance.base, MarginScope::maintenance),
                spot_charge()};
  return unit;
}

SquareRootFunction read_function(ParameterReader& reader, const std::string& key,
                                 SquareRootFunction most) {
  SquareRootFunction function;
  reader.object(key, [&](ParameterReader& entry) {
    function.base = entry.number("base", {0.0, most.base});
    function.factor = entry.number("factor", {0.0, most.factor});
  });
  return function;
}

}  // namespace

BackpackParameters read_backpack_parameters(ParameterReader& reader) {
  BackpackParameters p;
  p.leverage_max = reader.number("leverage_max", {1.0, 1'000.0});
  p.markets = read_by_underlying(reader, "markets", [](ParameterReader& entry) {
    BackpackMarket market;
    market.initial = read_function(entry, "imf", {1.0, 1.0});
    market.maintenance = read_function(entry, "mmf", market.initial);
    return market;
  });
  return p;
}

MarginModel backpack_model(const BackpackParameters& parameters,
                           std::span<const std::string> risk_units) {
  MarginModel model;
  model.name = "backpack";
  for (const std::string& name : risk_units) {
    model.units.push_back(make_unit(parameters.markets.of(name), parameters.leverage_max));
  }
  return model;
}

}  // namespace margingate::models
