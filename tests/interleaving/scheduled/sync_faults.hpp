// Mistakes that the shared words and queues can be told to make, to see them found.
#pragma once

#include <cstddef>

namespace margingate::testing {

// Of a Program: its first thread is the order thread.
inline constexpr std::size_t background = 1;

struct SyncFaults {
  bool reclaims_early = false;      // slots are free although accounts are on their tables
  bool swaps_events = false;        // the queue is not first in, first out
  std::size_t loses_leg_event = 0;  // the so-manyth leg event never arrives; 0: none is lost

  bool loses(bool is_leg_event) noexcept {
    if (!is_leg_event || loses_leg_event == 0) return false;
    return --loses_leg_event == 0;
  }
};

inline SyncFaults faults;

}  // namespace margingate::testing
