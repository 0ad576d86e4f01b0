#include "reference/exact_integer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>

namespace margingate::reference {
namespace {

TEST(ExactInteger, TakesTheFloorAndTheCeilingOfSignedQuotients) {
  EXPECT_EQ(floor_quotient(7, 2), 3);
  EXPECT_EQ(floor_quotient(-7, 2), -4);
  EXPECT_EQ(floor_quotient(-8, 2), -4);
  EXPECT_EQ(ceil_quotient(7, 2), 4);
  EXPECT_EQ(ceil_quotient(-7, 2), -3);
  EXPECT_EQ(ceil_quotient(8, 2), 4);
}

TEST(ExactInteger, TakesTheNearestIntegerWithTiesToEven) {
  EXPECT_EQ(nearest(0.5), 0);
  EXPECT_EQ(nearest(1.5), 2);
  EXPECT_EQ(nearest(-2.5), -2);
  EXPECT_EQ(nearest(-2.51), -3);
}

TEST(ExactInteger, ReportsWhatIsNoMoney) {
  EXPECT_TRUE(fits_integer(-0x1p61));
  EXPECT_FALSE(fits_integer(0x1p62));
  EXPECT_FALSE(fits_integer(std::numeric_limits<double>::infinity()));
  EXPECT_FALSE(fits_integer(std::numeric_limits<double>::quiet_NaN()));
  EXPECT_EQ(floor_integer(-1e300), -(std::int64_t{1} << 62));
}

TEST(ExactInteger, TakesTheFloorOfAProductWiderThan128Bits) {
  // 10^18 * 10^18 * 10^18 * 7 / (10^18 * 10^18 * 10^17 * 3) = 70 / 3 = 23.33...
  constexpr std::uint64_t big = 1'000'000'000'000'000'000;
  const std::array<std::uint64_t, 4> factors{big, big, big, 7};
  const std::array<std::uint64_t, 4> divisors{big, big, big / 10, 3};
  EXPECT_EQ(floor_of_ratio(false, factors, divisors), 23);
  EXPECT_EQ(floor_of_ratio(true, factors, divisors), -24);
}

TEST(ExactInteger, KeepsAnExactNegativeRatioAsItIs) {
  const std::array<std::uint64_t, 2> factors{6, 5};
  const std::array<std::uint64_t, 2> divisors{3, 2};
  EXPECT_EQ(floor_of_ratio(true, factors, divisors), -5);
  const std::array<std::uint64_t, 1> zero{0};
  EXPECT_EQ(floor_of_ratio(true, zero, divisors), 0);
}

TEST(ExactInteger, KeepsSumsBeyond64BitsAtTheEnd) {
  EXPECT_EQ(narrow(Int128{INT64_MAX} + 1), INT64_MAX);
  EXPECT_EQ(narrow(Int128{INT64_MIN} - 1), INT64_MIN);
  EXPECT_EQ(parts_per_billion(0.1), 100'000'000);
}

}  // namespace
}  // namespace margingate::reference
