// What trades cost, exactly, and how a position carries it.
//
// Shape    free functions on integers.
// Units    money units of the settlement asset; prices and lots as in units.hpp.
// Sign     cash received positive; lots signed, buys positive.
// Range    |lots| <= 2^30, 0 < price <= price_max; the gate refuses contracts for which the
//          products could pass 127 bits.
// Errors   none.
// Threads  pure.
// Cost     one 128-bit division, two when a position is reduced.
// Source   docs/methodology.md MR-13 to MR-15.
#pragma once

#include <cstdint>

#include "margin/lane_kernel.hpp"
#include "margin/leg.hpp"
#include "margin/leg_contribution.hpp"
#include "margin/unit_requirement.hpp"
#include "scenario/instrument_terms.hpp"

namespace margingate::margin {

inline constexpr std::int64_t price_max = std::int64_t{1} << 53;

// floor(-value(lots, price)).
[[nodiscard]] std::int64_t entry_cash(const scenario::InstrumentTerms& instrument,
                                      std::int64_t lots, std::int64_t price) noexcept;

// Bound on the cash of one trade, and on the entry cash of one leg.
inline constexpr std::int64_t trade_cash_max = std::int64_t{1} << 58;

// False when the trade's cash would leave what the totals can carry.
[[nodiscard]] bool trade_in_range(const scenario::InstrumentTerms& instrument,
                                  std::int64_t price_scale, std::int64_t lots,
                                  std::int64_t price) noexcept;

struct FillOutcome {
  LegState leg;
  std::int64_t realised = 0;  // to the wallet of the settlement asset
};

// Average-cost accounting: reducing takes the closed share of entry cash out.
[[nodiscard]] FillOutcome after_fill(const scenario::InstrumentTerms& instrument,
                                     const LegState& leg, std::int64_t lots,
                                     std::int64_t price) noexcept;

// What the order loses against the mark if it fills now, and its fee at most. coin: the live spot.
[[nodiscard]] Interval open_loss(const scenario::InstrumentTerms& instrument, const RiskRow& row,
                                 const Drift& drift, const CoinPrice& coin, std::int64_t lots,
                                 std::int64_t price) noexcept;

}  // namespace margingate::margin
