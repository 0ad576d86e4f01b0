#include "margingate/liquidation.hpp"

#include <gtest/gtest.h>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

// No impact: what is freed can be worked out by hand.
LiquidationRequest free_of_impact(TinyGate& tiny) {
  LiquidationRequest request;
  request.impacts.assign(tiny.gate().config().instruments.size(), MarketImpact{});
  return request;
}

std::int64_t closed(const LiquidationPlan& plan, InstrumentId instrument) {
  std::int64_t lots = 0;
  for (const LiquidationStep& step : plan.steps) {
    for (const LiquidationTrade& trade : step.trades) {
      if (trade.instrument == instrument) lots += trade.quantity.value;
    }
  }
  return lots;
}

// Half of the risk is maintenance margin.
void half_maintenance(TinySetup& setup) { setup.config.model.maintenance_factor = 0.5; }

// Charges alone: 10 % of the notional of perpetuals, 20 % of futures.
void rates(TinySetup& setup) {
  half_maintenance(setup);
  RiskUnitModel unit;
  unit.added.resize(2);
  unit.added[0].kinds = {static_cast<std::uint8_t>(InstrumentKind::perpetual)};
  unit.added[0].long_rate = unit.added[0].short_rate = 0.1;
  unit.added[1].kinds = {static_cast<std::uint8_t>(InstrumentKind::future)};
  unit.added[1].long_rate = unit.added[1].short_rate = 0.2;
  setup.config.model.units = {unit};
}

void isolated(TinySetup& setup) {
  rates(setup);
  setup.config.model.unrealised_profit = UnrealisedProfit::losses_only;
}

TEST(LiquidationPlan, IsEmptyWhileMaintenanceMarginIsCovered) {
  TinyGate tiny(half_maintenance);
  tiny.publish_and_adopt();
  tiny.transfer(tiny::perpetual, 10, 100.0);
  tiny.deposit(5'000);  // 50.00 of 100.00, maintenance margin is 50.00
  const LiquidationPlan plan = plan_liquidation(tiny.gate(), free_of_impact(tiny));
  EXPECT_EQ(plan.outcome, LiquidationOutcome::not_needed);
  EXPECT_TRUE(plan.steps.empty());
  EXPECT_EQ(plan.before.maintenance_margin.value, 5'000);
}

TEST(LiquidationPlan, ClosesNoMoreLotsThanRestoreInitialMargin) {
  TinyGate tiny(half_maintenance);
  tiny.publish_and_adopt();
  tiny.transfer(tiny::perpetual, 10, 100.0);
  tiny.deposit(4'950);  // four lots need 40.00, five need 50.00
  const LiquidationPlan plan = plan_liquidation(tiny.gate(), free_of_impact(tiny));
  EXPECT_EQ(plan.outcome, LiquidationOutcome::restored);
  EXPECT_EQ(closed(plan, tiny::perpetual), 6);
  EXPECT_EQ(plan.after.initial_margin.value, 4'000);
  EXPECT_EQ(plan.after.equity.value, 4'950);
  EXPECT_EQ(plan.cost.value, 0);
}

TEST(LiquidationPlan, StopsEarlierWhenOnlyMaintenanceMarginIsAsked) {
  TinyGate tiny(half_maintenance);
  tiny.publish_and_adopt();
  tiny.transfer(tiny::perpetual, 10, 100.0);
  tiny.deposit(4'950);
  LiquidationRequest request = free_of_impact(tiny);
  request.target = LiquidationTarget::maintenance_margin;
  const LiquidationPlan plan = plan_liquidation(tiny.gate(), request);
  EXPECT_EQ(plan.outcome, LiquidationOutcome::restored);
  EXPECT_EQ(closed(plan, tiny::perpetual), 1);
}

TEST(LiquidationPlan, ReleasesWorkingOrdersFirst) {
  TinyGate tiny([](TinySetup& setup) { setup.config.model.maintenance_factor = 1.0; });
  tiny.publish_and_adopt();
  tiny.deposit(50'000);
  ASSERT_TRUE(tiny.gate().reserve(tiny.buy(tiny::perpetual, 5, 100.0)));
  tiny.transfer(tiny::perpetual, 10, 100.0);
  tiny.deposit(-50'000 + 9'990);
  const LiquidationPlan plan = plan_liquidation(tiny.gate(), free_of_impact(tiny));
  ASSERT_EQ(plan.steps.size(), 2u);
  EXPECT_TRUE(plan.steps[0].trades.empty());
  EXPECT_EQ(plan.steps[0].before.initial_margin.value, 15'000);
  EXPECT_EQ(plan.steps[0].after.initial_margin.value, 10'000);
  EXPECT_EQ(closed(plan, tiny::perpetual), 1);
}

TEST(LiquidationPlan, LeavesAHedgeAloneThatWouldRaiseTheRisk) {
  TinyGate tiny(half_maintenance);
  tiny.publish_and_adopt();
  tiny.transfer(tiny::perpetual, 10, 100.0);
  tiny.transfer(tiny::future, -4, 100.0);  // net long 6: needs 60.00
  tiny.deposit(2'900);
  const LiquidationPlan plan = plan_liquidation(tiny.gate(), free_of_impact(tiny));
  EXPECT_EQ(plan.outcome, LiquidationOutcome::restored);
  EXPECT_EQ(closed(plan, tiny::future), 0);
  EXPECT_EQ(closed(plan, tiny::perpetual), 4);
}

TEST(LiquidationPlan, TakesTheCheaperOfTwoPositionsThatFreeTheSame) {
  TinyGate tiny(half_maintenance);
  tiny.publish_and_adopt();
  tiny.transfer(tiny::perpetual, 5, 100.0);
  tiny.transfer(tiny::future, 5, 100.0);
  tiny.deposit(4'900);
  LiquidationRequest request = free_of_impact(tiny);
  request.impacts[tiny::perpetual.value].half_spread = 0.01;
  request.impacts[tiny::future.value].half_spread = 0.002;
  const LiquidationPlan plan = plan_liquidation(tiny.gate(), request);
  EXPECT_EQ(plan.outcome, LiquidationOutcome::restored);
  EXPECT_EQ(closed(plan, tiny::future), 5);
  EXPECT_EQ(closed(plan, tiny::perpetual), 1);
  // 0.20 a lot of the future, 1.00 a lot of the perpetual.
  EXPECT_EQ(plan.cost.value, 5 * 20 + 100);
  EXPECT_EQ(plan.after.equity.value, 4'900 - plan.cost.value);
}

// Two halves give up as much as the whole: otherwise slicing would hide the impact.
TEST(LiquidationPlan, CountsImpactOnAllThatIsTradedInAnInstrument) {
  TinyGate tiny(half_maintenance);
  tiny.publish_and_adopt();
  tiny.transfer(tiny::perpetual, 64, 100.0);
  tiny.deposit(25'000);
  LiquidationRequest request = free_of_impact(tiny);
  request.impacts[tiny::perpetual.value].square_root = 0.01;
  request.impacts[tiny::perpetual.value].depth = 64.0;
  const LiquidationPlan plan = plan_liquidation(tiny.gate(), request);
  EXPECT_EQ(plan.outcome, LiquidationOutcome::restored);
  const std::int64_t lots = closed(plan, tiny::perpetual);
  const double share = request.impacts[tiny::perpetual.value].share({lots});
  EXPECT_NEAR(static_cast<double>(plan.cost.value), 10'000.0 * static_cast<double>(lots) * share,
              static_cast<double>(lots) + 1.0);
  EXPECT_EQ(plan.steps.size(), 1u);
}

TEST(LiquidationPlan, ClosesPairsThatHedgeOneAnotherTogether) {
  TinyGate tiny([](TinySetup& setup) {
    half_maintenance(setup);
    ExposureCharge charge;  // what a hedged pair still costs
    charge.kinds = {static_cast<std::uint8_t>(InstrumentKind::perpetual),
                    static_cast<std::uint8_t>(InstrumentKind::future)};
    charge.long_rate = charge.short_rate = 0.01;
    setup.config.model.units[0].added = {charge};
  });
  tiny.publish_and_adopt();
  tiny.transfer(tiny::perpetual, 10, 100.0);
  tiny.transfer(tiny::future, -10, 100.0);  // 20.00 of charges and no scan risk
  tiny.deposit(900);
  const LiquidationPlan plan = plan_liquidation(tiny.gate(), free_of_impact(tiny));
  EXPECT_EQ(plan.outcome, LiquidationOutcome::restored);
  ASSERT_EQ(plan.steps.size(), 1u);
  EXPECT_EQ(plan.steps[0].trades.size(), 2u);
  EXPECT_EQ(closed(plan, tiny::perpetual), 6);
  EXPECT_EQ(closed(plan, tiny::future), 6);
}

TEST(LiquidationPlan, TakesThePositionThatIsChargedMostUnderCrossMargin) {
  TinyGate tiny(rates);
  tiny.publish_and_adopt();
  tiny.transfer(tiny::perpetual, 10, 100.0);  // 100.00
  tiny.transfer(tiny::future, 8, 100.0);      // 160.00
  tiny.deposit(12'900);
  const LiquidationPlan plan = plan_liquidation(tiny.gate(), free_of_impact(tiny));
  EXPECT_EQ(plan.scope, LiquidationScope::positions);
  EXPECT_EQ(plan.outcome, LiquidationOutcome::restored);
  EXPECT_EQ(closed(plan, tiny::future), 7);  // 26.00 a piece is too little with six
  EXPECT_EQ(closed(plan, tiny::perpetual), 0);
}

TEST(LiquidationPlan, ClosesOnlyTheLosingPositionUnderIsolatedMargin) {
  TinyGate tiny(isolated);
  tiny.publish_and_adopt();
  tiny.transfer(tiny::perpetual, 10, 108.0);  // has lost 80.00 of its 100.00
  tiny.transfer(tiny::future, 8, 99.0);       // gains
  tiny.deposit(16'500);                       // maintenance: half of 260.00 + 80.00
  const LiquidationPlan plan = plan_liquidation(tiny.gate(), free_of_impact(tiny));
  EXPECT_EQ(plan.scope, LiquidationScope::position);
  ASSERT_FALSE(plan.steps.empty());
  ASSERT_EQ(plan.steps[0].trades.size(), 1u);
  EXPECT_EQ(plan.steps[0].trades[0].instrument, tiny::perpetual);
  EXPECT_EQ(plan.steps[0].trades[0].quantity.value, 10);
  EXPECT_EQ(plan.steps[0].after.equity.value, 16'500 - 8'000);
  EXPECT_EQ(plan.steps[0].after.initial_margin.value, 16'000);
}

TEST(LiquidationPlan, SaysHowMuchIsMissingWhenEverythingIsClosed) {
  TinyGate tiny(half_maintenance);
  tiny.publish_and_adopt();
  tiny.transfer(tiny::perpetual, 10, 103.0);  // lost 30.00, and only 20.00 were there
  tiny.deposit(2'000);
  const LiquidationPlan plan = plan_liquidation(tiny.gate(), free_of_impact(tiny));
  EXPECT_EQ(plan.outcome, LiquidationOutcome::short_fall);
  EXPECT_EQ(closed(plan, tiny::perpetual), 10);
  EXPECT_EQ(plan.after.initial_margin.value, 0);
  EXPECT_EQ(plan.deficit.value, 1'000);
}

TEST(LiquidationPlan, DoesNotCloseWhatCostsMoreThanItFrees) {
  TinyGate tiny(half_maintenance);
  tiny.publish_and_adopt();
  tiny.transfer(tiny::perpetual, 10, 100.0);
  tiny.deposit(4'000);
  LiquidationRequest request = free_of_impact(tiny);
  request.impacts[tiny::perpetual.value].half_spread = 0.2;  // 20.00 to free 10.00
  const LiquidationPlan plan = plan_liquidation(tiny.gate(), request);
  EXPECT_EQ(plan.outcome, LiquidationOutcome::short_fall);
  EXPECT_TRUE(plan.steps.empty());
  EXPECT_EQ(plan.deficit.value, 6'000);
}

TEST(LiquidationPlan, RefusesAnAccountThatCannotBePriced) {
  TinyGate tiny;
  EXPECT_EQ(plan_liquidation(tiny.gate(), free_of_impact(tiny)).outcome,
            LiquidationOutcome::unpriced);
  EXPECT_EQ(plan_liquidation(tiny.gate(), free_of_impact(tiny)).reason, Reason::no_risk_table);
  LiquidationRequest nobody;
  nobody.account = {99};
  EXPECT_EQ(plan_liquidation(tiny.gate(), nobody).reason, Reason::unknown_account);
}

TEST(MarketImpact, GrowsWithTheSizeAndIsCapped) {
  const MarketImpact impact{0.001, 0.01, 0.02, 100.0};
  EXPECT_DOUBLE_EQ(impact.share({100}), 0.031);
  EXPECT_DOUBLE_EQ(impact.share({-25}), 0.001 + 0.0025 + 0.01);
  EXPECT_DOUBLE_EQ(impact.share({1'000'000'000}), impact_max);
  EXPECT_DOUBLE_EQ(default_impact(InstrumentKind::option).share({1}), 0.05);
}

}  // namespace
}  // namespace margingate::testing
