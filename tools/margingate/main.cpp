// The command margingate.
#include <cstdio>
#include <exception>

#include "commands.hpp"
#include "margingate/version.hpp"

namespace {

constexpr const char* description =
    "Pre-trade portfolio margin: what an account needs, why, and what an order would change.\n"
    "Every number comes from the gate that an order-matching process would embed.";

constexpr const char* footer =
    "Exit codes: 0 done; 1 done, and the answer is no; 2 bad usage or input.\n"
    "Formats: docs/formats.md. Models and their sources: docs/models/.";

int run(CLI::App& app, int argument_count, char** arguments) {
  try {
    app.parse(argument_count, arguments);
    return margingate::tool::exit_ok;
  } catch (const CLI::RuntimeError& result) {
    return result.get_exit_code();
  } catch (const CLI::ParseError& usage) {
    return app.exit(usage) == 0 ? margingate::tool::exit_ok : margingate::tool::exit_bad_input;
  } catch (const std::exception& error) {
    std::fflush(stdout);
    std::fprintf(stderr, "margingate: %s\n", error.what());
    return margingate::tool::exit_bad_input;
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  CLI::App app(description, "margingate");
  app.footer(footer);
  app.set_version_flag("--version", std::string(margingate::version_string));
  app.require_subcommand(1);
  margingate::tool::add_run_command(app);
  margingate::tool::add_replay_command(app);
  margingate::tool::add_verify_command(app);
  margingate::tool::add_margin_command(app);
  margingate::tool::add_explain_command(app);
  margingate::tool::add_compare_command(app);
  margingate::tool::add_liquidate_command(app);
  margingate::tool::add_backtest_command(app);
  margingate::tool::add_reprice_command(app);
  margingate::tool::add_arrays_command(app);
  margingate::tool::add_groups_command(app);
  margingate::tool::add_simulate_command(app);
  margingate::tool::add_calibrate_command(app);
  margingate::tool::add_calibrate_groups_command(app);
  margingate::tool::add_conformance_command(app);
  return run(app, argument_count, arguments);
}
