#include "liquidation_groups/validate_parameter_set.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "support/liquidation_group_sets.hpp"

namespace margingate::testing {
namespace {

using namespace liquidation_groups;

ParameterSet sound() {
  RiskMeasure measure = risk_measure("measure", 3, 0.99);
  measure.correlation_break = CorrelationBreak{2, 0.95, 0.5, 0.1, 1.0};
  measure.diversification = Diversification{0.95, 0.2};
  measure.adjusts_time_to_expiry = true;
  ParameterSet set = one_split({measure});
  set.groups[0].splits[0].time_to_expiry = {{1, 0.5}};
  set.liquidity_classes = {{"class", {{0.0, 0.0}, {10.0, 1.0}}}};
  set.market_capacities = {{"A", 0, 0, OptionRight::none, 100.0}};
  add_instrument(set, "A", {{-1.0, 0.0, 1.0}});
  return set;
}

struct Fault {
  const char* place;
  std::function<void(ParameterSet&)> plant;
};

RiskMeasure& measure(ParameterSet& set) { return measure_of(set); }

const std::vector<Fault>& faults() {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  static const std::vector<Fault> all = {
      {"groups", [](ParameterSet& s) { s.groups.clear(), s.instruments.clear(); }},
      {"split split", [](ParameterSet& s) { s.groups[0].splits.push_back(s.groups[0].splits[0]); }},
      {"split split, measure measure", [](ParameterSet& s) { measure(s).confidence = 99.0; }},
      {"split split, measure measure", [](ParameterSet& s) { measure(s).confidence = nan; }},
      {"split split, measure measure", [](ParameterSet& s) { measure(s).weight = 51.0; }},
      {"split split, measure measure", [](ParameterSet& s) { measure(s).weight = 0.0; }},
      {"split split, measure measure", [](ParameterSet& s) { measure(s).robustness = -1.0; }},
      {"split split, measure measure",
       [](ParameterSet& s) { measure(s).correlation_break->window = 4; }},
      {"split split, measure measure",
       [](ParameterSet& s) { measure(s).correlation_break->window = 0; }},
      {"split split, measure measure",
       [](ParameterSet& s) { measure(s).correlation_break->floor = 0.6; }},
      {"split split, measure measure",
       [](ParameterSet& s) { measure(s).diversification->floor = 20.0; }},
      {"split split, measure measure",
       [](ParameterSet& s) { measure(s).kind = RiskMeasureKind::event; }},
      {"split split", [](ParameterSet& s) { measure(s).adjusts_time_to_expiry = false; }},
      {"split split, time to expiry",
       [](ParameterSet& s) { s.groups[0].splits[0].time_to_expiry[0].hedging_weight = nan; }},
      {"liquidity class class",
       [](ParameterSet& s) { s.liquidity_classes[0].points[1].relative_size_percent = 0.0; }},
      {"liquidity class class",
       [](ParameterSet& s) { s.liquidity_classes[0].points[1].factor = -1.0; }},
      {"liquidity class class", [](ParameterSet& s) { s.liquidity_classes[0].points.clear(); }},
      {"market capacity of A", [](ParameterSet& s) { s.market_capacities[0].contracts = 0.0; }},
      {"market capacity of A",
       [](ParameterSet& s) { s.market_capacities.push_back(s.market_capacities[0]); }},
      {"instrument A", [](ParameterSet& s) { s.instruments[0].trade_unit_value = 0.0; }},
      {"instrument A", [](ParameterSet& s) { s.instruments[0].fx_rate = nan; }},
      {"instrument A", [](ParameterSet& s) { s.instruments[0].is_premium_style = true; }},
      {"instrument A", [](ParameterSet& s) { s.instruments[0].liquidity_class = 1; }},
      {"instrument A", [](ParameterSet& s) { s.instruments[0].split = 1; }},
      {"instrument A", [](ParameterSet& s) { s.instruments[0].scenarios.clear(); }},
      {"instrument A", [](ParameterSet& s) { s.liquidity_classes.clear(); }},
      {"instrument A, measure measure",
       [](ParameterSet& s) { s.instruments[0].scenarios[0].prices[0].pop_back(); }},
      {"instrument A, measure measure",
       [](ParameterSet& s) { s.instruments[0].scenarios[0].prices[0][1] = nan; }},
      {"instrument A, measure measure",
       [](ParameterSet& s) { s.instruments[0].scenarios[0].prices.emplace_back(3, 1.0); }},
      {"instrument A, measure measure",
       [](ParameterSet& s) {
         s.instruments[0].scenarios[0].fx_rates = {{1.0, 0.0, 1.0}};
       }},
      {"instrument A, measure measure",
       [](ParameterSet& s) { s.instruments[0].scenarios[0].compression_errors = {}; }},
  };
  return all;
}

TEST(ValidateLiquidationGroups, AcceptsASoundSet) {
  EXPECT_TRUE(validate_parameter_set(sound()).empty());
}

TEST(ValidateLiquidationGroups, NamesThePlaceOfEveryFault) {
  for (std::size_t i = 0; i < faults().size(); ++i) {
    SCOPED_TRACE("fault " + std::to_string(i));
    ParameterSet set = sound();
    faults()[i].plant(set);
    const auto issues = validate_parameter_set(set);
    ASSERT_FALSE(issues.empty());
    EXPECT_EQ(issues.front().place, faults()[i].place);
  }
}

TEST(ValidateLiquidationGroups, ReportsALimitedNumberOfIssues) {
  ParameterSet set = sound();
  for (int i = 0; i < 500; ++i) set.instruments.push_back(set.instruments[0]);
  EXPECT_EQ(validate_parameter_set(set).size(), issue_count_max);
}

}  // namespace
}  // namespace margingate::testing
