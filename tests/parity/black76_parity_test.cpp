#include "pricing/black76.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "pricing/elementary.hpp"

namespace margingate::pricing {
namespace {

constexpr std::uint64_t seed = 20'240'602;
constexpr std::size_t lanes_per_batch = 64;
constexpr std::size_t batches = 2'048;  // 131,072 lanes
static_assert(lanes_per_batch * batches >= 65'536);

struct Batch {
  double strike = 0.0;
  bool is_call = false;
  double drift_band = 0.0;
  alignas(black76_alignment_bytes) std::array<double, lanes_per_batch> forward{};
  alignas(black76_alignment_bytes) std::array<double, lanes_per_batch> log_moneyness{};
  alignas(black76_alignment_bytes) std::array<double, lanes_per_batch> total_volatility{};
};

struct Output {
  alignas(black76_alignment_bytes) std::array<double, lanes_per_batch> value{};
  alignas(black76_alignment_bytes) std::array<double, lanes_per_batch> forward_delta{};
  alignas(black76_alignment_bytes) std::array<double, lanes_per_batch> gamma_max{};
};

double uniform(std::mt19937_64& generator, double low, double high) {
  return low + (high - low) * (static_cast<double>(generator() >> 11) * 0x1p-53);
}

// Every kind of lane the range statement admits, edges first.
double choose_total_volatility(std::mt19937_64& generator) {
  switch (generator() % 8) {
    case 0:
      return 0.0;
    case 1:
      return total_volatility_floor;
    case 2:
      return exp_portable(uniform(generator, -700.0, 0.0));
    case 3:
      return exp_portable(uniform(generator, -16.0, -7.0));
    case 4:
      return uniform(generator, 2.0, 60.0);
    default:
      return uniform(generator, 0.005, 2.0);
  }
}

double choose_moneyness(std::mt19937_64& generator) {
  switch (generator() % 8) {
    case 0:
      return 1.0;
    case 1:
      return 1.0 + uniform(generator, -1e-12, 1e-12);
    case 2:
      return exp_portable(uniform(generator, -5.0, 5.0));
    case 3:
      return exp_portable(uniform(generator, -200.0, 200.0));
    default:
      return exp_portable(uniform(generator, -0.6, 0.6));
  }
}

std::vector<Batch> make_batches() {
  std::mt19937_64 generator(seed);
  std::vector<Batch> result(batches);
  for (std::size_t b = 0; b < batches; ++b) {
    Batch& batch = result[b];
    batch.strike = exp_portable(uniform(generator, -8.0, 12.0));
    batch.is_call = b % 2 == 0;
    batch.drift_band = b % 3 == 0 ? 0.0 : uniform(generator, 0.0, b % 3 == 1 ? 0.02 : 0.95);
    for (std::size_t i = 0; i < lanes_per_batch; ++i) {
      batch.forward[i] = batch.strike * choose_moneyness(generator);
      batch.log_moneyness[i] = log_ratio_portable(batch.forward[i], batch.strike);
      batch.total_volatility[i] = choose_total_volatility(generator);
    }
  }
  return result;
}

Black76Lanes lanes_of(const Batch& batch, std::size_t count) {
  return {count, batch.forward.data(), batch.log_moneyness.data(), batch.total_volatility.data()};
}

void run(Black76Kernel kernel, const Batch& batch, std::size_t count, Output& output) {
  const Black76Lanes lanes = lanes_of(batch, count);
  const Black76Results results{output.value.data(), output.forward_delta.data(),
                               output.gamma_max.data()};
  kernel(lanes, batch.strike, batch.is_call, batch.drift_band, results);
}

Black76Point single(const Batch& batch, std::size_t i) {
  return black76(batch.forward[i], batch.log_moneyness[i], batch.total_volatility[i], batch.strike,
                 batch.is_call, batch.drift_band);
}

bool is_same_bits(double left, double right) {
  return std::bit_cast<std::uint64_t>(left) == std::bit_cast<std::uint64_t>(right);
}

std::string describe(const Batch& batch, std::size_t i) {
  return "lane " + std::to_string(i) + " forward " + std::to_string(batch.forward[i]) + " strike " +
         std::to_string(batch.strike) + " total volatility " +
         std::to_string(batch.total_volatility[i]) + " seed " + std::to_string(seed);
}

class Black76KernelParity : public testing::TestWithParam<InstructionSet> {
 protected:
  void SetUp() override {
    if (!is_supported(GetParam())) {
      GTEST_SKIP() << "this machine does not support " << to_string(GetParam());
    }
  }
};

TEST_P(Black76KernelParity, GivesTheSameBitsOnEveryInstructionSet) {
  const auto scalar = black76_kernel(InstructionSet::scalar);
  const auto subject = black76_kernel(GetParam());
  ASSERT_NE(subject, nullptr);
  for (const Batch& batch : make_batches()) {
    Output expected;
    Output actual;
    run(scalar, batch, lanes_per_batch, expected);
    run(subject, batch, lanes_per_batch, actual);
    for (std::size_t i = 0; i < lanes_per_batch; ++i) {
      ASSERT_TRUE(is_same_bits(expected.value[i], actual.value[i])) << describe(batch, i);
      ASSERT_TRUE(is_same_bits(expected.forward_delta[i], actual.forward_delta[i]))
          << describe(batch, i);
      ASSERT_TRUE(is_same_bits(expected.gamma_max[i], actual.gamma_max[i])) << describe(batch, i);
    }
  }
}

TEST_P(Black76KernelParity, GivesTheSameValuesAloneAsWithDeltas) {
  const auto full = black76_kernel(GetParam());
  const auto subject = black76_value_kernel(GetParam());
  ASSERT_NE(subject, nullptr);
  for (const Batch& batch : make_batches()) {
    Output expected;
    Output actual;
    run(full, batch, lanes_per_batch, expected);
    subject(lanes_of(batch, lanes_per_batch), batch.strike, batch.is_call, actual.value.data());
    for (std::size_t i = 0; i < lanes_per_batch; ++i) {
      ASSERT_TRUE(is_same_bits(expected.value[i], actual.value[i])) << describe(batch, i);
    }
  }
}

TEST_P(Black76KernelParity, GivesTheSameBitsForACallAndAPutAtOnceAsForEach) {
  const auto single = black76_kernel(GetParam());
  const auto subject = black76_pair_kernel(GetParam());
  ASSERT_NE(subject, nullptr);
  for (Batch& batch : make_batches()) {
    Output expected;
    std::array<Output, 2> actual;  // put, call
    subject(lanes_of(batch, lanes_per_batch), batch.strike, batch.drift_band,
            {actual[1].value.data(), actual[1].forward_delta.data(), actual[0].value.data(),
             actual[0].forward_delta.data(), actual[1].gamma_max.data()});
    for (const bool is_call : {true, false}) {
      batch.is_call = is_call;
      run(single, batch, lanes_per_batch, expected);
      const Output& one = actual[is_call ? 1 : 0];
      for (std::size_t i = 0; i < lanes_per_batch; ++i) {
        ASSERT_TRUE(is_same_bits(expected.value[i], one.value[i])) << describe(batch, i);
        ASSERT_TRUE(is_same_bits(expected.forward_delta[i], one.forward_delta[i]))
            << describe(batch, i);
        ASSERT_TRUE(is_same_bits(expected.gamma_max[i], actual[1].gamma_max[i]))
            << describe(batch, i);
      }
    }
  }
}

TEST_P(Black76KernelParity, WritesExactlyTheLanesItWasGiven) {
  const auto subject = black76_kernel(GetParam());
  const auto inputs = make_batches();
  for (const std::size_t count : {0U, 8U, 16U, 40U, 64U}) {
    Output output;
    output.value.fill(-1.0);
    output.forward_delta.fill(-2.0);
    output.gamma_max.fill(-3.0);
    run(subject, inputs[count], count, output);
    for (std::size_t i = 0; i < lanes_per_batch; ++i) {
      const bool is_given = i < count;
      const Black76Point point = single(inputs[count], i);
      ASSERT_TRUE(is_same_bits(output.value[i], is_given ? point.value : -1.0));
      ASSERT_TRUE(is_same_bits(output.forward_delta[i], is_given ? point.forward_delta : -2.0));
      ASSERT_TRUE(is_same_bits(output.gamma_max[i], is_given ? point.gamma_max : -3.0));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EverySet, Black76KernelParity,
                         testing::Values(InstructionSet::scalar, InstructionSet::avx2,
                                         InstructionSet::avx512),
                         [](const auto& suite) { return std::string(to_string(suite.param)); });

TEST(Black76Point, GivesTheBitsOfTheLanes) {
  const auto scalar = black76_kernel(InstructionSet::scalar);
  for (const Batch& batch : make_batches()) {
    Output expected;
    run(scalar, batch, lanes_per_batch, expected);
    for (std::size_t i = 0; i < lanes_per_batch; ++i) {
      const Black76Point point = single(batch, i);
      ASSERT_TRUE(is_same_bits(expected.value[i], point.value)) << describe(batch, i);
      ASSERT_TRUE(is_same_bits(expected.forward_delta[i], point.forward_delta))
          << describe(batch, i);
      ASSERT_TRUE(is_same_bits(expected.gamma_max[i], point.gamma_max)) << describe(batch, i);
    }
  }
}

TEST(Black76Point, StaysInRangeForEveryValidInput) {
  for (const Batch& batch : make_batches()) {
    for (std::size_t i = 0; i < lanes_per_batch; ++i) {
      const Black76Point point = single(batch, i);
      // Written so that a NaN fails.
      ASSERT_TRUE(point.value >= 0.0 && std::isfinite(point.value)) << describe(batch, i);
      ASSERT_TRUE(point.gamma_max >= 0.0) << describe(batch, i);
      ASSERT_TRUE(point.forward_delta >= (batch.is_call ? 0.0 : -1.0)) << describe(batch, i);
      ASSERT_TRUE(point.forward_delta <= (batch.is_call ? 1.0 : 0.0)) << describe(batch, i);
    }
  }
}

// The constant stands for every compiler and optimisation level.
TEST(Black76Point, GivesTheSameBitsOnEveryCompiler) {
  constexpr std::uint64_t expected_fingerprint = 3'619'557'937'133'649'289U;
  std::uint64_t fingerprint = 0xcbf29ce484222325U;
  for (const Batch& batch : make_batches()) {
    for (std::size_t i = 0; i < lanes_per_batch; ++i) {
      const Black76Point point = single(batch, i);
      for (const double number : {point.value, point.forward_delta, point.gamma_max}) {
        fingerprint = (fingerprint ^ std::bit_cast<std::uint64_t>(number)) * 0x100000001b3U;
      }
    }
  }
  EXPECT_EQ(fingerprint, expected_fingerprint);
}

TEST(InstructionSet, NamesParseBack) {
  for (const auto set : {InstructionSet::scalar, InstructionSet::avx2, InstructionSet::avx512}) {
    EXPECT_EQ(parse_instruction_set(to_string(set)), set);
  }
  EXPECT_EQ(parse_instruction_set("AVX2"), std::nullopt);
  EXPECT_EQ(parse_instruction_set(""), std::nullopt);
}

TEST(InstructionSet, BestIsSupportedAndUnsupportedHasNoKernel) {
  EXPECT_TRUE(is_supported(best_instruction_set()));
  for (const auto set : {InstructionSet::scalar, InstructionSet::avx2, InstructionSet::avx512}) {
    EXPECT_EQ(black76_kernel(set) != nullptr, is_supported(set));
    EXPECT_EQ(black76_value_kernel(set) != nullptr, is_supported(set));
    EXPECT_EQ(black76_pair_kernel(set) != nullptr, is_supported(set));
  }
}

}  // namespace
}  // namespace margingate::pricing
