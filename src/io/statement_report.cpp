#include "io/statement_report.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "io/iso_time.hpp"
#include "models/charge_names.hpp"
#include "models/risk_unit_name.hpp"

namespace margingate::io {
namespace {

using Json = nlohmann::ordered_json;

const std::vector<Scenario>& scenarios_of(const WhatIf& what_if, const RiskUnitStatement& unit) {
  return what_if.setup.config.model.units.at(unit.risk_unit.value).scan.scenarios;
}

// Amounts in quote currency divided by this are amounts in the statement's currency.
double quote_per_currency(const WhatIf& what_if, const RiskUnitStatement& unit) {
  const GateConfig& config = what_if.setup.config;
  const std::string& name = what_if.setup.directory.risk_units.name(unit.risk_unit);
  const std::string coin(models::underlying_of(name));
  const UnderlyingId underlying = *what_if.setup.directory.underlyings.find(coin);
  const bool coin_form = config.underlyings.at(underlying.value).asset == config.numeraire;
  return coin_form ? what_if.setup.market.spots.at(underlying.value) : 1.0;
}

Json amounts(const WhatIf& what_if, const std::vector<Money>& values) {
  Json list = Json::array();
  for (const Money value : values) list.push_back(what_if.amount(value));
  return list;
}

Json position_json(const WhatIf& what_if, const PositionStatement& position) {
  const InstrumentId id = position.instrument;
  Json json;
  json["instrument"] = what_if.setup.directory.instruments.name(id);
  json["quantity"] = what_if.contracts(id, position.net_quantity);
  json["working_buys"] = what_if.contracts(id, position.working_buys);
  json["working_sells"] = what_if.contracts(id, position.working_sells);
  json["value"] = what_if.amount(position.value);
  json["unrealised_profit"] = what_if.amount(position.unrealised_profit);
  json["losses"] = amounts(what_if, position.losses);
  json["worst_fill_losses"] = amounts(what_if, position.worst_fill_losses);
  return json;
}

Json worst_scenario_json(const WhatIf& what_if, const RiskUnitStatement& unit) {
  const Scenario* scenario = worst_scenario(what_if, unit);
  if (scenario == nullptr) return nullptr;
  Json json = {{"index", unit.worst_scenario},
               {"price_move", scenario->price_move},
               {"volatility_move", scenario->volatility.relative},
               {"weight", scenario->weight}};
  const ScanRisk& scan = what_if.setup.config.model.units.at(unit.risk_unit.value).scan;
  if (scan.alternatives > 1) {
    json["alternative"] = worst_entry(what_if, unit) / (scan.scenarios.size() / scan.alternatives);
  }
  return json;
}

Json unit_json(const WhatIf& what_if, const RiskUnitStatement& unit) {
  const models::ChargeNames names = models::charge_names(what_if.setup.config.model.name);
  Json json;
  json["risk_unit"] = what_if.setup.directory.risk_units.name(unit.risk_unit);
  json["scan_risk"] = what_if.amount(unit.scan_risk);
  json["floor"] = what_if.amount(unit.floor);
  json["worst_scenario"] = worst_scenario_json(what_if, unit);
  json["losses"] = amounts(what_if, unit.losses);
  json["aggregated_losses"] = aggregated_losses(what_if, unit);
  json["charges"] = {{names.expiry_delta, what_if.amount(unit.expiry_delta_charge)},
                     {names.delta_shock, what_if.amount(unit.delta_shock)},
                     {names.added, what_if.amount(unit.added_charges)},
                     {"unrealised_losses", what_if.amount(unit.unrealised_losses)}};
  json["total"] = what_if.amount(unit.total);
  json["instruments"] = Json::array();
  for (const PositionStatement& position : unit.positions) {
    json["instruments"].push_back(position_json(what_if, position));
  }
  return json;
}

Json pool_json(const WhatIf& what_if, const ScanPoolStatement& pool) {
  Json json;
  json["risk_units"] = Json::array();
  for (const ScanGroup& group : what_if.setup.config.model.pools.at(pool.pool).groups) {
    for (const RiskUnitId unit : group.units) {
      json["risk_units"].push_back(what_if.setup.directory.risk_units.name(unit));
    }
  }
  json["scan_risk"] = what_if.amount(pool.scan_risk);
  json["worst_scenario"] = pool.worst_scenario;
  json["floor"] = what_if.amount(pool.floor);
  json["losses"] = amounts(what_if, pool.losses);
  json["total"] = what_if.amount(pool.total);
  return json;
}

Json margins_json(const WhatIf& what_if, const MarginStatement& statement) {
  return {{"equity", what_if.amount(statement.equity)},
          {"initial_margin", what_if.amount(statement.initial_margin)},
          {"maintenance_margin", what_if.amount(statement.maintenance_margin)},
          {"margin_excess", what_if.amount(statement.margin_excess)},
          {"risk", what_if.amount(statement.risk)},
          {"open_losses", what_if.amount(statement.open_losses)},
          {"borrow_initial", what_if.amount(statement.borrow_initial)},
          {"borrow_maintenance", what_if.amount(statement.borrow_maintenance)}};
}

}  // namespace

std::vector<double> aggregated_losses(const WhatIf& what_if, const RiskUnitStatement& unit) {
  const ScanRisk& scan = what_if.setup.config.model.units.at(unit.risk_unit.value).scan;
  const double quote = quote_per_currency(what_if, unit);
  std::vector<double> reported;
  for (std::size_t s = 0; s < unit.losses.size(); ++s) {
    const double loss = what_if.amount(unit.losses[s]);
    const double deductible = scan.scenarios[s].deductible_quote / quote;
    const double damped = std::copysign(std::max(std::fabs(loss) - deductible, 0.0), loss);
    // Adding zero turns a negative zero into the ordinary one.
    reported.push_back((loss > 0.0 ? damped : damped * scan.gain_offset) + 0.0);
  }
  return reported;
}

bool is_pooled(const WhatIf& what_if, const RiskUnitStatement& unit) {
  for (const ScanPool& pool : what_if.setup.config.model.pools) {
    for (const ScanGroup& group : pool.groups) {
      const auto& units = group.units;
      if (std::find(units.begin(), units.end(), unit.risk_unit) != units.end()) return true;
    }
  }
  return false;
}

const Scenario* worst_scenario(const WhatIf& what_if, const RiskUnitStatement& unit) {
  const std::vector<Scenario>& scenarios = scenarios_of(what_if, unit);
  return unit.worst_scenario < scenarios.size() ? &scenarios[worst_entry(what_if, unit)] : nullptr;
}

std::uint32_t worst_entry(const WhatIf& what_if, const RiskUnitStatement& unit) {
  const ScanRisk& scan = what_if.setup.config.model.units.at(unit.risk_unit.value).scan;
  const auto count = static_cast<std::uint32_t>(unit.losses.size());
  const std::uint32_t block = count / std::max(scan.alternatives, 1u);
  // Beyond the first block the scenario is an entry already.
  if (unit.worst_scenario >= block) return unit.worst_scenario;
  const auto loss = [&](std::uint32_t entry) { return unit.losses[entry]; };
  std::uint32_t worst = unit.worst_scenario;
  std::uint32_t end = count;
  if (scan.lesser_of_last_two) {
    end -= 2 * block;
    const std::uint32_t first = end + unit.worst_scenario;
    const std::uint32_t lesser = loss(first + block) < loss(first) ? first + block : first;
    if (end == 0 || loss(lesser) > loss(worst)) worst = lesser;
  }
  for (std::uint32_t entry = unit.worst_scenario; entry < end; entry += block) {
    if (loss(entry) > loss(worst)) worst = entry;
  }
  return worst;
}

const MarginBand* band_of(const WhatIf& what_if) {
  const std::vector<MarginBand>& bands = what_if.setup.config.model.bands;
  const std::int32_t band = what_if.statement.band;
  const bool is_named = band >= 0 && static_cast<std::size_t>(band) < bands.size();
  return is_named ? &bands[static_cast<std::size_t>(band)] : nullptr;
}

std::vector<LossDriver> loss_drivers(const WhatIf& what_if, const RiskUnitStatement& unit) {
  std::vector<LossDriver> drivers;
  if (worst_scenario(what_if, unit) == nullptr) return drivers;
  const std::uint32_t worst = worst_entry(what_if, unit);
  double losses = 0.0;
  for (const PositionStatement& position : unit.positions) {
    const Money loss = position.losses.at(worst) + position.worst_fill_losses.at(worst);
    drivers.push_back(
        {what_if.setup.directory.instruments.name(position.instrument), what_if.amount(loss), 0.0});
    losses += std::max(drivers.back().loss, 0.0);
  }
  for (LossDriver& driver : drivers) {
    if (losses > 0.0) driver.share_of_loss = driver.loss / losses;
  }
  std::stable_sort(drivers.begin(), drivers.end(),
                   [](const LossDriver& a, const LossDriver& b) { return a.loss > b.loss; });
  return drivers;
}

Json statement_json(const WhatIf& what_if) {
  const MarginStatement& statement = what_if.statement;
  Json json;
  json["model"] = what_if.setup.config.model.name;
  json["parameters"] = what_if.setup.config.model.parameters;
  json["account"] = what_if.account;
  json["as_of"] = format_iso_time(what_if.setup.market.as_of);
  json["currency"] = what_if.currency;
  json["money_decimals"] = what_if.setup.config.money_decimals;
  json.update(margins_json(what_if, statement));
  const MarginBand* const band = band_of(what_if);
  json["band"] = band == nullptr ? Json(nullptr) : Json(band->name);
  json["risk_units"] = Json::array();
  for (const RiskUnitStatement& unit : statement.risk_units) {
    json["risk_units"].push_back(unit_json(what_if, unit));
  }
  for (const ScanPoolStatement& pool : statement.pools) {
    json["pools"].push_back(pool_json(what_if, pool));
  }
  json["charges"] = Json::object();
  for (const NamedHold& hold : what_if.holds) {
    json["charges"][hold.name] = what_if.amount(hold.amount);
  }
  json["credits"] = Json::object();
  if (statement.credits.value != 0) json["credits"]["offset"] = what_if.amount(statement.credits);
  return json;
}

Json order_json(const WhatIf& what_if) {
  const OrderOutcome& outcome = *what_if.order;
  Json json;
  json["instrument"] = outcome.order.instrument;
  json["side"] = outcome.order.side == Side::buy ? "buy" : "sell";
  json["quantity"] = outcome.order.quantity;
  json["price"] = outcome.order.price;
  json["accepted"] = outcome.verdict.accepted();
  json["reason"] = std::string(to_string(outcome.verdict.reason));
  json["open_loss"] = what_if.amount(outcome.verdict.open_loss);
  json["after"] = margins_json(what_if, outcome.after);
  return json;
}

}  // namespace margingate::io
