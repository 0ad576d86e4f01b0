#include "io/decimal.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace margingate::io {
namespace {

__extension__ typedef __int128 Int128;

constexpr std::int64_t result_max = std::int64_t{1} << 62;
constexpr int exponent_max = 18;

enum class Rounding { floor, ceil, nearest };

// Drops decimal digits; half goes away from zero.
Int128 shifted_right(Int128 digits, int places, Rounding rounding) {
  // Beyond this many places nothing is left of 17 digits but their sign.
  if (places > 2 * exponent_max) places = 2 * exponent_max;
  Int128 divisor = 1;
  for (int i = 0; i < places; ++i) divisor *= 10;
  const Int128 magnitude = digits < 0 ? -digits : digits;
  const Int128 rest = magnitude % divisor;
  Int128 quotient = magnitude / divisor;
  const bool up = rounding == Rounding::nearest
                      ? rest * 2 >= divisor && rest != 0
                      : rest != 0 && (digits < 0) == (rounding == Rounding::floor);
  quotient += up ? 1 : 0;
  return digits < 0 ? -quotient : quotient;
}

std::optional<std::int64_t> scaled(double finite, int decimals, Rounding rounding) {
  const Decimal decimal = decimal_of(finite);
  int exponent = decimal.exponent + decimals;
  Int128 value = decimal.digits;
  if (exponent < 0) value = shifted_right(value, -exponent, rounding);
  for (; exponent > 0 && value != 0; --exponent) {
    value *= 10;
    if (value > result_max || value < -result_max) return std::nullopt;
  }
  if (value > result_max || value < -result_max) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

}  // namespace

Decimal decimal_of(double finite) {
  std::array<char, 64> buffer{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), finite,
                                     std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data()));
  const std::size_t e = text.find('e');
  Decimal decimal;
  bool fraction = false;
  for (const char c : text.substr(0, e)) {
    if (c == '.') fraction = true;
    if (c < '0' || c > '9') continue;
    decimal.digits = decimal.digits * 10 + (c - '0');
    decimal.exponent -= fraction ? 1 : 0;
  }
  int power = 0;
  const std::size_t sign = text[e + 1] == '+' ? 1 : 0;  // from_chars takes no plus
  std::from_chars(text.data() + e + 1 + sign, text.data() + text.size(), power);
  decimal.exponent += power;
  while (decimal.digits != 0 && decimal.digits % 10 == 0) {
    decimal.digits /= 10;
    ++decimal.exponent;
  }
  if (decimal.digits == 0) decimal.exponent = 0;
  if (text.front() == '-') decimal.digits = -decimal.digits;
  return decimal;
}

std::optional<std::int64_t> scaled_floor(double finite, int decimals) {
  return scaled(finite, decimals, Rounding::floor);
}

std::optional<std::int64_t> scaled_ceil(double finite, int decimals) {
  return scaled(finite, decimals, Rounding::ceil);
}

std::optional<std::int64_t> scaled_nearest(double finite, int decimals) {
  return scaled(finite, decimals, Rounding::nearest);
}

std::int64_t power_of_ten(int exponent) {
  std::int64_t result = 1;
  for (int i = 0; i < exponent && i < exponent_max; ++i) result *= 10;
  return result;
}

}  // namespace margingate::io
