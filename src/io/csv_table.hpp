// Comma separated values with a fixed header, row by row.
//
// Shape    the first line must be exactly the expected columns; no quoting.
// Units    none.
// Sign     none.
// Range    numbers are finite.
// Errors   FileError naming line and column name.
// Threads  one at a time.
// Cost     one pass; fields are views into the text, which must outlive the table.
// Source   docs/formats.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "margingate/units.hpp"

namespace margingate::io {

class CsvTable {
 public:
  CsvTable(std::string file, std::string_view text, std::span<const std::string_view> columns);

  // Advances to the next row; false at the end.
  bool next();

  [[nodiscard]] std::string_view text(std::size_t column) const;  // not empty
  [[nodiscard]] std::string_view text_or_empty(std::size_t column) const;
  [[nodiscard]] double number(std::size_t column) const;
  [[nodiscard]] double number_or_nan(std::size_t column) const;  // NaN when empty
  [[nodiscard]] std::int64_t integer(std::size_t column) const;
  [[nodiscard]] Timestamp milliseconds(std::size_t column) const;  // since 1970

  [[nodiscard]] std::size_t line() const noexcept { return line_; }
  [[noreturn]] void fail(std::size_t column, const std::string& expected) const;

 private:
  bool read_line(std::string_view& line);
  void split(std::string_view line);

  std::string file_;
  std::string_view rest_;
  std::vector<std::string> columns_;
  std::vector<std::string_view> fields_;
  std::size_t line_ = 0;
};

}  // namespace margingate::io
