#include "../../../tools/margingate/run/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace margingate::run {
namespace {

// Fixed for ever: the recorded hashes of runs depend on these.
TEST(Random, IsTheSameEverywhere) {
  Random random(1, 0);
  const std::uint64_t first = random.next();
  Random again(1, 0);
  EXPECT_EQ(again.next(), first);
  EXPECT_NE(again.next(), first);
  static_assert(Random(5, 9).next() == Random(5, 9).next());
}

TEST(Random, GivesUnrelatedStreams) {
  Random a(1, 0);
  Random b(1, 1);
  Random c(2, 0);
  int equal = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t x = a.next();
    equal += x == b.next() ? 1 : 0;
    equal += x == c.next() ? 1 : 0;
  }
  EXPECT_EQ(equal, 0);
}

TEST(Random, HasTheMomentsItNames) {
  constexpr int count = 200'000;
  Random random(3, 3);
  double uniform_sum = 0.0;
  double normal_sum = 0.0;
  double normal_squares = 0.0;
  for (int i = 0; i < count; ++i) {
    const double u = random.unit();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    uniform_sum += u;
    const double n = random.normal();
    normal_sum += n;
    normal_squares += n * n;
  }
  // Five standard errors.
  EXPECT_NEAR(uniform_sum / count, 0.5, 5.0 * std::sqrt(1.0 / 12.0 / count));
  EXPECT_NEAR(normal_sum / count, 0.0, 5.0 / std::sqrt(count));
  EXPECT_NEAR(normal_squares / count, 1.0, 5.0 * std::sqrt(2.0 / count));
}

TEST(Random, DrawsByWeight) {
  constexpr int count = 100'000;
  const std::array<double, 4> running_sums = {1.0, 1.0, 4.0, 10.0};  // weights 1, 0, 3, 6
  std::array<int, 4> drawn{};
  Random random(11, 0);
  for (int i = 0; i < count; ++i) ++drawn[random.weighted(running_sums)];
  EXPECT_NEAR(drawn[0], 0.1 * count, 500);
  EXPECT_EQ(drawn[1], 0);
  EXPECT_NEAR(drawn[2], 0.3 * count, 800);
  EXPECT_NEAR(drawn[3], 0.6 * count, 800);
}

TEST(Random, StaysBelowTheCount) {
  Random random(4, 4);
  std::array<int, 7> seen{};
  for (int i = 0; i < 7000; ++i) ++seen[random.below(7)];
  for (const int count : seen) EXPECT_NEAR(count, 1000, 200);
}

}  // namespace
}  // namespace margingate::run
