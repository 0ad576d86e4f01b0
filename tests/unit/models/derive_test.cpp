// Derive's portfolio margin as the engine's data.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "io/parameter_file.hpp"
#include "models/parameter_set.hpp"
#include "models/risk_unit_name.hpp"

namespace margingate::models {
namespace {

constexpr Timestamp noon{1'750'000'000'000'000'000};

ParameterSet shipped(const std::string& name) {
  return io::read_parameter_file(std::string(MARGINGATE_SOURCE_DIR) + "/params/" + name + ".json");
}

TEST(RiskUnitName, SaysUnderlyingAndExpiry) {
  const std::string name = expiry_unit_name("ETH", noon);
  EXPECT_EQ(name, "ETH@2025-06-15T15:06:40");
  EXPECT_EQ(underlying_of(name), "ETH");
  EXPECT_EQ(underlying_of("ETH"), "ETH");
}

TEST(DeriveModel, MarginsOptionsByExpiryAndThePerpetualByUnderlying) {
  const ParameterSet set = shipped("derive-pmrm2-2026-01-21");
  EXPECT_EQ(risk_unit_name(set, "ETH", InstrumentKind::perpetual, {}), "ETH");
  EXPECT_EQ(risk_unit_name(set, "ETH", InstrumentKind::spot, {}), "ETH");
  EXPECT_EQ(risk_unit_name(set, "ETH", InstrumentKind::option, noon), "ETH@2025-06-15T15:06:40");
  EXPECT_FALSE(covers(set, InstrumentKind::future));
  EXPECT_TRUE(covers(set, InstrumentKind::option));
}

TEST(DeriveModel, AddsUnitsOfAnUnderlyingUpInOnePool) {
  for (const char* const name : {"derive-pmrm2-2026-01-21", "derive-v1-2026-01-21"}) {
    const std::array<std::string, 4> units{"BTC", "ETH", "ETH@2025-06-15T15:06:40", "USDT"};
    const MarginModel model = compose_margin_model(shipped(name), units);
    EXPECT_TRUE(validate_margin_model(model).empty()) << name;
    ASSERT_EQ(model.pools.size(), 3u);  // what no entry names is pooled by itself
    EXPECT_EQ(model.pools[1].groups[0].units.size(), 2u);
    EXPECT_EQ(model.units[1].scan.scenarios.size(), model.units[2].scan.scenarios.size());
    EXPECT_GT(model.units[2].strike_netting.initial_rate, 0.0);
    EXPECT_EQ(model.units[1].strike_netting.initial_rate, 0.0);
  }
}

TEST(DeriveModel, WhatItDoesNotNameBacksNothing) {
  const std::array<std::string, 1> units{"USDT"};
  const MarginModel model = compose_margin_model(shipped("derive-pmrm2-2026-01-21"), units);
  const auto& added = model.units[0].added;
  const auto spot = std::find_if(added.begin(), added.end(), [](const ExposureCharge& c) {
    return c.kinds.front() == static_cast<std::uint8_t>(InstrumentKind::spot);
  });
  ASSERT_NE(spot, added.end());
  EXPECT_EQ(spot->long_rate, 1.0);
}

// Each tail counts the same for what moves one for one: the published table has that.
TEST(DeriveModel, TailsCountAConstantOverTheirMove) {
  const std::array<std::string, 1> units{"BTC"};
  const MarginModel model = compose_margin_model(shipped("derive-pmrm2-2026-01-21"), units);
  int tails = 0;
  for (const Scenario& s : model.units[0].scan.scenarios) {
    if (s.weight == 1.0) continue;
    ++tails;
    EXPECT_NEAR(s.weight * std::fabs(s.price_move), 0.1386, 1e-9);
  }
  EXPECT_EQ(tails, 4 * 8);
}

}  // namespace
}  // namespace margingate::models
