#include "reference/reference_requirement.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "unit/reference/reference_world.hpp"

namespace margingate::reference {
namespace {

constexpr auto future_kind = static_cast<std::uint8_t>(InstrumentKind::future);

// Linear futures of one coin at 100 dollars, in cents: +-10 % moves a lot by 1000.
struct FutureWorld : ReferenceWorld {
  FutureWorld() : ReferenceWorld(dollars, 2, 100.0) {
    future = add_delta_one(InstrumentKind::future, Payoff::linear, 1.0, 100.0);
    add_scenario(0.1);
    add_scenario(-0.1);
  }
  [[nodiscard]] ReferenceUnit unit(std::vector<ReferenceLeg> legs) const {
    return reference_margin(market(), account_of(std::move(legs))).units[0];
  }
  InstrumentId future;
};

// MR-12, MR-16: 100 contracts of ten dollars at 50000, down 16 %: 100 * 3810 satoshi.
TEST(ScanRisk, TakesTheLargestLossOverTheGrid) {
  ReferenceWorld world(coins, 8, 50'000.0);
  const auto perpetual =
      world.add_delta_one(InstrumentKind::perpetual, Payoff::inverse, 10.0, 50'000.0);
  world.add_scenario(0.16);
  world.add_scenario(-0.16);
  const auto margin = reference_margin(world.market(), account_of({{perpetual, 100, 0, 0, {}}}));
  EXPECT_EQ(margin.units[0].losses, (std::vector<std::int64_t>{-275'900, 381'000}));
  EXPECT_EQ(margin.units[0].scan_risk, 381'000);
  EXPECT_EQ(margin.units[0].worst_scenario, 1U);
  EXPECT_EQ(margin.initial_margin, Money{381'000});
}

// MR-12: long 10. If the sell of 25 fills alone the account is short 15, the worst upwards; if
// the buy of 3 fills alone it is long 13, the worst downwards.
TEST(ScanRisk, TakesTwoOrdersAtTheirWorstFill) {
  const FutureWorld world;
  const ReferenceUnit unit = world.unit({{world.future, 10, 3, 25, {}}});
  EXPECT_EQ(unit.losses, (std::vector<std::int64_t>{15'000, 13'000}));
  EXPECT_EQ(unit.scan_risk, 15'000);
  EXPECT_EQ(unit.worst_scenario, 0U);
}

// MR-16.
TEST(ScanRisk, KeepsTheLowestScenarioOfATie) {
  const FutureWorld world;
  EXPECT_EQ(world.unit({{world.future, 0, 2, 2, {}}}).worst_scenario, 0U);
  EXPECT_EQ(world.unit({{world.future, 0, 3, 2, {}}}).worst_scenario, 1U);
}

// MR-16: 20 dollars off in the second scenario; in coin form 20 / 100 coins.
TEST(ScanRisk, TakesDeductiblesOff) {
  FutureWorld world;
  world.model().scan.scenarios[1].deductible_quote = 20.0;
  EXPECT_EQ(world.unit({{world.future, 10, 0, 0, {}}}).scan_risk, 10'000 - 2'000);
  EXPECT_EQ(world.unit({{world.future, 1, 0, 0, {}}}).scan_risk, 0);

  ReferenceWorld coin(coins, 8, 100.0);
  const auto perpetual =
      coin.add_delta_one(InstrumentKind::perpetual, Payoff::inverse, 100.0, 100.0);
  coin.add_scenario(-0.5);
  coin.model().scan.scenarios[0].deductible_quote = 20.0;
  // 100 / 50 - 100 / 100 = 1 coin, less 0.2
  const auto margin = reference_margin(coin.market(), account_of({{perpetual, 1, 0, 0, {}}}));
  EXPECT_EQ(margin.units[0].scan_risk, 80'000'000);
}

// MR-16: half up, to whole dollars.
TEST(ScanRisk, TakesRoundingToNearest) {
  FutureWorld world;
  world.model().scan.rounding_decimals = 0;
  world.surface.quotes[0].forward = 94.95;  // 949.5 cents a lot, rounded to even: 950
  EXPECT_EQ(world.unit({{world.future, 1, 0, 0, {}}}).scan_risk, 1'000);
  EXPECT_EQ(world.unit({{world.future, 3, 0, 0, {}}}).scan_risk, 2'900);  // 28.50
  world.model().scan.rounding_decimals = 2;
  EXPECT_EQ(world.unit({{world.future, 3, 0, 0, {}}}).scan_risk, 2'850);
}

// MR-17, MR-21: long 10 with 3 buys and 25 sells: 13 longs at 2 % or 15 shorts at 3 % of 100.
TEST(ExposureCharges, TakesTheDearerSideOfALeg) {
  FutureWorld world;
  ExposureCharge exposure;
  exposure.kinds = {future_kind};
  exposure.long_rate = 0.02;
  exposure.short_rate = 0.03;
  world.model().added = {exposure};
  exposure.short_rate = 0.2;
  world.model().floor = {exposure};
  const ReferenceUnit unit = world.unit({{world.future, 10, 3, 25, {}}});
  EXPECT_EQ(unit.added, 15 * 300);
  EXPECT_EQ(unit.floor, 15 * 2'000);
  EXPECT_EQ(unit.total, 30'000 + 4'500);  // scan risk 15000 is below the floor
  EXPECT_EQ(world.unit({{world.future, 10, 15, 0, {}}}).added, 25 * 200);
}

// MR-18: expiries do not net; orders are taken at the end that is further from zero.
TEST(ExpiryDelta, TakesEachExpiryAtItsWorstFill) {
  FutureWorld world;
  world.model().expiry_delta = {0.01, 0.0};  // one per cent of 10000 is r = 100
  const auto perpetual = world.add_delta_one(InstrumentKind::perpetual, Payoff::linear, 1.0, 100.0);
  const auto spot = world.add_delta_one(InstrumentKind::spot, Payoff::linear, 1.0, 100.0);
  const ReferenceUnit unit = world.unit(
      {{world.future, 10, 5, 30, {}}, {perpetual, -4, 0, 0, {}}, {spot, 1'000, 0, 0, {}}});
  // Future: between 10 - 30 = -20 and 10 + 5 = 15. Perpetual: -4.
  EXPECT_EQ(unit.expiry_charges.at(quarter_year.ns), 2'000);
  EXPECT_EQ(unit.expiry_charges.at(perpetual_expiry_ns), 400);
  EXPECT_EQ(unit.expiry_charges.size(), 2U);
  EXPECT_EQ(unit.expiry_delta, 2'400);
}

// Coins at 50000 dollars: 0.1 % per coin above 20 coins (1000000 dollars), at most 15 %.
struct ShockWorld : ReferenceWorld {
  ShockWorld() : ReferenceWorld(dollars, 2, 50'000.0) {
    model().delta_shock = {0.001, 1e6, 0.15};
    perpetual = add_delta_one(InstrumentKind::perpetual, Payoff::linear, 1.0, 50'000.0);
    // Without volatility, deep in the money: deltas of exactly one coin.
    call = add_option(Payoff::linear, OptionType::call, 10'000.0, 50'000.0, 0.0);
    put = add_option(Payoff::linear, OptionType::put, 90'000.0, 50'000.0, 0.0);
  }
  [[nodiscard]] ReferenceUnit unit(std::vector<ReferenceLeg> legs) const {
    return reference_margin(market(), account_of(std::move(legs))).units[0];
  }
  InstrumentId perpetual;
  InstrumentId call;
  InstrumentId put;
};

// MR-19: 100 coins are 5 million dollars; (100 - 20) * 0.1 % = 8 % of them.
TEST(DeltaShock, TakesTheDeltaAboveTheThreshold) {
  const ShockWorld world;
  EXPECT_EQ(world.unit({{world.perpetual, -100, 0, 0, {}}}).delta_shock, 40'000'000);
  EXPECT_EQ(world.unit({{world.perpetual, -20, 0, 0, {}}}).delta_shock, 0);
  // 200 coins: 18 %, but at most 15 % of 10 million
  EXPECT_EQ(world.unit({{world.perpetual, 200, 0, 0, {}}}).delta_shock, 150'000'000);
}

// MR-19: long calls shrink a short delta to 70 coins: 5 % of 3.5 million. Long puts do not grow it.
TEST(DeltaShock, TakesLongOptionsAsCoverOnly) {
  const ShockWorld world;
  const ReferenceUnit covered =
      world.unit({{world.perpetual, -100, 0, 0, {}}, {world.call, 30, 0, 0, {}}});
  EXPECT_EQ(covered.delta_shock, 17'500'000);
  EXPECT_EQ(covered.delta_lo, -70 * 5'000'000LL);
  EXPECT_EQ(covered.delta_hi, -70 * 5'000'000LL);
  EXPECT_EQ(world.unit({{world.perpetual, -100, 0, 0, {}}, {world.put, 30, 0, 0, {}}}).delta_shock,
            40'000'000);
  EXPECT_EQ(
      world.unit({{world.perpetual, -100, 0, 0, {}}, {world.call, 130, 0, 0, {}}}).delta_shock, 0);
}

// MR-19: the calls may be sold (20 of 30), the perpetual may be sold to -110.
TEST(DeltaShock, TakesOrdersAtTheWorseEnd) {
  const ShockWorld world;
  const ReferenceUnit unit =
      world.unit({{world.perpetual, -100, 0, 10, {}}, {world.call, 30, 0, 20, {}}});
  // rest -110 .. -100, long calls 10 .. 30: D = 100 coins
  EXPECT_EQ(unit.delta_shock, 40'000'000);
  EXPECT_EQ(unit.delta_lo, -100 * 5'000'000LL);
  EXPECT_EQ(unit.delta_hi, -70 * 5'000'000LL);
}

// MR-20: each position's loss, no position's gain.
TEST(UnrealisedLosses, TakesLossesWithoutGains) {
  FutureWorld world;
  const auto perpetual = world.add_delta_one(InstrumentKind::perpetual, Payoff::linear, 1.0, 100.0);
  world.config.model.unrealised_profit = UnrealisedProfit::losses_only;
  const ReferenceUnit unit =
      world.unit({{world.future, 1, 0, 0, {-10'500}}, {perpetual, 1, 0, 0, {-9'000}}});
  EXPECT_EQ(unit.unrealised_losses, 500);
  EXPECT_EQ(unit.total, 2'000 + 500);
}

// Two units of futures like FutureWorld, with a credit of a third between them.
struct PairWorld : FutureWorld {
  PairWorld() {
    config.assets.emplace_back();
    const UnderlyingId underlying = add_underlying(AssetId{2}, 100.0);
    Instrument instrument = config.instruments[future.value];
    instrument.underlying = underlying;
    instrument.risk_unit = RiskUnitId{1};
    other = add(instrument, 100.0);
    config.model.units[1] = config.model.units[0];
    config.model.credits = {{RiskUnitId{0}, RiskUnitId{1}, 1.0 / 3.0}};
  }
  [[nodiscard]] ReferenceMargin margin(ReferenceLeg first, ReferenceLeg second) const {
    return reference_margin(market(), account_of({first, second}));
  }
  InstrumentId other;
};

// MR-22, MR-23: floor(0.333333333 * min(10000, 7000)) = 2333.
TEST(Credits, TakesTheSmallerScanRiskOfOppositeUnits) {
  const PairWorld world;
  const auto margin = world.margin({world.future, 10, 0, 0, {}}, {world.other, -7, 0, 0, {}});
  EXPECT_EQ(margin.credits, Money{2'333});
  EXPECT_EQ(margin.risk, Money{17'000 - 2'333});
  EXPECT_EQ(world.margin({world.future, 10, 0, 0, {}}, {world.other, 7, 0, 0, {}}).credits,
            Money{0});
}

// MR-22: a floor counts like the scan risk it replaces, 9 * 1000 against 8 * 15 % of 10000.
TEST(Credits, TakesFloorsForScanRisks) {
  PairWorld world;
  ExposureCharge exposure;
  exposure.kinds = {future_kind};
  exposure.short_rate = 0.15;
  world.config.model.units[1].floor = {exposure};
  const auto margin = world.margin({world.future, 9, 0, 0, {}}, {world.other, -8, 0, 0, {}});
  EXPECT_EQ(margin.risk, Money{9'000 + 12'000 - 2'999});  // floor(0.333333333 * 9000)
}

// MR-22: a buy of 7 could make the second unit flat, and flat is not short.
TEST(Credits, IgnoresUnitsThatAnOrderCouldTurn) {
  const PairWorld world;
  EXPECT_EQ(world.margin({world.future, 10, 0, 0, {}}, {world.other, -7, 6, 0, {}}).credits,
            Money{2'333});
  EXPECT_EQ(world.margin({world.future, 10, 0, 0, {}}, {world.other, -7, 7, 0, {}}).credits,
            Money{0});
}

// MR-23: factors round up; holds and orders count for initial margin alone.
TEST(Margins, TakesFactorsHoldsAndOrders) {
  FutureWorld world;
  world.config.model.initial_factor = 1.000'000'001;
  world.config.model.maintenance_factor = 0.75;
  ReferenceAccount account = account_of({{world.future, 3, 4, 0, {}}});
  account.holds = {50};
  const auto margin = reference_margin(world.market(), account);
  EXPECT_EQ(margin.initial_margin, Money{7'001 + 50});
  EXPECT_EQ(margin.maintenance_margin, Money{2'250});
}

// MR-28: what is held must be priced; an empty leg holds nothing.
TEST(Margins, ReportsAnUnpricedPosition) {
  FutureWorld world;
  const auto unpriced = world.add_delta_one(InstrumentKind::perpetual, Payoff::linear, 1.0, 0.0);
  const auto reason = [&](ReferenceLeg leg) {
    return reference_margin(world.market(), account_of({{world.future, 1, 0, 0, {}}, leg})).reason;
  };
  EXPECT_EQ(reason({unpriced, 1, 0, 0, {}}), Reason::position_unpriced);
  EXPECT_EQ(reason({unpriced, 0, 0, 1, {}}), Reason::position_unpriced);
  EXPECT_EQ(reason({unpriced, 0, 0, 0, {}}), Reason::accepted);
}

}  // namespace
}  // namespace margingate::reference
