// Parameters of Binance's portfolio margin: one ratio, uniMMR, over tiered maintenance margins.
//
// Shape    brackets of futures by underlying; options alike; loans and collateral are assets'
//          terms.
// Units    fractions of notional, of the index or of the mark; brackets in quote currency of
//          notional.
// Sign     non-negative.
// Range    reduce_only_ratio at least 1; validate_margin_model for the rest.
// Errors   none.
// Threads  values.
// Cost     none.
// Source   docs/models/binance.md.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "margingate/margin_model.hpp"
#include "models/by_underlying.hpp"
#include "models/parameter_reader.hpp"
#include "models/shared_parameters.hpp"

namespace margingate::models {

struct BinanceParameters {
  double reduce_only_ratio = 1.0;  // no new risk below this uniMMR
  double option_initial = 0.0;
  double option_initial_minimum = 0.0;
  double option_maintenance = 0.0;
  double option_maintenance_minimum = 0.0;
  double option_liquidation_fee = 0.0;
  ByUnderlying<std::vector<RateTier>> brackets;
};

[[nodiscard]] BinanceParameters read_binance_parameters(ParameterReader& reader);

[[nodiscard]] MarginModel binance_model(const BinanceParameters& parameters,
                                        std::span<const std::string> risk_units);

}  // namespace margingate::models
