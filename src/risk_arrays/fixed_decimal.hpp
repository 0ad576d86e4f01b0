// A decimal number with eight places, exact where the margin rules are exact.
//
// Shape    one signed integer of 128 bits counting 10^-8.
// Units    whatever the number counts: money, contracts, deltas, rates.
// Sign     signed.
// Range    at most 10^18 in magnitude; parse() takes up to 18 digits before the point.
// Errors   std::overflow_error when a result leaves the range, std::domain_error for a division
//          by zero; parse() returns nullopt.
// Threads  a value.
// Cost     cold: products and quotients may take 256 bits.
// Source   docs/models/risk-array.md, "rounding".
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace margingate::risk_arrays {

__extension__ typedef __int128 Int128;

class FixedDecimal {
 public:
  static constexpr int places = 8;
  static constexpr std::int64_t one_scaled = 100'000'000;

  constexpr FixedDecimal() = default;
  constexpr FixedDecimal(std::int64_t whole)  // NOLINT: a whole number is one
      : scaled_(Int128{whole} * one_scaled) {}

  // The number of 10^-8.
  static FixedDecimal of_scaled(Int128 scaled);
  // digits * 10^exponent, to the nearest 10^-8; digits below 10^30.
  static FixedDecimal of_digits(Int128 digits, int exponent);
  // To the nearest 10^-8; std::overflow_error for NaN and infinities too.
  static FixedDecimal of_double(double value);
  // [+-]digits[.digits][E[+-]digits]; places beyond the eighth are rounded.
  [[nodiscard]] static std::optional<FixedDecimal> parse(std::string_view text);

  [[nodiscard]] constexpr Int128 scaled() const noexcept { return scaled_; }
  [[nodiscard]] double to_double() const noexcept;
  [[nodiscard]] std::string text() const;  // without trailing zeros
  [[nodiscard]] constexpr bool is_zero() const noexcept { return scaled_ == 0; }

  friend constexpr std::strong_ordering operator<=>(FixedDecimal a, FixedDecimal b) noexcept {
    return a.scaled_ < b.scaled_   ? std::strong_ordering::less
           : a.scaled_ > b.scaled_ ? std::strong_ordering::greater
                                   : std::strong_ordering::equal;
  }
  friend constexpr bool operator==(FixedDecimal a, FixedDecimal b) noexcept {
    return a.scaled_ == b.scaled_;
  }
  friend FixedDecimal operator+(FixedDecimal a, FixedDecimal b);
  friend FixedDecimal operator-(FixedDecimal a, FixedDecimal b);
  friend FixedDecimal operator-(FixedDecimal a);
  // To the nearest 10^-8, halves away from zero; so are quotients.
  friend FixedDecimal operator*(FixedDecimal a, FixedDecimal b);
  friend FixedDecimal operator/(FixedDecimal a, FixedDecimal b);
  FixedDecimal& operator+=(FixedDecimal b) { return *this = *this + b; }
  FixedDecimal& operator-=(FixedDecimal b) { return *this = *this - b; }

 private:
  Int128 scaled_ = 0;
};

[[nodiscard]] FixedDecimal magnitude(FixedDecimal value);
// Halves away from zero, to 0 .. 8 places.
[[nodiscard]] FixedDecimal rounded(FixedDecimal value, int places);
[[nodiscard]] FixedDecimal rounded_quotient(FixedDecimal dividend, FixedDecimal divisor,
                                            int places);
// Towards zero; both arguments at least zero.
[[nodiscard]] FixedDecimal floored_quotient(FixedDecimal dividend, FixedDecimal divisor,
                                            int places);

}  // namespace margingate::risk_arrays
