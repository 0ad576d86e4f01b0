// The background stops: orders that add risk are refused, everything that takes risk off passes,
// and once it is back so are they.
#include <gtest/gtest.h>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

class DeadBackground : public ::testing::Test {
 protected:
  DeadBackground() {
    EXPECT_EQ(tiny.deposit(10'000'000), Reason::accepted);
    EXPECT_EQ(tiny.transfer(tiny::perpetual, 100, 100.0), Reason::accepted);
    tiny.publish_and_adopt();
    for (WorkingOrderHandle& order : working) {
      order = gate.reserve(tiny.buy(tiny::call, 4, 5.0)).order;
    }
  }

  Reason increasing() { return gate.check(tiny.buy(tiny::perpetual, 1, 100.0)).reason; }

  // Whatever is refused, this is not.
  void expect_everything_else_passes() {
    EXPECT_EQ(gate.reserve(tiny.sell(tiny::perpetual, 10, 100.0)).reason,
              Reason::accepted_reducing);
    EXPECT_EQ(gate.release({working[0]}), Reason::accepted);
    EXPECT_EQ(gate.apply(Fill{working[1], {4}, tiny_price(5.0)}), Reason::accepted);
    EXPECT_EQ(tiny.transfer(tiny::put, 1, 5.0), Reason::accepted);
    EXPECT_EQ(tiny.deposit(1), Reason::accepted);
    EXPECT_TRUE(gate.totals_equal_recomputed({0}));
  }
  void expect_increasing_refused(Reason reason) {
    const std::string before = tiny.text();
    EXPECT_EQ(to_string(increasing()), to_string(reason));
    EXPECT_EQ(gate.reserve(tiny.buy(tiny::perpetual, 1, 100.0)).reason, reason);
    EXPECT_EQ(gate.replace({working[2], {5}, tiny_price(5.0), tiny.now}).reason, reason);
    EXPECT_EQ(tiny.text(), before);
  }

  TinyGate tiny;
  Gate& gate = tiny.gate();
  std::array<WorkingOrderHandle, 3> working;
};

TEST_F(DeadBackground, RejectsNewRiskOnceTheTableIsTooOld) {
  tiny.pass(gate.config().table_age_max);
  EXPECT_EQ(increasing(), Reason::accepted);
  tiny.pass({1});
  expect_increasing_refused(Reason::stale_risk_table);
  // Ticks alone do not make the table younger.
  ASSERT_EQ(tiny.tick(100.1), Reason::accepted);
  expect_increasing_refused(Reason::stale_risk_table);
  expect_everything_else_passes();
}

TEST_F(DeadBackground, AcceptsNewRiskOnceRevaluationIsBack) {
  tiny.pass(seconds(11));
  ASSERT_EQ(tiny.tick(100.0), Reason::accepted);
  ASSERT_EQ(increasing(), Reason::stale_risk_table);
  const RevaluationReport report = tiny.revaluer().run_once();
  EXPECT_EQ(report.tables_published, 1u);
  EXPECT_EQ(report.accounts_handed_over, 1u);
  // Published, but not yet seen by the order thread.
  EXPECT_EQ(increasing(), Reason::stale_risk_table);
  EXPECT_EQ(gate.poll(), 1u);
  EXPECT_EQ(increasing(), Reason::accepted);
  EXPECT_EQ(gate.reserve(tiny.buy(tiny::perpetual, 1, 100.0)).epoch, 2u);
}

TEST_F(DeadBackground, RejectsNewRiskOnceTheSpotIsTooOld) {
  const auto publish_young_table = [&] {
    Market surface = tiny.surface();
    surface.as_of = tiny.now;
    tiny.update_surface(surface);
    tiny.publish_and_adopt();
  };
  tiny.pass(gate.config().spot_age_max);
  publish_young_table();
  EXPECT_EQ(increasing(), Reason::accepted);
  tiny.pass({1});
  publish_young_table();
  expect_increasing_refused(Reason::stale_spot);
  expect_everything_else_passes();
  ASSERT_EQ(tiny.tick(100.0), Reason::accepted);
  EXPECT_EQ(increasing(), Reason::accepted);
}

TEST_F(DeadBackground, RejectsNewRiskWhileTheSpotIsBeyondItsLimit) {
  for (const double spot : {70.01, 129.99}) {
    ASSERT_EQ(tiny.tick(spot), Reason::accepted);
    EXPECT_EQ(increasing(), Reason::accepted) << spot;
  }
  for (const double spot : {69.99, 130.01, 0.01, 1e5}) {
    SCOPED_TRACE(spot);
    ASSERT_EQ(tiny.tick(spot), Reason::accepted);
    expect_increasing_refused(Reason::spot_beyond_limit);
  }
  ASSERT_EQ(tiny.tick(131.0), Reason::accepted);
  // At the last known table and spot; a sale below that spot gives no more than allowed away.
  EXPECT_EQ(gate.reserve(tiny.sell(tiny::perpetual, 10, 130.0)).reason, Reason::accepted_reducing);
  EXPECT_EQ(gate.release({working[0]}), Reason::accepted);
  tiny.publish_and_adopt();
  EXPECT_EQ(increasing(), Reason::accepted);
}

TEST(NoTable, RejectsEveryOrderAndAcceptsEverythingElse) {
  TinyGate tiny;
  Gate& gate = tiny.gate();
  ASSERT_EQ(tiny.deposit(100'000), Reason::accepted);
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 10, 100.0), Reason::accepted);
  EXPECT_EQ(gate.apply(Hold{{0}, {5}}), Reason::accepted);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 1, 100.0)).reason, Reason::no_risk_table);
  EXPECT_EQ(gate.reserve(tiny.sell(tiny::perpetual, 1, 100.0)).reason, Reason::no_risk_table);
  EXPECT_EQ(gate.statement(AccountId{0}).reason, Reason::no_risk_table);
  EXPECT_EQ(gate.reaggregate({0}, 0), Reason::no_risk_table);
  EXPECT_EQ(gate.newest_epoch(), 0u);
  EXPECT_EQ(gate.counters().rejects, 2u);
  EXPECT_EQ(gate.legs({0}).size(), 1u);
  tiny.publish_and_adopt();
  EXPECT_EQ(gate.newest_epoch(), 1u);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 1, 100.0)).reason, Reason::accepted);
  EXPECT_TRUE(gate.totals_equal_recomputed({0}));
}

// An underlying that has never ticked has no table.
TEST(NoTable, IsNotPublishedBeforeTheFirstSpot) {
  const TinySetup setup = tiny_setup();
  const Gate::Created created = Gate::create(setup.config);
  ASSERT_TRUE(created.gate);
  Revaluer revaluer(*created.gate);
  ASSERT_TRUE(revaluer.update_surface(setup.surface));
  revaluer.request_publication();
  EXPECT_EQ(revaluer.run_once().tables_published, 0u);
  EXPECT_EQ(revaluer.newest().epoch, 0u);
  ASSERT_EQ(created.gate->apply(SpotTick{{0}, tiny_price(100.0), tiny_start}), Reason::accepted);
  EXPECT_EQ(revaluer.run_once().tables_published, 1u);
  EXPECT_EQ(revaluer.newest().epoch, 1u);
}

}  // namespace
}  // namespace margingate::testing
