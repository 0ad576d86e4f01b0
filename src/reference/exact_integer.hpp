// Integer arithmetic of the reference: wide sums, one-sided divisions, exact ratios.
//
// Shape    free functions; Int128 holds every sum before it becomes 64 bits again.
// Units    none.
// Sign     rounding direction is in the name: floor towards minus infinity, ceil towards plus.
// Range    narrow() and the functions of doubles saturate; the gate's limits exclude it.
// Errors   none. Divisors are positive.
// Threads  pure. Safe from any thread.
// Cost     a few instructions; floor_of_ratio allocates.
// Source   docs/methodology.md, introduction: "integer".
#pragma once

#include <cstdint>
#include <span>

namespace margingate::reference {

__extension__ typedef __int128 Int128;

// Doubles of this magnitude and more are not turned into money: 2^62, so that sums of two fit.
inline constexpr double integer_magnitude_max = 0x1p62;

// 10^exponent for 0 <= exponent <= 18; exact also as a double.
[[nodiscard]] constexpr std::int64_t power_of_ten(int exponent) noexcept {
  std::int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

[[nodiscard]] constexpr std::int64_t narrow(Int128 value) noexcept {
  if (value > INT64_MAX) return INT64_MAX;
  if (value < INT64_MIN) return INT64_MIN;
  return static_cast<std::int64_t>(value);
}

[[nodiscard]] constexpr Int128 floor_quotient(Int128 dividend, std::int64_t divisor) noexcept {
  const Int128 quotient = dividend / divisor;
  return dividend % divisor < 0 ? quotient - 1 : quotient;
}

[[nodiscard]] constexpr Int128 ceil_quotient(Int128 dividend, std::int64_t divisor) noexcept {
  const Int128 quotient = dividend / divisor;
  return dividend % divisor > 0 ? quotient + 1 : quotient;
}

// False for NaN too.
[[nodiscard]] bool fits_integer(double value) noexcept;

// Ties to even.
[[nodiscard]] std::int64_t nearest(double value) noexcept;
[[nodiscard]] std::int64_t floor_integer(double value) noexcept;
[[nodiscard]] std::int64_t ceil_integer(double value) noexcept;

// A rate of the model as integer parts per 10^9.
inline constexpr std::int64_t parts_per_one = 1'000'000'000;
[[nodiscard]] std::int64_t parts_per_billion(double rate) noexcept;

// floor(+-(product of factors / product of divisors)), exact whatever the size of the products.
[[nodiscard]] std::int64_t floor_of_ratio(bool is_negative, std::span<const std::uint64_t> factors,
                                          std::span<const std::uint64_t> divisors);

}  // namespace margingate::reference
