// What does one price of a scenario grid cost, next to the C library and QuantLib on the same
// grid? 2,048 options in 32 scenarios. Every case gives its prices first and is held against
// ref_libm; kernels of all instruction sets must give the same bits.
#include <benchmark/benchmark.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "margingate/instruction_set.hpp"
#include "pricing/black76.hpp"
#include "pricing/elementary.hpp"
#include "support/measure.hpp"

#if MARGINGATE_HAVE_QUANTLIB
#include <ql/exercise.hpp>
#include <ql/instruments/vanillaoption.hpp>
#include <ql/pricingengines/blackcalculator.hpp>
#include <ql/pricingengines/blackformula.hpp>
#include <ql/pricingengines/vanilla/analyticeuropeanengine.hpp>
#include <ql/processes/blackscholesprocess.hpp>
#include <ql/quotes/simplequote.hpp>
#include <ql/termstructures/volatility/equityfx/blackconstantvol.hpp>
#include <ql/termstructures/yield/flatforward.hpp>
#include <ql/time/calendars/nullcalendar.hpp>
#include <ql/time/daycounters/actual365fixed.hpp>
#endif

namespace {

using namespace margingate;
using namespace margingate::bench;
using namespace margingate::pricing;

constexpr std::uint64_t seed = 20'240'603;
constexpr std::size_t option_count = 2'048;
constexpr std::size_t scenario_count = 32;
constexpr std::size_t price_count = option_count * scenario_count;
constexpr std::size_t part = 64;  // options of one timing
constexpr double drift_band = 0.005;
constexpr double price_difference_max = 1e-12;  // as a fraction of the forward

struct Option {
  double forward;
  double strike;
  double log_moneyness;
  double total_volatility;
  bool is_call;
};

using Lanes = std::array<double, scenario_count>;

struct Scenarios {
  Lanes price_factor, log_price_factor, volatility_factor;
};

struct Grid {
  std::vector<Option> options;
  Scenarios scenarios;
};

struct LaneBuffer {
  alignas(black76_alignment_bytes) Lanes forward;
  alignas(black76_alignment_bytes) Lanes log_moneyness;
  alignas(black76_alignment_bytes) Lanes total_volatility;
  alignas(black76_alignment_bytes) Lanes value;
  alignas(black76_alignment_bytes) Lanes forward_delta;
  alignas(black76_alignment_bytes) Lanes gamma_max;
  alignas(black76_alignment_bytes) Lanes put_value;
  alignas(black76_alignment_bytes) Lanes put_delta;
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
      const double factor = 0.85 + 0.3 * static_cast<double>(i / 2) / 15.0;
      result.scenarios.price_factor[i] = factor;
      result.scenarios.log_price_factor[i] = log_portable(factor);
      result.scenarios.volatility_factor[i] = i % 2 == 0 ? 0.75 : 1.25;
    }
    return result;
  }();
  return instance;
}

// As wide as the machine allows: a wide load of what narrow stores have just written waits.
#if defined(__x86_64__)
[[gnu::target_clones("avx512f", "avx2", "default")]]
#endif
void shock_lanes(const Option& option, const Scenarios& scenarios, LaneBuffer& lanes) {
  for (std::size_t i = 0; i < scenario_count; ++i) {
    lanes.forward[i] = option.forward * scenarios.price_factor[i];
    lanes.log_moneyness[i] = option.log_moneyness + scenarios.log_price_factor[i];
    lanes.total_volatility[i] = option.total_volatility * scenarios.volatility_factor[i];
  }
}

void shock(const Option& option, LaneBuffer& lanes) {
  shock_lanes(option, grid().scenarios, lanes);
}

Black76Lanes inputs(const LaneBuffer& lanes) {
  return {scenario_count, lanes.forward.data(), lanes.log_moneyness.data(),
          lanes.total_volatility.data()};
}

// Values alone: what every baseline computes.
struct ValuePricer {
  Black76ValueKernel kernel;
  void operator()(const Option& option, LaneBuffer& lanes) const {
    kernel(inputs(lanes), option.strike, option.is_call, lanes.value.data());
  }
};

// Values, deltas and the bound of gamma over the drift band: what a risk row needs.
struct RowPricer {
  Black76Kernel kernel;
  void operator()(const Option& option, LaneBuffer& lanes) const {
    kernel(inputs(lanes), option.strike, option.is_call, drift_band,
           {lanes.value.data(), lanes.forward_delta.data(), lanes.gamma_max.data()});
  }
};

// Call and put of one strike, all that a row needs of both.
struct PairPricer {
  Black76PairKernel kernel;
  void operator()(const Option& option, LaneBuffer& lanes) const {
    double* const call = (option.is_call ? lanes.value : lanes.put_value).data();
    double* const put = (option.is_call ? lanes.put_value : lanes.value).data();
    kernel(inputs(lanes), option.strike, drift_band,
           {call, lanes.forward_delta.data(), put, lanes.put_delta.data(), lanes.gamma_max.data()});
  }
};

struct TwoSinglesPricer {
  Black76Kernel kernel;
  void operator()(const Option& option, LaneBuffer& lanes) const {
    kernel(inputs(lanes), option.strike, !option.is_call, drift_band,
           {lanes.put_value.data(), lanes.put_delta.data(), lanes.gamma_max.data()});
    RowPricer{kernel}(option, lanes);
  }
};

// Textbook value with the C library's logarithm and two complementary error functions.
double libm_price(const Option& option, double forward, double s) {
  const double sign = option.is_call ? 1.0 : -1.0;
  const double scale = -sign * 0.70710678118654752440;
  const double d1 = std::log(forward / option.strike) / s + 0.5 * s;
  return 0.5 * sign *
         (forward * std::erfc(scale * d1) - option.strike * std::erfc(scale * (d1 - s)));
}

struct LibmPricer {
  void operator()(const Option& option, LaneBuffer& lanes) const {
    for (std::size_t i = 0; i < scenario_count; ++i) {
      lanes.value[i] = libm_price(option, lanes.forward[i], lanes.total_volatility[i]);
    }
  }
};

#if MARGINGATE_HAVE_QUANTLIB
namespace ql = QuantLib;

ql::Option::Type type_of(const Option& option) {
  return option.is_call ? ql::Option::Call : ql::Option::Put;
}

struct BlackFormulaPricer {
  void operator()(const Option& option, LaneBuffer& lanes) const {
    for (std::size_t i = 0; i < scenario_count; ++i) {
      lanes.value[i] = ql::blackFormula(type_of(option), option.strike, lanes.forward[i],
                                        lanes.total_volatility[i]);
    }
  }
};

struct BlackCalculatorPricer {
  void operator()(const Option& option, LaneBuffer& lanes) const {
    for (std::size_t i = 0; i < scenario_count; ++i) {
      const ql::BlackCalculator calculator(type_of(option), option.strike, lanes.forward[i],
                                           lanes.total_volatility[i]);
      lanes.value[i] = calculator.value();
    }
  }
};

// An option object of one year without rates, its spot and volatility moved by quotes.
class EnginePricer {
 public:
  EnginePricer() {
    const ql::Date today(2, ql::January, 2023);
    ql::Settings::instance().evaluationDate() = today;
    expiry_ = today + 365;
    const ql::Actual365Fixed days;
    const auto rate = [&] {
      return ql::Handle<ql::YieldTermStructure>(
          ql::ext::make_shared<ql::FlatForward>(today, 0.0, days));
    };
    const ql::Handle<ql::BlackVolTermStructure> volatility(
        ql::ext::make_shared<ql::BlackConstantVol>(today, ql::NullCalendar(),
                                                   ql::Handle<ql::Quote>(volatility_), days));
    process_ = ql::ext::make_shared<ql::BlackScholesMertonProcess>(ql::Handle<ql::Quote>(spot_),
                                                                   rate(), rate(), volatility);
    engine_ = ql::ext::make_shared<ql::AnalyticEuropeanEngine>(process_);
  }
  void operator()(const Option& option, LaneBuffer& lanes) const {
    ql::VanillaOption instrument(
        ql::ext::make_shared<ql::PlainVanillaPayoff>(type_of(option), option.strike),
        ql::ext::make_shared<ql::EuropeanExercise>(expiry_));
    instrument.setPricingEngine(engine_);
    for (std::size_t i = 0; i < scenario_count; ++i) {
      spot_->setValue(lanes.forward[i]);
      volatility_->setValue(lanes.total_volatility[i]);
      lanes.value[i] = instrument.NPV();
    }
  }

 private:
  ql::Date expiry_;
  ql::ext::shared_ptr<ql::SimpleQuote> spot_ = ql::ext::make_shared<ql::SimpleQuote>(100.0);
  ql::ext::shared_ptr<ql::SimpleQuote> volatility_ = ql::ext::make_shared<ql::SimpleQuote>(0.2);
  ql::ext::shared_ptr<ql::BlackScholesMertonProcess> process_;
  ql::ext::shared_ptr<ql::PricingEngine> engine_;
};
#endif

template <typename Pricer>
void require_equal_prices(const Pricer& pricer, std::size_t options) {
  LaneBuffer lanes;
  LaneBuffer expected;
  for (std::size_t o = 0; o < options; ++o) {
    const Option& option = grid().options[o];
    shock(option, lanes);
    shock(option, expected);
    pricer(option, lanes);
    LibmPricer{}(option, expected);
    for (std::size_t i = 0; i < scenario_count; ++i) {
      const double difference = std::fabs(lanes.value[i] - expected.value[i]);
      require(difference <= price_difference_max * expected.forward[i],
              "a price differs from ref_libm's");
    }
  }
}

// Prices part after part of the grid; one operation is one option in all scenarios.
template <typename Pricer>
struct PriceOption {
  const Pricer* pricer;
  std::size_t* first;
  LaneBuffer lanes{};
  void operator()(std::size_t i) {
    const Option& option = grid().options[(*first + i) % option_count];
    shock(option, lanes);
    (*pricer)(option, lanes);
    benchmark::ClobberMemory();
  }
};

template <typename Pricer>
void add_figure(const std::string& name, Pricer pricer, std::size_t options = part) {
  add_case("price_grid/" + name, [=](benchmark::State& state) {
    require_equal_prices(pricer, options);
    std::size_t first = 0;
    run_batches(state, options, PriceOption<Pricer>{&pricer, &first}, [&] { first += options; });
    state.counters["ns_per_price"] =
        state.counters["ns"].value / static_cast<double>(scenario_count);
  });
}

// Figure and baseline are per option-scenario.
template <typename Subject, typename Baseline>
void add_ratio(const std::string& name, double at_least, Subject subject, Baseline baseline,
               std::size_t baseline_options = part) {
  add_case("ratio/" + name, [=](benchmark::State& state) {
    require_equal_prices(subject, option_count);
    require_equal_prices(baseline, baseline_options);
    std::size_t first = 0;
    run_pairs(state, {0.0, at_least}, Timed{part, PriceOption<Subject>{&subject, &first}},
              Timed{baseline_options, PriceOption<Baseline>{&baseline, &first}},
              [&] { first += part; });
    state.counters["figure_ns"].value /= static_cast<double>(scenario_count);
    state.counters["baseline_ns"].value /= static_cast<double>(scenario_count);
  });
}

struct SetGates {
  InstructionSet set;
  double libm, black_formula, black_calculator, engine, pair;
};

void add_set(const SetGates& gates) {
  const std::string name(to_string(gates.set));
  const ValuePricer values{black76_value_kernel(gates.set)};
  const RowPricer rows{black76_kernel(gates.set)};
  const PairPricer pairs{black76_pair_kernel(gates.set)};
  add_figure(name, values);
  add_figure("with_delta_gamma/" + name, rows);
  add_figure("call_and_put/" + name, pairs);
  if (gates.libm == 0.0) return;
  add_ratio("price_grid/" + name + "/ref_libm", gates.libm, values, LibmPricer{});
  add_ratio("price_pair/" + name + "/two_singles", gates.pair, pairs,
            TwoSinglesPricer{black76_kernel(gates.set)});
#if MARGINGATE_HAVE_QUANTLIB
  const std::string ql_name = "price_grid_ql/" + name;
  add_ratio(ql_name + "/blackFormula", gates.black_formula, values, BlackFormulaPricer{});
  add_ratio(ql_name + "/BlackCalculator", gates.black_calculator, values, BlackCalculatorPricer{});
  add_ratio(ql_name + "/AnalyticEuropeanEngine", gates.engine, values, EnginePricer{}, 2);
#endif
}

// Bits of every value, delta and gamma of a kernel's set against the scalar build of the source.
std::size_t different_bits(InstructionSet set) {
  const RowPricer scalar{black76_kernel(InstructionSet::scalar)};
  const RowPricer rows{black76_kernel(set)};
  const ValuePricer values{black76_value_kernel(set)};
  const PairPricer pairs{black76_pair_kernel(set)};
  LaneBuffer expected, row, value, pair;
  std::size_t different = 0;
  const auto differ = [](const Lanes& a, const Lanes& b) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < scenario_count; ++i) {
      count += std::bit_cast<std::uint64_t>(a[i]) != std::bit_cast<std::uint64_t>(b[i]);
    }
    return count;
  };
  for (const Option& option : grid().options) {
    for (LaneBuffer* lanes : {&expected, &row, &value, &pair}) shock(option, *lanes);
    scalar(option, expected);
    rows(option, row);
    values(option, value);
    pairs(option, pair);
    different += differ(row.value, expected.value) + differ(value.value, expected.value) +
                 differ(pair.value, expected.value) +
                 differ(row.forward_delta, expected.forward_delta) +
                 differ(row.gamma_max, expected.gamma_max);
  }
  return different;
}

void add_bits() {
  for (const auto set : {InstructionSet::avx2, InstructionSet::avx512}) {
    if (!is_supported(set)) continue;
    add_case("ratio/price_bits/" + std::string(to_string(set)) + "/scalar",
             [=](benchmark::State& state) {
               std::size_t different = 0;
               run_batches(
                   state, 1, [&](std::size_t) { different = different_bits(set); }, [] {});
               report_equal(state, price_count, different);
             })
        ->Iterations(1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  for (const SetGates& gates : {SetGates{InstructionSet::scalar, 0.0, 0.0, 0.0, 0.0, 0.0},
                                SetGates{InstructionSet::avx2, 5.0, 7.0, 20.0, 230.0, 1.6},
                                SetGates{InstructionSet::avx512, 8.0, 12.0, 35.0, 400.0, 1.6}}) {
    if (is_supported(gates.set)) {
      add_set(gates);
    } else {
      std::fprintf(stderr, "skipped %s: not supported by this machine\n",
                   std::string(to_string(gates.set)).c_str());
    }
  }
  add_figure("ref_libm", LibmPricer{});
#if MARGINGATE_HAVE_QUANTLIB
  add_figure("quantlib_blackFormula", BlackFormulaPricer{});
  add_figure("quantlib_BlackCalculator", BlackCalculatorPricer{});
  add_figure("quantlib_AnalyticEuropeanEngine", EnginePricer{}, 2);
#endif
  add_bits();
  return run_cases(argc, argv);
}
