// What an account may come to hold in each instrument: its own leg, and what its combos and quote
// protections may still add. Kept only where these are listed and a control limits positions.
//
// Shape    open addressing by (account, instrument); pairs that are nothing leave the table.
// Units    lots.
// Sign     net signed, working quantities >= 0.
// Range    at most twice the legs of the gate; admission keeps the derived ones within once.
// Errors   none.
// Threads  the order thread only.
// Cost     one lookup; 4 slots of 32 bytes per leg of the gate.
// Source   docs/controls.md, "Combos and protections".
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "limits/control_terms.hpp"
#include "margin/leg.hpp"

namespace margingate::limits {

struct LegExposure {
  std::int64_t net = 0;
  std::int64_t working_buys = 0;
  std::int64_t working_sells = 0;

  [[nodiscard]] constexpr bool is_nothing() const noexcept {
    return net == 0 && working_buys == 0 && working_sells == 0;
  }
};

constexpr LegExposure exposure_of(const margin::LegState& leg) noexcept {
  return {leg.net, leg.working_buys, leg.working_sells};
}
constexpr LegExposure operator+(const LegExposure& a, const LegExposure& b) noexcept {
  return {a.net + b.net, a.working_buys + b.working_buys, a.working_sells + b.working_sells};
}
constexpr LegExposure operator-(const LegExposure& a, const LegExposure& b) noexcept {
  return {a.net - b.net, a.working_buys - b.working_buys, a.working_sells - b.working_sells};
}

// What a change of an order for a combo or group is in one of its contracts.
constexpr LegExposure derived_change(const DerivedTerms& terms, const DerivedPart& part,
                                     const LegExposure& change) noexcept {
  const std::int64_t buys = change.working_buys;
  const std::int64_t sells = change.working_sells;
  if (terms.is_either_way) return {0, buys + sells, buys + sells};
  if (part.ratio > 0) return {0, part.ratio * buys, part.ratio * sells};
  return {0, -part.ratio * sells, -part.ratio * buys};
}

class LegExposures {
 public:
  LegExposures(std::uint32_t legs_max, std::pmr::memory_resource* memory)
      : shift_(64 - static_cast<int>(std::bit_width(capacity(legs_max) - 1))),
        slots_(legs_max == 0 ? 0 : capacity(legs_max), memory) {}

  [[nodiscard]] LegExposure find(std::uint32_t account, std::uint32_t instrument) const noexcept {
    const Slot& slot = slots_[place(key_of(account, instrument))];
    return slot.key == no_key ? LegExposure{} : slot.exposure;
  }

  void add(std::uint32_t account, std::uint32_t instrument, const LegExposure& change) noexcept {
    const std::uint64_t key = key_of(account, instrument);
    const std::size_t at = place(key);
    Slot& slot = slots_[at];
    size_ += slot.key == no_key ? 1 : 0;
    slot.key = key;
    slot.exposure.net += change.net;
    slot.exposure.working_buys += change.working_buys;
    slot.exposure.working_sells += change.working_sells;
    if (slot.exposure.is_nothing()) erase(at);
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  static constexpr std::uint64_t no_key = UINT64_MAX;
  struct Slot {
    std::uint64_t key = no_key;  // account << 32 | instrument
    LegExposure exposure;
  };

  static constexpr std::size_t capacity(std::uint32_t legs_max) noexcept {
    return std::bit_ceil(std::size_t{legs_max} * 4 + 2);
  }
  static constexpr std::uint64_t key_of(std::uint32_t account, std::uint32_t instrument) noexcept {
    return std::uint64_t{account} << 32 | instrument;
  }
  [[nodiscard]] std::size_t home(std::uint64_t key) const noexcept {
    return key * 0x9e3779b97f4a7c15u >> shift_;
  }
  [[nodiscard]] std::size_t next(std::size_t i) const noexcept {
    return (i + 1) & (slots_.size() - 1);
  }
  // Where the key is, or would be.
  [[nodiscard]] std::size_t place(std::uint64_t key) const noexcept {
    std::size_t i = home(key);
    while (slots_[i].key != key && slots_[i].key != no_key) i = next(i);
    return i;
  }
  // What lies behind moves up, unless it would come to lie before its home.
  void erase(std::size_t hole) noexcept {
    for (std::size_t i = next(hole); slots_[i].key != no_key; i = next(i)) {
      const std::size_t from_home = (i - home(slots_[i].key)) & (slots_.size() - 1);
      const std::size_t from_hole = (i - hole) & (slots_.size() - 1);
      if (from_home < from_hole) continue;
      slots_[hole] = slots_[i];
      hole = i;
    }
    slots_[hole] = {};
    --size_;
  }

  int shift_;
  std::size_t size_ = 0;
  std::pmr::vector<Slot> slots_;
};

}  // namespace margingate::limits
