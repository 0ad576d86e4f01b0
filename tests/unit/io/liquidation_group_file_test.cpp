#include "io/liquidation_group_file.hpp"

#include <gtest/gtest.h>

#include "io/liquidation_group_report.hpp"
#include "io/text_file.hpp"
#include "unit/io/expect_file_error.hpp"

namespace margingate::io {
namespace {

using namespace liquidation_groups;

std::string example_text() {
  return read_text_file(MARGINGATE_SOURCE_DIR "/examples/liquidation-groups/constructed.json");
}

ParameterSet example() { return parse_liquidation_groups("groups.json", example_text()); }

// The example with one text in the place of another, which must be there.
std::string changed(const std::string& from, const std::string& to) {
  std::string text = example_text();
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

void expect_refused(const std::string& text, const std::string& place,
                    const std::string& expected) {
  expect_file_error([&] { (void)parse_liquidation_groups("groups.json", text); }, "groups.json",
                    place, expected);
}

TEST(LiquidationGroupFile, ReadsTheExample) {
  const ParameterSet set = example();
  ASSERT_EQ(set.groups.size(), 2U);
  const RiskMeasure& filtered = set.groups[0].splits[0].measures[0];
  EXPECT_EQ(filtered.scenarios, 10U);
  EXPECT_EQ(filtered.robustness, 1.1);
  EXPECT_EQ(filtered.correlation_break->window, 2U);
  EXPECT_EQ(filtered.weight, 1.0);
  EXPECT_EQ(set.groups[0].splits[0].measures[1].weight, 0.51);
  EXPECT_EQ(set.groups[0].splits[0].time_to_expiry[1].hedging_weight, 0.4);
  ASSERT_EQ(set.instruments.size(), 4U);
  EXPECT_EQ(set.instruments[1].business_days_to_expiry, 2);
  EXPECT_EQ(set.instruments[2].settlement_price, 40.5);
  EXPECT_EQ(set.instruments[2].liquidity_class, 1U);
  EXPECT_EQ(set.instruments[3].group, 1U);
  EXPECT_EQ(set.instruments[3].settlement_price, 20.0);
}

TEST(LiquidationGroupFile, TakesAPercentageOfZeroForAWeightThatIsNotSet) {
  const std::string text = changed(R"("weight_percent": 51)", R"("weight_percent": 0)");
  EXPECT_EQ(parse_liquidation_groups("g", text).groups[0].splits[0].measures[1].weight, 1.0);
}

TEST(LiquidationGroupFile, RefusesAPercentageWhereAFractionIsExpected) {
  expect_refused(changed(R"("weight_percent": 51)", R"("weight": 51)"),
                 "split INDEX_HP3, measure stress", "a fraction, not per cent");
  expect_refused(changed(R"("confidence": 0.85)", R"("confidence": 85)"),
                 "split INDEX_HP3, measure filtered", "not per cent");
  expect_refused(changed(R"("weight_percent": 51)", R"("weight": 0.5, "weight_percent": 51)"),
                 "/groups/0/splits/0/measures/1", "not both");
}

TEST(LiquidationGroupFile, NamesThePlaceOfWhatIsWrong) {
  expect_refused(changed(R"("split": "RATES_HP2", "right")", R"("split": "RATES", "right")"),
                 "/instruments/3/split", "the name of a split");
  expect_refused(changed(R"("liquidity_class": "options",
   "individual)",
                         R"("liquidity_class": "opts",
   "individual)"),
                 "/instruments/2/liquidity_class", "the name of a liquidity class");
  expect_refused(changed(R"({"measure": "stress", "prices": [[892)",
                         R"({"measure": "Stress", "prices": [[892)"),
                 "/instruments/1", "scenarios of the measure stress");
  expect_refused(changed("[[892, 1088, 926, 1059]]", "[[892, 1088, 926]]"),
                 "instrument NEAR, measure stress", "a price for every scenario");
  expect_refused(changed(R"("kind": "stress")", R"("kind": "historical")"),
                 "/groups/0/splits/0/measures/1/kind", "filtered");
  expect_refused(changed(R"("window": 2)", R"("window": 11)"), "split INDEX_HP3, measure filtered",
                 "window of 1 to all scenarios");
  expect_refused(changed(R"("robustness": 1.1)", R"("robust": 1.1)"),
                 "/groups/0/splits/0/measures/0/robust", "no such key");
}

TEST(LiquidationGroupFile, RefusesATruncatedFileAtEveryLength) {
  const std::string text = example_text();
  for (std::size_t size = 0; size + 2 < text.size(); size += 7) {
    EXPECT_THROW((void)parse_liquidation_groups("groups.json", text.substr(0, size)), FileError);
  }
}

LiquidationGroupPositions positions(const std::string& list) {
  return parse_liquidation_group_positions(
      "p.json", R"({"account": "A1", "positions": [)" + list + "]}", example());
}

TEST(LiquidationGroupPositions, NameInstrumentsOfTheParameters) {
  const LiquidationGroupPositions read = positions(R"({"instrument": "CALL", "quantity": -2.5})");
  ASSERT_EQ(read.positions.size(), 1U);
  EXPECT_EQ(read.positions[0].instrument, 2U);
  EXPECT_EQ(read.positions[0].quantity, -2.5);
  const auto error = [](const std::string& list, const std::string& place,
                        const std::string& expected) {
    expect_file_error([&] { (void)positions(list); }, "p.json", place, expected);
  };
  const std::string put = R"({"instrument": "PUT", "quantity": 1})";
  error(R"({"instrument": "X", "quantity": 1})", "/positions/0/instrument", "an instrument");
  error(put + "," + put, "/positions/1/instrument", "each instrument once");
  error(R"({"instrument": "PUT", "quantity": 1e10})", "/positions/0/quantity", "a number from");
}

TEST(LiquidationGroupReport, HoldsWhatTheTableShows) {
  const ParameterSet set = example();
  const LiquidationGroupPositions held = positions(R"({"instrument": "PUT", "quantity": 3})");
  const auto json = liquidation_group_json(set, held, margin_account(set, held.positions));
  const auto& split = json["splits"][0];
  EXPECT_EQ(split["split"], "RATES_HP2");
  EXPECT_EQ(split["measures"][0]["sub_samples"][0]["profits"][0], -540.0);
  EXPECT_EQ(split["premium_margin"], -600.0);
  EXPECT_EQ(split["long_option_credit"], -30.0);
  EXPECT_EQ(json["currencies"][0]["requirement"], 0.0);
}

}  // namespace
}  // namespace margingate::io
