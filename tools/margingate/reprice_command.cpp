// margingate reprice: the pricing kernel against the marks of recorded option chains.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "commands.hpp"
#include "io/option_chain.hpp"
#include "pricing/black76.hpp"
#include "pricing/elementary.hpp"

namespace margingate::tool {
namespace {

constexpr double ns_per_year = 365.0 * 86'400.0 * 1e9;
constexpr std::array<double, 4> quantiles{0.50, 0.90, 0.99, 0.999};

struct RepriceOptions {
  std::vector<std::string> files;
  bool json = false;
};

struct ErrorSummary {
  std::string group;
  std::size_t options = 0;
  std::array<double, quantiles.size()> at{};
  double max = 0.0;
};

// |kernel - mark| in the coin, on the forward that the marks themselves imply.
double pricing_error(const io::OptionRow& row, double forward, Timestamp as_of) {
  const double years = static_cast<double>((row.expiry - as_of).value) / ns_per_year;
  const double total_volatility = row.mark_volatility * std::sqrt(std::max(years, 0.0));
  const auto point =
      pricing::black76(forward, pricing::log_ratio_portable(forward, row.strike), total_volatility,
                       row.strike, row.type == OptionType::call, 0.0);
  return std::fabs(point.value / forward - row.mark_price);
}

std::vector<double> errors_of(const io::OptionChain& chain) {
  std::vector<double> errors;
  for (const io::OptionRow& row : chain.rows) {
    const double forward = chain.find_forward(row.coin, row.expiry)->forward;
    errors.push_back(pricing_error(row, forward, chain.as_of));
  }
  return errors;
}

// The smallest error that at least this share of the options does not exceed.
double quantile(const std::vector<double>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted.at(std::clamp<std::size_t>(rank, 1, sorted.size()) - 1);
}

ErrorSummary summarise(const std::string& group, std::vector<double> errors) {
  ErrorSummary summary;
  summary.group = group;
  summary.options = errors.size();
  std::sort(errors.begin(), errors.end());
  for (std::size_t i = 0; i < quantiles.size(); ++i) {
    summary.at[i] = quantile(errors, quantiles[i]);
  }
  summary.max = errors.back();
  return summary;
}

std::string base_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

void print_table(const std::vector<ErrorSummary>& summaries) {
  std::size_t width = 8;
  for (const ErrorSummary& s : summaries) width = std::max(width, s.group.size());
  fmt::print("absolute error of the option price, in the coin\n\n");
  fmt::print("{:<{}} {:>9} {:>10} {:>10} {:>10} {:>10} {:>10}\n", "chain", width, "options", "p50",
             "p90", "p99", "p99.9", "max");
  for (const ErrorSummary& s : summaries) {
    fmt::print("{:<{}} {:>9}", s.group, width, s.options);
    for (const double value : s.at) fmt::print(" {:>10.2e}", value);
    fmt::print(" {:>10.2e}\n", s.max);
  }
}

void print_json(const std::vector<ErrorSummary>& summaries) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const ErrorSummary& s : summaries) {
    json.push_back({{"chain", s.group},
                    {"options", s.options},
                    {"p50", s.at[0]},
                    {"p90", s.at[1]},
                    {"p99", s.at[2]},
                    {"p99_9", s.at[3]},
                    {"max", s.max}});
  }
  fmt::print("{}\n", json.dump(2));
}

void run_reprice(const RepriceOptions& options) {
  std::vector<ErrorSummary> summaries;
  std::vector<double> all;
  for (const std::string& file : options.files) {
    const std::vector<double> errors = errors_of(io::read_option_chain(file));
    all.insert(all.end(), errors.begin(), errors.end());
    summaries.push_back(summarise(base_name(file), errors));
  }
  if (options.files.size() > 1) summaries.push_back(summarise("all", all));
  if (options.json) {
    print_json(summaries);
  } else {
    print_table(summaries);
  }
}

}  // namespace

CLI::App* add_reprice_command(CLI::App& app) {
  const auto options = std::make_shared<RepriceOptions>();
  CLI::App* command = app.add_subcommand(
      "reprice", "Reprice every option of recorded chains with the kernel, against their marks");
  command->add_option("files", options->files, "Option chains (.csv, .csv.gz)")->required();
  command->add_flag("--json", options->json, "Print the table as JSON");
  command->callback([options] { run_reprice(*options); });
  return command;
}

}  // namespace margingate::tool
