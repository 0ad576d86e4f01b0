#include "report/table.hpp"

#include <fmt/format.h>

#include <cmath>

namespace margingate::bench {
namespace {

// The rows of the open loop that are held against a gate: a hot decision's p99 against that of an
// empty bracket on the same schedule.
constexpr double tail_ratio_max = 5.0;

// Four significant digits, and a unit that fits.
std::string time_text(double ns) {
  if (ns >= 1e6) return fmt::format("{:.2f} ms", ns * 1e-6);
  if (ns >= 1e4) return fmt::format("{:.2f} us", ns * 1e-3);
  return fmt::format("{:.{}f} ns", ns, ns < 10.0 ? 2 : 1);
}

std::string ratio_text(double ratio) {
  return fmt::format("{:.{}f}", ratio, ratio >= 100.0 ? 0 : 2);
}

std::string line(const std::string& name, const std::string& figure, const std::string& baseline,
                 const std::string& ratio, const std::string& gate, const std::string& verdict) {
  return fmt::format("{:<62} {:>11} {:>11} {:>8} {:>9}  {}\n", name, figure, baseline, ratio, gate,
                     verdict);
}

std::string ratio_line(const Ratio& r) {
  return line(r.name, time_text(r.figure), time_text(r.baseline), ratio_text(r.value),
              fmt::format("{} {}", r.is_ceiling ? "<=" : ">=", ratio_text(r.gate)),
              to_string(outcome(r)));
}

Ratio tail_ratio(const nlohmann::json& tail) {
  Ratio r;
  r.name = fmt::format("tail_open_loop/{}/load:{:.0f}%/p99/empty_bracket",
                       tail.at("name").get<std::string>(), 100.0 * tail.at("load").get<double>());
  r.figure = tail.at("service").at("p99").get<double>();
  r.baseline = tail.at("floor_service").at("p99").get<double>();
  r.value = r.figure / std::max(r.baseline, 1.0);
  r.low_quartile = r.high_quartile = r.value;
  r.gate = tail_ratio_max;
  r.stolen_percent = tail.at("stolen_percent").get<double>();
  r.needs_two_cores = true;  // a disturbed machine decides nothing here
  return r;
}

std::string quantiles(const nlohmann::json& tail, const char* which) {
  const auto& d = tail.at(which);
  const bool conclusive = tail.at("conclusive_beyond_p99").get<bool>();
  return fmt::format("{:>8} {:>8} {:>8}{} {:>10}", d.at("p50").get<double>(),
                     d.at("p99").get<double>(), d.at("p99.9").get<double>(), conclusive ? ' ' : '?',
                     d.at("max").get<double>());
}

std::string tails(const BenchResults& results) {
  if (results.tails.empty()) return "";
  std::string text = fmt::format("\n{:<40} {:>6} {:^38} {:^38}\n", "open loop, ns", "load",
                                 "service: p50, p99, p99.9, max", "empty bracket");
  for (const auto& tail : results.tails) {
    text += fmt::format("{:<40} {:>5.0f}% {} {}\n", tail.at("name").get<std::string>(),
                        100.0 * tail.at("load").get<double>(), quantiles(tail, "service"),
                        quantiles(tail, "floor_service"));
    text += fmt::format("{:<40} {:>6} {} {}\n", "  response, waiting included", "",
                        quantiles(tail, "response"), quantiles(tail, "floor_response"));
  }
  return text + "? inconclusive: more than 2 % of the time was stolen\n";
}

bool is_hot(const nlohmann::json& tail) {
  return tail.at("name").get<std::string>().ends_with("/hot");
}

}  // namespace

std::string table(const BenchResults& results) {
  std::string text = line("name", "figure", "baseline", "ratio", "gate", "verdict");
  for (const Ratio& ratio : results.ratios) text += ratio_line(ratio);
  for (const auto& tail : results.tails) {
    if (is_hot(tail)) text += ratio_line(tail_ratio(tail));
  }
  for (const Equality& e : results.equalities) {
    text += line(e.name, fmt::format("{:.0f}", e.compared), "-", fmt::format("{:.0f}", e.different),
                 "= 0", e.different == 0.0 ? "holds" : "MISSED");
  }
  return text + tails(results);
}

int missed(const BenchResults& results) {
  int count = 0;
  for (const Ratio& ratio : results.ratios) count += outcome(ratio) == Outcome::missed ? 1 : 0;
  for (const Equality& e : results.equalities) count += e.different != 0.0 ? 1 : 0;
  return count;
}

}  // namespace margingate::bench
