// What one leg adds to its unit: by hand, and against every way its working orders may fill.
#include "margin/leg_contribution.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "support/random.hpp"

namespace margingate::margin {
namespace {

constexpr ContributionParts everything{true, true, true, true, true, true};
constexpr CoinPrice coin_at_50{5'000, 100, 10'000'000};

RiskRow row_of(bool is_option) {
  RiskRow row;
  row.status = Reason::accepted;
  row.is_option = is_option;
  row.exponent = 3;
  row.value = 120;
  row.value_drift = 11;
  row.value_curvature = 2;
  row.delta = 70;
  row.delta_slack = 3;
  row.expiry_delta = 9;
  row.expiry_delta_slack = 1;
  row.added_long = {5, 1, 0};
  row.added_short = {8, 0, 1};
  row.floor_long = {2, 0, 0};
  row.floor_short = {1, 0, 0};
  return row;
}

LegContribution of(const LegState& leg, const RiskRow& row,
                   const ContributionParts& parts = everything) {
  return leg_contribution(leg, row, parts, coin_at_50);
}

bool is_zero(const LegContribution& c) {
  const LegContribution zero;
  return std::memcmp(&c, &zero, sizeof c) == 0;
}

// MR-14
TEST(LegContribution, TakesProfitFromValueAndEntryCash) {
  const UnitScalars s = of({4, 0, 0, -500}, row_of(false)).scalars;
  EXPECT_EQ(s.profit[0], 4 * 120 - 500);
  EXPECT_EQ(s.profit[1], 0);
  EXPECT_EQ(s.profit_drift[0], 4 * 11);
  EXPECT_EQ(s.profit_curvature[0], 4 * 2);
  EXPECT_EQ(of({-4, 0, 0, 500}, row_of(false)).scalars.profit_curvature[0], 4 * 2);
}

// MR-14: coin cash at the spot, rounded down; its drift is the spot's.
TEST(LegContribution, ValuesCoinCashAtTheSpot) {
  RiskRow row = row_of(false);
  row.settles_in_coin = true;
  const UnitScalars s = of({-3, 0, 0, 7}, row).scalars;
  EXPECT_EQ(s.profit[0], 0);
  EXPECT_EQ(s.profit[1], -3 * 120 + 350);
  EXPECT_EQ(s.profit_drift[1], -3 * 11 + 3);
  const CoinPrice third{33, 100, 0};
  EXPECT_EQ(leg_contribution({-3, 0, 0, 1}, row, everything, third).scalars.profit[1], -360);
  EXPECT_EQ(leg_contribution({-3, 0, 0, -1}, row, everything, third).scalars.profit[1], -361);
}

// MR-20
TEST(LegContribution, CountsALossButNoGain) {
  EXPECT_EQ(of({4, 0, 0, -500}, row_of(false)).scalars.unrealised_loss.amount, 20);
  EXPECT_EQ(of({4, 0, 0, -400}, row_of(false)).scalars.unrealised_loss.amount, 0);
}

TEST(LegContribution, CountsLotsLegsAndBounds) {
  const UnitScalars s = of({-4, 2, 1, 480}, row_of(true)).scalars;
  EXPECT_EQ(s.lots, 7);
  EXPECT_EQ(s.scaled_lots, 56);
  EXPECT_EQ(s.legs, 1);
  EXPECT_EQ(s.unpriced, 0);
  EXPECT_EQ(s.unbounded, 0);
  RiskRow loose = row_of(true);
  loose.bounded = false;
  EXPECT_EQ(of({1, 0, 0, 0}, loose).scalars.unbounded, 1);
}

TEST(LegContribution, IsZeroForAFlatLeg) {
  EXPECT_TRUE(is_zero(of({}, row_of(false))));
  EXPECT_TRUE(is_zero(of({}, row_of(true))));
  RiskRow unpriced = row_of(true);
  unpriced.status = Reason::missing_mark;
  EXPECT_TRUE(is_zero(of({}, unpriced)));
}

// Nothing is known but that it is there, and how large it is.
TEST(LegContribution, OnlyCountsALegWithoutAPrice) {
  RiskRow row = row_of(true);
  row.status = Reason::missing_volatility;
  LegContribution c = of({-4, 2, 1, 480}, row);
  EXPECT_EQ(c.scalars.unpriced, 1);
  EXPECT_EQ(c.scalars.legs, 1);
  EXPECT_EQ(c.scalars.scaled_lots, 56);
  c.scalars.unpriced = c.scalars.legs = c.scalars.lots = c.scalars.scaled_lots = 0;
  EXPECT_TRUE(is_zero(c));
}

TEST(LegContribution, LeavesOutWhatTheModelDoesNotAskFor) {
  ContributionParts none;
  none.profit = false;
  LegContribution c = of({-4, 2, 1, 480}, row_of(true), none);
  EXPECT_EQ(c.scalars.lots, 7);
  c.scalars.lots = c.scalars.scaled_lots = c.scalars.legs = 0;
  EXPECT_TRUE(is_zero(c));
}

// MR-17
TEST(LegContribution, ChargesTheLargerOfLongestAndShortest) {
  const auto added = [](const LegState& leg) { return of(leg, row_of(true)).scalars.added.amount; };
  EXPECT_EQ(added({3, 0, 0, 0}), 15);
  EXPECT_EQ(added({-3, 0, 0, 0}), 24);
  EXPECT_EQ(added({0, 8, 5, 0}), 40);
  EXPECT_EQ(added({0, 8, 6, 0}), 48);
  EXPECT_EQ(added({-2, 1, 0, 0}), 16);
  EXPECT_EQ(added({-2, 7, 0, 0}), 25);
}

struct Ends {
  std::int64_t lo = INT64_MAX, hi = INT64_MIN;
  void take(std::int64_t x) { lo = std::min(lo, x), hi = std::max(hi, x); }
};

// MR-17 to MR-19 over every way to fill: the ends are reached and never passed.
void expect_ends_of_all_fills(const LegState& leg, const RiskRow& row) {
  Ends rest, longs, expiry, added, floor;
  for (std::int64_t buys = 0; buys <= leg.working_buys; ++buys) {
    for (std::int64_t sells = 0; sells <= leg.working_sells; ++sells) {
      const std::int64_t net = leg.net + buys - sells;
      const LegContribution filled = of({net, 0, 0, 0}, row);
      const std::int64_t held_long = row.is_option ? std::max<std::int64_t>(net, 0) : 0;
      rest.take(row.delta * (net - held_long));
      longs.take(row.delta * held_long);
      expiry.take(row.expiry_delta * net);
      added.take(filled.scalars.added.amount);
      floor.take(filled.scalars.floor.amount);
    }
  }
  const LegContribution c = of(leg, row);
  EXPECT_EQ(c.scalars.rest_lo, rest.lo);
  EXPECT_EQ(c.scalars.rest_hi, rest.hi);
  EXPECT_EQ(c.scalars.long_option_lo, longs.lo);
  EXPECT_EQ(c.scalars.long_option_hi, longs.hi);
  EXPECT_EQ(c.expiry_lo, expiry.lo);
  EXPECT_EQ(c.expiry_hi, expiry.hi);
  EXPECT_EQ(c.scalars.added.amount, added.hi);
  EXPECT_EQ(c.scalars.floor.amount, floor.hi);
}

TEST(LegContribution, TakesTheEndsOverAllFills) {
  testing::Random random(3);
  for (int i = 0; i < 500; ++i) {
    RiskRow row = row_of(random.chance(0.5));
    row.delta = random.integer(-90, 90);
    row.expiry_delta = random.integer(-90, 90);
    row.added_long.amount = random.integer(0, 9);
    row.added_short.amount = random.integer(0, 9);
    const LegState leg{random.integer(-8, 8), random.integer(0, 8), random.integer(0, 8), 0};
    if (leg.is_flat()) continue;
    expect_ends_of_all_fills(leg, row);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace margingate::margin
