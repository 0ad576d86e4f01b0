// Builds the row of a combo or quote group from rows of its contracts, wherever those come from.
#pragma once

#include <cstdint>

#include "gate/gate_terms.hpp"
#include "margin/combo_row.hpp"
#include "margin/envelope_row.hpp"

namespace margingate {

// row_of(instrument) gives a leg's row, valid until it is asked again.
template <class RowOf>
void build_combo_row(const GateTerms& terms, std::uint32_t instrument, const RowOf& row_of,
                     margin::LaneSums& scratch, const margin::LaneStorage& lanes,
                     margin::RiskRow& row) noexcept {
  const ComboTerms& combo = terms.combo(instrument);
  const scenario::InstrumentTerms& contract = terms.instruments[instrument];
  margin::ComboRow sums(terms.units[contract.risk_unit].lanes.lane_count, scratch);
  for (std::uint32_t i = 0; i < combo.count; ++i) {
    sums.add(row_of(combo.legs[i].instrument), combo.legs[i].ratio);
  }
  sums.finish(contract.exponent, contract.expiry_bucket, combo.is_in_one_expiry,
              terms.units[contract.risk_unit].charges_delta_shock, lanes, row);
  row.legs_scaled = contract.legs_scaled;
}

template <class RowOf>
void build_quote_group_row(const GateTerms& terms, std::uint32_t instrument, const RowOf& row_of,
                           margin::LaneSums& scratch, const margin::LaneStorage& lanes,
                           margin::RiskRow& row) noexcept {
  const scenario::InstrumentTerms& contract = terms.instruments[instrument];
  margin::EnvelopeRow envelope(terms.units[contract.risk_unit].lanes.lane_count, scratch);
  for (const std::uint32_t member : terms.quote_group(instrument)) envelope.add(row_of(member));
  envelope.finish(contract.exponent, lanes, row);
  row.legs_scaled = contract.legs_scaled;
}

template <class RowOf>
void build_derived_row(const GateTerms& terms, std::uint32_t instrument, const RowOf& row_of,
                       margin::LaneSums& scratch, const margin::LaneStorage& lanes,
                       margin::RiskRow& row) noexcept {
  if (terms.is_combo(instrument)) {
    build_combo_row(terms, instrument, row_of, scratch, lanes, row);
  } else {
    build_quote_group_row(terms, instrument, row_of, scratch, lanes, row);
  }
}

}  // namespace margingate
