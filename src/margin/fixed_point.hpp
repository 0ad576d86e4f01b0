// Integer arithmetic with a stated direction of rounding, and doubles rounded to integers.
//
// Shape    free functions on 64- and 128-bit integers.
// Units    whatever the caller's are.
// Sign     signed throughout; floor is towards minus infinity, ceil towards plus infinity.
// Range    products are formed in 128 bits; results must fit 64 bits, which the limits in
//          docs/numerics.md guarantee.
// Errors   none.
// Threads  pure.
// Cost     a multiplication and, where stated, a division.
// Source   docs/numerics.md.
#pragma once

#include <cmath>
#include <cstdint>

namespace margingate::margin {

__extension__ typedef __int128 Int128;

inline constexpr std::int64_t parts_per_one = 1'000'000'000;

[[nodiscard]] constexpr Int128 floor_divide(Int128 a, Int128 b) noexcept {
  const Int128 quotient = a / b;
  return quotient - static_cast<Int128>((a % b != 0) && ((a < 0) != (b < 0)));
}

[[nodiscard]] constexpr Int128 ceil_divide(Int128 a, Int128 b) noexcept {
  return -floor_divide(-a, b);
}

// Converted balances stop here rather than wrap: no price can turn a debt into a fortune.
inline constexpr std::int64_t converted_max = std::int64_t{1} << 60;

[[nodiscard]] constexpr std::int64_t multiply_floor(std::int64_t a, std::int64_t b,
                                                    std::int64_t divisor) noexcept {
  const Int128 exact = floor_divide(static_cast<Int128>(a) * b, divisor);
  if (exact > converted_max) return converted_max;
  if (exact < -converted_max) return -converted_max;
  return static_cast<std::int64_t>(exact);
}

[[nodiscard]] constexpr std::int64_t multiply_ceil(std::int64_t a, std::int64_t b,
                                                   std::int64_t divisor) noexcept {
  return static_cast<std::int64_t>(ceil_divide(static_cast<Int128>(a) * b, divisor));
}

// Nearest integer, ties to even, as a double; the addition of 2^52 leaves no fraction bits. Needs
// no library call on any instruction set.
[[nodiscard]] inline double nearest(double x) noexcept {
  constexpr double no_fraction = 0x1p52;
  const double magnitude = std::fabs(x);
  const double rounded = (magnitude + no_fraction) - no_fraction;
  return magnitude < no_fraction ? std::copysign(rounded, x) : x;
}

[[nodiscard]] inline double ceil_portable(double x) noexcept {
  const double rounded = nearest(x);
  return rounded < x ? rounded + 1.0 : rounded;
}

[[nodiscard]] inline double floor_portable(double x) noexcept {
  const double rounded = nearest(x);
  return rounded > x ? rounded - 1.0 : rounded;
}

}  // namespace margingate::margin
