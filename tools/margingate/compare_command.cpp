// margingate compare: one portfolio under every margin model that can take it.
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "commands.hpp"
#include "compare/comparison.hpp"
#include "compare/comparison_plot.hpp"
#include "compare/strategy_baseline.hpp"
#include "inputs.hpp"
#include "io/statement_report.hpp"
#include "plot/svg.hpp"
#include "statement_table.hpp"

namespace margingate::tool {
namespace {

using compare::ComparedModel;
using compare::Comparison;
using compare::StrategyBaseline;

constexpr int bar_width = 40;

struct CompareOptions {
  std::string market;
  std::string portfolio;
  std::vector<std::string> parameters;
  std::vector<std::string> models;
  std::string plot;
  bool json = false;
};

std::string optional_text(const std::optional<double>& value, const char* unit, double factor) {
  return value ? fmt::format("{:.1f} {}", *value * factor, unit) : "-";
}

void print_models(const Comparison& comparison, std::size_t width) {
  const auto amount = [&](double value) { return format_amount(value, comparison.currency); };
  fmt::print("{:<{}} {:>18} {:>18} {:>18} {:>10} {:>18} {:>9}  {}\n", "", width, "initial margin",
             "maintenance", "equity", "of equity", "free collateral", "leverage",
             "a breach liquidates");
  for (const ComparedModel& model : comparison.models) {
    fmt::print("{:<{}} {:>18} {:>18} {:>18} {:>10} {:>18} {:>9}  {}\n", model.parameters, width,
               amount(model.initial_margin()), amount(model.maintenance_margin()),
               amount(model.equity()), optional_text(model.utilisation(), "%", 100.0),
               amount(model.free_collateral()), optional_text(comparison.leverage(model), "x", 1.0),
               to_string(model.scope));
  }
  const double largest = comparison.models.front().initial_margin();
  fmt::print("\n");
  for (const ComparedModel& model : comparison.models) {
    const double share = largest > 0.0 ? model.initial_margin() / largest : 0.0;
    fmt::print("{:<{}} {:<{}} {:.1f} % of the largest\n", model.parameters, width,
               std::string(static_cast<std::size_t>(share * bar_width + 0.5), '#'), bar_width,
               share * 100.0);
  }
  fmt::print("\nlargest   {}\n", reason_line(comparison, comparison.models.front()));
  fmt::print("smallest  {}\n", reason_line(comparison, comparison.models.back()));
}

void print_comparison(const Comparison& comparison) {
  std::size_t width = 12;
  for (const ComparedModel& model : comparison.models) {
    width = std::max(width, model.parameters.size());
  }
  for (const ComparedModel& model : comparison.refused) {
    width = std::max(width, model.parameters.size());
  }
  fmt::print("account {}, amounts in {}, gross exposure {}\n\n", comparison.account,
             comparison.currency, format_amount(comparison.exposure, comparison.currency));
  if (!comparison.models.empty()) print_models(comparison, width);
  if (comparison.refused.empty()) return;
  fmt::print("\nmodels that cannot take this portfolio\n");
  for (const ComparedModel& model : comparison.refused) {
    fmt::print("{:<{}} {}\n", model.parameters, width, model.refusal);
  }
}

nlohmann::ordered_json model_json(const Comparison& comparison, const ComparedModel& model) {
  nlohmann::ordered_json json{{"model", model.model},
                              {"parameters", model.parameters},
                              {"initial_margin", model.initial_margin()},
                              {"maintenance_margin", model.maintenance_margin()},
                              {"equity", model.equity()},
                              {"utilisation", nullptr},
                              {"free_collateral", model.free_collateral()},
                              {"leverage", nullptr},
                              {"breach_liquidates", std::string(to_string(model.scope))}};
  if (const auto used = model.utilisation()) json["utilisation"] = *used;
  if (const auto leverage = comparison.leverage(model)) json["leverage"] = *leverage;
  json["parts"] = nlohmann::ordered_json::object();
  for (const auto& part : model.parts) json["parts"][part.name] = part.amount * model.rate;
  json["statement"] = io::statement_json(*model.what_if);
  return json;
}

void print_baseline(const StrategyBaseline& baseline, const std::string& currency) {
  if (!baseline.refusal.empty()) {
    fmt::print("\nby strategies (Regulation T): none, {}\n", baseline.refusal);
    return;
  }
  fmt::print("\nby strategies (Regulation T): {}, of which {} beyond what options sold are worth\n",
             format_amount(baseline.requirement, currency), format_amount(baseline.net, currency));
}

void print_json(const Comparison& comparison, const StrategyBaseline& baseline) {
  nlohmann::ordered_json json{{"account", comparison.account},
                              {"currency", comparison.currency},
                              {"gross_exposure", comparison.exposure},
                              {"by_strategies", nullptr},
                              {"models", nlohmann::ordered_json::array()},
                              {"refused", nlohmann::ordered_json::array()}};
  if (baseline.refusal.empty()) {
    json["by_strategies"] = {{"requirement", baseline.requirement}, {"net", baseline.net}};
  }
  for (const ComparedModel& model : comparison.models) {
    json["models"].push_back(model_json(comparison, model));
  }
  if (!comparison.models.empty()) {
    json["largest"] = reason_line(comparison, comparison.models.front());
    json["smallest"] = reason_line(comparison, comparison.models.back());
  }
  for (const ComparedModel& model : comparison.refused) {
    json["refused"].push_back(
        {{"model", model.model}, {"parameters", model.parameters}, {"reason", model.refusal}});
  }
  fmt::print("{}\n", json.dump(2));
}

void run_compare(const CompareOptions& options) {
  const io::MarketFile market = load_market(options.market);
  const io::PortfolioFile portfolio = io::read_portfolio_file(options.portfolio, market);
  const Comparison comparison =
      compare_models(market, portfolio, choose_sets(options.parameters, options.models));
  const StrategyBaseline baseline = compare::strategy_baseline(market, portfolio);
  if (options.json) {
    print_json(comparison, baseline);
  } else {
    print_comparison(comparison);
    print_baseline(baseline, comparison.currency);
  }
  if (comparison.models.empty()) throw CLI::RuntimeError(exit_negative);
  if (!options.plot.empty()) plot::write_svg(options.plot, compare::comparison_svg(comparison));
}

}  // namespace

CLI::App* add_compare_command(CLI::App& app) {
  const auto options = std::make_shared<CompareOptions>();
  CLI::App* command = app.add_subcommand(
      "compare",
      "One portfolio under every model that can take it, side by side; exit code 1 when none can");
  command->add_option("--market", options->market, "market.json, or a recorded option chain")
      ->required();
  command->add_option("--portfolio", options->portfolio, "portfolio.json")->required();
  command->add_option("--parameters", options->parameters,
                      "Parameter files or names of bundled sets to compare; the newest bundled set "
                      "of every model and coin unless given");
  command->add_option("--models", options->models, "Only these models")->delimiter(',');
  command->add_option("--plot", options->plot, "Draw the comparison into this SVG file");
  command->add_flag("--json", options->json, "Print as JSON, each statement included");
  command->callback([options] { run_compare(*options); });
  return command;
}

}  // namespace margingate::tool
