// OKX's portfolio margin: max(max(MR1, MR2, MR6) + MR4, MR7), in the engine's words. MR1, MR2 and
// MR6 are scenarios, MR4 the expiry delta charge, MR7 the floor of the whole unit.
#include "models/okx.hpp"

#include "models/charge_parts.hpp"

namespace margingate::models {
namespace {

// In the order in which the house lists them: MR1, then MR2, then MR6.
std::vector<Scenario> make_scenarios(const OkxParameters& p, const OkxUnit& unit) {
  const auto shock = [&](double relative) {
    VolatilityShock result;
    result.relative = relative;
    result.short_power = p.mr1_short_power;
    result.long_power = p.mr1_long_power;
    result.pivot_days = p.mr1_pivot_days;
    return result;
  };
  std::vector<Scenario> scenarios;
  for (const double move : unit.mr1_moves) {
    scenarios.push_back({move, shock(p.mr1_volatility_up), 1.0, 0.0});
    scenarios.push_back({move, VolatilityShock{}, 1.0, 0.0});
    scenarios.push_back({move, shock(-p.mr1_volatility_down), 1.0, 0.0});
  }
  VolatilityShock decay;
  decay.days_forward = p.mr2_days;
  scenarios.push_back({0.0, decay, 1.0, 0.0});
  scenarios.push_back({-unit.mr6_move, VolatilityShock{}, p.mr6_share, 0.0});
  scenarios.push_back({unit.mr6_move, VolatilityShock{}, p.mr6_share, 0.0});
  return scenarios;
}

RiskUnitModel make_unit(const OkxParameters& p, const OkxUnit& numbers) {
  RiskUnitModel unit;
  unit.scan.scenarios = make_scenarios(p, numbers);
  unit.scan.delta_one_moves = PriceBase::spot;
  unit.expiry_delta.minimum_rate = numbers.mr4_minimum_rate;
  unit.expiry_delta.annualised_move = numbers.mr4_annualised_move;
  unit.expiry_delta.spot_rate = numbers.mr4_minimum_rate;
  unit.total_floor = {futures_charge(numbers.mr7_rate, MarginScope::both)};
  unit.total_floor_tiers = numbers.mr7_tiers;
  return unit;
}

OkxUnit read_unit(ParameterReader& reader) {
  OkxUnit unit;
  unit.mr1_moves = reader.numbers("mr1_moves", move_range);
  unit.mr4_minimum_rate = reader.number("mr4_minimum_rate", share_range);
  unit.mr4_annualised_move = reader.number("mr4_annualised_move", rate_range);
  unit.mr6_move = reader.number("mr6_move", {1e-4, 0.99});
  unit.mr7_rate = reader.number("mr7_rate", share_range);
  reader.objects("mr7_tiers", [&](ParameterReader& tier) {
    unit.mr7_tiers.push_back(
        {tier.number("from_quote", quote_range), tier.number("multiplier", {1.0, 1'000.0})});
  });
  return unit;
}

}  // namespace

OkxParameters read_okx_parameters(ParameterReader& reader) {
  OkxParameters p;
  p.imr_factor = reader.number("imr_factor", {1.0, 10.0});
  reader.object("mr1_volatility", [&](ParameterReader& shock) {
    p.mr1_volatility_up = shock.number("up", {0.0, move_range.high});
    p.mr1_volatility_down = shock.number("down", {0.0, -move_range.low});
    p.mr1_short_power = shock.number("short_power", power_range);
    p.mr1_long_power = shock.number("long_power", power_range);
    p.mr1_pivot_days = shock.number("pivot_days", days_range);
  });
  p.mr2_days = reader.number("mr2_days", {0.0, 30.0});
  p.mr6_share = reader.positive("mr6_share", 1.0);
  p.units = read_by_underlying(reader, "risk_units", read_unit);
  return p;
}

MarginModel okx_model(const OkxParameters& parameters, std::span<const std::string> risk_units) {
  MarginModel model;
  model.name = "okx";
  for (const std::string& name : risk_units) {
    model.units.push_back(make_unit(parameters, parameters.units.of(name)));
  }
  model.initial_factor = parameters.imr_factor;
  return model;
}

}  // namespace margingate::models
