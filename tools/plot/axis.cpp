#include "plot/axis.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace margingate::plot {
namespace {

constexpr int linear_ticks_about = 6;
constexpr double decades_with_decimal_ticks_only = 2.5;

void require(bool is_good, const Axis& axis, const std::string& what) {
  if (!is_good) throw std::invalid_argument("axis '" + axis.label + "': " + what);
}

std::string shortest(double value) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 4);
  return {text.data(), end.ptr};
}

// 1, 2 or 5 times a power of ten, at least `step`.
double nice_step(double step) {
  const double power = std::pow(10.0, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= step * (1.0 - 1e-9)) return factor * power;
  }
  return 10.0 * power;
}

}  // namespace

Range::Range(const Axis& axis, const std::vector<double>& values) : axis_(&axis) {
  std::vector<double> ends = values;
  if (axis.low) ends.push_back(*axis.low);
  if (axis.high) ends.push_back(*axis.high);
  require(!ends.empty(), axis, "no values");
  for (const double value : ends) {
    require(std::isfinite(value), axis, "a value is not finite");
    require(axis.scale == Scale::linear || value > 0.0, axis,
            "a logarithmic axis takes positive values, got " + shortest(value));
  }
  low_ = axis.low.value_or(*std::min_element(ends.begin(), ends.end()));
  high_ = axis.high.value_or(*std::max_element(ends.begin(), ends.end()));
  require(low_ <= high_, axis, "its low end is above its high end");
  if (low_ < high_) return;
  const bool is_linear = axis.scale == Scale::linear;
  const double margin = low_ == 0.0 ? 1.0 : std::fabs(low_) / 2.0;
  low_ = is_linear ? low_ - margin : low_ / 2.0;
  high_ = is_linear ? high_ + margin : high_ * 2.0;
}

double Range::transformed(double value) const {
  return axis_->scale == Scale::linear ? value : std::log10(value);
}

double Range::place(double value) const {
  const double low = transformed(low_);
  return std::clamp((transformed(value) - low) / (transformed(high_) - low), 0.0, 1.0);
}

std::vector<Tick> Range::linear_ticks() const {
  const double step = nice_step((high_ - low_) / linear_ticks_about);
  std::vector<Tick> ticks;
  for (double n = std::ceil(low_ / step - 1e-9); n * step <= high_ + 1e-9 * step; n += 1.0) {
    ticks.push_back({n * step, tick_text(n * step)});
  }
  return ticks;
}

std::vector<Tick> Range::logarithmic_ticks() const {
  const double decades = std::log10(high_ / low_);
  const int stride = std::max(1, static_cast<int>(std::ceil(decades / 10.0)));
  std::vector<Tick> ticks;
  const int first = static_cast<int>(std::floor(std::log10(low_)));
  const int last = static_cast<int>(std::ceil(std::log10(high_)));
  for (int decade = first; decade <= last; ++decade) {
    if ((decade - first) % stride != 0) continue;
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor > 1.0 && decades > decades_with_decimal_ticks_only) break;
      const double at = factor * std::pow(10.0, decade);
      if (at < low_ * (1.0 - 1e-9) || at > high_ * (1.0 + 1e-9)) continue;
      ticks.push_back({at, tick_text(at)});
    }
  }
  return ticks;
}

std::vector<Tick> Range::ticks() const {
  if (axis_->ticks.empty()) {
    return axis_->scale == Scale::linear ? linear_ticks() : logarithmic_ticks();
  }
  std::vector<Tick> inside;
  for (const Tick& tick : axis_->ticks) {
    require(std::isfinite(tick.at), *axis_, "a tick is not finite");
    if (tick.at >= low_ && tick.at <= high_) inside.push_back(tick);
  }
  return inside;
}

std::string caption(const Axis& axis) {
  return axis.unit.empty() ? axis.label : axis.label + ", " + axis.unit;
}

std::string tick_text(double value) {
  const double magnitude = std::fabs(value);
  if (magnitude < 1e-12) return "0";
  if (magnitude < 1e-3) return shortest(value);
  if (magnitude < 1e4) return shortest(value);
  constexpr std::array<const char*, 4> suffixes = {"k", "M", "G", "T"};
  double scaled = value;
  for (const char* suffix : suffixes) {
    scaled /= 1e3;
    if (std::fabs(scaled) < 1e3) return shortest(scaled) + suffix;
  }
  return shortest(value);
}

}  // namespace margingate::plot
