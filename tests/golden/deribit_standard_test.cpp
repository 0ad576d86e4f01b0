// Deribit's standard margin. Futures: tables of the page Linear Perpetual (before the change of
// August 2026). Options: vectors of DeribitOptionMarginModelTest in a fork of QuantConnect Lean,
// and bit.com's worked example of the same formula. The house leaves the options' value out of
// balance and margin alike; the gate has it in both, so published margins are the gate's less that
// value.
#include <gtest/gtest.h>

#include <string>

#include "support/venue_book.hpp"

namespace margingate::testing {
namespace {

constexpr double tolerance = 1e-5;
const char* const parameters = "deribit-standard-2022-01-11";

io::WhatIf future_of(const std::string& coin, double price, double size) {
  VenueBook book("2024-06-01T00:00:00Z", "USDC");
  book.underlying(coin, price);
  book.perpetual(coin + "_USDC-PERPETUAL", coin, price);
  book.position(coin + "_USDC-PERPETUAL", size, price);
  book.collateral("USDC", 1e7);
  return book.evaluate(bundled_parameters(parameters));
}

TEST(DeribitStandardFutures, TakeThePublishedTable) {
  EXPECT_NEAR(initial_margin(future_of("BTC", 100'000.0, 25.0)), 53'125.0, tolerance);
  EXPECT_NEAR(maintenance_margin(future_of("BTC", 100'000.0, 25.0)), 28'125.0, tolerance);
  EXPECT_NEAR(initial_margin(future_of("BTC", 100'000.0, 350.0)), 1'312'500.0, tolerance);
  EXPECT_NEAR(initial_margin(future_of("BTC", 100'000.0, -350.0)), 1'312'500.0, tolerance);
  EXPECT_NEAR(initial_margin(future_of("SOL", 200.0, 25.0)), 200.625, tolerance);
  EXPECT_NEAR(maintenance_margin(future_of("SOL", 200.0, 25.0)), 100.625, tolerance);
  EXPECT_NEAR(initial_margin(future_of("SOL", 200.0, 6'000.0)), 84'000.0, tolerance);
}

// Index 10,000, strike 9,000, mark 0.025 BTC: less than a call of that strike is worth at the
// index, so the forward is set to 9,000, where Black-76 can give it. The formulas use the index.
class DeribitStandardOptions : public ::testing::Test {
 protected:
  static constexpr double index = 10'000.0;
  static constexpr double forward = 9'000.0;
  static constexpr double mark = 0.025;

  void list(OptionType type) {
    book.underlying("BTC", index);
    const OptionTerms terms{type, 9'000.0, "2024-12-27T08:00:00Z", forward};
    io::MarketInstrument& option = book.option(
        "OPTION", "BTC", terms, implied_volatility(terms, book.as_of(), mark * forward));
    option.payoff = Payoff::inverse;
    option.settlement_asset = "BTC";
    book.asset("BTC", index);
    book.collateral("USD", 100'000.0);
  }
  double initial() const {
    const io::WhatIf result = book.evaluate(bundled_parameters(parameters));
    return initial_margin(result) - options_value(result);
  }
  double maintenance() const {
    const io::WhatIf result = book.evaluate(bundled_parameters(parameters));
    return maintenance_margin(result) - options_value(result);
  }

  VenueBook book{"2024-06-01T00:00:00Z", "USD"};
};

TEST_F(DeribitStandardOptions, TakeThePublishedMarginOfASoldCall) {
  list(OptionType::call);
  book.position("OPTION", -1.0, mark);
  EXPECT_NEAR(initial(), 1'750.0, tolerance);
  EXPECT_NEAR(maintenance(), 1'000.0, tolerance);
}

TEST_F(DeribitStandardOptions, TakeThePublishedMarginOfASoldPut) {
  list(OptionType::put);
  book.position("OPTION", -1.0, mark);
  EXPECT_NEAR(initial(), 1'250.0, tolerance);
  EXPECT_NEAR(maintenance(), 1'000.0, tolerance);
}

TEST_F(DeribitStandardOptions, TakeNothingForOptionsBoughtAndThePremiumForAnOrder) {
  list(OptionType::call);
  book.position("OPTION", 1.0, mark);
  EXPECT_NEAR(initial(), 0.0, tolerance);
  EXPECT_NEAR(maintenance(), 0.0, tolerance);
  book.order("OPTION", Side::buy, 0.1, mark);
  EXPECT_NEAR(initial(), 25.0, tolerance);
}

TEST_F(DeribitStandardOptions, TakeNothingMoreForAnOrderThatCloses) {
  list(OptionType::put);
  book.position("OPTION", -1.0, mark);
  book.order("OPTION", Side::buy, 0.1, mark);
  EXPECT_NEAR(initial(), 1'250.0, tolerance);
}

// Orders for 0.2 more than would close: the vectors say 1,300, the position and the excess at its
// premium. Either the position is there or the excess is bought, never both, so that the gate,
// which takes the worst of all fills, asks 50 less: a known difference.
TEST_F(DeribitStandardOptions, TakeTheWorseOfAPositionAndTheOrderBeyondItsClose) {
  list(OptionType::put);
  book.position("OPTION", -1.0, mark);
  book.order("OPTION", Side::buy, 0.1, mark);
  book.order("OPTION", Side::buy, 1.1, mark);
  constexpr double published = 1'300.0;
  EXPECT_NEAR(initial(), published - 0.2 * mark * index, tolerance);
}

// bit.com, ETH-USDT-17NOV23-1850-P: underlying 2,098, mark 2.4, 50 contracts.
TEST(DeribitStandardFormula, TakesTheWorkedExampleOfAnotherHouseThatUsesIt) {
  VenueBook book("2023-11-07T08:00:00Z", "USDT");
  book.underlying("ETH", 2'098.0);
  const OptionTerms terms{OptionType::put, 1'850.0, "2023-11-17T08:00:00Z", 2'098.0};
  book.option("ETH-USDT-17NOV23-1850-P", "ETH", terms,
              implied_volatility(terms, book.as_of(), 2.4));
  book.position("ETH-USDT-17NOV23-1850-P", -50.0, 2.4);
  book.collateral("USDT", 100'000.0);
  const io::WhatIf result = book.evaluate(bundled_parameters(parameters));
  EXPECT_NEAR(initial_margin(result) - options_value(result), 10'610.0, 1e-4);
  EXPECT_NEAR(maintenance_margin(result) - options_value(result), 7'987.5, 1e-4);
}

// Account summaries. Segregated, in BTC: equity 302.61869214 with options worth -0.0086, margin
// balance 302.62729214 and initial margin 1.24669592 leave 301.38059622. The gate's two sides carry
// the options' value. Cross, in USD: 153,534,213.79 less 37,662,472.03.
TEST(DeribitStandardAccount, HasAvailableWhatInitialMarginLeavesOfTheBalance) {
  struct Summary {
    double balance, options_value, initial, available;
  };
  for (const Summary& s :
       {Summary{302.62729214, -0.0086, 1.24669592, 301.38059622},
        Summary{153'534'213.79481918, 0.0, 37'662'472.03416069, 115'871'741.76065847}}) {
    VenueBook book("2024-06-01T00:00:00Z", "USD");
    book.underlying("BTC", 60'000.0);
    book.perpetual("BTC-PERPETUAL", "BTC", 60'000.0);
    book.collateral("USD", s.balance + s.options_value);
    book.hold("initial_margin", s.initial + s.options_value);
    const io::WhatIf result = book.evaluate(bundled_parameters(parameters));
    EXPECT_NEAR(result.amount(result.statement.margin_excess), s.available, 1e-7);
  }
}

}  // namespace
}  // namespace margingate::testing
