// What the terminal on stdout can show.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace margingate::run {

class Terminal {
 public:
  // Colours on a terminal unless NO_COLOR is set, block characters if it is a UTF-8 one as well.
  Terminal();

  [[nodiscard]] std::string bold(std::string_view text) const { return styled("1", text); }
  [[nodiscard]] std::string dim(std::string_view text) const { return styled("2", text); }
  [[nodiscard]] std::string red(std::string_view text) const { return styled("31", text); }
  [[nodiscard]] std::string green(std::string_view text) const { return styled("32", text); }
  [[nodiscard]] std::string yellow(std::string_view text) const { return styled("33", text); }
  [[nodiscard]] std::string cyan(std::string_view text) const { return styled("36", text); }

  // share 0 .. 1 of so many columns; anything above zero shows.
  [[nodiscard]] std::string bar(double share, std::size_t columns) const;
  [[nodiscard]] std::string_view arrow() const { return is_utf8_ ? "\u2192" : "->"; }

 private:
  [[nodiscard]] std::string styled(std::string_view code, std::string_view text) const;

  bool has_colour_ = false;
  bool is_utf8_ = false;
};

// 1234567 as 1,234,567.
std::string grouped(std::uint64_t number);
// With decimals, 1,234.57.
std::string grouped(double number, int decimals);

}  // namespace margingate::run
