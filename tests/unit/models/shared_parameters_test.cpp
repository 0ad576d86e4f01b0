#include "models/shared_parameters.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace margingate::models {
namespace {

const std::vector<RateTier> tiers{{0.0, 0.02}, {1'000.0, 0.025}, {3'000.0, 0.04}};

TEST(TieredAmount, PaysEachSliceAtItsOwnRate) {
  EXPECT_EQ(tiered_amount(tiers, 0.0), 0.0);
  EXPECT_NEAR(tiered_amount(tiers, 500.0), 10.0, 1e-12);
  EXPECT_NEAR(tiered_amount(tiers, 1'000.0), 20.0, 1e-12);
  EXPECT_NEAR(tiered_amount(tiers, 3'500.0), 20.0 + 50.0 + 20.0, 1e-12);
}

TEST(TieredFuturesCharge, AddsWhatEachTierIsAboveTheOneBefore) {
  const ExposureCharge charge = tiered_futures_charge(tiers, MarginScope::maintenance);
  EXPECT_EQ(charge.long_rate, 0.02);
  EXPECT_EQ(charge.short_rate, 0.02);
  EXPECT_EQ(charge.scope, MarginScope::maintenance);
  ASSERT_EQ(charge.scaling.tiers.size(), 2U);
  EXPECT_EQ(charge.scaling.tiers[0].from, 1'000.0);
  EXPECT_NEAR(charge.scaling.tiers[0].added_rate, 0.005, 1e-15);
  EXPECT_NEAR(charge.scaling.tiers[1].added_rate, 0.015, 1e-15);
}

TEST(TieredFuturesCharge, DoesNotScaleWithASingleTier) {
  EXPECT_FALSE(tiered_futures_charge({{0.0, 0.02}}, MarginScope::both).scaling.applies());
}

}  // namespace
}  // namespace margingate::models
