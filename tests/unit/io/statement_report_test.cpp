// What a statement says of the scenario that binds.
#include "io/statement_report.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace margingate::io {
namespace {

// Two scenarios in blocks of alternatives, with these losses; the second one binds.
struct Alternatives {
  Alternatives(std::vector<std::int64_t> losses, std::uint32_t blocks, bool lesser_of_last_two) {
    ScanRisk scan;
    scan.alternatives = blocks;
    scan.lesser_of_last_two = lesser_of_last_two;
    for (std::size_t i = 0; i < losses.size(); ++i) {
      Scenario scenario;
      scenario.price_move = 0.01 * static_cast<double>(i);
      scan.scenarios.push_back(scenario);
      unit.losses.push_back({losses[i]});
    }
    RiskUnitModel model;
    model.scan = scan;
    what_if.setup.config.model.units.push_back(model);
    unit.worst_scenario = 1;
  }
  [[nodiscard]] std::uint32_t entry() const { return worst_entry(what_if, unit); }

  WhatIf what_if;
  RiskUnitStatement unit;
};

TEST(WorstEntry, IsTheScenarioItselfWithoutAlternatives) {
  EXPECT_EQ(Alternatives({9, 5}, 1, false).entry(), 1u);
}

TEST(WorstEntry, IsTheAlternativeWithTheLargestLossOfThatScenario) {
  const Alternatives three({9, 5, 1, 7, 1, 6}, 3, false);
  EXPECT_EQ(three.entry(), 3u);
  EXPECT_DOUBLE_EQ(worst_scenario(three.what_if, three.unit)->price_move, 0.03);
}

TEST(WorstEntry, IsTheFirstOfEquals) {
  EXPECT_EQ(Alternatives({9, 5, 9, 5}, 2, false).entry(), 1u);
}

TEST(WorstEntry, CountsTheSmallerOfThePairThatCountsAsOne) {
  EXPECT_EQ(Alternatives({9, 5, 1, 8, 1, 6}, 3, true).entry(), 5u);
  EXPECT_EQ(Alternatives({9, 5, 1, 8, 1, 4}, 3, true).entry(), 1u);
  EXPECT_EQ(Alternatives({9, 5, 1, 4}, 2, true).entry(), 3u);
}

}  // namespace
}  // namespace margingate::io
