// A gate that trades while its background reprices, publishes and hands over on a thread of its
// own.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <bit>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "margingate/revaluer.hpp"
#include "reference/verdict_audit.hpp"
#include "support/gate_internals.hpp"
#include "support/random_flow.hpp"
#include "support/sanitizers.hpp"
#include "support/verdict_audit.hpp"

namespace margingate::testing {
namespace {

constexpr int events = MARGINGATE_THREAD_SANITIZER ? 12'000 : 60'000;
constexpr std::uint32_t accounts = 12;
constexpr Duration table_age_max = seconds(100'000);

Universe universe_of(std::uint64_t seed) {
  Random random(seed);
  UniverseOptions options;
  options.options_per_underlying = 6;
  Universe universe = make_universe(random, options);
  GateLimits& limits = universe.config.limits;
  limits.accounts_max = accounts;
  limits.risk_tables_max = 3;
  limits.queue_capacity = 256;
  limits.changes_max = 256;
  universe.config.table_age_max = universe.config.spot_age_max = table_age_max;
  return universe;
}

RevaluerOptions eager() {
  RevaluerOptions options;
  options.republish_move = 0.0002;
  options.republish_age = milliseconds(1);
  return options;
}

// An order as it was decided, to be judged when everything is over.
struct Sample {
  reference::ReferenceAccount before;
  OrderIntent intent;
  Verdict verdict;
  std::vector<Price> spots;
};

// The order thread's side. The background publishes whenever it can.
class Trading {
 public:
  explicit Trading(std::uint64_t seed)
      : universe_(universe_of(seed)),
        flow_(universe_, {seed, accounts, 200, 0.02, 0.0005}),
        random_(seed),
        spots_(universe_.spots),
        gate_(Gate::create(universe_.config).gate),
        revaluer_(*gate_, eager()) {}

  void run() {
    RevaluerThread background(revaluer_, {50'000});
    background.on_published([this](const PublishedTable& table) {
      const std::lock_guard lock(mutex_);
      tables_[table.epoch] = table;
    });
    start(background);
    for (int i = 0; i < events; ++i) step(i, background);
    background.stop();
    totals_ = background.totals();
    drift_ = background.drift_report();
  }

  // After the background has stopped its work is done here, until nothing is left to do.
  void catch_up() {
    revaluer_.request_publication();
    for (int quiet = 0; quiet < 3;) {
      const RevaluationReport report = revaluer_.run_once();
      const bool idle = poll() == 0 && report.events == 0 && report.accounts_handed_over == 0;
      quiet = idle ? quiet + 1 : 0;
    }
  }

  // Every sampled decision against the reference under the table that its verdict names.
  void expect_samples_agree() {
    for (const Sample& sample : samples_) {
      const auto table = tables_.find(sample.verdict.epoch);
      ASSERT_NE(table, tables_.end()) << "epoch " << sample.verdict.epoch;
      reference::ReferenceMarket market;
      market.config = &universe_.config;
      market.surface = &surfaces_.at(table->second.surface - 1);
      market.as_of = table->second.as_of;
      market.table_spots = table->second.spots;
      market.live_spots = sample.spots;
      market.asset_prices.resize(universe_.config.assets.size());
      ASSERT_EQ(verdict_disagreement(market, sample.before, sample.intent, sample.verdict), "");
    }
  }

  Gate& gate() { return *gate_; }
  const std::vector<Sample>& samples() const { return samples_; }
  const RevaluerThread::Totals& totals() const { return totals_; }
  const DriftReport& drift() const { return drift_; }
  int went_back() const { return went_back_; }

 private:
  void start(RevaluerThread& background) {
    post_surface(background, universe_.surface);
    for (std::uint32_t u = 0; u < flow_.underlyings(); ++u) {
      ASSERT_TRUE(gate_->apply(flow_.tick(u, now_)).accepted());
    }
    for (std::uint32_t a = 0; a < accounts; ++a) {
      ASSERT_TRUE(gate_->apply(flow_.deposit(a, 4'000.0 * (a + 1))).accepted());
      for (int i = 0; i < 5; ++i) static_cast<void>(apply(flow_.transfer(a)));
    }
    while (gate_->newest_epoch() == 0) {
      poll();
      std::this_thread::yield();
    }
  }

  // A surface is known by its number only if none is skipped: one at a time.
  void post_surface(RevaluerThread& background, Market market) {
    surfaces_.push_back(market);
    background.post_surface(std::move(market));
  }
  bool last_surface_is_published() {
    const std::lock_guard lock(mutex_);
    return !tables_.empty() && tables_.rbegin()->second.surface == surfaces_.size();
  }

  void step(int i, RevaluerThread& background) {
    now_ = now_ + milliseconds(1);
    const Event event = flow_.next(now_);
    const auto* const intent = std::get_if<OrderIntent>(&event);
    const bool sampled = intent != nullptr && i % 16 == 0;
    Sample sample;
    if (sampled)
      sample = {reference::reference_account(*gate_, intent->account), *intent, Verdict{}, spots_};
    const Verdict verdict = apply(event);
    if (intent != nullptr) expect_monotone(intent->account, verdict.epoch);
    if (sampled && verdict.decided_by != DecidedBy::input) {
      sample.verdict = verdict;
      samples_.push_back(std::move(sample));
    }
    // Give way, as a host would that has nothing else to do.
    if (verdict.reason == Reason::queue_full) std::this_thread::yield();
    if (i % 8 == 0) poll();
    if (i % 256 == 0 && last_surface_is_published()) {
      Market surface = shifted_surface(random_, universe_, now_);
      post_surface(background, std::move(surface));
    }
  }

  Verdict apply(const Event& event) {
    const Verdict verdict = gate_->apply(event);
    flow_.took(event, verdict);
    const auto* const tick = std::get_if<SpotTick>(&event);
    if (tick != nullptr && verdict.accepted()) spots_[tick->underlying.value] = tick->price;
    return verdict;
  }

  std::size_t poll() {
    std::array<Adoption, 4> adopted;
    const std::size_t count = gate_->poll(adopted);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(gate_->epoch(adopted[i].account), adopted[i].epoch);
      expect_monotone(adopted[i].account, adopted[i].epoch);
    }
    return count;
  }

  void expect_monotone(AccountId account, Epoch epoch) {
    if (epoch == 0 || account.value >= accounts) return;
    Epoch& last = last_epoch_[account.value];
    went_back_ += epoch < last;
    last = epoch;
  }

  Universe universe_;
  RandomFlow flow_;
  Random random_;
  std::vector<Price> spots_;
  std::unique_ptr<Gate> gate_;
  Revaluer revaluer_;
  Timestamp now_ = universe_start;
  std::vector<Market> surfaces_;
  std::vector<Sample> samples_;
  std::array<Epoch, accounts> last_epoch_{};
  int went_back_ = 0;
  RevaluerThread::Totals totals_;
  DriftReport drift_;
  std::mutex mutex_;
  std::map<Epoch, PublishedTable> tables_;  // guarded by mutex_
};

TEST(GateThreads, DecideUnderOneTableAtATime) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Trading trading(seed);
    trading.run();
    trading.expect_samples_agree();
    EXPECT_EQ(trading.went_back(), 0);
    EXPECT_GT(trading.samples().size(), 50u);
    EXPECT_GT(trading.totals().tables_published, 3u);
    EXPECT_GT(trading.gate().counters().adoptions, accounts);
    EXPECT_GT(trading.drift().accounts_checked, accounts);
    EXPECT_GT(trading.drift().verdicts_checked, accounts);
    EXPECT_EQ(trading.drift().alarms(), 0u);
  }
}

TEST(GateThreads, LoseNoFill) {
  Trading trading(11);
  trading.run();
  Gate& gate = trading.gate();
  for (std::uint32_t a = 0; a < accounts; ++a) {
    EXPECT_TRUE(gate.totals_equal_recomputed({a})) << "account " << a;
  }
  trading.catch_up();
  // Now every account's totals are the background's, summed over its own copy of the legs.
  const Counters before = gate.counters();
  trading.catch_up();
  EXPECT_EQ(gate.counters().adoptions_with_changes, before.adoptions_with_changes);
  EXPECT_EQ(gate.counters().first_touch_sums, before.first_touch_sums);
  EXPECT_GT(gate.counters().adoptions, before.adoptions);
  for (std::uint32_t a = 0; a < accounts; ++a) {
    EXPECT_TRUE(gate.totals_equal_recomputed({a})) << "account " << a;
    EXPECT_TRUE(gate.epoch({a}) == 0 || gate.epoch({a}) == gate.newest_epoch());
  }
  EXPECT_GT(gate.counters().fills, 100u);
}

// Bursts that no queue holds, while the background works: accounts are sent again and again, and
// none is ever handed over half sent.
TEST(GateThreads, KeepTotalsRightWhileAccountsAreSentAgain) {
  Universe universe = universe_of(21);
  RandomFlow flow(universe, {21, accounts, 200, 0.0, 0.0005});
  const auto gate = Gate::create(universe.config).gate;
  Revaluer revaluer(*gate, eager());
  RevaluerThread background(revaluer, {10'000});
  background.post_surface(universe.surface);
  for (std::uint32_t u = 0; u < flow.underlyings(); ++u) {
    ASSERT_TRUE(gate->apply(flow.tick(u, universe_start)).accepted());
  }
  Timestamp now = universe_start;
  std::uint64_t wrong = 0;
  // On until the background has had its share of a busy machine.
  const auto is_enough = [&](int round) {
    return round >= 100 * events || (round >= events / 60 && gate->counters().adoptions > 10);
  };
  for (int round = 0; !is_enough(round); ++round) {
    if (round > events / 60) std::this_thread::yield();
    now = now + milliseconds(2);
    for (std::uint32_t u = 0; u < flow.underlyings(); ++u) {
      ASSERT_TRUE(gate->apply(flow.tick(u, now)).accepted());
    }
    for (int i = 0; i < 60; ++i) {
      const auto account = static_cast<std::uint32_t>(i) % accounts;
      static_cast<void>(gate->apply(flow.transfer(account)));
      static_cast<void>(gate->apply(Hold{{account}, {i}}));
    }
    gate->poll();
    for (std::uint32_t a = 0; a < accounts; ++a) wrong += !gate->totals_equal_recomputed({a});
  }
  background.stop();
  EXPECT_EQ(wrong, 0u);
  EXPECT_GT(gate->counters().events_deferred, 10u);
  EXPECT_GT(gate->counters().adoptions, 10u);
}

// A bit goes wrong in the order thread's memory while everything runs: the background says whose.
TEST(GateThreads, NameTheAccountThatLostABitWhileTheyRun) {
  Universe universe = universe_of(31);
  RandomFlow flow(universe, {31, accounts, 200, 0.0, 0.0001});
  const auto gate = Gate::create(universe.config).gate;
  std::atomic<std::uint32_t> named{UINT32_MAX};
  std::atomic<int> others{0};
  constexpr std::uint32_t damaged = 5;
  RevaluerOptions options = eager();
  options.republish_age = seconds(1'000'000);
  options.republish_move = 0.5;
  options.events_per_audit = 8;
  options.on_drift = [&](const DriftAlarm& alarm) {
    if (alarm.account.value == damaged) named = damaged;
    others += alarm.account.value != damaged;
  };
  Revaluer revaluer(*gate, options);
  RevaluerThread background(revaluer, {10'000});
  background.post_surface(universe.surface);
  for (std::uint32_t u = 0; u < flow.underlyings(); ++u) {
    ASSERT_TRUE(gate->apply(flow.tick(u, universe_start)).accepted());
  }
  while (gate->newest_epoch() == 0) {
    gate->poll();
    std::this_thread::yield();
  }
  for (std::uint32_t a = 0; a < accounts; ++a) {
    for (int i = 0; i < 5; ++i) static_cast<void>(gate->apply(flow.transfer(a)));
  }
  Gate::Impl& inside = GateInternals::of(*gate);
  const std::uint32_t unit =
      static_cast<std::uint32_t>(std::countr_zero(inside.accounts[damaged].unit_mask));
  inside.terms.totals(inside.block(damaged), unit).loss[3] ^= std::int64_t{1} << 20;
  for (int i = 0; i < 2'000'000 && named != damaged; ++i) {
    if (i % 4 == 0) {
      const Event event = flow.transfer(static_cast<std::uint32_t>(i / 4) % accounts);
      static_cast<void>(gate->apply(event));
    }
    gate->poll();
    if (i % 64 == 0) std::this_thread::yield();
  }
  background.stop();
  EXPECT_EQ(named, damaged);
  EXPECT_EQ(others, 0);
  EXPECT_GT(background.drift_report().totals_mismatches, 0u);
}

}  // namespace
}  // namespace margingate::testing
