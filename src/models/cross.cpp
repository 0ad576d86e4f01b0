// Cross margin: the charges of isolated margin against one pool of collateral and profit.
#include "models/rate_charges.hpp"

namespace margingate::models {

MarginModel cross_model(const CrossParameters& parameters, std::size_t risk_units) {
  MarginModel model;
  model.name = "cross";
  RiskUnitModel unit;
  unit.added = parameters.rates.charges;
  model.units.assign(risk_units, unit);
  model.unrealised_profit = UnrealisedProfit::counted;
  model.initial_factor = parameters.rates.initial_factor;
  model.maintenance_factor = parameters.rates.maintenance_factor;
  return model;
}

}  // namespace margingate::models
