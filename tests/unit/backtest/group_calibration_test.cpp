#include "backtest/group_calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "io/parameter_file.hpp"

namespace margingate::backtest {
namespace {

GroupCalibration small() {
  GroupCalibration terms;
  terms.filtered = {8, 1, {0.5, 4, 0.0}};
  terms.stress_rows = 3;
  terms.confidence = 0.75;
  return terms;
}

// From log returns.
PriceHistory history_of(const std::vector<std::vector<double>>& returns) {
  PriceHistory history;
  for (std::size_t u = 0; u < returns.size(); ++u) {
    history.underlyings.push_back(u == 0 ? "BTC" : "ETH");
    history.closes.push_back({100.0});
    for (const double r : returns[u]) {
      history.closes[u].push_back(history.closes[u].back() * std::exp(r));
    }
  }
  for (std::size_t d = 0; d <= returns[0].size(); ++d) {
    history.days.push_back("day " + std::to_string(d));
    history.times.push_back({static_cast<std::int64_t>(d)});
  }
  return history;
}

// Twenty returns of 1 to 20 per cent, the even ones down. All of them at 75 %, place 5.5: long half
// way between 12 and 10, short between 11 and 9. Of the eight largest, four lose either way: long
// the fourth loses 14, the fifth gains 13; 11 is reached at place 4 + 3/27, and so is 10 of short,
// between 13 and -14. (1 - c) * 8 + 1/2 = 4.111 at c = 0.5486.
TEST(StressConfidence, IsTheLeastThatMatchesTheWholeHistory) {
  std::vector<double> returns;
  for (int i = 1; i <= 20; ++i) returns.push_back(std::log(1.0 + (i % 2 == 0 ? -0.01 : 0.01) * i));
  const PriceHistory history = history_of({returns});
  history::ScenarioSet stressed;
  stressed.moves = {{{0.13, -0.14, 0.15, -0.16, 0.17, -0.18, 0.19, -0.2}, {}}};
  EXPECT_EQ(stress_confidence({history.closes[0]}, stressed, small()), 0.549);
}

models::ParameterSet one_split() {
  return io::parse_parameter_file("p.json", R"({
    "name": "p", "model": "liquidation-groups", "date": "d", "source": "s", "confidence": "c",
    "splits": [{"group": "G", "split": "G_HP1",
      "measures": [{"name": "filtered", "confidence": 0.9, "robustness": 1.1},
                   {"name": "stress", "confidence": 0.9, "weight": 0.5}],
      "underlyings": [
        {"underlying": "BTC", "price_moves": {"filtered": [0, 0, 0, 0, 0, 0, 0, 0], "stress": [0]}},
        {"underlying": "XRP", "price_moves": {"filtered": [0, 0, 0, 0, 0, 0, 0, 0], "stress": [0]}},
        {"underlying": "default",
         "price_moves": {"filtered": [0, 0, 0, 0, 0, 0, 0, 0], "stress": [0]}}]}]})");
}

const models::LiquidationSplit& split_of(const models::ParameterSet& set) {
  return std::get<models::LiquidationGroupParameters>(set.numbers).splits.at(0);
}

TEST(CalibrateGroups, ReplacesMovesAndLeavesTheRest) {
  std::vector<double> calm, wild;
  for (int i = 0; i < 20; ++i) {
    calm.push_back(i % 3 == 0 ? -0.01 : 0.01);
    wild.push_back(3.0 * calm.back());
  }
  const PriceHistory history = history_of({calm, wild});
  const models::ParameterSet calibrated =
      calibrate_groups(one_split(), HistoryUpTo(history, 20), small());
  const models::LiquidationSplit& split = split_of(calibrated);
  EXPECT_EQ(split.measures[0].confidence, 0.75);
  EXPECT_EQ(split.measures[0].robustness, 1.1);
  EXPECT_EQ(split.measures[1].weight, 0.5);
  ASSERT_EQ(split.underlyings.size(), 2U);  // no prices of XRP
  EXPECT_EQ(split.underlyings[0].name, "BTC");
  EXPECT_NEAR(split.underlyings[0].price_moves[0].back(), std::exp(0.01) - 1.0, 1e-6);
  EXPECT_NEAR(split.underlyings[1].price_moves[0].back(), std::exp(0.03) - 1.0, 1e-6);
  EXPECT_EQ(split.underlyings[1].price_moves[1].size(), 3U);
}

// A last return of three standard deviations: root of 0.5 + 0.5 * 9, less one, in whole per cent.
TEST(CalibrateGroups, MovesVolatilityByWholePerCent) {
  std::vector<double> returns(20, 0.01);
  returns.back() = -0.03;
  const PriceHistory history = history_of({returns});
  const models::ParameterSet calibrated =
      calibrate_groups(one_split(), HistoryUpTo(history, 20), small());
  EXPECT_EQ(split_of(calibrated).underlyings[0].volatility_moves[0].back(), 1.24);
}

// What happens afterwards changes nothing.
TEST(RollingGroups, KnowNothingOfLaterDays) {
  std::vector<double> returns(30, 0.01);
  for (std::size_t i = 0; i < returns.size(); i += 3) returns[i] = -0.02;
  const PriceHistory history = history_of({returns});
  returns.back() = -0.9;
  const PriceHistory other = history_of({returns});
  const auto rolling = rolling_groups(one_split(), small());
  ASSERT_TRUE(rolling.has_value());
  const auto at = [&](const PriceHistory& known, std::size_t day) {
    return split_of((*rolling)(HistoryUpTo(known, day))).underlyings[0].price_moves;
  };
  EXPECT_EQ(at(history, 29), at(other, 29));
  EXPECT_NE(at(history, 30), at(other, 30));
}

TEST(CalibrateGroups, NeedsHistoryAndItsOwnModel) {
  const PriceHistory history = history_of({std::vector<double>(20, 0.01)});
  EXPECT_THROW((void)calibrate_groups(one_split(), HistoryUpTo(history, 6), small()),
               std::invalid_argument);
  const models::ParameterSet other = io::read_parameter_file(std::string(MARGINGATE_SOURCE_DIR) +
                                                             "/params/portfolio-generic.json");
  EXPECT_THROW((void)calibrate_groups(other, HistoryUpTo(history, 20), small()),
               std::invalid_argument);
  EXPECT_FALSE(rolling_groups(other, small()).has_value());
}

}  // namespace
}  // namespace margingate::backtest
