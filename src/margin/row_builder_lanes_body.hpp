// The one body behind every row lane kernel; compiled once per instruction set. What does not
// change from lane to lane is a template parameter, so that the loops vectorise.
#pragma once

#include "margin/fixed_point.hpp"
#include "margin/row_builder_lanes.hpp"
#include "pricing/elementary.hpp"

namespace margingate::margin::row_body {

#define MARGINGATE_ROW_INLINE [[gnu::always_inline]] inline

using scenario::PayoffForm;

inline constexpr double loss_lane_max = 0x1p31 - 1.0;

// Rounding to integers by instruction, where there is one for a whole vector ...
struct VectorRounding {
  [[gnu::always_inline]] static double nearest(double x) noexcept { return __builtin_rint(x); }
  [[gnu::always_inline]] static double ceil(double x) noexcept { return __builtin_ceil(x); }
};
// ... and where there is none. The results are the same.
struct PortableRounding {
  [[gnu::always_inline]] static double nearest(double x) noexcept { return margin::nearest(x); }
  [[gnu::always_inline]] static double ceil(double x) noexcept { return ceil_portable(x); }
};

struct LaneDoubles {
  double loss, drift, curvature;
};

// What is left of a price's change after its slope, over the band: at most smooth * t^2, and at
// most kinked * |t|, because the slope itself stays within known ends.
struct Remainder {
  double smooth, kinked;
};

// An option in quote form: its delta stays within one unit.
MARGINGATE_ROW_INLINE Remainder quote_remainder(const RowPoint& p, double forward,
                                                double gamma_max) noexcept {
  return {0.5 * p.band * p.band * forward * forward * gamma_max, p.band * forward};
}

// An option in coin form: the slope of V / F stays between zero and strike / forward.
MARGINGATE_ROW_INLINE Remainder coin_remainder(const RowPoint& p, double strike, bool is_call,
                                               double forward, double value, double delta,
                                               double gamma_max) noexcept {
  const double shrink = 1.0 - p.band;
  return {0.5 * p.band * p.band * coin_curvature(p, is_call, forward, value, delta, gamma_max),
          p.band * strike / (forward * shrink * shrink)};
}

// The lane's bound: smooth unless a kink makes the other one smaller; then negative, see
// risk_row.hpp. `smooth` is that of the difference of both prices.
MARGINGATE_ROW_INLINE double lane_bound(double smooth, const Remainder& base,
                                        const Remainder& shocked) noexcept {
  const double kinked =
      std::min(base.smooth, base.kinked) + std::min(shocked.smooth, shocked.kinked);
  return smooth <= kinked ? smooth : -kinked;
}

// One scenario of an option: price factor 1 + k, weight, scale of the shocked value, and that.
struct OptionLane {
  double factor, weight, scale, forward, value, delta, gamma_max;
};

template <PayoffForm Form, bool IsCall>
MARGINGATE_ROW_INLINE LaneDoubles option_lane(const RowPoint& p, double strike,
                                              const OptionLane& s) noexcept {
  if constexpr (Form == PayoffForm::inverse_coin) {
    const Remainder base =
        coin_remainder(p, strike, IsCall, p.forward, p.value, p.forward_delta, p.gamma_max);
    Remainder shocked = coin_remainder(p, strike, IsCall, s.forward, s.value, s.delta, s.gamma_max);
    shocked = {s.scale * shocked.smooth, s.scale * shocked.kinked};
    // The difference of two curvatures whose ends are known.
    const CoinCurvature base_ends =
        coin_curvature_ends(p, IsCall, p.forward, p.value, p.forward_delta, p.gamma_max);
    const CoinCurvature shocked_ends =
        coin_curvature_ends(p, IsCall, s.forward, s.value, s.delta, s.gamma_max);
    const double smooth = 0.5 * p.band * p.band *
                          std::max(base_ends.high - s.scale * shocked_ends.low,
                                   s.scale * shocked_ends.high - base_ends.low);
    return {
        s.weight * (p.value / p.forward - s.scale * (s.value / s.forward)) * p.scale,
        p.band * s.weight *
            ((p.forward_delta - p.value / p.forward) - s.scale * (s.delta - s.value / s.forward)) *
            p.scale,
        std::fabs(s.weight) * lane_bound(smooth, base, shocked) * p.scale};
  }
  // Linear: V_0 - V_s. Inverse: V_0 (1 + k) - V_s. Both prices are convex, so the larger
  // remainder bounds the difference.
  const double share = Form == PayoffForm::linear ? 1.0 : s.factor;
  Remainder base = quote_remainder(p, p.forward, p.gamma_max);
  base = {share * base.smooth, share * base.kinked};
  Remainder shocked = quote_remainder(p, s.forward, s.gamma_max);
  shocked = {s.scale * shocked.smooth, s.scale * shocked.kinked};
  const double bound = std::fabs(s.weight) *
                       lane_bound(std::max(base.smooth, shocked.smooth), base, shocked) * p.scale;
  if constexpr (Form == PayoffForm::linear) {
    return {s.weight * (p.value - s.scale * s.value) * p.scale,
            p.band * s.weight * (p.forward * p.forward_delta - s.scale * (s.forward * s.delta)) *
                p.scale,
            bound};
  }
  return {s.weight * (p.value * s.factor - s.scale * s.value) * p.scale,
          p.band * s.weight *
              (s.factor * p.forward * p.forward_delta - s.scale * (s.forward * s.delta)) * p.scale,
          bound};
}

template <PayoffForm Form>
MARGINGATE_ROW_INLINE LaneDoubles delta_one_lane(const RowPoint& p, double move, double factor,
                                                 double weight) noexcept {
  const double forward = p.forward * factor;
  if constexpr (Form == PayoffForm::linear) {
    const double loss = weight * (p.forward - forward) * p.scale;
    return {loss, p.band * loss, 0.0};
  }
  if constexpr (Form == PayoffForm::inverse_quote) {
    return {weight * (0.0 - move) * p.scale, 0.0, 0.0};
  }
  const double loss = weight * (1.0 / forward - 1.0 / p.forward) * p.scale;
  const double shrink = 1.0 - p.band;
  return {loss, -p.band * loss, p.band * p.band * std::fabs(loss) / (shrink * shrink * shrink)};
}

MARGINGATE_ROW_INLINE std::size_t whole_vectors(std::size_t lane_count) noexcept {
  return lane_count / scenario_lane_multiple * scenario_lane_multiple;
}

// What has no weight holds zeros, whatever was computed there. The flags count misfits.
template <class Rounding, RowUse Use, class Lane>
MARGINGATE_ROW_INLINE LaneRounding round_lanes(std::size_t count, const double* __restrict weight,
                                               double unit, std::int32_t* __restrict losses,
                                               std::int32_t* __restrict drifts,
                                               std::int32_t* __restrict curvatures,
                                               const Lane& lane_at) noexcept {
  std::int64_t too_large = 0;
  std::int64_t unbounded = 0;
  for (std::size_t s = 0; s < count; ++s) {
    const LaneDoubles lane = lane_at(s);
    const bool is_used = weight[s] != 0.0;
    const double loss = Rounding::nearest(lane.loss * unit);
    if constexpr (Use == RowUse::at_live_spot) {
      const bool loss_fits = std::fabs(loss) <= loss_lane_max;
      losses[s] = static_cast<std::int32_t>((is_used & loss_fits) ? loss : 0.0);
      drifts[s] = 0;
      curvatures[s] = 0;
      too_large += (is_used & !loss_fits) ? 1 : 0;
      continue;
    }
    const double drift = Rounding::nearest(lane.drift * unit);
    const double bound = lane.curvature * unit;
    const double magnitude = Rounding::ceil(std::fabs(bound));
    const double curvature = bound < 0.0 ? -magnitude : magnitude;
    const bool fits = std::fabs(loss) <= loss_lane_max;
    const bool bounds_fit =
        (std::fabs(drift) <= static_cast<double>(drift_lane_max)) & (magnitude <= loss_lane_max);
    losses[s] = static_cast<std::int32_t>((is_used & fits) ? loss : 0.0);
    drifts[s] = static_cast<std::int32_t>((is_used & bounds_fit) ? drift : 0.0);
    curvatures[s] = static_cast<std::int32_t>((is_used & bounds_fit) ? curvature : 0.0);
    too_large += (is_used & !fits) ? 1 : 0;
    unbounded += (is_used & !bounds_fit) ? 1 : 0;
  }
  return {too_large == 0, unbounded == 0};
}

template <class Rounding, RowUse Use, class Lane>
MARGINGATE_ROW_INLINE LaneRounding round_lanes(const scenario::ScenarioLanes& lanes,
                                               const double* weight, double unit,
                                               const LaneStorage& result,
                                               const Lane& lane_at) noexcept {
  return round_lanes<Rounding, Use>(whole_vectors(lanes.lane_count), weight, unit, result.loss,
                                    result.drift, result.curvature, lane_at);
}

// Lanes by index, with everything they read in values of their own: nothing aliases the results.
template <PayoffForm Form, bool IsCall>
struct OptionLanes {
  RowPoint p;
  double strike;
  const double *factor, *weight, *scale, *forward, *value, *delta, *gamma_max;

  MARGINGATE_ROW_INLINE LaneDoubles operator()(std::size_t s) const noexcept {
    return option_lane<Form, IsCall>(
        p, strike, {factor[s], weight[s], scale[s], forward[s], value[s], delta[s], gamma_max[s]});
  }
};

template <PayoffForm Form>
struct DeltaOneLanes {
  RowPoint p;
  const double *move, *factor, *weight;

  MARGINGATE_ROW_INLINE LaneDoubles operator()(std::size_t s) const noexcept {
    return delta_one_lane<Form>(p, move[s], factor[s], weight[s]);
  }
};

template <class Rounding, RowUse Use, PayoffForm Form>
MARGINGATE_ROW_INLINE LaneRounding round_form(const scenario::InstrumentTerms& instrument,
                                              const scenario::ScenarioLanes& lanes,
                                              const RowPoint& point, const RowScratch& scratch,
                                              double unit, const LaneStorage& result) noexcept {
  const double* const factor = lanes.price_factor.data();
  const double* const weight = scratch.weight;
  const double* const scale = scratch.value_scale;
  if (!instrument.is_option) {
    return round_lanes<Rounding, Use>(
        lanes, weight, unit, result,
        DeltaOneLanes<Form>{point, lanes.price_move.data(), factor, weight});
  }
  const double* const forward = scratch.forward.data();
  const double* const value = scratch.value(instrument.is_call);
  const double* const delta = scratch.delta(instrument.is_call);
  const double* const gamma_max = scratch.gamma_max.data();
  if (instrument.is_call) {
    return round_lanes<Rounding, Use>(
        lanes, weight, unit, result,
        OptionLanes<Form, true>{point, instrument.strike, factor, weight, scale, forward, value,
                                delta, gamma_max});
  }
  return round_lanes<Rounding, Use>(
      lanes, weight, unit, result,
      OptionLanes<Form, false>{point, instrument.strike, factor, weight, scale, forward, value,
                               delta, gamma_max});
}

template <class Rounding, RowUse Use>
MARGINGATE_ROW_INLINE LaneRounding round(const scenario::InstrumentTerms& instrument,
                                         const scenario::ScenarioLanes& lanes,
                                         const RowPoint& point, const RowScratch& scratch,
                                         double unit, const LaneStorage& result) noexcept {
  switch (instrument.form) {
    case PayoffForm::linear:
      return round_form<Rounding, Use, PayoffForm::linear>(instrument, lanes, point, scratch, unit,
                                                           result);
    case PayoffForm::inverse_quote:
      return round_form<Rounding, Use, PayoffForm::inverse_quote>(instrument, lanes, point, scratch,
                                                                  unit, result);
    case PayoffForm::inverse_coin:
      break;
  }
  return round_form<Rounding, Use, PayoffForm::inverse_coin>(instrument, lanes, point, scratch,
                                                             unit, result);
}

MARGINGATE_ROW_INLINE void shock(const scenario::ScenarioLanes& lanes, const PricingInputs& inputs,
                                 double forward, double strike, RowScratch& scratch) noexcept {
  const double log_moneyness = pricing::log_portable(forward / strike);
  const std::size_t count = whole_vectors(lanes.lane_count);
  for (std::size_t s = 0; s < count; ++s) {
    scratch.forward[s] = forward * lanes.price_factor[s];
    scratch.log_moneyness[s] = log_moneyness + lanes.log_price_factor[s];
  }
  if (inputs.settled != 0.0) {
    for (std::size_t s = 0; s < count; ++s) {
      scratch.forward[s] = inputs.settled + (forward - inputs.settled) * lanes.price_factor[s];
      scratch.log_moneyness[s] = pricing::log_portable(scratch.forward[s] / strike);
    }
  }
  const double sigma = inputs.volatility;
  const double* const change = lanes.volatility_change.data();
  const double* const minimum = lanes.volatility_minimum.data();
  double* const total = scratch.total_volatility.data();
  const auto shocked = [&](std::size_t s, double marked, double stretch, double root_years) {
    const double moved = marked * (1.0 + change[s] * stretch);
    return std::max(std::max(moved, minimum[s]), 0.0) * root_years;
  };
  if (lanes.stretches.size() == 1 && lanes.skews.size() == 1) {
    const double stretch = inputs.stretch[0];
    const double root_years = inputs.root_years[0];
    for (std::size_t s = 0; s < count; ++s) total[s] = shocked(s, sigma, stretch, root_years);
    return;
  }
  for (std::size_t s = 0; s < count; ++s) {
    const std::size_t i = lanes.stretch[s];
    const double marked = sigma * inputs.skew[lanes.skew[s]];
    total[s] = shocked(s, marked, inputs.stretch[i], inputs.root_years[i]);
  }
}

}  // namespace margingate::margin::row_body
