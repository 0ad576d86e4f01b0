// Groups of bars side by side, as an SVG document.
//
// Shape    every series has one value per group.
// Units    those of the value axis.
// Sign     linear axes start at zero unless told otherwise; logarithmic ones at their low end.
// Range    finite values, positive on a logarithmic axis.
// Errors   std::invalid_argument for no group, no series, a count or a value that does not fit.
// Threads  pure. Safe from any thread.
// Cost     allocates; reports only.
// Source   none.
#pragma once

#include <string>
#include <vector>

#include "plot/axis.hpp"

namespace margingate::plot {

struct BarSeries {
  std::string name;
  std::vector<double> values;  // by group
};

struct BarPlot {
  std::string title;
  std::string subtitle;  // how it was measured; may be empty
  std::string group_label;
  std::vector<std::string> groups;
  Axis value;
  std::vector<BarSeries> series;
};

[[nodiscard]] std::string svg(const BarPlot& plot);

}  // namespace margingate::plot
