// The least a decision can cost: reading the cache lines that it must, and nothing else.
//
// Shape    memory of the same sizes and strides as the gate's, found in the same ways: account
//          header, cached unit, totals block, leg entry by hash, risk row and its lanes.
// Units    none.
// Sign     none.
// Range    the lines of a decision whose spot has not moved: totals of scalars, losses and
//          expiries, the row and its losses.
// Errors   none.
// Threads  one.
// Cost     one load per line.
// Source   src/gate/gate_impl.hpp, src/margin/unit_totals.hpp, src/margin/risk_row.hpp.
#pragma once

#include <cstdint>
#include <vector>

#include "gate/gate_impl.hpp"
#include "support/loaded_gate.hpp"

namespace margingate::bench {

class FloorTouch {
 public:
  explicit FloorTouch(LoadedGate& book);

  // Sum of one word of every line, so that no load can be left out.
  [[nodiscard]] std::int64_t touch(const OrderIntent& intent) const noexcept {
    const std::uint32_t account = intent.account.value;
    const std::uint32_t instrument = intent.instrument.value;
    const std::uint32_t unit = units_of_[instrument];
    const std::uint32_t leg = legs_.find(account, instrument);
    std::int64_t sum = leg == no_leg ? 0 : legs_[leg].state.net;
    sum += lines(accounts_.data() + account, sizeof(AccountState));
    for (std::uint32_t u = 0; u < unit_count_; ++u) {
      sum += lines(cached_.data() + account * unit_count_ + u, sizeof(CachedUnit));
    }
    const std::int64_t* const block = blocks_.data() + account * account_words_ + offsets_[unit];
    const margin::TotalsLayout& layout = layouts_[unit];
    sum += lines(block, layout.scalars_words() * 8);
    const std::int64_t* const losses = block + layout.scalars_words();
    sum += lines(losses, layout.lane_count * 8);
    sum += lines(losses + 4 * layout.lane_count, 2 * layout.bucket_count * 8);
    sum += lines(rows_.data() + instrument, sizeof(margin::RiskRow));
    return sum + lines(lanes_.data() + instrument * lane_stride_, layout.lane_count * 4);
  }

 private:
  static std::int64_t lines(const void* first, std::size_t bytes) noexcept {
    const auto* const at = static_cast<const char*>(first);
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < bytes; i += 64) {
      sum += *reinterpret_cast<const volatile std::int64_t*>(at + i);
    }
    return sum;
  }

  LegTable legs_;
  std::size_t unit_count_;
  std::size_t account_words_ = 0;
  std::size_t lane_stride_ = 0;
  std::vector<std::uint32_t> units_of_;  // by instrument
  std::vector<std::size_t> offsets_;     // by unit
  std::vector<margin::TotalsLayout> layouts_;
  std::vector<AccountState> accounts_;
  std::vector<CachedUnit> cached_;
  std::vector<std::int64_t> blocks_;
  std::vector<margin::RiskRow> rows_;
  std::vector<std::int32_t> lanes_;
};

}  // namespace margingate::bench
