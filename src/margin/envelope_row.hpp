// The row of a quote group: the most that one lot of any of its instruments can lose, bought or
// sold.
//
// Shape    rows are added one by one, then rounded up to the group's exponent.
// Units    see risk_row.hpp.
// Sign     losses >= 0: the protection is held as a buy.
// Range    what does not fit the lanes: risk_array_out_of_range, or no certified bound.
// Errors   instruments that cannot be priced are not quoted and left out; without any,
//          missing_mark.
// Threads  pure on what it is given.
// Cost     instruments * lanes; while tables are built, and on the exact path.
// Source   docs/methodology.md MR-36; docs/numerics.md, "quote groups".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "margin/risk_row.hpp"
#include "margin/row_builder.hpp"
#include "scenario/risk_unit_terms.hpp"

namespace margingate::margin {

class EnvelopeRow {
 public:
  EnvelopeRow(std::size_t lane_count, LaneSums& sums) noexcept;

  void add(const RiskRow& one) noexcept;
  void finish(std::int32_t exponent, const LaneStorage& lanes, RiskRow& row) noexcept;

 private:
  std::size_t lane_count_;
  std::int64_t* loss_;
  std::int64_t* moves_;  // |slope| + bound: what |t| <= 1 adds
  RiskRow widest_;
  RowCharges charges_;  // of legs that have them
  bool has_charges_ = false;
  std::int64_t expiry_delta_ = 0;
};

}  // namespace margingate::margin
