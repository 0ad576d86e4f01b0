// A batch of quotes as one change of an account.
//
// Shape    replaced[i] is what quotes[i] replaces, seen before the batch.
// Units    lots, price units, money units of the numeraire.
// Sign     quantities and losses >= 0.
// Range    GateLimits.
// Errors   none; quotes are those that the gate did not refuse on input.
// Threads  pure. Safe from any thread.
// Cost     one row per quote.
// Source   MR-34.
#pragma once

#include <span>
#include <vector>

#include "margingate/gate.hpp"
#include "margingate/quote.hpp"
#include "reference/reference_decision.hpp"

namespace margingate::reference {

struct ReplacedQuote {
  ReplacedOrder bid;
  ReplacedOrder ask;
};

[[nodiscard]] std::vector<ReplacedQuote> replaced_by(const Gate& gate,
                                                     std::span<const Quote> quotes);

[[nodiscard]] ReferenceChange reference_quote_change(const ReferenceMarket& market,
                                                     const ReferenceAccount& account,
                                                     std::span<const Quote> quotes,
                                                     std::span<const ReplacedQuote> replaced);

}  // namespace margingate::reference
