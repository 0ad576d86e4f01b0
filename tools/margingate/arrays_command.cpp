// margingate arrays: what positions need under delivered risk arrays.
#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "commands.hpp"
#include "io/risk_array_file.hpp"
#include "io/risk_array_report.hpp"
#include "risk_array_table.hpp"

namespace margingate::tool {
namespace {

struct ArraysOptions {
  std::string parameters;
  std::string positions;
  bool json = false;
};

void run_arrays(const ArraysOptions& options) {
  const risk_arrays::ParameterSet set = io::read_risk_arrays(options.parameters);
  const io::RiskArrayPositions positions = io::read_risk_array_positions(options.positions, set);
  const risk_arrays::AccountMargin margin = risk_arrays::margin_account(set, positions.positions);
  if (options.json) {
    fmt::print("{}\n", io::risk_array_json(set, positions, margin).dump(2));
  } else {
    print_risk_array_margin(set, positions, margin);
  }
}

}  // namespace

CLI::App* add_arrays_command(CLI::App& app) {
  const auto options = std::make_shared<ArraysOptions>();
  CLI::App* command = app.add_subcommand(
      "arrays",
      "What positions need under a clearing house's risk-array file: scan risk, spreads, charges, "
      "credits and option value, every intermediate shown");
  command
      ->add_option("--parameters", options->parameters,
                   "Risk-array file, fixed-width or XML, plain or .gz")
      ->required();
  command->add_option("--positions", options->positions, "positions.json (docs/formats.md)")
      ->required();
  command->add_flag("--json", options->json, "Print the margin as JSON");
  command->callback([options] { run_arrays(*options); });
  return command;
}

}  // namespace margingate::tool
