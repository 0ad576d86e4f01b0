// The part of building a risk row that is done for every scenario lane.
//
// Shape    shock: lane_count lanes, padding included. round: the three published lane arrays.
// Units    see risk_row.hpp; `unit` is 2^-exponent.
// Sign     losses positive for one long lot.
// Range    any finite input; LaneRounding says what could not be represented.
// Errors   none.
// Threads  pure apart from the scratch lanes and the lanes written.
// Cost     some fifty arithmetic operations per lane, no branch on data.
// Source   docs/methodology.md MR-05 to MR-07; the bounds are derived in docs/numerics.md.
//          Every instruction set gives the same bits.
#pragma once

#include <algorithm>
#include <cmath>

#include "margin/row_builder.hpp"
#include "margingate/instruction_set.hpp"

namespace margingate::margin {

// Everything a row needs that is one number per instrument, as doubles.
struct RowPoint {
  double forward;  // F, live
  double spot;     // S, live
  double scale;    // c, or cr for inverse instruments in quote form
  double band;     // H
  double value;    // V_0, or F for delta-one
  double forward_delta;
  double gamma_max;
  double settled = 0.0;  // part of the forward that does not move
};

// Bound of |F x D(F x) - V(F x)| over the band: its derivative in F is F times gamma.
[[gnu::always_inline]] inline double strike_term_max(const RowPoint& p, double forward,
                                                     double value, double delta,
                                                     double gamma_max) noexcept {
  return std::fabs(forward * delta - value) +
         p.band * forward * forward * (1.0 + p.band) * gamma_max;
}

// Ends of d^2/dx^2 V(F x) / (F x) over the band: gamma raises it, the strike term lowers it for
// calls and raises it for puts (docs/numerics.md).
struct CoinCurvature {
  double low, high;
};

[[gnu::always_inline]] inline CoinCurvature coin_curvature_ends(const RowPoint& p, bool is_call,
                                                                double forward, double value,
                                                                double delta,
                                                                double gamma_max) noexcept {
  const double shrink = 1.0 - p.band;
  const double grow = 1.0 + p.band;
  const double gamma_term = forward * gamma_max / shrink;
  const double bracket = std::fabs(forward * delta - value);
  const double bracket_max = strike_term_max(p, forward, value, delta, gamma_max);
  const double bracket_min = std::max(bracket - (bracket_max - bracket), 0.0);
  const double most = 2.0 * bracket_max / (forward * shrink * shrink * shrink);
  const double least = 2.0 * bracket_min / (forward * grow * grow * grow);
  if (is_call) return {-most, gamma_term - least};
  return {least, gamma_term + most};
}

// Bound of its magnitude.
[[gnu::always_inline]] inline double coin_curvature(const RowPoint& p, bool is_call, double forward,
                                                    double value, double delta,
                                                    double gamma_max) noexcept {
  const CoinCurvature ends = coin_curvature_ends(p, is_call, forward, value, delta, gamma_max);
  return std::max(-ends.low, ends.high);
}

struct LaneRounding {
  bool all_fit = true;      // every loss fits its lane
  bool all_bounded = true;  // and so does every bound
};

struct RowLaneKernel {
  // Shocked inputs of every lane.
  void (*shock)(const scenario::ScenarioLanes& lanes, const PricingInputs& inputs, double forward,
                double strike, RowScratch& scratch) noexcept;
  // Loss, drift and bound of every lane, rounded; padding becomes zero.
  LaneRounding (*round)(const scenario::InstrumentTerms& instrument,
                        const scenario::ScenarioLanes& lanes, const RowPoint& point,
                        const RowScratch& scratch, double unit, const LaneStorage& result) noexcept;
  // The same losses; drift and bound of every lane become zero.
  LaneRounding (*round_losses)(const scenario::InstrumentTerms& instrument,
                               const scenario::ScenarioLanes& lanes, const RowPoint& point,
                               const RowScratch& scratch, double unit,
                               const LaneStorage& result) noexcept;
  // One number each, with fused operations as instructions: e^x, ln x, and e^(exponent * ln base).
  double (*exp)(double x) noexcept;
  double (*log)(double x) noexcept;
  double (*power)(double base, double exponent) noexcept;
};

}  // namespace margingate::margin
