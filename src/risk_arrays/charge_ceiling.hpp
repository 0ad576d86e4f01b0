// The most that charges inside a combined commodity can be over all fills.
//
// Shape    deltas per month as ranges in, money out.
// Units    money, deltas.
// Sign     at least zero.
// Range    none.
// Errors   std::overflow_error beyond 10^18.
// Threads  pure.
// Cost     cold: spreads * legs * months.
// Source   docs/models/risk-array.md, "exact and bound".
#pragma once

#include "risk_arrays/fill_range.hpp"

namespace margingate::risk_arrays {

// The most that both charges are per unit of a month's delta, whatever the account has in other
// months. Long and short deltas alike.
[[nodiscard]] FixedDecimal charge_ceiling_of_delta(const CombinedCommodity& terms,
                                                   const Period& period);

[[nodiscard]] FixedDecimal intra_charge_ceiling(const FillRange& range);
[[nodiscard]] FixedDecimal spot_charge_ceiling(const FillRange& range);

}  // namespace margingate::risk_arrays
