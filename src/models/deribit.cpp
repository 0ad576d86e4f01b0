// Deribit's portfolio margin in the engine's five words. Names on the right are the venue's.
#include "models/deribit.hpp"

#include <algorithm>
#include <cmath>

namespace margingate::models {
namespace {

VolatilityShock shock(const DeribitParameters& p, double relative, double minimum) {
  return {relative, minimum, p.short_term_vega_power, p.long_term_vega_power, p.vega_pivot_days};
}

VolatilityShock volatility_up(const DeribitParameters& p) {
  return shock(p, p.volatility_range_up, p.min_volatility_for_shock_up);
}

// Most negative price first; up, same, down inside a bucket: the order of the reported vector.
void add_standard_scenarios(const DeribitParameters& p, std::vector<Scenario>& scenarios) {
  for (int bucket = -p.buckets_count; bucket <= p.buckets_count; ++bucket) {
    const double move = p.price_range * bucket / p.buckets_count;
    scenarios.push_back({move, volatility_up(p), 1.0, 0.0});
    scenarios.push_back({move, VolatilityShock{}, 1.0, 0.0});
    scenarios.push_back({move, shock(p, -p.volatility_range_down, 0.0), 1.0, 0.0});
  }
}

// Beyond the grid a loss counts as if it had been reached in proportion at the edge of the grid,
// and less by the dampener, which grows with the distance from the edge.
Scenario extended_scenario(const DeribitParameters& p, double move) {
  const double distance = std::fabs(move) / p.price_range;
  const double edge = 1.0 + std::copysign(p.price_range, move);
  const double weight = p.extended_table_factor / distance * (1.0 + move) / edge;
  const double deductible = (std::max(distance, 1.0) - 1.0) * p.extended_dampener / edge;
  return {move, volatility_up(p), weight, deductible};
}

RiskUnitModel make_unit(const DeribitParameters& p) {
  RiskUnitModel unit;
  add_standard_scenarios(p, unit.scan.scenarios);
  for (const double move : p.extended_moves) {
    unit.scan.scenarios.push_back(extended_scenario(p, move));
  }
  unit.scan.rounding_decimals = p.worst_case_decimals;
  unit.scan.gain_offset = p.pnl_offset;
  unit.expiry_delta = {p.min_annualised_move, p.annualised_move_risk};
  unit.delta_shock = {p.m_inc, p.delta_total_liq_shock_threshold, p.max_delta_shock};
  unit.delta_decay_minutes = p.settlement_window_minutes;
  return unit;
}

}  // namespace

MarginModel deribit_model(const DeribitParameters& parameters, std::size_t risk_units) {
  MarginModel model;
  model.name = "deribit";
  model.units.assign(risk_units, make_unit(parameters));
  model.maintenance_factor = parameters.mm_factor;
  return model;
}

}  // namespace margingate::models
