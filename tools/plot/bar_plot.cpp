#include "plot/bar_plot.hpp"

#include <algorithm>
#include <stdexcept>

#include "plot/svg.hpp"

namespace margingate::plot {
namespace {

constexpr double bars_share = 0.8;  // of a group's width; the rest separates groups

void require(bool is_good, const BarPlot& plot, const std::string& what) {
  if (!is_good) throw std::invalid_argument("plot '" + plot.title + "': " + what);
}

// Every value, and the zero that linear bars stand on.
std::vector<double> values_of(const BarPlot& plot) {
  require(!plot.groups.empty(), plot, "no groups");
  require(!plot.series.empty(), plot, "no series");
  std::vector<double> values;
  for (const BarSeries& series : plot.series) {
    require(series.values.size() == plot.groups.size(), plot,
            "series '" + series.name + "' needs one value per group");
    values.insert(values.end(), series.values.begin(), series.values.end());
  }
  if (plot.value.scale == Scale::linear) values.push_back(0.0);
  return values;
}

// Bars on a logarithmic axis stand on the decade below the least value, so that it is seen.
Axis value_axis(const BarPlot& plot, const std::vector<double>& values) {
  Axis axis = plot.value;
  if (axis.scale == Scale::logarithmic && !axis.low) {
    axis.low = *std::min_element(values.begin(), values.end()) / 4.0;
  }
  return axis;
}

}  // namespace

std::string svg(const BarPlot& plot) {
  const std::vector<double> values = values_of(plot);
  const Axis axis = value_axis(plot, values);
  const Range range(axis, values);
  const Area area;
  Svg drawing(drawing_width, drawing_height);
  draw_titles(drawing, area, plot.title, plot.subtitle);

  const double groups = static_cast<double>(plot.groups.size());
  const Axis across{plot.group_label, "", Scale::linear, 0.0, groups, {}};
  std::vector<Tick> names;
  for (std::size_t g = 0; g < plot.groups.size(); ++g) {
    names.push_back({static_cast<double>(g) + 0.5, plot.groups[g]});
  }
  const Range places(across, {});
  draw_y_axis(drawing, area, axis, range.ticks(), range);

  const double base = area.y(range.place(axis.scale == Scale::linear ? 0.0 : range.low()));
  const double width = bars_share / static_cast<double>(plot.series.size());
  std::vector<LegendEntry> legend;
  for (std::size_t n = 0; n < plot.series.size(); ++n) {
    for (std::size_t g = 0; g < plot.groups.size(); ++g) {
      const double start =
          static_cast<double>(g) + (1.0 - bars_share) / 2.0 + static_cast<double>(n) * width;
      const double left = area.x(places.place(start));
      const double right = area.x(places.place(start + width * 0.92));
      const double end = area.y(range.place(plot.series[n].values[g]));
      drawing.rectangle("fill " + series_class(n), left, std::min(base, end), right - left,
                        std::max(base, end) - std::min(base, end));
    }
    legend.push_back({plot.series[n].name, Mark::bar});
  }
  draw_x_axis(drawing, area, across, names, places);
  draw_legend(drawing, area, legend);
  return drawing.document(plot.title);
}

}  // namespace margingate::plot
