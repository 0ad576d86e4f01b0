// Publication of immutable values in a few reusable slots: one writer, one reader, no waiting.
//
// Shape    2 .. 255 slots, named by index; epochs count up from 1.
// Units    none.
// Sign     none.
// Range    one publication per acquired slot.
// Errors   acquire_free answers no_slot while the reader still uses every other slot.
// Threads  writer: acquire_free, publish. reader: newest, announce_oldest_in_use. The value in a
//          slot is written before publish (release) and read after newest (acquire).
// Cost     reader: one acquire load per look, one release store per announcement.
// Source   quiescent-state-based reclamation; docs/threading.md draws it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "sync/atomics.hpp"
#include "sync/cache_line.hpp"

namespace margingate::sync {

struct Published {
  std::uint64_t epoch = 0;  // 0: nothing published yet
  std::uint32_t slot = 0;
};

// Atomic is a parameter so that a test can explore every interleaving of the same code.
template <template <class> class Atomic = SharedWord>
class EpochSlots {
 public:
  static constexpr std::size_t slots_max = 16;
  static constexpr std::uint32_t no_slot = UINT32_MAX;

  explicit EpochSlots(std::uint32_t slot_count) noexcept : slot_count_(slot_count) {}

  // Writer: a slot that is not the newest and that no reader can still be using.
  [[nodiscard]] std::uint32_t acquire_free() noexcept {
    const std::uint64_t oldest = oldest_in_use_.load(std::memory_order_acquire);
    for (std::uint32_t slot = 0; slot < slot_count_; ++slot) {
      const std::uint64_t epoch = epoch_by_slot_[slot];
      if (epoch == 0 || (epoch < oldest && epoch != newest_epoch_)) return slot;
    }
    return no_slot;
  }

  // Writer: the value in the slot is complete. Returns its epoch.
  std::uint64_t publish(std::uint32_t slot, std::uint64_t epoch) noexcept {
    newest_epoch_ = epoch;
    epoch_by_slot_[slot] = epoch;
    newest_.store(pack(epoch, slot), std::memory_order_release);
    return epoch;
  }

  // Reader: what is newest now. Everything written to the slot before publish is visible.
  [[nodiscard]] Published newest() const noexcept {
    return unpack(newest_.load(std::memory_order_acquire));
  }

  // Reader: it uses no slot of an older epoch, and never will again.
  void announce_oldest_in_use(std::uint64_t epoch) noexcept {
    oldest_in_use_.store(epoch, std::memory_order_release);
  }

 private:
  static constexpr std::uint64_t pack(std::uint64_t epoch, std::uint32_t slot) noexcept {
    return epoch << 8 | slot;
  }
  static constexpr Published unpack(std::uint64_t word) noexcept {
    return {word >> 8, static_cast<std::uint32_t>(word & 0xff)};
  }

  alignas(cache_line_pair_bytes) Atomic<std::uint64_t> newest_{0};         // written by the writer
  alignas(cache_line_pair_bytes) Atomic<std::uint64_t> oldest_in_use_{0};  // by the reader
  alignas(cache_line_pair_bytes) std::array<std::uint64_t, slots_max> epoch_by_slot_{};  // writer's
  std::uint64_t newest_epoch_ = 0;
  std::uint32_t slot_count_;
};

}  // namespace margingate::sync
