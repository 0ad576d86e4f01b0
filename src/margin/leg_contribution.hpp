// What one leg adds to its unit's scalars and to its expiry bucket.
//
// Shape    one value; differences of two describe a change of the leg.
// Units    money units.
// Sign     as in unit_totals.hpp.
// Range    as in unit_totals.hpp.
// Errors   none; unpriced legs are counted, not summed.
// Threads  pure.
// Cost     some dozens of integer operations.
// Source   docs/methodology.md MR-14, MR-17 to MR-20.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "margin/leg.hpp"
#include "margin/risk_row.hpp"
#include "margin/unit_totals.hpp"

namespace margingate::margin {

struct LegContribution {
  UnitScalars scalars;
  std::int64_t expiry_hi = 0;
  std::int64_t expiry_lo = 0;
  std::int64_t expiry_slack = 0;
};

// Which optional parts a unit's model asks for.
struct ContributionParts {
  bool profit = true;  // left out where only working quantities change
  bool expiry_delta = false;
  bool delta = false;  // delta shock or offset credits
  bool added = false;
  bool floor = false;
  bool unrealised_losses = false;
  bool total_floor = false;
  bool maintenance = false;  // charges are those of maintenance margin: for positions alone
};

// Spot at which coin-settled entry cash is valued: the integer price of the row's table, or the
// live one on the exact path.
struct CoinPrice {
  std::int64_t price = 0;
  std::int64_t price_scale = 1;  // 10^price_decimals
  std::int64_t band_ppb = 0;     // drift band in parts per 10^9
};

[[nodiscard]] LegContribution leg_contribution(const LegState& leg, const RiskRow& row,
                                               const ContributionParts& parts,
                                               const CoinPrice& coin) noexcept;

// Every scalar is a sum over legs, so a leg's change is one addition per word, whatever it means.
static_assert(std::is_standard_layout_v<LegContribution> && sizeof(LegContribution) % 8 == 0);

[[gnu::always_inline]] inline void add_words(const UnitScalars& difference,
                                             UnitScalars& target) noexcept {
  const auto* const d = reinterpret_cast<const std::int64_t*>(&difference);
  auto* const t = reinterpret_cast<std::int64_t*>(&target);
  for (std::size_t i = 0; i < sizeof(UnitScalars) / 8; ++i) t[i] += d[i];
}

}  // namespace margingate::margin
