#include "io/risk_array_report.hpp"

namespace margingate::io {
namespace {

using namespace risk_arrays;
using Json = nlohmann::ordered_json;

// Decimals of files have few digits: the nearest double prints as they do.
Json number(FixedDecimal value) {
  if (rounded(value, 0) == value) {
    return static_cast<std::int64_t>(value.scaled() / FixedDecimal::one_scaled);
  }
  return value.to_double();
}

Json tier_json(const TierScan& tier) {
  Json losses = Json::array();
  for (const FixedDecimal loss : tier.losses) losses.push_back(number(loss));
  return {{"book", name_of(tier.book)},
          {"tier", tier.period.is_set() ? Json(tier.period.text()) : Json(tier.tier)},
          {"losses", losses},
          {"scan_risk", number(tier.scan_risk)},
          {"active_scenario", tier.active_scenario + 1},
          {"paired_scenario", tier.paired_scenario + 1},
          {"volatility_risk", number(tier.volatility_risk)},
          {"time_risk", number(tier.time_risk)},
          {"price_risk", number(tier.price_risk)}};
}

Json delta_json(const PeriodDelta& delta) {
  return {{"book", name_of(delta.book)},
          {"month", delta.period.text()},
          {"net", number(delta.net)},
          {"consumed_super", number(delta.consumed_super)},
          {"consumed_intra", number(delta.consumed_intra)},
          {"consumed_inter", number(delta.consumed_inter)},
          {"remaining", number(delta.remaining)}};
}

Json commodity_json(const CommodityMargin& margin) {
  Json tiers = Json::array();
  for (const TierScan& tier : margin.tiers) tiers.push_back(tier_json(tier));
  Json deltas = Json::array();
  for (const PeriodDelta& delta : margin.deltas) deltas.push_back(delta_json(delta));
  Json intra = Json::array();
  for (const IntraCharge& charge : margin.intra_charges) {
    intra.push_back({{"priority", charge.priority},
                     {"legs", charge.legs},
                     {"spreads", number(charge.spreads)},
                     {"charge", number(charge.charge)}});
  }
  Json spot = Json::array();
  for (const SpotCharge& charge : margin.spot_charges) {
    spot.push_back({{"month", charge.period.text()},
                    {"consumed", number(charge.consumed)},
                    {"remaining", number(charge.remaining)},
                    {"charge", number(charge.charge)}});
  }
  return {{"combined_commodity", margin.code},
          {"currency", margin.currency},
          {"merged_into", margin.merged_into},
          {"merged_from", margin.merged_from},
          {"tiers", tiers},
          {"scan_risk", number(margin.scan_risk)},
          {"volatility_risk", number(margin.volatility_risk)},
          {"time_risk", number(margin.time_risk)},
          {"price_risk", number(margin.price_risk)},
          {"net_delta", number(margin.net_delta)},
          {"weighted_price_risk", number(margin.weighted_price_risk)},
          {"deltas", deltas},
          {"intra_charges", intra},
          {"intra_charge", number(margin.intra_charge)},
          {"spot_charges", spot},
          {"spot_charge", number(margin.spot_charge)},
          {"moved_charges", number(margin.moved_charges)},
          {"super_credit", number(margin.super_credit)},
          {"inter_credit", number(margin.inter_credit)},
          {"exchange_credit", number(margin.exchange_credit)},
          {"short_calls", number(margin.short_calls)},
          {"short_puts", number(margin.short_puts)},
          {"short_option_minimum", number(margin.short_option_minimum)},
          {"risk_requirement", number(margin.risk_requirement)},
          {"net_option_value", number(margin.net_option_value)}};
}

Json credit_json(const InterCredit& credit) {
  Json legs = Json::array();
  for (const CreditLeg& leg : credit.legs) {
    legs.push_back({{"combined_commodity", leg.commodity},
                    {"consumed", number(leg.consumed)},
                    {"weighted_price_risk", number(leg.weighted_price_risk)},
                    {"rate", number(leg.rate)},
                    {"credit", number(leg.credit)}});
  }
  return {{"stage", credit.stage},
          {"priority", credit.priority},
          {"method", credit.method == InterSpreadMethod::delta ? "delta" : "scanning"},
          {"target", credit.target},
          {"spreads", number(credit.spreads)},
          {"legs", legs}};
}

}  // namespace

nlohmann::ordered_json risk_array_json(const ParameterSet& set, const RiskArrayPositions& positions,
                                       const AccountMargin& margin) {
  Json commodities = Json::array();
  for (const CommodityMargin& commodity : margin.commodities) {
    commodities.push_back(commodity_json(commodity));
  }
  Json credits = Json::array();
  for (const InterCredit& credit : margin.credits) credits.push_back(credit_json(credit));
  Json currencies = Json::array();
  for (const CurrencyMargin& currency : margin.currencies) {
    currencies.push_back({{"currency", currency.currency},
                          {"risk_requirement", number(currency.risk_requirement)},
                          {"net_option_value", number(currency.net_option_value)},
                          {"maintenance_margin", number(currency.maintenance_margin)},
                          {"initial_margin", number(currency.initial_margin)}});
  }
  return {{"account", positions.account},
          {"parameters", set.name},
          {"business_date", set.business_date},
          {"combined_commodities", commodities},
          {"inter_commodity_spreads", credits},
          {"credits_not_granted", margin.credits_not_granted},
          {"currencies", currencies}};
}

}  // namespace margingate::io
