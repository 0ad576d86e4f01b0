#include "statement_table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "io/iso_time.hpp"
#include "io/statement_report.hpp"
#include "models/charge_names.hpp"

namespace margingate::tool {
namespace {

constexpr std::size_t label_width = 26;
constexpr std::size_t amount_width = 22;

bool counts_in_quote(const std::string& currency) { return currency.rfind("USD", 0) == 0; }

void print_amount(const io::WhatIf& what_if, const std::string& label, Money money,
                  const std::string& note = "") {
  const std::string amount = format_amount(what_if.amount(money), what_if.currency);
  fmt::print("  {:<{}}{:>{}}{}\n", label, label_width, amount, amount_width,
             note.empty() ? "" : "   " + note);
}

// What is always there is shown, the rest when there is some of it.
void print_if_any(const io::WhatIf& what_if, const std::string& label, Money money,
                  const std::string& note = "") {
  if (money.value != 0) print_amount(what_if, label, money, note);
}

std::string spoken(std::string_view name) {
  std::string text(name);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

void print_positions(const io::WhatIf& what_if, const RiskUnitStatement& unit) {
  const auto& names = what_if.setup.directory.instruments;
  std::size_t width = 10;
  for (const PositionStatement& p : unit.positions) {
    width = std::max(width, names.name(p.instrument).size());
  }
  const bool has_scenarios = io::worst_scenario(what_if, unit) != nullptr;
  fmt::print("\n    {:<{}} {:>14} {:>20} {:>20}\n", "instrument", width, "quantity",
             "unrealised profit", has_scenarios ? "loss when worst" : "");
  for (const PositionStatement& p : unit.positions) {
    const double profit = what_if.amount(p.unrealised_profit);
    std::string loss;
    if (has_scenarios) {
      const std::uint32_t entry = io::worst_entry(what_if, unit);
      const Money worst = p.losses.at(entry) + p.worst_fill_losses.at(entry);
      loss = format_amount(what_if.amount(worst), what_if.currency);
    }
    fmt::print("    {:<{}} {:>+14.9g} {:>20} {:>20}\n", names.name(p.instrument), width,
               what_if.contracts(p.instrument, p.net_quantity),
               format_amount(profit, what_if.currency), loss);
    if (p.working_buys.value + p.working_sells.value > 0) {
      fmt::print("    {:<{}} working: buys {:g}, sells {:g}\n", "", width,
                 what_if.contracts(p.instrument, p.working_buys),
                 what_if.contracts(p.instrument, p.working_sells));
    }
  }
}

std::string floor_note(const io::WhatIf& what_if, const RiskUnitStatement& unit) {
  if (io::is_pooled(what_if, unit)) return "part of the pool's";
  return unit.floor > unit.scan_risk ? "binds" : "below scan risk";
}

std::string describe_reducer(const Reducer& reducer) {
  if (reducer.kind == ReducerKind::worst) return "worst loss";
  return fmt::format("{} at {:g} %",
                     reducer.kind == ReducerKind::quantile ? "quantile" : "tail mean",
                     reducer.confidence * 100.0);
}

// How a pool's losses become an amount, by the set of scenarios that the given one is of.
std::string describe_reduction(const ScanPool& pool, std::uint32_t scenario, std::size_t count) {
  if (pool.parts.parts.empty()) return describe_reducer(pool.reducer);
  std::size_t end = 0;
  for (const ScenarioPart& part : pool.parts.parts) {
    end += part.scenarios;
    if (scenario >= end) continue;
    return fmt::format("{} of {} of the {} scenarios, counted at {:.4g} %",
                       describe_reducer(part.reducer), part.scenarios, count, part.weight * 100.0);
  }
  return "";
}

void print_pool_scenario(const io::WhatIf& what_if, const ScanPool& model,
                         const ScanPoolStatement& pool) {
  fmt::print("    {}", describe_reduction(model, pool.worst_scenario, pool.losses.size()));
  if (model.initial_factor != 1.0) fmt::print(", all times {:g}", model.initial_factor);
  fmt::print("\n");
  for (const ScanGroup& group : model.groups) {
    for (const RiskUnitId unit : group.units) {
      const ScanRisk& scan = what_if.setup.config.model.units.at(unit.value).scan;
      if (scan.alternatives != 1 || pool.worst_scenario >= scan.scenarios.size()) continue;
      fmt::print("    {}: {}\n", what_if.setup.directory.risk_units.name(unit),
                 describe_scenario(scan.scenarios[pool.worst_scenario]));
    }
  }
}

void print_pool(const io::WhatIf& what_if, const ScanPoolStatement& pool) {
  const ScanPool& model = what_if.setup.config.model.pools.at(pool.pool);
  std::string names;
  for (const ScanGroup& group : model.groups) {
    for (const RiskUnitId unit : group.units) {
      names += (names.empty() ? "" : " + ") + what_if.setup.directory.risk_units.name(unit);
    }
  }
  fmt::print("\npool of {}\n", names);
  print_amount(what_if, "scan risk", pool.scan_risk,
               fmt::format("scenario {}", pool.worst_scenario));
  print_pool_scenario(what_if, model, pool);
  print_if_any(what_if, "floor", pool.floor,
               pool.floor > pool.scan_risk ? "binds" : "below scan risk");
  print_amount(what_if, "total", pool.total);
}

void print_unit(const io::WhatIf& what_if, const RiskUnitStatement& unit) {
  const models::ChargeNames names = models::charge_names(what_if.setup.config.model.name);
  fmt::print("\n{}\n", what_if.setup.directory.risk_units.name(unit.risk_unit));
  if (const Scenario* worst = io::worst_scenario(what_if, unit)) {
    const bool is_pooled = io::is_pooled(what_if, unit);
    print_amount(what_if, "scan risk", unit.scan_risk,
                 is_pooled ? "counted in the pool" : describe_scenario(*worst));
    print_if_any(what_if, "floor", unit.floor, floor_note(what_if, unit));
  }
  print_if_any(what_if, spoken(names.added), unit.added_charges);
  print_if_any(what_if, spoken(names.expiry_delta), unit.expiry_delta_charge);
  print_if_any(what_if, spoken(names.delta_shock), unit.delta_shock);
  print_if_any(what_if, "unrealised losses", unit.unrealised_losses);
  const Money parts = std::max(unit.scan_risk, unit.floor) + unit.added_charges +
                      unit.expiry_delta_charge + unit.delta_shock + unit.unrealised_losses;
  print_amount(what_if, "total", unit.total,
               unit.total > parts ? "the least that a whole unit needs" : "");
  print_positions(what_if, unit);
}

// Thousands separated by commas.
std::string grouped(const std::string& digits) {
  const std::size_t end = std::min(digits.find('.'), digits.size());
  const std::size_t begin = digits.front() == '-' ? 1 : 0;
  std::string text = digits;
  for (std::size_t at = end; at > begin + 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

}  // namespace

std::string format_amount(double amount, const std::string& currency) {
  const int decimals = counts_in_quote(currency) ? 2 : 12;
  const std::string digits = fmt::format("{:.{}f}", amount, decimals);
  const bool is_zero = digits.find_first_not_of("-0.") == std::string::npos;
  return grouped(is_zero && digits.front() == '-' ? digits.substr(1) : digits);
}

std::string describe_scenario(const Scenario& scenario) {
  std::string text = fmt::format("price {:+g} %", scenario.price_move * 100.0);
  text += scenario.volatility.relative == 0.0
              ? std::string(", volatility unchanged")
              : fmt::format(", volatility {:+g} %", scenario.volatility.relative * 100.0);
  if (scenario.volatility.days_forward != 0.0) {
    text += fmt::format(", {:g} days later", scenario.volatility.days_forward);
  }
  if (scenario.weight != 1.0) text += fmt::format(", counted at {:.4g} %", scenario.weight * 100.0);
  return text;
}

void print_statement(const io::WhatIf& what_if) {
  const MarginStatement& statement = what_if.statement;
  fmt::print("{} margin of account {}, {}\n", what_if.setup.config.model.name, what_if.account,
             io::format_iso_time(what_if.setup.market.as_of));
  fmt::print("parameters {}, amounts in {}\n\n", what_if.setup.config.model.parameters,
             what_if.currency);
  print_amount(what_if, "equity", statement.equity);
  print_if_any(what_if, "  of which open losses", -statement.open_losses);
  print_amount(what_if, "initial margin", statement.initial_margin);
  print_amount(what_if, "maintenance margin", statement.maintenance_margin);
  print_amount(what_if, "margin excess", statement.margin_excess,
               statement.margin_excess.value < 0 ? "only reducing orders pass" : "");
  print_if_any(what_if, "for debts, initial", statement.borrow_initial, "part of initial margin");
  print_if_any(what_if, "for debts, maintenance", statement.borrow_maintenance,
               "part of maintenance margin");
  if (const MarginBand* const band = io::band_of(what_if)) {
    fmt::print("  {:<{}}{:>{}}   equity below {:.4g} times maintenance margin\n", "band",
               label_width, band->name, amount_width, band->ratio);
  }
  for (const RiskUnitStatement& unit : statement.risk_units) print_unit(what_if, unit);
  for (const ScanPoolStatement& pool : statement.pools) print_pool(what_if, pool);
  if (!what_if.holds.empty() || statement.credits.value != 0) fmt::print("\naccount\n");
  for (const io::NamedHold& hold : what_if.holds) {
    print_amount(what_if, spoken(hold.name), hold.amount, "held, initial margin only");
  }
  print_if_any(what_if, "offset credit", -statement.credits);
}

}  // namespace margingate::tool
