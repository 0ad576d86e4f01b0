// margingate explain: why an account needs what it needs, and what an order would change.
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "account_options.hpp"
#include "commands.hpp"
#include "io/statement_report.hpp"
#include "models/charge_names.hpp"
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

void print_drivers(const io::WhatIf& what_if, const RiskUnitStatement& unit) {
  const auto drivers = io::loss_drivers(what_if, unit);
  std::size_t width = 10;
  for (const io::LossDriver& driver : drivers) width = std::max(width, driver.instrument.size());
  fmt::print("\n  {:<{}} {:>22} {:>8}\n", "driven by", width, "loss", "share");
  for (const io::LossDriver& driver : drivers) {
    fmt::print("  {:<{}} {:>22} {:>+7.1f}%\n", driver.instrument, width,
               format_amount(driver.loss, what_if.currency), driver.share_of_loss * 100.0);
  }
}

// What the worst scenario costs, next to the second worst: how far the answer is from another.
void print_binding(const io::WhatIf& what_if, const RiskUnitStatement& unit) {
  fmt::print("\n{} needs {} {}\n", what_if.setup.directory.risk_units.name(unit.risk_unit),
             amount(what_if, unit.total), what_if.currency);
  const Scenario* worst = io::worst_scenario(what_if, unit);
  if (worst == nullptr) {
    fmt::print("  no scenarios: each contract is charged at its rate\n");
    return;
  }
  fmt::print("  scenario {} binds: {}\n", unit.worst_scenario, describe_scenario(*worst));
  fmt::print("  it costs {} {}", amount(what_if, unit.scan_risk), what_if.currency);
  if (unit.floor > unit.scan_risk) {
    fmt::print(", but the floor of {} is higher", amount(what_if, unit.floor));
  }
  fmt::print("; charges add {}\n",
             amount(what_if, unit.expiry_delta_charge + unit.delta_shock + unit.added_charges));
  print_drivers(what_if, unit);
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

void print_explanation(const io::WhatIf& what_if) {
  const MarginStatement& statement = what_if.statement;
  const bool short_of_margin = statement.margin_excess.value < 0;
  fmt::print("{} margin of account {}: equity {}, initial margin {}, {} {} {}\n",
             what_if.setup.config.model.name, what_if.account, amount(what_if, statement.equity),
             amount(what_if, statement.initial_margin), short_of_margin ? "short by" : "free",
             amount(what_if, short_of_margin ? -statement.margin_excess : statement.margin_excess),
             what_if.currency);
  if (statement.equity < statement.maintenance_margin) {
    fmt::print("below maintenance margin {}: liquidates {}\n",
               amount(what_if, statement.maintenance_margin),
               models::breach_liquidates(what_if.setup.config.model.name));
  }
  for (const RiskUnitStatement& unit : statement.risk_units) print_binding(what_if, unit);
  for (const io::NamedHold& hold : what_if.holds) {
    fmt::print("\n{} holds {} {}\n", hold.name, amount(what_if, hold.amount), what_if.currency);
  }
  if (statement.credits.value > 0) {
    fmt::print("\noffsets between risk units give back {}\n", amount(what_if, statement.credits));
  }
  if (what_if.order) print_order(what_if);
}

nlohmann::ordered_json explanation_json(const io::WhatIf& what_if) {
  nlohmann::ordered_json json = io::statement_json(what_if);
  for (std::size_t u = 0; u < what_if.statement.risk_units.size(); ++u) {
    auto& drivers = json["risk_units"][u]["drivers"] = nlohmann::ordered_json::array();
    for (const auto& driver : io::loss_drivers(what_if, what_if.statement.risk_units[u])) {
      drivers.push_back({{"instrument", driver.instrument},
                         {"loss", driver.loss},
                         {"share_of_loss", driver.share_of_loss}});
    }
  }
  if (what_if.order) json["order"] = io::order_json(what_if);
  return json;
}

void run_explain(const ExplainOptions& options) {
  const io::WhatIf what_if = evaluate_account(options.inputs, options.order);
  if (options.json) {
    fmt::print("{}\n", explanation_json(what_if).dump(2));
  } else {
    print_explanation(what_if);
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
