// How long does a decision take when the account is in no cache? Orders come for accounts at
// random out of so many that their state is many times the caches; with and without telling the
// gate four orders ahead.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "support/floor_touch.hpp"
#include "support/loaded_gate.hpp"
#include "support/measure.hpp"

namespace {

using namespace margingate;
using namespace margingate::bench;

constexpr std::size_t batch = 1'024;
constexpr std::size_t prefetch_ahead = 4;
constexpr std::uint32_t legs = 4;
constexpr std::int64_t million_needs_bytes = std::int64_t{9} << 30;

struct ColdBook {
  LoadedGate book;
  std::vector<OrderIntent> orders;  // a power of two
  FloorTouch floor;

  explicit ColdBook(std::uint32_t accounts)
      : book(portfolio_setup(), {accounts, legs, 0, 0.0, 1}),
        orders(book.any_orders(std::size_t{1} << 18)),
        floor(book) {
    // Every account is evaluated once, so that decisions find what they find in a running gate.
    for (const OrderIntent& order : orders) {
      require(book.gate().check(order).accepted(), "an order of a rich account was refused");
    }
  }
};

// One size at a time: two would not fit.
ColdBook& cold_book(std::uint32_t accounts) {
  static std::unique_ptr<ColdBook> kept;
  static std::uint32_t kept_accounts = 0;
  if (kept_accounts != accounts) {
    kept.reset();
    kept = std::make_unique<ColdBook>(accounts);
    kept_accounts = accounts;
  }
  return *kept;
}

// Goes on through the stream from batch to batch.
struct ColdDecide {
  ColdBook* cold;
  bool prefetches;
  bool serialized;
  std::size_t at = 0;

  void operator()(std::size_t) {
    const std::size_t mask = cold->orders.size() - 1;
    if (prefetches) {
      const OrderIntent& later = cold->orders[(at + prefetch_ahead) & mask];
      cold->book.gate().prefetch(later.account, later.instrument);
    }
    Verdict verdict = cold->book.gate().check(cold->orders[at++ & mask]);
    benchmark::DoNotOptimize(verdict);
    if (serialized) serialize();
  }
};

struct ColdTouch {
  ColdBook* cold;
  std::size_t at = 0;
  void operator()(std::size_t) {
    const std::size_t mask = cold->orders.size() - 1;
    benchmark::DoNotOptimize(cold->floor.touch(cold->orders[at++ & mask]));
    serialize();
  }
};

template <class Body>
void add_case(const std::string& name, Body body) {
  benchmark::RegisterBenchmark(name.c_str(), body)->UseManualTime()->Unit(benchmark::kMicrosecond);
}

void add_cases(std::uint32_t accounts) {
  const std::string size = "/accounts:" + std::to_string(accounts);
  add_case("cold/check" + size, [=](benchmark::State& state) {
    run_batches(state, batch, ColdDecide{&cold_book(accounts), false, true}, [] {});
  });
  add_case("cold/check_prefetched" + size, [=](benchmark::State& state) {
    run_batches(state, batch, ColdDecide{&cold_book(accounts), true, true}, [] {});
  });
  add_case("cold/floor_touch" + size, [=](benchmark::State& state) {
    run_batches(state, batch, ColdTouch{&cold_book(accounts)}, [] {});
  });
  add_case("ratio/cold_check_vs_floor_touch" + size, [=](benchmark::State& state) {
    ColdBook& cold = cold_book(accounts);
    run_pairs(state, {1.8, 0.0}, Timed{batch, ColdDecide{&cold, false, true}},
              Timed{batch, ColdTouch{&cold}}, [] {});
  });
  add_case("ratio/cold_prefetched_vs_not" + size, [=](benchmark::State& state) {
    ColdBook& cold = cold_book(accounts);
    // Half the stream apart, so that neither warms the other's accounts.
    const std::size_t half = cold.orders.size() / 2;
    run_pairs(state, {0.6, 0.0}, Timed{batch, ColdDecide{&cold, true, true, half}},
              Timed{batch, ColdDecide{&cold, false, true}}, [] {});
  });
}

}  // namespace

int main(int argc, char** argv) {
  add_cases(100'000);
  const std::int64_t available =
      std::int64_t{sysconf(_SC_AVPHYS_PAGES)} * std::int64_t{sysconf(_SC_PAGE_SIZE)};
  if (available > million_needs_bytes) add_cases(1'000'000);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}
