// Every capacity and magnitude bound of a gate, in one place.
//
// Shape    plain numbers, fixed when the gate is built.
// Units    counts; lots for quantities; gate money units for money.
// Sign     non-negative.
// Range    Gate::create refuses values outside the bounds stated beside each field.
// Errors   reported by Gate::create, naming the field.
// Threads  immutable after creation.
// Cost     memory_required_bytes() is a function of these numbers alone.
// Source   docs/numerics.md derives why these bounds exclude overflow.
#pragma once

#include <cstddef>
#include <cstdint>

namespace margingate {

struct GateLimits {
  std::uint32_t accounts_max = 1'024;             // 1 .. 2^24
  std::uint32_t legs_max = 65'536;                // (account, instrument) pairs ever touched
  std::uint32_t working_orders_max = 65'536;      // alive at once, over all accounts
  std::uint32_t order_ids_max = 65'536;           // ids of ended orders remembered, 1 .. 2^28
  std::uint32_t quote_batch_max = 512;            // quotes in one call, 1 .. 65536
  std::uint32_t quarantine_max = 1'024;           // quarantined executions remembered, 1 .. 2^20
  std::uint32_t risk_tables_max = 4;              // 3 .. 16; tables alive at once
  std::uint32_t queue_capacity = 65'536;          // events to the revaluer; twice an account whole
  std::uint32_t changes_max = 65'536;             // position changes remembered for adoption
  std::int64_t quantity_max = 1'000'000'000;      // lots per order and per leg, <= 2^30
  std::int64_t cash_max = std::int64_t{1} << 60;  // |wallet| per asset and account
};

// Most scenarios one risk unit may have; rows are padded to a multiple of scenario_lane_multiple.
inline constexpr std::size_t scenarios_max = 1'024;
inline constexpr std::size_t scenario_lane_multiple = 8;
inline constexpr std::size_t scenario_parts_max = 4;
// Expiries per risk unit that charges by expiry can tell apart, the perpetual bucket included.
inline constexpr std::size_t expiry_buckets_max = 24;
// Strikes of all expiries per risk unit that nets by strike, the bucket of the others included.
inline constexpr std::size_t strike_buckets_max = 256;
// Tiers of a charge that scales with size, and of a haircut.
inline constexpr std::size_t size_tiers_max = 16;
inline constexpr std::size_t risk_units_max = 32;
inline constexpr std::size_t assets_max = 8;
// Ways in which the time to expiry bears on the volatility shocks of one risk unit.
inline constexpr std::size_t volatility_stretches_max = 4;
// Different skews, and scales of shocked values, in the scenarios of one risk unit, none included.
inline constexpr std::size_t volatility_skews_max = 4;
inline constexpr std::size_t value_scales_max = 4;

}  // namespace margingate
