// In place of src/sync/atomics.hpp: shared words that hand control back before every access.
#pragma once

#include <atomic>

#include "support/interleavings.hpp"
#include "sync_faults.hpp"

namespace margingate::sync {

template <class T>
class SharedWord : public testing::ScheduledAtomic<T> {
 public:
  using testing::ScheduledAtomic<T>::ScheduledAtomic;

  [[nodiscard]] T load(std::memory_order order = std::memory_order_seq_cst) const noexcept {
    const T value = testing::ScheduledAtomic<T>::load(order);
    // The background reads one word: what the order thread still uses.
    const bool is_background = testing::interleaving::current_thread() == testing::background;
    if (testing::faults.reclaims_early && is_background) return UINT64_MAX;
    return value;
  }
};

}  // namespace margingate::sync
