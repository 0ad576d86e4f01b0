#include "io/liquidation_report.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace margingate::io {
namespace {

using Json = nlohmann::ordered_json;

Json level_json(const WhatIf& what_if, const MarginLevel& level) {
  return {{"equity", what_if.amount(level.equity)},
          {"initial_margin", what_if.amount(level.initial_margin)},
          {"maintenance_margin", what_if.amount(level.maintenance_margin)}};
}

Json trade_json(const WhatIf& what_if, const LiquidationTrade& trade) {
  return {{"instrument", what_if.setup.directory.instruments.name(trade.instrument)},
          {"side", trade.side == Side::buy ? "buy" : "sell"},
          {"quantity", what_if.contracts(trade.instrument, trade.quantity)},
          {"price", what_if.price(trade.price)}};
}

}  // namespace

Json liquidation_json(const WhatIf& what_if) {
  const LiquidationPlan& plan = *what_if.liquidation;
  Json json;
  json["model"] = what_if.setup.config.model.name;
  json["parameters"] = what_if.setup.config.model.parameters;
  json["account"] = what_if.account;
  json["currency"] = what_if.currency;
  json["outcome"] = std::string(to_string(plan.outcome));
  json["scope"] = std::string(to_string(plan.scope));
  json["target"] =
      plan.target == LiquidationTarget::initial_margin ? "initial_margin" : "maintenance_margin";
  json["before"] = level_json(what_if, plan.before);
  json["steps"] = Json::array();
  for (const LiquidationStep& step : plan.steps) {
    Json entry;
    entry["releases_orders"] = step.trades.empty();
    entry["trades"] = Json::array();
    for (const auto& trade : step.trades) entry["trades"].push_back(trade_json(what_if, trade));
    entry["before"] = level_json(what_if, step.before);
    entry["after"] = level_json(what_if, step.after);
    entry["freed"] = what_if.amount(step.freed);
    entry["cost"] = what_if.amount(step.cost);
    json["steps"].push_back(std::move(entry));
  }
  json["after"] = level_json(what_if, plan.after);
  json["cost"] = what_if.amount(plan.cost);
  json["deficit"] = what_if.amount(plan.deficit);
  return json;
}

}  // namespace margingate::io
