// What a model puts at risk, what a trade costs the account, and the names of it all.
#include <algorithm>
#include <cmath>

#include "margingate/liquidation.hpp"

namespace margingate {

LiquidationScope liquidation_scope(const MarginModel& model) {
  if (model.unrealised_profit == UnrealisedProfit::losses_only) return LiquidationScope::position;
  const bool has_scenarios =
      std::any_of(model.units.begin(), model.units.end(),
                  [](const RiskUnitModel& unit) { return !unit.scan.scenarios.empty(); });
  return has_scenarios ? LiquidationScope::whole_account : LiquidationScope::positions;
}

std::string_view to_string(LiquidationScope scope) noexcept {
  switch (scope) {
    case LiquidationScope::position:
      return "one position";
    case LiquidationScope::positions:
      return "position by position";
    case LiquidationScope::whole_account:
      return "the whole account";
  }
  return "";
}

std::string_view to_string(LiquidationOutcome outcome) noexcept {
  switch (outcome) {
    case LiquidationOutcome::not_needed:
      return "not_needed";
    case LiquidationOutcome::restored:
      return "restored";
    case LiquidationOutcome::short_fall:
      return "short_fall";
    case LiquidationOutcome::unpriced:
      return "unpriced";
  }
  return "";
}

double MarketImpact::share(Quantity lots) const noexcept {
  const double size = std::fabs(static_cast<double>(lots.value)) / depth;
  return std::min(half_spread + linear * size + square_root * std::sqrt(size), impact_max);
}

MarketImpact default_impact(InstrumentKind kind) noexcept {
  MarketImpact impact;
  impact.half_spread = kind == InstrumentKind::option ? 0.05 : 0.0005;
  return impact;
}

}  // namespace margingate
