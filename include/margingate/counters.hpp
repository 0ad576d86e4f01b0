// What the gate has done, as plain numbers.
//
// Shape    one 64-bit count each, only ever growing.
// Units    events.
// Sign     non-negative.
// Range    wraps after 2^64.
// Errors   none.
// Threads  written by the order thread; read there, or copied from there.
// Cost     one increment per event.
// Source   docs/architecture.md.
#pragma once

#include <cstdint>

namespace margingate {

struct Counters {
  std::uint64_t decisions = 0;
  std::uint64_t accepts = 0;
  std::uint64_t rejects = 0;
  std::uint64_t decided_by_interval = 0;
  std::uint64_t decided_exactly = 0;
  std::uint64_t releases = 0;
  std::uint64_t fills = 0;
  std::uint64_t transfers = 0;
  std::uint64_t quarantined = 0;  // executions that did not fit, Reason band 600
  std::uint64_t spot_ticks = 0;
  std::uint64_t tables_seen = 0;
  std::uint64_t adoptions = 0;               // totals taken over from the revaluer
  std::uint64_t adoptions_with_changes = 0;  // of which with later changes applied on top
  std::uint64_t first_touch_sums = 0;        // totals re-summed on the order thread
  std::uint64_t events_deferred = 0;         // told to the revaluer later: its queue was full
};

}  // namespace margingate
