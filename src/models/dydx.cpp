// dYdX v4 as exposure charges: initial margin rises with open interest, maintenance does not.
#include "models/dydx.hpp"

#include "models/charge_parts.hpp"

namespace margingate::models {
namespace {

constexpr double per_million = 1e-6;

RiskUnitModel make_unit(const DydxMarket& market) {
  const double initial = static_cast<double>(market.initial_margin_ppm) * per_million;
  const double fraction = static_cast<double>(market.maintenance_fraction_ppm) * per_million;
  ExposureCharge scaled = futures_charge(initial, MarginScope::initial);
  scaled.open_interest = {market.open_interest_lower_cap, market.open_interest_upper_cap};
  RiskUnitModel unit;
  unit.added = {scaled, futures_charge(initial * fraction, MarginScope::maintenance),
                spot_charge()};
  return unit;
}

}  // namespace

DydxParameters read_dydx_parameters(ParameterReader& reader) {
  constexpr std::int64_t million = 1'000'000;
  DydxParameters p;
  p.markets = read_by_underlying(reader, "markets", [](ParameterReader& entry) {
    DydxMarket market;
    market.initial_margin_ppm = entry.integer("initial_margin_ppm", 0, million);
    market.maintenance_fraction_ppm = entry.integer("maintenance_fraction_ppm", 0, million);
    market.open_interest_lower_cap = entry.number("open_interest_lower_cap", quote_range);
    market.open_interest_upper_cap = entry.number("open_interest_upper_cap", quote_range);
    return market;
  });
  return p;
}

MarginModel dydx_model(const DydxParameters& parameters, std::span<const std::string> risk_units) {
  MarginModel model;
  model.name = "dydx";
  for (const std::string& name : risk_units) {
    model.units.push_back(make_unit(parameters.markets.of(name)));
  }
  return model;
}

}  // namespace margingate::models
