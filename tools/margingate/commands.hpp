// The subcommands of the program: each adds itself to the application, with its options and help.
//
// A command does its work in its callback, prints its result to standard output and throws
// CLI::RuntimeError(exit_negative) when what it was asked turns out badly: an audit that does not
// match, an order that would be refused. Bad usage and bad input end in exit_bad_input: any other
// exception does that, with its text on standard error.
#pragma once

#include <CLI/CLI.hpp>

namespace margingate::tool {

inline constexpr int exit_ok = 0;
inline constexpr int exit_negative = 1;
inline constexpr int exit_bad_input = 2;

CLI::App* add_margin_command(CLI::App& app);
CLI::App* add_explain_command(CLI::App& app);
CLI::App* add_compare_command(CLI::App& app);
CLI::App* add_liquidate_command(CLI::App& app);
CLI::App* add_backtest_command(CLI::App& app);
CLI::App* add_reprice_command(CLI::App& app);
CLI::App* add_run_command(CLI::App& app);
CLI::App* add_replay_command(CLI::App& app);
CLI::App* add_verify_command(CLI::App& app);
CLI::App* add_arrays_command(CLI::App& app);
CLI::App* add_groups_command(CLI::App& app);
CLI::App* add_simulate_command(CLI::App& app);
CLI::App* add_calibrate_command(CLI::App& app);
CLI::App* add_calibrate_groups_command(CLI::App& app);
CLI::App* add_conformance_command(CLI::App& app);

}  // namespace margingate::tool
