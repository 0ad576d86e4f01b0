// The row of a combo: what one lot of it adds to its risk unit if it trades in its ratios.
//
// Shape    rows of the legs are added one by one, then rounded to the combo's own exponent.
// Units    see risk_row.hpp.
// Sign     a positive ratio buys the leg when the combo is bought.
// Range    what does not fit the lanes: risk_array_out_of_range, or no certified bound.
// Errors   a leg that cannot be priced gives the combo its status.
// Threads  pure on what it is given, which includes room for the sums.
// Cost     legs * lanes; while tables are built, and on the exact path.
// Source   docs/methodology.md MR-35; docs/numerics.md, "combos".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "margin/risk_row.hpp"
#include "margin/row_builder.hpp"
#include "scenario/risk_unit_terms.hpp"

namespace margingate::margin {

class ComboRow {
 public:
  ComboRow(std::size_t lane_count, LaneSums& sums) noexcept;

  void add(const RiskRow& leg, std::int64_t ratio) noexcept;
  // gross_delta: legs as separate orders, where a charge is not linear in the delta.
  void finish(std::int32_t exponent, std::uint8_t expiry_bucket, bool is_in_one_expiry,
              bool gross_delta, const LaneStorage& lanes, RiskRow& row) noexcept;

 private:
  struct ExpiryDelta {
    std::uint8_t bucket = 0;
    std::int64_t delta = 0;
  };

  std::size_t lane_count_;
  std::int64_t* loss_;
  std::int64_t* drift_;
  std::int64_t* curvature_;
  std::int64_t* kink_;
  std::array<ExpiryDelta, 8> expiries_{};
  std::size_t expiry_count_ = 0;
  std::int64_t delta_up_ = 0;
  std::int64_t delta_down_ = 0;
  RiskRow sums_;
  RowCharges charges_;  // of legs that have them
  bool has_charges_ = false;
  bool is_first_ = true;
};

}  // namespace margingate::margin
