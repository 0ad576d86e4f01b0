#include "backtest/revalued_book.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <stdexcept>

#include "backtest/option_rule.hpp"

namespace margingate::backtest {
namespace {

io::MarketInstrument instrument(const std::string& name, InstrumentKind kind, Payoff payoff) {
  io::MarketInstrument result;
  result.name = name;
  result.kind = kind;
  result.payoff = payoff;
  result.underlying = "BTC";
  result.settlement_asset = payoff == Payoff::inverse ? "BTC" : "USD";
  result.mark_price = 1'000.0;
  result.forward_price = 1'000.0;
  return result;
}

io::MarketFile market() {
  io::MarketFile result;
  result.file = "market";
  result.as_of = {0};
  result.numeraire = "USD";
  result.underlyings = {{"BTC", 1'000.0}};
  result.instruments = {instrument("linear", InstrumentKind::perpetual, Payoff::linear),
                        instrument("inverse", InstrumentKind::perpetual, Payoff::inverse),
                        instrument("put", InstrumentKind::option, Payoff::linear)};
  io::MarketInstrument& put = result.instruments.back();
  put.option_type = OptionType::put;
  put.strike = 900.0;
  put.implied_volatility = 0.8;
  put.expiry = {30LL * 86'400'000'000'000LL};
  return result;
}

double loss_of(const std::string& name, double quantity, double growth, double days = 0.0) {
  io::PortfolioFile portfolio;
  portfolio.positions = {{name, quantity, 1'000.0}};
  const std::array<double, 1> returns{std::log(growth)};
  return RevaluedBook(market(), portfolio).loss(returns, days);
}

TEST(RevaluedBook, LosesWhatALinearContractLoses) {
  EXPECT_NEAR(loss_of("linear", 2.0, 0.9), 200.0, 1e-9);
  EXPECT_NEAR(loss_of("linear", -2.0, 1.1), 200.0, 1e-9);
}

// 1,000 contracts of a dollar: 1,000 (1/1,000 - 1/800) = -0.25 coins, at 800.
TEST(RevaluedBook, CountsWhatAnInverseContractLosesAtTheNewPriceOfTheCoin) {
  EXPECT_NEAR(loss_of("inverse", 1'000.0, 0.8), 200.0, 1e-9);
}

TEST(RevaluedBook, ValuesOptionsAtTheirVolatilityAndLaterTime) {
  const double before = option_value(OptionType::put, 1'000.0, 900.0, 0.8, 30.0);
  const double after = option_value(OptionType::put, 850.0, 900.0, 0.8, 28.0);
  EXPECT_NEAR(loss_of("put", -3.0, 0.85, 2.0), 3.0 * (after - before), 1e-9);
}

TEST(RevaluedBook, CountsCollateralInACoinThatMoves) {
  io::PortfolioFile portfolio;
  portfolio.collateral = {{"BTC", 2.0}, {"USD", 500.0}};
  const RevaluedBook book(market(), portfolio);
  ASSERT_EQ(book.underlyings().size(), 1U);
  const std::array<double, 1> returns{std::log(0.5)};
  EXPECT_NEAR(book.loss(returns, 1.0), 1'000.0, 1e-9);
}

TEST(RevaluedBook, NamesTheOptionItCannotValue) {
  io::MarketFile without = market();
  without.instruments.back().implied_volatility = std::nan("");
  io::PortfolioFile portfolio;
  portfolio.positions = {{"put", 1.0, 10.0}};
  EXPECT_THROW(RevaluedBook(without, portfolio), std::runtime_error);
}

}  // namespace
}  // namespace margingate::backtest
