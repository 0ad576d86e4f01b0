// Lines over a common pair of axes, as an SVG document.
//
// Shape    one or more series of points, drawn in their order.
// Units    those of the axes.
// Sign     see Axis.
// Range    finite values.
// Errors   std::invalid_argument for no series, an empty series or a value that does not fit.
// Threads  pure. Safe from any thread.
// Cost     allocates; reports only.
// Source   none.
#pragma once

#include <string>
#include <vector>

#include "plot/axis.hpp"

namespace margingate::plot {

struct Point {
  double x = 0.0;
  double y = 0.0;
};

struct LineSeries {
  std::string name;
  std::vector<Point> points;
  bool is_dashed = false;      // for floors and baselines
  bool has_markers = false;    // a dot at every point
  std::vector<Point> marks{};  // rings at places of their own, in the colour of the line
};

struct LinePlot {
  std::string title;
  std::string subtitle;  // how it was measured; may be empty
  Axis x;
  Axis y;
  std::vector<LineSeries> series;
};

[[nodiscard]] std::string svg(const LinePlot& plot);

}  // namespace margingate::plot
