// What is the tail of a decision's latency? Orders arrive on a seeded Poisson schedule at shares of
// the measured capacity; beside every percentile stands what the same schedule gives when nothing
// is decided, and the machine's own hiccups are shown.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/order_streams.hpp"
#include "tail/open_loop.hpp"

namespace {

using namespace margingate;
using namespace margingate::bench;
using nlohmann::json;

constexpr std::uint64_t seed = 20'240'605;
constexpr std::array loads{0.1, 0.5, 0.8};
constexpr std::array printed_shares{0.5, 0.9, 0.99, 0.999, 0.9999};
// Beyond this share of stolen time percentiles from p99.9 on say nothing about the gate.
constexpr double stolen_share_max = 0.02;
constexpr std::int64_t million_needs_bytes = std::int64_t{12} << 30;

struct Options {
  std::size_t orders = 1'000'000;
  std::uint32_t accounts_max = 1'000'000;
  std::string out;
};

int usage() {
  std::fprintf(stderr,
               "usage: bench_open_loop [--orders=N] [--accounts-max=N] [--out=FILE]\n"
               "  --orders        orders of each run, 1,000 or more (default 1,000,000)\n"
               "  --accounts-max  largest book (default 1,000,000)\n"
               "  --out           JSON report\n");
  return 2;
}

template <class Number>
bool take(std::string_view argument, std::string_view name, Number& value) {
  if (!argument.starts_with(name)) return false;
  argument.remove_prefix(name.size());
  const auto result = std::from_chars(argument.data(), argument.data() + argument.size(), value);
  return result.ec == std::errc{} && result.ptr == argument.data() + argument.size();
}

json distribution(const run::Histogram& histogram) {
  json curve = json::array();
  for (int i = 1; i < 100; ++i) {
    curve.push_back({i / 100.0, histogram.quantile(i / 100.0)});
  }
  for (const double share : {0.995, 0.999, 0.9995, 0.9999, 0.99999}) {
    curve.push_back({share, histogram.quantile(share)});
  }
  return {{"mean", histogram.mean()},        {"p50", histogram.quantile(0.5)},
          {"p99", histogram.quantile(0.99)}, {"p99.9", histogram.quantile(0.999)},
          {"max", histogram.max()},          {"curve", curve}};
}

void print_line(const char* what, const run::Histogram& histogram) {
  std::printf("    %-18s", what);
  for (const double share : printed_shares) {
    std::printf(" %9llu", static_cast<unsigned long long>(histogram.quantile(share)));
  }
  std::printf(" %11llu\n", static_cast<unsigned long long>(histogram.max()));
}

class OpenLoop {
 public:
  explicit OpenLoop(Options options) : options_(std::move(options)) {}

  void add(const std::string& name, const std::function<void(std::size_t)>& decide) {
    // Called through a plain object: what std::function adds is in the empty run as well.
    const double ticks =
        ticks_per_operation(std::min<std::size_t>(options_.orders, 50'000), decide);
    const double capacity = 1e9 / timer_.ns(1'000'000) * 1e6 / ticks;
    for (const double load : loads) run(name, decide, ticks, capacity, load);
  }

  void write() const {
    if (options_.out.empty()) return;
    std::ofstream(options_.out) << json{{"open_loop", cases_}}.dump(1) << '\n';
  }

 private:
  void run(const std::string& name, const std::function<void(std::size_t)>& decide, double ticks,
           double capacity, double load) {
    const std::function<void(std::size_t)> nothing = [](std::size_t) {};
    const auto schedule = poisson_schedule(options_.orders, ticks / load, seed);
    const auto pause = std::chrono::milliseconds(options_.orders >= 100'000 ? 50 : 5);
    const Hiccups before = measure_hiccups(pause);
    const Latencies floor = run_open_loop(timer_, schedule, nothing);
    const Hiccups between = measure_hiccups(pause);
    const Latencies gate = run_open_loop(timer_, schedule, decide);
    const Hiccups after = measure_hiccups(pause);
    const double hiccups = (before.share + between.share + after.share) / 3.0;
    const double stolen = std::max({hiccups, gate.stolen_share, floor.stolen_share});
    const bool conclusive = stolen <= stolen_share_max;
    std::printf("%s at %.0f %% of %.2f million orders a second\n", name.c_str(), 100.0 * load,
                capacity * 1e-6);
    std::printf("    %-18s %9s %9s %9s %9s %9s %11s\n", "ns", "p50", "p90", "p99", "p99.9",
                "p99.99", "max");
    print_line("service", gate.service);
    print_line("  empty bracket", floor.service);
    print_line("response", gate.response);
    print_line("  empty bracket", floor.response);
    std::printf(
        "    stolen %.2f %%; hiccups before/between/after %.2f %.2f %.2f %%, longest %.0f us%s\n",
        100.0 * stolen, 100.0 * before.share, 100.0 * between.share, 100.0 * after.share,
        std::max({before.longest_ns, between.longest_ns, after.longest_ns}) * 1e-3,
        conclusive ? "" : "; from p99.9 on inconclusive");
    cases_.push_back({{"name", name},
                      {"load", load},
                      {"capacity_per_second", capacity},
                      {"orders", options_.orders},
                      {"stolen_percent", 100.0 * stolen},
                      {"conclusive_beyond_p99", conclusive},
                      {"service", distribution(gate.service)},
                      {"response", distribution(gate.response)},
                      {"floor_service", distribution(floor.service)},
                      {"floor_response", distribution(floor.response)}});
  }

  Options options_;
  run::TickTimer timer_;
  json cases_ = json::array();
};

std::function<void(std::size_t)> decide(Gate& gate, const std::vector<OrderIntent>& orders) {
  return [&gate, &orders](std::size_t i) {
    Verdict verdict = gate.check(orders[i & (orders.size() - 1)]);
    benchmark::DoNotOptimize(verdict);
  };
}

void add_cold(OpenLoop& loop, std::uint32_t accounts) {
  LoadedGate book(
      portfolio_setup(),
      {.accounts = accounts, .legs = 8, .tight = 0.0, .seed = 1, .takes_orders = false});
  const auto orders = book.any_orders(std::size_t{1} << 18);
  for (const OrderIntent& order : orders) {
    require(book.gate().check(order).accepted(), "an order of a rich account was refused");
  }
  loop.add("accept/accounts:" + std::to_string(accounts), decide(book.gate(), orders));
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("--out=")) {
      options.out = argument.substr(std::strlen("--out="));
    } else if (!take(argument, "--orders=", options.orders) &&
               !take(argument, "--accounts-max=", options.accounts_max)) {
      return usage();
    }
  }
  if (options.orders < 1'000) return usage();
  OpenLoop loop(options);
  {
    OrderStreams hot(portfolio_setup(), {8, 20, 0, 1.02, 1});
    loop.add("accept/hot", decide(hot.book.gate(), hot.accepts));
    loop.add("reject/hot", decide(hot.book.gate(), hot.rejects));
  }
  for (const std::uint32_t accounts : {100'000u, 1'000'000u}) {
    const bool fits = accounts < 1'000'000 || std::int64_t{sysconf(_SC_AVPHYS_PAGES)} *
                                                      std::int64_t{sysconf(_SC_PAGE_SIZE)} >
                                                  million_needs_bytes;
    if (accounts <= options.accounts_max && fits) add_cold(loop, accounts);
  }
  loop.write();
  return EXIT_SUCCESS;
}
