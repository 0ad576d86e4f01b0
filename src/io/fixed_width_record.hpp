// One line of a fixed-width file: fields by columns, each with its own error.
//
// Shape    a view into the text and the number of the line; columns count from 1, both ends
//          included. What lies beyond the end of a short line is blank.
// Units    numbers have implied decimals, given by the caller.
// Sign     "+", "-" or blank after the magnitude; blank is plus.
// Range    numbers of up to 18 digits.
// Errors   FileError naming line, columns and the field.
// Threads  a value; the text must outlive it.
// Cost     cold; no allocation unless something is wrong.
// Source   docs/formats.md, "fixed-width risk arrays".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "risk_arrays/parameter_set.hpp"

namespace margingate::io {

struct Columns {
  std::size_t first;
  std::size_t last;
};

class FixedWidthRecord {
 public:
  FixedWidthRecord(const std::string& file, std::string_view line, std::size_t line_number)
      : file_(&file), line_(line), line_number_(line_number) {}

  // Without trailing blanks.
  [[nodiscard]] std::string_view text(Columns columns) const noexcept;
  [[nodiscard]] std::string_view required_text(Columns columns, const char* field) const;
  // Blank is zero.
  [[nodiscard]] std::int64_t integer(Columns columns, const char* field) const;
  [[nodiscard]] risk_arrays::FixedDecimal decimal(Columns columns, int decimals,
                                                  const char* field) const;
  // The magnitude and the sign in the column behind it.
  [[nodiscard]] risk_arrays::FixedDecimal signed_decimal(Columns columns, int decimals,
                                                         const char* field) const;
  [[nodiscard]] bool is_negative(std::size_t column, const char* field) const;
  // CCYYMM and a code of two characters; blank or zero is none.
  [[nodiscard]] risk_arrays::Period period(Columns month, Columns day, const char* field) const;
  [[nodiscard]] risk_arrays::Period month(Columns month, const char* field) const;

  [[nodiscard]] std::string_view line() const noexcept { return line_; }
  [[nodiscard]] std::size_t line_number() const noexcept { return line_number_; }
  [[nodiscard]] bool reaches(std::size_t column) const noexcept { return line_.size() >= column; }
  [[noreturn]] void fail(Columns columns, const std::string& expected) const;
  [[noreturn]] void fail_line(const std::string& expected) const;

 private:
  [[nodiscard]] std::string_view field(Columns columns) const noexcept;

  const std::string* file_;
  std::string_view line_;
  std::size_t line_number_;
};

}  // namespace margingate::io
