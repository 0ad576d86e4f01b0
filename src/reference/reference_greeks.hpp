// Greeks of one lot for the limits beside margin: MR-40.
//
// Shape    delta, gamma and vega of one instrument.
// Units    money units of the numeraire: per 100 %, per 100 % and one per cent, per point.
// Sign     long lot.
// Range    magnitude at most 2^60, beyond it the instrument has none.
// Errors   ReferenceGreeks::reason.
// Threads  pure. Safe from any thread.
// Cost     one Black-76 price for options.
// Source   docs/methodology.md MR-40.
#pragma once

#include <array>
#include <cstdint>

#include "margingate/ids.hpp"
#include "margingate/verdict.hpp"
#include "reference/reference_market.hpp"

namespace margingate::reference {

struct ReferenceGreeks {
  std::array<std::int64_t, 3> greek{};  // delta, gamma, vega
  Reason reason = Reason::accepted;
};

// At the table's spot.
[[nodiscard]] ReferenceGreeks reference_greeks(const ReferenceMarket& market, InstrumentId id);

}  // namespace margingate::reference
