// What an account owns, in the numeraire.
//
// Shape    rows[i] belongs to legs[i] of the account.
// Units    money units of the numeraire.
// Sign     signed; what the account has is positive.
// Range    GateLimits.
// Errors   nullopt when a debt is in an asset without a price.
// Threads  pure. Safe from any thread.
// Cost     assets * (underlyings + legs).
// Source   MR-24.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "reference/reference_account.hpp"
#include "reference/reference_market.hpp"
#include "reference/reference_row.hpp"

namespace margingate::reference {

struct ReferenceEquity {
  std::int64_t equity = 0;
  std::int64_t borrow_initial = 0;      // MR-53
  std::int64_t borrow_maintenance = 0;  // MR-53
};

[[nodiscard]] std::optional<ReferenceEquity> reference_equity(const ReferenceMarket& market,
                                                              const ReferenceAccount& account,
                                                              std::span<const ReferenceRow> rows);

}  // namespace margingate::reference
