// Isolated margin: charges per contract, no offset, no gain of one position pays for another.
#include "models/rate_charges.hpp"

namespace margingate::models {

MarginModel isolated_model(const IsolatedParameters& parameters, std::size_t risk_units) {
  MarginModel model;
  model.name = "isolated";
  RiskUnitModel unit;
  unit.added = parameters.rates.charges;
  model.units.assign(risk_units, unit);
  model.unrealised_profit = UnrealisedProfit::losses_only;
  model.initial_factor = parameters.rates.initial_factor;
  model.maintenance_factor = parameters.rates.maintenance_factor;
  return model;
}

}  // namespace margingate::models
