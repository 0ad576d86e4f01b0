#include "liquidation_groups/liquidity.hpp"

#include <algorithm>
#include <cmath>

namespace margingate::liquidation_groups {
namespace {

double line_at(const LiquidityPoint& a, const LiquidityPoint& b, double size) {
  const double share =
      (size - a.relative_size_percent) / (b.relative_size_percent - a.relative_size_percent);
  return a.factor + share * (b.factor - a.factor);
}

double market_capacity(const ParameterSet& set, const Instrument& instrument) {
  const auto& table = set.market_capacities;
  const auto found = std::find_if(table.begin(), table.end(), [&](const MarketCapacity& entry) {
    return entry.product == instrument.product && entry.expiry_bucket == instrument.expiry_bucket &&
           entry.moneyness_bucket == instrument.moneyness_bucket && entry.right == instrument.right;
  });
  if (found == table.end()) {
    throw PositionError(instrument.name + ": no market capacity of product " + instrument.product +
                        " in expiry bucket " + std::to_string(instrument.expiry_bucket) +
                        ", moneyness bucket " + std::to_string(instrument.moneyness_bucket));
  }
  return found->contracts;
}

}  // namespace

double liquidity_factor(const LiquidityClass& liquidity_class, double relative_size_percent) {
  const auto& points = liquidity_class.points;
  if (points.size() == 1 || relative_size_percent <= points.front().relative_size_percent) {
    return points.front().factor;
  }
  std::size_t end = 1;
  while (end + 1 < points.size() && points[end].relative_size_percent < relative_size_percent) {
    ++end;
  }
  return line_at(points[end - 1], points[end], relative_size_percent);
}

LiquidityAdjustment liquidity_adjustment(const ParameterSet& set, std::size_t instrument,
                                         double quantity) {
  const Instrument& terms = set.instruments[instrument];
  const double size = std::abs(quantity);
  const double money_per_price = size * terms.trade_unit_value * terms.fx_rate;
  LiquidityAdjustment result;
  result.instrument = instrument;
  result.market_capacity = market_capacity(set, terms);
  result.relative_size_percent = 100.0 * size / result.market_capacity;
  result.factor =
      liquidity_factor(set.liquidity_classes[terms.liquidity_class], result.relative_size_percent);
  result.size_part = result.factor * terms.individual_risk * money_per_price;
  result.premium_part =
      terms.liquidity_premium_basis_points / 10'000.0 * money_per_price * terms.neutral_price;
  result.adjustment = result.size_part + result.premium_part;
  result.risk_base = terms.individual_risk_base * money_per_price;
  return result;
}

double diversification_of(double value_at_risk, double risk_base, double floor) {
  if (!(risk_base > 0.0)) return 1.0;
  return std::max(value_at_risk / risk_base, floor);
}

LiquidityAddOn liquidity_add_on(std::vector<LiquidityAdjustment> adjustments, double value_at_risk,
                                double floor) {
  LiquidityAddOn result;
  result.adjustments = std::move(adjustments);
  result.value_at_risk = value_at_risk;
  for (const LiquidityAdjustment& one : result.adjustments) {
    result.risk_base += one.risk_base;
    result.gross += std::abs(one.adjustment);
  }
  result.diversification = diversification_of(value_at_risk, result.risk_base, floor);
  result.add_on = result.diversification * result.gross;
  return result;
}

}  // namespace margingate::liquidation_groups
