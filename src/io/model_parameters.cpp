#include "io/model_parameters.hpp"

#include <array>
#include <cmath>
#include <cstdint>

namespace margingate::io {
namespace {

constexpr std::array<std::string_view, 4> kind_names{"spot", "perpetual", "future", "option"};
constexpr double rate_max = 10.0;
constexpr double move_min = -0.999999;
constexpr double move_max = 100.0;
constexpr double quote_max = 1e12;

double rate(JsonObject& members, const char* key) {
  return members.required(key).number_in(0.0, rate_max);
}

double rate_or_zero(JsonObject& members, const char* key) {
  const auto value = members.optional(key);
  return value ? value->number_in(0.0, rate_max) : 0.0;
}

ExposureCharge read_charge(JsonObject& members) {
  ExposureCharge charge;
  for (const JsonValue& kind : members.required("kinds").array()) {
    charge.kinds.push_back(static_cast<std::uint8_t>(kind.one_of(kind_names)));
  }
  charge.long_rate = rate_or_zero(members, "long_rate");
  charge.short_rate = rate_or_zero(members, "short_rate");
  charge.long_mark_rate = rate_or_zero(members, "long_mark_rate");
  charge.short_otm_base = rate_or_zero(members, "short_otm_base");
  charge.short_otm_minimum = rate_or_zero(members, "short_otm_minimum");
  return charge;
}

std::vector<ExposureCharge> read_charges(const JsonValue& list) {
  std::vector<ExposureCharge> charges;
  for (const JsonValue& value : list.array()) {
    value.object([&](JsonObject& members) { charges.push_back(read_charge(members)); });
  }
  return charges;
}

double read_factor(JsonObject& members, const char* key, double high) {
  const JsonValue value = members.required(key);
  if (!(value.number() > 0.0)) value.fail("a number above 0");
  return value.number_in(0.0, high);
}

VolatilityShock read_shock(const JsonValue& value) {
  VolatilityShock shock;
  value.object([&](JsonObject& members) {
    shock.relative = members.required("relative").number_in(move_min, move_max);
    if (const auto minimum = members.optional("minimum")) {
      shock.minimum = minimum->number_in(0.0, rate_max);
    }
    if (const auto power = members.optional("short_power")) {
      shock.short_power = power->number_in(0.0, 1.0);
    }
    if (const auto power = members.optional("long_power")) {
      shock.long_power = power->number_in(0.0, 1.0);
    }
    if (const auto pivot = members.optional("pivot_days")) {
      shock.pivot_days = pivot->number_in(1e-6, 3650.0);
    }
  });
  return shock;
}

std::vector<double> read_moves(const JsonValue& list) {
  std::vector<double> moves;
  for (const JsonValue& value : list.array()) {
    moves.push_back(value.number_in(move_min, move_max));
  }
  return moves;
}

std::vector<double> read_moves_off_zero(const JsonValue& list) {
  for (const JsonValue& value : list.array()) {
    if (value.number() == 0.0) value.fail("a price move other than 0");
  }
  return read_moves(list);
}

models::WeightedMove read_extreme_move(JsonObject& members) {
  return {members.required("price_move").number_in(move_min, move_max),
          read_factor(members, "weight", rate_max)};
}

models::PortfolioUnit read_portfolio_unit(const JsonValue& value) {
  models::PortfolioUnit unit;
  value.object([&](JsonObject& members) {
    unit.price_moves = read_moves(members.required("price_moves"));
    for (const JsonValue& shock : members.required("volatility_shocks").array()) {
      unit.volatility_shocks.push_back(read_shock(shock));
    }
    for (const JsonValue& extreme : members.required("extreme_moves").array()) {
      extreme.object(
          [&](JsonObject& entry) { unit.extreme_moves.push_back(read_extreme_move(entry)); });
    }
    unit.extreme_volatility = read_shock(members.required("extreme_volatility"));
    unit.floor = read_charges(members.required("floor"));
    unit.liquidity = read_charges(members.required("liquidity"));
    members.required("basis").object([&](JsonObject& basis) {
      unit.basis.minimum_rate = basis.required("minimum_rate").number_in(0.0, 1.0);
      unit.basis.annualised_move = basis.required("annualised_move").number_in(0.0, 10.0);
    });
  });
  return unit;
}

models::UnderlyingOffset read_offset(JsonObject& members) {
  return {members.required("first").text(), members.required("second").text(),
          members.required("rate").number_in(0.0, 1.0)};
}

void read_general(JsonObject& members, models::DeribitParameters& p) {
  constexpr std::int64_t volatility_scenarios = 3;
  p.mm_factor = read_factor(members, "mm_factor", 1.0);
  p.buckets_count = static_cast<int>(members.required("buckets_count").integer_in(1, 8));
  const JsonValue count = members.required("vol_scenarios_count");
  if (count.integer_in(1, 8) != volatility_scenarios) count.fail("3: up, same and down");
}

void read_currency_pair(JsonObject& members, models::DeribitParameters& p) {
  p.price_range = members.required("price_range").number_in(1e-4, 0.99);
  p.volatility_range_up = members.required("volatility_range_up").number_in(0.0, move_max);
  p.volatility_range_down = members.required("volatility_range_down").number_in(0.0, -move_min);
  p.short_term_vega_power = members.required("short_term_vega_power").number_in(0.0, 1.0);
  p.long_term_vega_power = members.required("long_term_vega_power").number_in(0.0, 1.0);
  p.min_volatility_for_shock_up =
      members.required("min_volatility_for_shock_up").number_in(0.0, rate_max);
  p.extended_table_factor = read_factor(members, "extended_table_factor", rate_max);
  p.m_inc = members.required("m_inc").number_in(0.0, 1.0);
  p.delta_total_liq_shock_threshold =
      members.required("delta_total_liq_shock_threshold").number_in(0.0, quote_max);
  p.max_delta_shock = members.required("max_delta_shock").number_in(0.0, 1.0);
}

// Cross collateral is not computed: its switches are read, and must say that it is off.
void read_currency(JsonObject& members, models::DeribitParameters& p) {
  p.extended_dampener = members.required("extended_dampener").number_in(0.0, quote_max);
  p.annualised_move_risk = members.required("annualised_move_risk").number_in(0.0, 10.0);
  p.min_annualised_move = members.required("min_annualised_move").number_in(0.0, 1.0);
  p.pnl_offset = members.required("pnl_offset").number_in(0.0, 1.0);
  p.haircut = members.required("haircut").number_in(0.0, 1.0);
  static_cast<void>(members.required("max_offsetable_pnl").number_in(0.0, quote_max));
  static_cast<void>(members.required("equity_side_impact").text());
  const JsonValue correlation = members.required("correlation_set");
  if (correlation.boolean()) correlation.fail("false: correlated currencies are not computed");
}

void read_stated_in_words(JsonObject& members, models::DeribitParameters& p) {
  p.extended_moves = read_moves_off_zero(members.required("extended_moves"));
  p.vega_pivot_days = members.required("vega_pivot_days").number_in(1e-6, 3650.0);
  p.settlement_window_minutes = members.required("settlement_window_minutes").number_in(0.0, 1e6);
  p.worst_case_decimals =
      static_cast<int>(members.required("worst_case_decimals").integer_in(-1, 18));
  p.quote_protection_rate = rate(members, "quote_protection_rate");
}

}  // namespace

models::RateParameters read_rates(JsonObject& members) {
  models::RateParameters rates;
  rates.charges = read_charges(members.required("charges"));
  rates.initial_factor = read_factor(members, "initial_factor", 10.0);
  rates.maintenance_factor = read_factor(members, "maintenance_factor", rates.initial_factor);
  return rates;
}

models::PortfolioParameters read_portfolio_parameters(JsonObject& members) {
  models::PortfolioParameters parameters;
  members.required("risk_units").object([&](JsonObject& units) {
    parameters.standard = read_portfolio_unit(units.required("default"));
    for (const std::string& name : units.keys()) {
      if (name == "default") continue;
      parameters.by_underlying[name] = read_portfolio_unit(units.required(name));
    }
  });
  for (const JsonValue& value : members.required("offsets").array()) {
    value.object([&](JsonObject& entry) { parameters.offsets.push_back(read_offset(entry)); });
  }
  parameters.initial_factor = read_factor(members, "initial_factor", 10.0);
  parameters.maintenance_factor =
      read_factor(members, "maintenance_factor", parameters.initial_factor);
  return parameters;
}

models::DeribitParameters read_deribit_parameters(JsonObject& members) {
  models::DeribitParameters p;
  p.underlying = members.required("underlying").text();
  members.required("general").object([&](JsonObject& part) { read_general(part, p); });
  members.required("currency_pair").object([&](JsonObject& part) { read_currency_pair(part, p); });
  members.required("currency").object([&](JsonObject& part) { read_currency(part, p); });
  read_stated_in_words(members, p);
  return p;
}

}  // namespace margingate::io
