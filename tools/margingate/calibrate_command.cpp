// margingate calibrate: the scenarios of historical simulation from daily closes.
#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "backtest/historical_calibration.hpp"
#include "calibration_files.hpp"
#include "commands.hpp"
#include "inputs.hpp"
#include "io/parameter_file.hpp"
#include "io/text_file.hpp"
#include "parameter_text.hpp"

namespace margingate::tool {
namespace {

using Json = nlohmann::ordered_json;
using models::HistoricalParameters;

struct CalibrateOptions {
  CalibrationFiles files;
  std::string to;
  std::optional<double> decay;
  std::optional<double> volatility_floor;
  std::optional<std::uint32_t> horizon;
  std::optional<std::uint32_t> rows;         // of measures at a scaled volatility
  std::optional<std::uint32_t> stress_rows;  // of stressed measures
};

void take_over(const CalibrateOptions& options, HistoricalParameters& parameters) {
  models::HistoricalCalibration& terms = parameters.calibration;
  terms.decay = options.decay.value_or(terms.decay);
  terms.volatility_floor_percentile =
      options.volatility_floor.value_or(terms.volatility_floor_percentile);
  terms.horizon_days = options.horizon.value_or(terms.horizon_days);
  for (models::HistoricalMeasure& measure : parameters.measures) {
    const bool is_stressed = measure.source == models::HistoricalSource::stressed;
    measure.rows = (is_stressed ? options.stress_rows : options.rows).value_or(measure.rows);
  }
}

std::size_t last_day(const backtest::PriceHistory& history, const std::string& to) {
  if (to.empty()) return history.days.size() - 1;
  const auto end = std::upper_bound(history.days.begin(), history.days.end(), to);
  if (end == history.days.begin()) {
    throw std::runtime_error("--to " + to + ": expected a day from " + history.days.front() +
                             " on");
  }
  return static_cast<std::size_t>(end - history.days.begin()) - 1;
}

void put_moves(const HistoricalParameters& parameters,
               const models::HistoricalUnderlying& underlying, Json& target) {
  for (std::size_t m = 0; m < parameters.measures.size(); ++m) {
    const std::string& name = parameters.measures[m].name;
    target["price_moves"][name] = underlying.price_moves[m];
    target["volatility_moves"][name] = underlying.volatility_moves[m];
  }
}

void put_numbers(const HistoricalParameters& parameters, Json& json) {
  Json& calibration = json["calibration"];
  calibration["decay"] = parameters.calibration.decay;
  calibration["volatility_floor_percentile"] = parameters.calibration.volatility_floor_percentile;
  calibration["horizon_days"] = parameters.calibration.horizon_days;
  for (std::size_t m = 0; m < parameters.measures.size(); ++m) {
    json["measures"][m]["rows"] = parameters.measures[m].rows;
  }
  put_moves(parameters, parameters.underlyings.standard, json["underlyings"]["default"]);
  for (const auto& [name, underlying] : parameters.underlyings.own) {
    put_moves(parameters, underlying, json["underlyings"][name]);
  }
}

void run_calibration(const CalibrateOptions& options) {
  const std::string text = io::read_text_file(options.files.pattern);
  models::ParameterSet set = io::parse_parameter_file(options.files.pattern, text);
  auto* const parameters = std::get_if<HistoricalParameters>(&set.numbers);
  if (parameters == nullptr) {
    throw std::runtime_error(options.files.pattern + ": model: expected historical, found " +
                             set.model);
  }
  std::vector<std::string> names;
  for (const auto& [name, underlying] : parameters->underlyings.own) names.push_back(name);
  if (names.empty()) {
    throw std::runtime_error(options.files.pattern +
                             ": underlyings: expected one beside the default");
  }
  take_over(options, *parameters);
  const auto history = backtest::read_price_history(options.files.data, names);
  const backtest::HistoryUpTo known(history, last_day(history, options.to));
  const models::ParameterSet calibrated = backtest::calibrate_historical(set, known);
  Json json = Json::parse(text);
  if (!options.files.name.empty()) json["name"] = options.files.name;
  json["date"] = known.day();
  put_numbers(std::get<HistoricalParameters>(calibrated.numbers), json);
  write_parameters(options.files.output, json);
  if (options.files.output.empty()) return;
  fmt::print("{}: {} days, {} to {}\n", options.files.output, known.days(), history.days.front(),
             known.day());
  for (const models::HistoricalMeasure& measure :
       std::get<HistoricalParameters>(calibrated.numbers).measures) {
    fmt::print("  {:<12} {:>5} rows, weight {:g}\n", measure.name, measure.rows, measure.weight);
  }
}

}  // namespace

CLI::App* add_calibrate_command(CLI::App& app) {
  const auto options = std::make_shared<CalibrateOptions>();
  CLI::App* command = app.add_subcommand(
      "calibrate",
      "Scenarios of the model historical from daily closes: returns at today's volatility, at that "
      "of all the history, and the farthest moves as they happened");
  add_calibration_files(*command, options->files);
  command->add_option("--to", options->to, "Last day that counts, as in 2024-06-30");
  command->add_option("--decay", options->decay, "Of the variance, per day; else the file's")
      ->check(CLI::Range(0.5, 0.9999));
  command
      ->add_option(
          "--volatility-floor", options->volatility_floor,
          "Percentile of past volatilities that today's does not go below; else the file's")
      ->check(CLI::Range(0.0, 1.0));
  command->add_option("--horizon", options->horizon, "Days of a move; else the file's")
      ->check(CLI::Range(1, 20));
  command->add_option("--rows", options->rows, "Of each scaled measure, 8 by 8; else the file's")
      ->check(CLI::Range(8, 1'000));
  command->add_option("--stress-rows", options->stress_rows, "Stressed dates; else the file's")
      ->check(CLI::Range(1, 1'000));
  command->callback([options] { run_calibration(*options); });
  return command;
}

}  // namespace margingate::tool
