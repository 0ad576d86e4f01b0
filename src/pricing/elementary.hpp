// Exponential and logarithm that give the same bits on every compiler and instruction set.
//
// Shape    one double in, one double out; free of branches and calls, so loops vectorise.
// Units    none.
// Sign     none.
// Range    stated at each function. Arguments are not NaN.
// Errors   none; results saturate as stated.
// Threads  pure. Safe from any thread. Assumes the default rounding, to nearest.
// Cost     exp about 16, log about 20 arithmetic operations, one division in log.
// Source   Only +, -, *, / and fused multiply-add are used; IEEE 754 fixes every bit of each.
//          Argument reduction after Cody and Waite (1980); log(1 + f) is arranged around
//          f - f^2/2 as in the classical 2 atanh(f / (2 + f)) form. The polynomials are printed
//          by tools/coefficients.py. Compile users with -ffp-contract=off: an implicit fused
//          operation would change bits.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace margingate::pricing {

inline constexpr double exp_argument_min = -708.0;  // e^-708 is the last comfortably normal result
inline constexpr double exp_argument_max = 709.0;   // 2^1023 is the largest scale factor

// Largest errors, asserted by elementary_test: in units in the last place of the result, and
// relative. The exp figure adds up the roundings (0.5 + 0.25 + 0.25 + 0.12); about 1.0 is seen.
inline constexpr double exp_error_ulp_max = 1.15;
inline constexpr double log_error_ulp_max = 1.0;
inline constexpr double log_ratio_error_max = 3 * 0x1p-53;  // relative
inline constexpr double pow_error_scale = 3 * 0x1p-53;      // relative, times 1 + |y ln x|

namespace detail {

// ln 2 = high + low; high has 32 significant bits, so its product with any exponent is exact.
inline constexpr double ln2_high = 0x1.62e42fee00000p-1;
inline constexpr double ln2_low = 0x1.a39ef35793c76p-33;
inline constexpr double inverse_ln2 = 0x1.71547652b82fep+0;

// Adding this rounds to an integer and leaves that integer in the low mantissa bits.
inline constexpr double integer_shifter = 0x1.8p52;

[[gnu::always_inline]] inline double fused(double a, double b, double c) noexcept {
  return __builtin_fma(a, b, c);
}

// (e^r - 1 - r) / r^2 on |r| <= ln2 / 2.
[[gnu::always_inline]] inline double exp_tail(double r) noexcept {
  double even = 0x1.28adb3efc04aep-22;
  double odd = 0x1.ad801a563eadep-26;
  const double r2 = r * r;
  even = fused(even, r2, 0x1.a01999bdeff65p-16);
  odd = fused(odd, r2, 0x1.71df254cf11f2p-19);
  even = fused(even, r2, 0x1.6c16c1844a392p-10);
  odd = fused(odd, r2, 0x1.a01a012a18c0ap-13);
  even = fused(even, r2, 0x1.55555555507dep-5);
  odd = fused(odd, r2, 0x1.1111111127dbfp-7);
  even = fused(even, r2, 0x1.000000000000ap-1);
  odd = fused(odd, r2, 0x1.55555555554f9p-3);
  return fused(odd, r, even);
}

// 2 (atanh(s) / s - 1) / z with z = s^2 on 0 <= s <= (sqrt 2 - 1) / (sqrt 2 + 1).
[[gnu::always_inline]] inline double log_tail(double z) noexcept {
  double p = 0x1.2b5900de53b32p-3;
  p = fused(p, z, 0x1.39fe51a7c18f9p-3);
  p = fused(p, z, 0x1.7462b51cb66b1p-3);
  p = fused(p, z, 0x1.c71c62e3f11e6p-3);
  p = fused(p, z, 0x1.2492492df281ap-2);
  p = fused(p, z, 0x1.99999999952d7p-2);
  return fused(p, z, 0x1.5555555555558p-1);
}

}  // namespace detail

// e^x for exp_argument_min <= x <= exp_argument_max; other arguments give meaningless bits.
[[gnu::always_inline]] inline double exp_in_range(double x) noexcept {
  const double shifted = detail::fused(x, detail::inverse_ln2, detail::integer_shifter);
  const double exponent = shifted - detail::integer_shifter;
  double r = detail::fused(exponent, -detail::ln2_high, x);
  r = detail::fused(exponent, -detail::ln2_low, r);
  const double growth = detail::fused(r * r, detail::exp_tail(r), r);  // e^r - 1
  // The shift drops the marker bits of the shifter and leaves the biased exponent: 2^exponent.
  const auto scale = std::bit_cast<double>((std::bit_cast<std::uint64_t>(shifted) + 1023U) << 52);
  return detail::fused(scale, growth, scale);
}

// e^x for every x: 0 below exp_argument_min, +infinity above exp_argument_max.
[[gnu::always_inline]] inline double exp_portable(double x) noexcept {
  const double low_bounded = x < exp_argument_min ? exp_argument_min : x;
  const double bounded = low_bounded > exp_argument_max ? exp_argument_max : low_bounded;
  const double inside = exp_in_range(bounded);
  const double above = x > exp_argument_max ? std::numeric_limits<double>::infinity() : inside;
  return x < exp_argument_min ? 0.0 : above;
}

// ln x for normal positive x; ln 1 is exactly 0.
[[gnu::always_inline]] inline double log_portable(double x) noexcept {
  // x = 2^k m with sqrt(1/2) <= m < sqrt 2. The bias of 1024 keeps the shifted value positive,
  // because not every instruction set shifts signed 64-bit lanes.
  constexpr std::uint64_t half_root_bits = 0x3FE6A09E667F3BCDU;
  constexpr std::uint64_t bias = std::uint64_t{1024} << 52;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t biased_exponent = (bits - half_root_bits + bias) >> 52;
  const double m = std::bit_cast<double>(bits - (biased_exponent << 52) + bias);
  const double k = std::bit_cast<double>(biased_exponent | 0x4330000000000000U) - (0x1p52 + 1024.0);
  const double f = m - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double half_square = 0.5 * f * f;
  const double tail = detail::fused(z, detail::log_tail(z), half_square);
  const double low = detail::fused(s, tail, k * detail::ln2_low);
  return detail::fused(k, detail::ln2_high, f - (half_square - low));
}

// ln(a / b) for positive a, b whose ratio is normal. Relative accuracy holds also where a and b
// are close, because the rounding of the quotient is put back.
[[gnu::always_inline]] inline double log_ratio_portable(double a, double b) noexcept {
  const double quotient = a / b;
  const double remainder = detail::fused(-quotient, b, a);
  return log_portable(quotient) + remainder / a;
}

// x^y for normal positive x, saturating as exp_portable does. The relative error grows with the
// exponent of the result: pow_error_scale * (1 + |y ln x|).
[[gnu::always_inline]] inline double pow_portable(double x, double y) noexcept {
  return exp_portable(y * log_portable(x));
}

}  // namespace margingate::pricing
