// The liquidity add-on: what it costs to close positions that are large for their market.
//
// Shape    one adjustment per position, their sum scaled by how diversified the split is.
// Units    money in the group's currency; relative sizes in per cent of the market capacity.
// Sign     not negative.
// Range    as in parameter_set.hpp.
// Errors   PositionError where no market capacity fits an instrument.
// Threads  pure.
// Cost     a search of the table per position.
// Source   docs/models/liquidation-groups.md, step 9.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "liquidation_groups/parameter_set.hpp"

namespace margingate::liquidation_groups {

class PositionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct LiquidityAdjustment {
  std::size_t instrument = 0;
  double market_capacity = 0.0;
  double relative_size_percent = 0.0;
  double factor = 0.0;
  double size_part = 0.0;     // factor * individual risk
  double premium_part = 0.0;  // basis points of the price
  double adjustment = 0.0;
  double risk_base = 0.0;  // what diversification is measured by
};

struct LiquidityAddOn {
  std::vector<LiquidityAdjustment> adjustments{};
  double value_at_risk = 0.0;  // of the split, at the confidence of its diversification
  double risk_base = 0.0;      // sum over the positions
  double diversification = 0.0;
  double gross = 0.0;  // sum of the adjustments
  double add_on = 0.0;
};

// Linear between points; the first below them, and above them the last two continued.
[[nodiscard]] double liquidity_factor(const LiquidityClass& liquidity_class,
                                      double relative_size_percent);

[[nodiscard]] LiquidityAdjustment liquidity_adjustment(const ParameterSet& set,
                                                       std::size_t instrument, double quantity);

// The larger of value at risk / risk base and the floor; 1 where there is no base to divide by.
[[nodiscard]] double diversification_of(double value_at_risk, double risk_base, double floor);

[[nodiscard]] LiquidityAddOn liquidity_add_on(std::vector<LiquidityAdjustment> adjustments,
                                              double value_at_risk, double floor);

}  // namespace margingate::liquidation_groups
