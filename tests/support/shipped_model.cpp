#include "support/shipped_model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include "io/parameter_file.hpp"

namespace margingate::testing {
namespace {

constexpr std::int64_t day_ns = 86'400'000'000'000;
constexpr std::array<const char*, 2> coin_names{"BTC", "ETH"};

struct Contract {
  InstrumentKind kind;
  Payoff payoff;
  std::int64_t days = 0;
  double strike = 0.0;
  OptionType type = OptionType::call;
};

RiskUnitId unit_of(ShippedModel& model, std::uint32_t coin, InstrumentKind kind, Timestamp expiry) {
  const std::string name = risk_unit_name(model.parameters, coin_names.at(coin), kind, expiry);
  const auto found = std::find(model.units.begin(), model.units.end(), name);
  const RiskUnitId unit{static_cast<std::uint32_t>(found - model.units.begin())};
  if (found == model.units.end()) model.units.push_back(name);
  return unit;
}

void add_contract(ShippedModel& model, std::uint32_t coin, const Contract& contract) {
  if (!models::covers(model.parameters, contract.kind)) return;
  const bool is_inverse = contract.payoff == Payoff::inverse;
  const bool is_dollar_size = is_inverse && contract.kind != InstrumentKind::option;
  Instrument i;
  i.kind = contract.kind;
  i.payoff = contract.payoff;
  i.option_type = contract.type;
  i.underlying = {coin};
  i.settlement_asset = {is_inverse ? 1 + coin : 0u};
  i.contract_size = is_dollar_size ? 10.0 : 1.0;
  i.lots_per_contract = is_dollar_size ? 1 : 10;
  i.strike = contract.strike;
  i.expiry = shipped_clock + Duration{contract.days * day_ns};
  i.risk_unit = unit_of(model, coin, i.kind, i.expiry);
  model.config.instruments.push_back(i);
  const auto days = static_cast<double>(contract.days);
  model.surface.quotes.push_back(
      {model.surface.spots[coin] * (1.0 + 0.0002 * days), 0.5 + 0.002 * days});
}

void add_coin(ShippedModel& model, std::uint32_t coin, double spot) {
  model.config.underlyings.push_back({{1 + coin}, spot});
  model.surface.spots.push_back(spot);
  for (const Payoff payoff : {Payoff::inverse, Payoff::linear}) {
    if (model.counts_in_coin && payoff == Payoff::linear) continue;
    add_contract(model, coin, {InstrumentKind::perpetual, payoff});
    for (const std::int64_t days : {1, 30}) {
      add_contract(model, coin, {InstrumentKind::future, payoff, days});
      for (const double distance : {0.93, 1.0, 1.08}) {
        for (const OptionType type : {OptionType::call, OptionType::put}) {
          add_contract(model, coin, {InstrumentKind::option, payoff, days, spot * distance, type});
        }
      }
    }
  }
}

}  // namespace

std::vector<std::string> shipped_parameters() {
  const std::filesystem::path directory(std::string(MARGINGATE_SOURCE_DIR) + "/params");
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() != ".json") continue;
    const models::ParameterSet set = io::read_parameter_file(entry.path().string());
    const std::string numeraire = required_numeraire(set);
    if (numeraire.empty() || numeraire == "BTC") names.push_back(set.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

ShippedModel shipped_model(std::string_view parameters) {
  ShippedModel model;
  model.parameters = io::read_parameter_file(std::string(MARGINGATE_SOURCE_DIR) + "/params/" +
                                             std::string(parameters) + ".json");
  model.counts_in_coin = !required_numeraire(model.parameters).empty();
  GateConfig& config = model.config;
  config.numeraire = {model.counts_in_coin ? 1u : 0u};
  config.money_decimals = model.counts_in_coin ? 9 : 6;
  config.price_decimals = 6;
  config.assets = {{0.0}, {0.0}, {0.1}};
  model.surface.as_of = shipped_clock;
  add_coin(model, 0, 60'000.0);
  if (!model.counts_in_coin) {
    add_coin(model, 1, 3'000.0);
  }
  config.model = compose_margin_model(model.parameters, model.units);
  for (const double spot : model.surface.spots) {
    model.spots.push_back({std::llround(spot * 1e6)});
  }
  return model;
}

}  // namespace margingate::testing
