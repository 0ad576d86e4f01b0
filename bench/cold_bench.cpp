// How long does a decision take when the account is in no cache? Orders come for accounts at
// random out of so many that their state is many times the caches; with and without telling the
// gate four orders ahead. And how long does it take to sum so many accounts under a new table?
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gate/totals_summing.hpp"
#include "support/floor_touch.hpp"
#include "support/loaded_gate.hpp"
#include "support/measure.hpp"
#include "support/plain_sweep.hpp"

namespace {

using namespace margingate;
using namespace margingate::bench;

constexpr std::size_t batch = 1'024;
constexpr std::size_t sweep_batch = 512;
constexpr std::size_t prefetch_ahead = 4;
constexpr std::uint32_t legs = 8;
constexpr std::int64_t million_needs_bytes = std::int64_t{12} << 30;

struct ColdBook {
  LoadedGate book;
  std::vector<OrderIntent> orders;  // a power of two
  FloorTouch floor;
  PlainSweep plain;

  explicit ColdBook(std::uint32_t accounts)
      : book(portfolio_setup(), {accounts, legs, 0, 0.0, 1, false}),
        orders(book.any_orders(std::size_t{1} << 18)),
        floor(book.gate()),
        plain(book.gate()) {
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

// The same stream handed over in batches, as a host that reads several orders at once can.
struct ColdBatch {
  static constexpr std::size_t orders_each = 64;
  ColdBook* cold;
  std::size_t at;
  std::array<Verdict, orders_each> verdicts{};

  // Once for every orders_each operations.
  void operator()(std::size_t i) {
    if (i % orders_each != 0) return;
    const std::size_t mask = cold->orders.size() - 1;
    const std::span<const OrderIntent> orders(&cold->orders[at & mask], orders_each);
    at += cold->book.gate().check(orders, verdicts);
    benchmark::DoNotOptimize(verdicts);
  }
};

struct ColdTouch {
  ColdBook* cold;
  std::size_t at;
  void operator()(std::size_t) {
    const std::size_t mask = cold->orders.size() - 1;
    benchmark::DoNotOptimize(cold->floor.touch(cold->orders[at++ & mask]));
    serialize();
  }
};

// As many blocks as the background hands over at a time, used in turn.
class Blocks {
 public:
  explicit Blocks(Gate& gate)
      : words_(GateInternals::of(gate).terms.account_words), storage_(words_ * count + 8) {}
  std::int64_t* next() {
    at_ = (at_ + 1) % count;
    const auto address = reinterpret_cast<std::uintptr_t>(storage_.data());
    return reinterpret_cast<std::int64_t*>((address + 63) / 64 * 64) + at_ * words_;
  }
  [[nodiscard]] std::size_t words() const { return words_; }

 private:
  static constexpr std::size_t count = handover_buffers_max;
  std::size_t words_;
  std::size_t at_ = 0;
  std::vector<std::int64_t> storage_;
};

// Accounts in their order, as the background visits them.
struct Sweep {
  ColdBook* cold;
  Blocks* blocks;
  std::uint32_t at = 0;
  void operator()(std::size_t) {
    Gate::Impl& gate = GateInternals::of(cold->book.gate());
    const std::uint32_t end = cold->book.options().accounts;
    if (at % accounts_ahead == 0) fetch_legs(gate.legs, at, end);
    sum_account(gate.terms, gate.shared.tables[gate.newest.slot], gate.legs, at,
                SummedPart::everything, blocks->next());
    if (++at == end) at = 0;
  }
};

struct PlainLoop {
  ColdBook* cold;
  Blocks* blocks;
  std::uint32_t at;
  void operator()(std::size_t) {
    cold->plain.sum(at, blocks->next());
    if (++at == cold->book.options().accounts) at = 0;
  }
};

void require_equal_totals(ColdBook& cold, Blocks& blocks) {
  Gate::Impl& gate = GateInternals::of(cold.book.gate());
  for (std::uint32_t account = 0; account < 1'000; ++account) {
    std::int64_t* const swept = blocks.next();
    std::int64_t* const plain = blocks.next();
    sum_account(gate.terms, gate.shared.tables[gate.newest.slot], gate.legs, account,
                SummedPart::everything, swept);
    cold.plain.sum(account, plain);
    require(std::equal(swept, swept + blocks.words(), plain), "sweep and plain loop disagree");
  }
}

void add_figures(std::uint32_t accounts) {
  const std::string size = "/accounts:" + std::to_string(accounts);
  add_case("cold/check" + size, [=](benchmark::State& state) {
    run_batches(state, batch, ColdDecide{&cold_book(accounts), false, true}, [] {});
  });
  add_case("cold/check_prefetched" + size, [=](benchmark::State& state) {
    run_batches(state, batch, ColdDecide{&cold_book(accounts), true, true}, [] {});
  });
  add_case("cold/check_batch" + size, [=](benchmark::State& state) {
    run_batches(state, batch, ColdBatch{&cold_book(accounts), 0}, [] {});
  });
  add_case("cold/floor_touch" + size, [=](benchmark::State& state) {
    run_batches(state, batch, ColdTouch{&cold_book(accounts), 0}, [] {});
  });
}

// Subject and baseline are half the stream apart, so that neither warms the other's accounts.
void add_ratios(std::uint32_t accounts) {
  const std::string size = "/accounts:" + std::to_string(accounts);
  add_case("ratio/gate_cold" + size + "/floor_touch", [=](benchmark::State& state) {
    ColdBook& cold = cold_book(accounts);
    run_pairs(state, {1.5, 0.0}, Timed{batch, ColdDecide{&cold, false, true}},
              Timed{batch, ColdTouch{&cold, cold.orders.size() / 2}}, [] {});
  });
  add_case("ratio/gate_cold_prefetch" + size + "/gate_cold", [=](benchmark::State& state) {
    ColdBook& cold = cold_book(accounts);
    run_pairs(state, {0.6, 0.0},
              Timed{batch, ColdDecide{&cold, true, true, cold.orders.size() / 2}},
              Timed{batch, ColdDecide{&cold, false, true}}, [] {});
  });
  add_case("ratio/gate_cold_batch" + size + "/gate_cold", [=](benchmark::State& state) {
    ColdBook& cold = cold_book(accounts);
    run_pairs(state, {0.6, 0.0}, Timed{batch, ColdBatch{&cold, cold.orders.size() / 2}},
              Timed{batch, ColdDecide{&cold, false, true}}, [] {});
  });
  add_case("ratio/agg_sweep" + size + "/plain_loop", [=](benchmark::State& state) {
    ColdBook& cold = cold_book(accounts);
    Blocks blocks(cold.book.gate());
    require_equal_totals(cold, blocks);
    run_pairs(state, {0.0, 3.0}, Timed{sweep_batch, Sweep{&cold, &blocks}},
              Timed{sweep_batch, PlainLoop{&cold, &blocks, accounts / 2}}, [] {});
    state.counters["ns_per_position"] = state.counters["figure_ns"].value / legs;
  });
}

void add_cases(std::uint32_t accounts) {
  add_figures(accounts);
  add_ratios(accounts);
}

}  // namespace

int main(int argc, char** argv) {
  // MARGINGATE_BENCH_ACCOUNTS_MAX leaves larger books out: they take longest to build.
  const char* const chosen = std::getenv("MARGINGATE_BENCH_ACCOUNTS_MAX");
  const long accounts_max = chosen != nullptr ? std::atol(chosen) : 1'000'000;
  const std::int64_t available =
      std::int64_t{sysconf(_SC_AVPHYS_PAGES)} * std::int64_t{sysconf(_SC_PAGE_SIZE)};
  add_figures(1'000);
  if (accounts_max < 100'000) {
    add_cases(10'000);
  } else {
    add_figures(10'000);
    add_cases(100'000);
  }
  if (accounts_max >= 1'000'000 && available > million_needs_bytes) add_cases(1'000'000);
  return run_cases(argc, argv);
}
