// A reducer's amount against the same losses sorted.
#include "margin/scan_reducer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "support/random.hpp"

namespace margingate::margin {
namespace {

using testing::Random;

constexpr std::int64_t one = 1'000'000'000;

// By the definitions, from sorted losses.
std::int64_t sorted_amount(const scenario::ReducerTerms& r, std::vector<std::int64_t> losses) {
  std::sort(losses.begin(), losses.end(), std::greater<>());
  if (r.kind == ReducerKind::quantile) {
    const std::int64_t counted = losses[r.rank - 1];
    const std::int64_t next = r.next_ppb > 0 ? losses[r.rank] : counted;
    return static_cast<std::int64_t>(ceil_divide(
        static_cast<Int128>(counted) * (one - r.next_ppb) + static_cast<Int128>(next) * r.next_ppb,
        one));
  }
  if (r.kind == ReducerKind::worst) return losses.front();
  Int128 sum = 0;
  std::int64_t left = r.tail_ppb;
  for (const std::int64_t loss : losses) {
    const std::int64_t share = std::min(left, one);
    sum += static_cast<Int128>(loss) * share;
    left -= share;
  }
  return static_cast<std::int64_t>(ceil_divide(sum, r.tail_ppb));
}

struct Lanes {
  alignas(64) std::array<std::int64_t, scenario::lanes_max> values;
};

LaneExtremes reduced_by(InstructionSet set, const scenario::ReducerTerms& terms,
                        const std::vector<std::int64_t>& losses) {
  Lanes lanes;
  Lanes scratch;
  lanes.values.fill(INT64_MIN);
  std::copy(losses.begin(), losses.end(), lanes.values.begin());
  return reduce(lane_kernel(set), terms, lanes.values.data(), nullptr, scratch.values.data(),
                scratch.values.data());
}

std::vector<std::int64_t> random_losses(Random& random, std::size_t count) {
  // Large ones, small ones, ties, and nothing at all.
  const std::int64_t size = std::int64_t{1} << random.integer(0, 61);
  std::vector<std::int64_t> losses(count);
  for (std::int64_t& loss : losses) loss = random.integer(-size, size);
  if (random.chance(0.1)) losses.assign(count, 0);
  return losses;
}

TEST(ScanReducer, IsWhatSortingGivesOnEveryInstructionSet) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto count = static_cast<std::size_t>(
        random.chance(0.3) ? random.integer(1, 24) : random.integer(1, scenarios_max));
    const std::vector<std::int64_t> losses = random_losses(random, count);
    const auto kind = static_cast<ReducerKind>(random.integer(0, 2));
    const double confidence =
        random.chance(0.5) ? random.uniform(0.9, 0.999999) : random.uniform(0.0, 0.999999);
    const scenario::ReducerTerms terms = scenario::prepare_reducer({kind, confidence}, {}, count);
    const std::int64_t expected = std::max<std::int64_t>(sorted_amount(terms, losses), 0);
    for (const InstructionSet set :
         {InstructionSet::scalar, InstructionSet::avx2, InstructionSet::avx512}) {
      if (!is_supported(set)) continue;
      const LaneExtremes ends = reduced_by(set, terms, losses);
      ASSERT_EQ(ends.hi, expected) << "n " << count << " confidence " << confidence << " kind "
                                   << static_cast<int>(kind) << " on " << to_string(set);
      ASSERT_EQ(ends.lo, expected);
    }
  }
}

LaneExtremes reduced_ends(InstructionSet set, const scenario::ReducerTerms& terms,
                          const std::vector<std::int64_t>& losses, std::int64_t width) {
  Lanes upper;
  Lanes lower;
  Lanes scratch;
  Lanes scratch_lower;
  upper.values.fill(INT64_MIN);
  lower.values.fill(INT64_MIN);
  for (std::size_t s = 0; s < losses.size(); ++s) {
    upper.values[s] = losses[s] + width;
    lower.values[s] = losses[s] - width;
  }
  return reduce(lane_kernel(set), terms, upper.values.data(), lower.values.data(),
                scratch.values.data(), scratch_lower.values.data());
}

// The same width everywhere: then the losses in the tail are the same at either end.
TEST(ScanReducer, HasEndsThatHoldTheAmount) {
  Random random(3);
  for (int i = 0; i < 5'000; ++i) {
    const auto count = static_cast<std::size_t>(random.integer(1, 600));
    std::vector<std::int64_t> losses = random_losses(random, count);
    for (std::int64_t& loss : losses) loss /= 4;
    const auto kind = static_cast<ReducerKind>(random.integer(0, 2));
    const scenario::ReducerTerms terms =
        scenario::prepare_reducer({kind, random.uniform(0.5, 0.9999)}, {}, count);
    const std::int64_t amount = sorted_amount(terms, losses);
    const std::int64_t width = random.integer(0, 1'000);
    for (const InstructionSet set :
         {InstructionSet::scalar, InstructionSet::avx2, InstructionSet::avx512}) {
      if (!is_supported(set)) continue;
      const LaneExtremes ends = reduced_ends(set, terms, losses, width);
      ASSERT_EQ(ends.hi, std::max<std::int64_t>(amount + width, 0)) << to_string(set);
      ASSERT_EQ(ends.lo, std::max<std::int64_t>(amount - width, 0)) << to_string(set);
    }
  }
}

// A loss that grows lowers no amount: this is why a bound of every loss bounds the amount.
TEST(ScanReducer, RisesWithEveryLoss) {
  Random random(2);
  for (int i = 0; i < 5'000; ++i) {
    const auto count = static_cast<std::size_t>(random.integer(1, 64));
    std::vector<std::int64_t> losses(count);
    for (std::int64_t& loss : losses) loss = random.integer(-20, 20);
    const auto kind = static_cast<ReducerKind>(random.integer(0, 2));
    const scenario::ReducerTerms terms =
        scenario::prepare_reducer({kind, random.uniform(0.0, 0.999)}, {}, count);
    const LaneExtremes before = reduced_by(best_instruction_set(), terms, losses);
    losses[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(count) - 1))] +=
        random.integer(0, 9);
    ASSERT_GE(reduced_by(best_instruction_set(), terms, losses).hi, before.hi);
  }
}

TEST(ScanReducer, NamesTheScenarioAtTheQuantilesRank) {
  const std::vector<std::int64_t> losses{5, 40, 30, 20, 10, 30};
  const scenario::ReducerTerms third =
      scenario::prepare_reducer({ReducerKind::quantile, 0.5}, {}, 6);
  ASSERT_EQ(third.rank, 3u);
  const LaneExtremes ends = reduced_by(InstructionSet::scalar, third, losses);
  EXPECT_EQ(ends.hi, 25);
  EXPECT_EQ(ends.worst, 2u);
  const scenario::ReducerTerms mean =
      scenario::prepare_reducer({ReducerKind::tail_mean, 0.5}, {}, 6);
  EXPECT_EQ(reduced_by(InstructionSet::scalar, mean, losses).hi, 34);  // 100 / 3, rounded up
  EXPECT_EQ(reduced_by(InstructionSet::scalar, mean, losses).worst, 1u);
}

TEST(ScanReducer, WeighsEachPartAndNamesTheScenarioOfTheHeaviest) {
  ScenarioParts parts;
  parts.parts = {{8, {ReducerKind::quantile, 0.9375}, 0.75}, {3, {}, 0.25}};
  const std::vector<std::int64_t> losses{1, 2, 3, 4, 50, 6, 7, 8, 0, 101, 2};
  // 50 * 0.75 = 37.5 and 101 * 0.25 = 25.25, each rounded up.
  const LaneExtremes sum =
      reduced_by(InstructionSet::scalar, scenario::prepare_reducer({}, parts, 11), losses);
  EXPECT_EQ(sum.hi, 38 + 26);
  EXPECT_EQ(sum.worst, 4u);
  parts.together = PartsTogether::largest;
  parts.parts[1].weight = 1.0;
  const LaneExtremes largest =
      reduced_by(InstructionSet::scalar, scenario::prepare_reducer({}, parts, 11), losses);
  EXPECT_EQ(largest.hi, 101);
  EXPECT_EQ(largest.worst, 9u);
}

TEST(ScanReducer, CountsTheLastLossOfATailInPart) {
  // 1.5 of three losses: (30 + 20 / 2) / 1.5.
  const scenario::ReducerTerms mean =
      scenario::prepare_reducer({ReducerKind::tail_mean, 0.5}, {}, 3);
  EXPECT_EQ(reduced_by(InstructionSet::scalar, mean, {10, 20, 30}).hi, 27);
  // Less than one loss: the largest.
  const scenario::ReducerTerms little =
      scenario::prepare_reducer({ReducerKind::tail_mean, 0.999}, {}, 3);
  EXPECT_EQ(reduced_by(InstructionSet::scalar, little, {10, 20, 30}).hi, 30);
}

}  // namespace
}  // namespace margingate::margin
