// Value of an option that may be exercised at any time, by a binomial tree.
//
// Shape    one set of terms, `count` forwards; the same bits for every count and instruction set.
// Units    forward, strike, value: price units. The rest is dimensionless, over the option's life.
// Sign     value >= 0.
// Range    forward and strike as in black76.hpp, within e^100 of one another; carry and interest of
//          at most american_growth_max, total volatility 0 .. american_volatility_max: outside
//          these the value is NaN, which no row accepts.
// Errors   none. Rounding: the value is within american_value_error_max * max(forward * e^-carry,
//          forward, strike) of the tree's in real numbers. The tree against a fine one: see
//          tests/golden/american_quantlib_test.cpp.
// Threads  pure. Safe from any thread.
// Cost     per forward american_steps^2 / 2 nodes of six operations each and american_steps
//          Black-76 values; per call about 3 * american_steps exponentials.
// Source   Cox, Ross and Rubinstein (1979), around the forward instead of the spot, so that no
//          rate or volatility makes a probability negative; the last step is Black-76 (Broadie and
//          Detemple, 1996). In the forward the value is a maximum of sums of convex functions with
//          weights that are never negative, so it is convex: what its bounds rest on.
#pragma once

#include <cstddef>

#include "margingate/instruction_set.hpp"

namespace margingate::pricing {

inline constexpr std::size_t american_steps = 128;
inline constexpr double american_growth_max = 100.0;
inline constexpr double american_volatility_max = 25.0;
inline constexpr double american_value_error_max = 1e-12;

struct AmericanTerms {
  double strike = 0.0;
  bool is_call = false;
  double carry = 0.0;             // ln(forward / spot)
  double interest = 0.0;          // rate * years, not below zero
  double total_volatility = 0.0;  // sigma * sqrt(years)
};

// forward: for delivery at expiry, already shocked.
using AmericanKernel = void (*)(const AmericanTerms& terms, std::size_t count,
                                const double* forward, double* value) noexcept;

// nullptr when this machine does not support the instruction set.
[[nodiscard]] AmericanKernel american_kernel(InstructionSet set) noexcept;

// One forward, by the best kernel of this machine.
[[nodiscard]] double american_value(const AmericanTerms& terms, double forward) noexcept;

// What a share of the forward up and down makes of the value: money delta by a move that is large
// enough to see past the tree's own kinks.
inline constexpr double american_delta_move = 0.01;

}  // namespace margingate::pricing
