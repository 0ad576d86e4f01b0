// What do combos and batches of quotes cost against the same number of single orders? ratio/* time
// both by turns on one book; the figures are per leg and per side of a quote.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/loaded_gate.hpp"
#include "support/measure.hpp"

namespace {

using namespace margingate;
using namespace margingate::bench;

constexpr std::size_t quotes_max = 200;
constexpr std::size_t combo_legs = 4;

bool is_alike(const Instrument& a, const Instrument& b) {
  return a.risk_unit == b.risk_unit && a.payoff == b.payoff && a.kind == b.kind &&
         a.settlement_asset == b.settlement_asset && a.contract_size == b.contract_size &&
         a.lots_per_contract == b.lots_per_contract && a.expiry == b.expiry;
}

// The first four options of one expiry, bought and sold by turns.
io::GateSetup setup_with_combo() {
  io::GateSetup setup = portfolio_setup();
  const std::vector<Instrument>& all = setup.config.instruments;
  for (std::uint32_t first = 0; first < all.size() && setup.config.combos.empty(); ++first) {
    if (all[first].kind != InstrumentKind::option) continue;
    Combo combo;
    for (std::uint32_t i = first; i < all.size() && combo.legs.size() < combo_legs; ++i) {
      if (!is_alike(all[first], all[i])) continue;
      combo.legs.push_back({{i}, combo.legs.size() % 2 == 0 ? 1 : -1});
    }
    if (combo.legs.size() == combo_legs) setup.config.combos.push_back(combo);
  }
  return setup;
}

// Account 1 is rich, so every order and quote is accepted.
struct Bench {
  LoadedGate book;
  std::vector<OrderIntent> singles;
  OrderIntent combo;
  std::vector<Quote> quotes;
  std::vector<QuoteResult> results;
  std::vector<ReplaceIntent> replaces;
  Timestamp time;

  Bench() : book(setup_with_combo(), {16, 20, 0, 1'000.0, 1}) {
    const GateConfig& config = book.gate().config();
    require(!config.combos.empty(), "no four options that can be combined");
    // Far from the market on both sides: what a quote costs to decide does not depend on its price.
    time = book.any_orders(1).front().time;
    const Money fortune{std::int64_t{1} << 58};
    require(book.gate().apply(CashMovement{{1}, config.numeraire, fortune}) == Reason::accepted,
            "no deposit");
    const auto spots = static_cast<double>(config.underlyings.front().reference_price);
    const Price bid{1};
    const Price ask{
        static_cast<std::int64_t>(10.0 * spots * std::pow(10.0, config.price_decimals))};
    for (std::uint32_t i = 0; i < config.instruments.size() && quotes.size() < quotes_max; ++i) {
      const bool is_taken = book.gate().check({{1}, {i}, Side::buy, {1}, bid, time}).accepted() &&
                            book.gate().check({{1}, {i}, Side::sell, {1}, ask, time}).accepted();
      if (is_taken) quotes.push_back({{i}, {bid, {1}, {}}, {ask, {1}, {}}});
    }
    require(quotes.size() == quotes_max, "fewer instruments than quotes");
    results.resize(quotes.size());
    make_orders(config);
  }

  void make_orders(const GateConfig& config) {
    for (const ComboLeg& leg : config.combos.front().legs) {
      const Side side = leg.ratio > 0 ? Side::buy : Side::sell;
      singles.push_back({{1}, leg.instrument, side, {1}, {100'000'000}, time});
    }
    combo = {{1}, {static_cast<std::uint32_t>(config.instruments.size())}, Side::buy, {1}, {0},
             time};
  }

  // Shown once, then refreshed: each quote replaces the one before.
  void show() {
    require(send().verdict.accepted(), "the quotes were refused");
    for (std::size_t i = 0; i < quotes.size(); ++i) {
      quotes[i].bid.replaces = results[i].bid;
      quotes[i].ask.replaces = results[i].ask;
      for (const QuoteSide* side : {&quotes[i].bid, &quotes[i].ask}) {
        replaces.push_back({side->replaces, side->quantity, side->price, time});
      }
    }
  }
  QuoteVerdict send(QuoteDecision decision = QuoteDecision::together) {
    return book.gate().quote({{1}, time, decision, quotes}, results);
  }
};

Bench& bench() {
  static const std::unique_ptr<Bench> one = [] {
    auto made = std::make_unique<Bench>();
    made->show();
    return made;
  }();
  return *one;
}

benchmark::internal::Benchmark* add_case(const std::string& name,
                                         std::function<void(benchmark::State&)> body) {
  return benchmark::RegisterBenchmark(name.c_str(),
                                      [body = std::move(body)](auto& state) { body(state); })
      ->UseManualTime()
      ->Unit(benchmark::kMicrosecond);
}

// Reserved and released, so that every operation meets the same book.
void add_combo() {
  add_case("ratio/combo_of_4_legs_vs_4_orders", [](benchmark::State& state) {
    Bench& b = bench();
    Gate& gate = b.book.gate();
    bool accepted = true;
    const auto as_one = [&](std::size_t) {
      const Verdict verdict = gate.reserve(b.combo);
      accepted = accepted && verdict.accepted();
      static_cast<void>(gate.release(Cancel{verdict.order}));
    };
    const auto one_by_one = [&](std::size_t) {
      for (const OrderIntent& single : b.singles) {
        const Verdict verdict = gate.reserve(single);
        accepted = accepted && verdict.accepted();
        static_cast<void>(gate.release(Cancel{verdict.order}));
      }
    };
    run_pairs(state, {1.0, 0.0}, Timed{std::size_t{64}, as_one}, Timed{std::size_t{64}, one_by_one},
              [&] { b.book.drain(); });
    require(accepted, "an order of the combo benchmark was refused");
    require(gate.totals_equal_recomputed({1}), "totals drifted");
  });
}

void add_batch(const std::string& name, QuoteDecision decision) {
  add_case(name, [=](benchmark::State& state) {
    Bench& b = bench();
    Gate& gate = b.book.gate();
    bool accepted = true;
    const auto as_batch = [&](std::size_t) {
      accepted = b.send(decision).verdict.accepted() && accepted;
    };
    const auto one_by_one = [&](std::size_t) {
      for (const ReplaceIntent& one : b.replaces) {
        accepted = gate.replace(one).accepted() && accepted;
      }
    };
    run_pairs(state, {1.0, 0.0}, Timed{std::size_t{4}, as_batch}, Timed{std::size_t{4}, one_by_one},
              [&] { b.book.drain(); });
    require(accepted, "an order of the quote benchmark was refused");
    require(gate.totals_equal_recomputed({1}), "totals drifted");
    state.counters["quotes"] = static_cast<double>(b.quotes.size());
  });
}

}  // namespace

int main(int argc, char** argv) {
  add_combo();
  add_batch("ratio/quotes_200_together_vs_400_replaces", QuoteDecision::together);
  add_batch("ratio/quotes_200_individually_vs_400_replaces", QuoteDecision::individually);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}
