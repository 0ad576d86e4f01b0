#include "compare/strategy_baseline.hpp"

#include <gtest/gtest.h>

#include <string>

namespace margingate::compare {
namespace {

class StrategyBaselineOfABook : public ::testing::Test {
 protected:
  StrategyBaselineOfABook() {
    market.numeraire = "USD";
    market.underlyings = {{"IBM", 97.73}, {"BTC", 50'000.0}};
    add("IBM", InstrumentKind::spot, 1.0);
    option("P95", OptionType::put, 95.0, 1.02);
    option("C105", OptionType::call, 105.0, 0.40);
    add("BTC-PERPETUAL", InstrumentKind::perpetual, 1.0).underlying = "BTC";
  }

  io::MarketInstrument& add(const std::string& name, InstrumentKind kind, double size) {
    io::MarketInstrument instrument;
    instrument.name = name;
    instrument.kind = kind;
    instrument.underlying = "IBM";
    instrument.contract_size = size;
    instrument.mark_price = 97.73;
    market.instruments.push_back(instrument);
    return market.instruments.back();
  }

  void option(const std::string& name, OptionType type, double strike, double price) {
    io::MarketInstrument& added = add(name, InstrumentKind::option, 100.0);
    added.option_type = type;
    added.exercise_style = ExerciseStyle::american;
    added.strike = strike;
    added.expiry = Timestamp{1};
    added.mark_price = price;
  }

  io::MarketFile market;
  io::PortfolioFile portfolio;
};

// The collar of the table in docs/models/reg-t.md's source: half the shares, the put less the call.
TEST_F(StrategyBaselineOfABook, IsWhatThePublishedCollarNeeds) {
  portfolio.positions = {{"IBM", 10'000.0, 97.73}, {"P95", 100.0, 1.02}, {"C105", -100.0, 0.40}};
  const StrategyBaseline baseline = strategy_baseline(market, portfolio);
  EXPECT_EQ(baseline.refusal, "");
  EXPECT_NEAR(baseline.net, 494'850.0, 1e-6);
  EXPECT_NEAR(baseline.requirement, 498'850.0, 1e-6);
}

TEST_F(StrategyBaselineOfABook, NamesWhatDoesNotFit) {
  portfolio.positions = {{"BTC-PERPETUAL", 1.0, 50'000.0}};
  EXPECT_EQ(strategy_baseline(market, portfolio).refusal,
            "BTC-PERPETUAL is no share and no option");
  portfolio.positions = {{"C105", 0.5, 0.40}};
  EXPECT_EQ(strategy_baseline(market, portfolio).refusal, "C105 is not held in whole numbers");
  portfolio.positions = {{"C105", 1.0, 0.40}, {"P95", 1.0, 1.02}};
  market.instruments[1].contract_size = 10.0;
  EXPECT_EQ(strategy_baseline(market, portfolio).refusal,
            "P95 has another contract size than other options, or not a whole one");
  portfolio.working_orders = {{"C105", Side::buy, 1.0, 0.40}};
  EXPECT_EQ(strategy_baseline(market, portfolio).refusal, "orders are working");
}

TEST_F(StrategyBaselineOfABook, TakesOptionsOfEuropeanExerciseAsOptionsOnABroadIndex) {
  for (io::MarketInstrument& instrument : market.instruments) {
    instrument.exercise_style = ExerciseStyle::european;
  }
  portfolio.positions = {{"C105", -100.0, 0.40}};
  // 15 % of 97.73 less 7.27 out of the money, but at least 10 % of the price.
  EXPECT_NEAR(strategy_baseline(market, portfolio).net, 9.773 * 10'000.0, 1e-6);
}

}  // namespace
}  // namespace margingate::compare
