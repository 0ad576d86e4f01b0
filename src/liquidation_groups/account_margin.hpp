// The margin of one account's positions by liquidation groups, from scratch.
//
// Shape    margin_account() carries out the steps of the model's page in their order, split by
//          split; the result holds every intermediate.
// Units    money in the currency of each group.
// Sign     profits positive; risks, adjustments and requirements positive; premium margin positive
//          for options sold; the long option credit not positive.
// Range    the set is accepted by validate_parameter_set; |quantity| <= 10^9.
// Errors   PositionError for positions that the parameters cannot margin.
// Threads  pure. Safe from any thread on data that no one is writing.
// Cost     cold: positions * scenarios, a sort per value at risk, and for a correlation break a
//          sort per window.
// Source   docs/models/liquidation-groups.md, "formula".
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "liquidation_groups/liquidity.hpp"
#include "liquidation_groups/parameter_set.hpp"
#include "liquidation_groups/value_at_risk.hpp"

namespace margingate::liquidation_groups {

struct InstrumentPosition {
  std::size_t instrument = 0;  // index in ParameterSet::instruments, each once
  double quantity = 0.0;       // signed contracts
};

struct SubSampleRisk {
  std::vector<double> profits{};  // of the split, by scenario
  double value_at_risk = 0.0;     // of events: the sum of the worst
  double pure_market_risk = 0.0;
  CorrelationBreakResult correlation_break{};  // zero where there is none
  double compression_adjustment = 0.0;
  double market_risk = 0.0;
};

struct RiskMeasureMargin {
  std::vector<SubSampleRisk> sub_samples{};
  double market_risk = 0.0;
  double weighted_market_risk = 0.0;
};

struct TimeToExpiryPart {
  int business_days = 0;
  std::size_t positions_taken_out = 0;
  double market_risk = 0.0;          // of the measures that count, all positions
  double market_risk_reduced = 0.0;  // without the positions taken out
  double marginal = 0.0;             // the difference: below zero where they hedge
  double adjustment = 0.0;           // not negative
};

struct SplitMargin {
  std::size_t group = 0;
  std::size_t split = 0;
  std::vector<RiskMeasureMargin> measures{};
  double market_risk = 0.0;
  std::vector<TimeToExpiryPart> time_to_expiry{};
  double time_to_expiry_adjustment = 0.0;
  LiquidityAddOn liquidity{};
  double initial_margin = 0.0;
  double premium_margin = 0.0;
  double option_value = 0.0;           // of options paid for, at their neutral prices
  double scenario_loss_maximum = 0.0;  // over all scenarios of all measures
  double long_option_credit = 0.0;
  double requirement = 0.0;  // two decimals
};

struct GroupMargin {
  std::size_t group = 0;
  std::vector<std::size_t> splits{};  // those with positions, in AccountMargin::splits
  double requirement = 0.0;
};

struct CurrencyMargin {
  std::string currency;
  double requirement = 0.0;
};

struct AccountMargin {
  std::vector<SplitMargin> splits{};
  std::vector<GroupMargin> groups{};
  std::vector<CurrencyMargin> currencies{};
};

[[nodiscard]] AccountMargin margin_account(const ParameterSet& set,
                                           const std::vector<InstrumentPosition>& positions);

// Money of one long contract in a scenario of a sub-sample (step 1).
[[nodiscard]] double unit_profit(const Instrument& instrument, std::size_t measure,
                                 std::size_t sub_sample, std::size_t scenario);

// Step 12.
[[nodiscard]] double long_option_credit(double premium_margin, double initial_margin,
                                        double option_value, double scenario_loss_maximum);

// To two decimals, halves away from zero. A half that double arithmetic lost in its last bits
// still counts as one.
[[nodiscard]] double rounded_to_cents(double amount);

}  // namespace margingate::liquidation_groups
