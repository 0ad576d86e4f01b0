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
#include "pricing/american_tree.hpp"
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
  double open_interest_quote = 0.0;
  double confidence = 1.0;
  double settled = 0.0;          // part of the forward that does not move
  double discount = 1.0;         // of option values; american: one, the tree discounts
  double interest_rate = 0.0;    // american
  double carry = 0.0;            // american: ln(F0 / S0)
  double volatility = 0.0;       // sigma
  double base_volatility = 0.0;  // total, sigma * sqrt(T)
  // By stretch of the unit's lanes: g of MR-04, and what turns a volatility into a total one.
  std::array<double, volatility_stretches_max> stretch{};
  std::array<double, volatility_stretches_max> root_years{};
  std::array<double, volatility_skews_max> skew{};     // h of MR-04, by skew
  std::array<double, value_scales_max> value_scale{};  // g of MR-06, by scale
};

// The factor that stretches a volatility shock, of the last expiry it was asked for: neighbours in
// a table share it.
struct VolatilityStretch {
  double days = 0.0;
  double power = 0.0;
  double pivot_days = 0.0;
  double factor = 1.0;
};

// MR-02 to MR-04. spot is S0 of the table, surface_spot what the quote was observed at.
[[nodiscard]] PricingInputs prepare_pricing(const scenario::InstrumentTerms& instrument,
                                            const scenario::RiskUnitTerms& unit,
                                            const InstrumentQuote& quote, double spot,
                                            double surface_spot, Timestamp as_of,
                                            VolatilityStretch& stretch) noexcept;

// What the lanes of a scratch hold: a call and the put of its strike share all but their values.
struct PricedPair {
  const scenario::ScenarioLanes* lanes = nullptr;  // null: nothing that could be used again
  double forward = 0.0;
  double strike = 0.0;
  double drift_band = 0.0;
  double settled = 0.0;
  double volatility = 0.0;
  double years = 0.0;

  bool operator==(const PricedPair&) const = default;
};

// Sums over the legs of a derived row, by lane.
using LaneSums = std::array<std::array<std::int64_t, scenario::lanes_max>, 4>;

// Large: kept by whoever builds rows, not on a stack.
struct RowScratch {
  PricedPair priced;
  VolatilityStretch stretch;
  // Of the contract at hand: its own lanes below, or those of its unit.
  const double* weight = nullptr;
  const double* value_scale = nullptr;
  alignas(64) std::array<double, scenario::lanes_max> own_weight;
  alignas(64) std::array<double, scenario::lanes_max> own_value_scale;
  alignas(64) std::array<double, scenario::lanes_max> forward;
  alignas(64) std::array<double, scenario::lanes_max> log_moneyness;
  alignas(64) std::array<double, scenario::lanes_max> total_volatility;
  alignas(64) std::array<double, scenario::lanes_max> call_value;
  alignas(64) std::array<double, scenario::lanes_max> call_delta;
  alignas(64) std::array<double, scenario::lanes_max> put_value;
  alignas(64) std::array<double, scenario::lanes_max> put_delta;
  alignas(64) std::array<double, scenario::lanes_max> gamma_max;
  LaneSums sums;

  [[nodiscard]] const double* value(bool is_call) const noexcept {
    return is_call ? call_value.data() : put_value.data();
  }
  [[nodiscard]] const double* delta(bool is_call) const noexcept {
    return is_call ? call_delta.data() : put_delta.data();
  }
};

// See row_builder_lanes.hpp; every one gives the same integers.
struct RowLaneKernel;
[[nodiscard]] const RowLaneKernel& row_lane_kernel(InstructionSet set) noexcept;

struct RowSettings {
  InstructionSet instruction_set = InstructionSet::scalar;
  double drift_band = 0.0;
  double reducing_open_loss_rate_max = 0.0;
  const RowLaneKernel* lanes = &row_lane_kernel(instruction_set);
  pricing::Black76Kernel kernel = pricing::black76_kernel(instruction_set);
  pricing::Black76ValueKernel value_kernel = pricing::black76_value_kernel(instruction_set);
  pricing::Black76PairKernel pair_kernel = pricing::black76_pair_kernel(instruction_set);
  pricing::AmericanKernel american_kernel = pricing::american_kernel(instruction_set);
  pricing::DriftBand band{drift_band};
};

// What the row is for: to be published, or to be summed at the live spot and thrown away, where
// nothing drifts and the lanes of drift and curvature are zero.
enum class RowUse { published, at_live_spot };

struct LaneStorage {
  std::int32_t* loss;
  std::int32_t* drift;
  std::int32_t* curvature;
  RowCharges* charges = nullptr;  // units whose rows have them
};

// The row at live spot S with x = S / S0; lanes receives lane_count values per array.
void build_row(const scenario::InstrumentTerms& instrument, const scenario::RiskUnitTerms& unit,
               const PricingInputs& inputs, double spot, double x, const RowSettings& settings,
               RowUse use, RowScratch& scratch, const LaneStorage& lanes, RiskRow& row) noexcept;

}  // namespace margingate::margin
