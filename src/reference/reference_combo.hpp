// What one lot of a combo, or of a quote group's protection, is worth and loses.
//
// Shape    one combo of the configuration, by its instrument number.
// Units    see reference_row.hpp.
// Sign     see reference_row.hpp.
// Range    see ReferenceRow::reason.
// Errors   the first leg without a price says why the combo has none.
// Threads  pure. Safe from any thread.
// Cost     one row per leg.
// Source   MR-35, MR-36.
#pragma once

#include "reference/reference_row.hpp"

namespace margingate::reference {

[[nodiscard]] ReferenceRow reference_combo_row(const ReferenceMarket& market, InstrumentId combo);

// MR-36: the most that a lot of any instrument of the group loses.
[[nodiscard]] ReferenceRow reference_group_row(const ReferenceMarket& market, InstrumentId group);

}  // namespace margingate::reference
