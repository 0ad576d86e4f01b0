// What a gate is built from, resolved once and never changed: shared by gate and revaluer.
//
// Shape    instruments and risk units by id; block layout per risk unit.
// Units    as in the prepared terms.
// Sign     as in the prepared terms.
// Range    validated by Gate::create.
// Errors   none after creation.
// Threads  immutable; read by the order thread and the revaluer.
// Cost     built once.
// Source   docs/architecture.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "margin/account_requirement.hpp"
#include "margin/lane_kernel.hpp"
#include "margin/leg_contribution.hpp"
#include "margin/row_builder.hpp"
#include "margin/unit_totals.hpp"
#include "margingate/gate.hpp"
#include "scenario/instrument_terms.hpp"
#include "scenario/risk_unit_terms.hpp"

namespace margingate {

struct ComboLegTerms {
  std::uint32_t instrument = 0;
  std::int64_t ratio = 1;
};

struct ComboTerms {
  std::array<ComboLegTerms, combo_legs_max> legs{};
  std::uint32_t count = 0;
  bool is_in_one_expiry = false;
};

struct GateTerms {
  GateConfig config;
  std::vector<scenario::InstrumentTerms> instruments;  // contracts, then combos
  std::vector<ComboTerms> combos;
  std::vector<std::vector<std::uint32_t>> quote_groups;  // members, ascending
  std::vector<scenario::RiskUnitTerms> units;
  std::vector<margin::TotalsLayout> layouts;     // by risk unit
  std::vector<margin::ContributionParts> parts;  // by risk unit, profit included
  std::vector<std::size_t> lanes_offset;         // of each instrument's lanes in a table
  std::vector<std::size_t> block_offset_words;   // of each unit inside an account's block
  std::size_t lanes_total = 0;                   // 32-bit lanes per table
  std::size_t account_words = 0;                 // 64-bit words of one account's block
  margin::AccountTerms account;
  std::vector<margin::BandTerms> bands;
  margin::RowSettings row_settings;
  const margin::LaneKernel* lane_kernel = nullptr;
  InstructionSet instruction_set = InstructionSet::scalar;
  std::int64_t price_scale = 1;
  std::int64_t band_ppb = 0;
  double money_scale = 1.0;
  bool publishes_greeks = false;  // a control limits them
  bool has_row_charges = false;   // of any unit

  [[nodiscard]] margin::UnitTotals totals(std::int64_t* account_block,
                                          std::uint32_t unit) const noexcept {
    return {account_block + block_offset_words[unit], layouts[unit]};
  }
  [[nodiscard]] std::vector<std::size_t> lane_counts() const {
    std::vector<std::size_t> counts;
    for (const margin::TotalsLayout& layout : layouts) counts.push_back(layout.lane_count);
    return counts;
  }
  [[nodiscard]] std::size_t contracts() const noexcept {
    return instruments.size() - combos.size() - quote_groups.size();
  }
  // Combos and quote groups: rows without positions.
  [[nodiscard]] bool is_derived(std::uint32_t instrument) const noexcept {
    return instrument >= contracts();
  }
  [[nodiscard]] bool is_combo(std::uint32_t instrument) const noexcept {
    return is_derived(instrument) && instrument - contracts() < combos.size();
  }
  [[nodiscard]] bool is_quote_group(std::uint32_t instrument) const noexcept {
    return is_derived(instrument) && !is_combo(instrument);
  }
  [[nodiscard]] const ComboTerms& combo(std::uint32_t instrument) const noexcept {
    return combos[instrument - contracts()];
  }
  [[nodiscard]] const std::vector<std::uint32_t>& quote_group(
      std::uint32_t instrument) const noexcept {
    return quote_groups[instrument - contracts() - combos.size()];
  }
  // Whether an order for one instrument, or combo, may trade in the other.
  [[nodiscard]] bool trades_in(std::uint32_t ordered, std::uint32_t instrument) const noexcept {
    if (!is_combo(ordered)) return ordered == instrument;
    const ComboTerms& one = combo(ordered);
    for (std::uint32_t i = 0; i < one.count; ++i) {
      if (one.legs[i].instrument == instrument) return true;
    }
    return false;
  }
  [[nodiscard]] double to_double(std::int64_t price) const noexcept {
    return static_cast<double>(price) / static_cast<double>(price_scale);
  }
};

}  // namespace margingate
