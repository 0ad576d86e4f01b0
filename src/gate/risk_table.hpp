// A published risk table: every instrument's row, and what is needed to price it elsewhere.
//
// Shape    one RiskRow and PricingInputs per instrument, lanes in one array.
// Units    see risk_row.hpp.
// Sign     see risk_row.hpp.
// Range    see risk_row.hpp.
// Errors   rows carry their own status.
// Threads  written by the revaluer before publication, immutable until its slot is free again.
// Cost     memory is taken once per slot.
// Source   docs/threading.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "gate/gate_terms.hpp"
#include "margin/greek_row.hpp"
#include "margin/risk_row.hpp"
#include "margin/row_builder.hpp"
#include "margingate/market.hpp"
#include "sync/cache_line.hpp"

namespace margingate {

struct RiskTable {
  RiskTable(const GateTerms& terms, std::pmr::memory_resource* memory)
      : rows(terms.instruments.size(), memory),
        inputs(terms.instruments.size(), memory),
        greeks(terms.publishes_greeks ? terms.instruments.size() : 0, memory),
        charges(terms.has_row_charges ? terms.instruments.size() : 0, memory),
        credits(terms.account.credits.begin(), terms.account.credits.end(), memory),
        lane_storage(terms.lanes_total * 3 + 16, memory) {}

  Epoch epoch = 0;
  Timestamp as_of;
  std::uint64_t surface = 0;
  std::array<std::int64_t, risk_units_max> spots{};  // S0 by risk unit, integer price
  std::pmr::vector<margin::RiskRow> rows;
  std::pmr::vector<margin::PricingInputs> inputs;
  std::pmr::vector<margin::GreekRow> greeks;      // empty unless a control limits them
  std::pmr::vector<margin::RowCharges> charges;   // empty unless a model's rows have them
  std::pmr::vector<margin::CreditTerms> credits;  // at what they are worth now
  std::pmr::vector<std::int32_t> lane_storage;

  [[nodiscard]] margin::RowCharges* charges_of(std::size_t instrument) noexcept {
    return charges.empty() ? nullptr : &charges[instrument];
  }
};

// Fills a table from a surface observed at surface.spots and the spots it is published at.
// spots is by UnderlyingId.
void build_risk_table(const GateTerms& terms, const Market& surface, const Price* spots,
                      Timestamp as_of, margin::RowScratch& scratch, RiskTable& table) noexcept;

}  // namespace margingate
