#include "risk_arrays/array_generation.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "pricing/black76.hpp"
#include "pricing/elementary.hpp"

namespace margingate::risk_arrays {
namespace {

void require(bool condition, const char* expected) {
  if (!condition) throw std::domain_error(std::string("risk array: expected ") + expected);
}

void check(const ScanRanges& ranges) {
  require(std::isfinite(ranges.price) && ranges.price >= 0.0, "a price scan range of at least 0");
  require(std::isfinite(ranges.volatility) && ranges.volatility >= 0.0,
          "a volatility scan range of at least 0");
  require(std::isfinite(ranges.look_ahead_years) && ranges.look_ahead_years >= 0.0,
          "a look-ahead of at least 0");
}

void check(const OptionMarket& market) {
  constexpr double price_max = 1e15;
  require(market.underlying_price > 0.0 && market.underlying_price < price_max,
          "an underlying price above 0");
  require(market.strike > 0.0 && market.strike < price_max, "a strike above 0");
  require(market.right != OptionRight::none, "call or put");
  require(market.volatility >= 0.0 && market.volatility < 1e3, "a volatility of at least 0");
  require(market.time_to_expiry_years >= 0.0 && market.time_to_expiry_years < 1e3,
          "a time to expiry of at least 0");
  require(std::fabs(market.interest_rate) < 10.0 && std::fabs(market.yield) < 10.0,
          "rates below 10");
  require(market.multiplier > 0.0 && market.multiplier < price_max, "a multiplier above 0");
}

double shifted_price(const ScanRanges& ranges, double price, double move) {
  const double shifted = ranges.price_kind == ShiftKind::absolute
                             ? price + move * ranges.price
                             : price * (1.0 + move * ranges.price);
  require(shifted > 0.0, "price scan ranges that leave every shifted price above 0");
  return shifted;
}

double shifted_volatility(const ScanRanges& ranges, double volatility, int sign) {
  const double shift = sign * ranges.volatility;
  const double shifted = ranges.volatility_kind == ShiftKind::absolute ? volatility + shift
                                                                       : volatility * (1.0 + shift);
  return std::max(shifted, 0.0);
}

double fraction(int numerator, int denominator) {
  return static_cast<double>(numerator) / static_cast<double>(denominator);
}

}  // namespace

OptionPoint option_point(const OptionMarket& market, double underlying_price, double volatility,
                         double time_to_expiry_years) {
  const double years = std::max(time_to_expiry_years, 0.0);
  const double carry = market.is_on_future ? 0.0 : market.interest_rate - market.yield;
  const double growth = pricing::exp_portable(carry * years);
  const double discount = pricing::exp_portable(-market.interest_rate * years);
  const double forward = underlying_price * growth;
  const pricing::Black76Point point = pricing::black76(
      forward, pricing::log_ratio_portable(forward, market.strike), volatility * std::sqrt(years),
      market.strike, market.right == OptionRight::call, 0.0);
  return {discount * point.value, discount * point.forward_delta * growth};
}

RiskArray option_risk_array(const ScenarioSet& set, const ScanRanges& ranges,
                            const OptionMarket& market, int places) {
  check(ranges);
  check(market);
  const double later_years = market.time_to_expiry_years - ranges.look_ahead_years;
  const double value_now =
      option_point(market, market.underlying_price, market.volatility, market.time_to_expiry_years)
          .value;
  RiskArray array;
  for (std::size_t i = 0; i < scenario_count; ++i) {
    const Scenario& scenario = set.scenarios[i];
    const double price = shifted_price(ranges, market.underlying_price, scenario.price_move());
    const double volatility =
        shifted_volatility(ranges, market.volatility, scenario.volatility_sign);
    const double loss = value_now - option_point(market, price, volatility, later_years).value;
    array.losses[i] = rounded(
        FixedDecimal::of_double(scenario.weight.to_double() * market.multiplier * loss), places);
  }
  double delta = 0.0;
  for (const DeltaPoint& point : set.delta_points) {
    const double price = shifted_price(ranges, market.underlying_price,
                                       fraction(point.price_numerator, point.price_denominator));
    delta += point.weight.to_double() *
             option_point(market, price, market.volatility, later_years).delta;
  }
  constexpr int delta_places = 4;
  array.composite_delta = rounded(FixedDecimal::of_double(delta), delta_places);
  return array;
}

RiskArray linear_risk_array(const ScenarioSet& set, const ScanRanges& ranges, double price,
                            double multiplier, int places) {
  check(ranges);
  require(std::fabs(price) < 1e15 && std::fabs(multiplier) < 1e15, "finite terms");
  const double range =
      ranges.price_kind == ShiftKind::absolute ? ranges.price : ranges.price * price;
  RiskArray array;
  for (std::size_t i = 0; i < scenario_count; ++i) {
    const Scenario& scenario = set.scenarios[i];
    const double loss = -scenario.price_move() * range * multiplier;
    array.losses[i] = rounded(FixedDecimal::of_double(scenario.weight.to_double() * loss), places);
  }
  array.composite_delta = 1;
  return array;
}

}  // namespace margingate::risk_arrays
