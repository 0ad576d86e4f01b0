// margingate replay: a recorded run once more, to the same verdicts.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "commands.hpp"
#include "run/replay.hpp"
#include "run/run_options.hpp"
#include "run/terminal.hpp"
#include "run/universe.hpp"

namespace margingate::tool {
namespace {

struct ReplayOptions {
  run::ReplayInputs inputs;
  bool is_json = false;
};

void print_text(const ReplayOptions& options, const run::ReplayReport& report) {
  const run::Terminal terminal;
  fmt::print("{}  {}\n", terminal.bold("margingate replay"), options.inputs.record_path);
  fmt::print("  {} margin, {} accounts, seed {}, {}\n", report.options.model,
             run::grouped(std::uint64_t{report.options.accounts}), report.options.seed,
             report.options.is_deterministic ? "deterministic" : "free-running");
  fmt::print("  {} entries, {} tables, {} adoptions, {:.2f} s\n", run::grouped(report.entries),
             run::grouped(report.tables), run::grouped(report.adoptions), report.wall_seconds);
  fmt::print("  recorded  {:016x}  {} decisions\n", report.hash_recorded,
             run::grouped(report.decisions_recorded));
  fmt::print("  replayed  {:016x}  {} decisions\n", report.hash, run::grouped(report.decisions));
  if (!report.difference.empty()) fmt::print("  {}\n", report.difference);
  fmt::print("{}\n", report.passed() ? terminal.green("equal") : terminal.red("DIFFERENT"));
}

void print_json(const run::ReplayReport& report) {
  const nlohmann::json json = {{"header", nlohmann::json::parse(report.header)},
                               {"entries", report.entries},
                               {"tables", report.tables},
                               {"adoptions", report.adoptions},
                               {"decisions", report.decisions},
                               {"decisions_recorded", report.decisions_recorded},
                               {"hash", fmt::format("{:016x}", report.hash)},
                               {"hash_recorded", fmt::format("{:016x}", report.hash_recorded)},
                               {"difference", report.difference},
                               {"wall_seconds", report.wall_seconds},
                               {"passed", report.passed()}};
  fmt::print("{}\n", json.dump(2));
}

void run_replay(ReplayOptions options) {
  run::ReplayInputs& inputs = options.inputs;
  inputs.data_directory = run::find_directory(inputs.data_directory, "data");
  inputs.params_directory = run::find_directory(inputs.params_directory, "params");
  const run::Universe universe = run::load_universe(inputs.data_directory);
  const run::ReplayReport report = run::replay(inputs, universe);
  if (options.is_json) {
    print_json(report);
  } else {
    print_text(options, report);
  }
  if (!report.passed()) throw CLI::RuntimeError(exit_negative);
}

}  // namespace

CLI::App* add_replay_command(CLI::App& app) {
  const auto options = std::make_shared<ReplayOptions>();
  CLI::App* command =
      app.add_subcommand("replay", "A recorded run once more; fails unless every verdict is equal");
  command->add_option("file", options->inputs.record_path, "What run --record wrote")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_flag("--json", options->is_json, "Print the result as JSON");
  command->add_flag("--quiet", options->inputs.is_quiet, "No progress");
  command->add_option("--data", options->inputs.data_directory, "Directory of chains and tapes");
  command->add_option("--params", options->inputs.params_directory, "Directory of parameter files");
  command->callback([options] { run_replay(*options); });
  return command;
}

}  // namespace margingate::tool
