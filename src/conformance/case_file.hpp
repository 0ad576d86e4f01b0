// Reads cases from Markdown tables: a heading names a case, rows of given, when, then are steps.
//
// Shape    one file has a title and any number of cases.
// Units    none; steps are text.
// Sign     none.
// Range    none.
// Errors   throws std::runtime_error naming file, line and what was expected.
// Threads  pure.
// Cost     cold.
// Source   conformance/README.md.
#pragma once

#include <string>
#include <vector>

namespace margingate::conformance {

struct Step {
  int line = 0;
  std::string kind;  // given, when, then; a row that leaves it empty continues the one above
  std::string text;
  std::string expect;  // empty: accepted
};

struct Case {
  std::string id;  // file stem and number, e.g. "working-orders/03"
  std::string name;
  std::string source;  // who asked for it, or whose defect it is; may be empty
  std::vector<Step> steps;
};

[[nodiscard]] std::vector<Case> parse_cases(const std::string& path, const std::string& text);
// All *.md of a directory but README.md, by name.
[[nodiscard]] std::vector<Case> read_cases(const std::string& directory);

}  // namespace margingate::conformance
