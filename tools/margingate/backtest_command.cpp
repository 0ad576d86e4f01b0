// margingate backtest: margin called at each close against the loss realised afterwards.
#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "backtest/backtest.hpp"
#include "backtest/backtest_plot.hpp"
#include "backtest/group_calibration.hpp"
#include "backtest/historical_calibration.hpp"
#include "backtest/rolling_grid.hpp"
#include "commands.hpp"
#include "inputs.hpp"
#include "plot/svg.hpp"
#include "run/progress.hpp"
#include "statement_table.hpp"

namespace margingate::tool {
namespace {

using backtest::Backtest;
using backtest::BacktestDay;
using backtest::BacktestSummary;

// Below it the coverage is called different from the stated one.
constexpr double significance = 0.05;

struct BacktestCommand {
  std::string book;
  std::string data;
  std::vector<std::string> parameters;
  std::vector<std::string> models;
  std::string margin = "initial";
  std::string plot;
  backtest::BacktestOptions options;
  std::size_t rolling_window = 0;     // days; 0: fixed parameters alone
  std::size_t recalibrate_every = 0;  // closes; 0: as the file has them alone
  bool procyclicality = false;
  bool without_credits = false;
  bool list = false;
  bool json = false;
};

struct Refusal {
  std::string parameters;
  std::string reason;
};

struct Outcome {
  backtest::HeldBook book;
  std::vector<Backtest> backtests;
  std::vector<Refusal> refused;
};

void add_credit_twins(std::vector<compare::CandidateSet>& sets) {
  std::vector<compare::CandidateSet> twins;
  for (const compare::CandidateSet& candidate : sets) {
    if (!candidate.set) continue;
    auto without = models::without_credits(*candidate.set);
    if (without) twins.push_back({without->name, candidate.model, std::move(without), ""});
  }
  for (compare::CandidateSet& twin : twins) sets.push_back(std::move(twin));
}

// As many filtered scenarios as the window has, and half as many stressed ones.
backtest::GroupCalibration calibration_of(const BacktestCommand& command) {
  backtest::GroupCalibration terms;
  terms.filtered.horizon = command.options.horizon;
  terms.confidence = command.options.confidence;
  const std::size_t reach = terms.filtered.filter.first_days + terms.filtered.horizon + 1;
  const std::size_t days = std::max(command.rolling_window, reach + 8);
  terms.filtered.rows = std::min((days - reach) / 8 * 8, terms.filtered.rows);
  terms.stress_rows = terms.filtered.rows / 2;
  return terms;
}

struct Subject {
  std::string name;
  backtest::ParametersAsOf parameters;
  bool also_with_buffer = false;  // drawn down and rebuilt, beside it
};

void add_recalibrated(const BacktestCommand& command, const models::ParameterSet& set,
                      std::vector<Subject>& subjects) {
  std::vector<models::ParameterSet> sets{set};
  if (command.procyclicality) {
    const auto variants = backtest::procyclicality_variants(set);
    if (!variants.empty()) sets = variants;
  }
  for (const models::ParameterSet& one : sets) {
    auto calibrated = backtest::recalibrated(one, command.recalibrate_every);
    if (!calibrated) continue;
    const bool is_first = &one == &sets.front();
    subjects.push_back({one.name, std::move(*calibrated), command.procyclicality && is_first});
  }
}

// Closes before which nothing that is calibrated anew knows enough.
std::size_t days_to_calibrate(const BacktestCommand& command,
                              const std::vector<compare::CandidateSet>& sets) {
  std::size_t needed = 0;
  for (const compare::CandidateSet& candidate : sets) {
    if (command.recalibrate_every == 0 || !candidate.set) continue;
    needed = std::max(needed, backtest::calibration_days(*candidate.set));
  }
  return needed;
}

std::vector<Subject> subjects(const BacktestCommand& command,
                              const std::vector<compare::CandidateSet>& sets,
                              std::vector<Refusal>& refused) {
  std::vector<Subject> result;
  for (const compare::CandidateSet& candidate : sets) {
    if (!candidate.set) {
      refused.push_back({candidate.name, candidate.refusal});
      continue;
    }
    result.push_back({candidate.name, backtest::fixed_parameters(*candidate.set)});
    if (command.recalibrate_every > 0) add_recalibrated(command, *candidate.set, result);
    if (command.rolling_window == 0) continue;
    auto rolling = backtest::rolling_grid(
        *candidate.set,
        {command.rolling_window, command.options.horizon, command.options.confidence});
    if (!rolling) rolling = backtest::rolling_groups(*candidate.set, calibration_of(command));
    if (rolling) result.push_back({candidate.name + ", rolling", std::move(*rolling)});
  }
  return result;
}

Outcome run_all(const BacktestCommand& command) {
  Outcome outcome;
  outcome.book = backtest::read_held_book(command.book);
  const std::vector<std::string> names = outcome.book.underlyings();
  const backtest::PriceHistory history = backtest::read_price_history(command.data, names);
  std::vector<compare::CandidateSet> sets = choose_sets(command.parameters, command.models);
  if (command.without_credits) add_credit_twins(sets);
  const std::vector<Subject> all = subjects(command, sets, outcome.refused);
  run::Progress progress("days", all.size() * history.days.size(), command.json);
  std::size_t before = 0;
  backtest::BacktestOptions options = command.options;
  options.margin = command.margin == "initial" ? backtest::MarginKind::initial
                                               : backtest::MarginKind::maintenance;
  options.on_progress = [&](std::size_t done, std::size_t) { progress.update(before + done); };
  // All on the days that the rolling ones know enough of.
  if (command.rolling_window > 0 && command.rolling_window < history.days.size()) {
    options.from = std::max(options.from, history.days[command.rolling_window]);
  }
  if (const std::size_t needed = days_to_calibrate(command, sets);
      needed > 0 && needed <= history.days.size()) {
    options.from = std::max(options.from, history.days[needed - 1]);
  }
  for (const Subject& subject : all) {
    try {
      outcome.backtests.push_back(
          backtest::run_backtest(history, outcome.book, subject.parameters, options));
      if (subject.also_with_buffer) {
        outcome.backtests.push_back(backtest::with_buffer(
            outcome.backtests.back(), history::ProcyclicalityBuffer(), options));
      }
    } catch (const std::exception& error) {
      outcome.refused.push_back({subject.name, error.what()});
    }
    before += history.days.size();
  }
  progress.finish(before);
  return outcome;
}

const char* finding(const BacktestSummary& summary, double confidence) {
  if (summary.kupiec.p_value >= significance) return "as stated";
  const double expected = (1.0 - confidence) * static_cast<double>(summary.tested_days);
  return static_cast<double>(summary.tested_exceedances) > expected ? "too many" : "fewer";
}

void print_backtest(const Backtest& result, std::size_t width, double confidence) {
  const BacktestSummary& s = result.summary;
  fmt::print("{:<{}} {:>9.2f} % {:>6} {:>9.2f} % {:>16} {:>16} {:>11} {:>8.2f} {:>8.4f}  {}\n",
             result.name, width, s.margin_to_exposure * 100.0, s.exceedances, s.coverage * 100.0,
             format_amount(s.shortfall_mean, "USD"), format_amount(s.shortfall_max, "USD"),
             s.worst_day.empty() ? "-" : s.worst_day, s.kupiec.likelihood_ratio, s.kupiec.p_value,
             finding(s, confidence));
}

void print_days(const Outcome& outcome) {
  for (std::size_t n = 0; n < outcome.backtests.front().days.size(); ++n) {
    const BacktestDay& first = outcome.backtests.front().days[n];
    fmt::print("\n{}  exposure {}\n", first.day, format_amount(first.exposure, "USD"));
    for (const Backtest& result : outcome.backtests) {
      const BacktestDay& day = result.days[n];
      fmt::print("  {:<36} margin {:>18} loss {:>18}{}\n", result.name,
                 format_amount(day.margin, "USD"), format_amount(day.loss, "USD"),
                 day.is_exceedance() ? "   short by " + format_amount(day.shortfall(), "USD") : "");
    }
  }
}

void print_outcome(const BacktestCommand& command, const Outcome& outcome) {
  std::size_t width = 12;
  for (const Backtest& result : outcome.backtests) width = std::max(width, result.name.size());
  if (!outcome.backtests.empty()) {
    const Backtest& first = outcome.backtests.front();
    const double expected =
        (1.0 - command.options.confidence) * static_cast<double>(first.summary.tested_days);
    fmt::print("{}: {} margin at {} closes, {} to {}, against the loss {} day(s) later\n",
               outcome.book.name, command.margin, first.days.size(), first.days.front().day,
               first.days.back().day, command.options.horizon);
    fmt::print("{:g} % confidence: {:.1f} exceedances expected in {} tested days\n\n",
               command.options.confidence * 100.0, expected, first.summary.tested_days);
    fmt::print("{:<{}} {:>11} {:>6} {:>11} {:>16} {:>16} {:>11} {:>8} {:>8}  {}\n", "", width,
               "of exposure", "exceed", "coverage", "mean shortfall", "worst shortfall", "on", "LR",
               "p", "exceedances");
    for (const Backtest& result : outcome.backtests) {
      print_backtest(result, width, command.options.confidence);
    }
    if (command.list) print_days(outcome);
  }
  if (outcome.refused.empty()) return;
  fmt::print("\nmodels that cannot take this book\n");
  for (const Refusal& refusal : outcome.refused) {
    fmt::print("{:<{}} {}\n", refusal.parameters, width, refusal.reason);
  }
}

nlohmann::ordered_json backtest_json(const Backtest& result, bool list, double confidence) {
  const BacktestSummary& s = result.summary;
  nlohmann::ordered_json json{{"parameters", result.name},
                              {"model", result.model},
                              {"days", result.days.size()},
                              {"margin_to_exposure", s.margin_to_exposure},
                              {"exceedances", s.exceedances},
                              {"coverage", s.coverage},
                              {"shortfall_mean", s.shortfall_mean},
                              {"shortfall_max", s.shortfall_max},
                              {"worst_day", s.worst_day},
                              {"worst_loss_to_margin", s.worst_loss_to_margin},
                              {"tested_days", s.tested_days},
                              {"tested_exceedances", s.tested_exceedances},
                              {"kupiec_likelihood_ratio", s.kupiec.likelihood_ratio},
                              {"kupiec_p_value", s.kupiec.p_value},
                              {"exceedances_are", finding(s, confidence)}};
  json["exceedance_days"] = nlohmann::ordered_json::array();
  for (const BacktestDay& day : result.days) {
    if (!list && !day.is_exceedance()) continue;
    json["exceedance_days"].push_back(
        {{"day", day.day}, {"exposure", day.exposure}, {"margin", day.margin}, {"loss", day.loss}});
  }
  return json;
}

void print_json(const BacktestCommand& command, const Outcome& outcome) {
  nlohmann::ordered_json json{{"book", outcome.book.name},
                              {"margin", command.margin},
                              {"horizon_days", command.options.horizon},
                              {"confidence", command.options.confidence},
                              {"models", nlohmann::ordered_json::array()},
                              {"refused", nlohmann::ordered_json::array()}};
  for (const Backtest& result : outcome.backtests) {
    json["models"].push_back(backtest_json(result, command.list, command.options.confidence));
  }
  for (const Refusal& refusal : outcome.refused) {
    json["refused"].push_back({{"parameters", refusal.parameters}, {"reason", refusal.reason}});
  }
  fmt::print("{}\n", json.dump(2));
}

void run_command(const BacktestCommand& command) {
  const Outcome outcome = run_all(command);
  command.json ? print_json(command, outcome) : print_outcome(command, outcome);
  if (outcome.backtests.empty()) throw CLI::RuntimeError(exit_negative);
  if (command.plot.empty()) return;
  const std::string subtitle =
      fmt::format("{} margin called at each close, loss {} day(s) later; rings: loss above margin",
                  command.margin, command.options.horizon);
  plot::write_svg(command.plot, backtest_svg(outcome.book.name, subtitle, outcome.backtests));
}

}  // namespace

CLI::App* add_backtest_command(CLI::App& app) {
  const auto command = std::make_shared<BacktestCommand>();
  command->data = bundled_file("data/yahoo_daily_btc_eth_sol.csv.gz");
  CLI::App* sub = app.add_subcommand(
      "backtest",
      "Positions held through a price history: margin called at each close against the loss "
      "realised afterwards, per model; exit code 1 when no model can take the book");
  sub->add_option("--book", command->book, "book.json: what is held")->required();
  sub->add_option("--data", command->data, "Daily closes (.csv, .csv.gz)")->capture_default_str();
  sub->add_option("--parameters", command->parameters,
                  "Parameter files or names of bundled sets; the newest bundled set of every model "
                  "unless given");
  sub->add_option("--models", command->models, "Only these models")->delimiter(',');
  sub->add_flag("--without-credits", command->without_credits,
                "Also every set that has credits between risk units without them");
  sub->add_option("--rolling-window", command->rolling_window,
                  "Also every generic grid moved, and every liquidation group calibrated, at each "
                  "close to so many days before")
      ->check(CLI::Range(20, 2'000));
  sub->add_option("--recalibrate-every", command->recalibrate_every,
                  "Also every historical set calibrated anew at the first close and every so many "
                  "after it")
      ->check(CLI::Range(1, 1'000));
  sub->add_flag("--procyclicality", command->procyclicality,
                "Of sets calibrated anew the filtered scenarios alone, with a buffer of 25 %, with "
                "a quarter of stressed ones, and with a long-run floor");
  sub->add_option("--horizon", command->options.horizon, "Days over which the loss is realised")
      ->check(CLI::Range(1, 250))
      ->capture_default_str();
  sub->add_option("--confidence", command->options.confidence, "Coverage that is tested")
      ->check(CLI::Range(0.5, 0.9999))
      ->capture_default_str();
  sub->add_option("--margin", command->margin, "Which margin is called")
      ->check(CLI::IsMember({"initial", "maintenance"}))
      ->capture_default_str();
  sub->add_option("--from", command->options.from, "First day, as in 2022-05-01");
  sub->add_option("--to", command->options.to, "Last day");
  sub->add_option("--plot", command->plot, "Draw margins and losses into this SVG file");
  sub->add_flag("--list", command->list, "Every day, not the summary alone");
  sub->add_flag("--json", command->json, "Print as JSON");
  sub->callback([command] { run_command(*command); });
  return sub;
}

}  // namespace margingate::tool
