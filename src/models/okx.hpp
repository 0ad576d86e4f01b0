// Parameters of OKX's portfolio margin, under the numbers MR1 to MR7 of its announcements.
//
// Shape    one OkxUnit per risk unit (coin); MR8 and collateral are assets' terms, see
//          parameter_set.hpp.
// Units    moves, shares and rates are fractions; tiers in quote currency. Sign non-negative.
// Range    imr_factor at least 1; validate_margin_model for the rest.
// Errors   none.
// Threads  values.
// Cost     none.
// Source   docs/models/okx.md.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "margingate/margin_model.hpp"
#include "models/by_underlying.hpp"
#include "models/parameter_reader.hpp"

namespace margingate::models {

struct OkxUnit {
  std::vector<double> mr1_moves;  // of the index, ascending
  double mr4_minimum_rate = 0.0;
  double mr4_annualised_move = 0.0;
  double mr6_move = 0.0;
  double mr7_rate = 0.0;  // futures and perpetuals
  std::vector<MultiplierTier> mr7_tiers;
};

struct OkxParameters {
  double imr_factor = 1.0;
  double mr1_volatility_up = 0.0;
  double mr1_volatility_down = 0.0;
  double mr1_short_power = 0.0;  // below mr1_pivot_days
  double mr1_long_power = 0.0;
  double mr1_pivot_days = 30.0;
  double mr2_days = 0.0;   // of decay
  double mr6_share = 0.0;  // of the extreme loss
  ByUnderlying<OkxUnit> units;
};

[[nodiscard]] OkxParameters read_okx_parameters(ParameterReader& reader);

[[nodiscard]] MarginModel okx_model(const OkxParameters& parameters,
                                    std::span<const std::string> risk_units);

}  // namespace margingate::models
