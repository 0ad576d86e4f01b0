#include "report/bench_results.hpp"

#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

namespace margingate::bench {
namespace {

using nlohmann::json;

// Stolen time beyond this lets a missed gate be doubted.
constexpr double stolen_percent_max = 2.0;

double number(const json& entry, const char* key) {
  const auto found = entry.find(key);
  return found == entry.end() || !found->is_number() ? 0.0 : found->get<double>();
}

std::string case_name(const json& entry) {
  std::string name = entry.at("run_name").get<std::string>();
  for (const char* suffix : {"/manual_time", "/iterations:1"}) {
    if (const auto at = name.rfind(suffix); at != std::string::npos) name.erase(at);
  }
  return name;
}

void take_case(const json& entry, BenchResults& results) {
  const std::string name = case_name(entry);
  const bool is_row = name.starts_with("ratio/");
  const std::string row = is_row ? name.substr(6) : name;
  if (entry.contains("compared")) {
    results.equalities.push_back({row, number(entry, "compared"), number(entry, "different")});
  } else if (is_row) {
    Ratio ratio;
    ratio.name = row;
    ratio.figure = number(entry, "figure_ns");
    ratio.baseline = number(entry, "baseline_ns");
    ratio.value = number(entry, "ratio");
    ratio.low_quartile = number(entry, "ratio_q1");
    ratio.high_quartile = number(entry, "ratio_q3");
    ratio.is_ceiling = entry.contains("at_most");
    ratio.gate = number(entry, ratio.is_ceiling ? "at_most" : "at_least");
    ratio.stolen_percent = number(entry, "stolen_percent");
    ratio.needs_two_cores = entry.contains("cores");
    results.ratios.push_back(ratio);
  } else {
    const bool is_price = entry.contains("ns_per_price");
    results.figures[name] = number(entry, is_price ? "ns_per_price" : "ns");
  }
}

void take_report(const json& report, BenchResults& results) {
  const auto cases = report.find("benchmarks");
  if (cases == report.end()) return;
  for (const json& entry : *cases) {
    const std::string aggregate = entry.value("aggregate_name", "");
    const bool is_single = aggregate.empty() && entry.value("repetitions", 1) <= 1;
    if (is_single || aggregate == "median") take_case(entry, results);
  }
}

}  // namespace

// A missed gate is doubted only where the machine was taken away and the samples lie on both
// sides of it, or where the second processor was not free.
Outcome outcome(const Ratio& ratio) {
  const bool holds = ratio.is_ceiling ? ratio.value <= ratio.gate : ratio.value >= ratio.gate;
  if (holds) return Outcome::holds;
  const bool is_disturbed = ratio.stolen_percent > stolen_percent_max;
  const bool straddles = ratio.low_quartile <= ratio.gate && ratio.gate <= ratio.high_quartile;
  return is_disturbed && (straddles || ratio.needs_two_cores) ? Outcome::inconclusive
                                                              : Outcome::missed;
}

std::string to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::holds:
      return "holds";
    case Outcome::missed:
      return "MISSED";
    case Outcome::inconclusive:
      break;
  }
  return "inconclusive";
}

BenchResults read_results(const json& kept) {
  BenchResults results;
  for (const auto& [key, value] : kept.items()) {
    if (key != "reports") results.header[key] = value;
  }
  for (const auto& [name, report] : kept.at("reports").items()) {
    if (report.contains("open_loop")) results.tails = report.at("open_loop");
    take_report(report, results);
  }
  return results;
}

json read_json(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  // Google Benchmark writes what JSON has no word for: the spread of nothing but zeros.
  std::string text{std::istreambuf_iterator<char>(file), {}};
  static const std::regex not_a_number(": -?(NaN|Infinity|nan|inf)");
  json parsed = json::parse(std::regex_replace(text, not_a_number, ": null"), nullptr, false);
  if (parsed.is_discarded()) throw std::runtime_error(path + " is not JSON");
  return parsed;
}

}  // namespace margingate::bench
