// What one lot of one instrument adds to its risk unit, as published: loss per scenario, how it
// moves with the spot, and every amount the charges need.
//
// Shape    RiskRow is the scalar part; its three lane arrays hold lane_count 32-bit integers each.
// Units    scenario lanes: 2^exponent money units per lot. Everything else: money units per lot.
//          A `drift` is the change when the spot has moved by one drift band; a `curvature`
//          bounds what is left of the change, times (move / band)^2; a `slack` bounds it times
//          |move / band|.
// Sign     losses positive for one long lot. Bounds are non-negative.
// Range    |loss| <= 2^31 - 1, |drift| <= 2^27, |curvature| <= 2^31 - 1. A negative curvature
//          marks a kink inside the band (an option without time value): its magnitude is a slack.
// Errors   status says why an instrument cannot be priced; such a row is never summed.
// Threads  immutable once its table is published.
// Cost     read by every decision: three lane arrays of 4 bytes per scenario, and the scalars.
// Source   docs/methodology.md MR-06 to MR-11, MR-17; docs/numerics.md for the bounds.
#pragma once

#include <cstddef>
#include <cstdint>

#include "margingate/verdict.hpp"
#include "scenario/risk_unit_terms.hpp"

namespace margingate::margin {

struct RowLanes {
  const std::int32_t* loss = nullptr;
  const std::int32_t* drift = nullptr;
  const std::int32_t* curvature = nullptr;
};

struct DriftingAmount {
  std::int64_t amount = 0;
  std::int64_t drift = 0;
  std::int64_t slack = 0;
};

// A leg's notional and size per lot with the spot at the lower end of the band, here, and at the
// upper end, for a charge that scales with size; without one, `terms` is null.
struct SizePoints {
  const scenario::SizeTerms* terms = nullptr;
  double notional[3] = {};  // money units
  double size[3] = {};      // in the scaling's unit
};

// What only some models ask of an instrument, kept beside its row.
struct RowCharges {
  DriftingAmount total_floor_long, total_floor_short;
  // The same charges of maintenance margin, which is of positions alone.
  DriftingAmount maintenance_added_long, maintenance_added_short;
  DriftingAmount maintenance_floor_long, maintenance_floor_short;
  DriftingAmount maintenance_total_floor_long, maintenance_total_floor_short;
  std::int64_t maintenance_expiry_delta = 0;  // where strikes net
  std::int64_t maintenance_expiry_delta_slack = 0;
  SizePoints size;  // of the added charges
  SizePoints maintenance_size;
};

inline constexpr std::int32_t drift_lane_max = std::int32_t{1} << 27;

struct alignas(64) RiskRow {
  Reason status = Reason::missing_mark;  // accepted when the instrument can be priced
  bool bounded = true;                   // false: no certified bound, any drift revalues
  bool is_option = false;
  bool settles_in_coin = false;
  bool nets_strike = false;   // of its bucket only what is short counts
  bool value_kinked = false;  // value_curvature is a slack
  std::uint8_t expiry_bucket = 0;
  std::uint8_t risk_unit = 0;
  std::int32_t exponent = 0;
  std::int32_t weight = 1;       // lots of its legs in one lot of a combo: roundings add up
  std::int64_t legs_scaled = 0;  // combos: sum of |ratio| * 2^exponent of the legs, likewise
  RowLanes lanes;
  std::int64_t value = 0;
  std::int64_t value_drift = 0;
  std::int64_t value_curvature = 0;
  std::int64_t delta = 0;
  std::int64_t delta_against = 0;  // combos whose legs count apart: delta of the other way
  std::int64_t delta_slack = 0;
  std::int64_t expiry_delta = 0;
  std::int64_t expiry_delta_slack = 0;
  double reducing_open_loss_per_lot = 0.0;  // MR-26, before rounding
  DriftingAmount added_long, added_short;
  DriftingAmount floor_long, floor_short;
  const RowCharges* charges = nullptr;  // null: none
};

}  // namespace margingate::margin
