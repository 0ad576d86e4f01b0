#include "margin/american_row.hpp"

#include <algorithm>
#include <cmath>

#include "margin/row_builder_lanes_body.hpp"
#include "pricing/american_tree.hpp"

namespace margingate::margin {
namespace {

using pricing::AmericanTerms;
using scenario::InstrumentTerms;

// A function that is convex over the band, by its values in the middle and at the ends.
struct Chord {
  double middle = 0.0, drift = 0.0, slack = 0.0;
};

Chord chord(double middle, double low_end, double high_end) noexcept {
  // The rounding of the three values may show where the function is a line.
  const double bend = 0.5 * (high_end + low_end - 2.0 * middle);
  return {middle, 0.5 * (high_end - low_end), std::max(bend, 0.0)};
}

class AmericanPricer {
 public:
  AmericanPricer(const InstrumentTerms& instrument, const PricingInputs& inputs,
                 const RowSettings& settings) noexcept
      : inputs_(inputs), kernel_(settings.american_kernel), band_(settings.drift_band) {
    terms_.strike = instrument.strike;
    terms_.is_call = instrument.is_call;
  }

  // An option valued later has less time to earn and to carry.
  void set(double total_volatility, double years) noexcept {
    terms_.total_volatility = total_volatility;
    terms_.carry = inputs_.carry * (years / inputs_.years);
    terms_.interest = inputs_.interest_rate * years;
  }

  [[nodiscard]] double value(double forward) const noexcept {
    double result = 0.0;
    kernel_(terms_, 1, &forward, &result);
    return result;
  }

  [[nodiscard]] Chord over_band(double forward) const noexcept {
    const double at[3] = {forward, forward * (1.0 - band_), forward * (1.0 + band_)};
    double v[3];
    kernel_(terms_, 3, at, v);
    return chord(v[0], v[1], v[2]);
  }

  // MR-82.
  [[nodiscard]] double delta(double forward) const noexcept {
    constexpr double h = pricing::american_delta_move;
    const double at[2] = {forward * (1.0 + h), forward * (1.0 - h)};
    double v[2];
    kernel_(terms_, 2, at, v);
    return (v[0] - v[1]) / (2.0 * h);
  }

  // How fast that changes over the band, at most, per unit of move x of the spot: the change is
  // ((1 + h) U'(x (1 + h)) - (1 - h) U'(x (1 - h))) / 2h with U' rising, between the slopes of
  // secants outside the band.
  [[nodiscard]] double delta_slope_max(double forward) const noexcept {
    constexpr double h = pricing::american_delta_move;
    const double low = (1.0 - band_) * (1.0 - h);
    const double high = (1.0 + band_) * (1.0 + h);
    const double at[4] = {forward * low, forward * low * (1.0 - h), forward * high,
                          forward * high * (1.0 + h)};
    double v[4];
    kernel_(terms_, 4, at, v);
    const double least = (v[0] - v[1]) / (low * h);
    const double most = (v[3] - v[2]) / (high * h);
    const double rising = ((1.0 + h) * most - (1.0 - h) * least) / (2.0 * h);
    return std::max(std::fabs(rising), std::fabs(least));
  }

 private:
  const PricingInputs& inputs_;
  pricing::AmericanKernel kernel_;
  double band_;
  AmericanTerms terms_;
};

}  // namespace

AmericanRow build_american_row(const InstrumentTerms& instrument,
                               const scenario::RiskUnitTerms& unit, const PricingInputs& inputs,
                               const RowPoint& point, const RowSettings& settings, RowUse use,
                               double unit_of_row, RowScratch& scratch,
                               const LaneStorage& lanes) noexcept {
  const scenario::ScenarioLanes& grid = unit.lanes;
  const bool is_published = use == RowUse::published;
  scratch.priced = {};
  settings.lanes->shock(grid, inputs, point.forward, instrument.strike, scratch);
  AmericanPricer pricer(instrument, inputs, settings);

  AmericanRow row;
  pricer.set(inputs.base_volatility, inputs.years);
  const auto price = [&](double forward) {
    return is_published ? pricer.over_band(forward) : Chord{pricer.value(forward), 0.0, 0.0};
  };
  const Chord base = price(point.forward);
  row.scalars.value = {base.middle * point.scale, base.drift * point.scale,
                       base.slack * point.scale};
  row.scalars.delta = pricer.delta(point.forward) * point.scale;
  if (is_published) {
    row.scalars.delta_slack = point.band * pricer.delta_slope_max(point.forward) * point.scale;
  }

  double* const loss = scratch.call_value.data();
  double* const drift = scratch.call_delta.data();
  double* const bound = scratch.gamma_max.data();
  for (std::size_t s = 0; s < grid.lane_count; ++s) {
    loss[s] = drift[s] = bound[s] = 0.0;
    const double weight = scratch.weight[s];
    if (s >= grid.scenario_count || weight == 0.0) continue;
    const double later = grid.stretches[grid.stretch[s]].days_forward;
    const double years = later == 0.0 ? inputs.years : std::max(inputs.years - later / 365.0, 0.0);
    pricer.set(scratch.total_volatility[s], years);
    const Chord shocked = price(scratch.forward[s]);
    const double scale = scratch.value_scale[s];
    loss[s] = weight * (base.middle - scale * shocked.middle) * point.scale;
    drift[s] = weight * (base.drift - scale * shocked.drift) * point.scale;
    // Of a difference, each may be at either of its ends. By |move|: a kink.
    bound[s] = -std::fabs(weight) * (base.slack + scale * shocked.slack) * point.scale;
  }
  const auto lane_at = [&](std::size_t s) {
    return row_body::LaneDoubles{loss[s], drift[s], bound[s]};
  };
  using Rounding = row_body::PortableRounding;
  row.rounding = is_published ? row_body::round_lanes<Rounding, RowUse::published>(
                                    grid, scratch.weight, unit_of_row, lanes, lane_at)
                              : row_body::round_lanes<Rounding, RowUse::at_live_spot>(
                                    grid, scratch.weight, unit_of_row, lanes, lane_at);
  return row;
}

}  // namespace margingate::margin
