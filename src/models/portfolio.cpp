// The generic portfolio model in the engine's five words.
#include "models/portfolio.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace margingate::models {
namespace {

ScanRisk make_scan(const PortfolioUnit& parameters) {
  ScanRisk scan;
  for (const double move : parameters.price_moves) {
    for (const VolatilityShock& shock : parameters.volatility_shocks) {
      scan.scenarios.push_back({move, shock, 1.0, 0.0});
    }
  }
  for (const WeightedMove& extreme : parameters.extreme_moves) {
    scan.scenarios.push_back(
        {extreme.price_move, parameters.extreme_volatility, extreme.weight, 0.0});
  }
  return scan;
}

RiskUnitModel make_unit(const PortfolioUnit& parameters) {
  RiskUnitModel unit;
  unit.scan = make_scan(parameters);
  unit.floor = parameters.floor;
  unit.added = parameters.liquidity;
  unit.expiry_delta = parameters.basis;
  return unit;
}

std::optional<RiskUnitId> find_unit(std::span<const std::string> risk_units,
                                    const std::string& name) {
  const auto found = std::find(risk_units.begin(), risk_units.end(), name);
  if (found == risk_units.end()) return std::nullopt;
  return RiskUnitId{static_cast<std::uint32_t>(found - risk_units.begin())};
}

}  // namespace

MarginModel portfolio_model(const PortfolioParameters& parameters,
                            std::span<const std::string> risk_units) {
  MarginModel model;
  model.name = "portfolio";
  for (const std::string& name : risk_units) {
    const auto own = parameters.by_underlying.find(name);
    model.units.push_back(
        make_unit(own == parameters.by_underlying.end() ? parameters.standard : own->second));
  }
  for (const UnderlyingOffset& offset : parameters.offsets) {
    const auto first = find_unit(risk_units, offset.first);
    const auto second = find_unit(risk_units, offset.second);
    if (first && second) model.credits.push_back({*first, *second, offset.rate});
  }
  model.initial_factor = parameters.initial_factor;
  model.maintenance_factor = parameters.maintenance_factor;
  return model;
}

}  // namespace margingate::models
