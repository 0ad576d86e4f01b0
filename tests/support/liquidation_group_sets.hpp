// Small parameter sets of liquidation groups, put together by hand.
//
// Shape    one group with one split and one risk measure; instruments whose prices are their
//          profits, because a contract is worth one per unit of price and its neutral price is 0.
// Units    money.
// Sign     profits positive.
// Range    none.
// Errors   none.
// Threads  values.
// Cost     none.
// Source   none.
#pragma once

#include <string>
#include <vector>

#include "liquidation_groups/account_margin.hpp"

namespace margingate::testing {

using Profits = std::vector<double>;

inline liquidation_groups::RiskMeasure risk_measure(const std::string& name, std::size_t scenarios,
                                                    double confidence) {
  liquidation_groups::RiskMeasure measure;
  measure.name = name;
  measure.scenarios = scenarios;
  measure.confidence = confidence;
  return measure;
}

inline liquidation_groups::ParameterSet one_split(
    std::vector<liquidation_groups::RiskMeasure> measures) {
  liquidation_groups::ParameterSet set;
  set.name = "constructed";
  set.business_date = "2026-01-02";
  liquidation_groups::Split split;
  split.name = "split";
  split.measures = std::move(measures);
  set.groups.push_back({"group", "EUR", {split}});
  return set;
}

inline liquidation_groups::RiskMeasure& measure_of(liquidation_groups::ParameterSet& set,
                                                   std::size_t measure = 0) {
  return set.groups[0].splits[0].measures[measure];
}

// One vector of profits per risk measure of the split.
inline std::size_t add_instrument(liquidation_groups::ParameterSet& set, const std::string& name,
                                  const std::vector<Profits>& profits) {
  liquidation_groups::Instrument instrument;
  instrument.name = name;
  instrument.product = name;
  instrument.trade_unit_value = 1.0;
  for (const Profits& of_measure : profits) {
    instrument.scenarios.push_back({{of_measure}, {}, {0.0}});
  }
  set.instruments.push_back(instrument);
  return set.instruments.size() - 1;
}

inline liquidation_groups::SplitMargin margin_of_split(
    const liquidation_groups::ParameterSet& set,
    const std::vector<liquidation_groups::InstrumentPosition>& positions) {
  return margin_account(set, positions).splits.at(0);
}

}  // namespace margingate::testing
