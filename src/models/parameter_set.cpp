#include "models/parameter_set.hpp"

#include "models/known_models.hpp"
#include "models/risk_unit_name.hpp"

namespace margingate::models {
namespace {

struct Compose {
  std::span<const std::string> risk_units;

  MarginModel operator()(const IsolatedParameters& p) const {
    return isolated_model(p, risk_units.size());
  }
  MarginModel operator()(const CrossParameters& p) const {
    return cross_model(p, risk_units.size());
  }
  MarginModel operator()(const PortfolioParameters& p) const {
    return portfolio_model(p, risk_units);
  }
  MarginModel operator()(const DeribitParameters& p) const {
    return deribit_model(p, risk_units.size());
  }
  MarginModel operator()(const DeriveParameters& p) const { return derive_model(p, risk_units); }
  MarginModel operator()(const DeribitStandardParameters& p) const {
    return deribit_standard_model(p, risk_units);
  }
  MarginModel operator()(const OkxParameters& p) const { return okx_model(p, risk_units); }
  MarginModel operator()(const BybitParameters& p) const { return bybit_model(p, risk_units); }
  MarginModel operator()(const BybitStandardParameters& p) const {
    return bybit_standard_model(p, risk_units);
  }
  MarginModel operator()(const BinanceParameters& p) const { return binance_model(p, risk_units); }
  MarginModel operator()(const DydxParameters& p) const { return dydx_model(p, risk_units); }
  MarginModel operator()(const BackpackParameters& p) const {
    return backpack_model(p, risk_units);
  }
  MarginModel operator()(const LiquidationGroupParameters& p) const {
    return liquidation_group_model(p, risk_units);
  }
  MarginModel operator()(const RiskArrayParameters& p) const {
    return risk_array_model(p, risk_units);
  }
  MarginModel operator()(const TimsParameters& p) const { return tims_model(p, risk_units); }
  MarginModel operator()(const HistoricalParameters& p) const {
    return historical_model(p, risk_units);
  }
};

}  // namespace

MarginModel compose_margin_model(const ParameterSet& parameters,
                                 std::span<const std::string> risk_units) {
  MarginModel model = std::visit(Compose{risk_units}, parameters.numbers);
  model.parameters = parameters.name;
  model.bands = parameters.bands;
  model.minimum_equity_to_enter = parameters.minimum_equity.to_enter;
  model.minimum_equity_to_keep = parameters.minimum_equity.to_keep;
  return model;
}

void deliver_losses(const ParameterSet& parameters, std::span<const std::string> risk_units,
                    const Market& market, GateConfig& config) {
  const auto* arrays = std::get_if<RiskArrayParameters>(&parameters.numbers);
  if (arrays != nullptr) deliver_risk_arrays(*arrays, risk_units, market, config);
}

std::string risk_unit_name(const ParameterSet& parameters, const std::string& underlying,
                           InstrumentKind kind, Timestamp expiry) {
  const bool expires = kind == InstrumentKind::option || kind == InstrumentKind::future;
  const bool is_apart = std::holds_alternative<DeriveParameters>(parameters.numbers);
  return expires && is_apart ? expiry_unit_name(underlying, expiry) : underlying;
}

bool reads_rates(const ParameterSet& parameters) {
  return std::holds_alternative<DeriveParameters>(parameters.numbers) ||
         std::holds_alternative<TimsParameters>(parameters.numbers);
}

std::string required_numeraire(const ParameterSet& parameters) {
  const auto* deribit = std::get_if<DeribitParameters>(&parameters.numbers);
  return deribit != nullptr ? deribit->underlying : std::string();
}

double quote_protection_rate(const ParameterSet& parameters) {
  const auto* deribit = std::get_if<DeribitParameters>(&parameters.numbers);
  return deribit != nullptr ? deribit->quote_protection_rate : 0.0;
}

bool covers(const ParameterSet& parameters, InstrumentKind kind) {
  const KnownModel* const model = find_model(parameters.model);
  if (model == nullptr) return true;
  if (kind == InstrumentKind::future) return model->has_futures;
  return kind != InstrumentKind::option || model->has_options;
}

bool may_move_between(const ParameterSet& a, const ParameterSet& b) {
  const auto covers_alike = [&](InstrumentKind kind) { return covers(a, kind) == covers(b, kind); };
  return required_numeraire(a) == required_numeraire(b) && covers_alike(InstrumentKind::option) &&
         covers_alike(InstrumentKind::future) && covers_alike(InstrumentKind::perpetual);
}

Asset asset_of(const ParameterSet& parameters, const std::string& asset) {
  Asset terms;
  const auto* deribit = std::get_if<DeribitParameters>(&parameters.numbers);
  if (deribit != nullptr && deribit->underlying == asset) {
    terms.haircut = deribit->haircut;
    return terms;
  }
  for (const Collateral& entry : parameters.collateral) {
    if (entry.asset == asset) return entry.terms;
  }
  return terms;
}

std::optional<ParameterSet> without_credits(const ParameterSet& parameters) {
  const auto* portfolio = std::get_if<PortfolioParameters>(&parameters.numbers);
  if (portfolio == nullptr || portfolio->offsets.empty()) return std::nullopt;
  ParameterSet without = parameters;
  std::get<PortfolioParameters>(without.numbers).offsets.clear();
  without.name += ", no credits";
  return without;
}

}  // namespace margingate::models
