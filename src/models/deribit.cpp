// Deribit's portfolio margin in the engine's five words. Names on the right are the venue's.
#include "models/deribit.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

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

void read_general(ParameterReader& general, DeribitParameters& p) {
  constexpr std::int64_t volatility_scenarios = 3;
  p.mm_factor = general.positive("mm_factor", 1.0);
  p.buckets_count = static_cast<int>(general.integer("buckets_count", 1, 8));
  if (general.integer("vol_scenarios_count", 1, 8) != volatility_scenarios) {
    general.fail("vol_scenarios_count", std::string::npos, "3: up, same and down");
  }
}

void read_currency_pair(ParameterReader& pair, DeribitParameters& p) {
  p.price_range = pair.number("price_range", {1e-4, 0.99});
  p.volatility_range_up = pair.number("volatility_range_up", {0.0, move_range.high});
  p.volatility_range_down = pair.number("volatility_range_down", {0.0, -move_range.low});
  p.short_term_vega_power = pair.number("short_term_vega_power", power_range);
  p.long_term_vega_power = pair.number("long_term_vega_power", power_range);
  p.min_volatility_for_shock_up = pair.number("min_volatility_for_shock_up", rate_range);
  p.extended_table_factor = pair.positive("extended_table_factor", rate_range.high);
  p.m_inc = pair.number("m_inc", share_range);
  p.delta_total_liq_shock_threshold = pair.number("delta_total_liq_shock_threshold", quote_range);
  p.max_delta_shock = pair.number("max_delta_shock", share_range);
}

// Cross collateral is not computed: its switches are read, and must say that it is off.
void read_currency(ParameterReader& currency, DeribitParameters& p) {
  p.extended_dampener = currency.number("extended_dampener", quote_range);
  p.annualised_move_risk = currency.number("annualised_move_risk", rate_range);
  p.min_annualised_move = currency.number("min_annualised_move", share_range);
  p.pnl_offset = currency.number("pnl_offset", share_range);
  p.haircut = currency.number("haircut", share_range);
  static_cast<void>(currency.number("max_offsetable_pnl", quote_range));
  static_cast<void>(currency.text("equity_side_impact"));
  if (currency.flag("correlation_set")) {
    currency.fail("correlation_set", std::string::npos,
                  "false: correlated currencies are not computed");
  }
}

void read_stated_in_words(ParameterReader& reader, DeribitParameters& p) {
  p.extended_moves = reader.numbers("extended_moves", move_range);
  for (std::size_t i = 0; i < p.extended_moves.size(); ++i) {
    if (p.extended_moves[i] == 0.0) reader.fail("extended_moves", i, "a price move other than 0");
  }
  p.vega_pivot_days = reader.number("vega_pivot_days", days_range);
  p.settlement_window_minutes = reader.number("settlement_window_minutes", {0.0, 1e6});
  p.worst_case_decimals = static_cast<int>(reader.integer("worst_case_decimals", -1, 18));
  p.quote_protection_rate = reader.number("quote_protection_rate", rate_range);
}

}  // namespace

DeribitParameters read_deribit_parameters(ParameterReader& reader) {
  DeribitParameters p;
  p.underlying = reader.text("underlying");
  reader.object("general", [&](ParameterReader& part) { read_general(part, p); });
  reader.object("currency_pair", [&](ParameterReader& part) { read_currency_pair(part, p); });
  reader.object("currency", [&](ParameterReader& part) { read_currency(part, p); });
  read_stated_in_words(reader, p);
  return p;
}

MarginModel deribit_model(const DeribitParameters& parameters, std::size_t risk_units) {
  MarginModel model;
  model.name = "deribit";
  model.units.assign(risk_units, make_unit(parameters));
  model.maintenance_factor = parameters.mm_factor;
  return model;
}

}  // namespace margingate::models
