// Risk units whose losses add up scenario by scenario before a reducer sees them.
//
// Shape    the losses of one account's pooled units are put in one by one, then pools are asked
//          for.
// Units    money units.
// Sign     losses positive; a gain counts in part.
// Range    a unit's loss is within 2^58 (docs/numerics.md), a pool's within 2^62.
// Errors   none.
// Threads  an object belongs to one thread; its memory is taken when it is made.
// Cost     per unit one pass over its lanes, per pool one over its units' scenarios.
// Source   docs/methodology.md MR-43, MR-44; docs/numerics.md, "pools".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "margin/account_requirement.hpp"
#include "margin/lane_kernel.hpp"
#include "margin/unit_requirement.hpp"
#include "margingate/limits.hpp"

namespace margingate::margin {

// What a pool needs; a point when no spot has moved.
struct PoolInterval {
  Interval scan;
  Interval floor;  // of all its units
  Interval total;  // the larger
  std::uint32_t worst_scenario = 0;
};

class PoolLosses {
 public:
  // lane_counts: of every risk unit. Nothing is kept for units that are in no pool. margin: which
  // of the two factors applies.
  PoolLosses(const AccountTerms& terms, const std::vector<std::size_t>& lane_counts,
             MarginScope margin = MarginScope::initial);

  void clear() noexcept { present_ = moved_ = 0; }
  // A pooled unit, as it stands or were the change applied. scaled_lots counts after the change;
  // floor is that of the summary.
  void put(std::uint32_t unit, const UnitMarket& market, const UnitTotals& totals,
           std::int64_t scaled_lots, const Interval& floor) noexcept;
  void put(std::uint32_t unit, const UnitMarket& market, const UnitTotals& totals,
           const RiskRow& row, const LaneChange& change, std::int64_t scaled_lots,
           const Interval& floor) noexcept;
  // Over the units put in; units that were not lose nothing.
  [[nodiscard]] PoolInterval evaluate(std::uint32_t pool, const LaneKernel& kernel) noexcept;

  // Upper ends of the pool evaluated last, by scenario.
  [[nodiscard]] const std::int64_t* losses() const noexcept { return sums_[pool_upper]; }
  // Keeps them, and asks whether any loss of the pool evaluated last is larger: the pool's MR-26.
  void keep(std::uint32_t pool) noexcept;
  [[nodiscard]] bool rises(std::uint32_t pool) const noexcept;

 private:
  using Ends = std::array<std::int64_t*, risk_units_max>;  // by unit
  enum Sums : std::uint8_t { pool_upper, pool_lower, group_sum, kept, scratch, scratch_lower };
  static constexpr std::size_t sums_count = 6;

  void put_ends(std::uint32_t unit, const UnitMarket& market, const UnitTotals& totals,
                const RowLanes& row, std::int32_t exponent, const LaneChange& change,
                std::int64_t scaled_lots, const Interval& floor) noexcept;

  void add_up(const PoolTerms& terms, const Ends& ends, std::int64_t* pool,
              std::int64_t* group_sums) const noexcept;

  const AccountTerms& terms_;
  MarginScope margin_;
  std::vector<std::int64_t> storage_;
  Ends upper_{};
  Ends lower_{};
  std::array<std::int64_t*, sums_count> sums_{};
  std::array<Interval, risk_units_max> floors_{};
  std::uint32_t present_ = 0;
  std::uint32_t moved_ = 0;  // of which the two ends differ
};

}  // namespace margingate::margin
