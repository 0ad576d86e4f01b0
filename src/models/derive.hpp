// Parameters of Derive's portfolio margin (PMRM, both versions), under names close to the
// published.
//
// Shape    scenarios of a spot move and a volatility direction with a weight; skew scenarios;
//          the basis contingency; charges.
// Units    moves, rates, haircuts and factors are fractions; rates per year.
// Sign     moves signed; what is added for initial margin is an increment, >= 0.
// Range    validate_margin_model.
// Errors   none.
// Threads  values.
// Cost     none.
// Source   docs/models/derive.md.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "margingate/margin_model.hpp"
#include "models/parameter_reader.hpp"

namespace margingate::models {

enum class DeriveVolatility : std::uint8_t { up, none, down };

struct DeriveScenario {
  double price_move = 0.0;
  DeriveVolatility volatility = DeriveVolatility::none;
  double weight = 1.0;
};

struct DeriveSkewScenario {
  bool absolute = false;  // of |ln(K / F)| instead of ln(K / F)
  double weight = 1.0;
  double cap = 0.0;
  double cap_per_root_year = 0.0;
};

// The static discount: base * exp(-+ years * (rate_multiple * r + rate_addition)).
struct DeriveDiscount {
  double base = 1.0;
  double rate_multiple = 0.0;
  double rate_addition = 0.0;
};

struct DeriveCharge {
  double maintenance = 0.0;
  double initial_added = 0.0;
};

struct DeriveCollateral {
  std::string asset;  // the underlying of what is held outright
  DeriveCharge haircut;
  bool risk_cancelling = false;  // it moves with the scenarios of its underlying
};

struct DeriveParameters {
  std::vector<DeriveScenario> scenarios;
  std::vector<DeriveSkewScenario> skew_scenarios;
  // Volatility shocks.
  double range_up = 0.0;
  double range_down = 0.0;
  double short_power = 0.0;
  double long_power = 0.0;
  double minimum_days = 1.0;
  double minimum_volatility_up = 0.0;
  // Skew.
  double reach_minimum = 0.01;
  double skew_width = 0.0;
  double skew_volatility = 0.0;
  double skew_volatility_per_root_year = 0.0;
  // Discounts.
  bool discounts_options = false;
  DeriveDiscount long_discount;
  std::optional<DeriveDiscount> short_discount;  // none: negative values stay as they are
  // Basis contingency.
  double basis_up = 0.0;
  double basis_down = 0.0;
  double basis_addition = 0.0;
  double basis_multiple = 0.0;
  // Factors of the worst scenario; initial margin's rises while the stablecoin is off its peg.
  double maintenance_factor = 1.0;
  double initial_factor = 1.0;
  double peg_threshold = 0.0;
  double peg_factor = 0.0;
  double stablecoin_price = 1.0;
  bool initial_factor_scales_charges = false;
  DeriveCharge perpetual;
  DeriveCharge option;  // per short option that no other of its strike covers
  double confidence_threshold = 0.0;
  double confidence_rate = 0.0;
  std::vector<DeriveCollateral> collateral;
};

[[nodiscard]] DeriveParameters read_derive_parameters(ParameterReader& reader);

// One risk unit per underlying for perpetuals and collateral and one per expiry, added up scenario
// by scenario. risk_units names them as risk_unit_name does.
[[nodiscard]] MarginModel derive_model(const DeriveParameters& parameters,
                                       std::span<const std::string> risk_units);

}  // namespace margingate::models
