// margingate simulate: the expected shortfall of an account over simulated joint returns.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "backtest/price_history.hpp"
#include "backtest/revalued_book.hpp"
#include "commands.hpp"
#include "history/daily_closes.hpp"
#include "history/volatility_filter.hpp"
#include "inputs.hpp"
#include "run/progress.hpp"
#include "simulation/expected_shortfall.hpp"
#include "simulation/return_model.hpp"
#include "statement_table.hpp"

namespace margingate::tool {
namespace {

struct SimulateOptions {
  std::string market;
  std::string portfolio;
  std::string data;
  std::string copula = "t";
  double copula_degrees = 4.0;
  double degrees = 0.0;  // of the marginals; 0: estimated
  std::size_t days = 2;
  std::size_t paths = 10'000;
  std::uint64_t seed = 1;
  double confidence = 0.99;
  history::FilterTerms filter;
  bool json = false;
};

struct Simulated {
  std::vector<std::string> underlyings;
  simulation::ReturnModel model;
  simulation::ShortfallEstimate estimate;
  double worst = 0.0;
  std::string last_day;
  std::size_t history_days = 0;
};

simulation::ReturnModel estimated(const SimulateOptions& options,
                                  const backtest::PriceHistory& history) {
  simulation::ReturnModel model;
  std::vector<std::vector<double>> standardised;
  for (const std::vector<double>& closes : history.closes) {
    const history::FilteredReturns filtered =
        history::filter_returns(history::log_returns(closes), options.filter);
    standardised.push_back(filtered.standardised);
    std::vector<double> unit = filtered.standardised;
    const double root = history::root_mean_square(unit);
    for (double& z : unit) z /= root;
    const double degrees =
        options.degrees > 0.0 ? options.degrees : simulation::most_likely_degrees(unit);
    const double horizon = std::sqrt(static_cast<double>(options.days));
    model.marginals.push_back({filtered.forecast * root * horizon, degrees});
  }
  model.correlation = simulation::rank_correlations(standardised);
  model.copula =
      options.copula == "t" ? simulation::Copula::student_t : simulation::Copula::gaussian;
  model.copula_degrees = options.copula_degrees;
  return model;
}

Simulated simulated(const SimulateOptions& options, const io::MarketFile& market) {
  const io::PortfolioFile portfolio = io::read_portfolio_file(options.portfolio, market);
  const backtest::RevaluedBook book(market, portfolio);
  const auto history = backtest::read_price_history(options.data, book.underlyings());
  Simulated result;
  result.underlyings = book.underlyings();
  result.model = estimated(options, history);
  result.last_day = history.days.back();
  result.history_days = history.days.size();
  simulation::ReturnPaths generator(result.model, options.seed);
  run::Progress progress("paths", options.paths, options.json);
  std::vector<double> losses;
  for (std::size_t path = 0; path < options.paths; ++path) {
    losses.push_back(book.loss(generator.next(), static_cast<double>(options.days)));
    progress.update(path + 1);
  }
  progress.finish(options.paths);
  result.worst = *std::max_element(losses.begin(), losses.end());
  result.estimate = simulation::expected_shortfall(std::move(losses), options.confidence);
  return result;
}

void print_simulated(const SimulateOptions& options, const Simulated& result,
                     const std::string& currency) {
  fmt::print("{} paths of {} day(s), seed {}; {} copula; {} closes to {}\n\n", options.paths,
             options.days, options.seed, options.copula == "t" ? "Student t" : "Gaussian",
             result.history_days, result.last_day);
  fmt::print("{:<12} {:>12} {:>10}   correlation\n", "underlying", "volatility", "degrees");
  for (std::size_t u = 0; u < result.underlyings.size(); ++u) {
    const simulation::Marginal& marginal = result.model.marginals[u];
    fmt::print("{:<12} {:>10.2f} % {:>10.1f}  ", result.underlyings[u], marginal.volatility * 100.0,
               marginal.degrees);
    for (const double rho : result.model.correlation[u]) fmt::print(" {:>7.3f}", rho);
    fmt::print("\n");
  }
  const simulation::ShortfallEstimate& e = result.estimate;
  const auto line = [&](const std::string& name, double amount) {
    fmt::print("{:<28} {:>20}\n", name, format_amount(amount, currency));
  };
  fmt::print("\n");
  line(fmt::format("expected shortfall, {:g} %", options.confidence * 100.0), e.expected_shortfall);
  line("  standard error", e.standard_error);
  line(fmt::format("value at risk, {:g} %", options.confidence * 100.0), e.value_at_risk);
  line("worst path", result.worst);
}

void print_json(const SimulateOptions& options, const Simulated& result,
                const std::string& currency) {
  nlohmann::ordered_json json{{"paths", options.paths},
                              {"days", options.days},
                              {"seed", options.seed},
                              {"confidence", options.confidence},
                              {"copula", options.copula},
                              {"copula_degrees", options.copula_degrees},
                              {"history_to", result.last_day},
                              {"currency", currency},
                              {"underlyings", nlohmann::ordered_json::array()},
                              {"correlation", result.model.correlation},
                              {"expected_shortfall", result.estimate.expected_shortfall},
                              {"standard_error", result.estimate.standard_error},
                              {"value_at_risk", result.estimate.value_at_risk},
                              {"worst_loss", result.worst}};
  for (std::size_t u = 0; u < result.underlyings.size(); ++u) {
    json["underlyings"].push_back({{"name", result.underlyings[u]},
                                   {"volatility", result.model.marginals[u].volatility},
                                   {"degrees", result.model.marginals[u].degrees}});
  }
  fmt::print("{}\n", json.dump(2));
}

void run_simulation(const SimulateOptions& options) {
  const io::MarketFile market = load_market(options.market);
  const Simulated result = simulated(options, market);
  options.json ? print_json(options, result, market.numeraire)
               : print_simulated(options, result, market.numeraire);
}

}  // namespace

CLI::App* add_simulate_command(CLI::App& app) {
  const auto options = std::make_shared<SimulateOptions>();
  options->data = bundled_file("data/yahoo_daily_btc_eth_sol.csv.gz");
  CLI::App* command = app.add_subcommand(
      "simulate",
      "Expected shortfall of an account over joint returns drawn at random: Student t marginals at "
      "today's volatility, joined by a copula, every path valued in full");
  command->add_option("--market", options->market, "market.json, or an option chain")->required();
  command->add_option("--portfolio", options->portfolio, "portfolio.json; orders do not count")
      ->required();
  command->add_option("--data", options->data, "Daily closes (.csv, .csv.gz)")
      ->capture_default_str();
  command->add_option("--days", options->days, "Over which the loss is made")
      ->check(CLI::Range(1, 60))
      ->capture_default_str();
  command->add_option("--paths", options->paths, "Draws")
      ->check(CLI::Range(1'000, 10'000'000))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "The same seed gives the same paths")
      ->capture_default_str();
  command->add_option("--confidence", options->confidence, "Of the shortfall")
      ->check(CLI::Range(0.5, 0.999))
      ->capture_default_str();
  command->add_option("--copula", options->copula, "What joins the marginals")
      ->check(CLI::IsMember({"t", "gaussian"}))
      ->capture_default_str();
  command->add_option("--copula-degrees", options->copula_degrees, "Of the t copula")
      ->check(CLI::Range(1.0, 1'000.0))
      ->capture_default_str();
  command
      ->add_option("--degrees", options->degrees, "Of all marginals; the likeliest ones if absent")
      ->check(CLI::Range(2.05, 1e6));
  command->add_option("--decay", options->filter.decay, "Of the variance, per day")
      ->check(CLI::Range(0.5, 0.9999))
      ->capture_default_str();
  command
      ->add_option("--volatility-floor", options->filter.floor_percentile,
                   "Percentile of past volatilities that today's does not go below")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print as JSON");
  command->callback([options] { run_simulation(*options); });
  return command;
}

}  // namespace margingate::tool
