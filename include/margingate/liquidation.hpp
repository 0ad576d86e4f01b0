// What a breach means: which positions answer for it, and a plan of trades that ends it.
//
// Shape    a plan is a list of steps in order; each step's trades belong together.
// Units    lots, price units, money units of the numeraire.
// Sign     quantities positive, the side says which way; cost and freed margin >= 0 except where
//          a step's cost is a gain on rounding, which counts as 0; equity signed.
// Range    trades only reduce positions that the account holds, never beyond zero.
// Errors   LiquidationPlan::reason says why an account cannot be planned for; nothing is thrown
//          but for lack of memory.
// Threads  the order thread of the gate. Nothing in the gate changes but that it may adopt a newer
//          table, as with Gate::statement.
// Cost     a statement per candidate: thousands for a wide account. Allocates. Not for the order
//          path.
// Source   docs/liquidation.md; docs/decisions/0060-liquidation-plans.md.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "margingate/gate.hpp"
#include "margingate/margin_model.hpp"
#include "margingate/order.hpp"
#include "margingate/units.hpp"
#include "margingate/verdict.hpp"

namespace margingate {

enum class LiquidationScope : std::uint8_t {
  position,       // each position answers for itself alone (isolated)
  positions,      // any position of the account, one after the other (cross)
  whole_account,  // positions hedge one another: the account is reduced as a whole (portfolio)
};

// No gain of one position helps another: position. Charges without scenarios: positions.
// Scenarios, under which positions offset one another: whole_account.
[[nodiscard]] LiquidationScope liquidation_scope(const MarginModel& model);

std::string_view to_string(LiquidationScope scope) noexcept;

// How much worse than its mark a position is closed: a share of the price, which grows with what
// the plan trades in the instrument, in however many steps.
struct MarketImpact {
  double half_spread = 0.0;  // 0 .. 1, at any size
  double linear = 0.0;       // 0 .. 10, at `depth` lots; in proportion to the size
  double square_root = 0.0;  // 0 .. 10, at `depth` lots; with the root of the size
  double depth = 1.0;        // lots, > 0

  // Share of the price that a trade of so many lots gives up; at most impact_max.
  [[nodiscard]] double share(Quantity lots) const noexcept;
};
inline constexpr double impact_max = 0.9;

// Half a spread of 0.05 % of the price, of 5 % for options; no depth.
[[nodiscard]] MarketImpact default_impact(InstrumentKind kind) noexcept;

enum class LiquidationTarget : std::uint8_t { initial_margin, maintenance_margin };

struct LiquidationRequest {
  AccountId account;
  // What equity must cover again. Initial margin, because an account that only just covers
  // maintenance margin is breached again by the next tick against it and pays the impact twice,
  // and may not trade itself out: at initial margin the gate accepts its orders again.
  LiquidationTarget target = LiquidationTarget::initial_margin;
  std::vector<MarketImpact> impacts;  // by InstrumentId; empty: default_impact of each
  std::uint32_t steps_max = 512;      // then the rest is reduced in one slice; >= 1
};

struct LiquidationTrade {
  InstrumentId instrument;
  Side side = Side::sell;
  Quantity quantity;
  Price price;  // the mark less the impact: what the plan counts with
  Money fee;    // at the instrument's highest rate, settlement asset
};

struct MarginLevel {
  Money equity;
  Money initial_margin;
  Money maintenance_margin;
};

// Without trades: all working orders of the account are released. Comes first if any work.
struct LiquidationStep {
  std::vector<LiquidationTrade> trades;
  MarginLevel before;
  MarginLevel after;
  Money cost;   // what the trades lose against the mark, fees included; numeraire
  Money freed;  // margin of the target that they free
};

enum class LiquidationOutcome : std::uint8_t {
  not_needed,  // equity covers maintenance margin (see plan_liquidation): no plan
  restored,    // at the end equity covers the target
  short_fall,  // what helps has been done, and equity still misses the target by `deficit`
  unpriced,    // see reason
};

std::string_view to_string(LiquidationOutcome outcome) noexcept;

struct LiquidationPlan {
  Reason reason = Reason::accepted;
  LiquidationOutcome outcome = LiquidationOutcome::not_needed;
  LiquidationScope scope = LiquidationScope::whole_account;
  LiquidationTarget target = LiquidationTarget::initial_margin;
  std::vector<LiquidationStep> steps;
  MarginLevel before;
  MarginLevel after;
  Money cost;
  Money deficit;  // target less equity at the end, >= 0
};

// A plan for an account whose equity misses its maintenance margin, or what the last of the model's
// bands asks for; the target is then at least that. No step raises initial or maintenance margin,
// and each brings equity closer to the target.
[[nodiscard]] LiquidationPlan plan_liquidation(Gate& gate, const LiquidationRequest& request);

}  // namespace margingate
