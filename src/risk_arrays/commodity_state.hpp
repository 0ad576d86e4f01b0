// What the steps of an account's margin keep about one combined commodity.
//
// Shape    losses, deltas and short options per month, and the result that the steps fill in.
// Units    as in account_margin.hpp.
// Sign     as in account_margin.hpp.
// Range    periods ascend within a book.
// Errors   std::overflow_error beyond 10^18.
// Threads  one at a time.
// Cost     cold.
// Source   docs/models/risk-array.md, steps 1 to 9.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "risk_arrays/account_margin.hpp"

namespace margingate::risk_arrays {

struct PeriodState {
  Book book = Book::net;
  Period period;
  ScenarioLosses losses;
  FixedDecimal short_calls;
  FixedDecimal short_puts;
  PeriodDelta delta;
};

// A scanning tier: its book, then its number, or its month where each month is one.
struct TierKey {
  Book book = Book::net;
  int tier = 0;
  Period period;

  friend auto operator<=>(const TierKey&, const TierKey&) = default;
};

struct CommodityState {
  const CombinedCommodity* terms = nullptr;
  std::vector<PeriodState> periods;
  // What scanning based spreads brought in, by tier of this commodity.
  std::map<TierKey, ScenarioLosses> merged_losses;
  FixedDecimal merged_minimum;
  CommodityMargin result;

  [[nodiscard]] bool is_merged() const noexcept { return !result.merged_into.empty(); }
};

using CommodityStates = std::map<std::string, CommodityState>;

enum class SpreadStage : std::uint8_t { super, intra, inter, exchange };
[[nodiscard]] const char* name_of(SpreadStage stage) noexcept;

[[nodiscard]] CommodityState empty_state(const CombinedCommodity& terms);
[[nodiscard]] PeriodState& period_of(CommodityState& state, Book book, const Period& period);
[[nodiscard]] TierKey tier_key(const CombinedCommodity& terms, Book book, const Period& period);
[[nodiscard]] FixedDecimal scaled_by_exponent(const CombinedCommodity& terms, FixedDecimal value);
void add_losses(ScenarioLosses& sum, const ScenarioLosses& losses);

// Steps 1 to 3: positions summed per combined commodity and month.
[[nodiscard]] CommodityStates group_positions(const ParameterSet& set,
                                              const AccountPositions& account);

// Steps 4 to 6: scan risk per tier and its parts.
void scan(const ScenarioSet& scenarios, CommodityState& state);
// Steps 7 and 8: net delta and the price risk of a unit of it.
void weigh_price_risk(CommodityState& state);
// Step 9.
void set_short_option_minimum(CommodityState& state);

// Takes `amount` of the deltas with the sign of `direction` from the months that `selects`, the
// nearest first; `amount` is at most what there is.
template <typename Selects>
void consume(CommodityState& state, int direction, FixedDecimal amount, SpreadStage stage,
             const Selects& selects) {
  for (PeriodState& period : state.periods) {
    FixedDecimal& remaining = period.delta.remaining;
    const bool matches = direction > 0 ? remaining > 0 : remaining < 0;
    if (!matches || !selects(period.period)) continue;
    const FixedDecimal taken = std::min(magnitude(remaining), amount);
    remaining -= direction > 0 ? taken : -taken;
    amount -= taken;
    (stage == SpreadStage::super   ? period.delta.consumed_super
     : stage == SpreadStage::intra ? period.delta.consumed_intra
                                   : period.delta.consumed_inter) += taken;
  }
}

}  // namespace margingate::risk_arrays
