// An account as the reference sees it: what it holds, what works, what it owns.
//
// Shape    at most one leg per instrument; wallets by AssetId.
// Units    lots; entry cash and wallets in money units of their asset; open losses and holds in
//          money units of the numeraire.
// Sign     net long positive; working quantities, open losses and holds >= 0.
// Range    GateLimits.
// Errors   none.
// Threads  a value.
// Cost     none.
// Source   MR-12, MR-13, MR-24.
#pragma once

#include <cstdint>
#include <vector>

#include "margingate/ids.hpp"
#include "margingate/units.hpp"

namespace margingate::reference {

struct ReferenceLeg {
  InstrumentId instrument;
  std::int64_t net = 0;            // q
  std::int64_t working_buys = 0;   // B
  std::int64_t working_sells = 0;  // A
  Money entry_cash;                // settlement asset; received (+) or paid (-) for the net

  // An empty leg is as good as none.
  [[nodiscard]] bool empty() const noexcept {
    return net == 0 && working_buys == 0 && working_sells == 0;
  }
};

struct ReferenceAccount {
  std::vector<ReferenceLeg> legs;
  std::vector<Money> wallets;
  Money open_losses;
  Money holds;
};

}  // namespace margingate::reference
