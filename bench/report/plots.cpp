#include "report/plots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "plot/bar_plot.hpp"
#include "plot/line_plot.hpp"
#include "plot/svg.hpp"

namespace margingate::bench {
namespace {

using plot::LineSeries;
using plot::Scale;

std::string measured_on(const BenchResults& results) {
  const auto text = [&](const char* key) { return results.header.value(key, std::string("?")); };
  return fmt::format("{}, {}, commit {}", text("cpu"), text("compiler"), text("commit"));
}

// Figures whose names are prefix + number + suffix, by number.
LineSeries series(const BenchResults& results, const std::string& name, const std::string& prefix,
                  const std::string& suffix) {
  LineSeries line{name, {}, false, true};
  for (const auto& [key, ns] : results.figures) {
    if (!key.starts_with(prefix) || !key.ends_with(suffix)) continue;
    const std::string middle =
        key.substr(prefix.size(), key.size() - prefix.size() - suffix.size());
    double x = 0.0;
    const auto parsed = std::from_chars(middle.data(), middle.data() + middle.size(), x);
    if (parsed.ec != std::errc{} || parsed.ptr != middle.data() + middle.size()) continue;
    line.points.push_back({x, ns});
  }
  std::sort(line.points.begin(), line.points.end(),
            [](const plot::Point& a, const plot::Point& b) { return a.x < b.x; });
  return line;
}

std::optional<std::string> lines(const BenchResults& results, const std::string& title,
                                 plot::Axis x, plot::Axis y, std::vector<LineSeries> all) {
  std::erase_if(all, [](const LineSeries& line) { return line.points.empty(); });
  if (all.empty()) return std::nullopt;
  return svg(
      plot::LinePlot{title, measured_on(results), std::move(x), std::move(y), std::move(all)});
}

plot::Axis latency_axis() { return {"one decision", "ns", Scale::linear, 0.0, {}, {}}; }

std::optional<std::string> against_legs(const BenchResults& results) {
  return lines(results, "A decision costs the same with one leg and with a thousand",
               {"legs of the account", "", Scale::logarithmic, {}, {}, {}}, latency_axis(),
               {series(results, "one after the other", "gate/check/legs:", "/serialized"),
                series(results, "overlapping", "gate/check/legs:", "/independent")});
}

// The benchmark counts working orders over eight accounts.
std::optional<std::string> against_working_orders(const BenchResults& results) {
  constexpr double accounts = 8.0;
  std::vector<LineSeries> all{
      series(results, "one after the other", "gate/check/legs:20/working:", "/serialized"),
      series(results, "overlapping", "gate/check/legs:20/working:", "/independent")};
  for (LineSeries& line : all) {
    for (plot::Point& point : line.points) point.x /= accounts;
  }
  return lines(results, "Working orders add nothing to a decision",
               {"working orders of the account", "", Scale::logarithmic, {}, {}, {}},
               latency_axis(), std::move(all));
}

std::optional<std::string> against_accounts(const BenchResults& results) {
  LineSeries floor =
      series(results, "reading the same cache lines", "cold/floor_touch/accounts:", "");
  floor.is_dashed = true;
  return lines(results, "A decision on one of many accounts costs the memory it touches",
               {"accounts", "", Scale::logarithmic, {}, {}, {}}, latency_axis(),
               {series(results, "decision", "cold/check/accounts:", ""),
                series(results, "told four orders ahead", "cold/check_prefetched/accounts:", ""),
                series(results, "in batches", "cold/check_batch/accounts:", ""), floor});
}

// Percentiles drawn over 1 / (1 - share), so that every nine gets the same room.
LineSeries percentile_curve(const nlohmann::json& tail, const char* which, std::string name,
                            bool is_dashed) {
  LineSeries line{std::move(name), {}, is_dashed, false};
  const bool conclusive = tail.at("conclusive_beyond_p99").get<bool>();
  for (const auto& point : tail.at(which).at("curve")) {
    const double share = point.at(0).get<double>();
    if (share < 0.1 || (!conclusive && share >= 0.999)) continue;
    line.points.push_back({1.0 / (1.0 - share), std::max(1.0, point.at(1).get<double>())});
  }
  return line;
}

std::optional<std::string> percentiles(const BenchResults& results) {
  constexpr double load = 0.5;
  std::vector<LineSeries> all;
  bool has_floor = false;
  for (const auto& tail : results.tails) {
    if (tail.at("load").get<double>() != load) continue;
    const std::string name = tail.at("name").get<std::string>();
    if (!has_floor) all.push_back(percentile_curve(tail, "floor_service", "empty bracket", true));
    has_floor = true;
    all.push_back(percentile_curve(tail, "service", name, false));
  }
  plot::Axis x{"percentile", "", Scale::logarithmic, 1.1, 1e4, {}};
  x.ticks = {{2.0, "p50"}, {10.0, "p90"}, {100.0, "p99"}, {1e3, "p99.9"}, {1e4, "p99.99"}};
  return lines(results, "Latency of a decision by percentile, open loop at half of capacity",
               std::move(x), {"service time", "ns", Scale::logarithmic, {}, {}, {}},
               std::move(all));
}

std::optional<std::string> pricing(const BenchResults& results) {
  plot::BarPlot bars;
  bars.title = "Prices of a scenario grid on one core";
  bars.subtitle = measured_on(results);
  bars.value = {"prices a second", "million", Scale::logarithmic, {}, {}, {}};
  plot::BarSeries millions{"2,048 options in 32 scenarios", {}};
  const std::vector<std::pair<std::string, std::string>> cases{
      {"avx512", "AVX-512"},
      {"avx2", "AVX2"},
      {"scalar", "scalar"},
      {"ref_libm", "C library"},
      {"quantlib_blackFormula", "blackFormula"},
      {"quantlib_BlackCalculator", "BlackCalculator"},
      {"quantlib_AnalyticEuropeanEngine", "QuantLib engine"}};
  for (const auto& [key, label] : cases) {
    const auto found = results.figures.find("price_grid/" + key);
    if (found == results.figures.end()) continue;
    bars.groups.push_back(label);
    millions.values.push_back(1e3 / found->second);
  }
  if (bars.groups.empty()) return std::nullopt;
  bars.series.push_back(millions);
  return svg(bars);
}

}  // namespace

std::vector<std::string> write_plots(const BenchResults& results, const std::string& directory) {
  std::vector<std::string> written;
  const auto write = [&](const char* name, const std::optional<std::string>& document) {
    if (!document) return;
    written.push_back(directory + "/" + name + ".svg");
    plot::write_svg(written.back(), *document);
  };
  write("decision-by-legs", against_legs(results));
  write("decision-by-working-orders", against_working_orders(results));
  write("decision-by-accounts", against_accounts(results));
  write("decision-percentiles", percentiles(results));
  write("pricing-throughput", pricing(results));
  return written;
}

}  // namespace margingate::bench
