// Rows with several measures each: panels of horizontal bars side by side, as an SVG document.
//
// Shape    every row has one value per panel; each panel has a scale of its own.
// Units    those of the panel, which its title names.
// Sign     bars of negative values go left of the panel's zero.
// Range    finite values.
// Errors   std::invalid_argument for no row, no panel or a count that does not fit.
// Threads  pure. Safe from any thread.
// Cost     allocates; reports only.
// Source   small multiples on common rows, as is common in the field.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace margingate::plot {

struct PanelValue {
  double value = 0.0;
  std::string label;           // printed beside the bar
  std::optional<double> mark;  // a stroke across the bar, on the same scale
};

struct PanelRow {
  std::string name;
  std::vector<PanelValue> values;  // by panel
  std::string note;                // right of the last panel
};

struct PanelPlot {
  std::string title;
  std::string subtitle;  // may be empty
  std::vector<std::string> panels;
  std::string note_title;
  std::vector<PanelRow> rows;
};

[[nodiscard]] std::string svg(const PanelPlot& plot);

}  // namespace margingate::plot
