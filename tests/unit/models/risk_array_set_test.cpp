// How a set of risk arrays becomes a model: units, rows, floors and charges, and what is refused.
#include "models/risk_array_set.hpp"

#include <gtest/gtest.h>

#include "models/risk_array.hpp"
#include "support/risk_array_sets.hpp"

namespace margingate::testing {
namespace {

using namespace models;
using namespace risk_arrays;

constexpr std::int64_t day_ns = 86'400'000'000'000;

struct Composed {
  std::vector<Instrument> instruments;
  MarginModel model;
};

// Every contract of the set, one expiry a month.
Composed compose(const ParameterSet& set, OptionValueUse use = OptionValueUse::within_commodity) {
  Composed composed;
  std::vector<std::size_t> contracts;
  for (std::size_t i = 0; i < set.contracts.size(); ++i) {
    Instrument instrument;
    const bool option = set.contracts[i].right != OptionRight::none;
    instrument.kind = option ? InstrumentKind::option : InstrumentKind::future;
    instrument.expiry = {day_ns * 30 * (set.contracts[i].underlying_period.month % 100)};
    composed.instruments.push_back(instrument);
    contracts.push_back(i);
  }
  composed.model =
      risk_array_set_model(set, {AccountType::speculator, use}, contracts, composed.instruments);
  return composed;
}

// The constructed example of docs/models/risk-array.md. Commodity A has units of 1.1 for initial
// margin; its first month's delta costs half a spread of 200 and the dearer spot rate of 40.
TEST(RiskArraySet, DeliversTheConstructedExample) {
  const Composed composed = compose(pipeline_example().set);
  const MarginModel& model = composed.model;
  EXPECT_TRUE(validate_margin_model(model).empty());
  ASSERT_EQ(model.units.size(), 2U);
  ASSERT_EQ(model.delivered.size(), 4U);
  EXPECT_EQ(composed.instruments[3].risk_unit.value, 1U);
  const DeliveredRow& call = model.delivered[2];
  ASSERT_EQ(call.losses_quote.size(), 17U);
  EXPECT_DOUBLE_EQ(call.losses_quote[0], -180 * 1.1);
  EXPECT_DOUBLE_EQ(call.losses_quote[12], 880 * 1.1);
  EXPECT_DOUBLE_EQ(call.losses_quote[16], 1'900);
  EXPECT_DOUBLE_EQ(call.value_quote, 1'900);
  EXPECT_NEAR(call.expiry_delta_quote, 0.5 * 140 * 1.1, 1e-6);
  EXPECT_NEAR(model.delivered[1].expiry_delta_quote, 100 * 1.1, 1e-6);
  EXPECT_EQ(model.delivered[3].expiry_delta_quote, 0.0);
  ASSERT_EQ(model.units[0].total_floor.size(), 1U);
  EXPECT_DOUBLE_EQ(model.units[0].total_floor[0].short_amount_quote, 50 * 1.1);
  EXPECT_TRUE(model.units[1].total_floor.empty());
  EXPECT_NEAR(model.maintenance_factor, 1 / 1.1, 1e-12);
}

TEST(RiskArraySet, KeepsOptionValueWithinACommodityThatLimitsIt) {
  ParameterSet set = pipeline_example().set;
  EXPECT_EQ(compose(set, OptionValueUse::across_commodities).model.units[0].scan.scenarios.size(),
            16U);
  set.combined_commodities[0].limit_option_value = true;
  EXPECT_EQ(compose(set, OptionValueUse::across_commodities).model.units[0].scan.scenarios.size(),
            17U);
}

// Its profit is equity as well, but nobody has paid for it.
TEST(RiskArraySet, MarksOptionsThatAreNotPaidUpFront) {
  ParameterSet set = pipeline_example().set;
  set.products[1].is_premium_style = false;
  const DeliveredRow call = compose(set).model.delivered[2];
  EXPECT_DOUBLE_EQ(call.value_quote, 1'900);
  EXPECT_EQ(call.losses_quote[16], 0.0);
}

TEST(RiskArraySet, MakesARiskUnitOfEachScanningTier) {
  ParameterSet set = pipeline_example().set;
  set.combined_commodities[0].scan_method = ScanMethod::tier_per_period;
  EXPECT_EQ(compose(set).model.units.size(), 3U);
}

TEST(RiskArraySet, CountsTheRiskExponentInLossesMinimumAndCharges) {
  ParameterSet set = pipeline_example().set;
  set.combined_commodities[0].risk_exponent = 2;
  const MarginModel model = compose(set).model;
  EXPECT_NEAR(model.delivered[2].losses_quote[12], 88'000 * 1.1, 1e-6);
  EXPECT_NEAR(model.delivered[1].expiry_delta_quote, 10'000 * 1.1, 1e-4);
  EXPECT_NEAR(model.units[0].total_floor[0].short_amount_quote, 5'000 * 1.1, 1e-6);
  EXPECT_DOUBLE_EQ(model.delivered[2].value_quote, 1'900);
}

void expect_refused(const ParameterSet& set, const std::string& message) {
  try {
    static_cast<void>(compose(set));
    ADD_FAILURE() << "accepted: " << message;
  } catch (const RiskArrayError& error) {
    EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
  }
}

TEST(RiskArraySet, RefusesWhatNothingComputes) {
  ParameterSet set = pipeline_example().set;
  set.combined_commodities[1].not_computed = "a charge on basis";
  expect_refused(set, "combined commodity B: a charge on basis");
}

TEST(RiskArraySet, RefusesTwoCurrencies) {
  ParameterSet set = pipeline_example().set;
  set.combined_commodities[1].currency = "EUR";
  expect_refused(set, "combined commodity B: in EUR, but the gate counts in USD");
}

TEST(RiskArraySet, RefusesScanningSpreadsIntoWhatChargesDeltas) {
  ParameterSet set = pipeline_example().set;
  InterSpread spread = set.inter_spreads[0];
  spread.method = InterSpreadMethod::scanning;
  spread.target = "B";
  set.inter_spreads = {spread};
  EXPECT_EQ(compose(set).model.units.size(), 2U);
  set.inter_spreads[0].target = "A";
  expect_refused(set, "combined commodity A: a scanning based spread");
}

TEST(RiskArraySet, RefusesAnExpiryWithDeltasOfTwoMonths) {
  ParameterSet set = pipeline_example().set;
  Composed composed = compose(set);
  composed.instruments[1].expiry = composed.instruments[0].expiry;
  const std::vector<std::size_t> contracts = {0, 1, 2, 3};
  EXPECT_THROW(static_cast<void>(risk_array_set_model(set, {}, contracts, composed.instruments)),
               RiskArrayError);
}

// Under generated arrays a contract loses what the engine's own scenarios of the model say, but for
// the rounding of arrays to four places.
TEST(RiskArrayGeneration, AgreesWithThePricedScenarios) {
  RiskArrayParameters parameters;
  parameters.initial_factor = 1.1;
  parameters.units.standard = {0.1, 0.25, 0.01, 0.002, 0.003};
  GateConfig config;
  config.underlyings = {{{1}, 50'000.0}};
  Market market;
  market.as_of = {day_ns};
  market.spots = {50'000.0};
  Instrument perpetual;
  perpetual.kind = InstrumentKind::perpetual;
  Instrument unquoted = perpetual;
  config.instruments = {perpetual, unquoted};
  market.quotes = {{50'000.0}, {}};
  const std::vector<std::string> names = {"BTC"};
  config.model = risk_array_model(parameters, names);
  deliver_risk_arrays(parameters, names, market, config);
  ASSERT_EQ(config.model.delivered.size(), 1U);
  const DeliveredRow& row = config.model.delivered[0];
  const auto& scenarios = config.model.units[0].scan.scenarios;
  ASSERT_EQ(row.losses_quote.size(), scenarios.size());
  for (std::size_t s = 0; s < scenarios.size(); ++s) {
    EXPECT_NEAR(row.losses_quote[s], -scenarios[s].weight * scenarios[s].price_move * 50'000.0,
                1e-3)
        << s;
  }
  // Half a spread of one per cent; a perpetual is in no spot month.
  EXPECT_NEAR(row.expiry_delta_quote, 250.0 * 1.1, 1e-3);
  EXPECT_TRUE(validate_margin_model(config.model).empty());
}

}  // namespace
}  // namespace margingate::testing
