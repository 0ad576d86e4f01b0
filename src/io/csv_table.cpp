#include "io/csv_table.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "io/file_error.hpp"

namespace margingate::io {
namespace {

std::string joined(const std::vector<std::string>& columns) {
  std::string text;
  for (const std::string& column : columns) text += (text.empty() ? "" : ",") + column;
  return text;
}

template <class Number>
bool parse(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

CsvTable::CsvTable(std::string file, std::string_view text,
                   std::span<const std::string_view> columns)
    : file_(std::move(file)), rest_(text), columns_(columns.begin(), columns.end()) {
  const std::string header = joined(columns_);
  std::string_view line;
  if (!read_line(line) || line != header) {
    throw FileError(file_, "line 1", "the columns " + header);
  }
}

bool CsvTable::read_line(std::string_view& line) {
  if (rest_.empty()) return false;
  const std::size_t end = rest_.find('\n');
  line = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  ++line_;
  return true;
}

void CsvTable::split(std::string_view line) {
  fields_.clear();
  while (true) {
    const std::size_t end = line.find(',');
    fields_.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return;
    line.remove_prefix(end + 1);
  }
}

bool CsvTable::next() {
  std::string_view line;
  if (!read_line(line)) return false;
  split(line);
  if (fields_.size() != columns_.size()) {
    throw FileError(
        file_, "line " + std::to_string(line_),
        std::to_string(columns_.size()) + " fields, found " + std::to_string(fields_.size()));
  }
  return true;
}

std::string_view CsvTable::text_or_empty(std::size_t column) const { return fields_[column]; }

std::string_view CsvTable::text(std::size_t column) const {
  if (fields_[column].empty()) fail(column, "a text that is not empty");
  return fields_[column];
}

double CsvTable::number(std::size_t column) const {
  double value = 0.0;
  if (!parse(fields_[column], value) || !std::isfinite(value)) {
    fail(column, "a finite number, found \"" + std::string(fields_[column]) + "\"");
  }
  return value;
}

double CsvTable::number_or_nan(std::size_t column) const {
  if (fields_[column].empty()) return std::numeric_limits<double>::quiet_NaN();
  return number(column);
}

std::int64_t CsvTable::integer(std::size_t column) const {
  std::int64_t value = 0;
  if (!parse(fields_[column], value)) {
    fail(column, "a whole number, found \"" + std::string(fields_[column]) + "\"");
  }
  return value;
}

Timestamp CsvTable::milliseconds(std::size_t column) const {
  constexpr std::int64_t ns_per_ms = 1'000'000;
  const std::int64_t value = integer(column);
  if (value < 0 || value > std::numeric_limits<std::int64_t>::max() / ns_per_ms) {
    fail(column, "milliseconds since 1970, found " + std::to_string(value));
  }
  return Timestamp{value * ns_per_ms};
}

void CsvTable::fail(std::size_t column, const std::string& expected) const {
  throw FileError(file_, "line " + std::to_string(line_) + ", column " + columns_[column],
                  expected);
}

}  // namespace margingate::io
