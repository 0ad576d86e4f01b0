#include "io/decimal.hpp"

#include <gtest/gtest.h>

namespace margingate::io {
namespace {

TEST(Decimal, TakesTheShortestDigitsOfADouble) {
  const Decimal position = decimal_of(0.314538364);
  EXPECT_EQ(position.digits, 314538364);
  EXPECT_EQ(position.exponent, -9);
  const Decimal whole = decimal_of(-2500.0);
  EXPECT_EQ(whole.digits, -25);
  EXPECT_EQ(whole.exponent, 2);
  EXPECT_EQ(decimal_of(0.0).digits, 0);
  EXPECT_EQ(decimal_of(1e-300).exponent, -300);
}

TEST(Decimal, ScalesExactly) {
  EXPECT_EQ(scaled_nearest(65666.19, 8), 6'566'619'000'000);
  EXPECT_EQ(scaled_floor(0.1, 17), 10'000'000'000'000'000);
  EXPECT_EQ(scaled_floor(1.25, 1), 12);
  EXPECT_EQ(scaled_ceil(1.25, 1), 13);
  EXPECT_EQ(scaled_floor(-1.25, 1), -13);
  EXPECT_EQ(scaled_ceil(-1.25, 1), -12);
  EXPECT_EQ(scaled_nearest(1.25, 1), 13);
  EXPECT_EQ(scaled_nearest(-1.24, 1), -12);
  EXPECT_EQ(scaled_ceil(1e-300, 18), 1);
  EXPECT_EQ(scaled_floor(1e-300, 18), 0);
}

TEST(Decimal, RejectsWhatDoesNotFit) {
  EXPECT_FALSE(scaled_floor(1e19, 0));
  EXPECT_FALSE(scaled_floor(5.0, 18));
  EXPECT_TRUE(scaled_floor(4.0, 18));
  EXPECT_FALSE(scaled_floor(1e300, 18));
}

}  // namespace
}  // namespace margingate::io
