#include "run/terminal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace margingate::run {
namespace {

// What the locale's environment variables say, in their order of precedence.
bool is_utf8_locale() {
  for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    std::string text(value);
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text.find("UTF-8") != std::string::npos || text.find("UTF8") != std::string::npos;
  }
  return false;
}

}  // namespace

Terminal::Terminal() {
  const bool is_terminal = ::isatty(STDOUT_FILENO) == 1;
  const char* const no_colour = std::getenv("NO_COLOR");
  has_colour_ = is_terminal && (no_colour == nullptr || *no_colour == '\0');
  is_utf8_ = is_terminal && is_utf8_locale();
}

std::string Terminal::styled(std::string_view code, std::string_view text) const {
  if (!has_colour_) return std::string(text);
  return fmt::format("\033[{}m{}\033[0m", code, text);
}

std::string Terminal::bar(double share, std::size_t columns) const {
  constexpr std::array<std::string_view, 8> eighths = {"",       "\u258f", "\u258e", "\u258d",
                                                       "\u258c", "\u258b", "\u258a", "\u2589"};
  const double cells = std::clamp(share, 0.0, 1.0) * static_cast<double>(columns);
  std::string result;
  if (!is_utf8_) {
    const auto whole = static_cast<std::size_t>(std::llround(cells));
    return std::string(share > 0.0 ? std::max<std::size_t>(1, whole) : 0, '#');
  }
  auto steps = static_cast<std::size_t>(std::llround(8.0 * cells));
  if (share > 0.0) steps = std::max<std::size_t>(1, steps);
  for (std::size_t i = 0; i < steps / 8; ++i) result += "\u2588";
  result += eighths[steps % 8];
  return result;
}

namespace {

// Commas between groups of three, counted from the end of the digits.
std::string with_commas(std::string_view digits) {
  std::string result;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) result += ',';
    result += digits[i];
  }
  return result;
}

}  // namespace

std::string grouped(std::uint64_t number) { return with_commas(fmt::format("{}", number)); }

std::string grouped(double number, int decimals) {
  const std::string text = fmt::format("{:.{}f}", std::fabs(number), decimals);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string digits = with_commas(std::string_view(text).substr(0, point));
  return fmt::format("{}{}{}", number < 0.0 ? "-" : "", digits, text.substr(point));
}

}  // namespace margingate::run
