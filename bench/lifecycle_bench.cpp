// What does an order cost from acceptance to its end? A million events, 60 % new orders, 25 %
// cancels and 15 % fills over a thousand accounts, next to the textbook; and how often does the
// gate ask for memory meanwhile?
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "allocations/allocation_count.hpp"
#include "support/loaded_gate.hpp"
#include "support/measure.hpp"
#include "support/ref_textbook.hpp"

namespace {

using namespace margingate;
using namespace margingate::bench;

constexpr std::size_t events = 1'000'000;
constexpr std::size_t compared_events = 1'024;
constexpr std::size_t gate_batch = 256;
constexpr std::size_t textbook_batch = 8;
constexpr std::uint32_t accounts = 1'000;

enum class Kind : std::uint8_t { order, cancel, fill };

struct TapeEvent {
  Kind kind;
  std::uint32_t order;  // number of the order it starts or ends
};

struct Tape {
  std::vector<OrderIntent> orders;
  std::vector<TapeEvent> events;

  explicit Tape(LoadedGate& book) {
    Random random(11);
    orders = book.any_orders(events_of_orders());
    std::vector<std::uint32_t> alive;
    std::uint32_t started = 0;
    while (events.size() < bench_events()) {
      const std::size_t draw = random.below(100);
      if (draw < 60 || alive.empty()) {
        if (started == orders.size()) break;
        alive.push_back(started);
        events.push_back({Kind::order, started++});
        continue;
      }
      const std::size_t at = random.below(alive.size());
      events.push_back({draw < 85 ? Kind::cancel : Kind::fill, alive[at]});
      alive[at] = alive.back();
      alive.pop_back();
    }
  }

 private:
  static std::size_t bench_events() { return ::events; }
  static std::size_t events_of_orders() { return ::events * 61 / 100; }
};

struct Life {
  LoadedGate book;
  Tape tape;
  std::vector<WorkingOrderHandle> handles;
  std::size_t at = 0;

  Life()
      : book(portfolio_setup(), {.accounts = accounts,
                                 .legs = 20,
                                 .tight = 0.0,
                                 .seed = 1,
                                 .working_orders_max = 400'000}),
        tape(book),
        handles(tape.orders.size()) {}

  // The order's margin after it, or zero for other events.
  Money step() {
    const TapeEvent event = tape.events[at];
    at = (at + 1) % tape.events.size();
    const OrderIntent& order = tape.orders[event.order];
    Gate& gate = book.gate();
    if (event.kind == Kind::order) {
      const Verdict verdict = gate.reserve(order);
      handles[event.order] = verdict.order;
      refused += verdict.accepted() ? 0 : 1;
      return verdict.requirement_after;
    }
    const WorkingOrderHandle handle = handles[event.order];
    const Reason reason = event.kind == Kind::cancel
                              ? gate.release({handle})
                              : gate.apply(Fill{handle, order.quantity, order.price});
    refused += reason == Reason::accepted ? 0 : 1;
    return {};
  }
  std::size_t refused = 0;
};

struct TextbookLife {
  RefTextbook textbook;
  const Tape* tape;
  std::size_t at = 0;

  double step() {
    const TapeEvent event = tape->events[at];
    at = (at + 1) % tape->events.size();
    const OrderIntent& order = tape->orders[event.order];
    if (event.kind == Kind::order) return textbook.reserve(order).initial_margin;
    textbook.end(order, event.kind == Kind::fill);
    return 0.0;
  }
};

void require_same_life(Life& life, TextbookLife& textbook) {
  const double scale = std::pow(10.0, life.book.setup().config.money_decimals);
  for (std::size_t i = 0; i < compared_events; ++i) {
    const double margin = static_cast<double>(life.step().value) / scale;
    const double expected = textbook.step();
    require(std::fabs(margin - expected) <= 1e-6 * std::max(expected, 1.0),
            "gate and textbook disagree on a margin");
  }
}

void lifecycle(benchmark::State& state) {
  Life life;
  TextbookLife textbook{RefTextbook(life.book), &life.tape};
  require_same_life(life, textbook);
  run_pairs(state, {0.0, 50.0}, Timed{gate_batch, [&](std::size_t) { life.step(); }},
            Timed{textbook_batch, [&](std::size_t) { benchmark::DoNotOptimize(textbook.step()); }},
            [&] {
              life.book.drain();
              require(life.at + gate_batch < life.tape.events.size(), "the tape is too short");
            });
  require(life.refused == 0, "an event was refused");
  require(life.book.gate().totals_equal_recomputed({0}), "totals drifted");
}

void no_allocation(benchmark::State& state) {
  Life life;
  std::uint64_t allocations = 0;
  run_batches(
      state, 1,
      [&](std::size_t) {
        for (std::size_t i = 0; i < life.tape.events.size(); ++i) {
          if (i % 1'024 == 0) life.book.drain();
          const std::uint64_t before = allocation_count();
          life.step();
          allocations += allocation_count() - before;
        }
      },
      [] {});
  require(life.refused == 0, "an event was refused");
  report_equal(state, life.tape.events.size(), allocations);
}

}  // namespace

int main(int argc, char** argv) {
  add_case("ratio/gate_lifecycle/new60_cancel25_fill15/ref_textbook", lifecycle);
  add_case("ratio/alloc_zero/events/none", no_allocation)->Iterations(1);
  return run_cases(argc, argv);
}
