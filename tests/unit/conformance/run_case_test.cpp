// Reading cases and judging steps: what is wrong with a case is said with its place.
#include "conformance/run_case.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace margingate::conformance {
namespace {

std::string failure_of(const std::string& rows) {
  const std::vector<Case> cases =
      parse_cases("dir/subject.md",
                  "### A case\nSource: somebody.\n\n| | step | expect |\n|---|---|---|\n" + rows);
  return run_case(cases.at(0), make_margingate).failure;
}

TEST(ConformanceCase, TakesNameSourceAndStepsFromATable) {
  const std::vector<Case> cases =
      parse_cases("dir/subject.md",
                  "# Title\n\n### First\nSource: me.\n\n| | step | expect |\n|---|---|---|\n"
                  "| given | A deposits 100 | |\n| | BTC is 101 | accepted |\n");
  ASSERT_EQ(cases.size(), 1u);
  EXPECT_EQ(cases[0].id, "subject/01");
  EXPECT_EQ(cases[0].name, "First");
  EXPECT_EQ(cases[0].source, "me.");
  ASSERT_EQ(cases[0].steps.size(), 2u);
  EXPECT_EQ(cases[0].steps[1].kind, "given");
  EXPECT_EQ(cases[0].steps[1].line, 9);
}

TEST(ConformanceCase, RejectsRowsThatAreNoTable) {
  EXPECT_THROW(static_cast<void>(parse_cases("a.md", "### x\n| given | two cells |\n")),
               std::runtime_error);
  EXPECT_THROW(static_cast<void>(parse_cases("a.md", "| given | no case | |\n")),
               std::runtime_error);
  EXPECT_THROW(static_cast<void>(parse_cases("a.md", "### empty\n")), std::runtime_error);
}

TEST(ConformanceCase, ReportsTheStepThatDiffers) {
  EXPECT_EQ(failure_of("| given | A deposits 100 | |\n| then | A has | 100.00 |\n"), "");
  EXPECT_EQ(failure_of("| given | A deposits 100 | |\n| then | A has | 99 |\n"),
            "line 7: A has: expected 99, got 100.00");
  EXPECT_EQ(failure_of("| when | A buys 1 PERP at 100 | |\n"),
            "line 6: A buys 1 PERP at 100: expected accepted, got insufficient_margin");
}

TEST(ConformanceCase, ReportsStepsThatMeanNothing) {
  EXPECT_NE(failure_of("| when | A dances | |\n").find("no such step"), std::string::npos);
  EXPECT_NE(failure_of("| when | A deposits 1.234 | |\n").find("at most two decimals"),
            std::string::npos);
  EXPECT_NE(failure_of("| when | A deposits x | |\n").find("not an amount"), std::string::npos);
  EXPECT_NE(
      failure_of("| when | A deposits 1 | |\n| then | A has | |\n").find("needs an expectation"),
      std::string::npos);
  EXPECT_NE(failure_of("| when | A deposits 1 | |\n| given | limit A position 1 | |\n")
                .find("settings come before"),
            std::string::npos);
}

}  // namespace
}  // namespace margingate::conformance
