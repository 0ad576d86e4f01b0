// The audits of a running gate: silent while it is right, and naming the account once a single bit
// of its state is not.
#include "revaluation/drift_auditor.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <optional>
#include <string>
#include <vector>

#include "support/gate_internals.hpp"
#include "support/random_flow.hpp"
#include "support/sanitizers.hpp"
#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

constexpr std::uint32_t accounts = 4;

class Audits : public ::testing::Test {
 protected:
  Audits() {
    for (std::uint32_t a = 0; a < accounts; ++a) {
      EXPECT_EQ(tiny.deposit(10'000'000, {a}), Reason::accepted);
      EXPECT_EQ(tiny.transfer(tiny::call, -5, 5.0, {a}), Reason::accepted);
      EXPECT_EQ(tiny.transfer(tiny::inverse, 3, 100.0, {a}), Reason::accepted);
    }
    tiny.publish_and_adopt();
  }

  // Every account's turn comes once: it is asked for in one run and compared in the next.
  void one_cycle() {
    for (std::uint32_t i = 0; i < accounts + 1; ++i) {
      static_cast<void>(tiny.revaluer().run_once());
      gate.poll();
    }
    static_cast<void>(tiny.revaluer().run_once());
  }
  std::int64_t* block(AccountId account) { return GateInternals::of(gate).block(account.value); }
  std::uint32_t words() { return static_cast<std::uint32_t>(terms().account_words); }
  const GateTerms& terms() { return GateInternals::of(gate).terms; }
  const DriftReport& report() { return tiny.revaluer().drift_report(); }

  std::vector<DriftAlarm> alarms;
  TinyGate tiny{[this](TinySetup& setup) {
    RiskUnitModel& unit = setup.config.model.units[0];
    unit.expiry_delta = {0.01, 0.1};
    unit.delta_shock = {0.001, 1.0, 0.1};
    setup.revaluer.on_drift = [this](const DriftAlarm& alarm) { alarms.push_back(alarm); };
  }};
  Gate& gate = tiny.gate();
};

TEST_F(Audits, StaySilentWhileTheGateIsRight) {
  const std::uint64_t before = report().accounts_checked;
  one_cycle();
  EXPECT_GE(report().accounts_checked - before, accounts);
  EXPECT_EQ(report().alarms(), 0u);
  EXPECT_EQ(report().not_comparable, 0u);
  EXPECT_EQ(report().worst_totals_difference.value, 0);
  EXPECT_TRUE(alarms.empty());
}

TEST_F(Audits, NameTheAccountWithinACycleWhicheverWordLostABit) {
  for (std::uint32_t word = 0; word < words(); ++word) {
    const AccountId account{word % accounts};
    const auto bit = std::uint64_t{1} << (word * 7 % 64);
    auto& damaged = reinterpret_cast<std::uint64_t&>(block(account)[word]);
    damaged ^= bit;
    alarms.clear();
    one_cycle();
    ASSERT_FALSE(alarms.empty()) << "word " << word;
    for (const DriftAlarm& alarm : alarms) {
      EXPECT_EQ(alarm.kind, DriftKind::totals);
      EXPECT_EQ(alarm.account, account);
      EXPECT_EQ(alarm.risk_unit, RiskUnitId{0});
      EXPECT_EQ(alarm.word, word);
      EXPECT_EQ(alarm.epoch, gate.epoch(account));
      EXPECT_EQ(static_cast<std::uint64_t>(alarm.gate.value ^ alarm.recomputed.value), bit);
    }
    damaged ^= bit;
  }
  one_cycle();
  alarms.clear();
  one_cycle();
  EXPECT_TRUE(alarms.empty());
  EXPECT_EQ(report().totals_mismatches, report().alarms());
  EXPECT_EQ(report().worst_totals_difference.value, INT64_MAX);
}

TEST_F(Audits, ExpectAFlatAccountToHaveNoTotals) {
  ASSERT_EQ(tiny.transfer(tiny::call, 5, 5.0, {2}), Reason::accepted);
  ASSERT_EQ(tiny.transfer(tiny::inverse, -3, 100.0, {2}), Reason::accepted);
  one_cycle();
  EXPECT_TRUE(alarms.empty());
  block({2})[words() - 1] = 1;
  one_cycle();
  ASSERT_FALSE(alarms.empty());
  EXPECT_EQ(alarms[0].account, AccountId{2});
  EXPECT_EQ(alarms[0].epoch, 0u);
  EXPECT_EQ(alarms[0].gate.value, 1);
  EXPECT_EQ(alarms[0].recomputed.value, 0);
  EXPECT_EQ(report().worst_totals_account, AccountId{2});
  EXPECT_EQ(report().worst_totals_difference.value, 1);
}

TEST_F(Audits, RevalueAcceptedVerdictsAtTheirOwnSpot) {
  ASSERT_EQ(tiny.tick(100.17), Reason::accepted);
  const std::uint64_t before = report().verdicts_checked;
  one_cycle();
  const Verdict verdict = gate.reserve(tiny.sell(tiny::put, 2, 5.5));
  ASSERT_EQ(verdict.reason, Reason::accepted);
  ASSERT_GT(verdict.uncertainty.value, 0);
  one_cycle();
  EXPECT_EQ(report().verdicts_checked, before + 1);
  EXPECT_EQ(report().verdict_mismatches, 0u);
  EXPECT_LE(report().widest_overstatement.value, verdict.uncertainty.value);
  EXPECT_TRUE(alarms.empty());
}

TEST_F(Audits, NameTheAccountWhoseVerdictAskedTooLittle) {
  // Every account has been asked for, so that what is damaged now is not compared as totals first.
  one_cycle();
  const margin::UnitTotals totals = terms().totals(block({1}), 0);
  for (std::size_t s = 0; s < terms().layouts[0].lane_count; ++s) totals.loss[s] -= 500;
  OrderIntent order = tiny.sell(tiny::put, 2, 5.0);
  order.account = {1};
  const Verdict verdict = gate.reserve(order);
  ASSERT_EQ(verdict.reason, Reason::accepted);
  static_cast<void>(tiny.revaluer().run_once());
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].kind, DriftKind::requirement);
  EXPECT_EQ(alarms[0].account, AccountId{1});
  EXPECT_EQ(alarms[0].gate, verdict.requirement_after);
  EXPECT_EQ(alarms[0].recomputed.value, verdict.requirement_after.value + 500);
  EXPECT_EQ(report().worst_verdict_difference.value, 500);
  EXPECT_EQ(report().worst_verdict_account, AccountId{1});
}

TEST_F(Audits, NameTheAccountWhoseVerdictSawTooMuchEquity) {
  one_cycle();
  GateInternals::of(gate).accounts[3].wallets[tiny::dollars.value] += 1;
  OrderIntent order = tiny.sell(tiny::put, 2, 5.0);
  order.account = {3};
  ASSERT_EQ(gate.reserve(order).reason, Reason::accepted);
  static_cast<void>(tiny.revaluer().run_once());
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].kind, DriftKind::equity);
  EXPECT_EQ(alarms[0].account, AccountId{3});
  EXPECT_EQ(alarms[0].gate.value - alarms[0].recomputed.value, 1);
}

// Holds are part of the margin; an account whose events were lost is sent again with them.
TEST(AuditsAfterAFullQueue, KnowTheHoldsThatWereSentAgain) {
  std::vector<DriftAlarm> alarms;
  TinyGate tiny([&](TinySetup& setup) {
    setup.config.limits.queue_capacity = 64;
    setup.revaluer.on_drift = [&](const DriftAlarm& alarm) { alarms.push_back(alarm); };
  });
  Gate& gate = tiny.gate();
  ASSERT_EQ(tiny.deposit(10'000'000), Reason::accepted);
  ASSERT_EQ(tiny.transfer(tiny::call, -5, 5.0), Reason::accepted);
  tiny.publish_and_adopt();
  while (gate.counters().events_deferred == 0) {
    ASSERT_EQ(gate.apply(Hold{{0}, {4'321}}), Reason::accepted);
  }
  // The last one that was lost is the one that counts.
  ASSERT_EQ(gate.apply(Hold{{0}, {77}}), Reason::accepted);
  tiny.adopt();
  const std::uint64_t before = tiny.revaluer().drift_report().verdicts_checked;
  for (int i = 0; i < 4; ++i) {
    gate.poll();
    ASSERT_TRUE(gate.reserve(tiny.sell(tiny::put, 1, 5.5)).accepted());
    static_cast<void>(tiny.revaluer().run_once());
  }
  EXPECT_GT(tiny.revaluer().drift_report().verdicts_checked, before);
  EXPECT_TRUE(alarms.empty());
}

TEST_F(Audits, CompareNothingThatTheMirrorHasNotReached) {
  AccountMirror mirror(terms());
  DriftAuditor auditor(GateInternals::of(gate).shared, mirror, 1);
  GateEvent answer;
  answer.kind = GateEventKind::totals;
  answer.account_sequence = 1;
  EXPECT_TRUE(auditor.take(answer, {}));
  answer.account_sequence = 0;
  answer.amount = 77;  // a table that has been replaced
  EXPECT_TRUE(auditor.take(answer, {}));
  answer.kind = GateEventKind::verdict;
  EXPECT_TRUE(auditor.take(answer, {}));
  answer.kind = GateEventKind::wallet;
  EXPECT_FALSE(auditor.take(answer, {}));
  EXPECT_EQ(auditor.report().not_comparable, 3u);
  EXPECT_EQ(auditor.report().accounts_checked, 0u);
}

TEST(AuditPace, FollowsTheEventsOfABusyGateAndItsTurnsOfAQuietOne) {
  for (const std::uint32_t per_audit : {0u, 1u, 50u}) {
    TinyGate tiny([&](TinySetup& setup) { setup.revaluer.events_per_audit = per_audit; });
    ASSERT_EQ(tiny.transfer(tiny::call, -5, 5.0), Reason::accepted);
    tiny.publish_and_adopt();
    Gate& gate = tiny.gate();
    const auto checked = [&] { return tiny.revaluer().drift_report().accounts_checked; };
    const std::uint64_t before = checked();
    for (int round = 0; round < 100; ++round) {
      ASSERT_EQ(tiny.tick(100.0), Reason::accepted);
      static_cast<void>(tiny.revaluer().run_once());
      gate.poll();
    }
    // One more may have been asked for while nothing happened.
    const std::uint64_t expected = per_audit == 0 ? 0 : 100 / per_audit;
    EXPECT_GE(checked() - before + 1, expected);
    EXPECT_LE(checked() - before, per_audit == 0 ? 0 : expected + 1);
  }
}

// Random life with every kind of charge and instrument while spots move: no false alarm.
TEST(AuditsOfARandomGate, StaySilentThroughEveryKindOfEvent) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    UniverseOptions options;
    options.numeraire = seed % 2 == 0 ? Numeraire::coin : Numeraire::quote;
    options.losses_only = seed == 3;
    Universe universe = make_universe(random, options);
    universe.config.limits.accounts_max = 8;
    const auto gate = Gate::create(universe.config).gate;
    RevaluerOptions eager;
    eager.republish_move = 0.003;
    eager.republish_age = seconds(3);
    eager.events_per_audit = 4;
    std::optional<DriftAlarm> alarm;
    eager.on_drift = [&](const DriftAlarm& drift) { alarm = drift; };
    Revaluer revaluer(*gate, eager);
    ASSERT_TRUE(revaluer.update_surface(universe.surface));
    RandomFlow flow(universe, {seed, 8, 64, 0.02, 0.001});
    Timestamp now = universe_start;
    for (std::uint32_t u = 0; u < flow.underlyings(); ++u) {
      ASSERT_TRUE(gate->apply(flow.tick(u, now)).accepted());
    }
    for (std::uint32_t a = 0; a < 8; ++a) {
      ASSERT_TRUE(gate->apply(flow.deposit(a, 50'000.0)).accepted());
    }
    const int events = MARGINGATE_SANITIZED ? 2'000 : 10'000;
    for (int i = 0; i < events; ++i) {
      now = now + milliseconds(10);
      const Event event = flow.next(now);
      flow.took(event, gate->apply(event));
      if (i % 3 == 0) gate->poll();
      if (i % 5 == 0) static_cast<void>(revaluer.run_once());
    }
    const DriftReport& report = revaluer.drift_report();
    EXPECT_GT(report.accounts_checked, 200u);
    EXPECT_GT(report.verdicts_checked, 100u);
    EXPECT_GT(report.cycles, 20u);
    EXPECT_LT(report.not_comparable * 10, report.accounts_checked);
    EXPECT_EQ(report.alarms(), 0u);
    EXPECT_FALSE(alarm.has_value());
  }
}

}  // namespace
}  // namespace margingate::testing
