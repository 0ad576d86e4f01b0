// How long does a decision take, and what does it not depend on? The cases gate/* give one figure
// each; the cases ratio/* time a subject and its baseline by turns and hold their ratio against a
// gate, see tools/bench.sh. All books are the canonical workload of bench/support.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/floor_touch.hpp"
#include "support/loaded_gate.hpp"
#include "support/measure.hpp"
#include "support/ref_textbook.hpp"

namespace {

using namespace margingate;
using namespace margingate::bench;

constexpr std::size_t batch = 256;
constexpr std::size_t stream = 256;  // orders, cycled
constexpr double inside_band = 1.0031;
constexpr double beyond_band = 1.02;

// A book and its order streams, built when the first case that needs it runs.
struct Bench {
  LoadedGate book;
  std::vector<OrderIntent> accepts, rejects, mixed;

  // Streams hold orders that the interval decides, at the table's spot and at the drifted one.
  Bench(io::GateSetup setup, const BookOptions& options) : book(std::move(setup), options) {
    accepts = book.orders(Outcome::accepted, stream, inside_band);
    rejects = book.orders(Outcome::rejected, stream / 4, inside_band);
    mixed = accepts;
    for (std::size_t i = 0; i < mixed.size(); i += 4) mixed[i] = rejects[i / 4 % rejects.size()];
  }
};

using Maker = std::function<std::unique_ptr<Bench>()>;

class LazyBench {
 public:
  explicit LazyBench(Maker make) : make_(std::move(make)) {}
  Bench& operator*() {
    if (!bench_) bench_ = make_();
    return *bench_;
  }

 private:
  Maker make_;
  std::unique_ptr<Bench> bench_;
};

std::shared_ptr<LazyBench> book_of(io::GateSetup (*setup)(), BookOptions options) {
  return std::make_shared<LazyBench>([=] { return std::make_unique<Bench>(setup(), options); });
}

std::shared_ptr<LazyBench> portfolio_book(std::uint32_t legs, std::uint32_t working_orders = 0) {
  static std::map<std::pair<std::uint32_t, std::uint32_t>, std::shared_ptr<LazyBench>> books;
  auto& book = books[{legs, working_orders}];
  if (!book) book = book_of(portfolio_setup, {8, legs, working_orders, 1.02, 1});
  return book;
}

// Verdicts added up: proof that decisions were made, and the same on every run.
class Checksum {
 public:
  void add(const Verdict& verdict) {
    sum_ += static_cast<std::uint64_t>(verdict.requirement_after.value) +
            static_cast<std::uint64_t>(verdict.reason);
  }
  void report(benchmark::State& state) const {
    state.counters["checksum"] = static_cast<double>(sum_ >> 11);
  }

 private:
  std::uint64_t sum_ = 0;
};

struct Decide {
  Gate* gate;
  const std::vector<OrderIntent>* orders;
  bool serialized;
  void operator()(std::size_t i) const {
    Verdict verdict = gate->check((*orders)[i & (orders->size() - 1)]);
    benchmark::DoNotOptimize(verdict);
    if (serialized) serialize();
  }
};

benchmark::internal::Benchmark* add_case(const std::string& name,
                                         std::function<void(benchmark::State&)> body) {
  return benchmark::RegisterBenchmark(name.c_str(),
                                      [body = std::move(body)](auto& state) { body(state); })
      ->UseManualTime()
      ->Unit(benchmark::kMicrosecond);
}

void report_checksum(Bench& b, const std::vector<OrderIntent>& orders, benchmark::State& state) {
  Checksum checksum;
  for (const OrderIntent& order : orders) checksum.add(b.book.gate().check(order));
  checksum.report(state);
}

using Stream = std::vector<OrderIntent> Bench::*;

// factor: spots over the table's while deciding.
void add_check(const std::string& name, std::shared_ptr<LazyBench> lazy, Stream orders,
               double factor = 1.0) {
  for (const bool serialized : {false, true}) {
    add_case(name + (serialized ? "/serialized" : "/independent"), [=](benchmark::State& state) {
      Bench& b = **lazy;
      b.book.tick_all(factor);
      run_batches(state, batch, Decide{&b.book.gate(), &(b.*orders), serialized}, [] {});
      report_checksum(b, b.*orders, state);
      b.book.tick_all(1.0);
    });
  }
}

void add_hot_cases() {
  for (const std::uint32_t legs : {1u, 10u, 100u, 1'000u}) {
    add_check("gate/check/legs:" + std::to_string(legs), portfolio_book(legs), &Bench::mixed);
  }
  add_check("gate/check/legs:20/working:1000", portfolio_book(20, 1'000), &Bench::mixed);
  add_check("gate/check_accept/legs:20", portfolio_book(20), &Bench::accepts);
  add_check("gate/check_reject/legs:20", portfolio_book(20), &Bench::rejects);
  add_check("gate/check_drifted/legs:20", portfolio_book(20), &Bench::accepts, inside_band);
  const auto coin = book_of(coin_setup, {8, 20, 0, 1.02, 1});
  add_check("gate/check_coin35/legs:20", coin, &Bench::accepts);
  add_check("gate/check_coin35_drifted/legs:20", coin, &Bench::accepts, inside_band);
}

void add_reserve_release() {
  add_case("gate/reserve_release/legs:20", [](benchmark::State& state) {
    Bench& b = **portfolio_book(20);
    Gate& gate = b.book.gate();
    run_batches(
        state, batch,
        [&](std::size_t i) {
          const Verdict verdict = gate.reserve(b.accepts[i & (b.accepts.size() - 1)]);
          static_cast<void>(gate.release({verdict.order}));
        },
        [&] { b.book.drain(); });
    report_checksum(b, b.accepts, state);
    require(gate.totals_equal_recomputed({0}), "totals drifted");
  });
}

// The spot is beyond the band of the certified bounds, so every decision revalues the account.
void add_exact() {
  for (const std::uint32_t legs : {20u, 200u}) {
    add_case("gate/exact/legs:" + std::to_string(legs), [=](benchmark::State& state) {
      Bench& b = **portfolio_book(legs);
      b.book.tick_all(beyond_band);
      const std::uint64_t before = b.book.gate().counters().decided_exactly;
      run_batches(state, 16, Decide{&b.book.gate(), &b.accepts, false}, [] {});
      require(b.book.gate().counters().decided_exactly > before, "nothing was decided exactly");
      report_checksum(b, b.accepts, state);
      b.book.tick_all(1.0);
    });
  }
}

void add_reaggregate() {
  for (const std::uint32_t legs : {8u, 20u, 100u}) {
    add_case("gate/reaggregate/legs:" + std::to_string(legs), [=](benchmark::State& state) {
      Bench& b = **portfolio_book(legs);
      Gate& gate = b.book.gate();
      const Epoch epoch = gate.newest_epoch();
      run_batches(
          state, 64,
          [&](std::size_t i) {
            const AccountId account{static_cast<std::uint32_t>(i % b.book.options().accounts)};
            benchmark::DoNotOptimize(gate.reaggregate(account, epoch));
          },
          [] {});
      report_checksum(b, b.mixed, state);
      require(gate.totals_equal_recomputed({0}), "totals drifted");
    });
  }
}

void add_tick() {
  add_case("gate/spot_tick", [](benchmark::State& state) {
    Bench& b = **portfolio_book(20);
    run_batches(
        state, batch, [&](std::size_t i) { b.book.tick(0, i % 2 == 0 ? 1.001 : 1.0); },
        [&] { b.book.drain(); });
    b.book.tick_all(1.0);
  });
}

void add_references() {
  add_case("gate/floor_touch/legs:20", [](benchmark::State& state) {
    Bench& b = **portfolio_book(20);
    const FloorTouch floor(b.book);
    run_batches(
        state, batch,
        [&](std::size_t i) { benchmark::DoNotOptimize(floor.touch(b.mixed[i & (stream - 1)])); },
        [] {});
  });
  add_case("gate/ref_textbook/legs:20", [](benchmark::State& state) {
    Bench& b = **portfolio_book(20);
    RefTextbook textbook(b.book);
    require_same_decisions(b.book, textbook, b.mixed);
    run_batches(
        state, 4,
        [&](std::size_t i) {
          benchmark::DoNotOptimize(textbook.check(b.mixed[i & (stream - 1)]).accepted);
        },
        [] {});
  });
}

// One book's decisions against another's, the same way of deciding.
void add_ratio(const std::string& name, double at_most, std::shared_ptr<LazyBench> subject,
               std::shared_ptr<LazyBench> baseline) {
  add_case("ratio/" + name, [=](benchmark::State& state) {
    Bench& s = **subject;
    Bench& b = **baseline;
    run_pairs(state, {at_most, 0.0}, Timed{batch, Decide{&s.book.gate(), &s.mixed, false}},
              Timed{batch, Decide{&b.book.gate(), &b.mixed, false}}, [] {});
  });
}

// How many of a hundred decisions since `before` needed the exact path: reported, and bounded.
void report_fallback(const Counters& before, const Counters& after, benchmark::State& state) {
  const auto exact = static_cast<double>(after.decided_exactly - before.decided_exactly);
  const auto all = static_cast<double>(after.decisions - before.decisions);
  state.counters["exact_percent"] = 100.0 * exact / all;
  require(exact <= 0.02 * all, "too many orders fell back to the exact path");
}

void add_drift_ratio() {
  add_case("ratio/drifted_vs_not/legs:20", [](benchmark::State& state) {
    static const auto drifted = book_of(portfolio_setup, {8, 20, 0, 1.02, 1});
    Bench& s = **drifted;
    Bench& b = **portfolio_book(20);
    s.book.tick_all(inside_band);
    const Counters before = s.book.gate().counters();
    run_pairs(state, {2.2, 0.0}, Timed{batch, Decide{&s.book.gate(), &s.accepts, false}},
              Timed{batch, Decide{&b.book.gate(), &b.accepts, false}}, [] {});
    report_fallback(before, s.book.gate().counters(), state);
  });
}

// One order per account, on an account of ten units or of one.
struct TickingBook {
  static constexpr std::uint32_t accounts = 16;
  LoadedGate book;
  std::vector<OrderIntent> orders;

  explicit TickingBook(std::uint32_t units)
      : book(many_units_setup(units), {accounts, 20, 0, 1'000.0, 1}),
        orders(book.any_orders(accounts)) {
    for (std::uint32_t a = 0; a < accounts; ++a) orders[a].account = {a};
  }
};

// Every spot moves before each batch, and the batch decides once for each account: what is
// evaluated per account and tick is evaluated again for every decision.
void add_units_ratio() {
  add_case("ratio/units:10_vs_units:1/all_ticking", [](benchmark::State& state) {
    static TickingBook ten(10);
    static TickingBook one(1);
    int turn = 0;
    const auto tick = [&] {
      const double factor = 1.002 + 0.00001 * (turn++ % 16);
      ten.book.tick_all(factor);
      one.book.tick_all(factor);
    };
    const Counters before = ten.book.gate().counters();
    constexpr std::size_t count = TickingBook::accounts;
    run_pairs(state, {1.5, 0.0}, Timed{count, Decide{&ten.book.gate(), &ten.orders, false}},
              Timed{count, Decide{&one.book.gate(), &one.orders, false}}, tick);
    report_fallback(before, ten.book.gate().counters(), state);
  });
}

void add_reference_ratios() {
  add_case("ratio/check_vs_floor_touch/legs:20", [](benchmark::State& state) {
    Bench& b = **portfolio_book(20);
    const FloorTouch floor(b.book);
    const auto touch = [&](std::size_t i) {
      benchmark::DoNotOptimize(floor.touch(b.mixed[i & (stream - 1)]));
    };
    run_pairs(state, {3.0, 0.0}, Timed{batch, Decide{&b.book.gate(), &b.mixed, false}},
              Timed{batch, touch}, [] {});
  });
  add_case("ratio/ref_textbook_vs_check/legs:20", [](benchmark::State& state) {
    Bench& b = **portfolio_book(20);
    RefTextbook textbook(b.book);
    require_same_decisions(b.book, textbook, b.mixed);
    const auto reference = [&](std::size_t i) {
      benchmark::DoNotOptimize(textbook.check(b.mixed[i & (stream - 1)]).accepted);
    };
    run_pairs(state, {0.0, 150.0}, Timed{batch, Decide{&b.book.gate(), &b.mixed, false}},
              Timed{std::size_t{4}, reference}, [] {});
  });
  add_case("ratio/ref_textbook_vs_exact/legs:20", [](benchmark::State& state) {
    Bench& b = **portfolio_book(20);
    RefTextbook textbook(b.book);
    require_same_decisions(b.book, textbook, b.mixed);
    b.book.tick_all(beyond_band);
    const auto reference = [&](std::size_t i) {
      benchmark::DoNotOptimize(textbook.check(b.mixed[i & (stream - 1)]).accepted);
    };
    run_pairs(state, {0.0, 5.0}, Timed{std::size_t{16}, Decide{&b.book.gate(), &b.mixed, false}},
              Timed{std::size_t{4}, reference}, [] {});
    b.book.tick_all(1.0);
  });
}

}  // namespace

int main(int argc, char** argv) {
  add_hot_cases();
  add_reserve_release();
  add_exact();
  add_reaggregate();
  add_tick();
  add_references();
  add_ratio("legs:1000_vs_legs:1", 1.15, portfolio_book(1'000), portfolio_book(1));
  add_ratio("working:1000_vs_none/legs:20", 1.15, portfolio_book(20, 1'000), portfolio_book(20));
  add_drift_ratio();
  add_units_ratio();
  add_reference_ratios();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}
