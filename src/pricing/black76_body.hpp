// The one implementation of the Black-76 lane, inlined into a function per instruction set.
//
// Shape    black76_lane: one lane; black76_lanes: all of them, written to vectorise.
// Units    as in black76.hpp.
// Sign     as in black76.hpp.
// Range    as in black76.hpp.
// Errors   none.
// Threads  pure. Safe from any thread.
// Cost     as in black76.hpp.
// Source   With d1 = ln(F/K)/s + s/2, d2 = d1 - s, w = F phi(d1) = K phi(d2) and the Mills ratio
//          R, the out-of-the-money option is worth w |R(|d1|) - R(|d2|)| when d1 and d2 have
//          equal signs, and min(F, K) - w (R(|d1|) + R(|d2|)) otherwise. So one exponential
//          serves both tails, and intrinsic value F - K is added exactly, by parity.
#pragma once

#include <cstddef>
#include <limits>

#include "pricing/black76.hpp"
#include "pricing/elementary.hpp"
#include "pricing/mills_ratio.hpp"

namespace margingate::pricing::detail {

inline constexpr double inverse_sqrt_two_pi = 0x1.9884533d43651p-2;

// e^-700 is about 1e-304. Stopping there keeps gamma_max a strict bound where the true gamma
// underflows, and changes values by nothing a double next to them can show.
inline constexpr double exponent_floor = -700.0;

// Covers the rounding of every step of gamma_max except that of its band edges ...
inline constexpr double gamma_inflation = 1.0 + 1e-9;
// ... which are moved outwards by this times (1 + |ln(F/K)|), more than the rounding of
// ln(F/K), of ln(1 +- drift_band) and of their sum.
inline constexpr double band_widening = 0x1p-50;
// Zero volatility stands for total_volatility_floor as well; 57 of those are wide enough for
// gamma to vanish.
inline constexpr double zero_volatility_band_widening = 0x1p-44;

// What does not change from lane to lane.
struct LaneConstants {
  double strike;
  double log_band_low;   // ln(1 - drift_band)
  double log_band_high;  // ln(1 + drift_band)
  double band_low;       // strike is in the band when F * band_low <= strike <= F * band_high
  double band_high;
  double gamma_scale;  // gamma = gamma_scale * exp(-d1^2 / 2 - ln(F/K)) / s
};

[[gnu::always_inline]] inline LaneConstants lane_constants(double strike,
                                                           const DriftBand& drift_band) noexcept {
  const double below = 1.0 - drift_band.width;
  const double above = 1.0 + drift_band.width;
  return {strike,
          drift_band.log_low,
          drift_band.log_high,
          below * (1.0 - zero_volatility_band_widening),
          above * (1.0 + zero_volatility_band_widening),
          inverse_sqrt_two_pi * gamma_inflation / strike};
}

// Gamma is unimodal in the forward with mode K exp(-1.5 s^2), so its maximum over the band is
// at the mode moved to the nearest point of the band.
[[gnu::always_inline]] inline double gamma_bound(double log_moneyness, double s, double inverse_s,
                                                 const LaneConstants& constants) noexcept {
  const double widening = band_widening * (1.0 + __builtin_fabs(log_moneyness));
  const double low = (log_moneyness + constants.log_band_low) - widening;
  const double high = (log_moneyness + constants.log_band_high) + widening;
  const double mode = -1.5 * s * s;
  const double at_least_low = mode < low ? low : mode;
  const double x = at_least_low > high ? high : at_least_low;
  const double d1 = fused(x, inverse_s, 0.5 * s);
  const double exponent = fused(-0.5 * d1, d1, -x);
  const double bounded = exponent < exponent_floor ? exponent_floor : exponent;
  return constants.gamma_scale * inverse_s * exp_in_range(bounded);
}

template <bool is_call>
[[gnu::always_inline]] inline Black76Point black76_lane(double forward, double log_moneyness,
                                                        double total_volatility,
                                                        const LaneConstants& constants) noexcept {
  const double strike = constants.strike;
  const bool is_zero = total_volatility < total_volatility_floor;
  const double s = is_zero ? total_volatility_floor : total_volatility;
  const double inverse_s = 1.0 / s;
  const double d1 = fused(log_moneyness, inverse_s, 0.5 * s);
  const double d2 = d1 - s;

  const double magnitude1 = __builtin_fabs(d1);
  const double magnitude2 = __builtin_fabs(d2);
  const double a1 = magnitude1 > mills_argument_max ? mills_argument_max : magnitude1;
  const double a2 = magnitude2 > mills_argument_max ? mills_argument_max : magnitude2;
  const double q1 = mills_denominator(a1);
  const double q2 = mills_denominator(a2);
  const double inverse_q = 1.0 / (q1 * q2);
  const double ratio1 = mills_numerator(a1) * (q2 * inverse_q);
  const double ratio2 = mills_numerator(a2) * (q1 * inverse_q);

  const double exponent = -0.5 * d1 * d1;
  const double bounded = exponent < exponent_floor ? exponent_floor : exponent;
  const double phi1 = inverse_sqrt_two_pi * exp_in_range(bounded);
  const double w = forward * phi1;

  const double lower = forward < strike ? forward : strike;
  const double same_side = __builtin_fabs(w * (ratio1 - ratio2));
  const double straddling = fused(-w, ratio1 + ratio2, lower);
  const double straddling_floored = straddling < 0.0 ? 0.0 : straddling;
  const bool is_straddling = (d1 > 0.0) & (d2 < 0.0);
  const double smooth = is_straddling ? straddling_floored : same_side;
  const double time_value = is_zero ? 0.0 : smooth;
  const double exercise = is_call ? forward - strike : strike - forward;
  const double intrinsic = exercise > 0.0 ? exercise : 0.0;

  const double tail = phi1 * ratio1;  // Phi(-|d1|)
  const double smooth_delta =
      is_call ? (d1 > 0.0 ? 1.0 - tail : tail) : (d1 > 0.0 ? -tail : tail - 1.0);
  const double side = forward > strike ? 1.0 : 0.0;
  const double step = forward == strike ? 0.5 : side;
  const double step_delta = is_call ? step : step - 1.0;

  const double smooth_gamma = gamma_bound(log_moneyness, s, inverse_s, constants);
  const bool is_strike_in_band =
      (forward * constants.band_low <= strike) & (strike <= forward * constants.band_high);
  const double step_gamma = is_strike_in_band ? std::numeric_limits<double>::infinity() : 0.0;
  return {intrinsic + time_value, is_zero ? step_delta : smooth_delta,
          is_zero ? step_gamma : smooth_gamma};
}

// The pointers are parameters of their own because compilers honour __restrict only there.
template <bool is_call>
[[gnu::always_inline]] inline void black76_loop(std::size_t count, const double* __restrict forward,
                                                const double* __restrict log_moneyness,
                                                const double* __restrict total_volatility,
                                                double* __restrict value,
                                                double* __restrict forward_delta,
                                                double* __restrict gamma_max,
                                                const LaneConstants& constants) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    const Black76Point point =
        black76_lane<is_call>(forward[i], log_moneyness[i], total_volatility[i], constants);
    value[i] = point.value;
    forward_delta[i] = point.forward_delta;
    gamma_max[i] = point.gamma_max;
  }
}

// Values alone: what the other results need is not computed.
template <bool is_call>
[[gnu::always_inline]] inline void black76_value_loop(std::size_t count,
                                                      const double* __restrict forward,
                                                      const double* __restrict log_moneyness,
                                                      const double* __restrict total_volatility,
                                                      double* __restrict value,
                                                      const LaneConstants& constants) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    value[i] =
        black76_lane<is_call>(forward[i], log_moneyness[i], total_volatility[i], constants).value;
  }
}

// Call and put share all but intrinsic value and the side of delta; compilers see that.
[[gnu::always_inline]] inline void black76_pair_loop(
    std::size_t count, const double* __restrict forward, const double* __restrict log_moneyness,
    const double* __restrict total_volatility, double* __restrict call_value,
    double* __restrict call_delta, double* __restrict put_value, double* __restrict put_delta,
    double* __restrict gamma_max, const LaneConstants& constants) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    const Black76Point call =
        black76_lane<true>(forward[i], log_moneyness[i], total_volatility[i], constants);
    const Black76Point put =
        black76_lane<false>(forward[i], log_moneyness[i], total_volatility[i], constants);
    call_value[i] = call.value;
    call_delta[i] = call.forward_delta;
    put_value[i] = put.value;
    put_delta[i] = put.forward_delta;
    gamma_max[i] = call.gamma_max;
  }
}

template <typename T>
[[gnu::always_inline]] inline T* aligned(T* pointer) noexcept {
  return static_cast<T*>(__builtin_assume_aligned(pointer, black76_alignment_bytes));
}

template <bool is_call>
[[gnu::always_inline]] inline void black76_lanes(const Black76Lanes& lanes,
                                                 const LaneConstants& constants,
                                                 const Black76Results& results) noexcept {
  // The rounding tells the compiler that no remainder loop is needed.
  const std::size_t count = lanes.count / black76_lane_multiple * black76_lane_multiple;
  black76_loop<is_call>(count, aligned(lanes.forward), aligned(lanes.log_moneyness),
                        aligned(lanes.total_volatility), aligned(results.value),
                        aligned(results.forward_delta), aligned(results.gamma_max), constants);
}

[[gnu::always_inline]] inline void black76_lanes(const Black76Lanes& lanes, double strike,
                                                 bool is_call, const DriftBand& drift_band,
                                                 const Black76Results& results) noexcept {
  const LaneConstants constants = lane_constants(strike, drift_band);
  if (is_call) {
    black76_lanes<true>(lanes, constants, results);
  } else {
    black76_lanes<false>(lanes, constants, results);
  }
}

[[gnu::always_inline]] inline void black76_values(const Black76Lanes& lanes, double strike,
                                                  bool is_call, double* value) noexcept {
  const std::size_t count = lanes.count / black76_lane_multiple * black76_lane_multiple;
  // Values have no use for the band.
  const LaneConstants constants{strike, 0.0, 0.0, 0.0, 0.0, 0.0};
  if (is_call) {
    black76_value_loop<true>(count, aligned(lanes.forward), aligned(lanes.log_moneyness),
                             aligned(lanes.total_volatility), aligned(value), constants);
  } else {
    black76_value_loop<false>(count, aligned(lanes.forward), aligned(lanes.log_moneyness),
                              aligned(lanes.total_volatility), aligned(value), constants);
  }
}

[[gnu::always_inline]] inline void black76_pairs(const Black76Lanes& lanes, double strike,
                                                 const DriftBand& drift_band,
                                                 const Black76PairResults& results) noexcept {
  const std::size_t count = lanes.count / black76_lane_multiple * black76_lane_multiple;
  black76_pair_loop(
      count, aligned(lanes.forward), aligned(lanes.log_moneyness), aligned(lanes.total_volatility),
      aligned(results.call_value), aligned(results.call_delta), aligned(results.put_value),
      aligned(results.put_delta), aligned(results.gamma_max), lane_constants(strike, drift_band));
}

[[gnu::always_inline]] inline Black76Point black76_point(double forward, double log_moneyness,
                                                         double total_volatility, double strike,
                                                         bool is_call, double drift_band) noexcept {
  const LaneConstants constants = lane_constants(strike, drift_band);
  return is_call ? black76_lane<true>(forward, log_moneyness, total_volatility, constants)
                 : black76_lane<false>(forward, log_moneyness, total_volatility, constants);
}

}  // namespace margingate::pricing::detail
