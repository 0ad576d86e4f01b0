// The part of a row that is of an option which may be exercised before it expires.
//
// Shape    scenario lanes of one option of linear payoff in quote form, and its value and delta.
// Units    as in risk_row.hpp; amounts before rounding.
// Sign     losses positive for one long lot.
// Range    what cannot be represented is said by LaneRounding, or is NaN.
// Errors   none.
// Threads  pure apart from the scratch and the lanes.
// Cost     published: three trees per scenario and nine for value and delta; at a live spot one per
//          scenario and three. A tree is microseconds, see docs/numerics.md.
// Source   docs/methodology.md MR-80 to MR-82; the bounds are derived in docs/numerics.md.
#pragma once

#include "margin/exposure_amounts.hpp"
#include "margin/row_builder.hpp"
#include "margin/row_builder_lanes.hpp"

namespace margingate::margin {

// Its bound of the value is a slack: what is left of the change, by |move|.
struct AmericanScalars {
  AmountDoubles value;
  double delta = 0.0, delta_slack = 0.0;
};

struct AmericanRow {
  AmericanScalars scalars;
  LaneRounding rounding;
};

// `point` without value, delta and gamma; `unit_of_row` is 2^-exponent.
[[nodiscard]] AmericanRow build_american_row(const scenario::InstrumentTerms& instrument,
                                             const scenario::RiskUnitTerms& unit,
                                             const PricingInputs& inputs, const RowPoint& point,
                                             const RowSettings& settings, RowUse use,
                                             double unit_of_row, RowScratch& scratch,
                                             const LaneStorage& lanes) noexcept;

}  // namespace margingate::margin
