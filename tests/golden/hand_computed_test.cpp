// A book small enough for pencil and paper, under the generic portfolio model: every part of the
// margin and the decision at its last cent, with the working of it beside.
//
// BTC at 100,000, ETH at 2,000, forwards at the spot, no volatility, so that an option is worth
// what exercising it now would bring. Price moves of 5, 10 and 15 %; 25 % at half; floor 0.5 %,
// basis 0.15 % per expiry, liquidity 0.01 %; half of the smaller scan risk is offset.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

#include "io/parameter_file.hpp"
#include "margingate/revaluer.hpp"

namespace margingate::testing {
namespace {

constexpr Timestamp clock{1'750'000'000'000'000'000};
constexpr AccountId account{0};
constexpr InstrumentId btc_future{0};
constexpr InstrumentId btc_call{1};  // struck at 95,000, same expiry
constexpr InstrumentId eth_perpetual{2};

constexpr Money dollars(double amount) {
  return {static_cast<std::int64_t>(amount * 100.0 + (amount < 0 ? -0.5 : 0.5))};
}
constexpr Price price(double amount) { return {dollars(amount).value}; }

class HandComputed : public ::testing::Test {
 protected:
  HandComputed() {
    GateConfig config;
    config.money_decimals = config.price_decimals = 2;
    config.assets.resize(3);
    config.underlyings = {{{1}, 100'000.0}, {{2}, 2'000.0}};
    Instrument future;
    future.kind = InstrumentKind::future;
    future.expiry = clock + seconds(30 * 86'400);
    Instrument call = future;
    call.kind = InstrumentKind::option;
    call.strike = 95'000.0;
    Instrument perpetual;
    perpetual.kind = InstrumentKind::perpetual;
    perpetual.underlying = {1};
    perpetual.risk_unit = {1};
    config.instruments = {future, call, perpetual};
    const std::array<std::string, 2> coins{"BTC", "ETH"};
    config.model = compose_margin_model(
        io::read_parameter_file(MARGINGATE_SOURCE_DIR "/params/portfolio-generic.json"), coins);
    gate = Gate::create(config).gate;
    revaluer = std::make_unique<Revaluer>(*gate);
    EXPECT_TRUE(revaluer->update_surface(
        {clock, {100'000.0, 2'000.0}, {{100'000.0, 0.0}, {100'000.0, 0.0}, {2'000.0, 0.0}}}));
    EXPECT_EQ(gate->apply(SpotTick{{0}, price(100'000.0), clock}), Reason::accepted);
    EXPECT_EQ(gate->apply(SpotTick{{1}, price(2'000.0), clock}), Reason::accepted);
    static_cast<void>(revaluer->run_once());
    gate->poll();
    // Bought and sold at what they are worth, so that there is no profit.
    hold(btc_future, 2, 100'000.0);
    hold(btc_call, -1, 5'000.0);
    hold(eth_perpetual, -50, 2'000.0);
  }
  void hold(InstrumentId id, std::int64_t contracts, double at) {
    EXPECT_EQ(gate->apply(PositionTransfer{account, id, {contracts}, price(at)}), Reason::accepted);
  }

  std::unique_ptr<Gate> gate;
  std::unique_ptr<Revaluer> revaluer;
};

TEST_F(HandComputed, MarginOfPositions) {
  const MarginStatement statement = gate->statement(account);
  ASSERT_EQ(statement.risk_units.size(), 2u);
  const RiskUnitStatement& btc = statement.risk_units[0];
  // Down 15 %: two futures lose 30,000, the call sold was worth 5,000 and expires. Down 25 % it is
  // (50,000 - 5,000) / 2. Up 15 %: 30,000 gained, 15,000 lost on the call.
  EXPECT_EQ(btc.scan_risk, dollars(30'000 - 5'000));
  // 0.5 % and 0.01 % of three contracts of 100,000.
  EXPECT_EQ(btc.floor, dollars(1'500));
  EXPECT_EQ(btc.added_charges, dollars(30));
  // One expiry, its delta 200,000 - 100,000 because the call is deep in the money.
  EXPECT_EQ(btc.expiry_delta_charge, dollars(150));
  EXPECT_EQ(btc.total, dollars(25'180));
  const RiskUnitStatement& eth = statement.risk_units[1];
  // 15 % of 100,000; 25 % at half is less.
  EXPECT_EQ(eth.scan_risk, dollars(15'000));
  EXPECT_EQ(eth.expiry_delta_charge, dollars(150));
  EXPECT_EQ(eth.added_charges, dollars(10));
  EXPECT_EQ(eth.total, dollars(15'160));
  // Long one against short the other: half of the smaller scan risk.
  EXPECT_EQ(statement.credits, dollars(7'500));
  EXPECT_EQ(statement.initial_margin, dollars(25'180 + 15'160 - 7'500));
  // Three quarters of it.
  EXPECT_EQ(statement.maintenance_margin, dollars(24'630));
  EXPECT_EQ(statement.equity, dollars(0));
}

TEST_F(HandComputed, DecisionAtItsLastCent) {
  // Selling three futures at the mark. Not filled and down: 25,000. Filled and up 15 %: one future
  // short and one call short lose 15,000 each.
  constexpr Money btc = dollars(30'000 + 300 + 30);  // delta of the expiry down to -200,000
  // The offset is gone: if it fills, both coins are short.
  constexpr Money needed = btc + dollars(15'160);
  const OrderIntent order{account, btc_future, Side::sell, {3}, price(100'000.0), clock};
  ASSERT_EQ(gate->apply(CashMovement{account, {0}, needed - Money{1}}), Reason::accepted);
  const Verdict rejected = gate->check(order);
  EXPECT_EQ(rejected.reason, Reason::insufficient_margin);
  EXPECT_EQ(rejected.requirement_before, dollars(32'840));
  EXPECT_EQ(rejected.requirement_after, dollars(45'490));
  ASSERT_EQ(gate->apply(CashMovement{account, {0}, Money{1}}), Reason::accepted);
  EXPECT_EQ(gate->check(order).reason, Reason::accepted);
  // A dollar below the mark is three dollars of open loss.
  OrderIntent cheaper = order;
  cheaper.price = price(99'999.0);
  EXPECT_EQ(gate->check(cheaper).reason, Reason::insufficient_margin);
  ASSERT_EQ(gate->apply(CashMovement{account, {0}, dollars(3)}), Reason::accepted);
  const Verdict accepted = gate->reserve(cheaper);
  EXPECT_EQ(accepted.reason, Reason::accepted);
  EXPECT_EQ(accepted.open_loss, dollars(3));
  EXPECT_EQ(accepted.equity, accepted.requirement_after);
}

}  // namespace
}  // namespace margingate::testing
