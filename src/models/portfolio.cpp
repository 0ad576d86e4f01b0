// The generic portfolio model in the engine's five words.
#include "models/portfolio.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "models/shared_parameters.hpp"

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

PortfolioUnit read_unit(ParameterReader& reader) {
  PortfolioUnit unit;
  unit.price_moves = reader.numbers("price_moves", move_range);
  reader.objects("volatility_shocks", [&](ParameterReader& shock) {
    unit.volatility_shocks.push_back(read_volatility_shock(shock));
  });
  reader.objects("extreme_moves", [&](ParameterReader& extreme) {
    unit.extreme_moves.push_back(
        {extreme.number("price_move", move_range), extreme.positive("weight", rate_range.high)});
  });
  reader.object("extreme_volatility", [&](ParameterReader& shock) {
    unit.extreme_volatility = read_volatility_shock(shock);
  });
  unit.floor = read_charges(reader, "floor");
  unit.liquidity = read_charges(reader, "liquidity");
  reader.object("basis", [&](ParameterReader& basis) {
    unit.basis.minimum_rate = basis.number("minimum_rate", share_range);
    unit.basis.annualised_move = basis.number("annualised_move", rate_range);
  });
  return unit;
}

}  // namespace

PortfolioParameters read_portfolio_parameters(ParameterReader& reader) {
  PortfolioParameters parameters;
  reader.named_objects("risk_units", "default", [&](const std::string& name, ParameterReader& u) {
    if (name == "default") {
      parameters.standard = read_unit(u);
    } else {
      parameters.by_underlying[name] = read_unit(u);
    }
  });
  reader.objects("offsets", [&](ParameterReader& entry) {
    UnderlyingOffset offset{
        entry.text("first"), entry.text("second"), entry.number("rate", share_range), {}};
    if (entry.has("correlation")) {
      entry.object("correlation", [&](ParameterReader& part) {
        offset.correlation.none_below = part.number("none_below", {-1.0, 1.0});
        offset.correlation.full_from = part.number("full_from", {-1.0, 1.0});
      });
    }
    parameters.offsets.push_back(std::move(offset));
  });
  parameters.initial_factor = reader.positive("initial_factor", 10.0);
  parameters.maintenance_factor = reader.positive("maintenance_factor", parameters.initial_factor);
  return parameters;
}

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
    if (first && second) {
      model.credits.push_back({*first, *second, offset.rate, offset.correlation});
    }
  }
  model.initial_factor = parameters.initial_factor;
  model.maintenance_factor = parameters.maintenance_factor;
  return model;
}

}  // namespace margingate::models
