#include "risk_arrays/fixed_decimal.hpp"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <stdexcept>

namespace margingate::risk_arrays {
namespace {

using Wide = boost::multiprecision::int256_t;

constexpr Int128 scaled_max = Int128{1'000'000'000'000'000'000} * FixedDecimal::one_scaled;

Int128 in_range(Int128 scaled) {
  if (scaled > scaled_max || scaled < -scaled_max) {
    throw std::overflow_error("a number beyond 10^18 in the margin of risk arrays");
  }
  return scaled;
}

Int128 in_range(const Wide& scaled) {
  if (scaled > Wide(scaled_max) || scaled < -Wide(scaled_max)) {
    throw std::overflow_error("a number beyond 10^18 in the margin of risk arrays");
  }
  return static_cast<Int128>(scaled);
}

Int128 power_of_ten(int exponent) {
  Int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// Halves away from zero; the divisor is positive.
template <typename Integer>
Integer nearest_quotient(const Integer& dividend, const Integer& divisor) {
  const bool negative = dividend < 0;
  const Integer positive = negative ? Integer(-dividend) : dividend;
  const Integer quotient = (positive + positive + divisor) / (divisor + divisor);
  return negative ? Integer(-quotient) : quotient;
}

constexpr int whole_digits_max = 18;
constexpr int fraction_digits_max = 12;  // four more than are kept, for rounding
constexpr int digits_max = whole_digits_max + fraction_digits_max;

bool fits_64(Int128 value) { return value <= INT64_MAX && value >= -INT64_MAX; }

void require_divisor(FixedDecimal divisor) {
  if (divisor.is_zero()) throw std::domain_error("a division by zero in the margin");
}

// Reads at most `count_max` digits into `value`; false when there are more or none.
bool read_digits(std::string_view text, std::size_t& at, int count_max, Int128& value) {
  const std::size_t begin = at;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    if (at - begin >= static_cast<std::size_t>(count_max)) return false;
    value = value * 10 + (text[at] - '0');
    ++at;
  }
  return at > begin;
}

}  // namespace

FixedDecimal FixedDecimal::of_scaled(Int128 scaled) {
  FixedDecimal result;
  result.scaled_ = in_range(scaled);
  return result;
}

FixedDecimal FixedDecimal::of_digits(Int128 digits, int exponent) {
  const int shift = exponent + places;
  if (digits == 0 || shift < -digits_max) return {};
  if (shift < 0) return of_scaled(nearest_quotient<Int128>(digits, power_of_ten(-shift)));
  if (shift > 26) throw std::overflow_error("a number beyond 10^18 in the margin of risk arrays");
  return of_scaled(in_range(Wide(digits) * Wide(power_of_ten(shift))));
}

FixedDecimal FixedDecimal::of_double(double value) {
  if (!(std::fabs(value) <= 1e18)) {
    throw std::overflow_error("a number beyond 10^18 in the margin of risk arrays");
  }
  const double scaled = value * static_cast<double>(one_scaled);
  const double away = scaled < 0 ? -0.5 : 0.5;
  return of_scaled(static_cast<Int128>(scaled + away));
}

std::optional<FixedDecimal> FixedDecimal::parse(std::string_view text) {
  std::size_t at = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) ++at;
  Int128 digits = 0;
  if (!read_digits(text, at, whole_digits_max, digits)) return std::nullopt;
  int exponent = 0;
  if (at < text.size() && text[at] == '.') {
    const std::size_t point = at++;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
      if (exponent > -fraction_digits_max) {
        digits = digits * 10 + (text[at] - '0');
        --exponent;
      }
      ++at;
    }
    if (at == point + 1) return std::nullopt;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    const bool below = at < text.size() && text[at] == '-';
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    Int128 power = 0;
    if (!read_digits(text, at, 3, power)) return std::nullopt;
    exponent += static_cast<int>(below ? -power : power);
  }
  if (at != text.size()) return std::nullopt;
  try {
    return of_digits(negative ? -digits : digits, exponent);
  } catch (const std::overflow_error&) {
    return std::nullopt;
  }
}

double FixedDecimal::to_double() const noexcept {
  return static_cast<double>(scaled_) / static_cast<double>(one_scaled);
}

std::string FixedDecimal::text() const {
  Int128 rest = scaled_ < 0 ? -scaled_ : scaled_;
  std::string digits;
  for (int i = 0; rest != 0 || i <= places; ++i) {
    if (i == places) digits.push_back('.');
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  }
  std::reverse(digits.begin(), digits.end());
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  return scaled_ < 0 ? "-" + digits : digits;
}

FixedDecimal operator+(FixedDecimal a, FixedDecimal b) {
  return FixedDecimal::of_scaled(a.scaled_ + b.scaled_);
}

FixedDecimal operator-(FixedDecimal a, FixedDecimal b) {
  return FixedDecimal::of_scaled(a.scaled_ - b.scaled_);
}

FixedDecimal operator-(FixedDecimal a) { return FixedDecimal::of_scaled(-a.scaled_); }

FixedDecimal operator*(FixedDecimal a, FixedDecimal b) {
  if (fits_64(a.scaled_) && fits_64(b.scaled_)) {
    return FixedDecimal::of_scaled(
        nearest_quotient<Int128>(a.scaled_ * b.scaled_, FixedDecimal::one_scaled));
  }
  return FixedDecimal::of_scaled(in_range(
      nearest_quotient<Wide>(Wide(a.scaled_) * Wide(b.scaled_), FixedDecimal::one_scaled)));
}

FixedDecimal operator/(FixedDecimal a, FixedDecimal b) {
  return rounded_quotient(a, b, FixedDecimal::places);
}

FixedDecimal magnitude(FixedDecimal value) { return value < FixedDecimal() ? -value : value; }

FixedDecimal rounded(FixedDecimal value, int places) {
  const Int128 unit = power_of_ten(FixedDecimal::places - places);
  return FixedDecimal::of_scaled(nearest_quotient<Int128>(value.scaled(), unit) * unit);
}

FixedDecimal rounded_quotient(FixedDecimal dividend, FixedDecimal divisor, int places) {
  require_divisor(divisor);
  const bool negative = (dividend.scaled() < 0) != (divisor.scaled() < 0);
  const Wide above = Wide(magnitude(dividend).scaled()) * Wide(power_of_ten(places));
  const Wide quotient = nearest_quotient<Wide>(above, Wide(magnitude(divisor).scaled()));
  const Int128 unit = power_of_ten(FixedDecimal::places - places);
  const Int128 scaled = in_range(Wide(quotient * Wide(unit)));
  return FixedDecimal::of_scaled(negative ? -scaled : scaled);
}

FixedDecimal floored_quotient(FixedDecimal dividend, FixedDecimal divisor, int places) {
  require_divisor(divisor);
  const Wide above = Wide(dividend.scaled()) * Wide(power_of_ten(places));
  const Wide quotient = above / Wide(divisor.scaled());
  return FixedDecimal::of_scaled(
      in_range(Wide(quotient * Wide(power_of_ten(FixedDecimal::places - places)))));
}

}  // namespace margingate::risk_arrays
