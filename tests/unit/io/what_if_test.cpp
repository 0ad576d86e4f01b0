#include "io/what_if.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "io/parameter_file.hpp"
#include "io/statement_report.hpp"

namespace margingate::io {
namespace {

constexpr double amount_tolerance = 1e-6;

std::string project(const std::string& path) {
  return std::string(MARGINGATE_SOURCE_DIR) + "/" + path;
}

MarketFile survey_market() {
  return read_market_file(project("examples/portfolios/survey-market.json"));
}

PortfolioFile long_perpetual(double quantity, double collateral) {
  PortfolioFile portfolio;
  portfolio.file = "portfolio.json";
  portfolio.account = "A1";
  portfolio.collateral = {{"USDC", collateral}};
  portfolio.positions = {{"BTC-USDC-PERPETUAL-A", quantity, 99000.0}};
  return portfolio;
}

models::ParameterSet parameters(const std::string& name) {
  return read_parameter_file(project("params/" + name + ".json"));
}

TEST(WhatIf, CountsProfitAsEquityUnderCrossMarginOnly) {
  const MarketFile market = survey_market();
  const PortfolioFile portfolio = long_perpetual(2.5, 50000.0);
  const WhatIf cross = run_what_if(market, portfolio, parameters("cross-generic"));
  const WhatIf isolated = run_what_if(market, portfolio, parameters("isolated-generic"));
  EXPECT_EQ(cross.currency, "USDC");
  EXPECT_NEAR(cross.amount(cross.statement.equity), 52500.0, amount_tolerance);
  EXPECT_NEAR(isolated.amount(isolated.statement.equity), 50000.0, amount_tolerance);
  EXPECT_NEAR(cross.amount(cross.statement.initial_margin), 12500.0, amount_tolerance);
  EXPECT_NEAR(isolated.amount(isolated.statement.initial_margin), 12500.0, amount_tolerance);
  EXPECT_EQ(cross.contracts({0}, cross.statement.risk_units[0].positions[0].net_quantity), 2.5);
}

TEST(WhatIf, ShowsWorkingOrdersThatTheMarginDoesNotCover) {
  PortfolioFile portfolio = long_perpetual(1.0, 100.0);
  portfolio.working_orders = {{"BTC-USDC-PERPETUAL-A", Side::buy, 3.0, 99000.0}};
  const WhatIf result = run_what_if(survey_market(), portfolio, parameters("cross-generic"));
  EXPECT_NEAR(result.amount(result.statement.initial_margin), 20000.0, amount_tolerance);
  EXPECT_NEAR(result.amount(result.statement.equity), 1100.0, amount_tolerance);
  EXPECT_LT(result.statement.margin_excess.value, 0);
}

TEST(WhatIf, AnswersAnOrderAsTheGateWould) {
  const MarketFile market = survey_market();
  const PortfolioFile portfolio = long_perpetual(1.0, 8000.0);
  const auto ask = [&](Side side, double quantity) {
    return run_what_if(market, portfolio, parameters("cross-generic"),
                       PortfolioOrder{"BTC-USDC-PERPETUAL-A", side, quantity, 100000.0});
  };
  EXPECT_EQ(ask(Side::buy, 0.5).order->verdict.reason, Reason::accepted);
  EXPECT_EQ(ask(Side::buy, 1.0).order->verdict.reason, Reason::insufficient_margin);
  EXPECT_NEAR(ask(Side::buy, 1.0).amount(ask(Side::buy, 1.0).order->after.initial_margin), 10000.0,
              amount_tolerance);
}

TEST(WhatIf, HoldsCountAgainstInitialMarginOnly) {
  PortfolioFile portfolio = long_perpetual(1.0, 8000.0);
  portfolio.holds = {{"venue", 12.5}};
  const WhatIf result = run_what_if(survey_market(), portfolio, parameters("cross-generic"));
  EXPECT_NEAR(result.amount(result.statement.initial_margin), 5012.5, amount_tolerance);
  EXPECT_NEAR(result.amount(result.statement.maintenance_margin), 2500.0, amount_tolerance);
}

TEST(StatementJson, NamesModelPartsAndInstruments) {
  const WhatIf result =
      run_what_if(survey_market(), long_perpetual(2.0, 8000.0), parameters("portfolio-generic"));
  const auto json = statement_json(result);
  EXPECT_EQ(json["model"], "portfolio");
  EXPECT_EQ(json["parameters"], "portfolio-generic");
  EXPECT_EQ(json["account"], "A1");
  EXPECT_EQ(json["currency"], "USDC");
  const auto& unit = json["risk_units"][0];
  EXPECT_EQ(unit["risk_unit"], "BTC");
  EXPECT_EQ(unit["worst_scenario"]["price_move"], -0.15);
  EXPECT_NEAR(unit["scan_risk"].get<double>(), 30000.0, 1e-3);
  EXPECT_NEAR(unit["charges"]["basis"].get<double>(), 300.0, amount_tolerance);
  EXPECT_NEAR(unit["charges"]["liquidity"].get<double>(), 20.0, amount_tolerance);
  EXPECT_EQ(unit["losses"].size(), 23U);
  EXPECT_EQ(unit["instruments"][0]["instrument"], "BTC-USDC-PERPETUAL-A");
  EXPECT_EQ(unit["instruments"][0]["losses"].size(), 23U);
}

TEST(LossDrivers, SortsByLossWithSharesOfTheLosers) {
  const MarketFile market = survey_market();
  const PortfolioFile portfolio =
      read_portfolio_file(project("examples/portfolios/survey-hedged-book.json"), market);
  const WhatIf result = run_what_if(market, portfolio, parameters("portfolio-generic"));
  const auto drivers = loss_drivers(result, result.statement.risk_units[0]);
  ASSERT_EQ(drivers.size(), 3U);
  EXPECT_EQ(drivers.front().instrument, "BTC-USDC-PERPETUAL-A");
  EXPECT_NEAR(drivers.front().share_of_loss, 1.0, amount_tolerance);
  EXPECT_EQ(drivers.back().instrument, "BTC-USDC-PERPETUAL-B");
  EXPECT_LT(drivers.back().loss, 0.0);
}

}  // namespace
}  // namespace margingate::io
