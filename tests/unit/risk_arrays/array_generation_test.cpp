#include "risk_arrays/array_generation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "support/risk_array_sets.hpp"

namespace margingate::testing {
namespace {

using namespace risk_arrays;

double normal(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

// Black and Scholes with a yield, written out.
double call_on_spot(double spot, double strike, double volatility, double years, double rate,
                    double yield) {
  const double deviation = volatility * std::sqrt(years);
  const double d1 =
      (std::log(spot / strike) + (rate - yield) * years) / deviation + 0.5 * deviation;
  return spot * std::exp(-yield * years) * normal(d1) -
         strike * std::exp(-rate * years) * normal(d1 - deviation);
}

OptionMarket spot_call() {
  OptionMarket market;
  market.underlying_price = 2466;
  market.is_on_future = false;
  market.strike = 2400;
  market.volatility = 0.18;
  market.time_to_expiry_years = 0.25;
  market.interest_rate = 0.03;
  market.yield = 0.02;
  market.multiplier = 10;
  return market;
}

TEST(ArrayGeneration, RevaluesEveryScenarioWithItsWeight) {
  const ScenarioSet set = classic_scenario_set(3, "0.32"_d);
  const ScanRanges ranges{0.074, ShiftKind::relative, 0.04, ShiftKind::absolute, 1.0 / 365};
  const OptionMarket market = spot_call();
  const RiskArray array = option_risk_array(set, ranges, market, 6);
  const double later = 0.25 - 1.0 / 365;
  const double now = call_on_spot(2466, 2400, 0.18, 0.25, 0.03, 0.02);
  const std::array<double, 16> moves = {0, 0, 1, 1, -1, -1, 2, 2, -2, -2, 3, 3, -3, -3, 9, -9};
  for (std::size_t i = 0; i < scenario_count; ++i) {
    const double volatility = i >= 14 ? 0.18 : i % 2 == 0 ? 0.22 : 0.14;
    const double then =
        call_on_spot(2466 * (1 + moves[i] / 3 * 0.074), 2400, volatility, later, 0.03, 0.02);
    EXPECT_NEAR(array.losses[i].to_double(), (i >= 14 ? 0.32 : 1.0) * 10 * (now - then), 2e-6)
        << "scenario " << i + 1;
  }
}

TEST(ArrayGeneration, ShiftsVolatilityByAFractionWhereTold) {
  const ScenarioSet set = classic_scenario_set(3, "0.32"_d);
  OptionMarket market = spot_call();
  ScanRanges relative{100, ShiftKind::absolute, 0.25, ShiftKind::relative, 0};
  ScanRanges absolute{100, ShiftKind::absolute, 0.25 * 0.18, ShiftKind::absolute, 0};
  EXPECT_EQ(option_risk_array(set, relative, market, 6).losses,
            option_risk_array(set, absolute, market, 6).losses);
}

TEST(ArrayGeneration, WeighsDeltasIntoTheCompositeDelta) {
  const ScenarioSet set = classic_scenario_set(3, "0.32"_d);
  FixedDecimal sum;
  for (const DeltaPoint& point : set.delta_points) sum += point.weight;
  EXPECT_EQ(sum, 1);
  OptionMarket market = spot_call();
  market.is_on_future = true;
  market.interest_rate = 0.0;
  ScanRanges ranges{100, ShiftKind::absolute, 0.04, ShiftKind::absolute, 0.0};
  const FixedDecimal call = option_risk_array(set, ranges, market, 2).composite_delta;
  market.right = OptionRight::put;
  const FixedDecimal put = option_risk_array(set, ranges, market, 2).composite_delta;
  EXPECT_NEAR((call - put).to_double(), 1.0, 2e-4);
  EXPECT_LT(put, 0);
  // Deep in the money the option is its underlying.
  market.right = OptionRight::call;
  market.strike = 100;
  EXPECT_EQ(option_risk_array(set, ranges, market, 2).composite_delta, 1);
}

TEST(ArrayGeneration, ValuesAtExpiryWhatExerciseBrings) {
  OptionMarket market = spot_call();
  market.time_to_expiry_years = 0.001;
  const ScanRanges ranges{90, ShiftKind::absolute, 0.5, ShiftKind::absolute, 0.01};
  const RiskArray array = option_risk_array(classic_scenario_set(2, 1), ranges, market, 2);
  EXPECT_EQ(array.losses[10], array.losses[11]);  // no time is left for volatility
  EXPECT_EQ(array.losses[10] - array.losses[6], -300);
}

TEST(ArrayGeneration, RefusesTermsThatHaveNoPrice) {
  const ScenarioSet set = classic_scenario_set(3, 1);
  const OptionMarket market = spot_call();
  EXPECT_THROW(static_cast<void>(option_risk_array(set, {0.5, ShiftKind::relative}, market, 2)),
               std::domain_error);
  EXPECT_THROW(static_cast<void>(option_risk_array(set, {NAN}, market, 2)), std::domain_error);
  OptionMarket broken = market;
  broken.strike = 0;
  EXPECT_THROW(static_cast<void>(option_risk_array(set, {1}, broken, 2)), std::domain_error);
  broken = market;
  broken.volatility = NAN;
  EXPECT_THROW(static_cast<void>(option_risk_array(set, {1}, broken, 2)), std::domain_error);
}

}  // namespace
}  // namespace margingate::testing
