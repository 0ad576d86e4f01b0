// The least that credits between combined commodities are over all fills.
//
// Shape    the ranges of all commodities in, a credit per commodity out.
// Units    money.
// Sign     at least zero.
// Range    without scanning based spreads between what the account holds.
// Errors   PositionError where a scanning based spread may form.
// Threads  pure.
// Cost     cold: spreads * legs, and contracts * 16 about 40 times.
// Source   docs/models/risk-array.md, "exact and bound". A credit may fall when a delta shrinks
//          and when it grows: each factor is taken at its own worst.
#pragma once

#include <map>
#include <string>

#include "risk_arrays/fill_range.hpp"

namespace margingate::risk_arrays {

[[nodiscard]] std::map<std::string, FixedDecimal> credit_floors(const ParameterSet& set,
                                                                const FillRanges& ranges);

// The least weighted price risk of a delta over all fills: price risk and delta shrink together,
// so it is their ratio that is bounded. Zero where the delta may change its sign.
[[nodiscard]] FixedDecimal weighted_price_risk_floor(const ScenarioSet& scenarios,
                                                     const FillRange& range);

}  // namespace margingate::risk_arrays
