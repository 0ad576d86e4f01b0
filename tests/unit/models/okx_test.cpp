#include "models/okx.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace margingate::models {
namespace {

OkxParameters parameters() {
  OkxParameters p;
  p.imr_factor = 1.3;
  p.mr1_volatility_up = 0.4;
  p.mr1_volatility_down = 0.3;
  p.mr2_days = 1.0;
  p.mr6_share = 0.5;
  p.units.standard.mr1_moves = {-0.1, 0.0, 0.1};
  p.units.standard.mr6_move = 0.2;
  p.units.standard.mr4_minimum_rate = 0.01;
  p.units.own["BTC"] = p.units.standard;
  p.units.own["BTC"].mr4_minimum_rate = 0.002;
  return p;
}

MarginModel model() {
  const std::array<std::string, 2> units{"BTC", "SOL"};
  return okx_model(parameters(), units);
}

TEST(OkxModel, ListsShocksThenDecayThenExtremes) {
  const auto scenarios = model().units.at(0).scan.scenarios;
  ASSERT_EQ(scenarios.size(), 12U);
  EXPECT_EQ(scenarios[0].price_move, -0.1);
  EXPECT_EQ(scenarios[0].volatility.relative, 0.4);
  EXPECT_EQ(scenarios[1].volatility, VolatilityShock{});
  EXPECT_EQ(scenarios[2].volatility.relative, -0.3);
  EXPECT_EQ(scenarios[9].price_move, 0.0);
  EXPECT_EQ(scenarios[9].volatility.days_forward, 1.0);
  EXPECT_EQ(scenarios[10].price_move, -0.2);
  EXPECT_EQ(scenarios[11].price_move, 0.2);
  EXPECT_EQ(scenarios[11].weight, 0.5);
}

TEST(OkxModel, MovesTheIndexAndChargesSpotAsALeg) {
  const RiskUnitModel unit = model().units.at(0);
  EXPECT_EQ(unit.scan.delta_one_moves, PriceBase::spot);
  EXPECT_EQ(unit.expiry_delta.spot_rate, unit.expiry_delta.minimum_rate);
}

TEST(OkxModel, GivesEveryUnderlyingItsOwnNumbersOrTheDefault) {
  EXPECT_EQ(model().units.at(0).expiry_delta.minimum_rate, 0.002);
  EXPECT_EQ(model().units.at(1).expiry_delta.minimum_rate, 0.01);
  EXPECT_EQ(model().initial_factor, 1.3);
}

}  // namespace
}  // namespace margingate::models
