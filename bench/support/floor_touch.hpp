// The least a decision can cost: reading the cache lines that it must, and nothing else.
//
// Shape    reads the gate's own memory: account state, cached units of the account, totals block,
//          leg entry by hash, instrument terms, risk row and its lanes.
// Units    none.
// Sign     none.
// Range    accounts whose totals are under a table. Spot at the table's: totals of scalars,
//          losses and expiries, and the row's losses. Spot drifted: all lane arrays.
// Errors   none.
// Threads  the order thread.
// Cost     one load per line, and a search for the leg.
// Source   src/gate/gate_impl.hpp, src/margin/unit_totals.hpp, src/margin/risk_row.hpp.
#pragma once

#include <bit>
#include <cstdint>

#include "support/gate_internals.hpp"

namespace margingate::bench {

class FloorTouch {
 public:
  explicit FloorTouch(Gate& gate) : gate_(GateInternals::of(gate)) {}

  // Sum of one word of every line, so that no load can be left out.
  template <bool Drifted = false>
  [[nodiscard]] std::int64_t touch(const OrderIntent& intent) noexcept {
    const std::uint32_t account = intent.account.value;
    const std::uint32_t instrument = intent.instrument.value;
    const AccountState& state = gate_.accounts[account];
    // Not the wallets: what they are worth is part of the sum that is kept.
    std::int64_t sum = lines(&state, sizeof state - sizeof state.wallets);
    const scenario::InstrumentTerms& terms = gate_.terms.instruments[instrument];
    sum += lines(&terms, sizeof terms);
    const std::uint32_t leg = gate_.legs.find(account, instrument);
    if (leg != no_leg) sum += gate_.legs[leg].state.net;
    const std::uint32_t unit = terms.risk_unit;
    // The other units only where they give credits to one another.
    const std::uint32_t others = gate_.terms.account.credits.empty() ? 0 : state.unit_mask;
    for (std::uint32_t bits = others | 1u << unit; bits != 0; bits &= bits - 1) {
      const auto u = static_cast<std::uint32_t>(std::countr_zero(bits));
      sum += lines(&gate_.cached(account, u), sizeof(CachedUnit));
    }
    const margin::UnitTotals totals = gate_.terms.totals(gate_.block(account), unit);
    const margin::TotalsLayout& layout = gate_.terms.layouts[unit];
    sum += lines(totals.scalars, sizeof(margin::UnitScalars));
    sum += lines(totals.loss, layout.lane_count * 8 * (Drifted ? 4 : 1));
    sum += lines(totals.expiry_hi, layout.bucket_count * 8 * (Drifted ? 3 : 2));
    const margin::RiskRow& row = gate_.shared.tables[gate_.slot_for(account)].rows[instrument];
    sum += lines(&row, sizeof row);
    return sum + lines(row.lanes.loss, layout.lane_count * 4 * (Drifted ? 3 : 1));
  }

 private:
  static std::int64_t lines(const void* first, std::size_t bytes) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(first);
    std::int64_t sum = 0;
    for (std::uintptr_t at = address / 64 * 64; at < address + bytes; at += 64) {
      sum += *reinterpret_cast<const volatile std::int64_t*>(at < address ? address / 8 * 8 : at);
    }
    return sum;
  }

  Gate::Impl& gate_;
};

}  // namespace margingate::bench
