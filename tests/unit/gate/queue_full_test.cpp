// The queue to the background runs full: nothing that has happened is refused or lost.
#include <gtest/gtest.h>

#include <vector>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

constexpr std::uint32_t queue_capacity = 64;

class QueueFull : public ::testing::Test {
 protected:
  QueueFull() {
    EXPECT_EQ(tiny.deposit(10'000'000), Reason::accepted);
    EXPECT_EQ(tiny.deposit(10'000'000, {1}), Reason::accepted);
    tiny.publish_and_adopt();
  }

  void set_up(TinySetup& setup) {
    setup.config.limits.queue_capacity = queue_capacity;
    setup.config.limits.working_orders_max = 256;
    setup.revaluer.on_alert = [this](const MaintenanceAlert& alert) { alerts.push_back(alert); };
  }
  // Orders until one is refused.
  void fill_with_orders() {
    for (;;) {
      const Verdict verdict = gate.reserve(tiny.buy(tiny::perpetual, 2, 100.0));
      if (!verdict.accepted()) {
        EXPECT_EQ(verdict.reason, Reason::queue_full);
        return;
      }
      working.push_back(verdict.order);
    }
  }
  void fill_completely() {
    fill_with_orders();
    while (gate.counters().events_deferred == 0) {
      ASSERT_EQ(gate.apply(Hold{{2}, {1}}), Reason::accepted);
    }
  }
  // The revaluer knows the account as it is: it hands over totals that are adopted unchanged.
  void expect_caught_up(AccountId account) {
    tiny.adopt();
    const Counters start = gate.counters();
    tiny.publish_and_adopt();
    EXPECT_EQ(gate.epoch(account), gate.newest_epoch());
    EXPECT_GT(gate.counters().adoptions, start.adoptions);
    EXPECT_EQ(gate.counters().adoptions_with_changes, start.adoptions_with_changes);
    EXPECT_EQ(gate.counters().first_touch_sums, start.first_touch_sums);
    EXPECT_TRUE(gate.totals_equal_recomputed(account));
  }

  std::vector<MaintenanceAlert> alerts;
  TinyGate tiny{[this](TinySetup& setup) { set_up(setup); }};
  Gate& gate = tiny.gate();
  std::vector<WorkingOrderHandle> working;
};

TEST_F(QueueFull, RejectsOrdersWhileAnEighthIsLeftForWhatHappens) {
  fill_with_orders();
  EXPECT_GE(working.size(), queue_capacity * 3 / 4);
  EXPECT_LE(working.size(), queue_capacity * 7 / 8);
  const std::string before = tiny.text();
  EXPECT_EQ(gate.reserve(tiny.sell(tiny::call, 1, 5.0)).reason, Reason::queue_full);
  EXPECT_EQ(gate.replace({working[0], {1}, tiny_price(100.0), tiny.now}).reason,
            Reason::queue_full);
  EXPECT_EQ(tiny.text(), before);
  EXPECT_EQ(gate.counters().events_deferred, 0u);
  // A question needs no room.
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 1, 100.0)).reason, Reason::accepted);
  tiny.adopt();
  EXPECT_TRUE(gate.reserve(tiny.buy(tiny::perpetual, 2, 100.0)).accepted());
}

TEST_F(QueueFull, AcceptsEveryFillAndCancel) {
  fill_completely();
  const std::size_t half = working.size() / 2;
  for (std::size_t i = 0; i < half; ++i) {
    ASSERT_EQ(gate.release({working[i]}), Reason::accepted);
  }
  for (std::size_t i = half; i < working.size(); ++i) {
    ASSERT_EQ(gate.apply(Fill{working[i], {2}, tiny_price(99.0)}), Reason::accepted);
  }
  EXPECT_GT(gate.counters().events_deferred, 0u);
  EXPECT_EQ(gate.legs({0}).at(0).net_quantity.value,
            2 * static_cast<std::int64_t>(working.size() - half));
  EXPECT_TRUE(gate.totals_equal_recomputed({0}));
  expect_caught_up({0});
}

TEST_F(QueueFull, RejectsTransfersThatCouldNotBeTold) {
  fill_completely();
  const std::string before = tiny.text({1});
  EXPECT_EQ(tiny.transfer(tiny::call, 1, 5.0, {1}), Reason::queue_full);
  EXPECT_EQ(tiny.text({1}), before);
  tiny.adopt();
  EXPECT_EQ(tiny.transfer(tiny::call, 1, 5.0, {1}), Reason::accepted);
}

TEST_F(QueueFull, KeepsSendingUntilEveryMarkedAccountIsKnown) {
  ASSERT_TRUE(gate.reserve(tiny.buy(tiny::call, 3, 5.0)).accepted());
  ASSERT_EQ(tiny.transfer(tiny::inverse, 20, 100.0, {1}), Reason::accepted);
  fill_completely();
  for (std::uint32_t a = 0; a < 4; ++a) {
    ASSERT_EQ(gate.apply(Hold{{a}, {1'000 + a}}), Reason::accepted);
    ASSERT_EQ(tiny.deposit(-1'000, {a}), Reason::accepted);
  }
  EXPECT_EQ(gate.counters().events_deferred, 4u);
  // Polling alone sends nothing while the queue stays full.
  gate.poll();
  gate.poll();
  expect_caught_up({0});
  expect_caught_up({1});
}

TEST_F(QueueFull, ReportsMaintenanceOfWhatWasDeferred) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 100, 100.0), Reason::accepted);
  tiny.publish_and_adopt();
  ASSERT_TRUE(alerts.empty());
  fill_completely();
  for (const WorkingOrderHandle order : working) {
    ASSERT_EQ(gate.apply(Fill{order, {2}, tiny_price(100.0)}), Reason::accepted);
  }
  // What is left covers the first hundred lots, not those of the fills.
  ASSERT_EQ(tiny.deposit(-9'850'000), Reason::accepted);
  EXPECT_TRUE(alerts.empty());
  expect_caught_up({0});
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].account, AccountId{0});
  const MarginStatement statement = gate.statement(AccountId{0});
  EXPECT_EQ(alerts[0].equity, statement.equity);
  EXPECT_EQ(alerts[0].maintenance_margin, statement.maintenance_margin);
}

TEST_F(QueueFull, TellsSpotsLater) {
  fill_completely();
  const std::uint64_t deferred = gate.counters().events_deferred;
  ASSERT_EQ(tiny.tick(100.9), Reason::accepted);
  EXPECT_EQ(gate.counters().events_deferred, deferred + 1);
  tiny.adopt();
  tiny.publish_and_adopt();
  EXPECT_EQ(tiny.revaluer().newest().spots.at(0), tiny_price(100.9));
}

// The price of collateral decides about maintenance, so it must not get lost either.
TEST_F(QueueFull, TellsAssetPricesLater) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 100, 100.0), Reason::accepted);
  ASSERT_EQ(tiny.deposit(10'000'000, {0}, tiny::euros), Reason::accepted);
  ASSERT_EQ(tiny.deposit(-10'000'000), Reason::accepted);
  ASSERT_EQ(gate.apply(AssetTick{tiny::euros, tiny_price(1.0), tiny.now}), Reason::accepted);
  tiny.publish_and_adopt();
  ASSERT_TRUE(alerts.empty());
  fill_completely();
  ASSERT_EQ(gate.apply(AssetTick{tiny::euros, tiny_price(0.01), tiny.now}), Reason::accepted);
  tiny.adopt();
  tiny.publish_and_adopt();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].equity, gate.statement(AccountId{0}).equity);
}

// As many legs as fit into the smallest queue that is allowed for them.
TEST(SmallQueue, IsLargeEnoughForEveryLegOfAnAccount) {
  TinySetup setup = tiny_setup();
  while (setup.config.instruments.size() < 200) {
    setup.config.instruments.push_back(setup.config.instruments[0]);
    setup.surface.quotes.push_back(setup.surface.quotes[0]);
  }
  setup.config.limits.legs_max = 1'024;
  setup.config.limits.queue_capacity = 64;
  while (!Gate::create(setup.config).gate) {
    setup.config.limits.queue_capacity += 32;
    ASSERT_LT(setup.config.limits.queue_capacity, 1'024u);
  }
  TinyGate tiny([&](TinySetup& s) { s = setup; });
  Gate& gate = tiny.gate();
  for (std::uint32_t i = 0; i < 200; ++i) {
    if (tiny.transfer({i}, 1, 100.0) == Reason::queue_full) {
      tiny.adopt();
      ASSERT_EQ(tiny.transfer({i}, 1, 100.0), Reason::accepted);
    }
  }
  while (gate.counters().events_deferred == 0) {
    ASSERT_EQ(gate.apply(Hold{{0}, {1}}), Reason::accepted);
  }
  tiny.publish_and_adopt();
  const Counters start = gate.counters();
  tiny.publish_and_adopt();
  EXPECT_EQ(gate.counters().adoptions, start.adoptions + 1);
  EXPECT_EQ(gate.epoch({0}), gate.newest_epoch());
  EXPECT_TRUE(gate.totals_equal_recomputed({0}));
}

}  // namespace
}  // namespace margingate::testing
