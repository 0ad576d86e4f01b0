// Spreads between combined commodities: credits on opposite deltas, and merged scans.
//
// Shape    form_spreads() tries the spreads of one stage in their order and records what formed.
// Units    money, deltas.
// Sign     credits at least zero.
// Range    none.
// Errors   std::overflow_error beyond 10^18.
// Threads  one at a time.
// Cost     cold: spreads * legs * months.
// Source   docs/models/risk-array.md, steps 10, 13 and 14.
#pragma once

#include "risk_arrays/commodity_state.hpp"

namespace margingate::risk_arrays {

void form_spreads(const ParameterSet& set, const std::vector<InterSpread>& spreads,
                  SpreadStage stage, CommodityStates& states, AccountMargin& margin);

}  // namespace margingate::risk_arrays
