// Derive's part of a parameter file.
#include <array>
#include <cstddef>

#include "models/derive.hpp"

namespace margingate::models {
namespace {

constexpr std::array<std::string_view, 3> volatility_names{"up", "none", "down"};
constexpr std::array<std::string_view, 2> skew_names{"linear", "absolute"};
constexpr NumberRange signed_range{-100.0, 100.0};

DeriveScenario read_scenario(ParameterReader& reader) {
  DeriveScenario scenario;
  scenario.price_move = reader.number("price_move", move_range);
  scenario.volatility =
      static_cast<DeriveVolatility>(reader.choice("volatility", volatility_names));
  scenario.weight = reader.positive("weight", rate_range.high);
  return scenario;
}

DeriveSkewScenario read_skew_scenario(ParameterReader& reader) {
  DeriveSkewScenario scenario;
  scenario.absolute = reader.choice("shape", skew_names) == 1;
  scenario.weight = reader.positive("weight", rate_range.high);
  scenario.cap = reader.number("cap", signed_range);
  scenario.cap_per_root_year = reader.number("cap_per_root_year", signed_range);
  return scenario;
}

void read_volatility(ParameterReader& reader, DeriveParameters& p) {
  p.range_up = reader.number("range_up", {0.0, move_range.high});
  p.range_down = reader.number("range_down", {0.0, -move_range.low});
  p.short_power = reader.number("short_power", power_range);
  p.long_power = reader.number("long_power", power_range);
  p.minimum_days = reader.number("minimum_days", {0.0, days_range.high});
  p.minimum_volatility_up = reader.number("minimum_volatility_up", rate_range);
}

void read_skew(ParameterReader& reader, DeriveParameters& p) {
  p.reach_minimum = reader.number("reach_minimum", {1e-6, 100.0});
  p.skew_width = reader.number("width", {0.0, 1000.0});
  p.skew_volatility = reader.number("volatility", {0.0, 100.0});
  p.skew_volatility_per_root_year = reader.number("volatility_per_root_year", signed_range);
  reader.objects("scenarios", [&](ParameterReader& entry) {
    p.skew_scenarios.push_back(read_skew_scenario(entry));
  });
}

DeriveDiscount read_discount(ParameterReader& reader) {
  return {reader.number("base", rate_range), reader.number("rate_multiple", rate_range),
          reader.number("rate_addition", rate_range)};
}

void read_discounts(ParameterReader& reader, DeriveParameters& p) {
  p.discounts_options = reader.flag("options");
  reader.object("long", [&](ParameterReader& part) { p.long_discount = read_discount(part); });
  if (!reader.has("short")) return;
  reader.object("short", [&](ParameterReader& part) { p.short_discount = read_discount(part); });
}

void read_basis(ParameterReader& reader, DeriveParameters& p) {
  p.basis_up = reader.number("up", {0.0, move_range.high});
  p.basis_down = reader.number("down", {move_range.low, 0.0});
  p.basis_addition = reader.positive("addition", rate_range.high);
  p.basis_multiple = reader.number("multiple", rate_range);
}

void read_factors(ParameterReader& reader, DeriveParameters& p) {
  p.initial_factor = reader.positive("initial", rate_range.high);
  p.maintenance_factor = reader.positive("maintenance", p.initial_factor);
  p.peg_threshold = reader.number("peg_threshold", share_range);
  p.peg_factor = reader.number("peg_factor", rate_range);
  p.stablecoin_price = reader.positive("stablecoin_price", rate_range.high);
  p.initial_factor_scales_charges = reader.flag("initial_scales_charges");
}

DeriveCharge read_charge(ParameterReader& reader) {
  return {reader.number("maintenance", share_range), reader.number("initial_added", share_range)};
}

void read_charges_of(ParameterReader& reader, DeriveParameters& p) {
  reader.object("perpetual", [&](ParameterReader& part) { p.perpetual = read_charge(part); });
  reader.object("option", [&](ParameterReader& part) { p.option = read_charge(part); });
}

DeriveCollateral read_collateral(ParameterReader& reader) {
  DeriveCollateral collateral;
  collateral.asset = reader.text("asset");
  collateral.haircut = read_charge(reader);
  collateral.risk_cancelling = reader.flag("risk_cancelling");
  return collateral;
}

}  // namespace

DeriveParameters read_derive_parameters(ParameterReader& reader) {
  DeriveParameters p;
  reader.objects("scenarios",
                 [&](ParameterReader& entry) { p.scenarios.push_back(read_scenario(entry)); });
  reader.object("volatility", [&](ParameterReader& part) { read_volatility(part, p); });
  if (reader.has("skew")) {
    reader.object("skew", [&](ParameterReader& part) { read_skew(part, p); });
  }
  reader.object("static_discount", [&](ParameterReader& part) { read_discounts(part, p); });
  reader.object("basis", [&](ParameterReader& part) { read_basis(part, p); });
  reader.object("factors", [&](ParameterReader& part) { read_factors(part, p); });
  reader.object("charges", [&](ParameterReader& part) { read_charges_of(part, p); });
  reader.object("confidence_charge", [&](ParameterReader& part) {
    p.confidence_threshold = part.number("threshold", share_range);
    p.confidence_rate = part.number("rate", rate_range);
  });
  reader.objects("held_outright",
                 [&](ParameterReader& entry) { p.collateral.push_back(read_collateral(entry)); });
  return p;
}

}  // namespace margingate::models
