#include <algorithm>

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

}  // namespace margingate
