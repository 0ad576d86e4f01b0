// Two-sided quotes, one or hundreds in a call, decided together or one by one.
//
// Shape    a batch of one account; at most one quote of an instrument in a batch.
// Units    lots, price units.
// Sign     quantities >= 0; zero withdraws the side.
// Range    at most GateLimits::quote_batch_max quotes; each violation has its own Reason.
// Errors   together: one refusal refuses all, and nothing has changed. Individually: each quote
//          stands for itself.
// Threads  values; the spans are read and written during the call only.
// Cost     together: one decision for the batch, and per quote what it changes.
// Source   docs/order-life.md; docs/methodology.md MR-34.
#pragma once

#include <cstdint>
#include <span>

#include "margingate/ids.hpp"
#include "margingate/order.hpp"
#include "margingate/units.hpp"
#include "margingate/verdict.hpp"

namespace margingate {

struct QuoteSide {
  Price price;
  Quantity quantity;
  WorkingOrderHandle replaces;  // the side's last order; one that has ended is no matter
};

struct Quote {
  InstrumentId instrument;
  QuoteSide bid;
  QuoteSide ask;
};

// A side of a quote that no order announces, under the protection that `protection` holds.
struct ProtectedQuote {
  WorkingOrderHandle protection;
  InstrumentId instrument;
  Side side = Side::buy;
  Price price;
  Timestamp time;
};

enum class QuoteDecision : std::uint8_t { together, individually };

struct QuoteBatch {
  AccountId account;
  Timestamp time;
  QuoteDecision decision = QuoteDecision::together;
  std::span<const Quote> quotes;
};

struct QuoteResult {
  Reason reason = Reason::internal_fault;
  WorkingOrderHandle bid;  // alive where this side is quoted
  WorkingOrderHandle ask;
};

struct QuoteVerdict {
  // Of the whole batch, or of the first refused quote or else the last one. Its `order` is unused.
  Verdict verdict;
  std::uint32_t accepted = 0;
  std::uint32_t refused = 0;
};

}  // namespace margingate
