// Derive's portfolio margin against its published test vectors.
//
// Source of every number: github.com/derivexyz/v2-core at commit 7736900d (2026-01-21), the JSON
// fixtures of test/risk-managers/unit-tests, restated in tests/golden/data/derive_pmrm2.json and
// derive_pmrm1.json; the parameters beside them are the defaults of those tests.
//
// Twice: the formulas in plain doubles, to what the vectors print, and the gate's own statement, to
// what 31 bits per lot can tell.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "support/derive_by_hand.hpp"
#include "support/derive_cases.hpp"
#include "support/derive_gate.hpp"

namespace margingate::testing {
namespace {

constexpr double printed_relative = 1e-9;
constexpr double equity_tolerance = 1e-6;   // positions are entered at 10^-10, not at nothing
constexpr double scenario_decimals = 1e-6;  // of the printed scenario profits

std::vector<DeriveCase> pmrm2() {
  return read_derive_cases("derive_pmrm2.json", "derive_pmrm2_fixture.json");
}
std::vector<DeriveCase> pmrm1() {
  return read_derive_cases("derive_pmrm1.json", "derive_pmrm1_fixture.json");
}

void expect_printed(double actual, double printed, const char* what) {
  EXPECT_NEAR(actual, printed, printed_relative * std::max(1.0, std::fabs(printed))) << what;
}

void expect_published(const DeriveCase& at, const DeriveResult& result) {
  const DeriveExpected& expected = at.expected;
  expect_printed(result.maintenance, expected.maintenance, "maintenance");
  expect_printed(result.initial, expected.initial, "initial");
  if (expected.mark_to_market) {
    expect_printed(result.mark_to_market, *expected.mark_to_market, "mark to market");
  }
  if (expected.worst) expect_printed(result.worst, *expected.worst, "worst");
  if (expected.basis) expect_printed(result.basis, *expected.basis, "basis");
  if (expected.scenarios.empty()) return;
  ASSERT_EQ(result.profits.size(), expected.scenarios.size());
  for (std::size_t s = 0; s < result.profits.size(); ++s) {
    EXPECT_NEAR(result.profits[s], expected.scenarios[s], scenario_decimals) << "scenario " << s;
  }
}

TEST(DerivePublishedVectors, ComeOutOfTheFormulas) {
  std::size_t with_scenarios = 0;
  for (const auto& cases : {pmrm2(), pmrm1()}) {
    for (const DeriveCase& at : cases) {
      SCOPED_TRACE("case " + at.id);
      expect_published(at, derive_by_hand(at));
      with_scenarios += at.expected.scenarios.empty() ? 0 : 1;
    }
  }
  EXPECT_EQ(with_scenarios, 4u);
}

// A lot is an integer of 31 bits: half a unit of its last place is 2^-31 of four times the largest
// share of its notional that it may lose, for every leg.
void expect_gate(const DeriveCase& at) {
  const DeriveResult exact = derive_by_hand(at);
  DeriveGate gate(at);
  const MarginStatement statement = gate.statement();
  ASSERT_EQ(statement.reason, Reason::accepted);
  const double resolution = gate.resolution();
  EXPECT_NEAR(gate.amount(statement.equity), exact.mark_to_market, equity_tolerance);
  EXPECT_NEAR(gate.amount(statement.equity - statement.initial_margin), at.expected.initial,
              resolution + printed_relative * std::fabs(at.expected.initial));
  EXPECT_NEAR(gate.amount(statement.equity - statement.maintenance_margin), at.expected.maintenance,
              resolution + printed_relative * std::fabs(at.expected.maintenance));
  const std::vector<double> losses = gate.scenario_losses(statement);
  if (losses.empty()) return;  // nothing held that moves
  ASSERT_EQ(losses.size(), exact.profits.size() + 1);
  for (std::size_t s = 0; s < exact.profits.size(); ++s) {
    EXPECT_NEAR(-losses[s], exact.profits[s], resolution) << "scenario " << s;
  }
  EXPECT_NEAR(-losses.back(), exact.basis, resolution) << "basis contingency";
  for (std::size_t s = 0; s < at.expected.scenarios.size(); ++s) {
    EXPECT_NEAR(-losses[s], at.expected.scenarios[s], resolution + scenario_decimals)
        << "scenario " << s << " as printed";
  }
}

TEST(DerivePublishedVectors, ComeOutOfTheGateForTheSecondVersion) {
  for (const DeriveCase& at : pmrm2()) {
    SCOPED_TRACE("case " + at.id);
    expect_gate(at);
  }
}

TEST(DerivePublishedVectors, ComeOutOfTheGateForTheFirstVersion) {
  for (const DeriveCase& at : pmrm1()) {
    SCOPED_TRACE("case " + at.id);
    expect_gate(at);
  }
}

}  // namespace
}  // namespace margingate::testing
