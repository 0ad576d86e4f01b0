// margingate liquidate: what a breach does to an account, step by step.
#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "account_options.hpp"
#include "commands.hpp"
#include "io/liquidation_report.hpp"
#include "io/what_if.hpp"
#include "statement_table.hpp"

namespace margingate::tool {
namespace {

struct LiquidateOptions {
  AccountInputs inputs;
  std::string impact;
  std::string target = "initial";
  bool json = false;
};

class PlanPrinter {
 public:
  explicit PlanPrinter(const io::WhatIf& what_if)
      : what_if_(what_if), plan_(*what_if.liquidation) {}

  void print() const {
    const MarginLevel& level = plan_.before;
    fmt::print("{} margin of account {}: equity {}, maintenance margin {} {}\n",
               what_if_.setup.config.model.name, what_if_.account, amount(level.equity),
               amount(level.maintenance_margin), what_if_.currency);
    if (plan_.outcome == LiquidationOutcome::not_needed) {
      fmt::print("not in breach: nothing is liquidated\n");
      return;
    }
    fmt::print("in breach: liquidates {}, until equity covers {}\n\n", to_string(plan_.scope),
               target());
    fmt::print("{:>4} {:>20} {:>20} {:>20} {:>20} {:>16}\n", "step", "equity", "initial margin",
               "maintenance", "freed", "cost");
    print_level(0, plan_.before, "", "");
    for (std::size_t n = 0; n < plan_.steps.size(); ++n) print_step(n + 1, plan_.steps[n]);
    print_end();
  }

 private:
  [[nodiscard]] std::string amount(Money money) const {
    return format_amount(what_if_.amount(money), what_if_.currency);
  }
  [[nodiscard]] const char* target() const {
    return plan_.target == LiquidationTarget::initial_margin ? "initial margin"
                                                             : "maintenance margin";
  }

  void print_level(std::size_t number, const MarginLevel& level, const std::string& freed,
                   const std::string& cost) const {
    fmt::print("{:>4} {:>20} {:>20} {:>20} {:>20} {:>16}\n", number, amount(level.equity),
               amount(level.initial_margin), amount(level.maintenance_margin), freed, cost);
  }

  void print_step(std::size_t number, const LiquidationStep& step) const {
    print_level(number, step.after, amount(step.freed), amount(step.cost));
    if (step.trades.empty()) fmt::print("     release all working orders\n");
    for (const LiquidationTrade& trade : step.trades) {
      fmt::print("     {} {:.9g} {} @ {:.9g}\n", trade.side == Side::buy ? "buy " : "sell",
                 what_if_.contracts(trade.instrument, trade.quantity),
                 what_if_.setup.directory.instruments.name(trade.instrument),
                 what_if_.price(trade.price));
    }
  }

  void print_end() const {
    fmt::print("\n{}: {} step(s) cost {} {} against the mark", to_string(plan_.outcome),
               plan_.steps.size(), amount(plan_.cost), what_if_.currency);
    if (plan_.deficit.value > 0) {
      fmt::print("; equity still misses {} by {}", target(), amount(plan_.deficit));
    }
    fmt::print("\n");
  }

  const io::WhatIf& what_if_;
  const LiquidationPlan& plan_;
};

void run_liquidate(const LiquidateOptions& options) {
  const Account account = load_account(options.inputs);
  io::LiquidationQuestion question;
  question.target = options.target == "initial" ? LiquidationTarget::initial_margin
                                                : LiquidationTarget::maintenance_margin;
  if (!options.impact.empty()) question.impacts = io::read_impact_file(options.impact);
  const io::WhatIf what_if =
      io::run_liquidation(account.market, account.portfolio, account.parameters, question);
  if (options.json) {
    fmt::print("{}\n", io::liquidation_json(what_if).dump(2));
  } else {
    PlanPrinter(what_if).print();
  }
  const bool falls_short = what_if.liquidation->outcome == LiquidationOutcome::short_fall;
  if (falls_short) throw CLI::RuntimeError(exit_negative);
}

}  // namespace

CLI::App* add_liquidate_command(CLI::App& app) {
  const auto options = std::make_shared<LiquidateOptions>();
  CLI::App* command = app.add_subcommand(
      "liquidate",
      "What a breach of maintenance margin does: which trades, in which order, with the margin "
      "before and after each; exit code 1 when they do not suffice");
  add_account_options(*command, options->inputs);
  command->add_option(
      "--impact", options->impact,
      "impact.json: what closing costs, per instrument; a half spread unless given");
  command
      ->add_option("--target", options->target,
                   "What equity must cover at the end: initial or maintenance margin")
      ->check(CLI::IsMember({"initial", "maintenance"}))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print the plan as JSON");
  command->callback([options] { run_liquidate(*options); });
  return command;
}

}  // namespace margingate::tool
