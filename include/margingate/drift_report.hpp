// What auditing a running gate has found: its state against a full recomputation.
//
// Shape    counts and the worst seen; an alarm per difference.
// Units    money in the gate's numeraire and smallest unit.
// Sign     differences non-negative.
// Range    counts wrap after 2^64; the worst difference stops at 2^63 - 1.
// Errors   none; what could not be compared is counted, never guessed.
// Threads  values; written by the revaluer's thread.
// Cost     on the order thread: one copy of an account's totals per answer, at most one a poll.
// Source   docs/threading.md, "Audits".
#pragma once

#include <cstdint>

#include "margingate/ids.hpp"
#include "margingate/units.hpp"

namespace margingate {

enum class DriftKind : std::uint8_t {
  totals,       // a running total is not the sum over the account's legs
  requirement,  // a verdict's interval does not hold the account's full initial margin
  equity,       // a verdict's interval does not hold the account's full equity
};

// The gate and a full recomputation of the same account under the same table and market differ.
struct DriftAlarm {
  DriftKind kind = DriftKind::totals;
  AccountId account;
  RiskUnitId risk_unit;        // totals only
  std::uint32_t word = 0;      // totals only: the first word of the unit's block that differs
  std::uint64_t sequence = 0;  // position changes of the account up to this state
  Epoch epoch = 0;             // table; 0: the account is flat and its totals should be zero
  Money gate;                  // the nearer end of the interval, or the word
  Money recomputed;
};

struct DriftReport {
  std::uint64_t accounts_checked = 0;    // totals of one account, every word of its risk units
  std::uint64_t totals_mismatches = 0;   // of which with a word that differs
  std::uint64_t verdicts_checked = 0;    // accepted orders, revalued in full
  std::uint64_t verdict_mismatches = 0;  // of which outside the verdict's intervals
  std::uint64_t not_comparable = 0;      // a table or an event was gone by then; asked again
  std::uint64_t cycles = 0;              // times every account's turn has come
  Money worst_totals_difference;         // largest |difference| of a word
  AccountId worst_totals_account;        // whose it was
  Money worst_verdict_difference;        // furthest outside a verdict's interval
  AccountId worst_verdict_account;       // whose it was
  Money widest_overstatement;            // most a verdict's requirement exceeded the full margin

  [[nodiscard]] std::uint64_t alarms() const noexcept {
    return totals_mismatches + verdict_mismatches;
  }
};

}  // namespace margingate
