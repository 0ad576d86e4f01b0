#include "backtest/backtest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "backtest/backtest_plot.hpp"
#include "backtest/rolling_grid.hpp"
#include "io/file_error.hpp"
#include "io/parameter_file.hpp"

namespace margingate::backtest {
namespace {

constexpr const char* four_days =
    "date,sym,close\n"
    "2022-05-08,BTC,100\n"
    "2022-05-08,SOL,10\n"
    "2022-05-09,BTC,90\n"
    "2022-05-09,SOL,8\n"
    "2022-05-10,BTC,99\n"
    "2022-05-11,BTC,66\n"
    "2022-05-11,SOL,4\n"
    "2022-05-10,SOL,8\n";

const std::vector<std::string> both{"BTC", "SOL"};

PriceHistory history() { return parse_price_history("prices.csv", four_days, both); }

models::ParameterSet parameters(const std::string& name) {
  return io::read_parameter_file(std::string(MARGINGATE_SOURCE_DIR) + "/params/" + name + ".json");
}

HeldBook ten_bitcoin() { return {"ten", {{"BTC", 10.0, 0.0, {}}}}; }

Backtest run(const HeldBook& book, const std::string& set, const BacktestOptions& options = {}) {
  return run_backtest(history(), book, fixed_parameters(parameters(set)), options);
}

TEST(PriceHistory, IsSortedAndOnCommonDaysOnly) {
  const PriceHistory prices = history();
  EXPECT_EQ(prices.days,
            (std::vector<std::string>{"2022-05-08", "2022-05-09", "2022-05-10", "2022-05-11"}));
  EXPECT_EQ(prices.closes[1], (std::vector<double>{10, 8, 8, 4}));
  const std::vector<std::string> late{"BTC"};
  const PriceHistory one = parse_price_history("p.csv",
                                               "date,sym,close\n2022-05-08,BTC,1\n"
                                               "2022-05-09,ETH,1\n2022-05-10,BTC,2\n",
                                               late);
  EXPECT_EQ(one.days, (std::vector<std::string>{"2022-05-08", "2022-05-10"}));
}

TEST(PriceHistory, TakesBarsAsWell) {
  const std::vector<std::string> coin{"BTC"};
  const PriceHistory bars = parse_price_history(
      "bars.csv",
      "date,sym,open,high,low,close,volume\n2022-05-08,BTC,1,3,1,2,9\n2022-05-09,BTC,2,4,2,3,9\n",
      coin);
  EXPECT_EQ(bars.closes[0], (std::vector<double>{2, 3}));
}

TEST(PriceHistory, NamesTheLineThatIsWrong) {
  const auto expect_place = [](const char* text, const char* place) {
    try {
      static_cast<void>(parse_price_history("p.csv", text, both));
      FAIL() << "accepted " << text;
    } catch (const io::FileError& error) {
      EXPECT_NE(std::string(error.what()).find(place), std::string::npos) << error.what();
    }
  };
  expect_place("date,sym,close\n2022-05-08,BTC,0\n", "line 2, column close");
  expect_place("date,sym,close\n2022-05-08,BTC,1\n2022-05-08,BTC,2\n", "line 3, column date");
  expect_place("date,sym,close\n08.05.2022,BTC,1\n", "line 2, column date");
  expect_place("date,sym,close\n2022-05-08,BTC,1\n", "rows");
}

TEST(HeldBook, WantsEitherAQuantityOrANotional) {
  EXPECT_THROW(static_cast<void>(
                   parse_held_book("b.json", R"({"name": "x", "legs": [{"underlying": "BTC"}]})")),
               io::FileError);
  EXPECT_THROW(
      static_cast<void>(parse_held_book(
          "b.json",
          R"({"name": "x", "legs": [{"underlying": "BTC", "quantity": 1, "notional": 2}]})")),
      io::FileError);
}

// 5 % of 1,000 at the first close, and so on; the losses are 100, -90 and 330.
TEST(Backtest, PutsTheMarginOfEachCloseAgainstTheNextDaysLoss) {
  const Backtest result = run(ten_bitcoin(), "cross-generic");
  ASSERT_EQ(result.days.size(), 3u);
  EXPECT_NEAR(result.days[0].margin, 50.0, 1e-6);
  EXPECT_NEAR(result.days[1].margin, 45.0, 1e-6);
  EXPECT_NEAR(result.days[2].margin, 49.5, 1e-6);
  EXPECT_NEAR(result.days[0].loss, 100.0, 1e-9);
  EXPECT_NEAR(result.days[1].loss, -90.0, 1e-9);
  EXPECT_NEAR(result.days[2].loss, 330.0, 1e-9);
  EXPECT_EQ(result.summary.exceedances, 2u);
  EXPECT_NEAR(result.summary.coverage, 1.0 / 3.0, 1e-12);
  EXPECT_NEAR(result.summary.margin_to_exposure, 0.05, 1e-9);
  EXPECT_NEAR(result.summary.shortfall_max, 280.5, 1e-6);
  EXPECT_NEAR(result.summary.shortfall_mean, (50.0 + 280.5) / 2.0, 1e-6);
  EXPECT_EQ(result.summary.worst_day, "2022-05-10");
}

TEST(Backtest, HasTheMarginThatTheStatementHas) {
  const Backtest result = run(ten_bitcoin(), "portfolio-generic");
  // 15 % down, 0.15 % of the delta for basis and 0.01 % for liquidity.
  EXPECT_NEAR(result.days[0].margin, 1'000.0 * (0.15 + 0.0015 + 0.0001), 1e-6);
  BacktestOptions maintenance;
  maintenance.margin = MarginKind::maintenance;
  EXPECT_NEAR(run(ten_bitcoin(), "portfolio-generic", maintenance).days[0].margin,
              0.75 * 1'000.0 * 0.1516, 1e-6);
}

TEST(Backtest, HoldsANotionalAnewAtEveryClose) {
  const Backtest result = run({"n", {{"BTC", 0.0, 1'000.0, {}}}}, "cross-generic");
  EXPECT_NEAR(result.days[1].exposure, 1'000.0, 1e-3);
  EXPECT_NEAR(result.days[2].loss, 1'000.0 / 3.0, 1e-3);
}

TEST(Backtest, CountsACoinsModelInTheCoin) {
  const Backtest result = run({"n", {{"BTC", 0.0, 9'900.0, {}}}}, "deribit-btc-2024-06-17");
  // As inverse: 9,900 dollars' worth cost 1/66 - 1/99 coins each, at 99 dollars a coin.
  EXPECT_NEAR(result.days[2].loss, 9'900.0 * (99.0 / 66.0 - 1.0), 1e-6);
  EXPECT_NEAR(result.days[2].exposure, 9'900.0, 1e-3);
  EXPECT_GT(result.days[2].margin, 9'900.0 * 0.16);
}

TEST(Backtest, TestsOverlappingLossesOnlyOnce) {
  BacktestOptions options;
  options.horizon = 2;
  const Backtest result = run(ten_bitcoin(), "cross-generic", options);
  EXPECT_EQ(result.days.size(), 2u);
  EXPECT_EQ(result.summary.tested_days, 1u);
  EXPECT_NEAR(result.days[1].loss, 10.0 * (90.0 - 66.0), 1e-9);
}

TEST(Backtest, TakesOnlyTheDaysAskedFor) {
  BacktestOptions options;
  options.from = options.to = "2022-05-10";
  const Backtest result = run(ten_bitcoin(), "cross-generic", options);
  ASSERT_EQ(result.days.size(), 1u);
  EXPECT_EQ(result.days[0].day, "2022-05-10");
}

// A model made anew each day from what is known at its close: the worst move so far.
TEST(Backtest, RecomposesAModelFromTheHistoryUpToTheDay) {
  std::vector<std::size_t> seen;
  const ParametersAsOf worst_so_far = [&](const HistoryUpTo& known) {
    seen.push_back(known.days());
    const auto closes = known.closes(0);
    double worst = 0.01;
    for (std::size_t n = 1; n < closes.size(); ++n) {
      worst = std::max(worst, std::fabs(closes[n] / closes[n - 1] - 1.0));
    }
    models::ParameterSet set = parameters("cross-generic");
    set.name = "worst so far";
    for (ExposureCharge& charge : std::get<models::CrossParameters>(set.numbers).rates.charges) {
      charge.long_rate = charge.short_rate = worst;
    }
    return set;
  };
  const Backtest result = run_backtest(history(), ten_bitcoin(), worst_so_far, {});
  EXPECT_EQ(seen, (std::vector<std::size_t>{1, 2, 3}));
  EXPECT_NEAR(result.days[0].margin, 10.0, 1e-6);
  EXPECT_NEAR(result.days[1].margin, 90.0, 1e-6);
  EXPECT_NEAR(result.days[2].margin, 99.0, 1e-6);
}

TEST(Backtest, CostsMoreWithoutTheCreditsOfAModel) {
  models::ParameterSet with = parameters("portfolio-generic");
  std::get<models::PortfolioParameters>(with.numbers).offsets = {{"BTC", "SOL", 0.5}};
  const auto without = models::without_credits(with);
  ASSERT_TRUE(without);
  EXPECT_FALSE(models::without_credits(*without));
  const HeldBook hedge{"h", {{"BTC", 0.0, 1'000.0, {}}, {"SOL", 0.0, -1'000.0, {}}}};
  const double less = run_backtest(history(), hedge, fixed_parameters(with), {}).days[0].margin;
  const double more = run_backtest(history(), hedge, fixed_parameters(*without), {}).days[0].margin;
  EXPECT_NEAR(more - less, 0.5 * 150.0, 0.01);
}

// At the money for a year at 20 %: 100 (2 N(0.1) - 1), N(0.1) = 0.539827837277029.
TEST(OptionRule, ValuesOptionsByBlacksFormula) {
  EXPECT_NEAR(option_value(OptionType::call, 100.0, 100.0, 0.2, 365.0), 7.9655674554058, 1e-9);
  const double call = option_value(OptionType::call, 110.0, 90.0, 0.5, 30.0);
  const double put = option_value(OptionType::put, 110.0, 90.0, 0.5, 30.0);
  EXPECT_NEAR(call - put, 20.0, 1e-9);
  EXPECT_NEAR(option_value(OptionType::put, 80.0, 90.0, 0.5, 0.0), 10.0, 1e-12);
}

// Changes of +2 % and -2 % in turns, in logarithms: a sample deviation of 2 % sqrt(30 / 29) a day.
TEST(OptionRule, TakesATenthMoreThanTheLastThirtyDaysRealised) {
  std::vector<double> closes{50.0, 100.0};
  for (int day = 0; day < 30; ++day) {
    closes.push_back(closes.back() * std::exp(day % 2 == 0 ? 0.02 : -0.02));
  }
  EXPECT_NEAR(rule_volatility(closes), 1.1 * 0.02 * std::sqrt(30.0 / 29.0 * 365.0), 1e-12);
  EXPECT_EQ(rule_volatility(std::vector<double>(40, 100.0)), volatility_minimum);
}

std::string forty_days() {
  std::string text = "date,sym,close\n";
  for (int day = 1; day <= 40; ++day) {
    const std::string date =
        day <= 31 ? "2022-05-" + std::string(day < 10 ? "0" : "") : "2022-06-0";
    text += date + std::to_string(day <= 31 ? day : day - 31) + ",BTC," +
            std::to_string(100 + day % 2) + "\n";
  }
  return text;
}

TEST(Backtest, EntersOptionsAnewAtEveryClose) {
  const std::vector<std::string> coin{"BTC"};
  const PriceHistory prices = parse_price_history("p.csv", forty_days(), coin);
  const HeldOption put{OptionType::put, 0.9, 10};
  const HeldBook book{"short put", {{"BTC", -2.0, 0.0, put}}};
  const Backtest result =
      run_backtest(prices, book, fixed_parameters(parameters("portfolio-generic")), {});
  ASSERT_EQ(result.days.size(), 40u - 1u - volatility_window);
  const auto value = [&](std::size_t day, double days) {
    const double volatility = rule_volatility(HistoryUpTo(prices, day).closes(0));
    const double strike = 0.9 * prices.closes[0][volatility_window];
    return option_value(OptionType::put, prices.closes[0][day], strike, volatility, days);
  };
  EXPECT_NEAR(result.days[0].loss,
              2.0 * (value(volatility_window + 1, 9.0) - value(volatility_window, 10.0)), 1e-9);
  // 15 % down with volatility up: at least what is then in the money.
  EXPECT_GT(result.days[0].margin, 2.0 * 0.05 * prices.closes[0][volatility_window]);
}

TEST(Backtest, RefusesOptionsBeforeTheyHaveAPast) {
  const HeldOption call{OptionType::call, 1.1, 10};
  EXPECT_THROW(static_cast<void>(run({"c", {{"BTC", 1.0, 0.0, call}}}, "portfolio-generic")),
               std::invalid_argument);
}

TEST(HeldBook, NamesOptionsByTheirTerms) {
  const HeldBook book = parse_held_book("b.json",
                                        R"({"name": "x", "legs": [
          {"underlying": "BTC", "quantity": 1},
          {"underlying": "BTC", "quantity": -1, "option": "put", "moneyness": 0.9, "days": 30}]})");
  EXPECT_EQ(book.legs[0].instrument(), "BTC-PERPETUAL");
  EXPECT_EQ(book.legs[1].instrument(), "BTC-30D-90-P");
  EXPECT_EQ(book.underlyings(), std::vector<std::string>{"BTC"});
  EXPECT_TRUE(book.has_options());
}

TEST(RollingGrid, TakesTheMoveThatAShareOfTheWindowExceeds) {
  const std::vector<double> closes{1, 100, 101, 99.99, 109.989, 104.48955};  // 1 is outside
  const RollingGrid one_in_four{4, 1, 0.75};
  EXPECT_NEAR(move_quantile(closes, one_in_four), 0.1, 1e-9);
  EXPECT_NEAR(move_quantile(closes, {4, 1, 0.5}), 0.05, 1e-9);
  EXPECT_NEAR(move_quantile(closes, {4, 2, 0.9}), 109.989 / 101.0 - 1.0, 1e-9);
  EXPECT_THROW(static_cast<void>(move_quantile(closes, {6, 1, 0.9})), std::invalid_argument);
}

TEST(RollingGrid, MovesTheEdgeOfEachUnderlyingsOwnGrid) {
  const auto rolling = rolling_grid(parameters("portfolio-generic"), {2, 1, 0.99});
  ASSERT_TRUE(rolling);
  const PriceHistory prices = history();
  const models::ParameterSet set = (*rolling)(HistoryUpTo(prices, 2));
  const auto& grid = std::get<models::PortfolioParameters>(set.numbers);
  EXPECT_NEAR(grid.by_underlying.at("BTC").price_moves.back(), 0.1, 1e-9);
  EXPECT_NEAR(grid.by_underlying.at("SOL").price_moves.front(), -0.2, 1e-9);
  EXPECT_NEAR(grid.standard.price_moves.back(), 0.15, 1e-12);
  EXPECT_FALSE(rolling_grid(parameters("cross-generic"), {2, 1, 0.99}));
}

TEST(BacktestPlot, MarksEveryExceedance) {
  const std::string drawing = backtest_svg("t", "s", {run(ten_bitcoin(), "cross-generic")});
  std::size_t rings = 0;
  for (std::size_t at = drawing.find("<circle"); at != std::string::npos;
       at = drawing.find("<circle", at + 1)) {
    ++rings;
  }
  EXPECT_EQ(rings, 2u);
}

}  // namespace
}  // namespace margingate::backtest
