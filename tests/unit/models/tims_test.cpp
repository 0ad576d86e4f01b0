#include "models/tims.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "support/venue_book.hpp"

namespace margingate::models {
namespace {

MarginModel bundled(std::span<const std::string> risk_units) {
  return compose_margin_model(testing::bundled_parameters("tims-2007-02-23"), risk_units);
}

TEST(TimsModel, HasTenPointsAndNoneOfNoMove) {
  const std::array<std::string, 2> units{"IBM", "SPX"};
  const MarginModel model = bundled(units);
  for (const RiskUnitModel& unit : model.units) {
    ASSERT_EQ(unit.scan.scenarios.size(), 10U);
    for (std::size_t s = 0; s < 10; ++s) {
      EXPECT_EQ(unit.scan.scenarios[s].price_move < 0.0, s < 5);
      EXPECT_NE(unit.scan.scenarios[s].price_move, 0.0);
      EXPECT_EQ(unit.scan.scenarios[s].volatility, VolatilityShock{});
    }
    EXPECT_EQ(unit.floor.at(0).long_amount_quote, 37.5);
    EXPECT_EQ(unit.floor.at(0).short_amount_quote, 37.5);
  }
  EXPECT_EQ(model.units[0].scan.scenarios[0].price_move, -0.15);
  EXPECT_EQ(model.units[1].scan.scenarios[9].price_move, 0.06);
}

TEST(TimsModel, PoolsTheClassesOfAPortfolioGroupThatAreThere) {
  const std::array<std::string, 4> units{"RUT", "IBM", "OEX", "SPX"};
  const MarginModel model = bundled(units);
  ASSERT_EQ(model.pools.size(), 1U);
  const ScanPool& pool = model.pools[0];
  EXPECT_EQ(pool.gain_share, 0.75);
  ASSERT_EQ(pool.groups.size(), 2U);
  EXPECT_EQ(pool.groups[0].gain_share, 0.9);
  EXPECT_EQ(pool.groups[0].units.size(), 2U);
  EXPECT_EQ(pool.groups[1].units.at(0).value, 0U);
  EXPECT_TRUE(validate_margin_model(model).empty());
}

TEST(TimsModel, PoolsNothingWhereOneClassIsThere) {
  const std::array<std::string, 2> units{"IBM", "SPX"};
  EXPECT_TRUE(bundled(units).pools.empty());
}

TEST(TimsModel, RefusesAnUnderlyingInTwoGroups) {
  EXPECT_THROW(
      (void)testing::edited_parameters("tims-2007-02-23", "\"name\": \"RUT\"", "\"name\": \"SPX\""),
      std::exception);
}

TEST(TimsModel, RefusesClassesOfDifferentNumbersOfPoints) {
  EXPECT_THROW((void)testing::edited_parameters("tims-2007-02-23", "0.048, 0.06]", "0.048]"),
               std::exception);
}

}  // namespace
}  // namespace margingate::models
