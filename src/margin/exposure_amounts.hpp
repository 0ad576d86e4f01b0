// What a list of exposure charges costs per lot of one instrument, before rounding.
//
// Shape    an amount at the spot with its drift over the band and a bound on the rest.
// Units    money units per lot, unrounded.
// Sign     charges >= 0.
// Range    as the prices it is given.
// Errors   none; an unbounded remainder is infinite.
// Threads  pure.
// Cost     some dozens of operations per charge; built with a row.
// Source   docs/methodology.md MR-17, MR-50, MR-51, MR-55, MR-56; docs/numerics.md for the bounds.
#pragma once

#include <cstdint>
#include <vector>

#include "margin/risk_row.hpp"
#include "margingate/margin_model.hpp"
#include "scenario/instrument_terms.hpp"
#include "scenario/risk_unit_terms.hpp"

namespace margingate::margin {

// Amount + t * drift, give or take |t| * slack, with t the move in drift bands.
struct AmountDoubles {
  double amount = 0.0, drift = 0.0, slack = 0.0;
};

struct ExposureInputs {
  const scenario::InstrumentTerms* instrument = nullptr;
  bool coin_form = false;
  double spot = 0.0;
  double band = 0.0;
  double open_interest_quote = 0.0;
  double confidence = 1.0;
  AmountDoubles value;             // of one long lot; its slack is of the second order
  AmountDoubles notional;          // at the contract's own price
  AmountDoubles notional_at_spot;  // at that of the underlying
};

struct ExposureAmounts {
  AmountDoubles longs, shorts;
};

// Of all charges that are part of this margin.
[[nodiscard]] ExposureAmounts exposure_amounts(const std::vector<ExposureCharge>& charges,
                                               const ExposureInputs& inputs,
                                               MarginScope margin) noexcept;

[[nodiscard]] AmountDoubles notional_at_spot(const scenario::InstrumentTerms& instrument,
                                             bool coin_form, double spot, double band) noexcept;

// MR-51 at both ends of the band and between them; index -1: nothing scales.
[[nodiscard]] SizePoints size_points(std::int8_t index, const scenario::RiskUnitTerms& unit,
                                     const ExposureInputs& inputs, double forward) noexcept;

}  // namespace margingate::margin
