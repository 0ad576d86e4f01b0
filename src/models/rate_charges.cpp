#include "models/rate_charges.hpp"

#include "models/shared_parameters.hpp"

namespace margingate::models {
namespace {

RateParameters read_rates(ParameterReader& reader) {
  RateParameters rates;
  rates.charges = read_charges(reader, "charges");
  rates.initial_factor = reader.positive("initial_factor", 10.0);
  rates.maintenance_factor = reader.positive("maintenance_factor", rates.initial_factor);
  return rates;
}

}  // namespace

IsolatedParameters read_isolated_parameters(ParameterReader& reader) {
  return {read_rates(reader)};
}

CrossParameters read_cross_parameters(ParameterReader& reader) { return {read_rates(reader)}; }

}  // namespace margingate::models
