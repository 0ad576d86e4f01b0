#include "models/rate_charges.hpp"

#include <gtest/gtest.h>

namespace margingate::models {
namespace {

RateParameters rates() {
  RateParameters result;
  ExposureCharge futures;
  futures.kinds = {1, 2};
  futures.long_rate = futures.short_rate = 0.05;
  result.charges = {futures};
  result.maintenance_factor = 0.5;
  return result;
}

TEST(RateModels, ChargeTheSameButPoolProfitDifferently) {
  const MarginModel isolated = isolated_model({rates()}, 2);
  const MarginModel cross = cross_model({rates()}, 2);
  ASSERT_EQ(isolated.units.size(), 2U);
  ASSERT_EQ(cross.units.size(), 2U);
  for (const MarginModel* model : {&isolated, &cross}) {
    EXPECT_TRUE(model->units[1].scan.scenarios.empty());
    EXPECT_EQ(model->units[1].added.at(0).short_rate, 0.05);
    EXPECT_EQ(model->maintenance_factor, 0.5);
  }
  EXPECT_EQ(isolated.unrealised_profit, UnrealisedProfit::losses_only);
  EXPECT_EQ(cross.unrealised_profit, UnrealisedProfit::counted);
}

}  // namespace
}  // namespace margingate::models
