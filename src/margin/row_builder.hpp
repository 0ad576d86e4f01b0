// Builds risk rows: prices one instrument over its scenarios and rounds to published integers.
//
// Shape    one instrument per call; lanes as in risk_unit_terms.hpp.
// Units    see risk_row.hpp.
// Sign     losses positive for one long lot.
// Range    any finite input; what cannot be represented sets the row's status.
// Errors   RiskRow::status.
// Threads  pure apart from the scratch lanes it is given.
// Cost     one kernel call of lane_count prices plus about as many roundings.
// Source   docs/methodology.md MR-02 to MR-11, MR-17; the bounds are derived in docs/numerics.md.
#pragma once

#include <array>
#include <cstdint>

#include "margin/risk_row.hpp"
#include "margingate/instruction_set.hpp"
#include "margingate/limits.hpp"
#include "margingate/market.hpp"
#include "pricing/black76.hpp"
#include "scenario/instrument_terms.hpp"
#include "scenario/risk_unit_terms.hpp"

namespace margingate::margin {

// Surface, basis and clock of one instrument at a published table; the spot may then drift.
struct PricingInputs {
  Reason status = Reason::missing_mark;
  double forward = 0.0;           // F0
  double spot_per_forward = 0.0;  // S0 / F0
  double years = 0.0;
  double base_volatility = 0.0;                                    // total, sigma * sqrt(T)
  std::array<double, volatility_shocks_max> shocked_volatility{};  // total, by shock
};

// MR-02 to MR-04. spot is S0 of the table, surface_spot what the quote was observed at.
[[nodiscard]] PricingInputs prepare_pricing(const scenario::InstrumentTerms& instrument,
                                            const scenario::RiskUnitTerms& unit,
                                            const InstrumentQuote& quote, double spot,
                                            double surface_spot, Timestamp as_of) noexcept;

struct RowScratch {
  alignas(64) std::array<double, scenario::lanes_max> forward;
  alignas(64) std::array<double, scenario::lanes_max> log_moneyness;
  alignas(64) std::array<double, scenario::lanes_max> total_volatility;
  alignas(64) std::array<double, scenario::lanes_max> value;
  alignas(64) std::array<double, scenario::lanes_max> delta;
  alignas(64) std::array<double, scenario::lanes_max> gamma_max;
};

// See row_builder_lanes.hpp; every one gives the same integers.
struct RowLaneKernel;
[[nodiscard]] const RowLaneKernel& row_lane_kernel(InstructionSet set) noexcept;

struct RowSettings {
  pricing::Black76Kernel kernel = nullptr;
  double drift_band = 0.0;
  double reducing_open_loss_rate_max = 0.0;
  const RowLaneKernel* lanes = &row_lane_kernel(best_instruction_set());
};

struct LaneStorage {
  std::int32_t* loss;
  std::int32_t* drift;
  std::int32_t* curvature;
};

// The row at live spot S with x = S / S0; lanes receives lane_count values per array.
void build_row(const scenario::InstrumentTerms& instrument, const scenario::RiskUnitTerms& unit,
               const PricingInputs& inputs, double spot, double x, const RowSettings& settings,
               RowScratch& scratch, const LaneStorage& lanes, RiskRow& row) noexcept;

}  // namespace margingate::margin
