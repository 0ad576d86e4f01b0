// Events that the host tells the gate: plain values, each with event time.
//
// Shape    trivially copyable structs; Event is one of them, for journals and replay.
// Units    quantity in lots, price in price units of the instrument, money in gate money units.
// Sign     quantities of orders and fills positive, the side says which way; cash movements
//          signed, deposits positive.
// Range    checked at the border; each violation has its own Reason.
// Errors   see verdict.hpp.
// Threads  values.
// Cost     none.
// Source   docs/architecture.md, "life of an order".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <variant>

#include "margingate/account_events.hpp"
#include "margingate/control_event.hpp"
#include "margingate/ids.hpp"
#include "margingate/instrument.hpp"
#include "margingate/units.hpp"

namespace margingate {

enum class Side : std::uint8_t { buy, sell };

// What an order may do in the book. Immediate and market orders never rest: what has not filled is
// released by the host, and they cannot be replaced. A post-only order never takes.
enum class OrderKind : std::uint8_t { limit, post_only, immediate, market };

// A new order that the host would like to work.
struct OrderIntent {
  AccountId account;
  InstrumentId instrument;
  Side side = Side::buy;
  Quantity quantity;
  Price price;  // limit price, or the protection price of a market order; of a combo any sign
  Timestamp time;
  OrderId id{};  // an id that is remembered already is refused, whatever the rest says
  OrderKind kind = OrderKind::limit;
  bool reduce_only = false;  // at most what the position is, now and again at each fill

  // Neither named nor of a kind that the gate has to look at.
  [[nodiscard]] constexpr bool is_plain() const noexcept {
    return id.value == 0 && kind == OrderKind::limit && !reduce_only;
  }
};

// Changes a working order to a new remaining quantity and price, in one step.
struct ReplaceIntent {
  WorkingOrderHandle order;
  Quantity quantity;
  Price price;
  Timestamp time;
};

struct Cancel {
  WorkingOrderHandle order;
};

// Everything of an account that works, or what of it is in one instrument or on one side.
struct CancelAll {
  AccountId account;
  std::optional<InstrumentId> instrument;
  std::optional<Side> side;
};

// Part or all of a working order traded at this price, which may be better than its own.
struct Fill {
  WorkingOrderHandle order;
  Quantity quantity;
  Price price;
  Money fee{};  // paid (a rebate is negative), in the settlement asset
};

// The same of a combo: its legs traded at these prices, in the order of Combo::legs.
struct ComboFill {
  WorkingOrderHandle order;
  Quantity quantity;
  std::array<Price, combo_legs_max> prices{};
  Money fee{};
};

// A quote traded that was shown under a protection: it uses up that much of its limit.
struct ProtectedFill {
  WorkingOrderHandle protection;
  InstrumentId instrument;
  Side side = Side::buy;
  Quantity quantity;
  Price price;
  Money fee{};
};

// An execution as a report names it: by the host's order number, and complete, so that it counts
// even when the order is not known. Reports may come twice, late or for nothing; band 600 of Reason
// says what was made of those, docs/order-life.md what is booked.
struct Execution {
  OrderId order;
  std::uint32_t number = 0;  // of this order's executions, from 1; 0: not numbered, never twice
  AccountId account;
  InstrumentId instrument;
  Side side = Side::buy;
  Quantity quantity;
  Price price;
  Money fee{};
};

// The host has set right what the gate could not book: the account may trade again.
struct Reconciled {
  AccountId account;
};

// A position change that no working order announced: initial books, transfers, settlements.
// quantity is signed; the price is what it was exchanged at, zero only for a worthless option.
struct PositionTransfer {
  AccountId account;
  InstrumentId instrument;
  Quantity quantity;
  Price price;
};

// Deposit or withdrawal that has happened; margin is not asked.
struct CashMovement {
  AccountId account;
  AssetId asset;
  Money amount;
};

// An amount the host holds against initial margin, replacing the one before.
struct Hold {
  AccountId account;
  Money amount;  // >= 0
};

struct SpotTick {
  UnderlyingId underlying;
  Price price;
  Timestamp time;
};

// Price of a collateral asset in the numeraire, for assets that are no underlying's coin.
struct AssetTick {
  AssetId asset;
  Price price;
  Timestamp time;
};

using Event = std::variant<OrderIntent, ReplaceIntent, Cancel, Fill, PositionTransfer, CashMovement,
                           Hold, SpotTick, AssetTick, KillSwitch, Resumption, LimitOverride,
                           ReferencePrice, TradingDayStart, CancelAll, Execution, Reconciled,
                           Withdrawal, CashTransfer, BlockTrade, Exercise, Assignment,
                           MarkSettlement, FundingPayment, Expiry, ComboFill, ProtectedFill>;

}  // namespace margingate
