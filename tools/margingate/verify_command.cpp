// margingate verify: every decision of random sessions against the whole margin from scratch.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "commands.hpp"
#include "inputs.hpp"
#include "plot/svg.hpp"
#include "run/progress.hpp"
#include "run/run_options.hpp"
#include "verify/verification.hpp"
#include "verify_report.hpp"

namespace margingate::tool {
namespace {

struct VerifyOptions {
  verify::VerificationOptions verification;
  std::vector<std::string> models = model_choices();
  std::string data_directory;
  std::string params_directory;
  std::string plot_path;
  std::string failure_directory = "verify-failure";
  bool is_json = false;
  bool is_quiet = false;
};

// To standard error, so that --json stays JSON.
void report_failure(const verify::Failure& failure, const std::string& directory) {
  fmt::print(stderr, "MISMATCH in session {}: {} ({}, {})\n", failure.session, failure.what,
             failure.world.chain, failure.world.parameters);
  fmt::print(stderr, "shrinking {} legs and {} working orders ...\n", failure.account.legs.size(),
             failure.working.size());
  const verify::Shrunk shrunk = verify::shrink(failure, {});
  if (shrunk.is_reproduced) {
    fmt::print(stderr, "{} legs and {} working orders still fail, after {} attempts\n",
               shrunk.failure.account.legs.size(), shrunk.failure.working.size(), shrunk.attempts);
  } else {
    fmt::print(stderr, "it does not happen to the account alone: repeat it with the same seed\n");
  }
  fmt::print(stderr, "{}\n", verify::write_failure(shrunk.failure, directory));
}

void run_verify(VerifyOptions options) {
  const std::string data = run::find_directory(options.data_directory, "data");
  const std::string params = run::find_directory(options.params_directory, "params");
  verify::ModelSets sets;
  for (const std::string& model : options.models) {
    sets.push_back(run::load_parameters(params, model, {}).sets);
  }
  const verify::Chains chains = verify::load_chains(data);
  for (const std::string& skipped : chains.skipped) {
    if (!options.is_quiet) fmt::print(stderr, "not an option chain: {}\n", skipped);
  }
  verify::Verification result;
  {
    run::Progress progress("verifying", options.verification.decisions, options.is_quiet);
    result = verify::verify(chains, sets, options.verification,
                            [&](std::uint64_t decided) { progress.look(decided); });
  }
  const VerifyContext context{options.verification.seed, options.verification.threads,
                              chains.markets.size()};
  if (options.is_json) {
    fmt::print("{}\n", verification_json(result, context));
  } else {
    print_verification(result, context);
  }
  if (!options.plot_path.empty()) {
    plot::write_svg(options.plot_path, verification_plot(result, context));
  }
  if (!result.failure) return;
  std::fflush(stdout);
  report_failure(*result.failure, options.failure_directory);
  throw CLI::RuntimeError(exit_negative);
}

}  // namespace

CLI::App* add_verify_command(CLI::App& app) {
  const auto options = std::make_shared<VerifyOptions>();
  options->verification.threads = std::max(1U, std::thread::hardware_concurrency());
  CLI::App* command = app.add_subcommand(
      "verify",
      "Random sessions on recorded chains, every decision compared with full revaluation");
  verify::VerificationOptions& verification = options->verification;
  command->add_option("--decisions", verification.decisions, "Decisions to compare")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000'000'000}))
      ->capture_default_str();
  command->add_option("--seed", verification.seed, "Of books, events and market")
      ->capture_default_str();
  command->add_option("--models", options->models, "Margin models")
      ->delimiter(',')
      ->check(CLI::IsMember(model_choices()))
      ->capture_default_str();
  command->add_option("--threads", verification.threads, "Worker threads")
      ->check(CLI::Range(1U, 256U))
      ->capture_default_str();
  command
      ->add_option(
          "--bands", verification.bands,
          "Drift bands, fractions; three sessions in four use the first, others the second")
      ->delimiter(',')
      ->check(CLI::Range(0.0001, 0.1))
      ->expected(1, 2)
      ->capture_default_str();
  command->add_option("--data", options->data_directory, "Directory of option chains");
  command->add_option("--params", options->params_directory, "Directory of parameter files");
  command->add_option("--plot", options->plot_path, "Write interval width against drift as SVG");
  command
      ->add_option("--failure", options->failure_directory,
                   "Where the files of a shrunk mismatch go")
      ->capture_default_str();
  command->add_flag("--study", verification.studies_bounds,
                    "Also what other bounds would leave to the exact path (decision record 0020)");
  command->add_flag("--json", options->is_json, "Print the report as JSON");
  command->add_flag("--quiet", options->is_quiet, "No progress");
  command->callback([options] { run_verify(*options); });
  return command;
}

}  // namespace margingate::tool
