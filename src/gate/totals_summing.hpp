// Sums an account's totals over its legs under one published table.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "gate/gate_terms.hpp"
#include "gate/leg_table.hpp"
#include "gate/risk_table.hpp"
#include "margin/fixed_point.hpp"
#include "margin/unit_requirement.hpp"

namespace margingate {

// A risk unit exactly at a table's spot.
[[nodiscard]] inline margin::UnitMarket market_at_table(const GateTerms& terms,
                                                        const RiskTable& table,
                                                        std::uint32_t unit) noexcept {
  margin::UnitMarket market;
  market.terms = &terms.units[unit];
  market.kernel = terms.lane_kernel;
  market.layout = terms.layouts[unit];
  market.parts = terms.parts[unit];
  market.spot = terms.to_double(table.spots[unit]);
  market.money_scale = terms.money_scale;
  return market;
}

[[nodiscard]] inline margin::CoinPrice coin_at_table(const GateTerms& terms, const RiskTable& table,
                                                     std::uint32_t unit) noexcept {
  return {table.spots[unit], terms.price_scale, terms.band_ppb};
}

// MR-16 at a spot.
inline void set_deductibles(const GateTerms& terms, std::uint32_t unit, double spot,
                            std::span<std::int64_t> deductibles) noexcept {
  const scenario::RiskUnitTerms& unit_terms = terms.units[unit];
  for (std::size_t s = 0; s < unit_terms.lanes.scenario_count; ++s) {
    const double quote = unit_terms.lanes.deductible_quote[s];
    const double numeraire = unit_terms.coin_form ? quote / spot : quote;
    deductibles[s] =
        static_cast<std::int64_t>(margin::floor_portable(numeraire * terms.money_scale));
  }
}

// Adds one leg to the account's block.
inline void add_leg(const GateTerms& terms, const RiskTable& table, std::int64_t* block,
                    std::uint32_t instrument, const margin::LegState& before,
                    const margin::LegState& after) noexcept {
  const std::uint32_t unit = terms.instruments[instrument].risk_unit;
  apply_change(market_at_table(terms, table, unit), terms.totals(block, unit),
               unit_change(table.rows[instrument], before, after, terms.parts[unit],
                           coin_at_table(terms, table, unit)));
}

// Which legs and charges a sum is of: everything for initial margin, or positions alone, with the
// charges of maintenance margin.
enum class SummedPart { everything, positions };

[[nodiscard]] inline margin::ContributionParts parts_of(const GateTerms& terms, std::uint32_t unit,
                                                        SummedPart part) noexcept {
  margin::ContributionParts parts = terms.parts[unit];
  parts.maintenance = part == SummedPart::positions;
  return parts;
}

// Adds a leg of this unit, on its row at a spot, to totals that do not contain it.
inline void add_new_leg(const GateTerms& terms, std::uint32_t unit, const margin::RiskRow& row,
                        const margin::CoinPrice& coin, const margin::LegState& state,
                        const margin::UnitTotals& totals,
                        SummedPart part = SummedPart::everything) noexcept {
  const margin::LegContribution c = leg_contribution(state, row, parts_of(terms, unit, part), coin);
  auto* const words = reinterpret_cast<std::int64_t*>(totals.scalars);
  const auto* const added = reinterpret_cast<const std::int64_t*>(&c.scalars);
  for (std::size_t i = 0; i < sizeof(margin::UnitScalars) / 8; ++i) words[i] += added[i];
  totals.expiry_hi[row.expiry_bucket] += c.expiry_hi;
  totals.expiry_lo[row.expiry_bucket] += c.expiry_lo;
  totals.expiry_slack[row.expiry_bucket] += c.expiry_slack;
  if (row.status != Reason::accepted) return;
  const margin::LaneChange change{state.net, state.working_buys, state.working_sells,
                                  state.gross_net()};
  terms.lane_kernel->apply(totals, terms.layouts[unit].lane_count, row.lanes, row.exponent, change);
}

// The account's block from zero.
inline void sum_account(const GateTerms& terms, const RiskTable& table, const LegTable& legs,
                        std::uint32_t account, SummedPart part, std::int64_t* block) noexcept {
  std::memset(block, 0, terms.account_words * 8);
  for (std::uint32_t leg = legs.first(account); leg != no_leg; leg = legs[leg].next) {
    margin::LegState state = legs[leg].state;
    if (part == SummedPart::positions) state.working_buys = state.working_sells = 0;
    if (state.is_flat()) continue;
    const std::uint32_t instrument = legs[leg].instrument();
    const std::uint32_t unit = terms.instruments[instrument].risk_unit;
    add_new_leg(terms, unit, table.rows[instrument], coin_at_table(terms, table, unit), state,
                terms.totals(block, unit), part);
  }
}

// The legs of one account are a chain: where the next one lies is known when this one has arrived.
// A sweep follows the chains of this many accounts at once, so that their misses overlap.
inline constexpr std::uint32_t accounts_ahead = 16;
inline constexpr int legs_ahead_max = 64;

inline void fetch_legs(const LegTable& legs, std::uint32_t first_account,
                       std::uint32_t accounts_end) noexcept {
  std::array<std::uint32_t, accounts_ahead> chains;
  std::uint32_t count = 0;
  for (std::uint32_t a = first_account; a < accounts_end && count < accounts_ahead; ++a) {
    const std::uint32_t leg = legs.first(a);
    if (leg == no_leg) continue;
    __builtin_prefetch(&legs[leg]);
    chains[count++] = leg;
  }
  for (int step = 1; step < legs_ahead_max && count != 0; ++step) {
    std::uint32_t left = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t next = legs[chains[i]].next;
      if (next == no_leg) continue;
      __builtin_prefetch(&legs[next]);
      chains[left++] = next;
    }
    count = left;
  }
  // A function that only fetches has no effect that gcc 12 knows of, and would be left out.
  __asm__ volatile("" : : "r"(count));
}

}  // namespace margingate
