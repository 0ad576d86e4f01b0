// Every step of the margin of risk arrays, with its intermediate values.
#include <gtest/gtest.h>

#include "io/risk_array_file.hpp"
#include "io/risk_array_positions.hpp"
#include "support/risk_array_sets.hpp"

namespace margingate::testing {
namespace {

using namespace risk_arrays;

void expect_constructed_example(const AccountMargin& margin) {
  const CommodityMargin& a = commodity_margin(margin, "A");
  ASSERT_EQ(a.tiers.size(), 1U);
  EXPECT_EQ(a.tiers[0].active_scenario + 1, 13U);
  EXPECT_EQ(a.tiers[0].paired_scenario + 1, 14U);
  EXPECT_EQ(a.tiers[0].losses[13], 10'040);
  EXPECT_EQ(a.scan_risk, 10'240);
  EXPECT_EQ(a.volatility_risk, 100);
  EXPECT_EQ(a.time_risk, -10);
  EXPECT_EQ(a.price_risk, 10'150);
  ASSERT_EQ(a.deltas.size(), 2U);
  EXPECT_EQ(a.deltas[0].net, 5);
  EXPECT_EQ(a.deltas[1].net, -2);
  EXPECT_EQ(a.net_delta, 3);
  EXPECT_EQ(a.weighted_price_risk, "3383.33"_d);

  ASSERT_EQ(a.intra_charges.size(), 1U);
  EXPECT_EQ(a.intra_charges[0].spreads, 2);
  EXPECT_EQ(a.intra_charge, 400);
  EXPECT_EQ(a.deltas[0].consumed_intra, 2);
  EXPECT_EQ(a.deltas[1].consumed_intra, 2);
  ASSERT_EQ(a.spot_charges.size(), 1U);
  EXPECT_EQ(a.spot_charges[0].consumed, 2);
  EXPECT_EQ(a.spot_charges[0].remaining, 3);
  EXPECT_EQ(a.spot_charge, 170);

  const CommodityMargin& b = commodity_margin(margin, "B");
  EXPECT_EQ(b.scan_risk, 3'600);
  EXPECT_EQ(b.tiers[0].active_scenario + 1, 11U);
  EXPECT_EQ(b.price_risk, 3'600);
  EXPECT_EQ(b.weighted_price_risk, 1'200);

  ASSERT_EQ(margin.credits.size(), 1U);
  EXPECT_EQ(margin.credits[0].spreads, 3);
  EXPECT_EQ(a.inter_credit, "6089.994"_d);
  EXPECT_EQ(b.inter_credit, 2'160);
  EXPECT_EQ(a.deltas[0].remaining, 0);

  EXPECT_EQ(a.short_calls, 2);
  EXPECT_EQ(a.short_option_minimum, 100);
  EXPECT_EQ(a.risk_requirement, "4720.006"_d);
  EXPECT_EQ(b.risk_requirement, 1'440);
  EXPECT_EQ(a.net_option_value, -3'800);
  ASSERT_EQ(margin.currencies.size(), 1U);
  EXPECT_EQ(margin.currencies[0].maintenance_margin, "9960.006"_d);
  EXPECT_EQ(margin.currencies[0].initial_margin, "10576.0066"_d);
}

// Not published: constructed so that every step fires, and computed by hand on the model's page
// (docs/models/risk-array.md, "worked example").
TEST(RiskArrayPipeline, ShowsEveryIntermediateOfTheConstructedExample) {
  const PipelineExample example = pipeline_example();
  expect_constructed_example(margin_account(example.set, example.account));
}

TEST(RiskArrayPipeline, GivesTheSameFromFilesOfBothFormats) {
  const std::string directory = MARGINGATE_SOURCE_DIR "/examples/risk-arrays/";
  for (const char* name : {"constructed.pa2", "constructed.spn"}) {
    SCOPED_TRACE(name);
    const ParameterSet set = io::read_risk_arrays(directory + name);
    EXPECT_EQ(set.name, "EXMPL");
    EXPECT_EQ(set.business_date, "20260102");
    EXPECT_EQ(set.scenarios.scenarios[14].price_move(), 3.0);
    EXPECT_EQ(set.scenarios.scenarios[14].weight, "0.33"_d);
    const io::RiskArrayPositions positions =
        io::read_risk_array_positions(directory + "constructed-positions.json", set);
    expect_constructed_example(margin_account(set, positions.positions));
  }
}

// NSE Clearing, file of 29 May 2026, NIFTY 23700 call, lot of 65, as compared with a broker in
// SPAN_MARGIN_LEARNINGS.md of github.com/marketcalls/marginism: risk 113,226, the option sold is
// worth 28,447, and 141,673 is due. The same call held long needs nothing.
TEST(RiskArrayPipeline, AddsWhatShortOptionsWouldCostToBuyBack) {
  ParameterSet set;
  set.scenarios = classic_scenario_set(2, "0.35"_d);
  const std::size_t commodity = add_commodity(set, "NIFTY");
  Losses losses;
  losses[10] = -113'226;  // the call gains where the index rises
  losses[13] = 28'000;
  const std::size_t call =
      add_option(set, commodity, 202606, OptionRight::call, 23'700, losses, "0.5"_d, 28'447);
  const AccountMargin sold = margin_account(set, net_account({{call, -1}}));
  EXPECT_EQ(sold.currencies[0].risk_requirement, 113'226);
  EXPECT_EQ(sold.currencies[0].net_option_value, -28'447);
  EXPECT_EQ(sold.currencies[0].maintenance_margin, 141'673);
  const AccountMargin held = margin_account(set, net_account({{call, 1}}));
  EXPECT_EQ(held.currencies[0].maintenance_margin, 0);
}

}  // namespace
}  // namespace margingate::testing
