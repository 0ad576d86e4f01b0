// How long does a decision take, and what does it not depend on? The cases gate/* give one figure
// each; the cases ratio/* time a subject and its baseline by turns and hold their ratio against a
// gate, see tools/bench.sh. All books are the canonical workload of bench/support.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "support/floor_touch.hpp"
#include "support/measure.hpp"
#include "support/order_streams.hpp"
#include "support/ref_textbook.hpp"

namespace {

using namespace margingate;
using namespace margingate::bench;

constexpr std::size_t batch = 256;
// What a decision may cost more at one size than at another and still be called flat.
constexpr double flat = 1.15;

Book portfolio_book(std::uint32_t legs, std::uint32_t working_orders = 0) {
  static std::map<std::pair<std::uint32_t, std::uint32_t>, Book> books;
  auto& book = books[{legs, working_orders}];
  // The more orders work, the less of the margin one more of them is.
  const double tight = working_orders > 100 ? 1.001 : 1.02;
  if (!book) book = book_of(portfolio_setup, {8, legs, working_orders, tight, 1});
  return book;
}

// The account state of a thousand accounts: 20 legs each.
Book thousand_accounts() {
  static const Book book = book_of(portfolio_setup, {1'000, 20, 0, 1.02, 1});
  return book;
}

void report_checksum(OrderStreams& b, const std::vector<OrderIntent>& orders,
                     benchmark::State& state) {
  Checksum checksum;
  for (const OrderIntent& order : orders) checksum.add(b.book.gate().check(order));
  checksum.report(state);
}

// factor: spots over the table's while deciding.
void add_check(const std::string& name, Book book, Stream orders, double factor = 1.0) {
  for (const bool serialized : {false, true}) {
    add_case(name + (serialized ? "/serialized" : "/independent"), [=](benchmark::State& state) {
      OrderStreams& b = **book;
      b.book.tick_all(factor);
      run_batches(state, batch, Decide{&b.book.gate(), &(b.*orders), serialized}, [] {});
      report_checksum(b, b.*orders, state);
      b.book.tick_all(1.0);
    });
  }
}

void add_figures() {
  for (const std::uint32_t legs : {1u, 2u, 5u, 10u, 20u, 50u, 100u, 200u, 500u, 1'000u}) {
    add_check("gate/check/legs:" + std::to_string(legs), portfolio_book(legs),
              &OrderStreams::mixed);
  }
  for (const std::uint32_t working : {1u, 10u, 100u, 1'000u, 8'000u}) {
    add_check("gate/check/legs:20/working:" + std::to_string(working), portfolio_book(20, working),
              &OrderStreams::mixed);
  }
  add_check("gate/check/accounts:1000/legs:20", thousand_accounts(), &OrderStreams::mixed);
  add_check("gate/check_accept/legs:20", portfolio_book(20), &OrderStreams::accepts);
  add_check("gate/check_reject/legs:20", portfolio_book(20), &OrderStreams::rejects);
  add_check("gate/check_drifted/legs:20", portfolio_book(20), &OrderStreams::accepts, inside_band);
  const auto coin = book_of(coin_setup, {8, 20, 0, 1.02, 1});
  add_check("gate/check_coin35/legs:20", coin, &OrderStreams::accepts);
  add_check("gate/check_coin35_drifted/legs:20", coin, &OrderStreams::accepts, inside_band);
}

// Every model that ships on the same market and the same kind of book; models without options
// trade futures. The ratio is to the portfolio model of the other cases.
void add_models() {
  for (const std::string& parameters : model_parameters()) {
    const Book book = book_of([=] { return model_setup(parameters); }, {8, 20, 0, 1.02, 1});
    add_check("gate/check_model/" + parameters, book, &OrderStreams::accepts);
    add_case("ratio/gate_model/" + parameters + "/portfolio", [=](benchmark::State& state) {
      OrderStreams& s = **book;
      OrderStreams& b = **portfolio_book(20);
      run_pairs(state, {0.0, 0.0}, Timed{batch, Decide{&s.book.gate(), &s.accepts, false}},
                Timed{batch, Decide{&b.book.gate(), &b.accepts, false}}, [] {});
    });
  }
}

struct ReserveRelease {
  Gate* gate;
  const std::vector<OrderIntent>* orders;
  void operator()(std::size_t i) const {
    const Verdict verdict = gate->reserve((*orders)[i & (orders->size() - 1)]);
    static_cast<void>(gate->release({verdict.order}));
  }
};

void add_reserve_release() {
  add_case("gate/reserve_release/legs:20", [](benchmark::State& state) {
    OrderStreams& b = **portfolio_book(20);
    run_batches(state, batch, ReserveRelease{&b.book.gate(), &b.accepts}, [&] { b.book.drain(); });
    report_checksum(b, b.accepts, state);
    require(b.book.gate().totals_equal_recomputed({0}), "totals drifted");
  });
}

// The spot is beyond the band of the certified bounds, so every decision revalues the account.
void add_exact() {
  for (const std::uint32_t legs : {20u, 200u}) {
    add_case("gate/exact/legs:" + std::to_string(legs), [=](benchmark::State& state) {
      OrderStreams& b = **portfolio_book(legs);
      b.book.tick_all(beyond_band);
      const std::uint64_t before = b.book.gate().counters().decided_exactly;
      run_batches(state, 16, Decide{&b.book.gate(), &b.accepts, false}, [] {});
      require(b.book.gate().counters().decided_exactly > before, "nothing was decided exactly");
      report_checksum(b, b.accepts, state);
      b.book.tick_all(1.0);
    });
  }
}

struct Reaggregate {
  Gate* gate;
  std::uint32_t accounts;
  void operator()(std::size_t i) const {
    const AccountId account{static_cast<std::uint32_t>(i % accounts)};
    benchmark::DoNotOptimize(gate->reaggregate(account, gate->newest_epoch()));
  }
};

void add_tick() {
  add_case("gate/spot_tick", [](benchmark::State& state) {
    OrderStreams& b = **portfolio_book(20);
    run_batches(
        state, batch, [&](std::size_t i) { b.book.tick(0, i % 2 == 0 ? 1.001 : 1.0); },
        [&] { b.book.drain(); });
    b.book.tick_all(1.0);
  });
}

// One book's decisions against another's, the same way of deciding.
void add_flat_ratio(const std::string& name, Book subject, Book baseline) {
  add_case("ratio/" + name, [=](benchmark::State& state) {
    OrderStreams& s = **subject;
    OrderStreams& b = **baseline;
    run_pairs(state, {flat, 0.0}, Timed{batch, Decide{&s.book.gate(), &s.mixed, false}},
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
  add_case("ratio/gate_drift/drifted:31bp/table_spot", [](benchmark::State& state) {
    static const Book drifted = book_of(portfolio_setup, {8, 20, 0, 1.02, 1});
    OrderStreams& s = **drifted;
    OrderStreams& b = **portfolio_book(20);
    s.book.tick_all(inside_band);
    const Counters before = s.book.gate().counters();
    run_pairs(state, {2.2, 0.0}, Timed{batch, Decide{&s.book.gate(), &s.accepts, false}},
              Timed{batch, Decide{&b.book.gate(), &b.accepts, false}}, [] {});
    report_fallback(before, s.book.gate().counters(), state);
  });
}

void add_reject_ratio() {
  add_case("ratio/gate_reject/reject/accept", [](benchmark::State& state) {
    OrderStreams& b = **portfolio_book(20);
    run_pairs(state, {1.1, 0.0}, Timed{batch, Decide{&b.book.gate(), &b.rejects, false}},
              Timed{batch, Decide{&b.book.gate(), &b.accepts, false}}, [] {});
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

// With ticks, every spot moves before each batch, and the batch decides once for each account:
// what is evaluated per account and tick is evaluated again for every decision.
void add_units_ratio(const std::string& name, bool ticks, double at_most) {
  add_case("ratio/gate_flat/units:10/units:1" + name, [=](benchmark::State& state) {
    static TickingBook ten(10);
    static TickingBook one(1);
    int turn = 0;
    const auto tick = [&] {
      if (!ticks) return;
      const double factor = 1.002 + 0.00001 * (turn++ % 16);
      ten.book.tick_all(factor);
      one.book.tick_all(factor);
    };
    const Counters before = ten.book.gate().counters();
    constexpr std::size_t count = TickingBook::accounts;
    run_pairs(state, {at_most, 0.0}, Timed{count, Decide{&ten.book.gate(), &ten.orders, false}},
              Timed{count, Decide{&one.book.gate(), &one.orders, false}}, tick);
    report_fallback(before, ten.book.gate().counters(), state);
  });
}

// Five hundred historical rows and their tail against a grid of forty and its worst.
void add_historical_ratio(const std::string& name, io::GateSetup (*setup)(), double factor) {
  add_case("ratio/gate_historical/" + name + "/grid:40", [=](benchmark::State& state) {
    static const Book grid = book_of(grid40_setup, {8, 20, 0, 1.02, 1});
    static std::map<io::GateSetup (*)(), Book> books;
    Book& book = books[setup];
    if (!book) book = book_of(setup, {8, 20, 0, 1.02, 1});
    OrderStreams& s = **book;
    OrderStreams& b = **grid;
    s.book.tick_all(factor);
    b.book.tick_all(factor);
    run_pairs(state, {5.0, 0.0}, Timed{batch, Decide{&s.book.gate(), &s.accepts, false}},
              Timed{batch, Decide{&b.book.gate(), &b.accepts, false}}, [] {});
    s.book.tick_all(1.0);
    b.book.tick_all(1.0);
  });
}

void add_historical_ratios() {
  add_historical_ratio("quantile:500/still", historical500_setup, 1.0);
  add_historical_ratio("quantile:500/drifted", historical500_setup, inside_band);
  add_historical_ratio("tail_mean:500/still", historical500_mean_setup, 1.0);
  add_historical_ratio("tail_mean:500/drifted", historical500_mean_setup, inside_band);
}

struct Touch {
  FloorTouch* floor;
  const std::vector<OrderIntent>* orders;
  void operator()(std::size_t i) const {
    benchmark::DoNotOptimize(floor->touch((*orders)[i & (orders->size() - 1)]));
  }
};

void add_floor_ratio() {
  add_case("ratio/gate_hot_floor/check/floor_touch", [](benchmark::State& state) {
    OrderStreams& b = **portfolio_book(20);
    FloorTouch floor(b.book.gate());
    run_pairs(state, {3.0, 0.0}, Timed{batch, Decide{&b.book.gate(), &b.mixed, false}},
              Timed{batch, Touch{&floor, &b.mixed}}, [] {});
  });
}

struct Textbook {
  RefTextbook* textbook;
  const std::vector<OrderIntent>* orders;
  void operator()(std::size_t i) const {
    benchmark::DoNotOptimize(textbook->check((*orders)[i & (orders->size() - 1)]).accepted);
  }
};

void add_textbook_ratios() {
  add_case("ratio/gate_hot/check/ref_textbook", [](benchmark::State& state) {
    OrderStreams& b = **portfolio_book(20);
    RefTextbook textbook(b.book);
    require_same_decisions(b.book, textbook, b.mixed);
    run_pairs(state, {0.0, 150.0}, Timed{batch, Decide{&b.book.gate(), &b.mixed, false}},
              Timed{std::size_t{4}, Textbook{&textbook, &b.mixed}}, [] {});
  });
  add_case(
      "ratio/gate_hot/accounts:1000/reserve_release/ref_textbook", [](benchmark::State& state) {
        OrderStreams& b = **thousand_accounts();
        RefTextbook textbook(b.book);
        require_same_decisions(b.book, textbook, b.accepts);
        run_pairs(state, {0.0, 100.0}, Timed{batch, ReserveRelease{&b.book.gate(), &b.accepts}},
                  Timed{std::size_t{4}, Textbook{&textbook, &b.accepts}}, [&] { b.book.drain(); });
      });
  for (const std::uint32_t legs : {20u, 200u}) {
    const std::string name = "ratio/gate_exact_fallback/legs:" + std::to_string(legs);
    add_case(name + "/ref_textbook", [=](benchmark::State& state) {
      OrderStreams& b = **portfolio_book(legs);
      RefTextbook textbook(b.book);
      b.book.tick_all(beyond_band);
      textbook.tick_all(beyond_band);
      require_same_decisions(b.book, textbook, b.accepts);
      run_pairs(state, {0.0, 6.0},
                Timed{std::size_t{16}, Decide{&b.book.gate(), &b.accepts, false}},
                Timed{std::size_t{4}, Textbook{&textbook, &b.accepts}}, [] {});
      b.book.tick_all(1.0);
    });
  }
  for (const std::uint32_t legs : {8u, 20u, 100u}) {
    const std::string name = "ratio/agg_touch/legs:" + std::to_string(legs);
    add_case(name + "/ref_textbook", [=](benchmark::State& state) {
      OrderStreams& b = **portfolio_book(legs);
      RefTextbook textbook(b.book);
      require_same_decisions(b.book, textbook, b.accepts);
      run_pairs(state, {0.0, 30.0},
                Timed{std::size_t{64}, Reaggregate{&b.book.gate(), b.book.options().accounts}},
                Timed{std::size_t{4}, Textbook{&textbook, &b.accepts}}, [] {});
      require(b.book.gate().totals_equal_recomputed({0}), "totals drifted");
    });
  }
}

}  // namespace

int main(int argc, char** argv) {
  add_figures();
  add_models();
  add_reserve_release();
  add_exact();
  add_tick();
  add_flat_ratio("gate_flat/legs:1000/legs:1", portfolio_book(1'000), portfolio_book(1));
  add_flat_ratio("gate_flat/legs:200/legs:2", portfolio_book(200), portfolio_book(2));
  // Eight accounts: a thousand working orders each.
  add_flat_ratio("gate_openorders/per_account:1000/per_account:0", portfolio_book(20, 8'000),
                 portfolio_book(20));
  add_units_ratio("/still", false, flat);
  add_units_ratio("/all_ticking", true, 1.5);
  add_drift_ratio();
  add_reject_ratio();
  add_historical_ratios();
  add_floor_ratio();
  add_textbook_ratios();
  return run_cases(argc, argv);
}
