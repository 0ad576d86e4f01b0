// The order thread and the background of one gate, their real code, in very many of the orders in
// which they can touch what they share: no torn table, no two epochs in one decision, no lost
// fill, no use of a table after it was given up, no false alarm of the audits.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reference/verdict_audit.hpp"
#include "support/interleavings.hpp"
#include "support/random.hpp"
#include "support/sanitizers.hpp"
#include "support/tiny_gate.hpp"
#include "support/verdict_audit.hpp"
#include "sync_faults.hpp"

namespace margingate::testing {
namespace {

constexpr std::uint32_t accounts = 3;
constexpr std::size_t runs = MARGINGATE_SANITIZED ? 60 : 1'500;

// An order as it was decided, to be judged when the run is over.
struct Sample {
  reference::ReferenceAccount before;
  OrderIntent intent;
  Verdict verdict;
  Price spot;
};

// Of all runs together: proof that what may go wrong was there to go wrong.
struct Reached {
  std::uint64_t adoptions = 0, with_changes = 0, first_touches = 0, deferred = 0, audits = 0,
                samples = 0, tables = 0;
};

class World {
 public:
  World(Reached& reached, std::uint64_t seed) : reached_(reached), random_(seed) {
    for (std::uint32_t a = 0; a < accounts; ++a) {
      EXPECT_EQ(tiny_.deposit(10'000'000, {a}), Reason::accepted);
      EXPECT_EQ(tiny_.transfer(tiny::call, -5, 5.0, {a}), Reason::accepted);
      EXPECT_EQ(tiny_.transfer(tiny::perpetual, 3, 100.0, {a}), Reason::accepted);
    }
    surfaces_.push_back(tiny_.surface());
    run_once();
    tiny_.gate().poll();
  }

  // What a host does, with few polls, so that tables and totals pile up.
  void order_thread() {
    for (int i = 0; i < 16; ++i) {
      switch (random_.integer(0, 7)) {
        case 0:
        case 7:
          tick();
          break;
        case 1:
        case 2:
          order();
          break;
        case 3:
          fill();
          break;
        case 4:
          transfer();
          break;
        default:
          poll();
      }
    }
  }

  // Publishes a table of another surface each time.
  void background_thread() {
    for (int i = 0; i < 4; ++i) {
      Market surface = surfaces_.back();
      for (InstrumentQuote& quote : surface.quotes) quote.implied_volatility *= 1.1;
      if (i % 2 == 0) {
        if (!tiny_.revaluer().update_surface(surface)) failure_ = "a surface does not fit";
        surfaces_.push_back(surface);
      }
      tiny_.revaluer().request_publication();
      run_once();
      run_once();
    }
  }

  // The smallest stories in which each of the two can get in the other's way.
  void fill_between_polls() {
    poll();
    transfer();
    poll();
  }
  void fill_then_poll() {
    transfer();
    poll();
  }
  void decide_between_polls() {
    poll();
    order();
    fill();
    poll();
  }
  void first_touch() {
    tick_to(102.5);
    order();
    poll();
  }
  void publish_once() {
    tiny_.revaluer().request_publication();
    run_once();
  }
  void publish_twice() {
    publish_once();
    publish_once();
  }

  std::optional<std::string> failure() {
    judge_samples();
    expect_totals("at the end");
    catch_up();
    expect_totals("when everything is quiet");
    for (std::uint32_t a = 0; a < accounts; ++a) {
      if (tiny_.gate().epoch({a}) != tiny_.gate().newest_epoch()) {
        fail("account " + std::to_string(a) + " is not handed over any more");
      }
    }
    const DriftReport& drift = tiny_.revaluer().drift_report();
    if (drift.alarms() != 0) fail("the audits found a difference");
    const Counters& counters = tiny_.gate().counters();
    reached_.adoptions += counters.adoptions;
    reached_.with_changes += counters.adoptions_with_changes;
    reached_.first_touches += counters.first_touch_sums;
    reached_.audits += drift.accounts_checked + drift.verdicts_checked;
    reached_.samples += samples_.size();
    reached_.tables += tables_.size();
    return failure_;
  }

 private:
  void fail(const std::string& what) {
    if (!failure_) failure_ = what;
  }
  AccountId account() { return {static_cast<std::uint32_t>(random_.integer(0, accounts - 1))}; }

  void tick() {
    // Sometimes beyond the band, so that the next decision sums the account's legs itself.
    tick_to(random_.chance(0.5) ? random_.uniform(97.0, 103.0) : random_.uniform(99.8, 100.2));
  }
  void tick_to(double spot) {
    spot_ = tiny_price(spot);
    if (tiny_.tick(spot) != Reason::accepted) fail("a tick was refused");
  }
  void order() {
    OrderIntent intent =
        random_.chance(0.5) ? tiny_.sell(tiny::put, 2, 5.0) : tiny_.buy(tiny::perpetual, 4, 100.0);
    intent.account = account();
    Sample sample{reference::reference_account(tiny_.gate(), intent.account), intent, {}, spot_};
    sample.verdict = tiny_.gate().reserve(intent);
    if (!sample.verdict.accepted()) fail("an order was refused");
    working_.push_back({sample.verdict.order, intent.price});
    samples_.push_back(sample);
  }
  void fill() {
    if (working_.empty()) return;
    const auto [handle, price] = working_.back();
    working_.pop_back();
    const Reason reason = random_.chance(0.6) ? tiny_.gate().apply(Fill{handle, {1}, price})
                                              : tiny_.gate().release({handle});
    if (reason != Reason::accepted) fail("a fill or a cancel was refused");
  }
  void transfer() {
    if (tiny_.transfer(tiny::inverse, random_.integer(1, 5), 100.0, account()) !=
        Reason::accepted) {
      fail("a transfer was refused");
    }
  }
  void poll() {
    std::array<Adoption, 2> adopted;
    const std::size_t count = tiny_.gate().poll(adopted);
    for (std::size_t i = 0; i < count; ++i) {
      if (!tiny_.gate().totals_equal_recomputed(adopted[i].account)) fail("adopted totals differ");
    }
  }
  void run_once() {
    const RevaluationReport report = tiny_.revaluer().run_once();
    reached_.deferred += report.tables_deferred;
    const PublishedTable& newest = tiny_.revaluer().newest();
    if (newest.epoch != 0) tables_[newest.epoch] = newest;
  }
  void expect_totals(const char* when) {
    for (std::uint32_t a = 0; a < accounts; ++a) {
      if (!tiny_.gate().totals_equal_recomputed({a})) {
        fail("totals of account " + std::to_string(a) + " differ " + when);
      }
    }
  }
  void catch_up() {
    tiny_.revaluer().request_publication();
    for (int quiet = 0; quiet < 8;) {
      const RevaluationReport report = tiny_.revaluer().run_once();
      const bool idle = tiny_.gate().poll() == 0 && report.events == 0 &&
                        report.tables_published == 0 && report.accounts_handed_over == 0;
      quiet = idle ? quiet + 1 : 0;
    }
  }
  // Each decision is the reference's under the one table that its verdict names.
  void judge_samples() {
    for (const Sample& sample : samples_) {
      const auto table = tables_.find(sample.verdict.epoch);
      if (table == tables_.end()) return fail("a verdict names a table that was never published");
      reference::ReferenceMarket market;
      market.config = &tiny_.gate().config();
      market.surface = &surfaces_.at(table->second.surface - 1);
      market.as_of = table->second.as_of;
      market.table_spots = table->second.spots;
      market.live_spots = {sample.spot};
      market.asset_prices.resize(market.config->assets.size());
      const std::string difference =
          verdict_disagreement(market, sample.before, sample.intent, sample.verdict);
      if (!difference.empty()) return fail(difference);
    }
  }

  Reached& reached_;
  Random random_;
  TinyGate tiny_{[](TinySetup& setup) {
    setup.config.limits.risk_tables_max = 3;
    setup.config.limits.queue_capacity = 64;
    setup.config.limits.changes_max = 64;
    setup.config.table_age_max = setup.config.spot_age_max = seconds(1'000);
    setup.revaluer.events_per_audit = 2;
  }};
  Price spot_ = tiny_price(100.0);
  std::vector<Market> surfaces_;
  std::map<Epoch, PublishedTable> tables_;
  std::vector<Sample> samples_;
  std::vector<std::pair<WorkingOrderHandle, Price>> working_;
  std::optional<std::string> failure_;
};

class GateInterleavings : public ::testing::Test {
 protected:
  GateInterleavings() { faults = {}; }
  ~GateInterleavings() override { faults = {}; }

  Sampling look(const SyncFaults& mistakes, std::size_t most_runs) {
    std::uint64_t run = 0;
    const auto make = [&] {
      faults = {};  // while the world is made
      const auto world = std::make_shared<World>(reached, ++run);
      faults = mistakes;
      return Program{{[=] { world->order_thread(); }, [=] { world->background_thread(); }}, [=] {
                       faults.reclaims_early = faults.swaps_events = false;
                       return world->failure();
                     }};
    };
    return sample(make, {1, most_runs, 6});
  }

  Reached reached;
};

TEST_F(GateInterleavings, NeverTearMixLoseOrUseWhatWasGivenUp) {
  const Sampling sampling = look({}, runs);
  EXPECT_EQ(sampling.failure.value_or("nothing"), "nothing")
      << "run " << sampling.run_of_failure << " of seed 1";
  std::printf(
      "%zu runs of up to %zu steps: %llu tables, %llu deferred, %llu adoptions, %llu of them "
      "with changes, %llu first touches, %llu decisions, %llu audits\n",
      sampling.runs, sampling.steps_max, static_cast<unsigned long long>(reached.tables),
      static_cast<unsigned long long>(reached.deferred),
      static_cast<unsigned long long>(reached.adoptions),
      static_cast<unsigned long long>(reached.with_changes),
      static_cast<unsigned long long>(reached.first_touches),
      static_cast<unsigned long long>(reached.samples),
      static_cast<unsigned long long>(reached.audits));
  EXPECT_GT(sampling.steps_max, 100u);
  EXPECT_GT(reached.adoptions, runs);
  EXPECT_GT(reached.with_changes, runs / 10);
  EXPECT_GT(reached.first_touches, runs / 20);
  EXPECT_GT(reached.deferred, runs / 10);
  EXPECT_GT(reached.audits, runs);
  EXPECT_GT(reached.samples, runs);
}

// Every order there is, for stories of a few steps each.
TEST_F(GateInterleavings, HoldInEveryOrderOfSmallStories) {
  using Story = void (World::*)();
  const std::vector<std::pair<Story, Story>> stories{
      {&World::fill_between_polls, &World::publish_once},
      {&World::decide_between_polls, &World::publish_once},
      {&World::first_touch, &World::publish_once},
      {&World::fill_then_poll, &World::publish_twice}};
  const std::size_t told = MARGINGATE_SANITIZED ? 1 : stories.size();
  for (std::size_t i = 0; i < told; ++i) {
    SCOPED_TRACE("story " + std::to_string(i));
    const Story order_thread = stories[i].first;
    const Story background_thread = stories[i].second;
    const Exploration all = explore([&] {
      const auto world = std::make_shared<World>(reached, 1);
      return Program{{[=, run = order_thread] { ((*world).*run)(); },
                      [=, run = background_thread] { ((*world).*run)(); }},
                     [=] { return world->failure(); }};
    });
    EXPECT_EQ(all.failure.value_or("nothing"), "nothing");
    std::printf("story %zu: %zu runs, %zu states\n", i, all.runs, all.states);
    EXPECT_GT(all.states, 100u);
  }
}

TEST_F(GateInterleavings, CatchTablesThatAreReusedWhileAccountsAreOnThem) {
  EXPECT_TRUE(look({.reclaims_early = true}, runs).failure.has_value());
}

TEST_F(GateInterleavings, CatchAFillThatIsLostOnItsWay) {
  EXPECT_TRUE(look({.loses_leg_event = 3}, runs).failure.has_value());
}

TEST_F(GateInterleavings, CatchEventsThatOvertakeEachOther) {
  EXPECT_TRUE(look({.swaps_events = true}, runs).failure.has_value());
}

}  // namespace
}  // namespace margingate::testing
