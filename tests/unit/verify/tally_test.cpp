#include "verify/tally.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace margingate::verify {
namespace {

Observation seen(double move, double width, double utilisation) {
  Observation one;
  one.move = move;
  one.width = width;
  one.has_interval = true;
  one.utilisation = utilisation;
  one.nearest_expiry_ns = 3'600'000'000'000 * 5;
  return one;
}

TEST(Tally, DriftBucketsIncludeTheirUpperEnds) {
  EXPECT_EQ(drift_bucket(0.0), 0u);
  EXPECT_EQ(drift_bucket(1e-9), 1u);
  EXPECT_EQ(drift_bucket(0.0005), 1u);
  EXPECT_EQ(drift_bucket(0.0025), 2u);
  EXPECT_EQ(drift_bucket(0.01), 3u);
  EXPECT_EQ(drift_bucket(0.03), 4u);
  EXPECT_EQ(drift_bucket(0.031), 5u);
}

TEST(Tally, ExpiryBucketsTellHoursDaysAndNoOptionApart) {
  constexpr std::int64_t hour = 3'600'000'000'000;
  EXPECT_EQ(expiry_bucket(-1), expiry_buckets - 1);
  EXPECT_EQ(expiry_bucket(0), 0u);
  EXPECT_EQ(expiry_bucket(hour), 1u);
  EXPECT_EQ(expiry_bucket(6 * hour), 2u);
  EXPECT_EQ(expiry_bucket(24 * hour), 3u);
  EXPECT_EQ(expiry_bucket(7 * 24 * hour), 4u);
}

TEST(Tally, PlotBucketsAreCentredOnTheirMoves) {
  for (std::size_t bucket = 0; bucket < plot_buckets; ++bucket) {
    EXPECT_EQ(plot_bucket(plot_move(bucket)), bucket);
  }
  EXPECT_NEAR(std::log10(plot_move(4) / plot_move(0)), 1.0, 1e-12);
}

TEST(Tally, FallbackCountsOverlapAndMissingBoundsButNotReducingOrders) {
  BandTally band;
  for (const Answer answer :
       {Answer::decided, Answer::straddles, Answer::reducing, Answer::unbounded}) {
    Observation one = seen(0.002, 0.01, 0.8);
    one.answer = answer;
    band.record(one);
  }
  EXPECT_DOUBLE_EQ(band.drift_cell(2).fallback_share(), 0.5);
  EXPECT_EQ(band.expiry_cell(1).decisions, 4u);
  EXPECT_DOUBLE_EQ(band.covered_up_to(2, false).fallback_share(), 0.5);
  EXPECT_EQ(band.covered_up_to(2, true).decisions, 0u);
  EXPECT_EQ(band.covered_up_to(1, false).decisions, 0u);
}

TEST(Tally, AccountsOutsideFiftyToHundredPercentDoNotCountAsCovered) {
  BandTally band;
  for (const double utilisation : {0.0, 0.49, 0.5, 1.0, 1.01}) {
    band.record(seen(0.0, 0.0, utilisation));
  }
  EXPECT_EQ(band.drift_cell(0).decisions, 5u);
  EXPECT_EQ(band.covered_up_to(0, false).decisions, 2u);
}

TEST(Tally, AddingTalliesAddsEverythingTheyHold) {
  Tally a({0.01});
  Tally b({0.01});
  b.decisions = 3;
  b.mismatches = 1;
  b.model("cross").decisions = 3;
  b.by_band[0].record(seen(0.0004, 0.25, 0.9));
  a.model("cross").decisions = 2;
  a.add(b);
  EXPECT_EQ(a.decisions, 3u);
  EXPECT_EQ(a.mismatches, 1u);
  EXPECT_EQ(a.model("cross").decisions, 5u);
  const run::Histogram& widths = a.by_band[0].widths_by_drift[1];
  EXPECT_EQ(widths.count(), 1u);
  EXPECT_NEAR(static_cast<double>(widths.max()) / width_units_per_one, 0.25, 0.001);
}

}  // namespace
}  // namespace margingate::verify
