// margingate explain: why an account needs what it needs, and what an order would change.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "account_options.hpp"
#include "commands.hpp"
#include "compare/comparison.hpp"
#include "io/statement_report.hpp"
#include "io/what_if.hpp"
#include "margingate/liquidation.hpp"
#include "statement_table.hpp"

namespace margingate::tool {
namespace {

struct ExplainOptions {
  AccountInputs inputs;
  std::string order;
  bool json = false;
};

std::string amount(const io::WhatIf& what_if, Money money) {
  return format_amount(what_if.amount(money), what_if.currency);
}

// What each instrument would need were it the account's only one: the rest is what hedging saves.
using AloneMargins = std::map<std::string, double>;

AloneMargins margins_alone(const Account& account, const io::WhatIf& what_if) {
  AloneMargins margins;
  for (const RiskUnitStatement& unit : what_if.statement.risk_units) {
    for (const PositionStatement& position : unit.positions) {
      const std::string& name = what_if.setup.directory.instruments.name(position.instrument);
      margins[name] =
          compare::margin_alone(account.market, account.portfolio, account.parameters, name);
    }
  }
  return margins;
}

void print_driver(const io::WhatIf& what_if, const io::LossDriver& driver, std::size_t width,
                  double alone) {
  fmt::print("  {:<{}} {:>22} {:>8} {:>22}\n", driver.instrument, width,
             format_amount(driver.loss, what_if.currency),
             fmt::format("{:+.1f} %", driver.share_of_loss * 100.0),
             format_amount(alone, what_if.currency));
}

void print_drivers(const io::WhatIf& what_if, const RiskUnitStatement& unit,
                   const AloneMargins& alone) {
  const auto drivers = io::loss_drivers(what_if, unit);
  std::size_t width = 10;
  double sum_alone = 0.0;
  for (const io::LossDriver& driver : drivers) {
    width = std::max(width, driver.instrument.size());
    sum_alone += alone.at(driver.instrument);
  }
  fmt::print("\n  {:<{}} {:>22} {:>8} {:>22}\n", "driven by", width, "loss", "share",
             "margin if held alone");
  for (const io::LossDriver& driver : drivers) {
    print_driver(what_if, driver, width, alone.at(driver.instrument));
  }
  fmt::print("  {:<{}} {:>22} {:>8} {:>22}\n", "together", width, "", "",
             format_amount(sum_alone, what_if.currency));
}

// Rates add up, so what an instrument needs alone is its part of the whole.
void print_rates(const io::WhatIf& what_if, const RiskUnitStatement& unit,
                 const AloneMargins& alone) {
  fmt::print("  no scenarios: each contract is charged at its rate\n\n");
  for (const PositionStatement& position : unit.positions) {
    const std::string& name = what_if.setup.directory.instruments.name(position.instrument);
    fmt::print("  {:<32} {:>22}\n", name, format_amount(alone.at(name), what_if.currency));
  }
}

void print_binding(const io::WhatIf& what_if, const RiskUnitStatement& unit,
                   const AloneMargins& alone) {
  fmt::print("\n{} needs {} {}\n", what_if.setup.directory.risk_units.name(unit.risk_unit),
             amount(what_if, unit.total), what_if.currency);
  const Scenario* worst = io::worst_scenario(what_if, unit);
  if (worst == nullptr) {
    print_rates(what_if, unit, alone);
    return;
  }
  fmt::print("  scenario {} binds: {}\n", unit.worst_scenario, describe_scenario(*worst));
  if (io::is_pooled(what_if, unit)) {
    fmt::print("  its losses count in its pool");
  } else {
    fmt::print("  it costs {} {}", amount(what_if, unit.scan_risk), what_if.currency);
  }
  if (unit.floor > unit.scan_risk) {
    fmt::print(", but the floor of {} is higher", amount(what_if, unit.floor));
  }
  fmt::print("; charges add {}\n",
             amount(what_if, unit.expiry_delta_charge + unit.delta_shock + unit.added_charges));
  print_drivers(what_if, unit, alone);
}

void print_change(const io::WhatIf& what_if, const char* label, Money before, Money after) {
  fmt::print("  {:<20} {:>22} -> {:>22}   {:>22}\n", label, amount(what_if, before),
             amount(what_if, after), amount(what_if, after - before));
}

void print_order(const io::WhatIf& what_if) {
  const io::OrderOutcome& outcome = *what_if.order;
  const MarginStatement& before = what_if.statement;
  const MarginStatement& after = outcome.after;
  fmt::print("\n{} {:g} {} @ {:g}: {} ({})\n", outcome.order.side == Side::buy ? "buy" : "sell",
             outcome.order.quantity, outcome.order.instrument, outcome.order.price,
             outcome.verdict.accepted() ? "would be accepted" : "would be refused",
             to_string(outcome.verdict.reason));
  print_change(what_if, "equity", before.equity, after.equity);
  print_change(what_if, "initial margin", before.initial_margin, after.initial_margin);
  print_change(what_if, "margin excess", before.margin_excess, after.margin_excess);
  if (outcome.verdict.open_loss.value > 0) {
    fmt::print("  it pays {} {} beyond the mark, booked as an open loss\n",
               amount(what_if, outcome.verdict.open_loss), what_if.currency);
  }
}

void print_explanation(const io::WhatIf& what_if, const AloneMargins& alone) {
  const MarginStatement& statement = what_if.statement;
  const bool short_of_margin = statement.margin_excess.value < 0;
  fmt::print("{} margin of account {}: equity {}, initial margin {}, {} {} {}\n",
             what_if.setup.config.model.name, what_if.account, amount(what_if, statement.equity),
             amount(what_if, statement.initial_margin), short_of_margin ? "short by" : "free",
             amount(what_if, short_of_margin ? -statement.margin_excess : statement.margin_excess),
             what_if.currency);
  if (statement.equity < statement.maintenance_margin) {
    fmt::print("below maintenance margin {}: liquidates {} (margingate liquidate says how)\n",
               amount(what_if, statement.maintenance_margin),
               to_string(liquidation_scope(what_if.setup.config.model)));
  }
  for (const RiskUnitStatement& unit : statement.risk_units) print_binding(what_if, unit, alone);
  for (const io::NamedHold& hold : what_if.holds) {
    fmt::print("\n{} holds {} {}\n", hold.name, amount(what_if, hold.amount), what_if.currency);
  }
  if (statement.credits.value > 0) {
    fmt::print("\noffsets between risk units give back {}\n", amount(what_if, statement.credits));
  }
  if (what_if.order) print_order(what_if);
}

nlohmann::ordered_json explanation_json(const io::WhatIf& what_if, const AloneMargins& alone) {
  nlohmann::ordered_json json = io::statement_json(what_if);
  for (std::size_t u = 0; u < what_if.statement.risk_units.size(); ++u) {
    auto& drivers = json["risk_units"][u]["drivers"] = nlohmann::ordered_json::array();
    for (const auto& driver : io::loss_drivers(what_if, what_if.statement.risk_units[u])) {
      drivers.push_back({{"instrument", driver.instrument},
                         {"loss", driver.loss},
                         {"share_of_loss", driver.share_of_loss}});
    }
  }
  json["margins_if_held_alone"] = alone;
  if (what_if.order) json["order"] = io::order_json(what_if);
  return json;
}

void run_explain(const ExplainOptions& options) {
  const Account account = load_account(options.inputs);
  std::optional<io::PortfolioOrder> order;
  if (!options.order.empty()) order = io::parse_order(options.order, account.market);
  const io::WhatIf what_if =
      io::run_what_if(account.market, account.portfolio, account.parameters, order);
  const AloneMargins alone = margins_alone(account, what_if);
  if (options.json) {
    fmt::print("{}\n", explanation_json(what_if, alone).dump(2));
  } else {
    print_explanation(what_if, alone);
  }
  if (what_if.order && !what_if.order->verdict.accepted()) throw CLI::RuntimeError(exit_negative);
}

}  // namespace

CLI::App* add_explain_command(CLI::App& app) {
  const auto options = std::make_shared<ExplainOptions>();
  CLI::App* command = app.add_subcommand(
      "explain", "Which scenario binds, which positions drive it, what an order would change");
  add_account_options(*command, options->inputs);
  command->add_option("--order", options->order,
                      "An order to try, as in \"sell 2 BTC-27SEP24-70000-C @ 0.075\"; exit code 1 "
                      "when it would be refused");
  command->add_flag("--json", options->json, "Print as JSON");
  command->callback([options] { run_explain(*options); });
  return command;
}

}  // namespace margingate::tool
