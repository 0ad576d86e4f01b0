#include "plot/line_plot.hpp"

#include <stdexcept>

#include "plot/svg.hpp"

namespace margingate::plot {
namespace {

constexpr double marker_radius = 3.5;

void draw(Svg& svg, const Area& area, const Range& x, const Range& y, const LineSeries& series,
          const std::string& colour) {
  std::vector<double> points;
  for (const Point& point : series.points) {
    points.push_back(area.x(x.place(point.x)));
    points.push_back(area.y(y.place(point.y)));
  }
  svg.polyline((series.is_dashed ? "line dash " : "line ") + colour, points);
  for (const Point& mark : series.marks) {
    svg.circle("line " + colour, area.x(x.place(mark.x)), area.y(y.place(mark.y)), marker_radius);
  }
  if (!series.has_markers) return;
  for (std::size_t i = 0; i < points.size(); i += 2) {
    svg.circle("fill " + colour, points[i], points[i + 1], marker_radius);
  }
}

}  // namespace

std::string svg(const LinePlot& plot) {
  if (plot.series.empty()) throw std::invalid_argument("plot '" + plot.title + "': no series");
  std::vector<double> xs;
  std::vector<double> ys;
  std::vector<LegendEntry> legend;
  for (const LineSeries& series : plot.series) {
    if (series.points.empty()) {
      throw std::invalid_argument("plot '" + plot.title + "': series '" + series.name +
                                  "' has no points");
    }
    for (const Point& point : series.points) {
      xs.push_back(point.x);
      ys.push_back(point.y);
    }
    for (const Point& mark : series.marks) {
      xs.push_back(mark.x);
      ys.push_back(mark.y);
    }
    legend.push_back({series.name, series.is_dashed ? Mark::dashed_line : Mark::line});
  }
  const Range x(plot.x, xs);
  const Range y(plot.y, ys);
  const Area area;
  Svg drawing(drawing_width, drawing_height);
  draw_titles(drawing, area, plot.title, plot.subtitle);
  draw_x_axis(drawing, area, plot.x, x.ticks(), x);
  draw_y_axis(drawing, area, plot.y, y.ticks(), y);
  for (std::size_t n = 0; n < plot.series.size(); ++n) {
    draw(drawing, area, x, y, plot.series[n], series_class(n));
  }
  draw_legend(drawing, area, legend);
  return drawing.document(plot.title);
}

}  // namespace margingate::plot
