// How fast is the scenario grid priced? Every case prices the same 2,048 options on the same 40
// scenarios and reports nanoseconds per price and a checksum of the values. The time includes
// shocking the inputs. The kernels also compute delta and the gamma bound; the references give
// the value alone.
#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "pricing/black76.hpp"
#include "pricing/elementary.hpp"

#ifndef MARGINGATE_HAVE_QUANTLIB
#define MARGINGATE_HAVE_QUANTLIB 0
#endif
#if MARGINGATE_HAVE_QUANTLIB
#include <ql/pricingengines/blackformula.hpp>
#endif

namespace {

using namespace margingate;
using namespace margingate::pricing;

constexpr std::uint64_t seed = 20'240'603;
constexpr std::size_t option_count = 2'048;
constexpr std::size_t scenario_count = 40;
constexpr double drift_band = 0.005;
constexpr double price_difference_max = 1e-12;  // as a fraction of the forward

struct Option {
  double forward;
  double strike;
  double log_moneyness;
  double total_volatility;
  bool is_call;
};

struct Scenarios {
  std::array<double, scenario_count> price_factor;
  std::array<double, scenario_count> log_price_factor;
  std::array<double, scenario_count> volatility_factor;
};

struct Grid {
  std::vector<Option> options;
  Scenarios scenarios;
};

struct LaneBuffer {
  alignas(black76_alignment_bytes) std::array<double, scenario_count> forward;
  alignas(black76_alignment_bytes) std::array<double, scenario_count> log_moneyness;
  alignas(black76_alignment_bytes) std::array<double, scenario_count> total_volatility;
  alignas(black76_alignment_bytes) std::array<double, scenario_count> value;
  alignas(black76_alignment_bytes) std::array<double, scenario_count> forward_delta;
  alignas(black76_alignment_bytes) std::array<double, scenario_count> gamma_max;
};

const Grid& grid() {
  static const Grid instance = [] {
    Grid result;
    std::mt19937_64 generator(seed);
    const auto uniform = [&generator](double low, double high) {
      return low + (high - low) * (static_cast<double>(generator() >> 11) * 0x1p-53);
    };
    for (std::size_t i = 0; i < option_count; ++i) {
      const double forward = uniform(90.0, 110.0);
      const double strike = forward * uniform(0.74, 1.35);
      result.options.push_back({forward, strike, log_ratio_portable(forward, strike),
                                uniform(0.02, 0.85), generator() % 2 == 0});
    }
    for (std::size_t i = 0; i < scenario_count; ++i) {
      const double factor = 0.85 + 0.3 * static_cast<double>(i / 2) / 19.0;
      result.scenarios.price_factor[i] = factor;
      result.scenarios.log_price_factor[i] = log_portable(factor);
      result.scenarios.volatility_factor[i] = i % 2 == 0 ? 0.75 : 1.25;
    }
    return result;
  }();
  return instance;
}

void shock(const Option& option, LaneBuffer& lanes) {
  const Scenarios& scenarios = grid().scenarios;
  for (std::size_t i = 0; i < scenario_count; ++i) {
    lanes.forward[i] = option.forward * scenarios.price_factor[i];
    lanes.log_moneyness[i] = option.log_moneyness + scenarios.log_price_factor[i];
    lanes.total_volatility[i] = option.total_volatility * scenarios.volatility_factor[i];
  }
}

// Textbook value with the C library's logarithm and two complementary error functions.
double libm_price(const Option& option, double forward, double s) {
  const double sign = option.is_call ? 1.0 : -1.0;
  const double scale = -sign * 0.70710678118654752440;
  const double d1 = std::log(forward / option.strike) / s + 0.5 * s;
  return 0.5 * sign *
         (forward * std::erfc(scale * d1) - option.strike * std::erfc(scale * (d1 - s)));
}

struct KernelPricer {
  Black76Kernel kernel;
  void operator()(const Option& option, LaneBuffer& lanes) const {
    kernel({scenario_count, lanes.forward.data(), lanes.log_moneyness.data(),
            lanes.total_volatility.data()},
           option.strike, option.is_call, drift_band,
           {lanes.value.data(), lanes.forward_delta.data(), lanes.gamma_max.data()});
  }
};

struct LibmPricer {
  void operator()(const Option& option, LaneBuffer& lanes) const {
    for (std::size_t i = 0; i < scenario_count; ++i) {
      lanes.value[i] = libm_price(option, lanes.forward[i], lanes.total_volatility[i]);
    }
  }
};

#if MARGINGATE_HAVE_QUANTLIB
struct QuantLibPricer {
  void operator()(const Option& option, LaneBuffer& lanes) const {
    const auto type = option.is_call ? QuantLib::Option::Call : QuantLib::Option::Put;
    for (std::size_t i = 0; i < scenario_count; ++i) {
      lanes.value[i] =
          QuantLib::blackFormula(type, option.strike, lanes.forward[i], lanes.total_volatility[i]);
    }
  }
};
#endif

// A comparison of speeds means something only between equal answers.
template <typename Pricer>
void require_equal_prices(const std::string& name, const Pricer& pricer) {
  LaneBuffer lanes;
  LaneBuffer expected;
  for (const Option& option : grid().options) {
    shock(option, lanes);
    shock(option, expected);
    pricer(option, lanes);
    LibmPricer{}(option, expected);
    for (std::size_t i = 0; i < scenario_count; ++i) {
      const double difference = std::fabs(lanes.value[i] - expected.value[i]);
      if (difference <= price_difference_max * expected.forward[i]) continue;
      std::fprintf(stderr, "%s disagrees with ref_libm by %g\n", name.c_str(), difference);
      std::exit(EXIT_FAILURE);
    }
  }
}

template <typename Pricer>
void register_case(const std::string& name, Pricer pricer) {
  require_equal_prices(name, pricer);
  benchmark::RegisterBenchmark(("price_grid/" + name).c_str(), [pricer](benchmark::State& state) {
    LaneBuffer lanes;
    double checksum = 0.0;
    for (auto _ : state) {
      checksum = 0.0;
      for (const Option& option : grid().options) {
        shock(option, lanes);
        pricer(option, lanes);
        benchmark::ClobberMemory();
        checksum += lanes.value[0] + lanes.value[scenario_count - 1];
      }
      benchmark::DoNotOptimize(checksum);
    }
    // Inverted rate: seconds per price, which the reporter shows with an n prefix.
    state.counters["s_per_price"] = benchmark::Counter(
        static_cast<double>(option_count * scenario_count),
        benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
    state.counters["checksum"] = checksum;
  })->Unit(benchmark::kMicrosecond);
}

}  // namespace

int main(int argc, char** argv) {
  for (const auto set : {InstructionSet::scalar, InstructionSet::avx2, InstructionSet::avx512}) {
    const std::string name = "options:2048/scenarios:40/kernel:" + std::string(to_string(set));
    if (is_supported(set)) {
      register_case(name, KernelPricer{black76_kernel(set)});
    } else {
      std::printf("skipped %s: not supported by this machine\n", name.c_str());
    }
  }
  register_case("options:2048/scenarios:40/ref_libm", LibmPricer{});
#if MARGINGATE_HAVE_QUANTLIB
  register_case("options:2048/scenarios:40/ref_quantlib", QuantLibPricer{});
#endif
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}
