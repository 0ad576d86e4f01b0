// What does each control beside margin cost? One book without controls and one per control, five
// scopes deep, timed by turns: reserve and release of an order that is accepted. The cases
// ratio/controls_* hold the ratios against a gate, see tools/bench.sh.
#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/loaded_gate.hpp"
#include "support/measure.hpp"

namespace {

using namespace margingate;
using namespace margingate::bench;

constexpr std::size_t batch = 256;
constexpr std::uint32_t accounts = 8;
constexpr std::int64_t wide_money = std::int64_t{1} << 57;

using Change = std::function<void(ScopeLimits&)>;

// Everybody under a desk, a firm and a clearing member, with the same limits at every scope: wide
// ones, so that the control is evaluated and never refuses.
ControlsConfig hierarchy(std::size_t instruments, const Change& change) {
  ScopeLimits limits = ScopeLimits::all_off();
  change(limits);
  ControlsConfig c;
  c.gate = c.account = limits;
  c.clearing_members = {{no_parent, limits}};
  c.firms = {{0, limits}, {0, limits}};
  c.desks = {{0, limits}, {0, limits}, {1, limits}, {1, limits}};
  for (std::uint32_t a = 0; a < accounts; ++a) c.accounts.push_back({{a}, a / 2, limits});
  c.instruments.assign(instruments, InstrumentControls::all_off());
  return c;
}

struct Named {
  std::string name;
  double at_most;
  std::function<void(GateConfig&)> configure;
  bool has_references = false;
};

Named of_scopes(const std::string& name, double at_most, Change change) {
  return {name, at_most, [change = std::move(change)](GateConfig& config) {
            config.controls = hierarchy(config.instruments.size(), change);
          }};
}

void set_all(ScopeLimits& l) {
  l.order_quantity = Limit::at(100'000'000);
  l.order_notional = Limit::at(wide_money);
  l.messages = Limit::at(999'999'999);
  l.duplicate_orders = Limit::at(8);
  l.repeated_executions = Limit::at(1'000'000'000);
  l.open_orders = Limit::at(100);
  l.open_order_value = Limit::at(wide_money);
  l.position = l.open_interest = Limit::at(1'000'000'000);
  l.delta = l.gamma = l.vega = Limit::at(wide_money);
  l.initial_margin = l.daily_loss = Limit::at(wide_money);
}

std::vector<Named> subjects() {
  std::vector<Named> all;
  all.push_back(of_scopes("no_limits", 1.9, [](ScopeLimits&) {}));
  const auto one = [&](const std::string& name, Limit ScopeLimits::*field) {
    all.push_back(of_scopes(name, 2.6, [field](ScopeLimits& l) {
      ScopeLimits set = l;
      set_all(set);
      l.*field = set.*field;
    }));
  };
  one("order_quantity", &ScopeLimits::order_quantity);
  one("order_notional", &ScopeLimits::order_notional);
  one("messages", &ScopeLimits::messages);
  one("duplicate_orders", &ScopeLimits::duplicate_orders);
  one("repeated_executions", &ScopeLimits::repeated_executions);
  one("open_orders", &ScopeLimits::open_orders);
  one("open_order_value", &ScopeLimits::open_order_value);
  one("position", &ScopeLimits::position);
  one("open_interest", &ScopeLimits::open_interest);
  one("delta", &ScopeLimits::delta);
  one("vega", &ScopeLimits::vega);
  one("initial_margin", &ScopeLimits::initial_margin);
  one("daily_loss", &ScopeLimits::daily_loss);
  const auto of_instruments = [&](const std::string& name, auto change) {
    Named named = of_scopes(name, 2.6, [](ScopeLimits&) {});
    named.configure = [change, inner = named.configure](GateConfig& config) {
      inner(config);
      for (InstrumentControls& i : config.controls->instruments) change(i);
    };
    return named;
  };
  all.push_back(of_instruments("static_collar", [](InstrumentControls& i) {
    i.price_low = Limit::at(1);
    i.price_high = Limit::at(std::int64_t{1} << 52);
  }));
  Named moving = of_instruments(
      "moving_collar", [](InstrumentControls& i) { i.moving_band_ppm = Limit::at(999'999); });
  moving.has_references = true;
  all.push_back(moving);
  Named matching = of_scopes("self_match", 2.6, [](ScopeLimits&) {});
  matching.configure = [inner = matching.configure](GateConfig& config) {
    inner(config);
    config.controls->self_match = SelfMatch::signal;
    config.controls->self_match_level = ControlLevel::firm;
  };
  all.push_back(matching);
  Named everything = of_scopes("all", 3.6, set_all);
  everything.configure = [inner = everything.configure](GateConfig& config) {
    inner(config);
    config.controls->self_match = SelfMatch::signal;
  };
  all.push_back(everything);
  return all;
}

struct Book {
  LoadedGate book;
  std::vector<OrderIntent> orders;

  Book(const std::function<void(GateConfig&)>& configure, bool has_references)
      : book(made(configure), {accounts, 20, 0, 0.0, 1}) {
    if (has_references) {
      for (std::uint32_t i = 0; i < book.setup().config.instruments.size(); ++i) {
        const Price fair = fair_price(book.setup(), {i});
        require(book.gate().apply(ReferencePrice{{i}, fair, book.setup().market.as_of}) ==
                    Reason::accepted,
                "a reference price was refused");
      }
    }
    orders = book.orders(Outcome::accepted, batch, 1.0);
  }
  static io::GateSetup made(const std::function<void(GateConfig&)>& configure) {
    io::GateSetup setup = portfolio_setup();
    configure(setup.config);
    return setup;
  }
};

struct ReserveRelease {
  Book* book;
  void operator()(std::size_t i) const {
    Gate& gate = book->book.gate();
    const Verdict verdict = gate.reserve(book->orders[i & (book->orders.size() - 1)]);
    Reason released = gate.release({verdict.order});
    benchmark::DoNotOptimize(released);
  }
};

Book& plain_book() {
  static Book book([](GateConfig&) {}, false);
  return book;
}

void measure(benchmark::State& state, const Named& named) {
  Book& plain = plain_book();
  Book subject(named.configure, named.has_references);
  const std::uint64_t refused = subject.book.gate().counters().rejects;
  run_pairs(state, {named.at_most, 0.0}, Timed{batch, ReserveRelease{&subject}},
            Timed{batch, ReserveRelease{&plain}}, [&] {
              subject.book.drain();
              plain.book.drain();
            });
  require(subject.book.gate().counters().rejects == refused, "a control refused");
}

}  // namespace

int main(int argc, char** argv) {
  for (const Named& named : subjects()) {
    benchmark::RegisterBenchmark(("ratio/controls_" + named.name + "_vs_none").c_str(),
                                 [named](benchmark::State& state) { measure(state, named); })
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}
