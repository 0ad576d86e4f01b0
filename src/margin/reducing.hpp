// Does a change worsen anything? Decides orders of accounts that are short of margin.
//
// Shape    one unit's exact totals and one change.
// Units    money units.
// Sign     losses positive.
// Range    see unit_totals.hpp.
// Errors   none.
// Threads  pure.
// Cost     lanes; exact path only.
// Source   docs/methodology.md MR-26.
#pragma once

#include "margin/unit_requirement.hpp"

namespace margingate::margin {

// Totals must be exact (spot not moved from their table, or re-summed at the live spot).
[[nodiscard]] bool worsens_nothing(const UnitMarket& market, const UnitTotals& totals,
                                   const UnitChange& change, const UnitInterval& before,
                                   const UnitInterval& after) noexcept;

// The same between two sets of exact totals of one unit, whatever led from one to the other.
[[nodiscard]] bool worsens_nothing(const UnitMarket& market, const UnitTotals& totals_before,
                                   const UnitTotals& totals_after, const UnitInterval& before,
                                   const UnitInterval& after) noexcept;

}  // namespace margingate::margin
