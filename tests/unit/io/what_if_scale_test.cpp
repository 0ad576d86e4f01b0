#include "io/what_if_scale.hpp"

#include <gtest/gtest.h>

#include "unit/io/expect_file_error.hpp"

namespace margingate::io {
namespace {

MarketFile make_market(double contract_size) {
  MarketFile market;
  market.file = "market.json";
  market.underlyings = {{"BTC", 65666.19}};
  MarketInstrument perpetual;
  perpetual.name = "P";
  perpetual.kind = InstrumentKind::perpetual;
  perpetual.payoff = Payoff::inverse;
  perpetual.underlying = "BTC";
  perpetual.contract_size = contract_size;
  perpetual.mark_price = perpetual.forward_price = 65910.57;
  market.instruments = {perpetual};
  return market;
}

PortfolioFile make_portfolio(double position, double order) {
  PortfolioFile portfolio;
  portfolio.file = "portfolio.json";
  portfolio.positions = {{"P", position, 65910.57}};
  if (order > 0.0) portfolio.working_orders = {{"P", Side::buy, order, 65910.57}};
  return portfolio;
}

TEST(WhatIfScale, TakesTheLargestCommonStepAsTheLot) {
  const MarketFile market = make_market(10.0);
  const WhatIfScale scale(market, make_portfolio(-7.5, 10.0), true);
  EXPECT_DOUBLE_EQ(scale.contracts_per_lot("P"), 2.5);
  EXPECT_EQ(scale.lots("P", -7.5).value, -3);
  EXPECT_EQ(scale.lots("P", 10.0).value, 4);
  EXPECT_GE(scale.lots_max(), 7);
  const MarketInstrument& instrument = scale.market().instruments.front();
  EXPECT_DOUBLE_EQ(instrument.contract_size / static_cast<double>(instrument.lots_per_contract),
                   25.0);
}

TEST(WhatIfScale, LeavesContractsWhatTheyAreWhereSomethingIsChargedPerContract) {
  const MarketFile market = make_market(10.0);
  for (const double position : {-7.5, 300.0}) {
    const WhatIfScale scale(market, make_portfolio(position, 10.0), false, true);
    EXPECT_EQ(scale.market().instruments.front().contract_size, 10.0);
    EXPECT_EQ(static_cast<double>(scale.lots("P", position).value),
              position * static_cast<double>(scale.market().instruments.front().lots_per_contract));
  }
}

TEST(WhatIfScale, KeepsAPositionOfManyDigitsWhole) {
  const MarketFile market = make_market(65910.57);
  const WhatIfScale scale(market, make_portfolio(0.314538364, 0.0), true);
  EXPECT_EQ(scale.lots("P", 0.314538364).value, 1);
  const MarketInstrument& instrument = scale.market().instruments.front();
  EXPECT_NEAR(instrument.contract_size / static_cast<double>(instrument.lots_per_contract),
              65910.57 * 0.314538364, 1e-9);
  EXPECT_LE(instrument.contract_size, 1e9);
}

TEST(WhatIfScale, TakesCoarserMoneyForLargerBooks) {
  const MarketFile market = make_market(10.0);
  const WhatIfScale small(market, make_portfolio(10.0, 0.0), true);
  const WhatIfScale large(market, make_portfolio(1e9, 0.0), true);
  EXPECT_GT(small.money_decimals(), large.money_decimals());
  EXPECT_LE(small.money_decimals(), 18);
  EXPECT_GE(large.money_decimals(), 9);
}

TEST(WhatIfScale, RejectsQuantitiesWithoutACommonStep) {
  const MarketFile market = make_market(10.0);
  expect_file_error(
      [&] { const WhatIfScale scale(market, make_portfolio(2.0, 0.0000000001), true); },
      "portfolio.json", "quantities of P", "a common step");
}

}  // namespace
}  // namespace margingate::io
