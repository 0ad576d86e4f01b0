// margingate compare-modes: one portfolio under isolated, cross and portfolio margin.
#include <fmt/core.h>

#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "commands.hpp"
#include "inputs.hpp"
#include "io/statement_report.hpp"
#include "io/what_if.hpp"
#include "models/charge_names.hpp"
#include "statement_table.hpp"

namespace margingate::tool {
namespace {

constexpr std::array<const char*, 3> modes{"isolated", "cross", "portfolio"};

struct CompareOptions {
  std::string market;
  std::string portfolio;
  bool json = false;
};

std::vector<io::WhatIf> evaluate_modes(const CompareOptions& options) {
  const io::MarketFile market = load_market(options.market);
  const io::PortfolioFile portfolio = io::read_portfolio_file(options.portfolio, market);
  std::vector<io::WhatIf> results;
  for (const char* mode : modes) {
    results.push_back(io::run_what_if(market, portfolio, load_parameters(mode, "", "")));
  }
  return results;
}

void print_row(const std::vector<io::WhatIf>& results, const char* label,
               Money MarginStatement::*field) {
  fmt::print("{:<22}", label);
  for (const io::WhatIf& result : results) {
    fmt::print("{:>22}", format_amount(result.amount(result.statement.*field), result.currency));
  }
  fmt::print("\n");
}

// Equity that the requirement ties up, for one unit of what cross margin ties up.
void print_ratio(const std::vector<io::WhatIf>& results) {
  const double cross = results[1].amount(results[1].statement.initial_margin);
  fmt::print("{:<22}", "share of cross");
  for (const io::WhatIf& result : results) {
    const double share = result.amount(result.statement.initial_margin) / cross;
    fmt::print("{:>22}", cross > 0.0 ? fmt::format("{:.1f} %", share * 100.0) : "-");
  }
  fmt::print("\n");
}

void print_comparison(const std::vector<io::WhatIf>& results) {
  fmt::print("account {}, amounts in {}\n\n{:<22}", results.front().account,
             results.front().currency, "");
  for (const char* mode : modes) fmt::print("{:>22}", mode);
  fmt::print("\n");
  print_row(results, "initial margin", &MarginStatement::initial_margin);
  print_row(results, "maintenance margin", &MarginStatement::maintenance_margin);
  print_row(results, "equity", &MarginStatement::equity);
  print_row(results, "margin excess", &MarginStatement::margin_excess);
  print_ratio(results);
  fmt::print("\na breach of maintenance margin liquidates\n");
  for (const char* mode : modes) {
    fmt::print("  {:<12}{}\n", mode, models::breach_liquidates(mode));
  }
}

void print_json(const std::vector<io::WhatIf>& results) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const io::WhatIf& result : results) {
    json.push_back(io::statement_json(result));
    json.back()["breach_liquidates"] =
        std::string(models::breach_liquidates(result.setup.config.model.name));
  }
  fmt::print("{}\n", json.dump(2));
}

void run_compare(const CompareOptions& options) {
  const std::vector<io::WhatIf> results = evaluate_modes(options);
  if (options.json) {
    print_json(results);
  } else {
    print_comparison(results);
  }
}

}  // namespace

CLI::App* add_compare_modes_command(CLI::App& app) {
  const auto options = std::make_shared<CompareOptions>();
  CLI::App* command = app.add_subcommand(
      "compare-modes", "One portfolio under isolated, cross and portfolio margin, side by side");
  command->add_option("--market", options->market, "market.json")->required();
  command->add_option("--portfolio", options->portfolio, "portfolio.json")->required();
  command->add_flag("--json", options->json, "Print the three statements as JSON");
  command->callback([options] { run_compare(*options); });
  return command;
}

}  // namespace margingate::tool
