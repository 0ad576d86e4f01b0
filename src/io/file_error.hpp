// What is wrong with a file: which file, where in it, and what was expected there.
//
// Shape    an exception, for cold code only.
// Units    place: a JSON path such as /instruments/3/strike, or "line 7, column 12".
// Sign     none.
// Range    none.
// Errors   it is one.
// Threads  a value.
// Cost     none.
// Source   docs/formats.md.
#pragma once

#include <stdexcept>
#include <string>

namespace margingate::io {

class FileError : public std::runtime_error {
 public:
  // what() reads "<file>: <place>: expected <expected>".
  FileError(std::string file, std::string place, std::string expected);

  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  [[nodiscard]] const std::string& place() const noexcept { return place_; }
  [[nodiscard]] const std::string& expected() const noexcept { return expected_; }

 private:
  std::string file_;
  std::string place_;
  std::string expected_;
};

}  // namespace margingate::io
