// The margin of a whole account from nothing but its legs: every unit, charge, credit and factor.
//
// Shape    one ReferenceUnit per risk unit of the model, untouched ones included.
// Units    money units of the numeraire.
// Sign     losses positive, gains negative; charges, risk and margins >= 0; equity signed.
// Range    sums saturate at 64 bits; the gate's limits exclude it.
// Errors   position_unpriced or missing_mark in ReferenceMargin::reason; the rest is then empty.
// Threads  pure. Safe from any thread.
// Cost     legs * scenarios prices; the overload that takes rows has legs * scenarios additions.
// Source   MR-12 and MR-16 to MR-24.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "margingate/units.hpp"
#include "margingate/verdict.hpp"
#include "reference/reference_account.hpp"
#include "reference/reference_market.hpp"
#include "reference/reference_row.hpp"

namespace margingate::reference {

// MR-18: perpetuals are one expiry of their own, after all dates.
inline constexpr std::int64_t perpetual_expiry_ns = INT64_MAX;
inline constexpr std::int64_t spot_expiry_ns = INT64_MAX - 1;  // likewise

struct ReferenceUnit {
  std::vector<std::int64_t> losses;                     // MR-12, T_s, alternatives one by one
  std::vector<std::int64_t> scenario_losses;            // MR-42, deductibles not taken off
  std::int64_t scan_risk = 0;                           // MR-16; zero in a pool
  std::uint32_t worst_scenario = 0;                     // MR-16
  std::int64_t floor = 0;                               // MR-17
  std::map<std::int64_t, std::int64_t> expiry_charges;  // MR-18, by expiry in nanoseconds
  // MR-70, by expiry in nanoseconds and strike
  std::map<std::pair<std::int64_t, double>, std::int64_t> strike_charges;
  std::int64_t expiry_delta = 0;       // MR-18, sum of expiry_charges; MR-70
  std::int64_t delta_shock = 0;        // MR-19
  std::int64_t added = 0;              // MR-17
  std::int64_t total_floor = 0;        // MR-52
  std::int64_t unrealised_losses = 0;  // MR-20
  std::int64_t total = 0;              // MR-21
  std::int64_t delta_lo = 0;           // MR-19
  std::int64_t delta_hi = 0;           // MR-19
};

struct ReferencePool {
  std::vector<std::int64_t> losses;  // MR-43, by scenario
  std::int64_t scan_risk = 0;        // MR-44
  std::uint32_t worst_scenario = 0;  // MR-44
  std::int64_t floor = 0;            // MR-44
  std::int64_t total = 0;            // MR-44
};

struct ReferenceMargin {
  Reason reason = Reason::accepted;
  std::vector<ReferenceUnit> units;  // by RiskUnitId, working orders at their worst
  std::vector<ReferencePool> pools;  // as the model lists them
  Money credits;
  Money risk;                // units less credits
  Money initial_margin;      // MR-23
  Money maintenance_margin;  // MR-23
  Money equity;              // MR-24
};

[[nodiscard]] ReferenceMargin reference_margin(const ReferenceMarket& market,
                                               const ReferenceAccount& account);

// The same with the rows at hand; rows[i] belongs to legs[i].
[[nodiscard]] ReferenceMargin reference_margin(const ReferenceMarket& market,
                                               const ReferenceAccount& account,
                                               std::span<const ReferenceRow> rows);

// One row per leg.
[[nodiscard]] std::vector<ReferenceRow> reference_rows(const ReferenceMarket& market,
                                                       const ReferenceAccount& account);

[[nodiscard]] ReferenceAccount without_empty_legs(ReferenceAccount account);

}  // namespace margingate::reference
