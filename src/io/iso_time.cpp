#include "io/iso_time.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

namespace margingate::io {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t year_first = 1970;
constexpr std::int64_t year_last = 2261;  // the last whole year that 64-bit nanoseconds reach

constexpr bool is_leap(std::int64_t year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

constexpr std::int64_t days_in_year(std::int64_t year) { return is_leap(year) ? 366 : 365; }

constexpr std::int64_t days_in_month(std::int64_t year, std::int64_t month) {
  constexpr std::array<std::int64_t, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

std::int64_t days_before(std::int64_t year, std::int64_t month) {
  std::int64_t days = 0;
  for (std::int64_t y = year_first; y < year; ++y) days += days_in_year(y);
  for (std::int64_t m = 1; m < month; ++m) days += days_in_month(year, m);
  return days;
}

// Takes digits and fixed characters off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool number(int digits, std::int64_t low, std::int64_t high, std::int64_t& value) {
    value = 0;
    for (int i = 0; i < digits; ++i) {
      if (!next_is_digit()) return false;
      value = value * 10 + take_digit();
    }
    return value >= low && value <= high;
  }

  bool literal(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // One to nine digits, as nanoseconds.
  bool fraction(std::int64_t& ns) {
    int digits = 0;
    for (ns = 0; digits < 9 && next_is_digit(); ++digits) ns = ns * 10 + take_digit();
    for (int i = digits; i < 9; ++i) ns *= 10;
    return digits > 0;
  }

  [[nodiscard]] bool empty() const { return rest_.empty(); }

 private:
  [[nodiscard]] bool next_is_digit() const {
    return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
  }
  std::int64_t take_digit() {
    const std::int64_t digit = rest_.front() - '0';
    rest_.remove_prefix(1);
    return digit;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<Timestamp> parse_iso_time(std::string_view text) {
  Scanner scan(text);
  std::int64_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ns = 0;
  const bool date = scan.number(4, year_first, year_last, year) && scan.literal('-') &&
                    scan.number(2, 1, 12, month) && scan.literal('-') &&
                    scan.number(2, 1, days_in_month(year, month), day);
  if (!date || !scan.literal('T')) return std::nullopt;
  const bool time = scan.number(2, 0, 23, hour) && scan.literal(':') &&
                    scan.number(2, 0, 59, minute) && scan.literal(':') &&
                    scan.number(2, 0, 59, second);
  if (!time) return std::nullopt;
  if (scan.literal('.') && !scan.fraction(ns)) return std::nullopt;
  if (!scan.literal('Z') || !scan.empty()) return std::nullopt;
  const std::int64_t days = days_before(year, month) + day - 1;
  const std::int64_t seconds = days * seconds_per_day + hour * 3'600 + minute * 60 + second;
  return Timestamp{seconds * ns_per_second + ns};
}

std::string format_iso_time(Timestamp time) {
  std::int64_t days = time.ns / ns_per_second / seconds_per_day;
  const std::int64_t second_of_day = time.ns / ns_per_second % seconds_per_day;
  std::int64_t year = year_first;
  for (; days >= days_in_year(year); ++year) days -= days_in_year(year);
  std::int64_t month = 1;
  for (; days >= days_in_month(year, month); ++month) days -= days_in_month(year, month);
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%09d",
                static_cast<int>(year), static_cast<int>(month), static_cast<int>(days + 1),
                static_cast<int>(second_of_day / 3'600), static_cast<int>(second_of_day / 60 % 60),
                static_cast<int>(second_of_day % 60), static_cast<int>(time.ns % ns_per_second));
  std::string text = buffer.data();
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + "Z";
}

}  // namespace margingate::io
