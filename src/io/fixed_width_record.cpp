#include "io/fixed_width_record.hpp"

#include "io/file_error.hpp"

namespace margingate::io {
namespace {

using risk_arrays::FixedDecimal;
using risk_arrays::Period;

constexpr std::size_t digits_max = 18;

// What a message can show of a field: printable ASCII.
std::string shown(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) result.push_back(c >= ' ' && c <= '~' ? c : '?');
  return result + "\"";
}

}  // namespace

std::string_view FixedWidthRecord::field(Columns columns) const noexcept {
  const std::size_t begin = columns.first - 1;
  if (begin >= line_.size()) return {};
  return line_.substr(begin, columns.last - begin);
}

std::string_view FixedWidthRecord::text(Columns columns) const noexcept {
  std::string_view found = field(columns);
  while (!found.empty() && found.back() == ' ') found.remove_suffix(1);
  while (!found.empty() && found.front() == ' ') found.remove_prefix(1);
  return found;
}

std::string_view FixedWidthRecord::required_text(Columns columns, const char* name) const {
  const std::string_view found = text(columns);
  if (found.empty()) fail(columns, std::string(name) + ", found none");
  return found;
}

std::int64_t FixedWidthRecord::integer(Columns columns, const char* name) const {
  const std::string_view digits = text(columns);
  std::int64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9' || digits.size() > digits_max) {
      fail(columns, std::string(name) + " in digits, found " + shown(digits));
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

FixedDecimal FixedWidthRecord::decimal(Columns columns, int decimals, const char* name) const {
  return FixedDecimal::of_digits(integer(columns, name), -decimals);
}

FixedDecimal FixedWidthRecord::signed_decimal(Columns columns, int decimals,
                                              const char* name) const {
  const FixedDecimal value = decimal(columns, decimals, name);
  return is_negative(columns.last + 1, name) ? -value : value;
}

bool FixedWidthRecord::is_negative(std::size_t column, const char* name) const {
  const std::string_view sign = text({column, column});
  if (sign.empty() || sign == "+") return false;
  if (sign != "-") {
    fail({column, column},
         "the sign of " + std::string(name) + ", + or - or blank, found " + shown(sign));
  }
  return true;
}

Period FixedWidthRecord::month(Columns month, const char* name) const {
  Period period;
  const std::int64_t number = integer(month, name);
  if (number == 0) return period;
  const std::int64_t of_year = number % 100;
  // Some files number what does not expire 00 or 99.
  if (number < 1900'00 || number > 9999'99 || (of_year > 12 && of_year != 99)) {
    fail(month, std::string(name) + " as CCYYMM, found " + shown(text(month)));
  }
  period.month = static_cast<std::uint32_t>(number);
  return period;
}

Period FixedWidthRecord::period(Columns month_columns, Columns day, const char* name) const {
  Period period = month(month_columns, name);
  const std::string_view code = field(day);
  const bool none = text(day).empty() || code == "00";
  if (!period.is_set() || none) return period;
  const auto printable = [](char c) { return c > ' ' && c <= '~'; };
  if (code.size() != 2 || !printable(code[0]) || !printable(code[1])) {
    fail(day,
         "two characters for the day or week of " + std::string(name) + ", found " + shown(code));
  }
  period.day_code = static_cast<std::uint16_t>((code[0] << 8) | code[1]);
  return period;
}

void FixedWidthRecord::fail(Columns columns, const std::string& expected) const {
  const std::string where =
      columns.first == columns.last
          ? "column " + std::to_string(columns.first)
          : "columns " + std::to_string(columns.first) + "-" + std::to_string(columns.last);
  throw FileError(*file_, "line " + std::to_string(line_number_) + ", " + where, expected);
}

void FixedWidthRecord::fail_line(const std::string& expected) const {
  throw FileError(*file_, "line " + std::to_string(line_number_), expected);
}

}  // namespace margingate::io
