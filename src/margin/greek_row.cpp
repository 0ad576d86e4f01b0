#include "margin/greek_row.hpp"

#include <algorithm>
#include <cmath>

#include "margin/fixed_point.hpp"
#include "pricing/american_tree.hpp"
#include "pricing/elementary.hpp"

namespace margingate::margin {
namespace {

using scenario::InstrumentTerms;
using scenario::PayoffForm;

struct Greeks {
  double delta = 0.0;
  double gamma = 0.0;
  double vega = 0.0;
};

Greeks option_greeks(const InstrumentTerms& instrument, const PricingInputs& inputs) noexcept {
  const double forward = inputs.forward;
  const double s = inputs.base_volatility;
  const pricing::Black76Point point =
      pricing::black76(forward, pricing::log_ratio_portable(forward, instrument.strike), s,
                       instrument.strike, instrument.is_call, 0.0);
  const double gamma = forward * forward * point.gamma_max;  // in value per unit of log forward
  const double vega = gamma * s * std::sqrt(inputs.years);
  const double delta = forward * point.forward_delta;
  if (instrument.form != PayoffForm::inverse_coin) return {delta, 0.01 * gamma, 0.01 * vega};
  const double coin_delta = (delta - point.value) / forward;
  return {coin_delta, 0.01 * (gamma / forward - coin_delta), 0.01 * vega / forward};
}

// MR-82: by differences of the tree, whose own slopes have steps.
Greeks american_greeks(const InstrumentTerms& instrument, const PricingInputs& inputs) noexcept {
  constexpr double h = pricing::american_delta_move;
  constexpr double point = 0.01;
  pricing::AmericanTerms tree{instrument.strike, instrument.is_call, inputs.carry,
                              inputs.interest_rate * inputs.years, inputs.base_volatility};
  const double forward = inputs.forward;
  const double value = pricing::american_value(tree, forward);
  const double above = pricing::american_value(tree, forward * (1.0 + h));
  const double below = pricing::american_value(tree, forward * (1.0 - h));
  const double root_years = std::sqrt(inputs.years);
  const double higher = inputs.volatility + point;
  const double lower = std::max(inputs.volatility - point, 0.0);
  tree.total_volatility = higher * root_years;
  const double at_higher = pricing::american_value(tree, forward);
  tree.total_volatility = lower * root_years;
  const double at_lower = pricing::american_value(tree, forward);
  return {(above - below) / (2.0 * h), 0.01 * ((above + below - 2.0 * value) / (h * h)),
          0.01 * ((at_higher - at_lower) / (higher - lower))};
}

Greeks delta_one_greeks(const InstrumentTerms& instrument, const PricingInputs& inputs) noexcept {
  if (instrument.form == PayoffForm::linear) return {inputs.forward, 0.0, 0.0};
  if (instrument.form == PayoffForm::inverse_quote) return {1.0, 0.0, 0.0};
  const double coins = 1.0 / inputs.forward;
  return {coins, -0.01 * coins, 0.0};
}

}  // namespace

GreekRow greek_row(const InstrumentTerms& instrument, const PricingInputs& inputs) noexcept {
  GreekRow row;
  row.status = inputs.status;
  if (row.status != Reason::accepted) return row;
  double scale = instrument.lot_scale;
  if (instrument.form == PayoffForm::inverse_quote) scale *= inputs.spot_per_forward;
  const Greeks greeks = instrument.is_american ? american_greeks(instrument, inputs)
                        : instrument.is_option ? option_greeks(instrument, inputs)
                                               : delta_one_greeks(instrument, inputs);
  const double exact[greeks_count] = {greeks.delta * scale, greeks.gamma * scale,
                                      greeks.vega * scale};
  for (std::size_t g = 0; g < greeks_count; ++g) {
    // Written so that NaN fails it.
    if (!(std::fabs(exact[g]) <= static_cast<double>(greek_max))) {
      return {{}, Reason::risk_array_out_of_range, false};
    }
    row.greek[g] = static_cast<std::int64_t>(nearest(exact[g]));
  }
  return row;
}

void ComboGreeks::add(const GreekRow& leg, std::int64_t ratio) noexcept {
  if (status_ == Reason::accepted) status_ = leg.status;
  for (std::size_t g = 0; g < greeks_count; ++g) sums_[g] += Int128{leg.greek[g]} * ratio;
}

GreekRow ComboGreeks::finish() const noexcept {
  GreekRow row{{}, status_, false};
  if (status_ != Reason::accepted) return row;
  for (std::size_t g = 0; g < greeks_count; ++g) {
    if (sums_[g] > greek_max || sums_[g] < -Int128{greek_max}) {
      return {{}, Reason::risk_array_out_of_range, false};
    }
    row.greek[g] = static_cast<std::int64_t>(sums_[g]);
  }
  return row;
}

void GroupGreeks::add(const GreekRow& member) noexcept {
  if (member.status != Reason::accepted) return;
  row_.status = Reason::accepted;
  for (std::size_t g = 0; g < greeks_count; ++g) {
    const std::int64_t one = member.greek[g];
    row_.greek[g] = std::max(row_.greek[g], one < 0 ? -one : one);
  }
}

}  // namespace margingate::margin
