// Bybit's cross margin as exposure charges. The house adds an option's mark to its margin and
// leaves its value out of the balance; here it is in the balance, which leaves the same funds.
#include "models/bybit_standard.hpp"

#include "models/charge_parts.hpp"

namespace margingate::models {
namespace {

ExposureCharge sold_maintenance(const BybitStandardParameters& p) {
  ExposureCharge charge = sold_options_charge(OptionTypes::both, MarginScope::maintenance);
  charge.short_rate = p.liquidation_fee;
  charge.short_mark_rate = p.option_maintenance;
  charge.short_mark_floor = p.option_maintenance;
  return charge;
}

// The larger of the out-of-the-money formula and maintenance margin; the fee, which only the latter
// has, is taken out of the maximum.
ExposureCharge sold_initial(const BybitStandardParameters& p) {
  ExposureCharge charge = sold_maintenance(p);
  charge.scope = MarginScope::initial;
  charge.short_otm_base = p.option_initial - p.liquidation_fee;
  charge.short_otm_minimum = p.option_initial_minimum - p.liquidation_fee;
  return charge;
}

RiskUnitModel make_unit(const BybitStandardParameters& p, const BybitStandardFutures& futures) {
  RiskUnitModel unit;
  unit.added = {
      futures_charge(futures.initial, MarginScope::initial),
      tiered_futures_charge(futures.maintenance, MarginScope::maintenance),
      bought_options_charge(),
      sold_initial(p),
      sold_maintenance(p),
      spot_charge(),
  };
  return unit;
}

}  // namespace

BybitStandardParameters read_bybit_standard_parameters(ParameterReader& reader) {
  BybitStandardParameters p;
  reader.object("options", [&](ParameterReader& options) {
    p.option_initial = options.number("initial", share_range);
    p.option_initial_minimum = options.number("initial_minimum", share_range);
    p.option_maintenance = options.number("maintenance", share_range);
    p.liquidation_fee = options.number("liquidation_fee", {0.0, p.option_initial_minimum});
  });
  p.futures = read_by_underlying(reader, "futures", [](ParameterReader& entry) {
    BybitStandardFutures futures;
    futures.initial = entry.positive("initial", 1.0);
    futures.maintenance = read_rate_tiers(entry, "maintenance", futures.initial);
    return futures;
  });
  return p;
}

MarginModel bybit_standard_model(const BybitStandardParameters& parameters,
                                 std::span<const std::string> risk_units) {
  MarginModel model;
  model.name = "bybit-standard";
  for (const std::string& name : risk_units) {
    model.units.push_back(make_unit(parameters, parameters.futures.of(name)));
  }
  return model;
}

}  // namespace margingate::models
