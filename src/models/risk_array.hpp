// Risk arrays generated from a market, in place of those that a house delivers.
//
// Shape    one RiskArrayUnit per underlying, which is a combined commodity of its own.
// Units    shares are of the price of the underlying; rates per unit of delta, in units of it.
// Sign     non-negative.
// Range    as read_risk_array_parameters states.
// Errors   none.
// Threads  values.
// Cost     25 prices per option, when arrays are generated.
// Source   docs/models/risk-array.md.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "margingate/gate.hpp"
#include "margingate/market.hpp"
#include "models/by_underlying.hpp"
#include "models/parameter_reader.hpp"
#include "models/risk_array_set.hpp"

namespace margingate::models {

struct RiskArrayUnit {
  double price_scan_share = 0.0;
  double volatility_scan_share = 0.0;  // of the volatility itself
  double calendar_spread_share = 0.0;  // per delta of a month against another
  double spot_month_share = 0.0;       // per delta of the nearest month
  double short_option_share = 0.0;     // least margin of a short option
};

struct RiskArrayParameters {
  double extreme_multiplier = 3.0;
  double cover_fraction = 0.33;
  double look_ahead_days = 1.0;
  double initial_factor = 1.0;  // of initial in maintenance margin
  OptionValueUse option_value = OptionValueUse::within_commodity;
  ByUnderlying<RiskArrayUnit> units;
};

[[nodiscard]] RiskArrayParameters read_risk_array_parameters(ParameterReader& reader);

// Before any array is delivered: the same scenarios, priced by the engine.
[[nodiscard]] MarginModel risk_array_model(const RiskArrayParameters& parameters,
                                           std::span<const std::string> risk_units);

// What a house would deliver for these contracts in this market. contracts[i] is set to what
// instruments[i] is in it; a contract without a quote has no array.
[[nodiscard]] risk_arrays::ParameterSet generate_risk_arrays(
    const RiskArrayParameters& parameters, std::span<const std::string> risk_units,
    const GateConfig& config, const Market& market, std::vector<std::size_t>& contracts);

// Generates arrays and delivers them to the gate's model. Contracts without one stay priced.
void deliver_risk_arrays(const RiskArrayParameters& parameters,
                         std::span<const std::string> risk_units, const Market& market,
                         GateConfig& config);

}  // namespace margingate::models
