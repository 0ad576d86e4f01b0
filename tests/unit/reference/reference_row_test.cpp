#include "reference/reference_row.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "unit/reference/reference_world.hpp"

namespace margingate::reference {
namespace {

using Losses = std::vector<std::int64_t>;

// Phi(0.1) and Phi(0.15). At the money a call is worth F * (2 * Phi(v / 2) - 1), and its forward
// delta is Phi(v / 2).
constexpr double phi_0_10 = 0.539827837277029;

VolatilityShock relative_shock(double relative) {
  VolatilityShock shock;
  shock.relative = relative;
  return shock;
}

// MR-01, MR-06, MR-08, MR-09, MR-11: ten dollars a contract, in satoshi.
TEST(ReferenceRow, TakesAnInversePerpetualInCoinForm) {
  ReferenceWorld world(coins, 8, 50'000.0);
  const auto perpetual =
      world.add_delta_one(InstrumentKind::perpetual, Payoff::inverse, 10.0, 50'000.0);
  world.add_scenario(0.16);
  world.add_scenario(-0.16);
  const ReferenceRow row = reference_row(world.market(), perpetual);
  // Up:   10 / 58000 - 10 / 50000 = 0.00017241379 - 0.0002 = -2758.62 satoshi
  // Down: 10 / 42000 - 10 / 50000 = 0.00023809524 - 0.0002 =  3809.52 satoshi
  EXPECT_EQ(row.losses, (Losses{-2759, 3810}));
  EXPECT_EQ(row.value, -20'000);
  EXPECT_EQ(row.delta, 20'000);
  EXPECT_DOUBLE_EQ(row.notional, 20'000.0);
}

// MR-06: the coins of the same contract counted in dollars at the shocked spot.
TEST(ReferenceRow, TakesAnInversePerpetualInQuoteForm) {
  ReferenceWorld world(dollars, 2, 50'000.0);
  const auto perpetual =
      world.add_delta_one(InstrumentKind::perpetual, Payoff::inverse, 10.0, 50'500.0);
  world.add_scenario(0.16);
  world.add_scenario(-0.16);
  const ReferenceRow row = reference_row(world.market(), perpetual);
  // cr = 10 * 100 cents * 50000 / 50500 = 990.099 cents; losses -0.16 cr and 0.16 cr = 158.416
  EXPECT_EQ(row.losses, (Losses{-158, 158}));
  EXPECT_EQ(row.value, -990);
  EXPECT_EQ(row.delta, 990);
}

// MR-02: the table's forward moves with the spot, and a weight scales the loss.
TEST(ReferenceRow, TakesALinearFutureAtTheLiveSpot) {
  ReferenceWorld world(dollars, 2, 50'000.0);
  const auto future = world.add_delta_one(InstrumentKind::future, Payoff::linear, 0.1, 50'500.0);
  world.add_scenario(-0.1);
  world.model().scan.scenarios[0].weight = 0.35;
  world.table_spots[0] = cents(51'000.0);
  world.live_spots[0] = cents(52'020.0);
  const ReferenceRow row = reference_row(world.market(), future);
  // F = 50500 * (51000 / 50000) * (52020 / 51000) = 50500 * 1.0404 = 52540.2
  // value 52540.2 * 0.1 * 100 = 525402; loss 0.35 * 5254.02 * 0.1 * 100 = 18389.07
  EXPECT_EQ(row.value, 525'402);
  EXPECT_EQ(row.losses, (Losses{18'389}));
}

// MR-02: spot is the underlying itself, whatever is quoted for it.
TEST(ReferenceRow, TakesSpotAtTheSpot) {
  ReferenceWorld world(dollars, 2, 50'000.0);
  const auto spot = world.add_delta_one(InstrumentKind::spot, Payoff::linear, 1.0,
                                        std::numeric_limits<double>::quiet_NaN());
  world.add_scenario(-0.1);
  const ReferenceRow row = reference_row(world.market(), spot);
  EXPECT_EQ(row.reason, Reason::accepted);
  EXPECT_EQ(row.losses, (Losses{500'000}));
  EXPECT_EQ(row.expiry_delta, 0);  // MR-10
}

// MR-03, MR-04, MR-05, MR-06, MR-08, MR-09: at the money, v = 0.4 * sqrt(0.25) = 0.2, shocked 0.3.
TEST(ReferenceRow, TakesALinearOptionUnderAVolatilityShock) {
  ReferenceWorld world(dollars, 8, 100.0);
  const auto call = world.add_option(Payoff::linear, OptionType::call, 100.0, 100.0, 0.4);
  world.add_scenario(0.0, relative_shock(0.5));
  const ReferenceRow row = reference_row(world.market(), call);
  // V_0 = 100 * (2 * 0.539827837277029 - 1) =  7.9655674554058
  // V_s = 100 * (2 * 0.559617692370243 - 1) = 11.9235384740486, loss -3.9579710186428
  EXPECT_EQ(row.losses, (Losses{-395'797'102}));
  EXPECT_EQ(row.value, 796'556'746);
  EXPECT_EQ(row.delta, 5'398'278'373);  // 100 * Phi(0.1)
  EXPECT_DOUBLE_EQ(row.notional, 1e10);
}

// MR-04: sigma' = 0.4 * (1 + 0.25 * (365 / 91.25)^0.5) = 0.4 * 1.5, the same 0.3 as above.
TEST(ReferenceRow, TakesTheShortPowerBeforeThePivot) {
  ReferenceWorld world(dollars, 8, 100.0);
  const auto call = world.add_option(Payoff::linear, OptionType::call, 100.0, 100.0, 0.4);
  VolatilityShock shock = relative_shock(0.25);
  shock.short_power = 0.5;
  shock.pivot_days = 365.0;
  world.add_scenario(0.0, shock);
  shock.short_power = 7.0;
  shock.long_power = 0.5;
  shock.pivot_days = 91.25;  // not before it: (91.25 / 91.25)^0.5 = 1, sigma' = 0.5
  shock.relative = 0.5;
  world.add_scenario(0.0, shock);
  const ReferenceRow row = reference_row(world.market(), call);
  EXPECT_EQ(row.losses, (Losses{-395'797'102, -395'797'102}));
}

// MR-04: never below the minimum, never below zero.
TEST(ReferenceRow, KeepsTheShockedVolatilityAboveItsMinimum) {
  ReferenceWorld world(dollars, 8, 100.0);
  const auto call = world.add_option(Payoff::linear, OptionType::call, 100.0, 100.0, 0.4);
  VolatilityShock shock = relative_shock(-0.9);
  shock.minimum = 0.6;
  world.add_scenario(0.0, shock);
  world.add_scenario(0.0, relative_shock(-1.5));  // zero volatility: worth nothing
  const ReferenceRow row = reference_row(world.market(), call);
  EXPECT_EQ(row.losses, (Losses{-395'797'102, 796'556'746}));
}

// MR-06: without volatility an option is worth what it would pay.
TEST(ReferenceRow, TakesAnInverseOptionInBothForms) {
  ReferenceWorld coin(coins, 8, 50'000.0);
  const auto in_coins = coin.add_option(Payoff::inverse, OptionType::call, 40'000.0, 50'000.0, 0.0);
  coin.add_scenario(-0.1);
  const ReferenceRow coin_row = reference_row(coin.market(), in_coins);
  // 10000 / 50000 - 5000 / 45000 = 0.2 - 0.11111111 = 0.08888889
  EXPECT_EQ(coin_row.losses, (Losses{8'888'889}));
  EXPECT_EQ(coin_row.value, 20'000'000);
  EXPECT_EQ(coin_row.delta, 80'000'000);     // (1 - 0.2) coins
  EXPECT_DOUBLE_EQ(coin_row.notional, 1e8);  // MR-11: one coin

  ReferenceWorld quote(dollars, 2, 50'000.0);
  const auto in_dollars =
      quote.add_option(Payoff::inverse, OptionType::call, 40'000.0, 50'500.0, 0.0);
  quote.add_scenario(-0.1);
  const ReferenceRow quote_row = reference_row(quote.market(), in_dollars);
  // (10500 * 0.9 - 5450) * 100 * 50000 / 50500 = 4000 * 99.0099 = 396039.6
  EXPECT_EQ(quote_row.losses, (Losses{396'040}));
  EXPECT_EQ(quote_row.value, 1'039'604);  // 10500 * 99.0099
  EXPECT_EQ(quote_row.delta, 3'960'396);  // (50500 - 10500) * 99.0099
}

// MR-07: 4 * (0.16 / 0.84) * 50000 * 10^8 = 3.81e12 lies between 2^31 * 2^10 and 2^31 * 2^11.
TEST(ReferenceRow, TakesTheSmallestExponentThatLeavesRoom) {
  ReferenceWorld world(dollars, 8, 50'000.0);
  const auto future = world.add_delta_one(InstrumentKind::future, Payoff::linear, 1.0, 50'000.0);
  world.add_scenario(0.16);
  world.add_scenario(-0.16);
  EXPECT_EQ(reference_exponent(world.config, future), 11);
  const ReferenceRow row = reference_row(world.market(), future);
  // 0.16 * 50000 * 10^8 = 8 * 10^11 = 390625000 * 2^11 exactly, give or take the last bit of 1.16.
  EXPECT_EQ(row.losses, (Losses{-800'000'000'000, 800'000'000'000}));
}

// MR-07: lots, and the reference price by which a size changes its currency.
TEST(ReferenceRow, TakesTheExponentFromOneLot) {
  ReferenceWorld world(coins, 8, 50'000.0);
  auto perpetual = world.add_delta_one(InstrumentKind::perpetual, Payoff::inverse, 1e6, 50'000.0);
  // m = 0.1: 4 * 0.1 * (1e6 / 50000) * 10^8 = 8e8 fits; with 1e8 dollars 8e10 = 37.3 * 2^31.
  EXPECT_EQ(reference_exponent(world.config, perpetual), 0);
  world.config.instruments[perpetual.value].contract_size = 1e8;
  EXPECT_EQ(reference_exponent(world.config, perpetual), 6);
  world.config.instruments[perpetual.value].lots_per_contract = 100;
  EXPECT_EQ(reference_exponent(world.config, perpetual), 0);
}

// MR-09: one day before expiry with decay over four days a quarter of the delta is left.
TEST(ReferenceRow, TakesAFadingOptionDelta) {
  constexpr Timestamp tomorrow{table_clock.ns + 86'400'000'000'000};
  ReferenceWorld world(dollars, 2, 50'000.0);
  const auto call =
      world.add_option(Payoff::linear, OptionType::call, 40'000.0, 50'000.0, 0.0, tomorrow);
  world.model().delta_decay_minutes = 4 * 1440.0;
  EXPECT_EQ(reference_row(world.market(), call).delta, 1'250'000);
}

// MR-10: exp(0.4 * 0.25) - 1 = 0.10517091807564763 of the delta; perpetuals the minimum.
TEST(ReferenceRow, TakesTheExpiryWeightedDelta) {
  ReferenceWorld world(dollars, 2, 50'000.0);
  world.model().expiry_delta = {0.01, 0.4};
  const auto future = world.add_delta_one(InstrumentKind::future, Payoff::linear, 1.0, 50'000.0);
  const auto perpetual =
      world.add_delta_one(InstrumentKind::perpetual, Payoff::linear, 1.0, 50'000.0);
  EXPECT_EQ(reference_row(world.market(), future).expiry_delta, 525'855);  // 525854.59
  EXPECT_EQ(reference_row(world.market(), perpetual).expiry_delta, 50'000);
  world.model().expiry_delta.minimum_rate = 0.2;
  EXPECT_EQ(reference_row(world.market(), future).expiry_delta, 1'000'000);
}

// MR-17: two charges of one list, rounded up once.
TEST(ReferenceRow, TakesExposureChargesPerLot) {
  constexpr auto option = static_cast<std::uint8_t>(InstrumentKind::option);
  ReferenceWorld world(dollars, 2, 100.0);
  const auto call = world.add_option(Payoff::linear, OptionType::call, 110.0, 100.0, 0.0);
  ExposureCharge exposure;
  exposure.kinds = {option};
  exposure.long_rate = 0.000'05;
  exposure.short_rate = 0.01;
  exposure.short_otm_base = 0.15;
  exposure.short_otm_minimum = 0.1;
  world.model().added = {exposure, exposure};
  exposure.kinds = {static_cast<std::uint8_t>(InstrumentKind::future)};
  world.model().floor = {exposure};
  ReferenceRow row = reference_row(world.market(), call);
  // Notional 10000 cents: long 2 * 0.5 = 1; short 2 * (100 + max(0.15 - 10 / 100, 0.1) * 10000)
  EXPECT_EQ(row.initial.added.long_lot, 1);
  EXPECT_EQ(row.initial.added.short_lot, 2'200);
  EXPECT_EQ(row.initial.floor.long_lot, 0);
  EXPECT_EQ(row.initial.floor.short_lot, 0);

  world.config.instruments[call.value].strike = 96.0;  // in the money, value 4
  world.model().added.resize(1);
  world.model().added[0].long_mark_rate = 0.501;
  row = reference_row(world.market(), call);
  // long 0.5 + 0.501 * 400 = 200.9; short 100 + 0.15 * 10000
  EXPECT_EQ(row.initial.added.long_lot, 201);
  EXPECT_EQ(row.initial.added.short_lot, 1'600);
}

// MR-28.
TEST(ReferenceRow, ReportsWhyAnInstrumentCannotBePriced) {
  ReferenceWorld world(dollars, 2, 50'000.0);
  world.add_scenario(9.0);
  const auto future = world.add_delta_one(InstrumentKind::future, Payoff::linear, 1.0, -1.0);
  const auto call =
      world.add_option(Payoff::linear, OptionType::call, 50'000.0, 50'000.0, no_volatility);
  EXPECT_EQ(reference_row(world.market(), future).reason, Reason::missing_mark);
  EXPECT_EQ(reference_row(world.market(), call).reason, Reason::missing_volatility);

  world.config.instruments[call.value].expiry = table_clock;
  EXPECT_EQ(reference_row(world.market(), call).reason, Reason::instrument_expired);

  world.surface.quotes[future.value].forward = 50'000.0;
  EXPECT_EQ(reference_row(world.market(), future).reason, Reason::accepted);
  world.config.underlyings[0].reference_price = 1e-3;  // the exponent expects far less, MR-07
  world.config.money_decimals = 8;
  EXPECT_EQ(reference_row(world.market(), future).reason, Reason::risk_array_out_of_range);
}

TEST(ReferenceRow, ReportsTheForwardDeltaOfBlack) {
  ReferenceWorld world(dollars, 8, 100.0);
  const auto put = world.add_option(Payoff::linear, OptionType::put, 100.0, 100.0, 0.4);
  const auto delta = static_cast<double>(reference_row(world.market(), put).delta);
  EXPECT_NEAR(delta, (phi_0_10 - 1.0) * 1e10, 1.0);
}

}  // namespace
}  // namespace margingate::reference
