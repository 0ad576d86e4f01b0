#include "backtest/group_calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "io/parameter_file.hpp"

namespace margingate::backtest {
namespace {

GroupCalibration small() {
  GroupCalibration terms;
  terms.holding_days = 1;
  terms.filtered_scenarios = 8;
  terms.stress_scenarios = 3;
  terms.first_variance_days = 4;
  terms.decay = 0.5;
  terms.confidence = 0.75;
  return terms;
}

// Closes from log returns.
std::vector<double> closes_of(const std::vector<double>& returns) {
  std::vector<double> closes{100.0};
  for (const double r : returns) closes.push_back(closes.back() * std::exp(r));
  return closes;
}

PriceHistory history_of(const std::vector<std::vector<double>>& returns) {
  PriceHistory history;
  for (std::size_t u = 0; u < returns.size(); ++u) {
    history.underlyings.push_back(u == 0 ? "BTC" : "ETH");
    history.closes.push_back(closes_of(returns[u]));
  }
  for (std::size_t d = 0; d <= returns[0].size(); ++d) {
    history.days.push_back("day " + std::to_string(d));
    history.times.push_back({static_cast<std::int64_t>(d)});
  }
  return history;
}

// Every day 2 per cent up or down: the variance never changes, nor does any return; a move of one
// standard deviation leaves volatility.
TEST(FilteredMoves, AreTheReturnsWhereTheVarianceStandsStill) {
  std::vector<double> returns;
  for (int i = 0; i < 20; ++i) returns.push_back(i % 2 == 0 ? 0.02 : -0.02);
  const CalibratedMoves moves = filtered_moves(closes_of(returns), small());
  ASSERT_EQ(moves.prices.size(), 8U);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(moves.prices[i], i % 2 == 0 ? 0.020201 : -0.019801);  // exp(+-0.02) - 1
    EXPECT_EQ(moves.volatilities[i], 0.0);
  }
}

// Variance 1 (of one per cent) on the first nineteen days; a last day of three makes it 0.5 + 0.5 *
// 9 = 5: the days before, seen from there, are root 5 as large, the last one too, at 3 root 5.
TEST(FilteredMoves, AreSeenFromTheVolatilityOfTheLastDay) {
  std::vector<double> returns(20, 0.01);
  returns.back() = -0.03;
  const CalibratedMoves moves = filtered_moves(closes_of(returns), small());
  EXPECT_NEAR(moves.prices.front(), std::exp(0.01 * std::sqrt(5.0)) - 1.0, 1e-6);
  EXPECT_NEAR(moves.prices.back(), std::exp(-0.03 * std::sqrt(5.0)) - 1.0, 1e-6);
  // Nine times the variance of a day: root of 0.5 + 0.5 * 9.
  EXPECT_NEAR(moves.volatilities.back(), std::sqrt(5.0) - 1.0, 1e-6);
}

TEST(FilteredMoves, AddUpOverTheHoldingPeriod) {
  GroupCalibration terms = small();
  terms.holding_days = 2;
  const std::vector<double> returns(20, 0.01);
  const CalibratedMoves moves = filtered_moves(closes_of(returns), terms);
  EXPECT_EQ(moves.prices.size(), 8U);
  EXPECT_EQ(moves.prices.front(), 0.020201);
}

// Days 3, 7 and 11 of the one, 7 and 14 of the other, which moves ten times as much every day: by
// their own scales 14 is the farthest (3.5 root mean squares), then 7 (3.2) and 11 (2.5).
TEST(StressedDays, AreThoseOfTheFarthestMoveOfAny) {
  std::vector<double> calm(20, 0.001);
  std::vector<double> wild(20, 0.01);
  calm[3] = 0.03;
  calm[7] = -0.05;
  calm[11] = 0.04;
  wild[7] = -0.4;
  wild[14] = 0.5;
  const PriceHistory history = history_of({calm, wild});
  const HistoryUpTo known(history, 20);
  EXPECT_EQ(stressed_days(known, small()), (std::vector<std::size_t>{7, 11, 14}));
  const CalibratedMoves moves =
      stressed_moves(known.closes(0), std::vector<std::size_t>{7, 11}, small());
  EXPECT_NEAR(moves.prices[0], std::exp(-0.05) - 1.0, 1e-6);
  EXPECT_NEAR(moves.prices[1], std::exp(0.04) - 1.0, 1e-6);
}

// Twenty returns of 1 to 20 per cent, the even ones down. All of them at 75 %, place 5.5: long half
// way between 12 and 10, short between 11 and 9. Of the eight largest, four lose either way: long
// the fourth loses 14, the fifth gains 13; 11 is reached at place 4 + 3/27, and so is 10 of short,
// between 13 and -14. (1 - c) * 8 + 1/2 = 4.111 at c = 0.5486.
TEST(StressConfidence, IsTheLeastThatMatchesTheWholeHistory) {
  std::vector<double> returns;
  for (int i = 1; i <= 20; ++i) returns.push_back(std::log(1.0 + (i % 2 == 0 ? -0.01 : 0.01) * i));
  const PriceHistory history = history_of({returns});
  const HistoryUpTo known(history, 20);
  GroupCalibration terms = small();
  terms.stress_scenarios = 8;
  const std::vector<std::size_t> days{12, 13, 14, 15, 16, 17, 18, 19};
  const double confidence = stress_confidence(known, days, terms);
  EXPECT_EQ(confidence, 0.549);
}

TEST(CalibrateGroups, ReplacesMovesAndLeavesTheRest) {
  const models::ParameterSet set = io::parse_parameter_file("p.json", R"({
    "name": "p", "model": "liquidation-groups", "date": "d", "source": "s", "confidence": "c",
    "splits": [{"group": "G", "split": "G_HP1",
      "measures": [{"name": "filtered", "confidence": 0.9, "robustness": 1.1},
                   {"name": "stress", "confidence": 0.9, "weight": 0.5}],
      "underlyings": [
        {"underlying": "BTC", "price_moves": {"filtered": [0, 0, 0, 0, 0, 0, 0, 0], "stress": [0]}},
        {"underlying": "XRP", "price_moves": {"filtered": [0, 0, 0, 0, 0, 0, 0, 0], "stress": [0]}},
        {"underlying": "default",
         "price_moves": {"filtered": [0, 0, 0, 0, 0, 0, 0, 0], "stress": [0]}}]}]})");
  std::vector<double> calm, wild;
  for (int i = 0; i < 20; ++i) {
    calm.push_back(i % 3 == 0 ? -0.01 : 0.01);
    wild.push_back(3.0 * calm.back());
  }
  const PriceHistory history = history_of({calm, wild});
  const models::ParameterSet calibrated = calibrate_groups(set, HistoryUpTo(history, 20), small());
  const auto& split = std::get<models::LiquidationGroupParameters>(calibrated.numbers).splits.at(0);
  EXPECT_EQ(split.measures[0].confidence, 0.75);
  EXPECT_EQ(split.measures[0].robustness, 1.1);
  EXPECT_EQ(split.measures[1].weight, 0.5);
  ASSERT_EQ(split.underlyings.size(), 2U);  // no prices of XRP
  EXPECT_EQ(split.underlyings[0].name, "BTC");
  EXPECT_NEAR(split.underlyings[0].price_moves[0].back(), 0.01005, 1e-6);
  EXPECT_NEAR(split.underlyings[1].price_moves[0].back(), std::exp(0.03) - 1.0, 1e-6);
  EXPECT_EQ(split.underlyings[1].price_moves[1].size(), 3U);
}

TEST(CalibrateGroups, NeedsHistoryAndItsOwnModel) {
  const PriceHistory history = history_of({std::vector<double>(11, 0.01)});
  EXPECT_THROW((void)stressed_days(HistoryUpTo(history, 11), small()), std::invalid_argument);
  const models::ParameterSet other = io::read_parameter_file(std::string(MARGINGATE_SOURCE_DIR) +
                                                             "/params/portfolio-generic.json");
  EXPECT_THROW((void)calibrate_groups(other, HistoryUpTo(history, 11), small()),
               std::invalid_argument);
  EXPECT_FALSE(rolling_groups(other, small()).has_value());
}

}  // namespace
}  // namespace margingate::backtest
