#include "../../../tools/margingate/run/histogram.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace margingate::run {
namespace {

TEST(Histogram, IsExactBelowTheFirstDoubling) {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 1000; ++value) histogram.record(value);
  EXPECT_EQ(histogram.quantile(0.5), 500U);
  EXPECT_EQ(histogram.quantile(0.99), 990U);
  EXPECT_EQ(histogram.quantile(1.0), 1000U);
  EXPECT_EQ(histogram.min(), 1U);
  EXPECT_EQ(histogram.max(), 1000U);
  EXPECT_DOUBLE_EQ(histogram.mean(), 500.5);
}

TEST(Histogram, KeepsThreeSignificantDigits) {
  for (std::uint64_t value = 1; value < Histogram::value_max / 3;
       value = value * 2 + value / 7 + 1) {
    Histogram histogram;
    histogram.record(value);
    histogram.record(Histogram::value_max);
    const std::uint64_t found = histogram.quantile(0.5);
    EXPECT_GE(found, value);
    EXPECT_LE(static_cast<double>(found - value), 0.001 * static_cast<double>(value)) << value;
  }
}

TEST(Histogram, LosesNoValueBeyondItsRange) {
  Histogram histogram;
  histogram.record(UINT64_MAX);
  EXPECT_EQ(histogram.count(), 1U);
  EXPECT_EQ(histogram.max(), UINT64_MAX);
  EXPECT_GE(histogram.quantile(0.5), Histogram::value_max);
}

TEST(Histogram, AddsAsIfRecordedTogether) {
  Histogram a;
  Histogram b;
  Histogram both;
  for (std::uint64_t i = 0; i < 500; ++i) {
    const std::uint64_t value = i * i * 37;
    (i % 3 == 0 ? a : b).record(value);
    both.record(value);
  }
  a.add(b);
  EXPECT_EQ(a.count(), both.count());
  EXPECT_EQ(a.max(), both.max());
  for (const double share : {0.01, 0.5, 0.9, 0.999}) {
    EXPECT_EQ(a.quantile(share), both.quantile(share));
  }
}

TEST(Histogram, OfNothingIsZero) {
  const Histogram histogram;
  EXPECT_EQ(histogram.quantile(0.5), 0U);
  EXPECT_EQ(histogram.min(), 0U);
  EXPECT_EQ(histogram.mean(), 0.0);
}

}  // namespace
}  // namespace margingate::run
