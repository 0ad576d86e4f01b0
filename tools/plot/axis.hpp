// One axis of a plot: what it shows, how values become places on it, and its ticks.
//
// Shape    a label with its unit, a scale, optional limits and ticks.
// Units    the caller's; the unit is printed behind the label.
// Sign     logarithmic axes take positive values only.
// Range    finite values.
// Errors   std::invalid_argument names the axis and the value that does not fit.
// Threads  values.
// Cost     allocates; reports only.
// Source   tick steps 1, 2, 5 as is common in the field.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace margingate::plot {

enum class Scale { linear, logarithmic };

struct Tick {
  double at = 0.0;
  std::string label;
};

struct Axis {
  std::string label;
  std::string unit;  // empty for a plain number
  Scale scale = Scale::linear;
  std::optional<double> low;   // otherwise from the data
  std::optional<double> high;  // otherwise from the data
  std::vector<Tick> ticks;     // otherwise chosen
};

// An axis whose ends are known.
class Range {
 public:
  // Covers the values and the axis' own limits, and is never empty.
  Range(const Axis& axis, const std::vector<double>& values);

  // 0 at the low end, 1 at the high end, clamped.
  [[nodiscard]] double place(double value) const;
  [[nodiscard]] std::vector<Tick> ticks() const;
  [[nodiscard]] double low() const noexcept { return low_; }
  [[nodiscard]] double high() const noexcept { return high_; }

 private:
  [[nodiscard]] double transformed(double value) const;
  [[nodiscard]] std::vector<Tick> linear_ticks() const;
  [[nodiscard]] std::vector<Tick> logarithmic_ticks() const;

  const Axis* axis_;
  double low_ = 0.0;
  double high_ = 1.0;
};

// "label, unit", or the label alone.
[[nodiscard]] std::string caption(const Axis& axis);

// Short and exact enough for a tick: 0.25, 10k, 3M, 1e-6.
[[nodiscard]] std::string tick_text(double value);

}  // namespace margingate::plot
