// Real records of fixed-width files, field by field. Nine lines of the CME's early settlement file
// of 20 June 2025, as quoted in the doctests of github.com/jburgy/span (src/pa2/__init__.py); what
// each field means: the columns of docs/formats.md, after the clearing house's published layout.
#include <gtest/gtest.h>

#include "io/positional_records.hpp"
#include "support/risk_array_sets.hpp"

namespace margingate::testing {
namespace {

using namespace io;

const std::string file = "cme.20250620.e.pa2";

FixedWidthRecord record(std::string_view line) { return {file, line, 1}; }

TEST(PublishedRecords, DecodeASoybeanMealFuture) {
  const FirstArrayRecord first = decode_first_array(
      record("81CBT06        06        FUT 202507            0000000"
             "00000+00000+00567-00567-00567+00567+01133-01133-01133+00000000284100N"));
  EXPECT_EQ(first.product, (ProductKey{"CBT", "06", "FUT"}));
  EXPECT_EQ(first.underlying, "06");
  EXPECT_EQ(first.right, "");
  EXPECT_EQ(first.underlying_period, (Period{202507, 0}));
  EXPECT_FALSE(first.period.is_set());
  EXPECT_EQ(first.strike, 0);
  const std::array<FixedDecimal, 9> losses = {0, 0, -567, -567, 567, 567, -1133, -1133, 1133};
  EXPECT_EQ(first.losses, losses);
}

TEST(PublishedRecords, DecodeTheSecondHalfOfASoybeanMealCall) {
  const FixedWidthRecord line = record(
      "82CBT06        06        OOFC202507   202507   0000145"
      "00000+00000+00000+00000+00000+00000+00000+00000+002500000139100++10000+C");
  const SecondArrayRecord second = decode_second_array(line);
  EXPECT_EQ(second.losses, (std::array<FixedDecimal, 7>{}));
  EXPECT_EQ(second.composite_delta, 0);
  EXPECT_EQ(second.implied_volatility, "0.25"_d);
  EXPECT_EQ(second.price, 139'100);
  EXPECT_FALSE(second.is_strike_negative);
  EXPECT_EQ(second.current_delta, 1);
  EXPECT_EQ(second.day_flag, "C");
  EXPECT_EQ(line.text({26, 29}), "OOFC");
  EXPECT_EQ(line.integer({48, 54}, "the strike"), 145);
}

TEST(PublishedRecords, DecodeArrayParametersWithTheirExtremes) {
  const ArrayParameterRecord read = decode_array_parameters(record(
      "B CBTZSC       OOC202507   202507   999999992500000000600030000330000000000000000000"
      "001000020250620ZSC       BC00000000Y0000035-0005000000000000 00 00 010000000000P 00"));
  EXPECT_EQ(read.product, (ProductKey{"CBT", "ZSC", "OOC"}));
  EXPECT_EQ(read.underlying_period, (Period{202507, 0}));
  EXPECT_EQ(read.period, (Period{202507, 0}));
  EXPECT_EQ(read.base_volatility, "99.999999"_d);
  EXPECT_EQ(read.volatility_scan_range, 25);
  EXPECT_EQ(read.price_scan_range, 600);
  EXPECT_EQ(read.extreme_multiplier, 3);
  EXPECT_EQ(read.cover_fraction, "0.33"_d);
  EXPECT_EQ(read.look_ahead_years, 0);
  EXPECT_EQ(read.delta_scaling, 1);
  EXPECT_EQ(read.expiry, "20250620");
  EXPECT_EQ(read.model, "BC");
  EXPECT_EQ(read.value_factor, 5'000);
  EXPECT_EQ(read.volatility_scan_quotation, "P");
}

TEST(PublishedRecords, DecodeTheMiniDowsSpotCharge) {
  const SpotRecord spot = decode_spot(
      record("4 YM    10010120250600000010000000                            00001701001001001"));
  EXPECT_EQ(spot.code, "YM");
  EXPECT_EQ(spot.method, "10");
  ASSERT_EQ(spot.rates.size(), 1U);
  EXPECT_EQ(spot.rates[0].period, (Period{202506, 0}));
  EXPECT_EQ(spot.rates[0].spread_rate, 1);
  EXPECT_EQ(spot.rates[0].outright_rate, 0);
  EXPECT_EQ(spot.minimum_rate, 170);
  EXPECT_EQ(spot.factors, (std::array<FixedDecimal, 3>{1, 1, 1}));
  EXPECT_EQ(spot.minimum_method, "1");
}

TEST(PublishedRecords, DecodeAScanningBasedSuperSpread) {
  const InterSpreadRecord read = decode_inter_spread(
      record("6 ALL00010980000NYMNNY-HH 0010000ANYMNNY-HP 0010000B                              "
             "      04NYMNNY-NG          S00100000001"));
  EXPECT_EQ(read.group, "ALL");
  EXPECT_EQ(read.spread.priority, 1);
  ASSERT_EQ(read.spread.legs.size(), 2U);
  EXPECT_EQ(read.spread.legs[0].commodity, "NY-HH");
  EXPECT_EQ(read.spread.legs[0].ratio, 1);
  EXPECT_EQ(read.spread.legs[0].side, Side::a);
  EXPECT_EQ(read.spread.legs[0].rate, 98);
  EXPECT_FALSE(read.spread.legs[0].is_required);
  EXPECT_EQ(read.spread.legs[1].commodity, "NY-HP");
  EXPECT_EQ(read.spread.legs[1].ratio, 1);
  EXPECT_EQ(read.spread.legs[1].side, Side::b);
  EXPECT_EQ(read.method, "04");
  EXPECT_EQ(read.spread.target, "NY-NG");
  EXPECT_FALSE(read.spread.is_target_required);
  EXPECT_EQ(read.spread.target_ratio, 1);
  EXPECT_TRUE(read.is_super);
  EXPECT_EQ(read.spread.legs_min, 1);
}

TEST(PublishedRecords, DecodeAButterflyBetweenTiers) {
  const IntraSpreadRecord read =
      decode_tier_spread(record("C 06    1001030000100011401A021502B031601A"));
  EXPECT_EQ(read.code, "06");
  EXPECT_EQ(read.method, "10");
  EXPECT_EQ(read.spread.priority, 1);
  EXPECT_EQ(read.spread.rate, 100);
  ASSERT_EQ(read.spread.legs.size(), 3U);
  const std::array<int, 3> tiers = {14, 15, 16};
  const std::array<FixedDecimal, 3> ratios = {1, 2, 1};
  const std::array<Side, 3> sides = {Side::a, Side::b, Side::a};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(read.spread.legs[i].tier, tiers[i]);
    EXPECT_EQ(read.spread.legs[i].ratio, ratios[i]);
    EXPECT_EQ(read.spread.legs[i].side, sides[i]);
  }
}

TEST(PublishedRecords, DecodeAButterflyBetweenMonths) {
  const IntraSpreadRecord read = decode_series_spread(
      record("E 17    0000100002502509   010000A2512   020000B2603   010000A"));
  EXPECT_EQ(read.code, "17");
  EXPECT_EQ(read.spread.priority, 1);
  EXPECT_EQ(read.spread.rate, 250);
  ASSERT_EQ(read.spread.legs.size(), 3U);
  const std::array<std::uint32_t, 3> months = {202509, 202512, 202603};
  const std::array<FixedDecimal, 3> ratios = {1, 2, 1};
  const std::array<Side, 3> sides = {Side::a, Side::b, Side::a};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_FALSE(read.spread.legs[i].tier);
    EXPECT_EQ(read.spread.legs[i].period, (Period{months[i], 0}));
    EXPECT_EQ(read.spread.legs[i].ratio, ratios[i]);
    EXPECT_EQ(read.spread.legs[i].side, sides[i]);
  }
}

TEST(PublishedRecords, DecodeScanningTiers) {
  const ScanTierRecord read =
      decode_scan_tiers(record("S 07    20020120250720250702202508202812                         "
                               "                 2"));
  EXPECT_EQ(read.code, "07");
  EXPECT_EQ(read.method, "20");
  ASSERT_EQ(read.tiers.size(), 2U);
  EXPECT_EQ(read.tiers[0].number, 1);
  EXPECT_EQ(read.tiers[0].first, (Period{202507, 0}));
  EXPECT_EQ(read.tiers[0].last, (Period{202507, 0}));
  EXPECT_EQ(read.tiers[1].number, 2);
  EXPECT_EQ(read.tiers[1].first, (Period{202508, 0}));
  EXPECT_EQ(read.tiers[1].last, (Period{202812, 0}));
  EXPECT_EQ(read.price_risk_method, 2);
  EXPECT_FALSE(read.has_minimum);
}

TEST(PublishedRecords, DecodeIntraCommodityTiersAndRatios) {
  const IntraTierRecord read = decode_intra_tiers(
      record("3 06    1001202507202507022025082025080320250920250904202510202511  100010001100"));
  EXPECT_EQ(read.code, "06");
  EXPECT_EQ(read.method, "10");
  ASSERT_EQ(read.tiers.size(), 4U);
  const std::array<std::uint32_t, 4> first = {202507, 202508, 202509, 202510};
  const std::array<std::uint32_t, 4> last = {202507, 202508, 202509, 202511};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(read.tiers[i].number, static_cast<int>(i) + 1);
    EXPECT_EQ(read.tiers[i].first, (Period{first[i], 0}));
    EXPECT_EQ(read.tiers[i].last, (Period{last[i], 0}));
  }
  EXPECT_EQ(read.initial_ratios, (std::array<FixedDecimal, 3>{1, 1, "1.1"_d}));
}

// A record of JSCC that ends at the side of its second leg, after 52 characters. Quoted without
// the exchange of its legs, which are blank here.
TEST(PublishedRecords, DecodeASpreadWhoseLineEndsEarly) {
  const FixedWidthRecord line = record("6 JGB00010433400    JGBL  0010000A    JGBM  0012900B");
  ASSERT_EQ(line.line().size(), 52U);
  const InterSpreadRecord read = decode_inter_spread(line);
  EXPECT_EQ(read.group, "JGB");
  EXPECT_EQ(read.spread.priority, 1);
  ASSERT_EQ(read.spread.legs.size(), 2U);
  EXPECT_EQ(read.spread.legs[0].commodity, "JGBL");
  EXPECT_EQ(read.spread.legs[0].ratio, 1);
  EXPECT_EQ(read.spread.legs[0].side, Side::a);
  EXPECT_EQ(read.spread.legs[0].rate, "43.34"_d);
  EXPECT_EQ(read.spread.legs[1].commodity, "JGBM");
  EXPECT_EQ(read.spread.legs[1].ratio, "1.29"_d);
  EXPECT_EQ(read.spread.legs[1].side, Side::b);
  EXPECT_EQ(read.method, "");
  EXPECT_FALSE(read.is_super);
  EXPECT_EQ(read.spread.legs_min, 0);
}

}  // namespace
}  // namespace margingate::testing
