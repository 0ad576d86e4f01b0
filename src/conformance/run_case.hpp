// Runs one case against a gate and says where they part.
//
// Shape    steps are matched with the patterns of grammar().
// Units    amounts in steps are in whole money with decimals, "1,000.50"; lots are integers.
// Sign     none.
// Range    none.
// Errors   a step that matches no pattern is reported like a failure, with its line.
// Threads  one.
// Cost     cold.
// Source   conformance/README.md.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "conformance/case_file.hpp"
#include "conformance/gate_under_test.hpp"

namespace margingate::conformance {

struct CaseResult {
  std::string id;
  std::string name;
  bool passed = false;
  std::string failure;  // the step, what was expected and what came
};

using MakeGate = std::function<std::unique_ptr<GateUnderTest>()>;

[[nodiscard]] CaseResult run_case(const Case& test, const MakeGate& make_gate);

struct GrammarLine {
  std::string pattern;
  std::string meaning;
};
// Every step there is.
[[nodiscard]] std::vector<GrammarLine> grammar();

}  // namespace margingate::conformance
