// margingate calibrate-groups: the scenarios of liquidation groups from daily closes.
#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "backtest/group_calibration.hpp"
#include "calibration_files.hpp"
#include "commands.hpp"
#include "inputs.hpp"
#include "io/parameter_file.hpp"
#include "io/text_file.hpp"
#include "parameter_text.hpp"

namespace margingate::tool {
namespace {

using Json = nlohmann::ordered_json;

struct CalibrateOptions {
  CalibrationFiles files;
  backtest::GroupCalibration calibration;
};

std::vector<std::string> named_underlyings(const models::LiquidationGroupParameters& parameters) {
  std::vector<std::string> names;
  for (const models::LiquidationSplit& split : parameters.splits) {
    for (const models::LiquidationUnderlying& underlying : split.underlyings) {
      if (underlying.name != "default") names.push_back(underlying.name);
    }
  }
  return names;
}

void replace_moves(const models::LiquidationSplit& split, Json& target) {
  for (std::size_t m = 0; m < split.measures.size(); ++m) {
    target["measures"][m]["confidence"] = split.measures[m].confidence;
  }
  for (std::size_t u = 0; u < split.underlyings.size(); ++u) {
    Json& underlying = target["underlyings"][u];
    for (std::size_t m = 0; m < split.measures.size(); ++m) {
      const std::string& name = split.measures[m].name;
      underlying["price_moves"][name] = split.underlyings[u].price_moves[m];
      underlying["volatility_moves"][name] = split.underlyings[u].volatility_moves[m];
    }
  }
}

void run_calibration(const CalibrateOptions& options) {
  const std::string text = io::read_text_file(options.files.pattern);
  const models::ParameterSet set = io::parse_parameter_file(options.files.pattern, text);
  const auto* const groups = std::get_if<models::LiquidationGroupParameters>(&set.numbers);
  if (groups == nullptr) {
    throw std::runtime_error(options.files.pattern +
                             ": model: expected liquidation-groups, found " + set.model);
  }
  const auto history = backtest::read_price_history(options.files.data, named_underlyings(*groups));
  const backtest::HistoryUpTo known(history, history.days.size() - 1);
  const models::ParameterSet calibrated =
      backtest::calibrate_groups(set, known, options.calibration);
  Json json = Json::parse(text);
  if (!options.files.name.empty()) json["name"] = options.files.name;
  json["date"] = known.day();
  const auto& splits = std::get<models::LiquidationGroupParameters>(calibrated.numbers).splits;
  for (std::size_t i = 0; i < splits.size(); ++i) replace_moves(splits[i], json["splits"][i]);
  write_parameters(options.files.output, json);
  if (options.files.output.empty()) return;
  fmt::print("{}: {} filtered and {} stressed scenarios of {} days to {}\n", options.files.output,
             options.calibration.filtered.rows, options.calibration.stress_rows, known.days(),
             known.day());
}

}  // namespace

CLI::App* add_calibrate_groups_command(CLI::App& app) {
  const auto options = std::make_shared<CalibrateOptions>();
  backtest::GroupCalibration& terms = options->calibration;
  CLI::App* command = app.add_subcommand(
      "calibrate-groups",
      "Scenarios of the model liquidation-groups from daily closes: filtered returns, stressed "
      "dates, and the stressed quantile that matches all of the history");
  add_calibration_files(*command, options->files);
  command->add_option("--holding-days", terms.filtered.horizon, "Days of a move")
      ->check(CLI::Range(1, 20))
      ->capture_default_str();
  command->add_option("--filtered", terms.filtered.rows, "Filtered scenarios, 8 by 8")
      ->check(CLI::Range(8, 1'000))
      ->capture_default_str();
  command->add_option("--stress", terms.stress_rows, "Stressed dates")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  command->add_option("--decay", terms.filtered.filter.decay, "Of the variance, per day")
      ->check(CLI::Range(0.5, 0.9999))
      ->capture_default_str();
  command->callback([options] { run_calibration(*options); });
  return command;
}

}  // namespace margingate::tool
