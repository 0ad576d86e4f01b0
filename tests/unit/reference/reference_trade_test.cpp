#include "reference/reference_trade.hpp"

#include <gtest/gtest.h>

#include "unit/reference/reference_world.hpp"

namespace margingate::reference {
namespace {

ReferenceWorld dollar_world() { return {dollars, 2, 50'000.0}; }

// MR-13: ten contracts of a tenth at 100.01 are 100.01; one tenth is not the double 0.1.
TEST(EntryCash, TakesContractSizesAsTheDecimalsTheyAreWrittenAs) {
  ReferenceWorld world = dollar_world();
  const auto future = world.add_delta_one(InstrumentKind::future, Payoff::linear, 0.1, 50'000.0);
  EXPECT_EQ(reference_entry_cash(world.config, future, 10, cents(100.01)), Money{-10'001});
  EXPECT_EQ(reference_entry_cash(world.config, future, -10, cents(100.01)), Money{10'001});
}

// MR-13: a payment is rounded up, a receipt down.
TEST(EntryCash, TakesRoundingAgainstTheAccount) {
  ReferenceWorld world = dollar_world();
  const auto future = world.add_delta_one(InstrumentKind::future, Payoff::linear, 0.1, 50'000.0);
  world.config.instruments[future.value].lots_per_contract = 3;
  // 100.01 * 0.1 / 3 = 3.3336666 dollars
  EXPECT_EQ(reference_entry_cash(world.config, future, 1, cents(100.01)), Money{-334});
  EXPECT_EQ(reference_entry_cash(world.config, future, -1, cents(100.01)), Money{333});
}

// MR-13: buying a ten dollar contract at 30000 sells dollars for 10 / 30000 coins.
TEST(EntryCash, TakesInversePositionsInCoins) {
  ReferenceWorld world(coins, 8, 50'000.0);
  const auto perpetual =
      world.add_delta_one(InstrumentKind::perpetual, Payoff::inverse, 10.0, 50'000.0);
  EXPECT_EQ(reference_entry_cash(world.config, perpetual, 1, cents(30'000)), Money{33'333});
  EXPECT_EQ(reference_entry_cash(world.config, perpetual, -1, cents(30'000)), Money{-33'334});
  // An inverse option is paid for in coins: 5 * 0.25 coins.
  const auto call = world.add_option(Payoff::inverse, OptionType::call, 50'000.0, 50'000.0, 0.5);
  EXPECT_EQ(reference_entry_cash(world.config, call, 5, cents(0.25)), Money{-125'000'000});
}

// MR-13: very small and very large sizes stay exact.
TEST(EntryCash, KeepsEveryDigitOfLargeAndSmallSizes) {
  ReferenceWorld world(dollars, 18, 50'000.0);
  world.config.price_decimals = 12;
  const auto future = world.add_delta_one(InstrumentKind::future, Payoff::linear, 1e-9, 50'000.0);
  // 10^9 lots * 10^-9 * (3 * 10^12 + 1) * 10^-12 dollars = 3.000000000001 dollars
  EXPECT_EQ(reference_entry_cash(world.config, future, 1'000'000'000, Price{3'000'000'000'001}),
            Money{-3'000'000'000'001'000'000});
  world.config.money_decimals = 0;
  world.config.instruments[future.value].contract_size = 2.5e12;
  // 4 * 2.5e12 * 0.000000000003 = 30
  EXPECT_EQ(reference_entry_cash(world.config, future, 4, Price{3}), Money{-30});
}

// MR-13: bought 10 at 100 and 10 at 110, sold 5 at 120: a quarter of the 2100 paid is realised.
TEST(ApplyFill, TakesTheClosedShareAtAverageCost) {
  ReferenceWorld world = dollar_world();
  const auto future = world.add_delta_one(InstrumentKind::future, Payoff::linear, 1.0, 100.0);
  ReferenceAccount account;
  reference_apply_fill(world.config, account, future, 10, cents(100));
  reference_apply_fill(world.config, account, future, 10, cents(110));
  ASSERT_EQ(account.legs.size(), 1U);
  EXPECT_EQ(account.legs[0].entry_cash, Money{-210'000});
  reference_apply_fill(world.config, account, future, -5, cents(120));
  EXPECT_EQ(account.legs[0].net, 15);
  EXPECT_EQ(account.legs[0].entry_cash, Money{-157'500});
  EXPECT_EQ(account.wallets[dollars.value], Money{-52'500 + 60'000});
}

// MR-13: selling 25 of 15 closes 15 and opens 10 at the same price.
TEST(ApplyFill, TakesBothSharesWhenThePositionTurns) {
  ReferenceWorld world = dollar_world();
  const auto future = world.add_delta_one(InstrumentKind::future, Payoff::linear, 1.0, 100.0);
  ReferenceAccount account;
  reference_apply_fill(world.config, account, future, 15, cents(105));
  reference_apply_fill(world.config, account, future, -25, cents(120));
  EXPECT_EQ(account.legs[0].net, -10);
  EXPECT_EQ(account.legs[0].entry_cash, Money{120'000});
  EXPECT_EQ(account.wallets[dollars.value], Money{15 * 1'500});
}

// MR-13: shares are cut toward zero, and what is cut stays in the leg until it closes.
TEST(ApplyFill, KeepsTheSumOfEntryAndWallet) {
  ReferenceWorld world = dollar_world();
  const auto future = world.add_delta_one(InstrumentKind::future, Payoff::linear, 1.0, 100.0);
  ReferenceAccount account;
  reference_apply_fill(world.config, account, future, 3, cents(33.34));  // paid 10002
  account.legs[0].entry_cash = {-10'000};
  reference_apply_fill(world.config, account, future, -1, cents(33.34));
  EXPECT_EQ(account.legs[0].entry_cash, Money{-10'000 + 3'333});
  EXPECT_EQ(account.wallets[dollars.value], Money{3'334 - 3'333});
  reference_apply_fill(world.config, account, future, -2, cents(33.34));
  EXPECT_EQ(account.legs[0].entry_cash, Money{0});
  EXPECT_EQ(account.wallets[dollars.value], Money{10'002 - 10'000});
}

// MR-14: coins received on entry are counted at the live spot, in quote form.
TEST(UnrealisedProfit, TakesInverseEntriesAtTheLiveSpot) {
  ReferenceWorld world = dollar_world();
  world.config.money_decimals = 8;
  const auto perpetual =
      world.add_delta_one(InstrumentKind::perpetual, Payoff::inverse, 10.0, 50'000.0);
  world.live_spots[0] = cents(55'000.0);
  const ReferenceMarket market = world.market();
  const ReferenceRow row = reference_row(market, perpetual);
  // Bought at 50000: 0.0002 coins a contract. At 55000: worth -10 dollars, entry 11 dollars.
  const Money entry = reference_entry_cash(world.config, perpetual, 7, cents(50'000));
  EXPECT_EQ(entry, Money{140'000});
  EXPECT_EQ(row.value, -1'000'000'000);
  EXPECT_EQ(reference_unrealised_profit(market, row, perpetual, 7, entry), 700'000'000);
}

// MR-15: three lots bought two dollars above the mark; sold there they cost nothing.
TEST(OpenLoss, TakesWhatAnOrderPaysBeyondTheMark) {
  ReferenceWorld world = dollar_world();
  const auto future = world.add_delta_one(InstrumentKind::future, Payoff::linear, 1.0, 100.0);
  world.surface.quotes[future.value].forward = 100.0;
  const ReferenceMarket market = world.market();
  const ReferenceRow row = reference_row(market, future);
  EXPECT_EQ(reference_open_loss(market, row, future, 3, cents(102)), Money{600});
  EXPECT_EQ(reference_open_loss(market, row, future, -3, cents(102)), Money{0});
  EXPECT_EQ(reference_open_loss(market, row, future, -3, cents(98)), Money{600});
  EXPECT_EQ(reference_open_loss(market, row, future, 3, cents(98)), Money{0});
}

// MR-15.
TEST(OpenLoss, ReleasesItsShareAtAPartialFill) {
  EXPECT_EQ(reference_open_loss_released(Money{100}, 3, 1), Money{33});
  EXPECT_EQ(reference_open_loss_released(Money{67}, 2, 2), Money{67});
}

}  // namespace
}  // namespace margingate::reference
