// Charges inside a combined commodity: spreads between its months, and delivery.
//
// Shape    each reads and consumes the deltas of the state and writes the charges to its result.
// Units    money, deltas.
// Sign     charges at least zero.
// Range    intra_spreads in the order in which they form.
// Errors   std::overflow_error beyond 10^18.
// Threads  one at a time.
// Cost     cold: spreads * months.
// Source   docs/models/risk-array.md, steps 11 and 12.
#pragma once

#include "risk_arrays/commodity_state.hpp"

namespace margingate::risk_arrays {

void charge_intra_spreads(CommodityState& state);
void charge_spot_months(CommodityState& state);

}  // namespace margingate::risk_arrays
