// Bybit's cross margin: examples of its help pages. The house adds an option's mark to the margin
// of its seller and leaves the value out of the balance; published margins are compared with the
// gate's less the options' value, which is on the other side of the same difference.
#include <gtest/gtest.h>

#include <string>

#include "margingate/revaluer.hpp"
#include "models/shared_parameters.hpp"
#include "support/venue_book.hpp"

namespace margingate::testing {
namespace {

constexpr double tolerance = 1e-5;
const char* const as_of = "2022-06-01T08:00:00Z";
const char* const expiry = "2022-06-30T08:00:00Z";

void add_option(VenueBook& book, const std::string& name, OptionType type, double strike,
                double index, double mark) {
  const OptionTerms terms{type, strike, expiry, index};
  book.option(name, "BTC", terms, implied_volatility(terms, book.as_of(), mark));
}

io::WhatIf sold(OptionType type, double strike, double index, double mark, double balance) {
  VenueBook book(as_of, "USDC");
  book.underlying("BTC", index);
  add_option(book, "OPTION", type, strike, index, mark);
  book.position("OPTION", -1.0, mark);
  book.collateral("USDC", balance - mark);  // the balance has the premium in it
  return book.evaluate(bundled_parameters("bybit-standard-help-example"));
}

// Help page Comparison of Spread Strategies: index 20,250, a put at 18,500 sold, mark 290.
TEST(BybitStandardOptions, TakeThePublishedMarginOfASoldPut) {
  const io::WhatIf result = sold(OptionType::put, 18'500.0, 20'250.0, 290.0, 10'000.0);
  EXPECT_NEAR(maintenance_margin(result) - options_value(result), 938.0, tolerance);
  EXPECT_NEAR(initial_margin(result) - options_value(result), 2'315.0, tolerance);
}

// Help page Options IM/MM: index 30,000, a call at 31,000 sold, mark 300, balance 10,000.
TEST(BybitStandardOptions, TakeThePublishedMarginOfASoldCall) {
  const io::WhatIf result = sold(OptionType::call, 31'000.0, 30'000.0, 300.0, 10'000.0);
  const double maintenance = maintenance_margin(result) - options_value(result);
  EXPECT_NEAR(maintenance, 1'260.0, tolerance);
  EXPECT_NEAR(maintenance / (equity(result) - options_value(result)), 0.126, 1e-4);
}

// Buying 0.3 calls at 3,500, index 42,000: 1,050 and a fee of the lesser of 0.03 % of the index and
// 12.5 % of the price: 1,053.78. The cap makes the fee no fixed share; here it is 12.6 of 3,500.
TEST(BybitStandardOptions, TakeThePublishedCostOfABuyOrder) {
  VenueBook book(as_of, "USDC");
  book.underlying("BTC", 42'000.0);
  add_option(book, "CALL", OptionType::call, 48'000.0, 42'000.0, 3'500.0);
  io::GateSetup setup =
      io::make_gate_setup(book.market(), bundled_parameters("bybit-standard-help-example"));
  setup.config.instruments.at(0).fee_rate_max = 12.6 / 3'500.0;
  setup.config.instruments.at(0).lots_per_contract = 10;
  Gate::Created created = Gate::create(setup.config);
  ASSERT_TRUE(created.gate);
  Gate& gate = *created.gate;
  for (const SpotTick& tick : setup.spot_ticks) ASSERT_EQ(gate.apply(tick), Reason::accepted);
  Revaluer revaluer(gate);
  ASSERT_TRUE(revaluer.update_surface(setup.market));
  revaluer.run_once();
  gate.poll();

  const double unit = 1e-8;
  constexpr std::int64_t dollar = 100'000'000;
  ASSERT_EQ(gate.apply(CashMovement{{0}, setup.config.numeraire, {2'000 * dollar}}),
            Reason::accepted);
  const Verdict verdict =
      gate.reserve({{0}, {0}, Side::buy, {3}, {3'500 * dollar}, setup.market.as_of});
  ASSERT_TRUE(verdict.accepted());
  const MarginStatement after = gate.statement(AccountId{0});
  EXPECT_NEAR(2'000.0 - unit * static_cast<double>(after.margin_excess.value), 1'053.78, tolerance);
}

io::WhatIf futures(double value, double buys = 0.0, double sells = 0.0) {
  VenueBook book(as_of, "USDT");
  book.underlying("BTC", 1.0);
  book.perpetual("BTCUSDT", "BTC", 1.0);
  if (value != 0.0) book.position("BTCUSDT", value, 1.0);
  if (buys > 0.0) book.order("BTCUSDT", Side::buy, buys, 1.0);
  if (sells > 0.0) book.order("BTCUSDT", Side::sell, sells, 1.0);
  book.collateral("USDT", 10'000.0);
  return book.evaluate(bundled_parameters("bybit-standard-help-example"));
}

// Tiers of 2, 2.5, 3, 3.5 and 4 % per 1,000; 3,500 at 10 times leverage.
TEST(BybitStandardFutures, PayEachSliceOfSizeByItsTier) {
  const io::WhatIf result = futures(3'500.0);
  EXPECT_NEAR(initial_margin(result), 350.0, tolerance);
  EXPECT_NEAR(maintenance_margin(result), 20.0 + 25.0 + 30.0 + 17.5, tolerance);
  EXPECT_NEAR(maintenance_margin(futures(-3'500.0)), 92.5, tolerance);
  const models::ParameterSet set = bundled_parameters("bybit-standard-help-example");
  const auto& numbers = std::get<models::BybitStandardParameters>(set.numbers);
  EXPECT_NEAR(models::tiered_amount(numbers.futures.standard.maintenance, 3'500.0), 92.5, 1e-9);
}

// Orders that need 200 to buy and 150 to sell need 200 together; a sell that costs less than 50
// more is free, one of 70 costs 20.
TEST(BybitStandardFutures, PayForTheDearerSideOfOrders) {
  EXPECT_NEAR(initial_margin(futures(0.0, 2'000.0, 1'500.0)), 200.0, tolerance);
  EXPECT_NEAR(initial_margin(futures(0.0, 2'000.0, 1'900.0)), 200.0, tolerance);
  EXPECT_NEAR(initial_margin(futures(0.0, 2'000.0, 2'200.0)), 220.0, tolerance);
}

}  // namespace
}  // namespace margingate::testing
