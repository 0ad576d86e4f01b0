// margingate run: the gate in a matching process, on real chains and a real tape.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>

#include "commands.hpp"
#include "inputs.hpp"
#include "run/run_options.hpp"
#include "run/run_report.hpp"
#include "run/simulation.hpp"
#include "run/universe.hpp"

namespace margingate::tool {
namespace {

void run_simulation(run::RunOptions options) {
  options.data_directory = run::find_directory(options.data_directory, "data");
  options.params_directory = run::find_directory(options.params_directory, "params");
  const run::Universe universe = run::load_universe(options.data_directory);
  const run::RunReport report = run::simulate(options, universe);
  if (options.is_json) {
    fmt::print("{}\n", run::report_json(report));
  } else if (!options.is_quiet) {
    run::print_report(report);
  } else {
    fmt::print("{:016x} {}\n", report.hash, report.passed() ? "passed" : "FAILED");
    fmt::print(stderr, "{}", report.audit_mismatch);
  }
  if (!report.passed()) throw CLI::RuntimeError(exit_negative);
}

}  // namespace

CLI::App* add_run_command(CLI::App& app) {
  const auto options = std::make_shared<run::RunOptions>();
  CLI::App* command = app.add_subcommand(
      "run", "A whole market on the order path: accounts, flow, matching, every order decided");
  command->add_option("--accounts", options->accounts, "Accounts")
      ->check(CLI::Range(std::uint32_t{2}, run::accounts_most))
      ->capture_default_str();
  command->add_option("--orders", options->orders, "Order events: new, replace and cancel")
      ->check(CLI::Range(std::uint64_t{1}, run::orders_most))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Of accounts and order flow")->capture_default_str();
  command->add_option("--model", options->model, "Margin model")
      ->check(CLI::IsMember(model_choices()))
      ->capture_default_str();
  command->add_option("--parameters", options->parameter_files,
                      "Parameter file of the model; one per coin for deribit");
  command->add_flag("--deterministic", options->is_deterministic,
                    "Publish tables inline at fixed event times: same seed, same hash");
  command->add_flag("--audit", options->audits,
                    "Recompute every decision from scratch; stop at the first difference");
  command
      ->add_option("--second-model", options->second_model,
                   "Model of a second gate that accounts move to and back; "
                   "when audited and not given, one that fits, else none")
      ->check(CLI::IsMember([] {
        std::vector<std::string> choices = model_choices();
        choices.emplace_back(run::no_second_model);
        return choices;
      }()));
  command->add_flag("--controls", options->has_controls,
                    "Limits beside margin in a hierarchy, and a risk desk that steers them");
  command->add_option("--record", options->record_path, "Write the run to this file for replay");
  command->add_flag("--json", options->is_json, "Print the report as JSON");
  command->add_flag("--quiet", options->is_quiet, "No progress; the report is one line");
  command->add_flag("!--no-compare", options->compares_models,
                    "Leave out the comparison of margin models");
  command->add_option("--data", options->data_directory, "Directory of chains and tapes");
  command->add_option("--params", options->params_directory, "Directory of parameter files");
  command->callback([options] { run_simulation(*options); });
  return command;
}

}  // namespace margingate::tool
