// The decision on one order, from the margin before it and the margin with it working.
//
// Shape    two whole margins and a reason.
// Units    money units of the numeraire.
// Sign     open loss >= 0.
// Range    GateLimits.
// Errors   a reason of the 100 and 200 bands refuses before margin is looked at; the margins are
//          then empty. Ages, drift_max and capacities are the gate's business, not checked here.
// Threads  pure. Safe from any thread.
// Cost     one row per leg, three sums over them.
// Source   MR-25 to MR-28.
#pragma once

#include <functional>

#include "margingate/order.hpp"
#include "reference/reference_account.hpp"
#include "reference/reference_market.hpp"
#include "reference/reference_requirement.hpp"

namespace margingate::reference {

struct ReferenceDecision {
  Reason reason = Reason::accepted;
  ReferenceMargin before;
  ReferenceMargin after;     // with the order working
  Money open_loss;           // MR-15, part of after.equity
  bool is_reducing = false;  // MR-26, needed or not: all that passes where MR-28 applies
};

// The working order of the same account, instrument and side that the intent takes the place of;
// nothing for a new order.
struct ReplacedOrder {
  Quantity remaining;
  Money open_loss;
};

[[nodiscard]] ReferenceDecision reference_decide(const ReferenceMarket& market,
                                                 const ReferenceAccount& account,
                                                 const OrderIntent& intent,
                                                 const ReplacedOrder& replaced = {});

// The row of an instrument in this market, from whoever keeps them: rows depend on the market
// alone, so many decisions at one market can share them.
using RowSource = std::function<const ReferenceRow&(InstrumentId)>;

[[nodiscard]] ReferenceDecision reference_decide(const ReferenceMarket& market,
                                                 const ReferenceAccount& account,
                                                 const OrderIntent& intent,
                                                 const ReplacedOrder& replaced,
                                                 const RowSource& row_of);

// An account as it would stand after something that no order announced.
struct ReferenceChange {
  ReferenceAccount after;
  bool may_reduce = false;  // whether MR-26 is offered, with these:
  Money loss;               // of the change against the mark
  Money loss_max;
  Money open_loss;  // part of after.open_losses that the change books
};

// MR-29.
[[nodiscard]] ReferenceDecision reference_decide_change(const ReferenceMarket& market,
                                                        const ReferenceAccount& before,
                                                        const ReferenceChange& change);

// MR-31: a signed trade at a price, without an order.
[[nodiscard]] ReferenceChange reference_trade_change(const ReferenceMarket& market,
                                                     const ReferenceAccount& account,
                                                     InstrumentId instrument, std::int64_t quantity,
                                                     Price price);

// The option ends at price zero and its delivery trades at the strike.
[[nodiscard]] ReferenceChange reference_exercise_change(const ReferenceMarket& market,
                                                        const ReferenceAccount& account,
                                                        const Exercise& exercise);

// MR-30: money in or out.
[[nodiscard]] ReferenceChange reference_cash_change(const ReferenceAccount& account, AssetId asset,
                                                    Money amount);

}  // namespace margingate::reference
