// Sums an account's totals over its legs under one published table.
#pragma once

#include <cstdint>
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

}  // namespace margingate
