#include "liquidation_groups/validate_parameter_set.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace margingate::liquidation_groups {
namespace {

constexpr double amount_max = 1e12;
constexpr double factor_max = 1e6;

class Issues {
 public:
  explicit Issues(std::vector<ParameterIssue>& found) : found_(found) {}

  void require(bool condition, const std::string& place, const char* expected) {
    if (!condition && found_.size() < issue_count_max) found_.push_back({place, expected});
  }

 private:
  std::vector<ParameterIssue>& found_;
};

// NaN is in no range.
bool in(double value, double low, double high) { return value >= low && value <= high; }

bool is_share(double value) { return in(value, 0.0, 1.0); }

void check_correlation_break(const RiskMeasure& measure, const std::string& place, Issues& issues) {
  const CorrelationBreak& terms = *measure.correlation_break;
  issues.require(measure.kind != RiskMeasureKind::event, place,
                 "no correlation break of an event measure");
  issues.require(terms.window >= 1 && terms.window <= measure.scenarios, place,
                 "a correlation break window of 1 to all scenarios");
  issues.require(is_share(terms.confidence), place,
                 "a correlation break confidence of 0 to 1 (not per cent)");
  issues.require(in(terms.cap, 0.0, 10.0) && in(terms.floor, 0.0, terms.cap), place,
                 "a correlation break cap of 0 to 10 and a floor of at most the cap");
  issues.require(in(terms.multiplier, 0.0, factor_max), place,
                 "a correlation break multiplier of at least 0");
}

void check_measure(const RiskMeasure& measure, const std::string& place, Issues& issues) {
  issues.require(measure.scenarios >= 1 && measure.scenarios <= scenario_count_max, place,
                 "1 to 100000 scenarios");
  issues.require(measure.sub_samples >= 1 && measure.sub_samples <= sub_sample_count_max, place,
                 "1 to 16 sub-samples");
  issues.require(is_share(measure.confidence), place, "a confidence of 0 to 1 (not per cent)");
  issues.require(in(measure.robustness, 0.0, factor_max), place,
                 "a robustness factor of at least 0");
  issues.require(measure.weight > 0.0 && measure.weight <= 1.0, place,
                 "a weight above 0 and at most 1 (a fraction, not per cent)");
  if (measure.kind == RiskMeasureKind::event) {
    issues.require(measure.robustness == 1.0, place, "no robustness factor of an event measure");
    issues.require(measure.worst_scenarios >= 1, place, "at least one worst scenario");
  }
  if (measure.correlation_break) check_correlation_break(measure, place, issues);
  if (measure.diversification) {
    issues.require(
        is_share(measure.diversification->confidence) && is_share(measure.diversification->floor),
        place, "a diversification confidence and floor of 0 to 1 (not per cent)");
  }
}

void check_split(const Split& split, const std::string& place, Issues& issues) {
  issues.require(!split.measures.empty(), place, "at least one risk measure");
  std::set<std::string> names;
  std::size_t diversified = 0;
  bool counts_in_time_to_expiry = split.time_to_expiry.empty();
  for (const RiskMeasure& measure : split.measures) {
    check_measure(measure, place + ", measure " + measure.name, issues);
    issues.require(names.insert(measure.name).second, place + ", measure " + measure.name,
                   "each name once");
    diversified += measure.diversification ? 1U : 0U;
    counts_in_time_to_expiry = counts_in_time_to_expiry || measure.adjusts_time_to_expiry;
  }
  issues.require(diversified <= 1, place, "diversification of at most one measure");
  issues.require(counts_in_time_to_expiry, place,
                 "a measure that counts in the time to expiry adjustment, or no buckets of it");
  for (const TimeToExpiryBucket& bucket : split.time_to_expiry) {
    issues.require(bucket.business_days >= 0 && in(bucket.hedging_weight, 0.0, factor_max),
                   place + ", time to expiry", "days and hedging weights of at least 0");
  }
}

void check_groups(const ParameterSet& set, Issues& issues) {
  issues.require(!set.groups.empty(), "groups", "at least one");
  std::set<std::string> groups, splits;
  for (const Group& group : set.groups) {
    const std::string place = "group " + group.name;
    issues.require(groups.insert(group.name).second, place, "each name once");
    issues.require(!group.splits.empty(), place, "at least one split");
    for (const Split& split : group.splits) {
      issues.require(splits.insert(split.name).second, "split " + split.name, "each name once");
      check_split(split, "split " + split.name, issues);
    }
  }
}

void check_liquidity(const ParameterSet& set, Issues& issues) {
  for (const LiquidityClass& entry : set.liquidity_classes) {
    const std::string place = "liquidity class " + entry.name;
    issues.require(!entry.points.empty(), place, "at least one point");
    for (std::size_t i = 0; i < entry.points.size(); ++i) {
      const LiquidityPoint& point = entry.points[i];
      const double least = i == 0 ? 0.0 : entry.points[i - 1].relative_size_percent;
      issues.require(in(point.relative_size_percent, least, amount_max) &&
                         (i == 0 || point.relative_size_percent > least),
                     place, "relative sizes of at least 0, ascending");
      issues.require(in(point.factor, i == 0 ? 0.0 : entry.points[i - 1].factor, factor_max), place,
                     "factors of at least 0, none below the one before");
    }
  }
  std::set<std::tuple<std::string, int, int, OptionRight>> known;
  for (const MarketCapacity& entry : set.market_capacities) {
    const std::string place = "market capacity of " + entry.product;
    issues.require(entry.contracts > 0.0 && entry.contracts <= amount_max, place,
                   "contracts above 0");
    issues.require(
        known.emplace(entry.product, entry.expiry_bucket, entry.moneyness_bucket, entry.right)
            .second,
        place, "each product, expiry, moneyness and right once");
  }
}

bool is_matrix(const std::vector<std::vector<double>>& values, const RiskMeasure& measure,
               double low, double high) {
  if (values.size() != measure.sub_samples) return false;
  return std::all_of(values.begin(), values.end(), [&](const std::vector<double>& row) {
    return row.size() == measure.scenarios &&
           std::all_of(row.begin(), row.end(), [&](double v) { return in(v, low, high); });
  });
}

void check_scenarios(const InstrumentScenarios& scenarios, const RiskMeasure& measure,
                     const std::string& place, Issues& issues) {
  issues.require(is_matrix(scenarios.prices, measure, -amount_max, amount_max), place,
                 "a price for every scenario of every sub-sample");
  issues.require(
      scenarios.fx_rates.empty() || is_matrix(scenarios.fx_rates, measure, 1e-9, factor_max), place,
      "an exchange rate above 0 for every scenario of every sub-sample, or none");
  issues.require(
      scenarios.compression_errors.size() == measure.sub_samples &&
          std::all_of(scenarios.compression_errors.begin(), scenarios.compression_errors.end(),
                      [](double v) { return in(v, 0.0, amount_max); }),
      place, "a compression error of at least 0 for every sub-sample");
}

void check_terms(const ParameterSet& set, const Instrument& instrument, const std::string& place,
                 Issues& issues) {
  issues.require(in(instrument.trade_unit_value, 1e-12, amount_max), place,
                 "a trade unit value above 0");
  issues.require(in(instrument.fx_rate, 1e-9, factor_max), place, "an exchange rate above 0");
  issues.require(in(instrument.neutral_price, -amount_max, amount_max) &&
                     in(instrument.settlement_price, -amount_max, amount_max) &&
                     in(instrument.reference_price, -amount_max, amount_max),
                 place, "prices within 10^12");
  issues.require(!instrument.is_premium_style || instrument.reference_price == 0.0, place,
                 "no reference price of an option that is paid for when bought");
  issues.require(instrument.right != OptionRight::none || !instrument.is_premium_style, place,
                 "premium style of options only");
  issues.require(in(instrument.individual_risk, 0.0, amount_max) &&
                     in(instrument.individual_risk_base, 0.0, amount_max) &&
                     in(instrument.liquidity_premium_basis_points, 0.0, 1e6),
                 place, "individual risks and a liquidity premium of at least 0");
  issues.require(
      set.liquidity_classes.empty() || instrument.liquidity_class < set.liquidity_classes.size(),
      place, "a liquidity class of the set");
}

void check_instruments(const ParameterSet& set, Issues& issues) {
  std::set<std::string> names;
  for (const Instrument& instrument : set.instruments) {
    const std::string place = "instrument " + instrument.name;
    issues.require(names.insert(instrument.name).second, place, "each name once");
    check_terms(set, instrument, place, issues);
    if (instrument.group >= set.groups.size() ||
        instrument.split >= set.groups[instrument.group].splits.size()) {
      issues.require(false, place, "a split of the set");
      continue;
    }
    const Split& split = set.groups[instrument.group].splits[instrument.split];
    const bool diversifies =
        std::any_of(split.measures.begin(), split.measures.end(),
                    [](const RiskMeasure& m) { return m.diversification.has_value(); });
    issues.require(!diversifies || !set.liquidity_classes.empty(), place, "a liquidity class");
    if (instrument.scenarios.size() != split.measures.size()) {
      issues.require(false, place, "scenarios of every risk measure of its split");
      continue;
    }
    for (std::size_t m = 0; m < split.measures.size(); ++m) {
      check_scenarios(instrument.scenarios[m], split.measures[m],
                      place + ", measure " + split.measures[m].name, issues);
    }
  }
}

}  // namespace

std::vector<ParameterIssue> validate_parameter_set(const ParameterSet& set) {
  std::vector<ParameterIssue> found;
  Issues issues(found);
  check_groups(set, issues);
  check_liquidity(set, issues);
  check_instruments(set, issues);
  return found;
}

}  // namespace margingate::liquidation_groups
