#include "models/deribit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "margingate/margin_model.hpp"

namespace margingate::models {
namespace {

constexpr double tolerance = 1e-15;

DeribitParameters parameters() {
  DeribitParameters p;
  p.underlying = "BTC";
  p.mm_factor = 0.8;
  p.buckets_count = 4;
  p.price_range = 0.16;
  p.volatility_range_up = 0.5;
  p.volatility_range_down = 0.25;
  p.short_term_vega_power = 0.3;
  p.long_term_vega_power = 0.13;
  p.min_volatility_for_shock_up = 0.5;
  p.extended_table_factor = 1.0;
  p.extended_dampener = 100'000.0;
  p.extended_moves = {-0.66, -0.33, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0};
  return p;
}

TEST(DeribitModel, OrdersBucketsFromTheMostNegativeMoveAndVolatilityUpFirst) {
  const MarginModel model = deribit_model(parameters(), 1);
  const auto& scenarios = model.units.at(0).scan.scenarios;
  ASSERT_EQ(scenarios.size(), 35U);
  for (int bucket = 0; bucket < 9; ++bucket) {
    const auto at = static_cast<std::size_t>(3 * bucket);
    for (std::size_t v = 0; v < 3; ++v) {
      EXPECT_NEAR(scenarios[at + v].price_move, 0.04 * (bucket - 4), tolerance);
      EXPECT_EQ(scenarios[at + v].weight, 1.0);
      EXPECT_EQ(scenarios[at + v].deductible_quote, 0.0);
    }
    EXPECT_EQ(scenarios[at].volatility.relative, 0.5);
    EXPECT_EQ(scenarios[at].volatility.minimum, 0.5);
    EXPECT_EQ(scenarios[at + 1].volatility, VolatilityShock{});
    EXPECT_EQ(scenarios[at + 2].volatility.relative, -0.25);
    EXPECT_EQ(scenarios[at + 2].volatility.minimum, 0.0);
  }
}

// The weight brings a delta-one inverse loss back to the one at the edge of the grid.
TEST(DeribitModel, WeighsExtendedMovesBackToTheEdge) {
  const MarginModel model = deribit_model(parameters(), 1);
  const auto& scenarios = model.units.at(0).scan.scenarios;
  for (std::size_t s = 27; s < scenarios.size(); ++s) {
    const double move = scenarios[s].price_move;
    const double edge = std::copysign(0.16, move);
    const double loss = scenarios[s].weight * (1.0 / (1.0 + move) - 1.0);
    EXPECT_NEAR(loss, 1.0 / (1.0 + edge) - 1.0, tolerance) << move;
    EXPECT_EQ(scenarios[s].volatility.relative, 0.5);
  }
}

TEST(DeribitModel, DampsExtendedLossesByDistanceFromTheEdge) {
  const MarginModel model = deribit_model(parameters(), 1);
  const auto& scenarios = model.units.at(0).scan.scenarios;
  // (0.66 / 0.16 - 1) * 100000 / 0.84 and (5 / 0.16 - 1) * 100000 / 1.16
  EXPECT_NEAR(scenarios[27].deductible_quote, 372'023.8095238095, 1e-6);
  EXPECT_NEAR(scenarios[34].deductible_quote, 2'607'758.620689655, 1e-6);
}

TEST(DeribitModel, MaintenanceIsAFactorOfTheRiskMatrixMargin) {
  const MarginModel model = deribit_model(parameters(), 1);
  EXPECT_EQ(model.initial_factor, 1.0);
  EXPECT_EQ(model.maintenance_factor, 0.8);
  EXPECT_EQ(model.unrealised_profit, UnrealisedProfit::counted);
}

}  // namespace
}  // namespace margingate::models
