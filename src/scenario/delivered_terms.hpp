// Losses of a contract that are given instead of priced, laid out for computation.
//
// Shape    one DeliveredTerms per contract that has them, in its risk unit's list.
// Units    losses: 2^exponent money units per lot, by lane; the rest money units per lot.
// Sign     losses positive for one long lot.
// Range    validated before it gets here; prepare_delivered chooses the exponent so that all fit.
// Errors   none.
// Threads  immutable after preparation.
// Cost     built once per gate; 4 bytes per lane.
// Source   docs/methodology.md MR-75, MR-76.
#pragma once

#include <cstdint>

#include "margingate/margin_model.hpp"
#include "scenario/instrument_terms.hpp"
#include "scenario/risk_unit_terms.hpp"

namespace margingate::scenario {

// Adds the row to the unit and makes the contract refer to it, with the exponent that it asks for.
void prepare_delivered(const DeliveredRow& row, const Instrument& instrument,
                       double reference_price, double money_scale, RiskUnitTerms& unit,
                       InstrumentTerms& terms);

// Of a combo of which a leg has delivered losses: `lots` of all legs, the largest magnitude of any.
[[nodiscard]] std::int32_t delivered_combo_exponent(std::int64_t lots, double lot_magnitude_max,
                                                    double money_scale);

}  // namespace margingate::scenario
