// What a step of a case is made of: words, amounts, and what acting on it answers.
//
// Shape    a pattern of words with an action; run_case.cpp and life_steps.cpp list them.
// Units    amounts in hundredths.
// Sign     as written in the case.
// Range    accounts A to H.
// Errors   StepError says what is wrong with a step.
// Threads  one.
// Cost     cold.
// Source   conformance/README.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "conformance/gate_under_test.hpp"

namespace margingate::conformance {

using Words = std::vector<std::string>;

class StepError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

[[nodiscard]] Words words_of(const std::string& text);
// "1,000.50" is 100050 hundredths.
[[nodiscard]] std::int64_t hundredths(const std::string& text);
[[nodiscard]] std::int64_t integer(const std::string& text);
[[nodiscard]] std::string money_text(std::int64_t cents);
[[nodiscard]] std::uint32_t account_of(const std::string& word);
// "A", "desk:1", "firm:0", "member:0", "gate".
[[nodiscard]] ScopeName scope_of(const std::string& word);
[[nodiscard]] std::int64_t duration(const std::string& number, const std::string& unit);

// What a step says about the world, does to the gate, or asks of it.
class Context {
 public:
  explicit Context(std::unique_ptr<GateUnderTest> gate) : gate_(std::move(gate)) {}

  // Before the first event only.
  World& world();
  // Starts it, if nothing has yet.
  GateUnderTest& gate();
  std::string start();
  Answer last;

 private:
  std::unique_ptr<GateUnderTest> gate_;
  World world_;
  bool is_started_ = false;
};

struct Outcome {
  std::string text;
  bool is_event = true;    // an empty expectation means accepted
  bool is_amount = false;  // money: expectations are read as amounts
  bool is_part = false;    // the expectation need only occur in the text
};

[[nodiscard]] Outcome event(std::string reason);
[[nodiscard]] Outcome setting();
[[nodiscard]] Outcome money(std::int64_t cents);
[[nodiscard]] Outcome count(std::int64_t n);
[[nodiscard]] Outcome word(std::string text);

struct Pattern {
  const char* text;  // words; <x> takes any word, a last <...> takes all that follow
  const char* meaning;
  std::function<Outcome(Context&, const Words&)> act;
};

// Combos, quotes, protections, reports, trades (life_steps.cpp).
[[nodiscard]] const std::vector<Pattern>& life_patterns();

}  // namespace margingate::conformance
