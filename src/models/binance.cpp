// Binance's portfolio margin as exposure charges. The house has no initial margin: an order is let
// through while uniMMR, equity over maintenance margin, stays above the ratio below which only
// reducing orders are. That ratio is the model's initial factor.
#include "models/binance.hpp"

#include "models/charge_parts.hpp"

namespace margingate::models {
namespace {

// Options have an initial margin of their own, so the factor is taken out of it beforehand.
ExposureCharge sold_initial(const BinanceParameters& p) {
  ExposureCharge charge = sold_options_charge(OptionTypes::both, MarginScope::initial);
  charge.short_otm_base = p.option_initial / p.reduce_only_ratio;
  charge.short_otm_minimum = p.option_initial_minimum / p.reduce_only_ratio;
  return charge;
}

ExposureCharge sold_maintenance(const BinanceParameters& p) {
  ExposureCharge charge = sold_options_charge(OptionTypes::both, MarginScope::maintenance);
  charge.short_rate = p.option_liquidation_fee;
  charge.short_otm_base = p.option_maintenance;
  charge.short_otm_minimum = p.option_maintenance_minimum;
  return charge;
}

RiskUnitModel make_unit(const BinanceParameters& p, const std::vector<RateTier>& brackets) {
  RiskUnitModel unit;
  unit.added = {
      tiered_futures_charge(brackets, MarginScope::both),
      bought_options_charge(),
      sold_initial(p),
      sold_maintenance(p),
      spot_charge(),
  };
  return unit;
}

}  // namespace

BinanceParameters read_binance_parameters(ParameterReader& reader) {
  BinanceParameters p;
  p.reduce_only_ratio = reader.number("reduce_only_ratio", {1.0, 10.0});
  reader.object("options", [&](ParameterReader& options) {
    p.option_initial = options.number("initial", share_range);
    p.option_initial_minimum = options.number("initial_minimum", share_range);
    p.option_maintenance = options.number("maintenance", share_range);
    p.option_maintenance_minimum = options.number("maintenance_minimum", share_range);
    p.option_liquidation_fee = options.number("liquidation_fee", share_range);
  });
  p.brackets = read_by_underlying(reader, "futures", [](ParameterReader& entry) {
    return read_rate_tiers(entry, "brackets", 1.0);
  });
  return p;
}

MarginModel binance_model(const BinanceParameters& parameters,
                          std::span<const std::string> risk_units) {
  MarginModel model;
  model.name = "binance";
  for (const std::string& name : risk_units) {
    model.units.push_back(make_unit(parameters, parameters.brackets.of(name)));
  }
  model.initial_factor = parameters.reduce_only_ratio;
  return model;
}

}  // namespace margingate::models
