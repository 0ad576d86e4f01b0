// A risk unit's model laid out for computation: scenario lanes and charge parameters.
//
// Shape    lane arrays of lane_count doubles, a multiple of 8; lanes past scenario_count have zero
//          weight and no move. Lane scenario_count always exists and is the unshocked base.
// Units    as in margin_model.hpp.
// Sign     as in margin_model.hpp.
// Range    validated by validate_margin_model before it gets here.
// Errors   none.
// Threads  immutable after prepare_risk_unit.
// Cost     built once per gate.
// Source   docs/methodology.md MR-04, MR-05, MR-16 to MR-19.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "margingate/limits.hpp"
#include "margingate/margin_model.hpp"

namespace margingate::scenario {

inline constexpr std::size_t lanes_max = scenarios_max + scenario_lane_multiple;

struct ScenarioLanes {
  std::size_t scenario_count = 0;
  std::size_t lane_count = 0;
  std::vector<double> price_move;        // k
  std::vector<double> price_factor;      // 1 + k
  std::vector<double> log_price_factor;  // ln(1 + k)
  std::vector<double> weight;
  std::vector<double> deductible_quote;
  std::vector<double> volatility_change;  // relative, before it is stretched
  std::vector<double> volatility_minimum;
  std::vector<std::uint8_t> stretch;       // index into stretches
  std::vector<VolatilityShock> stretches;  // distinct ones; what they change does not matter
  bool has_deductibles = false;
  // What differs from contract to contract of one unit, by its time, interest rate and strike.
  std::vector<double> weight_per_year;
  std::vector<double> unscaled;       // ones
  std::vector<std::uint8_t> scale;    // index into scales; 0 is "not scaled"
  std::vector<ValueScale> scales;     // distinct ones, scales[0] is one
  std::vector<std::uint8_t> skew;     // index into skews; 0 is "none"
  std::vector<VolatilitySkew> skews;  // distinct ones, skews[0] is none
  bool varies_by_contract = false;
};

// A SizeScaling laid out for the order path.
struct SizeTerms {
  std::array<bool, 4> kinds{};  // by InstrumentKind
  MarginScope scope = MarginScope::both;
  OptionTypes option_types = OptionTypes::both;
  SizeUnit unit = SizeUnit::notional_quote;
  PriceBase price = PriceBase::forward;
  double linear_rate = 0.0;
  double square_root_rate = 0.0;
  double base_rate = 0.0;
  std::size_t tier_count = 0;
  std::array<SizeTier, size_tiers_max> tiers{};
};

// A slice of a unit's floor in money: `added_ppb` more of what lies above `from`.
struct FloorTier {
  std::int64_t from = 0;
  std::int64_t added_ppb = 0;
};

[[nodiscard]] constexpr bool in_scope(MarginScope scope, MarginScope margin) noexcept {
  return scope == MarginScope::both || scope == margin;
}

[[nodiscard]] constexpr bool is_charged(OptionTypes types, bool is_call) noexcept {
  return types == OptionTypes::both || (types == OptionTypes::calls) == is_call;
}

// What a reducer asks of the losses of so many scenarios.
struct TailTerms {
  ReducerKind kind = ReducerKind::worst;
  std::uint32_t scenarios = 0;  // of which the reducer is
  std::uint32_t rank = 1;       // losses that count in full, from the largest; quantile: one
  std::int64_t next_ppb = 0;    // share of the loss after them
  std::int64_t tail_ppb = 0;    // tail_mean: what the shares add up to

  // Losses from the largest that bear on the result.
  [[nodiscard]] std::uint32_t losses() const noexcept { return rank + (next_ppb > 0 ? 1 : 0); }
};

struct PartTerms {
  TailTerms tail;
  std::uint32_t first = 0;  // scenario; a multiple of scenario_lane_multiple
  std::int64_t weight_ppb = 0;
};

// How the losses of a unit's lanes become one per scenario, and those one amount.
struct ReducerTerms : TailTerms {
  std::uint32_t alternatives = 1;   // blocks of `scenarios` lanes
  bool lesser_of_last_two = false;  // blocks count as one, with the smaller loss
  bool at_least_zero = false;       // every scenario's loss
  // In place of the one reducer, where there are any.
  std::uint32_t part_count = 0;
  PartsTogether together = PartsTogether::sum;
  std::array<PartTerms, scenario_parts_max> parts{};

  [[nodiscard]] bool is_worst() const noexcept {
    return kind == ReducerKind::worst && part_count == 0;
  }
};

// Money units that worst losses are rounded to multiples of.
[[nodiscard]] std::int64_t quantum(int rounding_decimals, int money_decimals);

[[nodiscard]] ReducerTerms prepare_reducer(const Reducer& reducer, const ScenarioParts& parts,
                                           std::size_t scenarios);

// Exposure rates summed over the entries of a list that apply to one kind of instrument.
using ExposureByKind = std::array<std::vector<ExposureCharge>, 4>;

// See delivered_terms.hpp.
struct DeliveredTerms {
  std::vector<std::int32_t> losses;  // by lane, padding zero
  double value = 0.0;                // options
  double delta = 0.0;
  double expiry_delta = 0.0;  // what its expiry's charge adds up
};

struct RiskUnitTerms {
  ScenarioLanes lanes;
  std::uint32_t underlying = 0;
  bool coin_form = false;
  bool moves_spot = false;                 // PriceBase::spot of linear futures and perpetuals
  double loss_magnitude = 0.0;             // m of MR-07
  double reciprocal_loss_magnitude = 0.0;  // the same for inverse delta-one in coin form
  ReducerTerms reducer;
  bool is_pooled = false;         // its pool has the reducer
  std::int64_t scan_quantum = 1;  // money units; worst losses are rounded to multiples
  ExpiryDeltaCharge expiry_delta;
  DeltaShock delta_shock;
  ExposureByKind added;
  ExposureByKind floor;
  ExposureByKind total_floor;
  std::vector<FloorTier> total_floor_tiers;  // the first from zero
  std::vector<SizeTerms> sizes;              // see InstrumentTerms
  std::vector<DeliveredTerms> delivered;     // likewise
  double delta_decay_minutes = 0.0;
  double gain_offset = 1.0;
  bool discounts_options = false;
  StrikeNetting strike_netting;
  bool nets_strikes = false;  // its buckets are strikes, not expiries
  bool charges_expiry_delta = false;
  bool charges_delta_shock = false;
  bool charges_added = false;
  bool charges_floor = false;
  bool charges_total_floor = false;
  bool charges_unrealised_losses = false;
  bool values_kinked = false;    // some of its options are american
  bool has_row_charges = false;  // rows need RowCharges: total floor, scope or size scaling
};

[[nodiscard]] RiskUnitTerms prepare_risk_unit(const RiskUnitModel& model, std::uint32_t underlying,
                                              bool coin_form, int money_decimals,
                                              UnrealisedProfit unrealised_profit);

}  // namespace margingate::scenario
