#include "plot/svg.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <stdexcept>

namespace margingate::plot {
namespace {

constexpr double line_height = 20.0;
constexpr double tick_length = 5.0;

constexpr std::string_view style = R"(<style>
svg { font-family: Helvetica, Arial, sans-serif; font-size: 13px; }
.paper { fill: #ffffff; }
text { fill: #24292f; }
.title { font-size: 16px; font-weight: bold; }
.note { fill: #57606a; font-size: 12px; }
.middle { text-anchor: middle; }
.end { text-anchor: end; }
.axis { stroke: #57606a; stroke-width: 1; }
.grid { stroke: #d8dee4; stroke-width: 1; }
.line { fill: none; stroke-width: 2; }
.dash { stroke-dasharray: 6 4; }
.s0 { color: #0072b2; } .s1 { color: #d55e00; } .s2 { color: #009e73; } .s3 { color: #cc79a7; }
.s4 { color: #b58900; } .s5 { color: #56b4e9; } .s6 { color: #24292f; }
.line { stroke: currentColor; }
.fill { fill: currentColor; }
@media (prefers-color-scheme: dark) {
.paper { fill: #0d1117; }
text { fill: #e6edf3; }
.note { fill: #9198a1; }
.axis { stroke: #9198a1; }
.grid { stroke: #2b323b; }
.s0 { color: #4aa8e0; } .s1 { color: #f0884a; } .s2 { color: #2fc79a; } .s3 { color: #e29cc4; }
.s4 { color: #e6c04a; } .s5 { color: #8fd0f5; } .s6 { color: #e6edf3; }
}
</style>
)";

// At most two decimals: less than a pixel.
std::string number(double value) {
  if (!std::isfinite(value)) throw std::invalid_argument("a coordinate is not finite");
  std::array<char, 32> text{};
  const double rounded = std::round(value * 100.0) / 100.0 + 0.0;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), rounded);
  return {text.data(), end.ptr};
}

std::string attribute(std::string_view name, double value) {
  return std::string(" ").append(name).append("=\"").append(number(value)).append("\"");
}

std::string open(std::string_view element, std::string_view css_class) {
  return std::string("<").append(element).append(" class=\"").append(css_class).append("\"");
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) result += c;
    }
  }
  return result;
}

Svg::Svg(double width, double height) : width_(width), height_(height) {
  rectangle("paper", 0.0, 0.0, width, height);
}

void Svg::line(std::string_view css_class, double x1, double y1, double x2, double y2) {
  body_ += open("line", css_class) + attribute("x1", x1) + attribute("y1", y1) +
           attribute("x2", x2) + attribute("y2", y2) + "/>\n";
}

void Svg::rectangle(std::string_view css_class, double x, double y, double width, double height) {
  body_ += open("rect", css_class) + attribute("x", x) + attribute("y", y) +
           attribute("width", width) + attribute("height", height) + "/>\n";
}

void Svg::circle(std::string_view css_class, double x, double y, double radius) {
  body_ += open("circle", css_class) + attribute("cx", x) + attribute("cy", y) +
           attribute("r", radius) + "/>\n";
}

void Svg::polyline(std::string_view css_class, const std::vector<double>& points) {
  body_ += open("polyline", css_class) + " points=\"";
  for (std::size_t i = 0; i + 1 < points.size(); i += 2) {
    if (i > 0) body_ += ' ';
    body_ += number(points[i]) + ',' + number(points[i + 1]);
  }
  body_ += "\"/>\n";
}

void Svg::text(std::string_view css_class, double x, double y, std::string_view content) {
  body_ += open("text", css_class) + attribute("x", x) + attribute("y", y) + ">" +
           escaped(content) + "</text>\n";
}

void Svg::upright_text(std::string_view css_class, double x, double y, std::string_view content) {
  body_ += open("text", css_class) + attribute("x", x) + attribute("y", y) +
           " transform=\"rotate(-90 " + number(x) + ' ' + number(y) + ")\">" + escaped(content) +
           "</text>\n";
}

std::string Svg::document(std::string_view title) const {
  const std::string width = number(width_);
  const std::string height = number(height_);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + height +
         "\" viewBox=\"0 0 " + width + ' ' + height + "\" role=\"img\">\n<title>" + escaped(title) +
         "</title>\n" + std::string(style) + body_ + "</svg>\n";
}

void draw_titles(Svg& svg, const Area& area, std::string_view title, std::string_view subtitle) {
  svg.text("title", area.left, 26.0, title);
  if (!subtitle.empty()) svg.text("note", area.left, 46.0, subtitle);
}

void draw_x_axis(Svg& svg, const Area& area, const Axis& axis, const std::vector<Tick>& ticks,
                 const Range& range) {
  for (const Tick& tick : ticks) {
    const double x = area.x(range.place(tick.at));
    svg.line("grid", x, area.top, x, area.bottom);
    svg.line("axis", x, area.bottom, x, area.bottom + tick_length);
    svg.text("middle", x, area.bottom + line_height, tick.label);
  }
  svg.line("axis", area.left, area.bottom, area.right, area.bottom);
  svg.text("middle", (area.left + area.right) / 2.0, area.bottom + 2.2 * line_height,
           caption(axis));
}

void draw_y_axis(Svg& svg, const Area& area, const Axis& axis, const std::vector<Tick>& ticks,
                 const Range& range) {
  for (const Tick& tick : ticks) {
    const double y = area.y(range.place(tick.at));
    svg.line("grid", area.left, y, area.right, y);
    svg.line("axis", area.left - tick_length, y, area.left, y);
    svg.text("end", area.left - 8.0, y + 4.0, tick.label);
  }
  svg.line("axis", area.left, area.top, area.left, area.bottom);
  svg.upright_text("middle", 22.0, (area.top + area.bottom) / 2.0, caption(axis));
}

void draw_legend(Svg& svg, const Area& area, const std::vector<LegendEntry>& entries) {
  const double x = area.right + 18.0;
  for (std::size_t n = 0; n < entries.size(); ++n) {
    const double y = area.top + 10.0 + static_cast<double>(n) * line_height;
    const std::string colour = series_class(n);
    if (entries[n].mark == Mark::bar) {
      svg.rectangle("fill " + colour, x, y - 6.0, 22.0, 12.0);
    } else {
      svg.line((entries[n].mark == Mark::line ? "line " : "line dash ") + colour, x, y, x + 22.0,
               y);
    }
    svg.text("name", x + 30.0, y + 4.0, entries[n].name);
  }
}

std::string series_class(std::size_t n) { return "s" + std::to_string(n % colours); }

void write_svg(const std::string& path, std::string_view document) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << document;
  file.flush();
  if (!file) throw std::runtime_error("cannot write " + path);
}

}  // namespace margingate::plot
