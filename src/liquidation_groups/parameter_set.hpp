// Parameters of margin by liquidation groups: groups and their splits, risk measures, instruments
// with their prices in every scenario, and the tables of the liquidity add-on.
//
// Shape    groups hold splits, splits risk measures; an instrument belongs to one split and has
//          prices[sub-sample][scenario] for each of the split's risk measures.
// Units    confidences, weights, caps and floors are fractions (0.51 = 51 %); relative sizes are
//          per cent of a market capacity; money is in the group's currency.
// Sign     prices signed; weights, errors and rates not negative.
// Range    validate_parameter_set reports every violation.
// Errors   none.
// Threads  values.
// Cost     memory: instruments * scenarios.
// Source   docs/models/liquidation-groups.md, "parameters".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace margingate::liquidation_groups {

// How several amounts become one.
enum class Aggregation : std::uint8_t { average, maximum, median, minimum, sum };

// What the scenarios of a risk measure are: returns filtered to today's volatility, returns of
// stressed dates, or a handful of events.
enum class RiskMeasureKind : std::uint8_t { filtered, stress, event };

// What a short stretch of history, less diversified than all of it, adds.
struct CorrelationBreak {
  std::size_t window = 0;   // consecutive scenarios; 1 .. all of them
  double confidence = 0.0;  // of the value at risk in a window; 0 .. 1
  double cap = 0.0;         // shares of the pure market risk
  double floor = 0.0;       // 0 .. cap
  double multiplier = 0.0;  // of the mean excess
};

// How far the liquidity add-on of the parts counts for the whole.
struct Diversification {
  double confidence = 0.0;  // 0 .. 1
  double floor = 0.0;       // 0 .. 1
};

struct RiskMeasure {
  std::string name;
  RiskMeasureKind kind = RiskMeasureKind::filtered;
  std::size_t scenarios = 0;
  std::size_t sub_samples = 1;
  double confidence = 0.99;                           // 0 .. 1; not of events
  double robustness = 1.0;                            // scales the value at risk
  std::size_t worst_scenarios = 1;                    // of events: so many losses are summed
  std::optional<CorrelationBreak> correlation_break;  // not of events
  std::optional<Diversification> diversification;     // of one measure of a split
  bool adjusts_time_to_expiry = false;                // counts in that adjustment
  Aggregation sub_sample_aggregation = Aggregation::average;
  double weight = 1.0;  // above 0, at most 1
};

// Positions settled in cash within so many business days are taken out.
struct TimeToExpiryBucket {
  int business_days = 0;
  double hedging_weight = 0.0;  // of what they hedged
};

struct Split {
  std::string name;
  std::vector<RiskMeasure> measures;
  Aggregation aggregation = Aggregation::maximum;
  std::vector<TimeToExpiryBucket> time_to_expiry;
};

struct Group {
  std::string name;
  std::string currency;
  std::vector<Split> splits;
};

struct LiquidityPoint {
  double relative_size_percent = 0.0;  // ascending
  double factor = 0.0;
};

struct LiquidityClass {
  std::string name;
  std::vector<LiquidityPoint> points;
};

enum class OptionRight : std::uint8_t { none, call, put };

// What the market of a product trades in a day, by expiry, moneyness and right.
struct MarketCapacity {
  std::string product;
  int expiry_bucket = 0;
  int moneyness_bucket = 0;
  OptionRight right = OptionRight::none;
  double contracts = 0.0;  // above 0
};

// Of one instrument under one risk measure of its split, in the order of the split.
struct InstrumentScenarios {
  std::vector<std::vector<double>> prices;    // [sub-sample][scenario]
  std::vector<std::vector<double>> fx_rates;  // likewise; none: fx_rate in every scenario
  std::vector<double> compression_errors;     // of the price, per sub-sample
};

struct Instrument {
  std::string name;
  std::string product;
  std::size_t group = 0;
  std::size_t split = 0;
  OptionRight right = OptionRight::none;
  bool is_premium_style = false;  // paid for when bought; the rest is settled daily
  bool is_cash_settled = false;
  std::optional<int> business_days_to_expiry;
  double trade_unit_value = 0.0;  // money per unit of price, above 0
  double neutral_price = 0.0;     // the price before any scenario
  double settlement_price = 0.0;
  double reference_price = 0.0;  // settled daily: what is settled already; premium style: 0
  double fx_rate = 1.0;          // into the group's currency
  int expiry_bucket = 0;
  int moneyness_bucket = 0;
  std::size_t liquidity_class = 0;
  double individual_risk = 0.0;       // of one unit of price, that the liquidity factor scales
  double individual_risk_base = 0.0;  // likewise, that diversification is measured by
  double liquidity_premium_basis_points = 0.0;
  std::vector<InstrumentScenarios> scenarios;  // by risk measure
};

struct ParameterSet {
  std::string name;
  std::string business_date;
  std::vector<Group> groups;
  std::vector<LiquidityClass> liquidity_classes;
  std::vector<MarketCapacity> market_capacities;
  std::vector<Instrument> instruments;
};

// Configuration files print weights in per cent, with 0 for a weight that is not set.
[[nodiscard]] constexpr double weight_of_percent(double percent) noexcept {
  return percent == 0.0 ? 1.0 : percent / 100.0;
}

[[nodiscard]] const char* name_of(Aggregation aggregation) noexcept;
[[nodiscard]] const char* name_of(RiskMeasureKind kind) noexcept;

}  // namespace margingate::liquidation_groups
