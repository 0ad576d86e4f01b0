// A loaded gate with streams of orders whose outcome is known, shared by the benchmarks of
// decisions.
//
// Shape    accepts, rejects and a mix of three to one; each a power of two, to be cycled.
// Units    as in the public headers.
// Sign     as in the public headers.
// Range    every order is decided by the interval, at the table's spot and at inside_band times it.
// Errors   measure.hpp's require.
// Threads  one.
// Cost     built when first asked for.
// Source   support/loaded_gate.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "support/loaded_gate.hpp"
#include "support/measure.hpp"

namespace margingate::bench {

constexpr std::size_t stream_orders = 256;
constexpr double inside_band = 1.0031;
constexpr double beyond_band = 1.02;

struct OrderStreams {
  LoadedGate book;
  std::vector<OrderIntent> accepts, rejects, mixed;

  OrderStreams(io::GateSetup setup, const BookOptions& options) : book(std::move(setup), options) {
    accepts = book.orders(Outcome::accepted, stream_orders, inside_band);
    rejects = book.orders(Outcome::rejected, stream_orders / 4, inside_band);
    mixed = accepts;
    for (std::size_t i = 0; i < mixed.size(); i += 4) mixed[i] = rejects[i / 4 % rejects.size()];
  }
};

using Stream = std::vector<OrderIntent> OrderStreams::*;

class LazyStreams {
 public:
  using Maker = std::function<std::unique_ptr<OrderStreams>()>;
  explicit LazyStreams(Maker make) : make_(std::move(make)) {}
  OrderStreams& operator*() {
    if (!streams_) streams_ = make_();
    return *streams_;
  }
  OrderStreams* operator->() { return &**this; }

 private:
  Maker make_;
  std::unique_ptr<OrderStreams> streams_;
};

using Book = std::shared_ptr<LazyStreams>;

inline Book book_of(std::function<io::GateSetup()> setup, BookOptions options) {
  return std::make_shared<LazyStreams>(
      [=] { return std::make_unique<OrderStreams>(setup(), options); });
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

}  // namespace margingate::bench
