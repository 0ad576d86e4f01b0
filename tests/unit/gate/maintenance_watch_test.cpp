// The background's watch over maintenance margin: one alert per fall.
#include <gtest/gtest.h>

#include <vector>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

// Ten lots at 100.00 need 100.00; initial margin is a quarter more.
class MaintenanceWatch : public ::testing::Test {
 protected:
  MaintenanceWatch() {
    EXPECT_EQ(tiny.deposit(13'000), Reason::accepted);
    tiny.publish_and_adopt();
    EXPECT_EQ(tiny.transfer(tiny::perpetual, 10, 100.0), Reason::accepted);
    tiny.publish_and_adopt();
    EXPECT_TRUE(alerts.empty());
  }

  void set_up(TinySetup& setup) {
    setup.config.model.initial_factor = 1.25;
    setup.config.table_age_max = seconds(3'600);
    setup.revaluer.on_alert = [this](const MaintenanceAlert& alert) { alerts.push_back(alert); };
  }
  std::size_t alerts_after(std::int64_t cents) {
    EXPECT_EQ(tiny.deposit(cents), Reason::accepted);
    tiny.publish_and_adopt();
    return alerts.size();
  }

  std::vector<MaintenanceAlert> alerts;
  TinyGate tiny{[this](TinySetup& setup) { set_up(setup); }};
  Gate& gate = tiny.gate();
};

TEST_F(MaintenanceWatch, ReportsTheFallOnce) {
  EXPECT_EQ(alerts_after(-3'000), 0u);  // exactly at maintenance margin
  ASSERT_EQ(alerts_after(-1), 1u);
  EXPECT_EQ(alerts[0].account, AccountId{0});
  EXPECT_EQ(alerts[0].equity.value, 9'999);
  EXPECT_EQ(alerts[0].maintenance_margin.value, 10'000);
  EXPECT_EQ(alerts[0].epoch, gate.newest_epoch());
  EXPECT_EQ(alerts_after(-500), 1u);
  EXPECT_EQ(alerts_after(+100), 1u);
}

TEST_F(MaintenanceWatch, ReportsAgainAfterRecovery) {
  EXPECT_EQ(alerts_after(-3'001), 1u);
  EXPECT_EQ(alerts_after(+1), 1u);
  EXPECT_EQ(alerts_after(-1), 2u);
  EXPECT_EQ(alerts_after(-1), 2u);
}

TEST_F(MaintenanceWatch, ReportsAFallOfTheMarket) {
  ASSERT_EQ(tiny.tick(97.0), Reason::accepted);
  Market surface = tiny.surface();
  surface.spots[0] = 97.0;
  for (InstrumentQuote& quote : surface.quotes) quote.forward *= 0.97;
  tiny.update_surface(surface);
  tiny.publish_and_adopt();
  // Equity 13,000 - 3,000, maintenance 9,700.
  EXPECT_TRUE(alerts.empty());
  ASSERT_EQ(tiny.tick(96.0), Reason::accepted);
  tiny.publish_and_adopt();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].equity.value, 9'000);
  EXPECT_EQ(alerts[0].maintenance_margin.value, 9'600);
}

// Working orders need initial margin, not maintenance margin.
TEST_F(MaintenanceWatch, IgnoresWorkingOrders) {
  ASSERT_EQ(tiny.deposit(100'000), Reason::accepted);
  ASSERT_TRUE(gate.reserve(tiny.buy(tiny::perpetual, 30, 100.0)).accepted());
  ASSERT_TRUE(gate.reserve(tiny.sell(tiny::call, 30, 6.0)).accepted());
  tiny.publish_and_adopt();
  EXPECT_EQ(alerts_after(-103'000), 0u);
  ASSERT_EQ(alerts_after(-1), 1u);
  EXPECT_EQ(alerts[0].maintenance_margin.value, 10'000);
}

// A booked open loss is as good as lost.
TEST_F(MaintenanceWatch, CountsOpenLosses) {
  ASSERT_EQ(tiny.deposit(20'000), Reason::accepted);
  ASSERT_TRUE(gate.reserve(tiny.buy(tiny::perpetual, 10, 101.0)).accepted());
  ASSERT_EQ(gate.open_losses({0}).value, 1'000);
  EXPECT_EQ(alerts_after(-22'000), 0u);
  ASSERT_EQ(alerts_after(-1), 1u);
  EXPECT_EQ(alerts[0].equity.value, 9'999);
}

// Closing everything is a recovery, so the next fall is news.
TEST_F(MaintenanceWatch, ReportsAgainAfterTheAccountWasFlat) {
  EXPECT_EQ(alerts_after(-3'001), 1u);
  ASSERT_EQ(tiny.transfer(tiny::perpetual, -10, 100.0), Reason::accepted);
  tiny.publish_and_adopt();
  EXPECT_EQ(alerts.size(), 1u);
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 10, 100.0), Reason::accepted);
  tiny.publish_and_adopt();
  EXPECT_EQ(alerts.size(), 2u);
}

// Without a price nobody knows; that is no recovery.
TEST_F(MaintenanceWatch, KeepsSilentWhileAPositionIsUnpriced) {
  EXPECT_EQ(alerts_after(-3'001), 1u);
  const Market good = tiny.surface();
  Market bad = good;
  bad.quotes[tiny::perpetual.value].forward = -1.0;
  tiny.update_surface(bad);
  tiny.publish_and_adopt();
  EXPECT_EQ(alerts.size(), 1u);
  tiny.update_surface(good);
  tiny.publish_and_adopt();
  EXPECT_EQ(alerts.size(), 1u);
}

TEST_F(MaintenanceWatch, WorksWithoutAnObserver) {
  TinyGate silent;
  ASSERT_EQ(silent.transfer(tiny::perpetual, 10, 100.0), Reason::accepted);
  silent.revaluer().request_publication();
  EXPECT_EQ(silent.revaluer().run_once().alerts, 1u);
}

// What the watch computes is what the gate states.
TEST_F(MaintenanceWatch, ReportsWhatTheGateStates) {
  ASSERT_EQ(tiny.transfer(tiny::call, -7, 5.0), Reason::accepted);
  ASSERT_EQ(tiny.transfer(tiny::inverse, -30, 100.0), Reason::accepted);
  ASSERT_EQ(tiny.deposit(-13'000), Reason::accepted);
  ASSERT_EQ(tiny.deposit(5, {0}, tiny::coins), Reason::accepted);
  ASSERT_EQ(tiny.tick(99.6), Reason::accepted);
  tiny.publish_and_adopt();
  ASSERT_EQ(alerts.size(), 1u);
  const MarginStatement statement = gate.statement(AccountId{0});
  EXPECT_EQ(alerts[0].equity, statement.equity);
  EXPECT_EQ(alerts[0].maintenance_margin, statement.maintenance_margin);
}

}  // namespace
}  // namespace margingate::testing
