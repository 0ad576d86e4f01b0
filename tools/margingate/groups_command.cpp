// margingate groups: what positions need under margin by liquidation groups.
#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "commands.hpp"
#include "io/liquidation_group_file.hpp"
#include "io/liquidation_group_report.hpp"
#include "liquidation_group_table.hpp"

namespace margingate::tool {
namespace {

struct GroupsOptions {
  std::string parameters;
  std::string positions;
  bool json = false;
};

void run_groups(const GroupsOptions& options) {
  const liquidation_groups::ParameterSet set = io::read_liquidation_groups(options.parameters);
  const io::LiquidationGroupPositions positions =
      io::read_liquidation_group_positions(options.positions, set);
  const liquidation_groups::AccountMargin margin =
      liquidation_groups::margin_account(set, positions.positions);
  if (options.json) {
    fmt::print("{}\n", io::liquidation_group_json(set, positions, margin).dump(2));
  } else {
    print_liquidation_group_margin(set, positions, margin);
  }
}

}  // namespace

CLI::App* add_groups_command(CLI::App& app) {
  const auto options = std::make_shared<GroupsOptions>();
  CLI::App* command = app.add_subcommand(
      "groups",
      "What positions need by liquidation groups: value at risk of each set of scenarios, "
      "adjustments, add-ons and credits, every intermediate shown");
  command
      ->add_option("--parameters", options->parameters,
                   "Groups, scenarios and instruments, JSON, plain or .gz (docs/formats.md)")
      ->required();
  command->add_option("--positions", options->positions, "positions.json (docs/formats.md)")
      ->required();
  command->add_flag("--json", options->json, "Print the margin as JSON");
  command->callback([options] { run_groups(*options); });
  return command;
}

}  // namespace margingate::tool
