#include "plot/panel_plot.hpp"

#include <algorithm>
#include <stdexcept>

#include "plot/svg.hpp"

namespace margingate::plot {
namespace {

constexpr double left = 16.0;
constexpr double names_width = 215.0;
constexpr double panel_width = 190.0;
constexpr double panel_gap = 18.0;
constexpr double label_width = 84.0;  // of a panel, for what is printed beside its longest bar
constexpr double note_width = 150.0;
constexpr double top = 92.0;
constexpr double row_height = 26.0;
constexpr double bar_height = 15.0;

void require(bool is_good, const PanelPlot& plot, const std::string& what) {
  if (!is_good) throw std::invalid_argument("plot '" + plot.title + "': " + what);
}

// From values of one panel to places on it; zero is always on it.
class Scale {
 public:
  Scale(const PanelPlot& plot, std::size_t panel, double begin) {
    double low = 0.0;
    double high = 0.0;
    for (const PanelRow& row : plot.rows) {
      low = std::min({low, row.values[panel].value, row.values[panel].mark.value_or(0.0)});
      high = std::max({high, row.values[panel].value, row.values[panel].mark.value_or(0.0)});
    }
    per_value_ = high > low ? (panel_width - label_width) / (high - low) : 0.0;
    zero_ = begin - low * per_value_;
  }

  [[nodiscard]] double at(double value) const { return zero_ + value * per_value_; }

 private:
  double per_value_ = 0.0;
  double zero_ = 0.0;
};

void draw_panel(Svg& svg, const PanelPlot& plot, std::size_t panel, double begin) {
  const Scale scale(plot, panel, begin);
  svg.text("note", begin, top - 14.0, plot.panels[panel]);
  for (std::size_t r = 0; r < plot.rows.size(); ++r) {
    const PanelValue& value = plot.rows[r].values[panel];
    const double y = top + static_cast<double>(r) * row_height;
    const double from = std::min(scale.at(0.0), scale.at(value.value));
    const double to = std::max(scale.at(0.0), scale.at(value.value));
    svg.rectangle("fill " + series_class(panel), from, y, to - from, bar_height);
    if (value.mark) {
      svg.line("axis", scale.at(*value.mark), y - 2.0, scale.at(*value.mark), y + bar_height + 2.0);
    }
    svg.text("name", to + 5.0, y + 12.0, value.label);
  }
  const double bottom = top + static_cast<double>(plot.rows.size()) * row_height;
  svg.line("axis", scale.at(0.0), top - 6.0, scale.at(0.0), bottom - 4.0);
}

}  // namespace

std::string svg(const PanelPlot& plot) {
  require(!plot.rows.empty(), plot, "no rows");
  require(!plot.panels.empty(), plot, "no panels");
  for (const PanelRow& row : plot.rows) {
    require(row.values.size() == plot.panels.size(), plot,
            "row '" + row.name + "' needs one value per panel");
  }
  const double panels = static_cast<double>(plot.panels.size());
  const double notes_at = left + names_width + panels * (panel_width + panel_gap);
  Svg drawing(notes_at + note_width, top + static_cast<double>(plot.rows.size()) * row_height + 12);
  drawing.text("title", left, 26.0, plot.title);
  if (!plot.subtitle.empty()) drawing.text("note", left, 46.0, plot.subtitle);
  drawing.text("note", notes_at, top - 14.0, plot.note_title);
  for (std::size_t r = 0; r < plot.rows.size(); ++r) {
    const double y = top + static_cast<double>(r) * row_height + 12.0;
    drawing.text("name", left, y, plot.rows[r].name);
    drawing.text("note", notes_at, y, plot.rows[r].note);
  }
  for (std::size_t panel = 0; panel < plot.panels.size(); ++panel) {
    draw_panel(drawing, plot, panel,
               left + names_width + static_cast<double>(panel) * (panel_width + panel_gap));
  }
  return drawing.document(plot.title);
}

}  // namespace margingate::plot
