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
#include <type_traits>

namespace margingate::margin {

__extension__ typedef __int128 Int128;

inline constexpr std::int64_t parts_per_one = 1'000'000'000;

struct WideQuotient {
  Int128 quotient;
  bool exact;
};

// |a| / |b|. One instruction when divisor and quotient fit 64 bits, as they do unless a contract is
// worth almost nothing; the general division costs several times that.
[[nodiscard]] constexpr WideQuotient divide_magnitudes(Int128 a, Int128 b) noexcept {
  __extension__ typedef unsigned __int128 Unsigned;
  const Unsigned n = a < 0 ? -static_cast<Unsigned>(a) : static_cast<Unsigned>(a);
  const Unsigned d = b < 0 ? -static_cast<Unsigned>(b) : static_cast<Unsigned>(b);
#if defined(__x86_64__)
  const bool fits = (d >> 64) == 0 && (n >> 64) < d;
  if (fits && !std::is_constant_evaluated()) {
    std::uint64_t quotient = 0;
    std::uint64_t rest = 0;
    __asm__("divq %4"
            : "=a"(quotient), "=d"(rest)
            : "a"(static_cast<std::uint64_t>(n)), "d"(static_cast<std::uint64_t>(n >> 64)),
              "r"(static_cast<std::uint64_t>(d))
            : "cc");
    return {static_cast<Int128>(quotient), rest == 0};
  }
#endif
  const Unsigned quotient = n / d;
  return {static_cast<Int128>(quotient), quotient * d == n};
}

[[nodiscard]] constexpr Int128 floor_divide(Int128 a, Int128 b) noexcept {
  const WideQuotient q = divide_magnitudes(a, b);
  if ((a < 0) == (b < 0)) return q.quotient;
  return -q.quotient - static_cast<Int128>(!q.exact);
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
