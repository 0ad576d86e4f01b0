// What holds of margin by liquidation groups whatever the scenarios, weights and positions are.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/liquidation_group_sets.hpp"

namespace margingate::testing {
namespace {

using namespace liquidation_groups;

// Sums of some hundred amounts below 10^6.
constexpr double rounding = 1e-6;

struct Example {
  ParameterSet set;
  std::vector<InstrumentPosition> positions;
};

int drawn(int low, int high) { return *rc::gen::inRange(low, high + 1); }

RiskMeasure drawn_measure(const std::string& name) {
  RiskMeasure measure =
      risk_measure(name, static_cast<std::size_t>(drawn(1, 40)), 0.01 * drawn(50, 100));
  measure.robustness = 0.1 * drawn(10, 15);
  measure.weight = 0.01 * drawn(1, 100);
  measure.adjusts_time_to_expiry = true;
  const auto window = static_cast<std::size_t>(drawn(1, static_cast<int>(measure.scenarios)));
  if (drawn(0, 1) == 1) {
    measure.correlation_break = CorrelationBreak{window, 0.01 * drawn(50, 100), 0.5,
                                                 0.01 * drawn(0, 50), 0.1 * drawn(0, 20)};
  }
  return measure;
}

Example drawn_example() {
  Example example;
  ParameterSet& set = example.set;
  set = one_split({drawn_measure("first"), drawn_measure("second")});
  measure_of(set).diversification = Diversification{0.95, 0.01 * drawn(0, 100)};
  set.groups[0].splits[0].time_to_expiry = {{1, 0.01 * drawn(0, 100)}, {3, 0.01 * drawn(0, 100)}};
  set.liquidity_classes = {{"class", {{0.0, 0.0}, {5.0, 0.1 * drawn(0, 10)}, {50.0, 2.0}}}};
  for (int i = drawn(1, 5); i > 0; --i) {
    std::vector<Profits> profits;
    for (const RiskMeasure& measure : set.groups[0].splits[0].measures) {
      Profits row(measure.scenarios);
      for (double& value : row) value = drawn(-1'000, 1'000);
      profits.push_back(row);
    }
    const std::string name = "I" + std::to_string(i);
    Instrument& terms = set.instruments[add_instrument(set, name, profits)];
    terms.is_cash_settled = drawn(0, 1) == 1;
    terms.business_days_to_expiry = drawn(0, 5);
    terms.neutral_price = drawn(-100, 100);
    terms.individual_risk = drawn(0, 1'000);
    terms.individual_risk_base = drawn(0, 1'000);
    for (InstrumentScenarios& scenarios : terms.scenarios) {
      scenarios.compression_errors = {0.1 * drawn(0, 100)};
    }
    set.market_capacities.push_back({name, 0, 0, OptionRight::none, 1.0 * drawn(1, 1'000)});
    example.positions.push_back({set.instruments.size() - 1, static_cast<double>(drawn(-20, 20))});
  }
  return example;
}

RC_GTEST_PROP(LiquidationGroups, KeepEveryPartWithinItsBounds, ()) {
  const Example example = drawn_example();
  const AccountMargin margin = margin_account(example.set, example.positions);
  for (const SplitMargin& split : margin.splits) {
    RC_ASSERT(split.time_to_expiry_adjustment >= 0.0);
    RC_ASSERT(split.liquidity.add_on >= 0.0);
    RC_ASSERT(split.liquidity.add_on >=
                  example.set.groups[0].splits[0].measures[0].diversification->floor *
                      split.liquidity.gross * (1.0 - 1e-12) ||
              split.liquidity.risk_base == 0.0);
    for (std::size_t m = 0; m < split.measures.size(); ++m) {
      const SubSampleRisk& risk = split.measures[m].sub_samples[0];
      const double worst = -*std::min_element(risk.profits.begin(), risk.profits.end());
      RC_ASSERT(risk.value_at_risk >= 0.0);
      RC_ASSERT(risk.value_at_risk <= std::max(0.0, worst));
      RC_ASSERT(risk.correlation_break.adjustment <= 0.5 * risk.pure_market_risk);
      RC_ASSERT(risk.correlation_break.adjustment >= 0.0);
      // The root of the squares is at most the sum of the magnitudes.
      double magnitudes = 0.0;
      for (const InstrumentPosition& p : example.positions) {
        magnitudes += std::abs(p.quantity) *
                      example.set.instruments[p.instrument].scenarios[m].compression_errors[0];
      }
      RC_ASSERT(risk.compression_adjustment <= magnitudes + rounding);
      RC_ASSERT(split.market_risk >= split.measures[m].weighted_market_risk);
    }
  }
}

// Order of positions and a contract of half the size held twice are the same portfolio.
RC_GTEST_PROP(LiquidationGroups, DoNotDependOnHowAPortfolioIsWritten, ()) {
  Example example = drawn_example();
  const AccountMargin before = margin_account(example.set, example.positions);
  std::reverse(example.positions.begin(), example.positions.end());
  for (Instrument& instrument : example.set.instruments) instrument.trade_unit_value = 0.5;
  for (InstrumentPosition& position : example.positions) position.quantity *= 2.0;
  for (MarketCapacity& capacity : example.set.market_capacities) capacity.contracts *= 2.0;
  const AccountMargin after = margin_account(example.set, example.positions);
  RC_ASSERT(before.splits.size() == after.splits.size());
  for (std::size_t i = 0; i < before.splits.size(); ++i) {
    RC_ASSERT(std::abs(before.splits[i].initial_margin - after.splits[i].initial_margin) <=
              rounding);
  }
}

// Twice the portfolio has twice the market risk: everything but liquidity scales.
RC_GTEST_PROP(LiquidationGroups, ScaleMarketRiskWithThePortfolio, ()) {
  Example example = drawn_example();
  const AccountMargin once = margin_account(example.set, example.positions);
  for (InstrumentPosition& position : example.positions) position.quantity *= 2.0;
  const AccountMargin twice = margin_account(example.set, example.positions);
  for (std::size_t i = 0; i < once.splits.size(); ++i) {
    RC_ASSERT(std::abs(2.0 * once.splits[i].market_risk - twice.splits[i].market_risk) <= rounding);
    RC_ASSERT(twice.splits[i].liquidity.add_on >= 2.0 * once.splits[i].liquidity.add_on - rounding);
  }
}

// A worse scenario never lowers the value at risk.
RC_GTEST_PROP(LiquidationGroups, RaiseTheValueAtRiskWithALoss, ()) {
  Profits profits(static_cast<std::size_t>(drawn(1, 60)));
  for (double& value : profits) value = drawn(-1'000, 1'000);
  const double confidence = 0.01 * drawn(0, 100);
  const double before = value_at_risk(profits, confidence);
  profits[static_cast<std::size_t>(drawn(0, static_cast<int>(profits.size()) - 1))] -=
      drawn(0, 500);
  RC_ASSERT(value_at_risk(profits, confidence) >= before);
}

}  // namespace
}  // namespace margingate::testing
