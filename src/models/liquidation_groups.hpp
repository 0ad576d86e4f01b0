// Parameters of margin by liquidation groups on the order path: splits of groups, the risk
// measures of each with their scenarios, and what is charged beside them.
//
// Shape    one LiquidationSplit per split; of each underlying in it one row of moves per measure.
// Units    moves, weights, caps and confidences are fractions; amounts and capacities in quote
//          currency; points of relative size in per cent of the capacity.
// Sign     moves signed; the rest not negative.
// Range    what validate_margin_model accepts of the composed model; read_* says where.
// Errors   none; reading fails as the reader does.
// Threads  values.
// Cost     none.
// Source   docs/models/liquidation-groups.md.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "margingate/margin_model.hpp"
#include "models/parameter_reader.hpp"

namespace margingate::models {

struct LiquidationMeasure {
  std::string name;
  double confidence = 0.99;
  double robustness = 1.0;             // scales the value at risk
  double correlation_break_cap = 0.0;  // the most that a correlation break adds, of it
  double weight = 1.0;
};

struct RelativeSizePoint {
  double relative_size_percent = 0.0;
  double factor = 0.0;
};

// factor(notional / capacity) * individual risk + premium, of a leg's notional.
struct LiquidationLiquidity {
  double individual_risk = 0.0;  // share of the price
  double market_capacity_quote = 0.0;
  std::vector<RelativeSizePoint> points;
  double premium_basis_points = 0.0;
};

struct LiquidationUnderlying {
  std::string name;                                   // "default": each that no split names
  std::vector<std::vector<double>> price_moves;       // by measure
  std::vector<std::vector<double>> volatility_moves;  // by measure; none: it stands still
  std::vector<ExposureCharge> compression;            // amounts per contract, or rates
  std::optional<LiquidationLiquidity> liquidity;
};

struct LiquidationSplit {
  std::string group;
  std::string name;
  std::vector<LiquidationMeasure> measures;  // 1 .. scenario_parts_max
  PartsTogether together = PartsTogether::largest;
  std::vector<LiquidationUnderlying> underlyings;
};

struct LiquidationGroupParameters {
  std::vector<LiquidationSplit> splits;
};

[[nodiscard]] LiquidationGroupParameters read_liquidation_group_parameters(ParameterReader& reader);

// One pool per split, and one per underlying that no split names. risk_units names the underlying
// of each unit.
[[nodiscard]] MarginModel liquidation_group_model(const LiquidationGroupParameters& parameters,
                                                  std::span<const std::string> risk_units);

}  // namespace margingate::models
