// Two books under isolated, cross and portfolio margin. The rates are generic and the expected
// amounts of isolated and cross margin follow from them by hand; portfolio margin is compared in
// shape.
#include <gtest/gtest.h>

#include <string>

#include "io/parameter_file.hpp"
#include "io/what_if.hpp"

namespace margingate::io {
namespace {

constexpr double amount_tolerance = 1e-6;

std::string project(const std::string& path) {
  return std::string(MARGINGATE_SOURCE_DIR) + "/" + path;
}

WhatIf evaluate(const std::string& book, const std::string& parameters) {
  const MarketFile market = read_market_file(project("examples/portfolios/survey-market.json"));
  return run_what_if(
      market, read_portfolio_file(project("examples/portfolios/survey-" + book + ".json"), market),
      read_parameter_file(project("params/" + parameters + ".json")));
}

double initial_margin(const std::string& book, const std::string& parameters) {
  const WhatIf result = evaluate(book, parameters);
  return result.amount(result.statement.initial_margin);
}

// 5 % of 10, 8 and 1 times 100,000 notional, and 10 % of it for each of two calls sold 10 % out of
// the money, where 15 % less the distance is below the minimum.
TEST(SurveyHedgedBook, TakesTheStatedRatesIsolatedAndCross) {
  constexpr double expected = 50'000.0 + 40'000.0 + 5'000.0 + 2.0 * 10'000.0;
  EXPECT_NEAR(initial_margin("hedged-book", "isolated-generic"), expected, amount_tolerance);
  EXPECT_NEAR(initial_margin("hedged-book", "cross-generic"), expected, amount_tolerance);
}

TEST(SurveyHedgedBook, TakesAboutAThirdUnderPortfolioMargin) {
  const double portfolio = initial_margin("hedged-book", "portfolio-generic");
  EXPECT_GT(portfolio, 41'000.0);
  EXPECT_LT(portfolio, 43'000.0);
}

TEST(SurveyHedgedBook, MaintenanceIsHalfOfInitialForRates) {
  const WhatIf cross = evaluate("hedged-book", "cross-generic");
  EXPECT_NEAR(cross.amount(cross.statement.maintenance_margin), 57'500.0, amount_tolerance);
}

TEST(SurveyCalendarSpread, TakesTheStatedRatesIsolatedAndCross) {
  constexpr double expected = 0.05 * 19.0 * 100'000.0;
  EXPECT_NEAR(initial_margin("calendar-spread", "isolated-generic"), expected, amount_tolerance);
  EXPECT_NEAR(initial_margin("calendar-spread", "cross-generic"), expected, amount_tolerance);
}

TEST(SurveyCalendarSpread, TakesAboutAFifthUnderPortfolioMargin) {
  const double portfolio = initial_margin("calendar-spread", "portfolio-generic");
  EXPECT_GT(portfolio, 17'500.0);
  EXPECT_LT(portfolio, 18'500.0);
}

TEST(SurveyPortfolios, OnlyIsolatedMarginIgnoresProfit) {
  const WhatIf isolated = evaluate("hedged-book", "isolated-generic");
  const WhatIf cross = evaluate("hedged-book", "cross-generic");
  EXPECT_NEAR(isolated.amount(isolated.statement.equity), 200'000.0, amount_tolerance);
  EXPECT_GT(cross.statement.equity.value, 0);
  EXPECT_GT(cross.amount(cross.statement.equity), 200'000.0);
}

}  // namespace
}  // namespace margingate::io
