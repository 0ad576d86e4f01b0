// Binance's portfolio margin: uniMMR and collateral of published examples.
// Sources: API samples of the portfolio margin endpoints (uniMMR, risk-level event), FAQ Portfolio
// Margin Pro maintenance margin ratio calculation (its inputs; the result is not printed there),
// FAQ on tiered collateral, FAQ on supported collateral.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "support/venue_book.hpp"

namespace margingate::testing {
namespace {

const char* const parameters = "binance-2024-09-11";
constexpr double maintenance_rate = 0.005;  // of BTC, as in the FAQ

// One perpetual whose maintenance margin is what the sample says.
VenueBook account_with(double equity_usd, double maintenance) {
  const double mark = maintenance / maintenance_rate;
  VenueBook book("2024-10-01T00:00:00Z", "USD");
  book.underlying("BTC", mark);
  book.perpetual("BTCUSDT_PERP", "BTC", mark);
  book.position("BTCUSDT_PERP", 1.0, mark);
  book.collateral("USD", equity_usd);
  return book;
}

double ratio(const io::WhatIf& result) { return equity(result) / maintenance_margin(result); }

TEST(BinanceRatio, TakesThePublishedAccount) {
  const VenueBook book = account_with(122'607.35137903, 23.72469206);
  const io::WhatIf result = book.evaluate(bundled_parameters(parameters));
  EXPECT_NEAR(ratio(result), 5'167.92171923, 1e-8 * 5'167.92171923);
  // The sample's initial margin is twice its maintenance margin.
  const io::WhatIf twice = book.evaluate(
      edited_parameters(parameters, "\"reduce_only_ratio\": 1.2", "\"reduce_only_ratio\": 2"));
  EXPECT_NEAR(initial_margin(twice), 47.44938412, 1e-7);
  EXPECT_NEAR(twice.amount(twice.statement.margin_excess), 122'559.90199491, 1e-7);
}

TEST(BinanceRatio, TakesThePublishedMarginCall) {
  const io::WhatIf result =
      account_with(30.23416728, 15.11708371).evaluate(bundled_parameters(parameters));
  EXPECT_EQ(std::floor(ratio(result) * 1e8) / 1e8, 1.99999999);
}

// The published bands: free above 150 %, reminder to 120, reduce only to 105, liquidation to 100.
TEST(BinanceRatio, NamesThePublishedBands) {
  const auto band = [](double at) {
    const io::WhatIf result =
        account_with(at * 1'000.0, 1'000.0).evaluate(bundled_parameters(parameters));
    const std::int32_t index = result.statement.band;
    return index < 0 ? std::string("free")
                     : result.setup.config.model.bands.at(static_cast<std::size_t>(index)).name;
  };
  EXPECT_EQ(band(1.51), "free");
  EXPECT_EQ(band(1.49), "reminder");
  EXPECT_EQ(band(1.19), "reduce only");
  EXPECT_EQ(band(1.04), "liquidation");
  EXPECT_EQ(band(0.99), "deficit");
}

// The FAQ's three wallets. The index of ETH is not visible there; 3,000 is ours. A loan is an asset
// of its own, since the gate nets what is owned and owed in one asset.
TEST(BinanceRatio, TakesTheInputsOfThePublishedThreeWallets) {
  constexpr double eth = 3'000.0;
  constexpr double eth_rate = 0.95;
  VenueBook book("2022-06-01T00:00:00Z", "USDT");
  book.underlying("BTC", 40'000.0);
  book.asset("BTC", 40'000.0);
  book.asset("BTC-LOAN", 40'000.0);
  book.asset("ETH", eth);
  book.asset("ETH-LOAN", eth);
  book.perpetual("BTCUSDT_PERP", "BTC", 40'000.0);
  book.future("BTCUSDT_220624", "BTC", 42'000.0, "2022-06-24T08:00:00Z");
  io::MarketInstrument& inverse = book.perpetual("BTCUSD_PERP", "BTC", 40'000.0, 100.0);
  inverse.payoff = Payoff::inverse;
  inverse.settlement_asset = "BTC";
  book.collateral("USDT", 1'000.0 + 5'000.0);
  book.collateral("BTC", 0.1 + 0.1);
  book.collateral("BTC-LOAN", -0.04);
  book.collateral("ETH", 20.0);
  book.collateral("ETH-LOAN", -15.0);
  book.position("BTCUSDT_PERP", -0.05, 52'000.0);
  book.position("BTCUSDT_220624", 0.04, 52'350.0);
  book.position("BTCUSD_PERP", 100.0, 50'000.0);

  const io::WhatIf result = book.evaluate(bundled_parameters(parameters));
  const RiskUnitStatement& unit = result.statement.risk_units.at(0);
  const auto profit = [&](std::size_t i) {
    return result.amount(unit.positions.at(i).unrealised_profit);
  };
  EXPECT_NEAR(profit(0), 600.0, 1e-6);
  EXPECT_NEAR(profit(1), -414.0, 1e-6);
  EXPECT_NEAR(profit(2), -0.05 * 40'000.0, 1e-3);
  const double usdt_equity = 6'186.0;
  const double btc_equity = 0.11 * 40'000.0;
  EXPECT_NEAR(equity(result), usdt_equity + btc_equity + (20.0 * eth_rate - 15.0) * eth, 1e-3);
  const double futures_margin = 10.0 + 8.4 + 0.00125 * 40'000.0;
  const double loan_margin = 0.004 * 40'000.0 + 1.5 * eth;
  EXPECT_NEAR(result.amount(unit.total), futures_margin, 1e-5);
  EXPECT_NEAR(result.amount(result.statement.borrow_maintenance), loan_margin, 1e-5);
  EXPECT_NEAR(maintenance_margin(result), futures_margin + loan_margin, 1e-5);
}

double collateral_value(const models::ParameterSet& set, double price, double quantity) {
  VenueBook book("2024-10-01T00:00:00Z", "USD");
  book.underlying("BTC", price);
  book.asset("BTC", price);
  book.perpetual("BTCUSDT_PERP", "BTC", price);
  book.collateral("BTC", quantity);
  return equity(book.evaluate(set));
}

// 6,000 BTC at 20,000: 100 million in full and 20 million at 97.5 %.
TEST(BinanceCollateral, CutsEachSliceOfItsValue) {
  EXPECT_NEAR(collateral_value(bundled_parameters(parameters), 20'000.0, 6'000.0), 119'500'000.0,
              1e-6);
}

// One BTC in each of three wallets at the flat rate of 0.95 that tiers replaced counts as 2.85.
TEST(BinanceCollateral, TakesAFlatHaircut) {
  models::ParameterSet set = bundled_parameters(parameters);
  for (models::Collateral& entry : set.collateral) {
    if (entry.asset != "BTC") continue;
    entry.terms.haircut = 0.05;
    entry.terms.haircut_tiers.clear();
  }
  EXPECT_NEAR(collateral_value(set, 20'000.0, 3.0), 2.85 * 20'000.0, 1e-6);
}

}  // namespace
}  // namespace margingate::testing
