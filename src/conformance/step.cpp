#include "conformance/step.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <sstream>

namespace margingate::conformance {

Words words_of(const std::string& text) {
  std::istringstream stream(text);
  Words words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

// "1,000.50" is 100050 hundredths.
std::int64_t hundredths(const std::string& text) {
  std::string digits;
  int decimals = -1;
  for (const char c : text) {
    if (c == ',') continue;
    if (c == '.') {
      decimals = 0;
      continue;
    }
    if (std::isdigit(static_cast<unsigned char>(c)) == 0 && c != '-') {
      throw StepError("'" + text + "' is not an amount");
    }
    digits += c;
    if (decimals >= 0) ++decimals;
  }
  if (digits.empty() || digits == "-" || decimals > 2) {
    throw StepError("'" + text + "' is not an amount with at most two decimals");
  }
  std::int64_t value = std::strtoll(digits.c_str(), nullptr, 10);
  for (int d = std::max(decimals, 0); d < 2; ++d) value *= 10;
  return value;
}

std::int64_t integer(const std::string& text) {
  const std::int64_t value = hundredths(text);
  if (value % 100 != 0) throw StepError("'" + text + "' is not a whole number");
  return value / 100;
}

std::string money_text(std::int64_t cents) {
  const bool is_negative = cents < 0;
  const std::int64_t magnitude = is_negative ? -cents : cents;
  std::string decimals = std::to_string(magnitude % 100);
  if (decimals.size() == 1) decimals.insert(0, "0");
  return (is_negative ? "-" : "") + std::to_string(magnitude / 100) + "." + decimals;
}

std::uint32_t account_of(const std::string& word) {
  if (word.size() != 1 || word[0] < 'A' || word[0] > 'H') {
    throw StepError("'" + word + "' is no account; A to H are");
  }
  return static_cast<std::uint32_t>(word[0] - 'A');
}

// "A", "desk:1", "firm:0", "member:0", "gate".
ScopeName scope_of(const std::string& word) {
  if (word == "gate") return {"gate", 0};
  if (word.size() == 1) return {"account", account_of(word)};
  const auto colon = word.find(':');
  if (colon == std::string::npos) throw StepError("'" + word + "' is no scope");
  std::string level = word.substr(0, colon);
  if (level == "member") level = "clearing_member";
  if (level != "desk" && level != "firm" && level != "clearing_member") {
    throw StepError("'" + word + "' is no scope");
  }
  return {level, static_cast<std::uint32_t>(integer(word.substr(colon + 1)))};
}

std::int64_t duration(const std::string& number, const std::string& unit) {
  const std::int64_t n = integer(number);
  if (unit == "s") return n * 1'000'000'000;
  if (unit == "ms") return n * 1'000'000;
  if (unit == "ns") return n;
  throw StepError("'" + unit + "' is no unit of time; s, ms and ns are");
}

World& Context::world() {
  if (is_started_) throw StepError("settings come before the first event");
  return world_;
}

GateUnderTest& Context::gate() {
  if (!is_started_) {
    const std::string issues = start();
    if (!issues.empty()) throw StepError("the gate does not start: " + issues);
  }
  return *gate_;
}

std::string Context::start() {
  is_started_ = true;
  return gate_->start(world_);
}

Outcome event(std::string reason) { return {std::move(reason), true, false, false}; }
Outcome setting() { return {"", false, false, false}; }
Outcome money(std::int64_t cents) { return {money_text(cents), false, true, false}; }
Outcome count(std::int64_t n) { return {std::to_string(n), false, false, false}; }
Outcome word(std::string text) { return {std::move(text), false, false, false}; }

}  // namespace margingate::conformance
