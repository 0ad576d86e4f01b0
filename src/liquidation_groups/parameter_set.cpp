#include "liquidation_groups/parameter_set.hpp"

namespace margingate::liquidation_groups {

const char* name_of(Aggregation aggregation) noexcept {
  switch (aggregation) {
    case Aggregation::average:
      return "average";
    case Aggregation::maximum:
      return "maximum";
    case Aggregation::median:
      return "median";
    case Aggregation::minimum:
      return "minimum";
    case Aggregation::sum:
      return "sum";
  }
  return "unknown";
}

const char* name_of(RiskMeasureKind kind) noexcept {
  switch (kind) {
    case RiskMeasureKind::filtered:
      return "filtered";
    case RiskMeasureKind::stress:
      return "stress";
    case RiskMeasureKind::event:
      return "event";
  }
  return "unknown";
}

}  // namespace margingate::liquidation_groups
