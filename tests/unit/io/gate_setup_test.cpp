#include "io/gate_setup.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "unit/io/expect_file_error.hpp"

namespace margingate::io {
namespace {

MarketInstrument instrument(const std::string& name, Payoff payoff, const std::string& underlying,
                            const std::string& settlement) {
  MarketInstrument result;
  result.name = name;
  result.kind = InstrumentKind::perpetual;
  result.payoff = payoff;
  result.underlying = underlying;
  result.settlement_asset = settlement;
  result.mark_price = 100.0;
  result.forward_price = 100.0;
  return result;
}

MarketFile make_market() {
  MarketFile market;
  market.file = "market.json";
  market.as_of = Timestamp{5'000};
  market.numeraire = "USD";
  market.assets = {{"USD", 1.0}, {"BTC", 100.0}, {"ETH", 10.0}, {"USDT", 0.999}};
  market.underlyings = {{"BTC", 100.0}, {"ETH", 10.0}};
  market.instruments = {instrument("BTC-LINEAR", Payoff::linear, "BTC", "USD"),
                        instrument("ETH-INVERSE", Payoff::inverse, "ETH", "ETH")};
  return market;
}

models::ParameterSet cross() {
  models::ParameterSet set;
  set.name = "test";
  set.collateral.push_back({"USDT", {}});
  set.collateral.back().terms.haircut = 0.1;
  set.numbers = models::CrossParameters{};
  return set;
}

models::ParameterSet portfolio_set(models::PortfolioParameters numbers) {
  models::ParameterSet set;
  set.name = "portfolio";
  set.numbers = std::move(numbers);
  return set;
}

models::ParameterSet deribit(const std::string& coin) {
  models::DeribitParameters numbers;
  numbers.underlying = coin;
  numbers.price_range = 0.1;
  models::ParameterSet set;
  set.name = "coin";
  set.numbers = numbers;
  return set;
}

TEST(GateSetup, NumbersEverythingAndNamesIt) {
  const GateSetup setup = make_gate_setup(make_market(), cross());
  EXPECT_EQ(setup.config.instruments.size(), 2U);
  EXPECT_EQ(setup.config.model.units.size(), 2U);
  EXPECT_EQ(setup.directory.assets.name(setup.config.numeraire), "USD");
  const auto eth = setup.directory.instruments.find("ETH-INVERSE");
  ASSERT_TRUE(eth);
  const Instrument& terms = setup.config.instruments[eth->value];
  EXPECT_EQ(setup.directory.underlyings.name(terms.underlying), "ETH");
  EXPECT_EQ(setup.directory.risk_units.name(terms.risk_unit), "ETH");
  EXPECT_EQ(setup.directory.assets.name(terms.settlement_asset), "ETH");
  EXPECT_FALSE(setup.directory.instruments.find("SOL-INVERSE"));
}

TEST(GateSetup, ValuesCoinsByTheirIndexAndOtherAssetsByTheirPrice) {
  const GateSetup setup = make_gate_setup(make_market(), cross());
  ASSERT_EQ(setup.spot_ticks.size(), 2U);
  EXPECT_EQ(setup.spot_ticks[0].price.value, 10'000'000'000);
  EXPECT_EQ(setup.spot_ticks[0].time.ns, 5'000);
  ASSERT_EQ(setup.asset_ticks.size(), 1U);
  EXPECT_EQ(setup.directory.assets.name(setup.asset_ticks[0].asset), "USDT");
  EXPECT_EQ(setup.config.assets[setup.asset_ticks[0].asset.value].haircut, 0.1);
}

TEST(GateSetup, GivesCreditsThatFollowCorrelationWhatTheMarketStates) {
  models::PortfolioParameters parameters;
  parameters.standard.price_moves = {-0.1, 0.1};
  parameters.standard.volatility_shocks = {{}};
  parameters.offsets = {{"BTC", "ETH", 0.5, {0.5, 0.9}}};
  const models::ParameterSet set = portfolio_set(parameters);
  MarketFile market = make_market();
  EXPECT_EQ(make_gate_setup(market, set).market.credit_rates, std::vector<double>{0.0});
  market.correlations = {{"ETH", "BTC", 0.7}};
  ASSERT_EQ(make_gate_setup(market, set).market.credit_rates.size(), 1U);
  EXPECT_NEAR(make_gate_setup(market, set).market.credit_rates[0], 0.25, 1e-12);
  parameters.offsets[0].correlation = {};
  EXPECT_TRUE(make_gate_setup(market, portfolio_set(parameters)).market.credit_rates.empty());
}

TEST(GateSetup, KeepsOnlyTheCoinAModelCountsIn) {
  const GateSetup setup = make_gate_setup(make_market(), deribit("ETH"));
  EXPECT_EQ(setup.directory.assets.names(), std::vector<std::string>{"ETH"});
  EXPECT_EQ(setup.directory.instruments.names(), std::vector<std::string>{"ETH-INVERSE"});
  EXPECT_TRUE(setup.asset_ticks.empty());
}

TEST(GateSetup, LeavesOptionsOutForAModelThatHasNoMarginForThem) {
  MarketFile market = make_market();
  MarketInstrument option = instrument("BTC-OPTION", Payoff::linear, "BTC", "USD");
  option.kind = InstrumentKind::option;
  market.instruments.push_back(option);
  models::ParameterSet set;
  set.model = "dydx";
  set.numbers = models::DydxParameters{};
  EXPECT_FALSE(make_gate_setup(market, set).directory.instruments.find("BTC-OPTION"));
  EXPECT_TRUE(make_gate_setup(market, cross()).directory.instruments.find("BTC-OPTION"));
}

TEST(GateSetup, TakesTheOpenInterestOfContracts) {
  MarketFile market = make_market();
  market.instruments[0].open_interest_quote = 25e6;
  EXPECT_EQ(make_gate_setup(market, cross()).market.quotes.at(0).open_interest_quote, 25e6);
}

TEST(GateSetup, RejectsInstrumentsThatDoNotFitTheNumeraire) {
  expect_file_error([] { (void)make_gate_setup(make_market(), deribit("BTC")); }, "market.json",
                    "instrument BTC-LINEAR", "payoff inverse");
  expect_file_error([] { (void)make_gate_setup(make_market(), deribit("SOL")); }, "market.json",
                    "/underlyings", "the underlying SOL");
  MarketFile market = make_market();
  market.instruments[0].settlement_asset = "USDT";
  expect_file_error([&] { (void)make_gate_setup(market, cross()); }, "market.json",
                    "instrument BTC-LINEAR", "settlement_asset USD, found USDT");
}

}  // namespace
}  // namespace margingate::io
