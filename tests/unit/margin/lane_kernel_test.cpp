// The lane arithmetic: every instruction set gives the scalar integers, and those are the rule's.
#include "margin/lane_kernel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "margin/leg.hpp"
#include "support/random.hpp"

namespace margingate::margin {
namespace {

using testing::Random;

constexpr std::size_t lanes_most = 72;
constexpr std::size_t buckets = 24;
constexpr std::int64_t scaled_lots = scaled_lots_max;

// Totals, a row, a change and deductibles, within what the gate's limits allow.
struct Case {
  TotalsLayout layout;
  struct alignas(64) Block {
    std::array<std::int64_t, 512> words{};
  };
  std::unique_ptr<Block> block = std::make_unique<Block>();
  alignas(64) std::array<std::int32_t, lanes_most> loss{}, slope{}, curvature{};
  alignas(64) std::array<std::int64_t, lanes_most> deductibles{};
  LaneChange change;
  std::int32_t exponent = 0;
  Drift drift;

  [[nodiscard]] UnitTotals totals() const { return {block->words.data(), layout}; }
  [[nodiscard]] RowLanes row() const { return {loss.data(), slope.data(), curvature.data()}; }
};

// Small, anything, or at the very end of the range.
std::int64_t somewhere(Random& random, std::int64_t low, std::int64_t high) {
  const double what = random.uniform();
  if (what < 0.1) return low;
  if (what < 0.2) return high;
  if (what < 0.3) return std::clamp<std::int64_t>(random.integer(-2, 2), low, high);
  if (what < 0.5) return random.integer(low / 1'000'000, high / 1'000'000);
  return random.integer(low, high);
}

LaneChange random_change(Random& random, std::int64_t lots_max) {
  LegState before, after;
  const auto fill = [&](LegState& leg) {
    const std::int64_t third = lots_max / 3;
    leg = LegState{somewhere(random, -third, third), somewhere(random, 0, third),
                   somewhere(random, 0, third), 0};
  };
  fill(before);
  fill(after);
  if (random.chance(0.3)) before = {};
  return {after.net - before.net, after.working_buys - before.working_buys,
          after.working_sells - before.working_sells, after.gross_net() - before.gross_net()};
}

Drift random_drift(Random& random) {
  if (random.chance(0.3)) return {};
  const std::int64_t bands = somewhere(random, -65'536, 65'536);
  const std::int64_t least = std::min<std::int64_t>(std::abs(bands) + 1, 65'536);
  return {true, bands, least, (least * least >> drift_fraction_bits) + 1};
}

void fill_totals(Random& random, const UnitTotals& t, std::size_t lanes) {
  for (std::size_t s = 0; s < lanes; ++s) {
    t.loss[s] = somewhere(random, -(std::int64_t{1} << 57), std::int64_t{1} << 57);
    t.drift[s] = somewhere(random, -(std::int64_t{1} << 53), std::int64_t{1} << 53);
    t.curvature[s] = somewhere(random, 0, std::int64_t{1} << 58);
    t.flip[s] = somewhere(random, 0, std::int64_t{1} << 58);
  }
  for (std::size_t b = 0; b < buckets; ++b) {
    t.expiry_hi[b] = somewhere(random, -(std::int64_t{1} << 57), std::int64_t{1} << 57);
    t.expiry_lo[b] = std::min(t.expiry_hi[b], somewhere(random, -(std::int64_t{1} << 57), 0));
    t.expiry_slack[b] = somewhere(random, 0, std::int64_t{1} << 57);
  }
}

Case random_case(Random& random, std::size_t lanes) {
  Case c;
  c.layout = {lanes, buckets};
  c.exponent = static_cast<std::int32_t>(random.integer(0, 6));
  fill_totals(random, c.totals(), lanes);
  for (std::size_t s = 0; s < lanes; ++s) {
    c.loss[s] = static_cast<std::int32_t>(somewhere(random, -INT32_MAX, INT32_MAX));
    c.slope[s] = static_cast<std::int32_t>(somewhere(random, -drift_lane_max, drift_lane_max));
    c.curvature[s] = static_cast<std::int32_t>(somewhere(random, 0, INT32_MAX));
    c.deductibles[s] = somewhere(random, 0, std::int64_t{1} << 56);
  }
  c.change = random_change(random, scaled_lots >> (c.exponent + 1));
  c.drift = random_drift(random);
  return c;
}

std::vector<std::int64_t> words_of(const Case& c) {
  return {c.block->words.begin(), c.block->words.end()};
}

std::string text(const LaneExtremes& e) {
  return std::to_string(e.lo) + " .. " + std::to_string(e.hi) + " in " + std::to_string(e.worst);
}

// Everything one kernel says about a case; the case is left changed.
std::string answers(const LaneKernel& kernel, Case& c) {
  const std::size_t lanes = c.layout.lane_count;
  std::string result;
  for (const std::int64_t* deductibles :
       {c.deductibles.data(), static_cast<std::int64_t*>(nullptr)}) {
    result += text(kernel.worst(c.totals(), lanes, deductibles, c.drift)) + '\n';
    result += text(kernel.worst_after(c.totals(), lanes, deductibles, c.drift, c.row(), c.exponent,
                                      c.change)) +
              '\n';
  }
  const ExpirySums expiries = kernel.expiries(c.totals(), buckets, c.drift);
  result += std::to_string(expiries.lo) + " .. " + std::to_string(expiries.hi) + '\n';
  kernel.apply(c.totals(), lanes, c.row(), c.exponent, c.change);
  for (const std::int64_t word : words_of(c)) result += std::to_string(word) + ' ';
  return result;
}

class LaneKernels : public ::testing::TestWithParam<InstructionSet> {};

TEST_P(LaneKernels, GiveTheScalarIntegers) {
  if (!is_supported(GetParam())) GTEST_SKIP() << "not supported by this machine";
  for (std::size_t lanes = 8; lanes <= lanes_most; lanes += 8) {
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
      Random random(seed * 1'000 + lanes);
      Random again(seed * 1'000 + lanes);
      Case c = random_case(random, lanes);
      Case same = random_case(again, lanes);
      ASSERT_EQ(answers(lane_kernel(GetParam()), c),
                answers(lane_kernel(InstructionSet::scalar), same))
          << "seed " << seed << " lanes " << lanes;
    }
  }
}

TEST_P(LaneKernels, ForeseeWhatApplyLeadsTo) {
  if (!is_supported(GetParam())) GTEST_SKIP() << "not supported by this machine";
  const LaneKernel& kernel = lane_kernel(GetParam());
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Random random(seed);
    Case c = random_case(random, 8 * static_cast<std::size_t>(random.integer(1, 9)));
    const std::size_t lanes = c.layout.lane_count;
    const std::string foreseen = text(kernel.worst_after(c.totals(), lanes, c.deductibles.data(),
                                                         c.drift, c.row(), c.exponent, c.change));
    kernel.apply(c.totals(), lanes, c.row(), c.exponent, c.change);
    EXPECT_EQ(text(kernel.worst(c.totals(), lanes, c.deductibles.data(), c.drift)), foreseen);
  }
}

// Orders of one side take a way of their own through the lanes, to the same integers.
TEST_P(LaneKernels, HaveEndsOfEveryLaneThatTheWorstIsTheLargestOf) {
  if (!is_supported(GetParam())) GTEST_SKIP() << "not supported by this machine";
  const LaneKernel& kernel = lane_kernel(GetParam());
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    Random random(seed);
    Case c = random_case(random, 8 * static_cast<std::size_t>(random.integer(1, 9)));
    if (seed % 3 != 0) {
      const std::int64_t lots = c.change.working_buys;
      c.change = seed % 3 == 1 ? LaneChange{0, lots, 0, 0} : LaneChange{0, 0, lots, 0};
    }
    const std::size_t lanes = c.layout.lane_count;
    scenario::ReducerTerms all;
    all.scenarios = static_cast<std::uint32_t>(lanes);
    alignas(64) std::array<std::int64_t, lanes_most> upper{};
    alignas(64) std::array<std::int64_t, lanes_most> lower{};
    const auto largest = [&](const std::array<std::int64_t, lanes_most>& ends) {
      return std::max<std::int64_t>(*std::max_element(ends.begin(), ends.begin() + lanes), 0);
    };
    const auto expect_largest = [&](const LaneExtremes& worst) {
      EXPECT_EQ(largest(upper), worst.hi) << seed;
      EXPECT_EQ(largest(c.drift.moved ? lower : upper), worst.lo) << seed;
    };
    kernel.ends(c.totals(), lanes, all, c.drift, c.row(), c.exponent, c.change, upper.data(),
                lower.data());
    expect_largest(
        kernel.worst_after(c.totals(), lanes, nullptr, c.drift, c.row(), c.exponent, c.change));
    kernel.ends(c.totals(), lanes, all, c.drift, {}, 0, {}, upper.data(), lower.data());
    expect_largest(kernel.worst(c.totals(), lanes, nullptr, c.drift));
  }
}

TEST_P(LaneKernels, TakeBackWhatTheyApplied) {
  if (!is_supported(GetParam())) GTEST_SKIP() << "not supported by this machine";
  const LaneKernel& kernel = lane_kernel(GetParam());
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    Case c = random_case(random, 40);
    const std::vector<std::int64_t> before = words_of(c);
    const LaneChange& d = c.change;
    kernel.apply(c.totals(), 40, c.row(), c.exponent, d);
    kernel.apply(c.totals(), 40, c.row(), c.exponent,
                 {-d.net, -d.working_buys, -d.working_sells, -d.gross_net});
    EXPECT_EQ(words_of(c), before);
  }
}

INSTANTIATE_TEST_SUITE_P(All, LaneKernels,
                         ::testing::Values(InstructionSet::scalar, InstructionSet::avx2,
                                           InstructionSet::avx512),
                         [](const auto& param) { return std::string(to_string(param.param)); });

// MR-12, written down again.
TEST(LaneKernel, AddsWorkingOrdersAtTheirWorst) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    Case c = random_case(random, 16);
    const UnitTotals t = c.totals();
    std::array<std::int64_t, 16> expected{};
    for (std::size_t s = 0; s < 16; ++s) {
      const std::int64_t a = c.loss[s];
      const std::int64_t added = c.change.net * a +
                                 c.change.working_buys * std::max<std::int64_t>(0, a) +
                                 c.change.working_sells * std::max<std::int64_t>(0, -a);
      expected[s] = t.loss[s] + added * (std::int64_t{1} << c.exponent);
    }
    lane_kernel(InstructionSet::scalar).apply(t, 16, c.row(), c.exponent, c.change);
    for (std::size_t s = 0; s < 16; ++s) EXPECT_EQ(t.loss[s], expected[s]) << seed;
  }
}

// MR-16 at the table's spot: deductibles first, never below zero, ties to the lowest scenario.
TEST(LaneKernel, TakesTheWorstLane) {
  Case c;
  c.layout = {8, buckets};
  const UnitTotals t = c.totals();
  const LaneKernel& kernel = lane_kernel(InstructionSet::scalar);
  const auto worst = [&](const std::int64_t* deductibles) {
    return text(kernel.worst(t, 8, deductibles, Drift{}));
  };
  for (std::size_t s = 0; s < 8; ++s) t.loss[s] = -5;
  EXPECT_EQ(worst(nullptr), "0 .. 0 in 0");
  t.loss[3] = t.loss[6] = 70;
  t.loss[5] = 60;
  EXPECT_EQ(worst(nullptr), "70 .. 70 in 3");
  c.deductibles[3] = 11;
  c.deductibles[6] = 100;
  EXPECT_EQ(worst(c.deductibles.data()), "60 .. 60 in 5");
  c.deductibles[5] = 60;
  EXPECT_EQ(worst(c.deductibles.data()), "59 .. 59 in 3");
}

TEST(LaneKernel, MovesLanesWithTheSpot) {
  Case c;
  c.layout = {8, buckets};
  const UnitTotals t = c.totals();
  constexpr std::int64_t million = 1'000'000;
  t.loss[2] = 1'000'000 * million;
  t.drift[2] = 100'000 * million;
  const Drift half{true, 32'768, 32'769, 16'386};
  const LaneExtremes e = lane_kernel(InstructionSet::scalar).worst(t, 8, nullptr, half);
  EXPECT_LE(e.lo, 1'050'000 * million);
  EXPECT_GE(e.hi, 1'050'000 * million);
  EXPECT_LT(e.hi - e.lo, 2 * million);
  // A quarter of the curvature, half of the flip.
  t.curvature[2] = 80'000 * million;
  t.flip[2] = 30'000 * million;
  const LaneExtremes wide = lane_kernel(InstructionSet::scalar).worst(t, 8, nullptr, half);
  for (const std::int64_t widened : {wide.hi - e.hi, e.lo - wide.lo}) {
    EXPECT_GE(widened, 34'999 * million);
    EXPECT_LE(widened, 35'005 * million);
  }
}

TEST(LaneKernel, ChargesEachExpiryByItself) {
  Case c;
  c.layout = {8, buckets};
  const UnitTotals t = c.totals();
  t.expiry_hi[0] = 50;
  t.expiry_lo[0] = -20;
  t.expiry_hi[9] = 10;
  t.expiry_lo[9] = -30;
  t.expiry_hi[23] = -5;
  t.expiry_lo[23] = -7;
  const ExpirySums sums = lane_kernel(InstructionSet::scalar).expiries(t, buckets, Drift{});
  EXPECT_EQ(sums.hi, 50 + 30 + 7);
  EXPECT_EQ(sums.lo, 50 + 30 + 7);
}

}  // namespace
}  // namespace margingate::margin
