// Black-76 value, forward delta and drift-band gamma of one option over many scenario lanes.
//
// Shape    `count` lanes, a multiple of 8; every array 64-byte aligned; outputs do not overlap
//          inputs or one another. One strike, option type and drift band per call.
// Units    forward, strike, value: price units. total_volatility: sigma sqrt(T), dimensionless.
//          forward_delta: price per price. gamma_max: 1 / price.
// Sign     value >= 0; delta in [0, 1] for calls, [-1, 0] for puts; gamma_max >= 0.
// Range    forward, strike in [1e-100, 1e100]; |log_moneyness| <= 460; 0 <= total_volatility
//          finite, below total_volatility_floor taken as 0; 0 <= drift_band < 1. Inside it no
//          result is NaN.
// Errors   none. Value within black76_value_error_max * max(F, K), delta within
//          black76_delta_error_max of the formula in real numbers. An error e in log_moneyness
//          moves delta by up to 0.4 e / s.
// Threads  pure. Safe from any thread on data that no one is writing.
// Cost     about 95 arithmetic operations, two divisions, no branch on data; see pricing_bench.
// Source   Black, "The pricing of commodity contracts" (1976), undiscounted.
//          Every instruction set and compiler gives the same bits.
#pragma once

#include <cstddef>

#include "margingate/instruction_set.hpp"

namespace margingate::pricing {

inline constexpr std::size_t black76_lane_multiple = 8;
inline constexpr std::size_t black76_alignment_bytes = 64;

// A lane with less total volatility than this is priced at intrinsic value; the difference is
// at most 4e-16 of the forward. One millisecond at one per cent a year is 5e-8.
inline constexpr double total_volatility_floor = 1e-15;

inline constexpr double black76_value_error_max = 1e-15;  // as a fraction of max(F, K)
inline constexpr double black76_delta_error_max = 1e-11;
inline constexpr double black76_gamma_excess_max = 1e-8;  // relative

struct Black76Lanes {
  std::size_t count;
  const double* forward;           // already shocked
  const double* log_moneyness;     // ln(forward / strike), to a few units in the last place
  const double* total_volatility;  // 0 means intrinsic value
};

struct Black76Results {
  double* value;          // undiscounted
  double* forward_delta;  // d value / d forward
  double* gamma_max;      // see Black76Point
};

struct Black76Point {
  double value;
  double forward_delta;  // at zero volatility and forward == strike: 0.5 call, -0.5 put
  // At least the largest gamma over forwards in [F (1 - drift_band), F (1 + drift_band)], and
  // within black76_gamma_excess_max of it for total_volatility >= 1e-5 unless it is below
  // 1e-280. At zero volatility: +infinity if the strike lies in the band (edges to 1 part in
  // 2^44), else 0.
  double gamma_max;
};

// A drift band with its logarithms, which every call needs: prepared once, or from a plain number.
struct DriftBand {
  DriftBand(double band) noexcept;  // NOLINT: a number is one
  double width;
  double log_low;   // ln(1 - width)
  double log_high;  // ln(1 + width)
};

using Black76Kernel = void (*)(const Black76Lanes& lanes, double strike, bool is_call,
                               const DriftBand& drift_band, const Black76Results& results) noexcept;

// nullptr when this machine does not support the instruction set.
[[nodiscard]] Black76Kernel black76_kernel(InstructionSet set) noexcept;

// Values alone, for where nothing drifts: the bits are those of Black76Results::value.
using Black76ValueKernel = void (*)(const Black76Lanes& lanes, double strike, bool is_call,
                                    double* value) noexcept;
[[nodiscard]] Black76ValueKernel black76_value_kernel(InstructionSet set) noexcept;

// Call and put of one strike at little more than the cost of one; the bits are those of two calls.
struct Black76PairResults {
  double* call_value;
  double* call_delta;  // forward delta
  double* put_value;
  double* put_delta;
  double* gamma_max;  // of either
};
using Black76PairKernel = void (*)(const Black76Lanes& lanes, double strike,
                                   const DriftBand& drift_band,
                                   const Black76PairResults& results) noexcept;
[[nodiscard]] Black76PairKernel black76_pair_kernel(InstructionSet set) noexcept;

// One lane, with exactly the bits every kernel gives. `log_moneyness` as in Black76Lanes;
// log_ratio_portable(forward, strike) is the best one.
[[nodiscard]] Black76Point black76(double forward, double log_moneyness, double total_volatility,
                                   double strike, bool is_call, double drift_band) noexcept;

}  // namespace margingate::pricing
