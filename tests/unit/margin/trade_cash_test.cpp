// Entry cash: rounded against the account, conserved, and never gained by splitting.
#include "margin/trade_cash.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "margin/fixed_point.hpp"
#include "support/random.hpp"

namespace margingate::margin {
namespace {

using scenario::InstrumentTerms;
using testing::Random;

// Cash of n lots at p is n * p / 7, rounded: seven lots a contract.
InstrumentTerms linear_sevenths() {
  InstrumentTerms terms;
  terms.trade_numerator = 1;
  terms.trade_denominator = 7;
  terms.lot_scale = 100.0 / 7.0;
  return terms;
}

// n contracts of 10 dollars: n * 10 / p coins, coins in 10^-8, prices in 10^-2.
InstrumentTerms inverse_tens() {
  InstrumentTerms terms;
  terms.reciprocal_price = true;
  terms.settles_in_coin = true;
  terms.trade_numerator = 100'000'000'000;
  terms.trade_denominator = 1;
  terms.lot_scale = 1e9;
  return terms;
}

const InstrumentTerms* kinds() {
  static const InstrumentTerms both[] = {linear_sevenths(), inverse_tens()};
  return both;
}

// MR-13
TEST(EntryCash, PaysUpAndReceivesDown) {
  const InstrumentTerms linear = linear_sevenths();
  EXPECT_EQ(entry_cash(linear, 7, 10), -10);
  EXPECT_EQ(entry_cash(linear, -7, 10), 10);
  EXPECT_EQ(entry_cash(linear, 1, 10), -2);
  EXPECT_EQ(entry_cash(linear, -1, 10), 1);
}

// MR-13: an inverse contract bought is coins owed, so cash received is positive.
TEST(EntryCash, TurnsAroundForInverseContracts) {
  const InstrumentTerms inverse = inverse_tens();
  EXPECT_EQ(entry_cash(inverse, 1, 5'000'000), 20'000);
  EXPECT_EQ(entry_cash(inverse, -1, 5'000'000), -20'000);
  EXPECT_EQ(entry_cash(inverse, 1, 3'000'000), 33'333);
  EXPECT_EQ(entry_cash(inverse, -1, 3'000'000), -33'334);
}

TEST(EntryCash, GainsNothingThereAndBack) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const InstrumentTerms& terms = kinds()[i % 2];
    const std::int64_t lots = random.integer(1, 1'000'000);
    const std::int64_t price = random.integer(1, 10'000'000);
    const std::int64_t sum = entry_cash(terms, lots, price) + entry_cash(terms, -lots, price);
    EXPECT_TRUE(sum == 0 || sum == -1) << sum;
  }
}

TEST(EntryCash, GainsNothingBySplitting) {
  Random random(2);
  for (int i = 0; i < 20'000; ++i) {
    const InstrumentTerms& terms = kinds()[i % 2];
    const std::int64_t sign = random.chance(0.5) ? 1 : -1;
    const std::int64_t price = random.integer(1, 10'000'000);
    std::int64_t lots = 0;
    std::int64_t in_parts = 0;
    const std::int64_t parts = random.integer(2, 6);
    for (std::int64_t p = 0; p < parts; ++p) {
      const std::int64_t part = sign * random.integer(1, 1'000);
      lots += part;
      in_parts += entry_cash(terms, part, price);
    }
    const std::int64_t whole = entry_cash(terms, lots, price);
    EXPECT_LE(in_parts, whole);
    EXPECT_GT(in_parts, whole - parts);
  }
}

TEST(EntryCash, IsExactAtTheEndsOfItsRange) {
  InstrumentTerms terms = linear_sevenths();
  terms.trade_numerator = (Int128{1} << 42) - 1;
  terms.trade_denominator = (Int128{1} << 67) + 1;
  const std::int64_t lots = std::int64_t{1} << 30;
  const Int128 exact = -(static_cast<Int128>(lots) * price_max * terms.trade_numerator);
  const Int128 expected = floor_divide(exact, terms.trade_denominator);
  EXPECT_EQ(entry_cash(terms, lots, price_max), static_cast<std::int64_t>(expected));
  EXPECT_LT(expected, -(Int128{1} << 57));
}

TEST(TradeInRange, EndsWhereTotalsCouldNotCarryTheCash) {
  InstrumentTerms linear = linear_sevenths();
  linear.lot_scale = 1.0;
  const std::int64_t scale = 1;
  EXPECT_TRUE(trade_in_range(linear, scale, 1 << 29, 1 << 29));
  EXPECT_FALSE(trade_in_range(linear, scale, (1 << 29) + 1, 1 << 29));
  EXPECT_FALSE(trade_in_range(linear, scale, -(1 << 29) - 1, 1 << 29));
  EXPECT_FALSE(trade_in_range(linear, scale, 1 << 30, price_max));
  InstrumentTerms inverse = inverse_tens();
  inverse.lot_scale = 0x1p30;
  EXPECT_TRUE(trade_in_range(inverse, scale, 1 << 28, 1));
  EXPECT_FALSE(trade_in_range(inverse, scale, (1 << 28) + 1, 1));
}

// MR-13: closing takes its share of the entry cash out, toward zero.
TEST(AfterFill, ReleasesTheClosedShare) {
  const InstrumentTerms terms = linear_sevenths();
  const FillOutcome closed = after_fill(terms, {3, 1, 2, -10}, -1, 28);
  EXPECT_EQ(closed.leg, (LegState{2, 1, 2, -7}));
  EXPECT_EQ(closed.realised, -3 + 4);
  const FillOutcome turned = after_fill(terms, {3, 0, 0, -10}, -7, 28);
  EXPECT_EQ(turned.leg.net, -4);
  EXPECT_EQ(turned.leg.entry_cash, 28 - 12);
  EXPECT_EQ(turned.realised, -10 + 12);
}

// Whatever the sequence: cash is either in the leg or in the wallet, and nothing stays behind in a
// leg that is flat.
TEST(AfterFill, ConservesCash) {
  Random random(5);
  for (int sequence = 0; sequence < 300; ++sequence) {
    const InstrumentTerms& terms = kinds()[sequence % 2];
    LegState leg;
    std::int64_t wallet = 0;
    std::int64_t paid = 0;
    for (int i = 0; i < 40; ++i) {
      const std::int64_t lots = random.chance(0.2) && leg.net != 0
                                    ? -leg.net
                                    : random.integer(1, 50) * (random.chance(0.5) ? 1 : -1);
      const std::int64_t price = random.integer(1'000, 9'000'000);
      const std::int64_t net = leg.net + lots;
      const FillOutcome outcome = after_fill(terms, leg, lots, price);
      leg = outcome.leg;
      wallet += outcome.realised;
      paid += entry_cash(terms, lots, price);
      ASSERT_EQ(leg.net, net);
      ASSERT_EQ(leg.entry_cash + wallet, paid);
      ASSERT_TRUE(leg.net != 0 || leg.entry_cash == 0);
    }
  }
}

RiskRow row_worth(std::int64_t value) {
  RiskRow row;
  row.status = Reason::accepted;
  row.value = value;
  return row;
}

// MR-15
TEST(OpenLoss, IsWhatIsPaidBeyondTheMark) {
  const InstrumentTerms terms = linear_sevenths();
  const auto loss = [&](std::int64_t lots, std::int64_t price) {
    const Interval interval = open_loss(terms, row_worth(4), Drift{}, {}, lots, price);
    EXPECT_EQ(interval.lo, interval.hi);
    return interval.hi;
  };
  EXPECT_EQ(loss(7, 28), 0);
  EXPECT_EQ(loss(7, 29), 1);
  EXPECT_EQ(loss(7, 27), 0);
  EXPECT_EQ(loss(-7, 28), 0);
  EXPECT_EQ(loss(-7, 27), 1);
  EXPECT_EQ(loss(1, 29), 1);  // 4.14 is paid as 5
}

TEST(OpenLoss, ValuesCoinsAtTheLiveSpot) {
  InstrumentTerms terms = inverse_tens();
  // Bought at 40,000 and worth ten dollars each: the coins owed are worth less at 50,000.
  const CoinPrice coin{5'000'000, 100, 0};
  const std::int64_t ten_dollars = 1'000'000'000;
  const Interval better = open_loss(terms, row_worth(-ten_dollars), Drift{}, coin, 3, 4'000'000);
  EXPECT_EQ(better.hi, 0);
  const Interval worse = open_loss(terms, row_worth(-ten_dollars), Drift{}, coin, 3, 6'000'000);
  EXPECT_EQ(worse.hi, 3 * ten_dollars - 2'500'000'000);
}

TEST(OpenLoss, WidensWithTheDrift) {
  const InstrumentTerms terms = linear_sevenths();
  RiskRow row = row_worth(4'000'000);
  row.value_drift = 400'000;
  row.value_curvature = 10'000;
  const Drift up{true, 32'768, 32'769, 16'386};
  const Interval interval = open_loss(terms, row, up, {}, 7, 29'500'000);
  // Worth 4.2m now, give or take 2,500 and rounding, for 4.214m.
  EXPECT_LE(interval.lo, 100'000);
  EXPECT_GE(interval.hi, 100'000);
  EXPECT_GE(interval.hi - interval.lo, 2 * 7 * 2'500);
  EXPECT_LE(interval.hi - interval.lo, 2 * 7 * 2'500 + 200);
}

}  // namespace
}  // namespace margingate::margin
