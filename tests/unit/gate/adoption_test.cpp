// Tables come and go: which one an account's totals are under, and what keeps a table alive.
#include <gtest/gtest.h>

#include <span>
#include <vector>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

class AdoptionOf : public ::testing::Test {
 protected:
  AdoptionOf() {
    for (std::uint32_t a = 0; a < 4; ++a) {
      EXPECT_EQ(tiny.deposit(10'000'000, {a}), Reason::accepted);
    }
    tiny.publish_and_adopt();
  }

  void hold(AccountId account) {
    ASSERT_EQ(tiny.transfer(tiny::call, -5, 5.0, account), Reason::accepted);
    ASSERT_EQ(tiny.transfer(tiny::perpetual, 3, 100.0, account), Reason::accepted);
    tiny.adopt();
  }
  // Sees published tables but adopts nothing.
  void look() { EXPECT_EQ(gate.poll(std::span<Adoption>{}), 0u); }
  void expect_consistent(AccountId account = {0}) {
    EXPECT_TRUE(gate.totals_equal_recomputed(account));
  }

  TinyGate tiny{[](TinySetup& setup) {
    setup.config.limits.risk_tables_max = 3;
    setup.config.limits.changes_max = 512;
    setup.config.limits.legs_max = 256;
    setup.config.limits.working_orders_max = 1'024;
  }};
  Gate& gate = tiny.gate();
};

TEST_F(AdoptionOf, TakesTotalsOverWhenNothingChangedSince) {
  hold({0});
  tiny.publish();
  ASSERT_EQ(gate.epoch({0}), 1u);
  std::array<Adoption, 4> adopted;
  ASSERT_EQ(gate.poll(adopted), 1u);
  EXPECT_EQ(adopted[0].account, AccountId{0});
  EXPECT_EQ(adopted[0].epoch, 2u);
  EXPECT_EQ(gate.epoch({0}), 2u);
  EXPECT_EQ(gate.counters().adoptions, 1u);
  EXPECT_EQ(gate.counters().adoptions_with_changes, 0u);
  expect_consistent();
}

TEST_F(AdoptionOf, AppliesLaterChangesOnTop) {
  hold({0});
  ASSERT_EQ(tiny.tick(100.5), Reason::accepted);
  tiny.publish();
  const Verdict order = gate.reserve(tiny.sell(tiny::put, 4, 5.0));
  ASSERT_EQ(order.epoch, 1u);
  ASSERT_EQ(gate.apply(Fill{order.order, {1}, tiny_price(5.0)}), Reason::accepted);
  ASSERT_TRUE(gate.reserve(tiny.buy(tiny::inverse, 7, 100.0)).accepted());
  ASSERT_EQ(tiny.transfer(tiny::perpetual, -3, 101.0), Reason::accepted);
  EXPECT_EQ(gate.poll(), 1u);
  EXPECT_EQ(gate.epoch({0}), 2u);
  EXPECT_EQ(gate.counters().adoptions_with_changes, 1u);
  EXPECT_EQ(gate.counters().first_touch_sums, 0u);
  expect_consistent();
}

TEST_F(AdoptionOf, SumsAgainWhenTheChangeLogNoLongerReachesBack) {
  hold({0});
  hold({1});
  tiny.publish();
  const Verdict order = gate.reserve(tiny.sell(tiny::put, 4, 5.0));
  ASSERT_TRUE(order.accepted());
  // Changes of another account push the one of this account out of the log.
  for (int i = 0; i < 512; ++i) ASSERT_EQ(tiny.transfer(tiny::put, 1, 5.0, {1}), Reason::accepted);
  while (gate.poll() != 0) continue;
  EXPECT_EQ(gate.epoch({0}), 2u);
  EXPECT_EQ(gate.epoch({1}), 2u);
  EXPECT_EQ(gate.counters().adoptions, 2u);
  EXPECT_EQ(gate.counters().adoptions_with_changes, 0u);
  expect_consistent({0});
  expect_consistent({1});
}

TEST_F(AdoptionOf, AppliesAsManyLaterChangesAsTheLogHolds) {
  for (const int changes : {1, 255, 256, 257, 400, 511, 512}) {
    SCOPED_TRACE(changes);
    hold({0});
    tiny.publish();
    for (int i = 0; i < changes; ++i) {
      ASSERT_EQ(tiny.transfer(tiny::put, i % 2 == 0 ? 3 : -2, 5.0), Reason::accepted);
    }
    while (gate.poll() != 0) continue;
    EXPECT_EQ(gate.epoch({0}), gate.newest_epoch());
    expect_consistent();
  }
}

TEST_F(AdoptionOf, RefusesTotalsOfATableThatHasGone) {
  hold({0});
  hold({1});
  tiny.publish();  // hands over under epoch 2
  tiny.publish();  // and under epoch 3, before anybody looked
  std::vector<Epoch> epochs;
  std::array<Adoption, 1> one;
  while (gate.poll(one) != 0) epochs.push_back(one[0].epoch);
  for (const Epoch epoch : epochs) EXPECT_EQ(epoch, 3u);
  EXPECT_EQ(epochs.size(), 2u);
  EXPECT_EQ(gate.epoch({0}), 3u);
  EXPECT_EQ(gate.epoch({1}), 3u);
  expect_consistent({0});
  expect_consistent({1});
}

TEST_F(AdoptionOf, NeverGoesBackToAnOlderTable) {
  hold({0});
  tiny.publish();
  look();  // epoch 2 is known, its totals wait in the queue
  tiny.publish();
  ASSERT_EQ(tiny.tick(106.0), Reason::accepted);
  look();
  // Out of epoch 1's band: the first touch sums under epoch 3.
  ASSERT_EQ(gate.check(tiny.buy(tiny::perpetual, 1, 100.0)).epoch, 3u);
  ASSERT_EQ(gate.epoch({0}), 3u);
  while (gate.poll() != 0) continue;
  EXPECT_EQ(gate.epoch({0}), 3u);
  expect_consistent();
}

TEST_F(AdoptionOf, StaysOnItsTableWhenTotalsOfAnOlderOneThatIsStillInUseArrive) {
  hold({0});
  hold({1});
  tiny.publish();  // hands both over under epoch 2
  look();
  ASSERT_EQ(gate.reaggregate({1}, 2), Reason::accepted);  // keeps epoch 2 alive
  tiny.publish();                                         // and under epoch 3
  look();
  ASSERT_EQ(gate.reaggregate({0}, 3), Reason::accepted);
  std::array<Adoption, 1> one;
  while (gate.poll(one) != 0) {
    EXPECT_TRUE(one[0].account != AccountId{0} || one[0].epoch == 3);
    EXPECT_EQ(gate.epoch({0}), 3u);
  }
  expect_consistent({0});
  expect_consistent({1});
}

// The one entry that has just been overwritten belongs to somebody else by now.
TEST_F(AdoptionOf, ReadsNothingFromTheChangeLogThatWasOverwritten) {
  hold({0});
  tiny.publish();
  ASSERT_EQ(tiny.transfer(tiny::put, 1, 5.0), Reason::accepted);
  for (int i = 0; i < 2; ++i) ASSERT_EQ(tiny.transfer(tiny::put, 2, 5.0, {2}), Reason::accepted);
  for (int i = 0; i < 509; ++i) ASSERT_EQ(tiny.transfer(tiny::put, 1, 5.0, {1}), Reason::accepted);
  ASSERT_EQ(tiny.transfer(tiny::put, 2, 5.0, {2}), Reason::accepted);
  while (gate.poll() != 0) continue;
  EXPECT_EQ(gate.epoch({0}), 2u);
  expect_consistent({0});
}

TEST_F(AdoptionOf, SumsOnFirstTouchBeyondTheBand) {
  hold({0});
  hold({1});
  ASSERT_EQ(tiny.tick(105.0), Reason::accepted);
  tiny.publish();
  look();
  ASSERT_EQ(gate.epoch({0}), 1u);
  const Verdict verdict = gate.check(tiny.buy(tiny::perpetual, 1, 105.0));
  EXPECT_EQ(verdict.epoch, 2u);
  EXPECT_EQ(verdict.decided_by, DecidedBy::interval);
  EXPECT_EQ(gate.epoch({0}), 2u);
  EXPECT_EQ(gate.epoch({1}), 1u);
  EXPECT_EQ(gate.counters().first_touch_sums, 1u);
  expect_consistent({0});
  expect_consistent({1});
  static_cast<void>(gate.check(tiny.buy(tiny::perpetual, 1, 105.0)));
  EXPECT_EQ(gate.counters().first_touch_sums, 1u);
}

TEST_F(AdoptionOf, StaysUnderItsTableInsideTheBand) {
  hold({0});
  ASSERT_EQ(tiny.tick(100.9), Reason::accepted);
  tiny.publish();
  look();
  const Verdict verdict = gate.check(tiny.buy(tiny::perpetual, 1, 100.9));
  EXPECT_EQ(verdict.epoch, 1u);
  EXPECT_EQ(gate.epoch({0}), 1u);
  EXPECT_EQ(gate.counters().first_touch_sums, 0u);
}

TEST_F(AdoptionOf, SumsOnFirstTouchOnceItsTableIsTooOld) {
  hold({0});
  tiny.pass(seconds(11));
  ASSERT_EQ(tiny.tick(100.0), Reason::accepted);
  tiny.publish();
  look();
  const Verdict verdict = gate.check(tiny.buy(tiny::perpetual, 1, 100.0));
  EXPECT_EQ(verdict.reason, Reason::accepted);
  EXPECT_EQ(verdict.epoch, 2u);
  EXPECT_EQ(gate.counters().first_touch_sums, 1u);
}

TEST_F(AdoptionOf, LeavesNoTableAliveForAccountsThatAreFlat) {
  for (int i = 0; i < 10; ++i) {
    hold({0});
    ASSERT_EQ(tiny.transfer(tiny::call, 5, 5.0), Reason::accepted);
    ASSERT_EQ(tiny.transfer(tiny::perpetual, -3, 100.0), Reason::accepted);
    EXPECT_EQ(gate.epoch({0}), 0u);
    tiny.revaluer().request_publication();
    const RevaluationReport report = tiny.revaluer().run_once();
    EXPECT_EQ(report.tables_published, 1u) << i;
    EXPECT_EQ(report.tables_deferred, 0u) << i;
    EXPECT_EQ(report.accounts_handed_over, 0u) << i;
    look();
  }
}

TEST_F(AdoptionOf, DefersTablesWhileAnAccountStaysOnAnOldOne) {
  hold({0});
  for (const std::uint64_t expected : {1u, 1u, 0u, 0u}) {
    tiny.revaluer().request_publication();
    const RevaluationReport report = tiny.revaluer().run_once();
    EXPECT_EQ(report.tables_published, expected);
    EXPECT_EQ(report.tables_deferred, 1 - expected);
    look();
  }
  EXPECT_EQ(gate.newest_epoch(), 3u);
  EXPECT_EQ(gate.epoch({0}), 1u);
  // The account still decides, under its own table.
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 1, 100.0)).epoch, 1u);
  // Once it has moved, the old tables are free again.
  while (gate.poll() != 0) continue;
  EXPECT_EQ(gate.epoch({0}), 3u);
  const RevaluationReport report = tiny.revaluer().run_once();
  EXPECT_EQ(report.tables_published, 1u);
  EXPECT_EQ(report.tables_deferred, 0u);
  tiny.adopt();
  EXPECT_EQ(gate.epoch({0}), 4u);
  expect_consistent();
}

TEST_F(AdoptionOf, ReclaimsATableWhenItsLastAccountGoesFlat) {
  hold({0});
  for (int i = 0; i < 2; ++i) tiny.publish(), look();
  tiny.revaluer().request_publication();
  ASSERT_EQ(tiny.revaluer().run_once().tables_deferred, 1u);
  ASSERT_EQ(tiny.transfer(tiny::call, 5, 5.0), Reason::accepted);
  ASSERT_EQ(tiny.transfer(tiny::perpetual, -3, 100.0), Reason::accepted);
  look();
  EXPECT_EQ(tiny.revaluer().run_once().tables_published, 1u);
}

TEST_F(AdoptionOf, ReaggregatesUnderTablesThatAreAliveOnly) {
  hold({0});
  tiny.publish();
  look();
  EXPECT_EQ(gate.reaggregate({0}, 0), Reason::no_risk_table);
  EXPECT_EQ(gate.reaggregate({0}, 3), Reason::no_risk_table);
  EXPECT_EQ(gate.epoch({0}), 1u);
  EXPECT_EQ(gate.reaggregate({0}, 2), Reason::accepted);
  EXPECT_EQ(gate.epoch({0}), 2u);
  expect_consistent();
  // Nobody is under the first table any more.
  EXPECT_EQ(gate.reaggregate({0}, 1), Reason::no_risk_table);
  EXPECT_EQ(gate.reaggregate({1}, 2), Reason::accepted);
  EXPECT_EQ(gate.epoch({1}), 0u);
}

// Books that were loaded before the first table get their totals at the first touch, or handed
// over.
TEST(FirstTable, IsAdoptedByBooksLoadedBefore) {
  TinyGate tiny;
  Gate& gate = tiny.gate();
  for (std::uint32_t a = 0; a < 2; ++a) {
    ASSERT_EQ(tiny.deposit(1'000'000, {a}), Reason::accepted);
    ASSERT_EQ(tiny.transfer(tiny::call, -5, 5.0, {a}), Reason::accepted);
    ASSERT_EQ(tiny.transfer(tiny::inverse, 50, 100.0, {a}), Reason::accepted);
  }
  tiny.publish();
  std::array<Adoption, 1> one;
  ASSERT_EQ(gate.poll(one), 1u);
  const AccountId adopted = one[0].account;
  const AccountId other{1 - adopted.value};
  EXPECT_EQ(gate.epoch(adopted), 1u);
  EXPECT_EQ(gate.epoch(other), 0u);
  EXPECT_TRUE(gate.totals_equal_recomputed(adopted));
  EXPECT_EQ(gate.statement(adopted).initial_margin, gate.statement(other).initial_margin);
  EXPECT_EQ(gate.counters().first_touch_sums, 1u);
  EXPECT_EQ(gate.epoch(other), 1u);
  EXPECT_TRUE(gate.totals_equal_recomputed(other));
}

// More accounts than there are buffers: handed over in turns.
TEST(ManyAccounts, AreHandedOverInTurns) {
  constexpr std::uint32_t accounts = 700;
  TinyGate tiny([](TinySetup& setup) {
    setup.config.limits.accounts_max = accounts;
    setup.config.limits.legs_max = accounts;
  });
  Gate& gate = tiny.gate();
  for (std::uint32_t a = 0; a < accounts; ++a) {
    ASSERT_EQ(tiny.transfer(tiny::perpetual, 1 + a, 100.0, {a}), Reason::accepted);
  }
  tiny.revaluer().request_publication();
  const RevaluationReport first = tiny.revaluer().run_once();
  EXPECT_GT(first.accounts_handed_over, 0u);
  EXPECT_EQ(first.accounts_handed_over + first.accounts_pending, accounts);
  tiny.adopt();
  for (std::uint32_t a = 0; a < accounts; ++a) {
    ASSERT_EQ(gate.epoch({a}), gate.newest_epoch());
    ASSERT_TRUE(gate.totals_equal_recomputed({a}));
  }
  EXPECT_EQ(gate.counters().first_touch_sums, 0u);
}

}  // namespace
}  // namespace margingate::testing
