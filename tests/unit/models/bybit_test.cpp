#include "models/bybit.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "models/bybit_standard.hpp"

namespace margingate::models {
namespace {

const std::array<std::string, 1> bitcoin{"BTC"};

TEST(BybitModel, OrdersPricesFromTheMostNegativeAndVolatilityUpFirst) {
  BybitParameters p;
  p.volatility_power = 0.3;
  p.units.standard = {0.10, 5, 0.24, 0.20, 0.0003};
  const RiskUnitModel unit = bybit_model(p, bitcoin).units.at(0);
  ASSERT_EQ(unit.scan.scenarios.size(), 33U);
  EXPECT_NEAR(unit.scan.scenarios[0].price_move, -0.10, 1e-15);
  EXPECT_NEAR(unit.scan.scenarios[32].price_move, 0.10, 1e-15);
  EXPECT_EQ(unit.scan.scenarios[0].volatility.relative, 0.24);
  EXPECT_TRUE(unit.scan.scenarios[0].volatility.whole_days);
  EXPECT_EQ(unit.scan.scenarios[1].volatility, VolatilityShock{});
  EXPECT_EQ(unit.scan.scenarios[2].volatility.relative, -0.20);
  EXPECT_EQ(unit.added.at(0).notional_price, PriceBase::spot);
}

// Outside the maximum of a seller's initial margin: the fee that only one of its sides has.
TEST(BybitStandardModel, TakesTheFeeOutOfTheMaximum) {
  BybitStandardParameters p;
  p.option_initial = 0.15;
  p.option_initial_minimum = 0.10;
  p.option_maintenance = 0.03;
  p.liquidation_fee = 0.002;
  p.futures.standard.maintenance = {{0.0, 0.02}};
  const MarginModel model = bybit_standard_model(p, bitcoin);
  for (const ExposureCharge& charge : model.units.at(0).added) {
    if (charge.short_otm_base == 0.0) continue;
    EXPECT_EQ(charge.scope, MarginScope::initial);
    EXPECT_NEAR(charge.short_rate + charge.short_otm_base, 0.15, 1e-15);
    EXPECT_NEAR(charge.short_rate + charge.short_otm_minimum, 0.10, 1e-15);
  }
}

}  // namespace
}  // namespace margingate::models
