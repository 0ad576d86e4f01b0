// Deribit's standard margin as exposure charges. The house leaves the options' value out of both
// balance and margin; here it is in both, which leaves the same funds.
#include "models/deribit_standard.hpp"

#include "models/charge_parts.hpp"

namespace margingate::models {
namespace {

ExposureCharge futures(double rate, double per_coin, MarginScope scope) {
  ExposureCharge charge = futures_charge(rate, scope);
  charge.scaling.unit = SizeUnit::underlying;
  charge.scaling.linear_rate = per_coin;
  return charge;
}

// A put's initial margin is at least its maintenance margin, which grows with its mark.
ExposureCharge sold_initial(const DeribitStandardParameters& p, OptionTypes types) {
  ExposureCharge charge = sold_options_charge(types, MarginScope::initial);
  charge.short_otm_base = p.option_initial;
  charge.short_otm_minimum = p.option_initial_minimum;
  if (types == OptionTypes::puts) charge.short_mark_rate = p.option_maintenance;
  return charge;
}

ExposureCharge sold_maintenance(const DeribitStandardParameters& p, OptionTypes types) {
  ExposureCharge charge = sold_options_charge(types, MarginScope::maintenance);
  if (types == OptionTypes::puts) {
    charge.short_mark_rate = p.option_maintenance;
    charge.short_mark_floor = p.option_maintenance;
  } else {
    charge.short_rate = p.option_maintenance;
  }
  return charge;
}

RiskUnitModel make_unit(const DeribitStandardParameters& p, const DeribitStandardFutures& rates) {
  RiskUnitModel unit;
  unit.added = {
      futures(rates.initial, rates.per_coin, MarginScope::initial),
      futures(rates.maintenance, rates.per_coin, MarginScope::maintenance),
      bought_options_charge(),
      sold_initial(p, OptionTypes::calls),
      sold_initial(p, OptionTypes::puts),
      sold_maintenance(p, OptionTypes::calls),
      sold_maintenance(p, OptionTypes::puts),
      spot_charge(),
  };
  return unit;
}

}  // namespace

DeribitStandardParameters read_deribit_standard_parameters(ParameterReader& reader) {
  DeribitStandardParameters p;
  reader.object("options", [&](ParameterReader& options) {
    p.option_initial = options.number("initial", share_range);
    p.option_initial_minimum = options.number("initial_minimum", share_range);
    p.option_maintenance = options.number("maintenance", {0.0, p.option_initial_minimum});
  });
  p.futures = read_by_underlying(reader, "futures", [](ParameterReader& entry) {
    DeribitStandardFutures rates;
    rates.initial = entry.number("initial", share_range);
    rates.maintenance = entry.number("maintenance", {0.0, rates.initial});
    rates.per_coin = entry.number("per_coin", share_range);
    return rates;
  });
  return p;
}

MarginModel deribit_standard_model(const DeribitStandardParameters& parameters,
                                   std::span<const std::string> risk_units) {
  MarginModel model;
  model.name = "deribit-standard";
  for (const std::string& name : risk_units) {
    model.units.push_back(make_unit(parameters, parameters.futures.of(name)));
  }
  return model;
}

}  // namespace margingate::models
