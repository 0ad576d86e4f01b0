#include "backtest/backtest_plot.hpp"

#include <algorithm>
#include <cmath>

#include "plot/line_plot.hpp"

namespace margingate::backtest {
namespace {

constexpr std::int64_t day_ns = 86'400'000'000'000;
constexpr std::size_t ticks_max = 9;
constexpr double invisible = 1e-3;  // percent of exposure

double place(const BacktestDay& day) { return static_cast<double>(day.time.ns / day_ns); }

double share(double amount, const BacktestDay& day) {
  return day.exposure > 0.0 ? amount / day.exposure * 100.0 : 0.0;
}

plot::LineSeries loss_series(const Backtest& backtest) {
  plot::LineSeries series{"realised loss", {}, false, false};
  for (const BacktestDay& day : backtest.days) {
    series.points.push_back({place(day), std::max(share(day.loss, day), 0.0)});
  }
  return series;
}

// Stretches on which the share stays the same, to well below a pixel, keep their ends alone.
plot::LineSeries margin_series(const Backtest& backtest) {
  plot::LineSeries series{backtest.name, {}, false, false};
  std::vector<plot::Point>& points = series.points;
  for (const BacktestDay& day : backtest.days) {
    const plot::Point point{place(day), share(day.margin, day)};
    const auto is_same = [&](const plot::Point& other) {
      return std::fabs(other.y - point.y) < invisible;
    };
    const bool is_flat =
        points.size() >= 2 && is_same(points.back()) && is_same(*(points.end() - 2));
    if (is_flat) points.pop_back();
    points.push_back(point);
  }
  return series;
}

// First days of years when there are several, of months otherwise, or single days.
std::vector<plot::Tick> date_ticks(const std::vector<BacktestDay>& days) {
  for (const std::size_t length : {std::size_t{4}, std::size_t{7}, std::size_t{10}}) {
    std::vector<plot::Tick> ticks;
    std::string last = days.front().day.substr(0, length);
    for (const BacktestDay& day : days) {
      std::string label = day.day.substr(0, length);
      if (label == last && length < 10) continue;
      last = label;
      // Single days go without their year.
      ticks.push_back({place(day), length < 10 ? label : label.substr(5)});
    }
    if (ticks.size() < 3 && length < 10) continue;
    const std::size_t stride = (ticks.size() + ticks_max - 1) / ticks_max;
    std::vector<plot::Tick> kept;
    for (std::size_t n = 0; n < ticks.size(); n += stride) kept.push_back(ticks[n]);
    return kept;
  }
  return {};
}

}  // namespace

std::string backtest_svg(const std::string& title, const std::string& subtitle,
                         const std::vector<Backtest>& backtests) {
  plot::LinePlot plot;
  plot.title = title;
  plot.subtitle = subtitle;
  plot.x = {"close that called the margin", "", plot::Scale::linear, {}, {}, {}};
  plot.x.ticks = date_ticks(backtests.front().days);
  plot.y = {"of gross exposure", "%", plot::Scale::linear, 0.0, {}, {}};
  plot.series.push_back(loss_series(backtests.front()));
  for (const Backtest& backtest : backtests) {
    plot.series.push_back(margin_series(backtest));
    for (const BacktestDay& day : backtest.days) {
      if (!day.is_exceedance()) continue;
      plot.series.back().marks.push_back({place(day), share(day.loss, day)});
    }
  }
  return plot::svg(plot);
}

}  // namespace margingate::backtest
