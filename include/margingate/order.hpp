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

#include <cstdint>
#include <variant>

#include "margingate/control_event.hpp"
#include "margingate/ids.hpp"
#include "margingate/units.hpp"

namespace margingate {

enum class Side : std::uint8_t { buy, sell };

// A new order that the host would like to work.
struct OrderIntent {
  AccountId account;
  InstrumentId instrument;
  Side side = Side::buy;
  Quantity quantity;
  Price price;  // limit price, or the protection price of a market order
  Timestamp time;
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

// Part or all of a working order traded at this price, which may be better than its own.
struct Fill {
  WorkingOrderHandle order;
  Quantity quantity;
  Price price;
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
                           ReferencePrice, TradingDayStart>;

}  // namespace margingate
