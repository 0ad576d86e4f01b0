// What does the background do to the order thread? Decisions while tables are published on a
// second processor, how soon a table is decided under, and two order threads on two shards.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/gate_internals.hpp"
#include "support/loaded_gate.hpp"
#include "support/measure.hpp"
#include "support/second_core.hpp"

namespace {

using namespace margingate;
using namespace margingate::bench;
using Clock = std::chrono::steady_clock;

constexpr std::size_t batch = 256;
constexpr std::uint32_t accounts = 1'000;
constexpr std::uint32_t legs = 8;

enum class Pace { idle, every_millisecond, continuous };

// Publishes table after table at a pace that the order thread sets, and sums every account under
// each. At the pace idle it waits without touching memory of the gate.
class Publisher {
 public:
  explicit Publisher(Revaluer& revaluer)
      : thread_([this, &revaluer](const std::atomic<bool>& stopping) { run(revaluer, stopping); }) {
  }

  // Returns when the step that was going on is over.
  void set(Pace pace) {
    pace_.store(pace, std::memory_order_release);
    const std::uint64_t steps = steps_.load(std::memory_order_acquire);
    while (steps_.load(std::memory_order_acquire) < steps + 2) spin_pause();
  }
  [[nodiscard]] std::uint64_t tables() const { return tables_.load(std::memory_order_relaxed); }

 private:
  void run(Revaluer& revaluer, const std::atomic<bool>& stopping) {
    auto next = Clock::now();
    while (!stopping.load(std::memory_order_acquire)) {
      steps_.fetch_add(1, std::memory_order_release);
      const Pace pace = pace_.load(std::memory_order_acquire);
      if (pace == Pace::idle) {
        for (int i = 0; i < 100; ++i) spin_pause();
        continue;
      }
      const auto now = Clock::now();
      if (pace == Pace::continuous || now >= next) {
        next = now + std::chrono::milliseconds(1);
        revaluer.request_publication();
      }
      const RevaluationReport report = revaluer.run_once();
      if (report.tables_published != 0) tables_.fetch_add(1, std::memory_order_relaxed);
      if (report.tables_deferred != 0) revaluer.request_publication();
    }
  }

  alignas(sync::cache_line_pair_bytes) std::atomic<Pace> pace_{Pace::idle};
  alignas(sync::cache_line_pair_bytes) std::atomic<std::uint64_t> steps_{0};
  std::atomic<std::uint64_t> tables_{0};
  SecondCore thread_;
};

struct Orders {
  LoadedGate book;
  std::vector<OrderIntent> orders;
  explicit Orders(std::uint64_t seed, std::uint32_t legs_each = legs)
      : book(portfolio_setup(),
             {.accounts = accounts, .legs = legs_each, .tight = 0.0, .seed = seed}),
        orders(book.any_orders(std::size_t{1} << 16)) {
    for (const OrderIntent& order : orders) {
      require(book.gate().check(order).accepted(), "an order of a rich account was refused");
    }
  }
};

struct DecideNext {
  Orders* orders;
  std::size_t at = 0;
  void operator()(std::size_t) {
    const std::size_t mask = orders->orders.size() - 1;
    Verdict verdict = orders->book.gate().check(orders->orders[at++ & mask]);
    benchmark::DoNotOptimize(verdict);
    serialize();
  }
};

// The host's loop goes on between batches: it adopts what has been handed over.
void adopt(Gate& gate) {
  std::array<Adoption, 64> adopted;
  static_cast<void>(gate.poll(adopted));
}

void add_under_publish(const std::string& name, Pace pace, double at_most) {
  add_case("ratio/gate_under_publish/" + name + "/idle", [=](benchmark::State& state) {
    Orders orders(1);
    Gate& gate = orders.book.gate();
    Publisher publisher(orders.book.revaluer());
    PairedSamples samples({at_most, 0.0});
    const Counters before = gate.counters();
    double published_seconds = 0.0;
    DecideNext decide{&orders};
    constexpr int batches_per_pace = 64;
    for (auto _ : state) {
      std::vector<double> publishing, idle;
      publisher.set(pace);
      const auto from = Clock::now();
      for (int i = 0; i < batches_per_pace; ++i) {
        adopt(gate);
        publishing.push_back(batch_ns(batch, decide) / batch);
      }
      published_seconds += std::chrono::duration<double>(Clock::now() - from).count();
      publisher.set(Pace::idle);
      for (int i = 0; i < batches_per_pace; ++i) {
        adopt(gate);
        idle.push_back(batch_ns(batch, decide) / batch);
      }
      samples.add(median(publishing), median(idle));
      state.SetIterationTime(std::chrono::duration<double>(Clock::now() - from).count());
    }
    samples.report(state);
    const Counters after = gate.counters();
    require(after.tables_seen > before.tables_seen, "nothing was published");
    const auto tables = static_cast<double>(publisher.tables());
    state.counters["tables_per_second"] = tables / published_seconds;
    state.counters["first_touch_sums"] =
        static_cast<double>(after.first_touch_sums - before.first_touch_sums);
    state.counters["cores"] = 2;
  });
}

// The order thread polls and decides for an account without legs, which is always under the newest
// table; the other processor publishes prepared tables and notes when.
class Visibility {
 public:
  explicit Visibility(Orders& orders)
      : orders_(&orders),
        impl_(&GateInternals::of(orders.book.gate())),
        epoch_(impl_->newest.epoch),
        thread_([this](const std::atomic<bool>& stopping) { publish(stopping); }) {}

  // From the publishing store to the first verdict under the new table, in nanoseconds.
  double once(const OrderIntent& order) {
    Gate& gate = orders_->book.gate();
    const Epoch wanted = epoch_ + 1;
    asked_.value.store(wanted, std::memory_order_release);
    for (;;) {
      gate.poll();
      const Verdict verdict = gate.check(order);
      if (verdict.epoch == wanted) break;
    }
    const auto seen = Clock::now().time_since_epoch().count();
    epoch_ = wanted;
    while (done_.value.load(std::memory_order_acquire) != wanted) spin_pause();
    return static_cast<double>(seen - published_at_);
  }

 private:
  struct alignas(sync::cache_line_pair_bytes) Word {
    std::atomic<std::uint64_t> value{0};
  };

  void publish(const std::atomic<bool>& stopping) {
    std::uint64_t done = epoch_;
    GateShared& shared = impl_->shared;
    while (!stopping.load(std::memory_order_relaxed)) {
      const std::uint64_t wanted = asked_.value.load(std::memory_order_acquire);
      if (wanted <= done) continue;
      // The order thread is polling by now; it must not be on its way here when the store comes.
      const auto until = Clock::now() + std::chrono::microseconds(5);
      while (Clock::now() < until) spin_pause();
      const std::uint32_t slot = shared.slots.acquire_free();
      require(slot != sync::EpochSlots<>::no_slot, "every table is in use");
      shared.tables[slot].epoch = wanted;
      published_at_ = Clock::now().time_since_epoch().count();
      shared.slots.publish(slot, wanted);
      done = wanted;
      done_.value.store(wanted, std::memory_order_release);
    }
  }

  Orders* orders_;
  Gate::Impl* impl_;
  std::uint64_t epoch_;
  Word asked_, done_;
  Clock::rep published_at_ = 0;
  SecondCore thread_;
};

struct alignas(sync::cache_line_pair_bytes) Flag {
  std::atomic<std::uint64_t> value{0};
};

double one_way_ns(Flag& ping, const Flag& pong, std::uint64_t& count) {
  constexpr int trips = 16;
  const auto start = Clock::now();
  for (int i = 0; i < trips; ++i) {
    ping.value.store(++count, std::memory_order_release);
    while (pong.value.load(std::memory_order_acquire) != count) continue;
  }
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count() / (2 * trips);
}

void add_visible() {
  add_case("ratio/publish_visible/first_decision/floor_pingpong", [](benchmark::State& state) {
    // Accounts without legs are under no table, so every slot but the newest is free.
    Orders orders(1, 0);
    Gate::Impl& impl = GateInternals::of(orders.book.gate());
    for (RiskTable& table : impl.shared.tables) {
      RiskTable& source = impl.shared.tables[impl.newest.slot];
      if (&table == &source) continue;
      table.as_of = source.as_of;
      table.spots = source.spots;
      table.rows = source.rows;
      table.inputs = source.inputs;
    }
    const OrderIntent order = orders.orders.front();
    PairedSamples samples({4.0, 0.0});
    Visibility visibility(orders);
    for (auto _ : state) {
      std::vector<double> seen;
      for (int i = 0; i < 64; ++i) seen.push_back(visibility.once(order));
      double floor = 0.0;
      {
        Flag ping, pong;
        std::uint64_t count = 0;
        // The same two processors: the partner of the visibility waits meanwhile.
        SecondCore echo([&](const std::atomic<bool>& stopping) {
          std::uint64_t last = 0;
          while (!stopping.load(std::memory_order_relaxed)) {
            const std::uint64_t now = ping.value.load(std::memory_order_acquire);
            if (now == last) continue;
            last = now;
            pong.value.store(now, std::memory_order_release);
          }
        });
        std::vector<double> floors;
        for (int i = 0; i < 64; ++i) floors.push_back(one_way_ns(ping, pong, count));
        floor = median(floors);
      }
      samples.add(median(seen), floor);
      state.SetIterationTime(1e-3);
    }
    samples.report(state);
    state.counters["cores"] = 2;
  });
}

// One order thread alone, and two at the same time, each with a gate of its own.
void add_scale() {
  add_case("ratio/scale_threads/two_shards/one", [](benchmark::State& state) {
    Orders first(1);
    Orders second(2);
    constexpr std::size_t many = 32 * batch;
    std::atomic<int> go{0};  // counts rounds of the second thread
    std::atomic<int> done{0};
    std::atomic<double> second_ns{0.0};
    SecondCore thread([&](const std::atomic<bool>& stopping) {
      DecideNext decide{&second};
      int round = 0;
      while (!stopping.load(std::memory_order_relaxed)) {
        if (go.load(std::memory_order_acquire) == round) continue;
        ++round;
        second_ns.store(batch_ns(many, decide), std::memory_order_relaxed);
        done.store(round, std::memory_order_release);
      }
    });
    DecideNext decide{&first};
    PairedSamples samples({0.0, 1.7});
    int round = 0;
    for (auto _ : state) {
      const double alone = batch_ns(many, decide);
      go.store(++round, std::memory_order_release);
      const double together = batch_ns(many, decide);
      while (done.load(std::memory_order_acquire) != round) continue;
      const double slower = std::max(together, second_ns.load(std::memory_order_relaxed));
      // Time per decision over both: half of what each takes.
      samples.add(slower / (2.0 * many), alone / many);
      state.SetIterationTime((alone + together) * 1e-9);
    }
    samples.report(state);
    state.counters["cores"] = 2;
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (has_second_core()) {
    add_under_publish("every_ms", Pace::every_millisecond, 1.25);
    add_under_publish("continuous", Pace::continuous, 1.7);
    add_visible();
    add_scale();
  }
  return run_cases(argc, argv);
}
