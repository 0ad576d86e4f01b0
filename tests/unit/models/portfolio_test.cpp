#include "models/portfolio.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace margingate::models {
namespace {

PortfolioParameters parameters() {
  PortfolioParameters p;
  p.standard.price_moves = {-0.15, 0.0, 0.15};
  p.standard.volatility_shocks = {VolatilityShock{0.3}, VolatilityShock{}};
  p.standard.extreme_moves = {{-0.25, 0.5}};
  p.standard.extreme_volatility = VolatilityShock{0.3};
  p.by_underlying["SOL"] = p.standard;
  p.by_underlying["SOL"].price_moves = {-0.4};
  p.offsets = {{"BTC", "ETH", 0.5}, {"BTC", "SOL", 0.25}};
  return p;
}

TEST(PortfolioModel, TakesEveryMoveWithEveryVolatilityThenTheExtremes) {
  const std::array<std::string, 1> units{"BTC"};
  const MarginModel model = portfolio_model(parameters(), units);
  const auto& scenarios = model.units.at(0).scan.scenarios;
  ASSERT_EQ(scenarios.size(), 7U);
  EXPECT_EQ(scenarios[0].price_move, -0.15);
  EXPECT_EQ(scenarios[0].volatility.relative, 0.3);
  EXPECT_EQ(scenarios[1].price_move, -0.15);
  EXPECT_EQ(scenarios[1].volatility.relative, 0.0);
  EXPECT_EQ(scenarios[6].price_move, -0.25);
  EXPECT_EQ(scenarios[6].weight, 0.5);
}

TEST(PortfolioModel, TakesNumbersOfAnUnderlyingOverTheDefault) {
  const std::array<std::string, 2> units{"BTC", "SOL"};
  const MarginModel model = portfolio_model(parameters(), units);
  EXPECT_EQ(model.units.at(0).scan.scenarios.size(), 7U);
  EXPECT_EQ(model.units.at(1).scan.scenarios.front().price_move, -0.4);
}

TEST(PortfolioModel, IgnoresOffsetsOfAbsentUnits) {
  const std::array<std::string, 2> units{"ETH", "BTC"};
  const MarginModel model = portfolio_model(parameters(), units);
  ASSERT_EQ(model.credits.size(), 1U);
  EXPECT_EQ(model.credits[0].first.value, 1U);
  EXPECT_EQ(model.credits[0].second.value, 0U);
  EXPECT_EQ(model.credits[0].rate, 0.5);
}

}  // namespace
}  // namespace margingate::models
