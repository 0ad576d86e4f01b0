#include "io/liquidation_group_report.hpp"

namespace margingate::io {
namespace {

using namespace liquidation_groups;
using Json = nlohmann::ordered_json;

Json correlation_break_json(const CorrelationBreakResult& result) {
  return {{"value_at_risk", result.value_at_risk},
          {"windows", result.window_risks.size()},
          {"windows_in_excess", result.windows_in_excess},
          {"mean_excess", result.mean_excess},
          {"adjustment", result.adjustment}};
}

Json measure_json(const RiskMeasure& terms, const RiskMeasureMargin& margin) {
  Json samples = Json::array();
  for (const SubSampleRisk& sample : margin.sub_samples) {
    Json one = {{"profits", sample.profits},
                {"value_at_risk", sample.value_at_risk},
                {"pure_market_risk", sample.pure_market_risk}};
    if (terms.correlation_break) {
      one["correlation_break"] = correlation_break_json(sample.correlation_break);
    }
    one["compression_adjustment"] = sample.compression_adjustment;
    one["market_risk"] = sample.market_risk;
    samples.push_back(one);
  }
  return {{"measure", terms.name},
          {"kind", name_of(terms.kind)},
          {"sub_samples", samples},
          {"aggregation", name_of(terms.sub_sample_aggregation)},
          {"market_risk", margin.market_risk},
          {"weight", terms.weight},
          {"weighted_market_risk", margin.weighted_market_risk}};
}

Json liquidity_json(const ParameterSet& set, const LiquidityAddOn& liquidity) {
  Json positions = Json::array();
  for (const LiquidityAdjustment& one : liquidity.adjustments) {
    positions.push_back({{"instrument", set.instruments[one.instrument].name},
                         {"market_capacity", one.market_capacity},
                         {"relative_size_percent", one.relative_size_percent},
                         {"factor", one.factor},
                         {"size_part", one.size_part},
                         {"premium_part", one.premium_part},
                         {"adjustment", one.adjustment},
                         {"risk_base", one.risk_base}});
  }
  return {{"positions", positions},           {"value_at_risk", liquidity.value_at_risk},
          {"risk_base", liquidity.risk_base}, {"diversification", liquidity.diversification},
          {"gross", liquidity.gross},         {"add_on", liquidity.add_on}};
}

Json split_json(const ParameterSet& set, const SplitMargin& margin) {
  const Split& terms = set.groups[margin.group].splits[margin.split];
  Json measures = Json::array();
  for (std::size_t m = 0; m < margin.measures.size(); ++m) {
    measures.push_back(measure_json(terms.measures[m], margin.measures[m]));
  }
  Json expiries = Json::array();
  for (const TimeToExpiryPart& part : margin.time_to_expiry) {
    expiries.push_back({{"business_days", part.business_days},
                        {"positions_taken_out", part.positions_taken_out},
                        {"market_risk", part.market_risk},
                        {"market_risk_reduced", part.market_risk_reduced},
                        {"marginal", part.marginal},
                        {"adjustment", part.adjustment}});
  }
  return {{"group", set.groups[margin.group].name},
          {"split", terms.name},
          {"measures", measures},
          {"aggregation", name_of(terms.aggregation)},
          {"market_risk", margin.market_risk},
          {"time_to_expiry", expiries},
          {"time_to_expiry_adjustment", margin.time_to_expiry_adjustment},
          {"liquidity", liquidity_json(set, margin.liquidity)},
          {"initial_margin", margin.initial_margin},
          {"premium_margin", margin.premium_margin},
          {"option_value", margin.option_value},
          {"scenario_loss_maximum", margin.scenario_loss_maximum},
          {"long_option_credit", margin.long_option_credit},
          {"requirement", margin.requirement}};
}

}  // namespace

nlohmann::ordered_json liquidation_group_json(const ParameterSet& set,
                                              const LiquidationGroupPositions& positions,
                                              const AccountMargin& margin) {
  Json splits = Json::array();
  for (const SplitMargin& split : margin.splits) splits.push_back(split_json(set, split));
  Json groups = Json::array();
  for (const GroupMargin& group : margin.groups) {
    groups.push_back({{"group", set.groups[group.group].name},
                      {"currency", set.groups[group.group].currency},
                      {"requirement", group.requirement}});
  }
  Json currencies = Json::array();
  for (const CurrencyMargin& currency : margin.currencies) {
    currencies.push_back({{"currency", currency.currency}, {"requirement", currency.requirement}});
  }
  return {{"account", positions.account},
          {"parameters", set.name},
          {"business_date", set.business_date},
          {"splits", splits},
          {"groups", groups},
          {"currencies", currencies}};
}

}  // namespace margingate::io
