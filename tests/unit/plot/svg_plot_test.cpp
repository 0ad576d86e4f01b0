#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "plot/axis.hpp"
#include "plot/bar_plot.hpp"
#include "plot/line_plot.hpp"
#include "plot/panel_plot.hpp"
#include "plot/svg.hpp"

namespace margingate::plot {
namespace {

LinePlot drift_plot() {
  LinePlot plot;
  plot.title = "Width & drift <certified>";
  plot.subtitle = "seed 1";
  plot.x = {"drift", "%", Scale::logarithmic, {}, {}, {}};
  plot.y = {"width", "share of margin", Scale::linear, {}, {}, {}};
  plot.series = {{"p50", {{0.01, 0.0}, {0.1, 0.2}, {1.0, 0.7}}, false, true},
                 {"floor", {{0.01, 0.1}, {1.0, 0.1}}, true, false}};
  return plot;
}

BarPlot speed_plot() {
  BarPlot plot;
  plot.title = "speed";
  plot.group_label = "working set";
  plot.groups = {"hot", "cold"};
  plot.value = {"time", "ns", Scale::logarithmic, {}, {}, {}};
  plot.series = {{"gate", {40.0, 220.0}}, {"textbook", {9'000.0, 12'000.0}}};
  return plot;
}

// Names of the elements still open at the end, or the first place where nesting breaks.
std::string xml_fault(const std::string& xml) {
  std::vector<std::string> open;
  for (std::size_t at = xml.find('<'); at != std::string::npos; at = xml.find('<', at + 1)) {
    const std::size_t end = xml.find('>', at);
    if (end == std::string::npos) return "tag without end";
    const std::string tag = xml.substr(at + 1, end - at - 1);
    if (tag.find('<') != std::string::npos) return "tag in a tag: " + tag;
    if (tag.front() == '/') {
      if (open.empty() || open.back() != tag.substr(1)) return "closes " + tag;
      open.pop_back();
    } else if (tag.back() != '/') {
      open.push_back(tag.substr(0, tag.find(' ')));
    }
    std::size_t quotes = 0;
    for (const char c : tag) quotes += c == '"' ? 1 : 0;
    if (quotes % 2 != 0) return "odd quotes: " + tag;
  }
  return open.empty() ? "" : "left open: " + open.back();
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

TEST(SvgPlot, LinePlotIsWellFormedAndHasEveryPart) {
  const std::string xml = svg(drift_plot());
  EXPECT_EQ(xml_fault(xml), "");
  EXPECT_EQ(count(xml, "<polyline"), 2u);
  EXPECT_EQ(count(xml, "<circle"), 3u);
  EXPECT_NE(xml.find("drift, %"), std::string::npos);
  EXPECT_NE(xml.find("width, share of margin"), std::string::npos);
  EXPECT_NE(xml.find(">p50</text>"), std::string::npos);
  EXPECT_NE(xml.find(">floor</text>"), std::string::npos);
}

TEST(SvgPlot, BarPlotIsWellFormedAndHasOneBarPerValue) {
  const std::string xml = svg(speed_plot());
  EXPECT_EQ(xml_fault(xml), "");
  // Four bars and two in the legend.
  EXPECT_EQ(count(xml, "<rect class=\"fill"), 6u);
  EXPECT_NE(xml.find(">cold</text>"), std::string::npos);
}

TEST(SvgPlot, FollowsTheReadersLightOrDarkSetting) {
  EXPECT_NE(svg(drift_plot()).find("prefers-color-scheme: dark"), std::string::npos);
}

TEST(SvgPlot, EscapesText) {
  EXPECT_EQ(escaped("a<b> & \"c\"\x01"), "a&lt;b&gt; &amp; &quot;c&quot;");
  EXPECT_NE(svg(drift_plot()).find("Width &amp; drift &lt;certified&gt;"), std::string::npos);
}

TEST(SvgPlot, HigherValuesAreDrawnHigherAndLargerOnesFurtherRight) {
  const Axis linear{"y", "", Scale::linear, {}, {}, {}};
  const Range range(linear, {0.0, 10.0});
  EXPECT_DOUBLE_EQ(range.place(0.0), 0.0);
  EXPECT_DOUBLE_EQ(range.place(5.0), 0.5);
  EXPECT_DOUBLE_EQ(range.place(10.0), 1.0);
  const Axis logarithmic{"x", "", Scale::logarithmic, {}, {}, {}};
  const Range decades(logarithmic, {1.0, 100.0});
  EXPECT_DOUBLE_EQ(decades.place(10.0), 0.5);
  const Area area;
  EXPECT_LT(area.y(1.0), area.y(0.0));
}

TEST(SvgPlot, TicksAreRoundNumbersInsideTheRange) {
  const Axis linear{"y", "", Scale::linear, {}, {}, {}};
  for (const double high : {0.037, 1.0, 7.3, 12'345.0}) {
    const Range range(linear, {0.0, high});
    const std::vector<Tick> ticks = range.ticks();
    EXPECT_GE(ticks.size(), 3u) << high;
    EXPECT_LE(ticks.size(), 8u) << high;
    for (const Tick& tick : ticks) EXPECT_LE(tick.at, high * (1.0 + 1e-9));
  }
  const Axis logarithmic{"x", "", Scale::logarithmic, {}, {}, {}};
  const Range range(logarithmic, {1e-6, 1e3});
  EXPECT_EQ(range.ticks().size(), 10u);
  EXPECT_EQ(tick_text(0.25), "0.25");
  EXPECT_EQ(tick_text(20'000.0), "20k");
  EXPECT_EQ(tick_text(3e6), "3M");
}

TEST(SvgPlot, OwnTicksReplaceTheChosenOnes) {
  LinePlot plot = drift_plot();
  plot.x.ticks = {{0.01, "one in a hundred"}, {0.1, "tenth"}, {50.0, "outside"}};
  const std::string xml = svg(plot);
  EXPECT_NE(xml.find("one in a hundred"), std::string::npos);
  EXPECT_EQ(xml.find("outside"), std::string::npos);
}

TEST(SvgPlot, ConstantValuesStillMakeAnAxis) {
  LinePlot plot = drift_plot();
  plot.series = {{"flat", {{1.0, 0.0}, {1.0, 0.0}}, false, false}};
  const std::string xml = svg(plot);
  EXPECT_EQ(xml_fault(xml), "");
  EXPECT_EQ(xml.find("nan"), std::string::npos);
}

TEST(SvgPlot, NothingToDrawIsAnError) {
  LinePlot none = drift_plot();
  none.series.clear();
  EXPECT_THROW(static_cast<void>(svg(none)), std::invalid_argument);
  LinePlot empty = drift_plot();
  empty.series[1].points.clear();
  EXPECT_THROW(static_cast<void>(svg(empty)), std::invalid_argument);
  BarPlot bars = speed_plot();
  bars.series[0].values.pop_back();
  EXPECT_THROW(static_cast<void>(svg(bars)), std::invalid_argument);
  bars = speed_plot();
  bars.groups.clear();
  EXPECT_THROW(static_cast<void>(svg(bars)), std::invalid_argument);
}

TEST(SvgPlot, ValuesThatHaveNoPlaceAreErrors) {
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity(), 0.0, -1.0}) {
    LinePlot plot = drift_plot();
    plot.series[0].points[1].x = bad;
    EXPECT_THROW(static_cast<void>(svg(plot)), std::invalid_argument) << bad;
  }
  LinePlot plot = drift_plot();
  plot.series[0].points[1].y = std::nan("");
  EXPECT_THROW(static_cast<void>(svg(plot)), std::invalid_argument);
}

TEST(SvgPlot, AFileThatCannotBeWrittenIsNamed) {
  try {
    write_svg("no-such-directory/plot.svg", "<svg/>");
    FAIL() << "no error";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("no-such-directory/plot.svg"), std::string::npos);
  }
}

PanelPlot model_panels() {
  PanelPlot plot;
  plot.title = "models";
  plot.panels = {"margin", "free"};
  plot.note_title = "scope";
  plot.rows = {{"a & b", {{100.0, "100", 50.0}, {-20.0, "-20", {}}}, "whole"},
               {"c", {{25.0, "25", 12.5}, {60.0, "60", {}}}, "one"}};
  return plot;
}

TEST(PanelPlot, IsWellFormedAndDrawsABarPerRowAndPanel) {
  const std::string drawing = svg(model_panels());
  EXPECT_EQ(xml_fault(drawing), "");
  EXPECT_EQ(count(drawing, "class=\"fill s0\""), 2u);
  EXPECT_EQ(count(drawing, "class=\"fill s1\""), 2u);
  EXPECT_NE(drawing.find("a &amp; b"), std::string::npos);
}

TEST(PanelPlot, RefusesRowsThatDoNotFit) {
  PanelPlot plot = model_panels();
  plot.rows[1].values.pop_back();
  EXPECT_THROW(static_cast<void>(svg(plot)), std::invalid_argument);
  plot.rows.clear();
  EXPECT_THROW(static_cast<void>(svg(plot)), std::invalid_argument);
}

}  // namespace
}  // namespace margingate::plot
