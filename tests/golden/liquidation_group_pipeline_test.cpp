// Every step of the margin by liquidation groups, with its intermediate values. Not published:
// constructed so that every step fires, and computed by hand on the model's page
// (docs/models/liquidation-groups.md, "worked example").
#include <gtest/gtest.h>

#include "io/liquidation_group_file.hpp"

namespace margingate::testing {
namespace {

using namespace liquidation_groups;

constexpr double six_decimals = 1e-6;  // as the page prints them

AccountMargin constructed() {
  const std::string directory = MARGINGATE_SOURCE_DIR "/examples/liquidation-groups/";
  const ParameterSet set = io::read_liquidation_groups(directory + "constructed.json");
  const auto positions =
      io::read_liquidation_group_positions(directory + "constructed-positions.json", set);
  return margin_account(set, positions.positions);
}

TEST(LiquidationGroupPipeline, ShowsTheMarketRiskOfBothMeasures) {
  const SplitMargin index = constructed().splits.at(0);
  const SubSampleRisk& filtered = index.measures.at(0).sub_samples.at(0);
  EXPECT_EQ(filtered.profits,
            (std::vector<double>{-1'150, 550, -850, 250, 650, -550, 150, -1'850, 800, 400}));
  EXPECT_EQ(filtered.value_at_risk, 1'150.0);
  EXPECT_NEAR(filtered.pure_market_risk, 1'265.0, six_decimals);
  EXPECT_EQ(filtered.correlation_break.value_at_risk, 850.0);
  EXPECT_EQ(filtered.correlation_break.window_risks,
            (std::vector<double>{1'150, 850, 850, 0, 550, 550, 1'850, 1'850, 0}));
  EXPECT_EQ(filtered.correlation_break.windows_in_excess, 3U);
  EXPECT_NEAR(filtered.correlation_break.mean_excess, 834.665602, six_decimals);
  EXPECT_NEAR(filtered.correlation_break.adjustment, 166.933120, six_decimals);
  EXPECT_NEAR(filtered.compression_adjustment, 50.0, six_decimals);
  EXPECT_NEAR(index.measures[0].market_risk, 1'481.933120, six_decimals);
  const SubSampleRisk& stress = index.measures.at(1).sub_samples.at(0);
  EXPECT_EQ(stress.profits, (std::vector<double>{-3'900, 1'550, -2'350, 900}));
  EXPECT_EQ(stress.value_at_risk, 3'125.0);
  EXPECT_NEAR(index.measures[1].market_risk, 3'175.0, six_decimals);
  EXPECT_NEAR(index.measures[1].weighted_market_risk, 1'619.25, six_decimals);
  EXPECT_NEAR(index.market_risk, 1'619.25, six_decimals);
}

TEST(LiquidationGroupPipeline, ShowsAdjustmentsAndAddOns) {
  const SplitMargin index = constructed().splits.at(0);
  ASSERT_EQ(index.time_to_expiry.size(), 2U);
  EXPECT_EQ(index.time_to_expiry[0].adjustment, 0.0);
  EXPECT_EQ(index.time_to_expiry[1].positions_taken_out, 1U);
  EXPECT_NEAR(index.time_to_expiry[1].market_risk_reduced, 3'939.75, six_decimals);
  EXPECT_NEAR(index.time_to_expiry[1].marginal, -2'320.5, six_decimals);
  EXPECT_NEAR(index.time_to_expiry_adjustment, 928.2, six_decimals);
  ASSERT_EQ(index.liquidity.adjustments.size(), 3U);
  EXPECT_NEAR(index.liquidity.adjustments[0].factor, 0.3, six_decimals);
  EXPECT_NEAR(index.liquidity.adjustments[0].adjustment, 920.0, six_decimals);
  EXPECT_NEAR(index.liquidity.adjustments[1].adjustment, 72.5, six_decimals);
  EXPECT_NEAR(index.liquidity.adjustments[2].adjustment, 302.0, six_decimals);
  EXPECT_EQ(index.liquidity.risk_base, 5'450.0);
  EXPECT_NEAR(index.liquidity.diversification, 0.211009, six_decimals);
  EXPECT_NEAR(index.liquidity.gross, 1'294.5, six_decimals);
  EXPECT_NEAR(index.liquidity.add_on, 273.151376, six_decimals);
}

TEST(LiquidationGroupPipeline, ShowsTheRequirementOfEachGroup) {
  const AccountMargin margin = constructed();
  const SplitMargin& index = margin.splits.at(0);
  EXPECT_NEAR(index.initial_margin, 2'820.601376, six_decimals);
  EXPECT_EQ(index.premium_margin, 2'025.0);
  EXPECT_EQ(index.long_option_credit, 0.0);
  EXPECT_EQ(index.requirement, 4'845.60);
  const SplitMargin& rates = margin.splits.at(1);
  EXPECT_EQ(rates.initial_margin, 630.0);
  EXPECT_EQ(rates.premium_margin, -600.0);
  EXPECT_EQ(rates.option_value, 600.0);
  EXPECT_EQ(rates.scenario_loss_maximum, 540.0);
  EXPECT_EQ(rates.long_option_credit, -30.0);
  EXPECT_EQ(rates.requirement, 0.0);
  ASSERT_EQ(margin.currencies.size(), 1U);
  EXPECT_EQ(margin.currencies[0].requirement, 4'845.60);
}

}  // namespace
}  // namespace margingate::testing
