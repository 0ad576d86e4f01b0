// What a row has of a contract whose losses are given instead of priced.
//
// Shape    the parts in which such a row differs from a priced one.
// Units    see risk_row.hpp.
// Sign     losses positive for one long lot.
// Range    the exponent of such a contract makes everything fit.
// Errors   a status.
// Threads  pure.
// Cost     one copy of the lanes.
// Source   docs/methodology.md MR-75, MR-76. Nothing given moves with the spot.
#pragma once

#include "margin/row_builder.hpp"
#include "scenario/instrument_terms.hpp"
#include "scenario/risk_unit_terms.hpp"

namespace margingate::margin {

// Null: the contract is priced.
[[nodiscard]] inline const scenario::DeliveredTerms* delivered_terms(
    const scenario::InstrumentTerms& instrument, const scenario::RiskUnitTerms& unit) noexcept {
  return instrument.delivered < 0 ? nullptr
                                  : &unit.delivered[static_cast<std::size_t>(instrument.delivered)];
}

// An option needs no quote of its own; the cash of anything else follows its mark.
[[nodiscard]] Reason delivered_status(const scenario::InstrumentTerms& instrument,
                                      const PricingInputs& inputs, double spot) noexcept;

// Losses as given, no drift and no curvature.
void write_delivered_lanes(const scenario::DeliveredTerms& delivered,
                           const LaneStorage& lanes) noexcept;

// Deltas as given: they neither fade nor drift.
void set_delivered_deltas(const scenario::DeliveredTerms& delivered, RiskRow& row) noexcept;

}  // namespace margingate::margin
