// Finds the leg of an account in an instrument; legs of one account are linked.
//
// Shape    open addressing over a power of two of 64-byte entries; entries never move or leave.
// Units    none.
// Sign     none.
// Range    legs_max entries.
// Errors   find_or_insert answers no_leg when full.
// Threads  one owner.
// Cost     usually one cache line; the table is at most half full.
// Source   docs/decisions/0003-dense-identifiers.md.
#pragma once

#include <bit>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "margin/leg.hpp"

namespace margingate {

inline constexpr std::uint32_t no_leg = UINT32_MAX;

struct alignas(64) LegEntry {
  std::uint64_t key = UINT64_MAX;  // account << 32 | instrument
  margin::LegState state;
  std::uint32_t next = no_leg;  // of the same account

  [[nodiscard]] std::uint32_t account() const noexcept {
    return static_cast<std::uint32_t>(key >> 32);
  }
  [[nodiscard]] std::uint32_t instrument() const noexcept {
    return static_cast<std::uint32_t>(key);
  }
};
static_assert(sizeof(LegEntry) == 64);

class LegTable {
 public:
  LegTable(std::uint32_t legs_max, std::uint32_t accounts_max, std::pmr::memory_resource* memory)
      : legs_max_(legs_max),
        shift_(64 -
               static_cast<int>(std::bit_width(std::bit_ceil(std::uint64_t{legs_max} * 2) - 1))),
        entries_(std::bit_ceil(std::uint64_t{legs_max} * 2), memory),
        first_(accounts_max, no_leg, memory) {}

  [[nodiscard]] std::uint32_t find(std::uint32_t account, std::uint32_t instrument) const noexcept {
    const std::uint64_t key = key_of(account, instrument);
    for (std::uint32_t i = home(key);; i = next_index(i)) {
      if (entries_[i].key == key) return i;
      if (entries_[i].key == empty_key) return no_leg;
    }
  }

  [[nodiscard]] std::uint32_t find_or_insert(std::uint32_t account,
                                             std::uint32_t instrument) noexcept {
    const std::uint64_t key = key_of(account, instrument);
    std::uint32_t i = home(key);
    while (entries_[i].key != key) {
      if (entries_[i].key == empty_key) return insert(i, key, account);
      i = next_index(i);
    }
    return i;
  }

  [[nodiscard]] LegEntry& operator[](std::uint32_t leg) noexcept { return entries_[leg]; }
  [[nodiscard]] const LegEntry& operator[](std::uint32_t leg) const noexcept {
    return entries_[leg];
  }
  [[nodiscard]] std::uint32_t first(std::uint32_t account) const noexcept {
    return first_[account];
  }
  [[nodiscard]] bool is_full() const noexcept { return size_ == legs_max_; }
  [[nodiscard]] std::uint32_t free_count() const noexcept { return legs_max_ - size_; }
  // Takes the newest leg out again: undoing goes backwards through what was inserted.
  void undo_insert(std::uint32_t leg) noexcept {
    first_[entries_[leg].account()] = entries_[leg].next;
    entries_[leg] = {};
    --size_;
  }
  [[nodiscard]] const LegEntry* home_entry(std::uint32_t account,
                                           std::uint32_t instrument) const noexcept {
    return &entries_[home(key_of(account, instrument))];
  }

 private:
  static constexpr std::uint64_t empty_key = UINT64_MAX;

  static constexpr std::uint64_t key_of(std::uint32_t account, std::uint32_t instrument) noexcept {
    return std::uint64_t{account} << 32 | instrument;
  }
  // Multiplying by an odd constant near 2^64 / golden ratio spreads consecutive keys.
  [[nodiscard]] std::uint32_t home(std::uint64_t key) const noexcept {
    return static_cast<std::uint32_t>(key * 0x9e3779b97f4a7c15u >> shift_);
  }
  [[nodiscard]] std::uint32_t next_index(std::uint32_t i) const noexcept {
    return (i + 1) & (static_cast<std::uint32_t>(entries_.size()) - 1);
  }
  std::uint32_t insert(std::uint32_t i, std::uint64_t key, std::uint32_t account) noexcept {
    if (is_full()) return no_leg;
    ++size_;
    entries_[i].key = key;
    entries_[i].next = first_[account];
    return first_[account] = i;
  }

  std::uint32_t legs_max_;
  std::uint32_t size_ = 0;
  int shift_;
  std::pmr::vector<LegEntry> entries_;
  std::pmr::vector<std::uint32_t> first_;
};

}  // namespace margingate
