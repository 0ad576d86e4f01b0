// The canonical workload: a whole listed option market under the models that ship.
//
// Shape    about 2,100 instruments of one exchange at one moment: every listed BTC and ETH option
//          with the futures and perpetuals they imply, all inverse.
// Units    as in the public headers.
// Sign     as in the public headers.
// Range    none.
// Errors   io::FileError when the data is missing.
// Threads  values.
// Cost     reads and parses a file.
// Source   data/, params/; docs/performance.md describes the workload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "io/gate_setup.hpp"

namespace margingate::bench {

// Counted in US dollars, one risk unit per coin: nine price moves at three volatilities and two
// extreme moves, a floor, basis and liquidity charges, an offset between the coins.
[[nodiscard]] io::GateSetup portfolio_setup();

// BTC alone, counted in BTC: 35 scenarios, deductibles, expiry delta charge and delta shock.
[[nodiscard]] io::GateSetup coin_setup();

// The first with other scenarios. Eight price moves at five volatilities, the worst counts.
[[nodiscard]] io::GateSetup grid40_setup();
// Five hundred rows, each with its own moves of price and volatility; 99 % of them are covered.
[[nodiscard]] io::GateSetup historical500_setup();
// The same rows, the mean of the worst 2.5 %.
[[nodiscard]] io::GateSetup historical500_mean_setup();

// One parameter set of each model that counts in US dollars, by name, as they lie in params.
[[nodiscard]] std::vector<std::string> model_parameters();

// The listed market under that parameter set; models without options trade futures.
[[nodiscard]] io::GateSetup model_setup(const std::string& parameters);

// As many risk units, each with 100 to 200 instruments, on up to seven coins. units <= 14.
[[nodiscard]] io::GateSetup many_units_setup(std::uint32_t units);

// The options near enough to the money to be traded, by instrument id; where there are none, the
// futures and perpetuals.
[[nodiscard]] std::vector<InstrumentId> tradable(const io::GateSetup& setup, std::uint32_t unit);

// Fair price of one instrument in its own quote, at least one price unit.
[[nodiscard]] Price fair_price(const io::GateSetup& setup, InstrumentId id);

// Seeded numbers that are the same everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  // splitmix64 (Steele, Lea, Flood 2014).
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  double uniform(double low, double high) {
    return low + (high - low) * (static_cast<double>(next() >> 11) * 0x1p-53);
  }
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
  std::int64_t integer(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
  }

 private:
  std::uint64_t state_;
};

}  // namespace margingate::bench
