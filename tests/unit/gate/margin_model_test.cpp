// Ranges of a margin model: each bound from both sides.
#include "margingate/margin_model.hpp"
#include "margingate/limits.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace margingate::testing {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double tiny_step = 1e-9;

MarginModel good_model() {
  MarginModel model;
  RiskUnitModel unit;
  unit.scan.scenarios.resize(2);
  ExposureCharge charge;
  charge.kinds = {3};
  unit.added = {charge};
  unit.floor = {charge};
  model.units = {unit, unit, unit};
  model.credits = {{{0}, {1}, 0.5}};
  return model;
}

std::vector<std::string> issues_of(const MarginModel& model) {
  std::vector<std::string> paths;
  for (const ModelIssue& issue : validate_margin_model(model)) paths.push_back(issue.where);
  return paths;
}

// A number of a model with the range it must be in.
struct Ranged {
  const char* path;
  std::function<double&(MarginModel&)> field;
  double low, high;
  bool low_allowed = true;
};

Scenario& scenario(MarginModel& m) { return m.units[1].scan.scenarios[1]; }

std::vector<Ranged> scenario_fields() {
  const std::string path = "units[1].scan.scenarios[1].";
  return {
      {"price_move", [](MarginModel& m) -> double& { return scenario(m).price_move; }, -1.0, 100.0,
       false},
      {"weight", [](MarginModel& m) -> double& { return scenario(m).weight; }, -10.0, 10.0},
      {"deductible_quote", [](MarginModel& m) -> double& { return scenario(m).deductible_quote; },
       0.0, 1e12},
      {"weight_per_year", [](MarginModel& m) -> double& { return scenario(m).weight_per_year; },
       -10.0, 10.0},
      {"shocked_value.base",
       [](MarginModel& m) -> double& { return scenario(m).shocked_value.base; }, 0.0, 10.0},
      {"shocked_value.rate_share",
       [](MarginModel& m) -> double& { return scenario(m).shocked_value.rate_share; }, -10.0, 10.0},
      {"shocked_value.annual_rate",
       [](MarginModel& m) -> double& { return scenario(m).shocked_value.annual_rate; }, -10.0,
       10.0},
      {"skew.cap", [](MarginModel& m) -> double& { return scenario(m).skew.cap; }, -100.0, 100.0},
      {"skew.cap_per_root_year",
       [](MarginModel& m) -> double& { return scenario(m).skew.cap_per_root_year; }, -100.0, 100.0},
      {"skew.width", [](MarginModel& m) -> double& { return scenario(m).skew.width; }, 0.0, 1000.0},
      {"skew.volatility", [](MarginModel& m) -> double& { return scenario(m).skew.volatility; },
       0.0, 100.0},
      {"skew.volatility_per_root_year",
       [](MarginModel& m) -> double& { return scenario(m).skew.volatility_per_root_year; }, -100.0,
       100.0},
      {"volatility.days_minimum",
       [](MarginModel& m) -> double& { return scenario(m).volatility.days_minimum; }, 0.0, 3650.0},
      {"volatility.relative",
       [](MarginModel& m) -> double& { return scenario(m).volatility.relative; }, -1.0, 100.0,
       false},
      {"volatility.minimum",
       [](MarginModel& m) -> double& { return scenario(m).volatility.minimum; }, 0.0, 10.0},
      {"volatility.short_power",
       [](MarginModel& m) -> double& { return scenario(m).volatility.short_power; }, 0.0, 1.0},
      {"volatility.long_power",
       [](MarginModel& m) -> double& { return scenario(m).volatility.long_power; }, 0.0, 1.0},
      {"volatility.pivot_days",
       [](MarginModel& m) -> double& { return scenario(m).volatility.pivot_days; }, 0.0, 3'650.0,
       false},
  };
}

std::vector<Ranged> unit_fields() {
  return {
      {"scan.gain_offset", [](MarginModel& m) -> double& { return m.units[1].scan.gain_offset; },
       0.0, 1.0},
      {"expiry_delta.minimum_rate",
       [](MarginModel& m) -> double& { return m.units[1].expiry_delta.minimum_rate; }, 0.0, 1.0},
      {"expiry_delta.annualised_move",
       [](MarginModel& m) -> double& { return m.units[1].expiry_delta.annualised_move; }, 0.0,
       10.0},
      {"delta_shock.rate_max",
       [](MarginModel& m) -> double& { return m.units[1].delta_shock.rate_max; }, 0.0, 1.0},
      {"delta_shock.rate_per_unit",
       [](MarginModel& m) -> double& { return m.units[1].delta_shock.rate_per_unit; }, 0.0, 1.0},
      {"delta_shock.threshold_quote",
       [](MarginModel& m) -> double& { return m.units[1].delta_shock.threshold_quote; }, 0.0, 1e15},
      {"delta_decay_minutes",
       [](MarginModel& m) -> double& { return m.units[1].delta_decay_minutes; }, 0.0, 1e6},
      {"added[0].long_rate",
       [](MarginModel& m) -> double& { return m.units[1].added[0].long_rate; }, 0.0, 10.0},
      {"added[0].short_rate",
       [](MarginModel& m) -> double& { return m.units[1].added[0].short_rate; }, 0.0, 10.0},
      {"floor[0].long_mark_rate",
       [](MarginModel& m) -> double& { return m.units[1].floor[0].long_mark_rate; }, 0.0, 10.0},
      {"floor[0].short_otm_base",
       [](MarginModel& m) -> double& { return m.units[1].floor[0].short_otm_base; }, 0.0, 10.0},
      {"floor[0].short_otm_minimum",
       [](MarginModel& m) -> double& { return m.units[1].floor[0].short_otm_minimum; }, 0.0, 10.0},
  };
}

void expect_range(const Ranged& ranged, const std::string& prefix) {
  const std::string path = prefix + ranged.path;
  SCOPED_TRACE(path);
  const auto issues_with = [&](double value) {
    MarginModel model = good_model();
    ranged.field(model) = value;
    return issues_of(model);
  };
  const std::vector<std::string> none;
  const std::vector<std::string> one{path};
  EXPECT_EQ(issues_with(ranged.low), ranged.low_allowed ? none : one);
  EXPECT_EQ(issues_with(ranged.low + tiny_step), none);
  EXPECT_EQ(issues_with(ranged.low - tiny_step), one);
  EXPECT_EQ(issues_with(ranged.high), none);
  EXPECT_EQ(issues_with(ranged.high * (1.0 + tiny_step)), one);
  for (const double wrong : {nan, infinity, -infinity}) EXPECT_EQ(issues_with(wrong), one) << wrong;
}

TEST(MarginModelRanges, AcceptsAGoodModel) { EXPECT_TRUE(issues_of(good_model()).empty()); }

TEST(MarginModelRanges, AreCheckedForEveryScenario) {
  for (const Ranged& ranged : scenario_fields()) {
    expect_range(ranged, "units[1].scan.scenarios[1].");
  }
}

TEST(MarginModelRanges, AreCheckedForEveryUnit) {
  for (const Ranged& ranged : unit_fields()) expect_range(ranged, "units[1].");
}

TEST(MarginModelRanges, KeepFactorsPositiveAndInOrder) {
  const auto issues_with = [](double initial, double maintenance) {
    MarginModel model = good_model();
    model.initial_factor = initial;
    model.maintenance_factor = maintenance;
    return issues_of(model);
  };
  using Paths = std::vector<std::string>;
  EXPECT_EQ(issues_with(1.25, 1.0), Paths{});
  EXPECT_EQ(issues_with(1.25, 1.26), Paths{"maintenance_factor"});
  EXPECT_EQ(issues_with(1.25, 0.0), Paths{"maintenance_factor"});
  EXPECT_EQ(issues_with(10.1, 1.0), Paths{"initial_factor"});
  EXPECT_EQ(issues_with(nan, 1.0), (Paths{"initial_factor", "maintenance_factor"}));
  EXPECT_EQ(issues_with(1.0, nan), Paths{"maintenance_factor"});
}

TEST(MarginModelRanges, NetStrikesInsteadOfExpiries) {
  MarginModel model = good_model();
  RiskUnitModel& unit = model.units[1];
  unit.expiry_delta = {};
  unit.strike_netting = {0.005, 0.003};
  EXPECT_TRUE(issues_of(model).empty());
  unit.strike_netting.maintenance_rate = 0.006;
  EXPECT_EQ(issues_of(model), std::vector<std::string>{"units[1].strike_netting.maintenance_rate"});
  unit.strike_netting.maintenance_rate = 0.003;
  unit.expiry_delta.minimum_rate = 0.01;
  EXPECT_EQ(issues_of(model), std::vector<std::string>{"units[1].strike_netting"});
}

TEST(MarginModelRanges, PairAlternativesInPoolsAlone) {
  MarginModel model = good_model();
  RiskUnitModel unit = model.units[0];
  unit.scan.scenarios.resize(3);
  for (Scenario& s : unit.scan.scenarios) s = {};
  unit.scan.alternatives = 3;
  unit.scan.lesser_of_last_two = true;
  unit.scan.rounding_decimals = -1;
  model.units.push_back(unit);
  const std::string path = "units[" + std::to_string(model.units.size() - 1) + "].scan.";
  EXPECT_EQ(issues_of(model), std::vector<std::string>{path + "lesser_of_last_two"});
  ScanPool pool;
  pool.groups = {{{RiskUnitId{static_cast<std::uint32_t>(model.units.size() - 1)}}, 1.0}};
  pool.initial_factor = 1.3;
  pool.maintenance_factor = 0.8;
  model.pools.push_back(pool);
  EXPECT_TRUE(issues_of(model).empty());
  model.pools[0].maintenance_factor = 1.4;
  EXPECT_EQ(issues_of(model), std::vector<std::string>{"pools[0].maintenance_factor"});
}

TEST(MarginModelRanges, LimitCounts) {
  MarginModel model = good_model();
  model.units[0].scan.scenarios.resize(scenarios_max);
  EXPECT_TRUE(issues_of(model).empty());
  model.units[0].scan.scenarios.resize(scenarios_max + 1);
  EXPECT_EQ(issues_of(model), std::vector<std::string>{"units[0].scan.scenarios"});
  model = good_model();
  // Any number of shocks, but few ways in which time bears on them.
  for (int i = 1; i <= 5; ++i) {
    for (const double relative : {0.1, 0.2, 0.3}) {
      Scenario shocked;
      shocked.volatility.relative = relative * i;
      shocked.volatility.short_power = 0.1 * i;
      model.units[2].scan.scenarios.push_back(shocked);
    }
    EXPECT_EQ(issues_of(model).empty(), i <= 4) << i;
  }
  model.units.clear();
  model.credits.clear();
  EXPECT_EQ(issues_of(model), std::vector<std::string>{"units"});
  model.units.resize(risk_units_max + 1);
  EXPECT_EQ(issues_of(model), std::vector<std::string>{"units"});
}

TEST(MarginModelRanges, RejectChargesOfNothingAndOfUnknownKinds) {
  MarginModel model = good_model();
  model.units[0].added[0].kinds.clear();
  EXPECT_EQ(issues_of(model), std::vector<std::string>{"units[0].added[0].kinds"});
  model.units[0].added[0].kinds = {1, 4};
  EXPECT_EQ(issues_of(model), std::vector<std::string>{"units[0].added[0].kinds"});
}

// A unit's scan risk may be credited once, however many pairs it is in.
TEST(MarginModelRanges, LimitCreditsPerUnit) {
  MarginModel model = good_model();
  model.credits = {{{0}, {1}, 0.5}, {{1}, {2}, 0.5}, {{0}, {2}, 0.5}};
  EXPECT_TRUE(issues_of(model).empty());
  model.credits[2].rate = 0.6;
  EXPECT_EQ(issues_of(model), (std::vector<std::string>{"credits[2].rate", "credits[2].rate"}));
  model.credits = {{{0}, {0}, 0.1}};
  EXPECT_EQ(issues_of(model), std::vector<std::string>{"credits[0]"});
  model.credits = {{{0}, {3}, 0.1}};
  EXPECT_EQ(issues_of(model), std::vector<std::string>{"credits[0]"});
  model.credits = {{{0}, {1}, nan}};
  EXPECT_FALSE(issues_of(model).empty());
}

}  // namespace
}  // namespace margingate::testing
