#include "risk_arrays/fixed_decimal.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "support/risk_array_sets.hpp"

namespace margingate::testing {
namespace {

using namespace risk_arrays;

TEST(FixedDecimal, ReadsWhatFilesWrite) {
  EXPECT_EQ("9960.006"_d.text(), "9960.006");
  EXPECT_EQ("-0.5"_d.text(), "-0.5");
  EXPECT_EQ("+12"_d, FixedDecimal(12));
  EXPECT_EQ("1.5E3"_d, FixedDecimal(1500));
  EXPECT_EQ("2500e-4"_d, "0.25"_d);
  EXPECT_EQ("0.123456789"_d.text(), "0.12345679");
  EXPECT_EQ("0"_d.text(), "0");
}

TEST(FixedDecimal, RefusesWhatIsNoNumber) {
  for (const char* text : {"", "-", "+", ".", "1.", ".5", "1e", "1e+", "1,5", "0x10", "nan", "inf",
                           "1 ", " 1", "1e999", "9999999999999999999", "--1"}) {
    EXPECT_FALSE(FixedDecimal::parse(text)) << text;
  }
}

TEST(FixedDecimal, RoundsHalvesAwayFromZero) {
  EXPECT_EQ(rounded("2.345"_d, 2), "2.35"_d);
  EXPECT_EQ(rounded("-2.345"_d, 2), "-2.35"_d);
  EXPECT_EQ(rounded("2.344999"_d, 2), "2.34"_d);
  EXPECT_EQ(rounded_quotient(10'150, 3, 2), "3383.33"_d);
  EXPECT_EQ(rounded_quotient(-1, 3, 4), "-0.3333"_d);
  EXPECT_EQ(floored_quotient(2, 3, 4), "0.6666"_d);
  EXPECT_EQ(FixedDecimal(1) / FixedDecimal(-8), "-0.125"_d);
}

TEST(FixedDecimal, MultipliesBeyondSixtyFourBitsExactly) {
  EXPECT_EQ("12345678901.5"_d * "1000000.25"_d, FixedDecimal::parse("12345681987919725.375"));
  EXPECT_EQ("-0.00000001"_d * FixedDecimal(1'000'000'000), -10);
}

TEST(FixedDecimal, ThrowsWhereAResultDoesNotFit) {
  const FixedDecimal large = 900'000'000'000'000'000;
  EXPECT_THROW(static_cast<void>(large + large), std::overflow_error);
  EXPECT_THROW(static_cast<void>(large * large), std::overflow_error);
  EXPECT_THROW(static_cast<void>(large / "0.00000001"_d), std::overflow_error);
  EXPECT_THROW(static_cast<void>(large / FixedDecimal()), std::domain_error);
  EXPECT_THROW(static_cast<void>(FixedDecimal::of_double(1e300)), std::overflow_error);
}

}  // namespace
}  // namespace margingate::testing
