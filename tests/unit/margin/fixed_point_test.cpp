// Directions of rounding, one by one.
#include "margin/fixed_point.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "support/random.hpp"

namespace margingate::margin {
namespace {

TEST(FixedPoint, DividesTowardsTheStatedSide) {
  for (int a = -50; a <= 50; ++a) {
    for (int b = 1; b <= 12; ++b) {
      EXPECT_EQ(static_cast<int>(floor_divide(a, b)), std::floor(double{1.0} * a / b)) << a << b;
      EXPECT_EQ(static_cast<int>(ceil_divide(a, b)), std::ceil(double{1.0} * a / b)) << a << b;
    }
  }
}

TEST(FixedPoint, MultipliesWithoutLosingTheMiddle) {
  const std::int64_t large = (std::int64_t{1} << 59) + 12'345;
  EXPECT_EQ(multiply_floor(large, parts_per_one, parts_per_one), large);
  EXPECT_EQ(multiply_floor(-large, parts_per_one, parts_per_one), -large);
  EXPECT_EQ(multiply_floor(large, 1, 2), large / 2);
  EXPECT_EQ(multiply_floor(-large, 1, 2), -large / 2 - 1);
  EXPECT_EQ(multiply_ceil(large, 1, 2), large / 2 + 1);
  EXPECT_EQ(multiply_ceil(-large, 1, 2), -large / 2);
}

// No price turns a debt into a fortune.
TEST(FixedPoint, HoldsConversionsThatDoNotFit) {
  for (std::int64_t factor = 1; factor < 300; ++factor) {
    EXPECT_GT(multiply_floor(converted_max, factor, 1), 0);
    EXPECT_LT(multiply_floor(-converted_max, factor, 1), 0);
  }
  EXPECT_EQ(multiply_floor(INT64_MAX, INT64_MAX, 1), converted_max);
  EXPECT_EQ(multiply_floor(INT64_MIN, INT64_MAX, 1), -converted_max);
  EXPECT_EQ(multiply_floor(converted_max, 1, 1), converted_max);
}

TEST(FixedPoint, RoundsDoublesToTheNearestInteger) {
  EXPECT_EQ(nearest(0.5), 0.0);
  EXPECT_EQ(nearest(1.5), 2.0);
  EXPECT_EQ(nearest(2.5), 2.0);
  EXPECT_EQ(nearest(-0.5), 0.0);
  EXPECT_EQ(nearest(-1.5), -2.0);
  EXPECT_EQ(nearest(0x1p52 + 1.0), 0x1p52 + 1.0);
  EXPECT_TRUE(std::isnan(nearest(std::nan(""))));
  EXPECT_EQ(nearest(std::numeric_limits<double>::infinity()),
            std::numeric_limits<double>::infinity());
  testing::Random random(1);
  for (int i = 0; i < 100'000; ++i) {
    const double x = random.uniform(-1.0, 1.0) * std::exp2(random.uniform(-3.0, 54.0));
    EXPECT_EQ(nearest(x), std::nearbyint(x)) << x;
    EXPECT_EQ(ceil_portable(x), std::ceil(x)) << x;
    EXPECT_EQ(floor_portable(x), std::floor(x)) << x;
  }
}

}  // namespace
}  // namespace margingate::margin
