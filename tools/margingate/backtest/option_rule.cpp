#include "backtest/option_rule.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "pricing/black76.hpp"

namespace margingate::backtest {
namespace {

constexpr double days_per_year = 365.0;

}  // namespace

double rule_volatility(std::span<const double> closes) {
  const std::span<const double> known = closes.last(std::min(closes.size(), volatility_window + 1));
  double sum = 0.0;
  double squares = 0.0;
  for (std::size_t n = 1; n < known.size(); ++n) {
    const double change = std::log(known[n] / known[n - 1]);
    sum += change;
    squares += change * change;
  }
  const double count = static_cast<double>(known.size() - 1);
  if (count < 2.0) return volatility_minimum;
  const double variance = std::max((squares - sum * sum / count) / (count - 1.0), 0.0);
  return std::max(volatility_premium * std::sqrt(variance * days_per_year), volatility_minimum);
}

double option_value(OptionType type, double spot, double strike, double volatility, double days) {
  constexpr std::size_t lanes = pricing::black76_lane_multiple;
  alignas(pricing::black76_alignment_bytes) std::array<double, lanes> forwards{};
  alignas(pricing::black76_alignment_bytes) std::array<double, lanes> moneyness{};
  alignas(pricing::black76_alignment_bytes) std::array<double, lanes> volatilities{};
  alignas(pricing::black76_alignment_bytes) std::array<double, lanes> values{};
  forwards.fill(spot);
  moneyness.fill(std::log(spot / strike));
  volatilities.fill(volatility * std::sqrt(std::max(days, 0.0) / days_per_year));
  pricing::black76_value_kernel(InstructionSet::scalar)(
      {lanes, forwards.data(), moneyness.data(), volatilities.data()}, strike,
      type == OptionType::call, values.data());
  return values[0];
}

}  // namespace margingate::backtest
