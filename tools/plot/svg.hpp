// The parts every plot is drawn from: a frame with axes, a legend, and well-formed SVG text.
//
// Shape    an Svg collects elements and gives the document.
// Units    pixels of the drawing, y downwards.
// Sign     none.
// Range    finite coordinates.
// Errors   std::invalid_argument for a coordinate that is not finite.
// Threads  a value.
// Cost     allocates; reports only.
// Source   SVG 1.1; colours follow the reader's light or dark setting through a style sheet
//          inside the file. The series' colours are those of Okabe and Ito (2008), which people
//          with any colour vision tell apart, lightened for dark backgrounds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "plot/axis.hpp"

namespace margingate::plot {

// Series repeat their colours beyond this many.
inline constexpr std::size_t colours = 7;

class Svg {
 public:
  Svg(double width, double height);

  void line(std::string_view css_class, double x1, double y1, double x2, double y2);
  void rectangle(std::string_view css_class, double x, double y, double width, double height);
  void circle(std::string_view css_class, double x, double y, double radius);
  // Points as x, y, x, y, ...
  void polyline(std::string_view css_class, const std::vector<double>& points);
  void text(std::string_view css_class, double x, double y, std::string_view content);
  // Turned a quarter left around its own place.
  void upright_text(std::string_view css_class, double x, double y, std::string_view content);

  [[nodiscard]] std::string document(std::string_view title) const;

 private:
  double width_;
  double height_;
  std::string body_;
};

// Replaces what XML gives a meaning, and drops control characters.
[[nodiscard]] std::string escaped(std::string_view text);

// The rectangle that data is drawn in; the rest is for title, axes and legend.
struct Area {
  double left = 84.0;
  double top = 66.0;
  double right = 700.0;
  double bottom = 390.0;

  [[nodiscard]] double x(double share) const noexcept { return left + share * (right - left); }
  [[nodiscard]] double y(double share) const noexcept { return bottom - share * (bottom - top); }
};

inline constexpr double drawing_width = 920.0;
inline constexpr double drawing_height = 460.0;

void draw_titles(Svg& svg, const Area& area, std::string_view title, std::string_view subtitle);
void draw_x_axis(Svg& svg, const Area& area, const Axis& axis, const std::vector<Tick>& ticks,
                 const Range& range);
void draw_y_axis(Svg& svg, const Area& area, const Axis& axis, const std::vector<Tick>& ticks,
                 const Range& range);

enum class Mark { line, dashed_line, bar };
struct LegendEntry {
  std::string name;
  Mark mark = Mark::line;
};
void draw_legend(Svg& svg, const Area& area, const std::vector<LegendEntry>& entries);

// "s0", "s1", ...: the class that gives series n its colour.
[[nodiscard]] std::string series_class(std::size_t n);

// Creates or replaces the file. Throws std::runtime_error naming it when that fails.
void write_svg(const std::string& path, std::string_view document);

}  // namespace margingate::plot
