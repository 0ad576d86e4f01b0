// Pools on the gate, by hand: one coin at 100.00, each contract in a risk unit of its own,
// scenarios a tenth down and a tenth up. One lot alone needs 10.00.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

constexpr RiskUnitId perpetuals{0};
constexpr RiskUnitId futures{1};
constexpr RiskUnitId spots{2};

// Perpetuals in unit 0, futures and options in unit 1, spot in unit 2.
void in_three_units(TinySetup& setup) {
  GateConfig& c = setup.config;
  c.model.units.assign(3, c.model.units.front());
  for (Instrument& instrument : c.instruments) {
    const bool expires =
        instrument.kind == InstrumentKind::future || instrument.kind == InstrumentKind::option;
    if (expires) instrument.risk_unit = futures;
    if (instrument.kind == InstrumentKind::spot) instrument.risk_unit = spots;
  }
}

ScanPool one_group(double gain_share) {
  return {{{{perpetuals, futures}, gain_share}}, 1.0, {}, {}, -1};
}

class Pooled : public ::testing::Test {
 protected:
  void make(const ScanPool& pool, const std::function<void(TinySetup&)>& change = {}) {
    tiny.emplace([&](TinySetup& setup) {
      in_three_units(setup);
      setup.config.model.pools = {pool};
      if (change) change(setup);
    });
    tiny->publish_and_adopt();
  }
  void hold(InstrumentId instrument, std::int64_t lots) {
    ASSERT_EQ(tiny->transfer(instrument, lots, 100.0), Reason::accepted);
  }
  MarginStatement statement() { return tiny->gate().statement(AccountId{0}); }

  std::optional<TinyGate> tiny;
};

TEST_F(Pooled, UnitsNetWhereGainsCountInFull) {
  make(one_group(1.0));
  hold(tiny::perpetual, 5);
  hold(tiny::future, -3);
  const MarginStatement s = statement();
  EXPECT_EQ(s.initial_margin.value, 2'000);
  EXPECT_EQ(s.maintenance_margin.value, 2'000);
  ASSERT_EQ(s.pools.size(), 1u);
  EXPECT_EQ(s.pools[0].scan_risk.value, 2'000);
  EXPECT_EQ(s.pools[0].worst_scenario, 0u);
  EXPECT_EQ(s.pools[0].losses[0].value, 2'000);
  EXPECT_EQ(s.pools[0].losses[1].value, -2'000);
  EXPECT_EQ(s.risk_units[0].scan_risk.value, 0);
  EXPECT_EQ(s.risk_units[0].losses[0].value, 5'000);
}

TEST_F(Pooled, AGainPaysForItsShareOfALoss) {
  make(one_group(0.9));
  hold(tiny::perpetual, 5);
  hold(tiny::future, -3);
  // Down: 50.00 lost, 0.9 * 30.00 gained. Up: 30.00 lost, 0.9 * 50.00 gained.
  EXPECT_EQ(statement().initial_margin.value, 5'000 - 2'700);
  make(one_group(0.0));
  hold(tiny::perpetual, 5);
  hold(tiny::future, -3);
  EXPECT_EQ(statement().initial_margin.value, 5'000);
}

TEST_F(Pooled, WhatIsLeftOfAGainIsRoundedDown) {
  make(one_group(1.0 / 3.0));
  hold(tiny::perpetual, 5);
  hold(tiny::future, -1);
  // A third of 10.00 is 3.33.
  EXPECT_EQ(statement().initial_margin.value, 5'000 - 333);
}

TEST_F(Pooled, GroupsShareTheirGainsAtThePoolsShare) {
  const ScanPool pool{{{{perpetuals, futures}, 0.5}, {{spots}, 1.0}}, 0.8, {}, {}, -1};
  make(pool);
  hold(tiny::perpetual, 5);
  hold(tiny::future, -3);
  hold(tiny::spot, -2);
  const MarginStatement s = statement();
  ASSERT_EQ(s.pools.size(), 1u);
  // Down: the group loses 50.00 - 0.5 * 30.00, the other gains 20.00, of which 0.8 count.
  EXPECT_EQ(s.pools[0].losses[0].value, 5'000 - 1'500 - 1'600);
  // Up: the group loses 30.00 - 0.5 * 50.00, the other 20.00.
  EXPECT_EQ(s.pools[0].losses[1].value, 3'000 - 2'500 + 2'000);
  EXPECT_EQ(s.initial_margin.value, 2'500);
}

TEST_F(Pooled, TheFloorsOfItsUnitsAddUpToThePools) {
  make(one_group(1.0), [](TinySetup& setup) {
    ExposureCharge least;
    least.kinds = {1, 2};
    least.long_rate = least.short_rate = 0.03;
    for (RiskUnitModel& unit : setup.config.model.units) unit.floor = {least};
  });
  hold(tiny::perpetual, 5);
  hold(tiny::future, -5);
  const MarginStatement s = statement();
  ASSERT_EQ(s.pools.size(), 1u);
  EXPECT_EQ(s.pools[0].scan_risk.value, 0);
  EXPECT_EQ(s.pools[0].floor.value, 3'000);
  EXPECT_EQ(s.initial_margin.value, 3'000);
  // The third unit is in no pool and has its own.
  hold(tiny::spot, 1);
  EXPECT_EQ(statement().initial_margin.value, 3'000 + 1'000);
}

TEST_F(Pooled, ThePoolsReducerCounts) {
  ScanPool pool = one_group(1.0);
  pool.reducer = {ReducerKind::tail_mean, 0.0};  // the mean of all
  make(pool, [](TinySetup& setup) {
    for (RiskUnitModel& unit : setup.config.model.units) {
      unit.scan.scenarios.resize(4);
      unit.scan.scenarios[2].price_move = -0.3;
      unit.scan.scenarios[3].price_move = -0.2;
    }
  });
  hold(tiny::perpetual, 3);
  hold(tiny::future, -1);
  EXPECT_EQ(statement().initial_margin.value, (2'000 - 2'000 + 6'000 + 4'000) / 4);
}

TEST_F(Pooled, AnOrderIsDecidedOnItsPool) {
  make(one_group(1.0));
  ASSERT_EQ(tiny->deposit(5'000), Reason::accepted);
  hold(tiny::perpetual, 4);
  // A short future hedges when it fills, and nothing is worse when it does not.
  const Verdict hedge = tiny->gate().reserve(tiny->sell(tiny::future, 8, 100.0));
  EXPECT_EQ(hedge.reason, Reason::accepted);
  EXPECT_EQ(hedge.requirement_before.value, 4'000);
  EXPECT_EQ(hedge.requirement_after.value, 4'000);
  const Verdict more = tiny->gate().check(tiny->sell(tiny::future, 2, 100.0));
  EXPECT_EQ(more.reason, Reason::insufficient_margin);
  EXPECT_EQ(more.requirement_after.value, 6'000);
  EXPECT_EQ(more.worst_scenario, 1u);
  EXPECT_EQ(tiny->gate().release(Cancel{hedge.order}), Reason::accepted);
  EXPECT_EQ(statement().initial_margin.value, 4'000);
  EXPECT_EQ(tiny->gate().check(tiny->buy(tiny::future, 2, 100.0)).reason,
            Reason::insufficient_margin);
}

TEST_F(Pooled, AUnitOutsideThePoolDoesNotHedge) {
  make(one_group(1.0));
  ASSERT_EQ(tiny->deposit(4'000), Reason::accepted);
  hold(tiny::perpetual, 4);
  const Verdict verdict = tiny->gate().check(tiny->sell(tiny::spot, 1, 100.0));
  EXPECT_EQ(verdict.requirement_after.value, 5'000);
  EXPECT_EQ(verdict.reason, Reason::insufficient_margin);
}

// MR-45.
TEST_F(Pooled, AnOrderReducesWhereNoScenarioOfThePoolGetsWorse) {
  make(one_group(1.0));
  ASSERT_EQ(tiny->deposit(100'000), Reason::accepted);
  hold(tiny::perpetual, 10);
  hold(tiny::future, -4);
  tiny->publish_and_adopt();
  ASSERT_EQ(tiny->deposit(-99'000), Reason::accepted);
  const auto reason = [&](const OrderIntent& order) { return tiny->gate().check(order).reason; };
  EXPECT_EQ(reason(tiny->sell(tiny::perpetual, 2, 100.0)), Reason::accepted_reducing);
  EXPECT_EQ(reason(tiny->sell(tiny::future, 2, 100.0)), Reason::accepted_reducing);
  // Closing the hedge: the future's own unit would only get better.
  EXPECT_EQ(reason(tiny->buy(tiny::future, 2, 100.0)), Reason::insufficient_margin);
  EXPECT_EQ(reason(tiny->sell(tiny::perpetual, 13, 100.0)), Reason::insufficient_margin);
}

TEST_F(Pooled, AWithdrawalLeavesWhatThePoolNeeds) {
  make(one_group(1.0));
  ASSERT_EQ(tiny->deposit(5'000), Reason::accepted);
  hold(tiny::perpetual, 5);
  hold(tiny::future, -3);
  EXPECT_EQ(tiny->gate().withdraw({{0}, tiny::dollars, {3'001}, tiny->now}).reason,
            Reason::insufficient_margin);
  EXPECT_EQ(tiny->gate().withdraw({{0}, tiny::dollars, {3'000}, tiny->now}).reason,
            Reason::accepted);
}

TEST_F(Pooled, BackgroundAndGateAgree) {
  make(one_group(0.5));
  ASSERT_EQ(tiny->deposit(100'000), Reason::accepted);
  hold(tiny::perpetual, 5);
  hold(tiny::future, -3);
  ASSERT_TRUE(tiny->gate().reserve(tiny->buy(tiny::future, 2, 100.0)).accepted());
  tiny->publish_and_adopt();
  EXPECT_TRUE(tiny->gate().totals_equal_recomputed({0}));
  EXPECT_EQ(statement().initial_margin.value, 5'000 - 500 + 0);
  EXPECT_EQ(tiny->tick(100.1), Reason::accepted);
  const CertifiedInterval interval =
      tiny->gate().certified_interval(tiny->sell(tiny::perpetual, 1, 100.1));
  EXPECT_TRUE(interval.decidable);
  EXPECT_LE(interval.requirement_lo, interval.requirement_hi);
}

// One contract in each unit whose scenarios are worse backwards: the larger of profit and loss.
TEST(Alternatives, AreTheWorseOfTwoValuations) {
  TinyGate tiny([](TinySetup& setup) {
    ScanRisk& scan = setup.config.model.units[0].scan;
    scan.scenarios = {scan.scenarios[0], scan.scenarios[0]};  // down, twice
    scan.scenarios[1].weight = -0.5;
    scan.alternatives = 2;
    scan.reducer = {ReducerKind::quantile, 0.0};  // of the one scenario
  });
  tiny.publish_and_adopt();
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 2, 100.0), Reason::accepted);
  EXPECT_EQ(tiny.initial_margin().value, 2'000);
  ASSERT_EQ(tiny.transfer(tiny::perpetual, -4, 100.0), Reason::accepted);
  EXPECT_EQ(tiny.initial_margin().value, 1'000);
}

TEST(Alternatives, AtLeastZeroKeepsGainsOutOfAMean) {
  const auto margin = [](bool at_least_zero) {
    TinyGate tiny([=](TinySetup& setup) {
      ScanRisk& scan = setup.config.model.units[0].scan;
      scan.reducer = {ReducerKind::tail_mean, 0.0};
      scan.scenarios[1].price_move = 0.05;
      scan.at_least_zero = at_least_zero;
    });
    tiny.publish_and_adopt();
    EXPECT_EQ(tiny.transfer(tiny::perpetual, 2, 100.0), Reason::accepted);
    return tiny.initial_margin().value;
  };
  EXPECT_EQ(margin(false), (2'000 - 1'000) / 2);
  EXPECT_EQ(margin(true), 2'000 / 2);
}

class PoolIssues : public ::testing::Test {
 protected:
  static std::string first(const std::function<void(MarginModel&)>& change) {
    TinySetup setup = tiny_setup();
    in_three_units(setup);
    setup.config.model.pools = {one_group(1.0)};
    change(setup.config.model);
    const std::vector<ModelIssue> issues = validate_margin_model(setup.config.model);
    return issues.empty() ? "" : issues.front().where;
  }
};

TEST_F(PoolIssues, NameWhatAPoolCannotBe) {
  EXPECT_EQ(first([](MarginModel&) {}), "");
  EXPECT_EQ(first([](MarginModel& m) { m.pools[0].groups.clear(); }), "pools[0].groups");
  EXPECT_EQ(first([](MarginModel& m) { m.pools[0].groups[0].units.clear(); }),
            "pools[0].groups[0].units");
  EXPECT_EQ(first([](MarginModel& m) { m.pools[0].groups[0].units[1] = {3}; }),
            "pools[0].groups[0].units[1]");
  EXPECT_EQ(first([](MarginModel& m) {
              m.pools.push_back({{{{futures}, 1.0}}, 1.0, {}, {}, -1});
            }),
            "pools[1].groups[0].units[0]");
  EXPECT_EQ(first([](MarginModel& m) { m.pools[0].groups[0].gain_share = 1.1; }),
            "pools[0].groups[0].gain_share");
  EXPECT_EQ(first([](MarginModel& m) { m.pools[0].gain_share = -0.1; }), "pools[0].gain_share");
  EXPECT_EQ(first([](MarginModel& m) { m.pools[0].reducer.confidence = 1.0; }),
            "pools[0].reducer.confidence");
  EXPECT_EQ(first([](MarginModel& m) { m.units[1].scan.scenarios.pop_back(); }),
            "pools[0].groups[0].units[1]");
  EXPECT_EQ(first([](MarginModel& m) { m.units[1].scan.scenarios[0].deductible_quote = 1.0; }),
            "units[1].scan.scenarios");
  EXPECT_EQ(first([](MarginModel& m) { m.units[0].scan.rounding_decimals = 1; }),
            "units[0].scan.rounding_decimals");
  EXPECT_EQ(first([](MarginModel& m) { m.units[0].scan.reducer.kind = ReducerKind::quantile; }),
            "units[0].scan.reducer");
  EXPECT_EQ(first([](MarginModel& m) {
              m.credits.push_back({futures, spots, 0.5});
            }),
            "credits[0]");
}

TEST_F(PoolIssues, NameWhatScenariosCannotBe) {
  const auto scan = [](const std::function<void(ScanRisk&)>& change) {
    return first([&](MarginModel& m) {
      m.pools.clear();
      change(m.units[0].scan);
    });
  };
  EXPECT_EQ(scan([](ScanRisk& s) { s.scenarios.resize(1'025); }), "units[0].scan.scenarios");
  EXPECT_EQ(scan([](ScanRisk& s) { s.scenarios.resize(1'024); }), "");
  EXPECT_EQ(scan([](ScanRisk& s) { s.alternatives = 0; }), "units[0].scan.alternatives");
  EXPECT_EQ(scan([](ScanRisk& s) { s.alternatives = 3; }), "units[0].scan.alternatives");
  EXPECT_EQ(scan([](ScanRisk& s) { s.scenarios[0].weight = 0.0; }),
            "units[0].scan.scenarios[0].weight");
  EXPECT_EQ(scan([](ScanRisk& s) { s.reducer.confidence = -0.1; }),
            "units[0].scan.reducer.confidence");
  EXPECT_EQ(scan([](ScanRisk& s) {
              s.reducer.kind = ReducerKind::quantile;
              s.scenarios[0].deductible_quote = 1.0;
            }),
            "units[0].scan.scenarios");
}

}  // namespace
}  // namespace margingate::testing
