#include "backtest/historical_calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>

namespace margingate::backtest {
namespace {

constexpr std::size_t days = 40;

// BTC moves one per cent a day, one way and the other; ETH twice as much, and five per cent on the
// last day.
PriceHistory history() {
  PriceHistory result;
  result.underlyings = {"BTC", "ETH"};
  result.closes = {{100.0}, {10.0}};
  for (std::size_t d = 0; d <= days; ++d) {
    result.days.push_back("day " + std::to_string(100 + d));
    result.times.push_back({static_cast<std::int64_t>(d)});
    if (d == 0) continue;
    const double move = d % 2 == 0 ? 0.01 : -0.01;
    result.closes[0].push_back(result.closes[0].back() * std::exp(move));
    result.closes[1].push_back(result.closes[1].back() * std::exp(d == days ? -0.05 : 2.0 * move));
  }
  return result;
}

models::HistoricalMeasure measure(const std::string& name, models::HistoricalSource source,
                                  std::uint32_t rows, double weight) {
  models::HistoricalMeasure result;
  result.name = name;
  result.source = source;
  result.rows = rows;
  result.reducer = {ReducerKind::quantile, 0.99};
  result.weight = weight;
  return result;
}

models::ParameterSet pattern() {
  models::HistoricalParameters numbers;
  numbers.calibration.first_days = 4;
  numbers.measures = {measure("now", models::HistoricalSource::filtered, 8, 0.7),
                      measure("stress", models::HistoricalSource::stressed, 2, 0.3)};
  numbers.underlyings.standard.liquidity.resize(2);
  numbers.underlyings.own["BTC"].liquidity.resize(1);
  numbers.underlyings.own["SOL"] = {};
  models::ParameterSet set;
  set.name = "p";
  set.model = "historical";
  set.numbers = numbers;
  return set;
}

const models::HistoricalParameters& numbers_of(const models::ParameterSet& set) {
  return std::get<models::HistoricalParameters>(set.numbers);
}

TEST(HistoricalCalibration, ReplacesMovesAndKeepsCharges) {
  const PriceHistory all = history();
  const models::ParameterSet set = calibrate_historical(pattern(), {all, days - 1});
  const auto& by_name = numbers_of(set).underlyings;
  ASSERT_EQ(by_name.own.size(), 2U);  // no prices of SOL
  EXPECT_EQ(by_name.own.at("BTC").liquidity.size(), 1U);
  EXPECT_EQ(by_name.own.at("ETH").liquidity.size(), 2U);  // the default's
  // The variance stands still, so a filtered return is the return itself.
  const std::vector<double>& moves = by_name.own.at("ETH").price_moves.at(0);
  ASSERT_EQ(moves.size(), 8U);
  EXPECT_EQ(moves.back(), -0.019801);  // e^-0.02 - 1
  EXPECT_EQ(by_name.own.at("BTC").price_moves.at(1).size(), 2U);
  EXPECT_EQ(by_name.standard.price_moves, by_name.own.at("ETH").price_moves);
}

TEST(HistoricalCalibration, DoesNotKnowTheDayAfter) {
  const PriceHistory all = history();
  PriceHistory shorter = all;
  shorter.days.pop_back();
  for (std::vector<double>& closes : shorter.closes) closes.pop_back();
  const auto before = calibrate_historical(pattern(), {all, days - 1});
  const auto cut = calibrate_historical(pattern(), {shorter, days - 1});
  const auto after = calibrate_historical(pattern(), {all, days});
  const auto moves = [](const models::ParameterSet& set) {
    return numbers_of(set).underlyings.own.at("ETH").price_moves;
  };
  EXPECT_EQ(moves(before), moves(cut));
  EXPECT_NE(moves(before), moves(after));
}

TEST(HistoricalCalibration, RefusesAHistoryThatIsTooShort) {
  const PriceHistory all = history();
  EXPECT_EQ(calibration_days(pattern()), 13U);  // 8 rows of one day, a first close, 4 first days
  EXPECT_NO_THROW(static_cast<void>(calibrate_historical(pattern(), {all, 12})));
  EXPECT_THROW(static_cast<void>(calibrate_historical(pattern(), {all, 11})),
               std::invalid_argument);
}

TEST(Recalibrated, HoldsParametersUntilTheyAreDue) {
  const PriceHistory all = history();
  const auto weekly = recalibrated(pattern(), 3);
  ASSERT_TRUE(weekly.has_value());
  const auto moves = [&](std::size_t day) {
    return numbers_of((*weekly)({all, day})).underlyings.own.at("ETH").price_moves;
  };
  const auto first = moves(days - 4);
  EXPECT_EQ(moves(days - 3), first);
  EXPECT_EQ(moves(days - 2), first);
  EXPECT_NE(moves(days - 1), first);  // an odd number of days on, the other way round
  EXPECT_FALSE(recalibrated({}, 1).has_value());
}

TEST(ProcyclicalityVariants, AreTheFilteredSetAloneStressedAndFloored) {
  const auto variants = procyclicality_variants(pattern());
  ASSERT_EQ(variants.size(), 3U);
  EXPECT_EQ(numbers_of(variants[0]).measures.size(), 1U);
  EXPECT_EQ(numbers_of(variants[1]).measures.at(1).weight, 0.25);
  EXPECT_EQ(numbers_of(variants[1]).measures.at(0).weight, 0.75);
  EXPECT_EQ(numbers_of(variants[2]).together, PartsTogether::largest);
  EXPECT_EQ(numbers_of(variants[2]).measures.at(1).source, models::HistoricalSource::long_run);
  EXPECT_TRUE(procyclicality_variants({}).empty());
}

TEST(WithBuffer, BuffersTheShareOfTheExposure) {
  Backtest calculated;
  calculated.name = "p";
  const std::vector<double> margins{10.0, 23.6, 13.0};
  const std::vector<double> exposures{100.0, 200.0, 100.0};
  for (std::size_t n = 0; n < margins.size(); ++n) {
    BacktestDay day;
    day.exposure = exposures[n];
    day.margin = margins[n];
    day.loss = 24.0;
    calculated.days.push_back(day);
  }
  const Backtest buffered = with_buffer(calculated, history::ProcyclicalityBuffer(0.25), {});
  EXPECT_NEAR(buffered.days[0].margin, 12.5, 1e-12);
  EXPECT_NEAR(buffered.days[1].margin, 25.0, 1e-12);
  EXPECT_NEAR(buffered.days[2].margin, 13.0, 1e-12);
  EXPECT_EQ(buffered.summary.exceedances, 2U);
  EXPECT_EQ(buffered.name, "p, buffer");
}

}  // namespace
}  // namespace margingate::backtest
