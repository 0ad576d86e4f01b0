// margingate margin: what an account needs.
#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "account_options.hpp"
#include "commands.hpp"
#include "io/statement_report.hpp"
#include "io/what_if.hpp"
#include "statement_table.hpp"

namespace margingate::tool {
namespace {

struct MarginOptions {
  AccountInputs inputs;
  bool json = false;
};

void run_margin(const MarginOptions& options) {
  const Account account = load_account(options.inputs);
  const io::WhatIf what_if = io::run_what_if(account.market, account.portfolio, account.parameters);
  if (options.json) {
    fmt::print("{}\n", io::statement_json(what_if).dump(2));
  } else {
    print_statement(what_if);
  }
}

}  // namespace

CLI::App* add_margin_command(CLI::App& app) {
  const auto options = std::make_shared<MarginOptions>();
  CLI::App* command =
      app.add_subcommand("margin",
                         "What an account needs: initial and maintenance margin, taken "
                         "apart by scenario, charge and position");
  add_account_options(*command, options->inputs);
  command->add_flag("--json", options->json, "Print the statement as JSON");
  command->callback([options] { run_margin(*options); });
  return command;
}

}  // namespace margingate::tool
