// The steps in their order; each is named as on the model's page.
#include "liquidation_groups/account_margin.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace margingate::liquidation_groups {
namespace {

using Positions = std::vector<InstrumentPosition>;

// Steps 1 and 2.
std::vector<double> profits_of(const ParameterSet& set, const Positions& positions,
                               const RiskMeasure& terms, std::size_t measure,
                               std::size_t sub_sample) {
  std::vector<double> profits(terms.scenarios);
  for (const InstrumentPosition& position : positions) {
    const Instrument& instrument = set.instruments[position.instrument];
    for (std::size_t s = 0; s < terms.scenarios; ++s) {
      profits[s] += position.quantity * unit_profit(instrument, measure, sub_sample, s);
    }
  }
  return profits;
}

// Step 5.
double compression_adjustment(const ParameterSet& set, const Positions& positions,
                              std::size_t measure, std::size_t sub_sample) {
  double squares = 0.0;
  for (const InstrumentPosition& position : positions) {
    const Instrument& instrument = set.instruments[position.instrument];
    const double error = position.quantity *
                         instrument.scenarios[measure].compression_errors[sub_sample] *
                         instrument.trade_unit_value * instrument.fx_rate;
    squares += error * error;
  }
  return std::sqrt(squares);
}

// Steps 2 to 5.
SubSampleRisk sub_sample_risk(const ParameterSet& set, const Positions& positions,
                              const RiskMeasure& terms, std::size_t measure,
                              std::size_t sub_sample) {
  SubSampleRisk risk;
  risk.profits = profits_of(set, positions, terms, measure, sub_sample);
  risk.value_at_risk = terms.kind == RiskMeasureKind::event
                           ? sum_of_worst(risk.profits, terms.worst_scenarios)
                           : value_at_risk(risk.profits, terms.confidence);
  risk.pure_market_risk = risk.value_at_risk * terms.robustness;
  if (terms.correlation_break) {
    risk.correlation_break =
        correlation_break(risk.profits, *terms.correlation_break, risk.pure_market_risk);
  }
  risk.compression_adjustment = compression_adjustment(set, positions, measure, sub_sample);
  risk.market_risk =
      risk.pure_market_risk + risk.correlation_break.adjustment + risk.compression_adjustment;
  return risk;
}

// Step 6, and the weight of step 7.
RiskMeasureMargin measure_margin(const ParameterSet& set, const Positions& positions,
                                 const RiskMeasure& terms, std::size_t measure) {
  RiskMeasureMargin margin;
  std::vector<double> risks;
  for (std::size_t i = 0; i < terms.sub_samples; ++i) {
    margin.sub_samples.push_back(sub_sample_risk(set, positions, terms, measure, i));
    risks.push_back(margin.sub_samples.back().market_risk);
  }
  margin.market_risk = aggregate(terms.sub_sample_aggregation, risks);
  margin.weighted_market_risk = margin.market_risk * terms.weight;
  return margin;
}

// Step 8: the market risk of the measures that count in it.
double time_to_expiry_risk(const ParameterSet& set, const Split& split,
                           const Positions& positions) {
  std::vector<double> risks;
  for (std::size_t m = 0; m < split.measures.size(); ++m) {
    if (!split.measures[m].adjusts_time_to_expiry) continue;
    risks.push_back(measure_margin(set, positions, split.measures[m], m).weighted_market_risk);
  }
  return aggregate(split.aggregation, risks);
}

bool expires_within(const Instrument& instrument, int business_days) {
  return instrument.is_cash_settled && instrument.business_days_to_expiry &&
         *instrument.business_days_to_expiry <= business_days;
}

void adjust_time_to_expiry(const ParameterSet& set, const Split& split, const Positions& positions,
                           SplitMargin& margin) {
  if (split.time_to_expiry.empty()) return;
  const double full = time_to_expiry_risk(set, split, positions);
  for (const TimeToExpiryBucket& bucket : split.time_to_expiry) {
    TimeToExpiryPart part;
    part.business_days = bucket.business_days;
    Positions left;
    for (const InstrumentPosition& position : positions) {
      if (!expires_within(set.instruments[position.instrument], bucket.business_days)) {
        left.push_back(position);
      }
    }
    part.positions_taken_out = positions.size() - left.size();
    part.market_risk = full;
    part.market_risk_reduced =
        part.positions_taken_out == 0 ? full : time_to_expiry_risk(set, split, left);
    part.marginal = part.market_risk - part.market_risk_reduced;
    part.adjustment = bucket.hedging_weight * std::max(0.0, -part.marginal);
    margin.time_to_expiry_adjustment += part.adjustment;
    margin.time_to_expiry.push_back(part);
  }
}

// Step 9.
void add_liquidity(const ParameterSet& set, const Split& split, const Positions& positions,
                   SplitMargin& margin) {
  const auto at = std::find_if(split.measures.begin(), split.measures.end(),
                               [](const RiskMeasure& m) { return m.diversification.has_value(); });
  if (at == split.measures.end()) return;
  const auto measure = static_cast<std::size_t>(at - split.measures.begin());
  std::vector<double> risks;
  for (const SubSampleRisk& sample : margin.measures[measure].sub_samples) {
    risks.push_back(value_at_risk(sample.profits, at->diversification->confidence));
  }
  std::vector<LiquidityAdjustment> adjustments;
  for (const InstrumentPosition& position : positions) {
    adjustments.push_back(liquidity_adjustment(set, position.instrument, position.quantity));
  }
  margin.liquidity =
      liquidity_add_on(std::move(adjustments), aggregate(at->sub_sample_aggregation, risks),
                       at->diversification->floor);
}

// Step 11, and the value and the loss that step 12 compares.
void weigh_options(const ParameterSet& set, const Positions& positions, SplitMargin& margin) {
  for (const InstrumentPosition& position : positions) {
    const Instrument& instrument = set.instruments[position.instrument];
    if (!instrument.is_premium_style || instrument.right == OptionRight::none) continue;
    const double price =
        rounded_to_cents(instrument.settlement_price * instrument.trade_unit_value);
    margin.premium_margin -= price * instrument.fx_rate * position.quantity;
    margin.option_value += instrument.neutral_price * instrument.trade_unit_value *
                           instrument.fx_rate * position.quantity;
  }
  for (const RiskMeasureMargin& measure : margin.measures) {
    for (const SubSampleRisk& sample : measure.sub_samples) {
      for (const double profit : sample.profits) {
        margin.scenario_loss_maximum = std::max(margin.scenario_loss_maximum, -profit);
      }
    }
  }
}

SplitMargin split_margin(const ParameterSet& set, std::size_t group, std::size_t split,
                         const Positions& positions) {
  const Split& terms = set.groups[group].splits[split];
  SplitMargin margin;
  margin.group = group;
  margin.split = split;
  std::vector<double> risks;
  for (std::size_t m = 0; m < terms.measures.size(); ++m) {
    margin.measures.push_back(measure_margin(set, positions, terms.measures[m], m));
    risks.push_back(margin.measures.back().weighted_market_risk);
  }
  margin.market_risk = aggregate(terms.aggregation, risks);  // 7
  adjust_time_to_expiry(set, terms, positions, margin);      // 8
  add_liquidity(set, terms, positions, margin);              // 9
  margin.initial_margin =
      margin.market_risk + margin.time_to_expiry_adjustment + margin.liquidity.add_on;  // 10
  weigh_options(set, positions, margin);                                                // 11
  margin.long_option_credit =
      long_option_credit(margin.premium_margin, margin.initial_margin, margin.option_value,
                         margin.scenario_loss_maximum);  // 12
  margin.requirement = rounded_to_cents(margin.initial_margin + margin.long_option_credit +
                                        margin.premium_margin);  // 13
  return margin;
}

using SplitKey = std::pair<std::size_t, std::size_t>;

std::map<SplitKey, Positions> by_split(const ParameterSet& set, const Positions& positions) {
  std::map<SplitKey, Positions> result;
  std::vector<bool> seen(set.instruments.size());
  for (const InstrumentPosition& position : positions) {
    if (position.instrument >= set.instruments.size()) {
      throw PositionError("a position in an instrument that the parameters do not have");
    }
    const Instrument& instrument = set.instruments[position.instrument];
    if (seen[position.instrument]) throw PositionError(instrument.name + ": two positions in it");
    seen[position.instrument] = true;
    if (!(std::abs(position.quantity) <= 1e9)) {
      throw PositionError(instrument.name + ": a quantity beyond 10^9");
    }
    if (position.quantity == 0.0) continue;
    result[{instrument.group, instrument.split}].push_back(position);
  }
  return result;
}

void add_to_currency(const std::string& currency, double requirement, AccountMargin& margin) {
  auto found = std::find_if(margin.currencies.begin(), margin.currencies.end(),
                            [&](const CurrencyMargin& c) { return c.currency == currency; });
  if (found == margin.currencies.end()) {
    margin.currencies.push_back({currency, 0.0});
    found = margin.currencies.end() - 1;
  }
  found->requirement = rounded_to_cents(found->requirement + requirement);
}

}  // namespace

double unit_profit(const Instrument& instrument, std::size_t measure, std::size_t sub_sample,
                   std::size_t scenario) {
  const InstrumentScenarios& scenarios = instrument.scenarios[measure];
  const double fx_rate =
      scenarios.fx_rates.empty() ? instrument.fx_rate : scenarios.fx_rates[sub_sample][scenario];
  const double shocked = (scenarios.prices[sub_sample][scenario] - instrument.reference_price) *
                         fx_rate * instrument.trade_unit_value;
  const double neutral = (instrument.neutral_price - instrument.reference_price) *
                         instrument.fx_rate * instrument.trade_unit_value;
  return shocked - neutral;
}

double long_option_credit(double premium_margin, double initial_margin, double option_value,
                          double scenario_loss_maximum) {
  const bool applies = premium_margin < 0.0 && premium_margin + initial_margin > 0.0 &&
                       option_value >= scenario_loss_maximum;
  return applies ? -premium_margin - initial_margin : 0.0;
}

double rounded_to_cents(double amount) {
  constexpr double lost_bits = 0x1p-50;
  const double cents = std::abs(amount) * 100.0;
  const double rounded = std::floor(cents + 0.5 + cents * lost_bits) / 100.0;
  return amount < 0.0 && rounded > 0.0 ? -rounded : rounded;
}

AccountMargin margin_account(const ParameterSet& set, const Positions& positions) {
  AccountMargin margin;
  for (const auto& [key, held] : by_split(set, positions)) {
    const auto [group, split] = key;
    margin.splits.push_back(split_margin(set, group, split, held));
    const double requirement = margin.splits.back().requirement;
    if (margin.groups.empty() || margin.groups.back().group != group) {
      margin.groups.push_back({group, {}, 0.0});
    }
    margin.groups.back().splits.push_back(margin.splits.size() - 1);
    margin.groups.back().requirement =
        rounded_to_cents(margin.groups.back().requirement + requirement);
    add_to_currency(set.groups[group].currency, requirement, margin);
  }
  return margin;
}

}  // namespace margingate::liquidation_groups
