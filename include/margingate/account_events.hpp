// Events beside orders that move risk: money, positions between accounts, settlements, exercise.
//
// Shape    trivially copyable values.
// Units    quantity in lots, price in price units of the instrument, money in money units of the
//          asset, rates in parts per 10^9.
// Sign     amounts and quantities positive; which way they go is in the names.
// Range    checked at the border; each violation has its own Reason.
// Errors   see verdict.hpp; what is refused leaves every account as it was.
// Threads  values.
// Cost     a withdrawal, transfer, block trade or exercise costs a decision per account;
//          a settlement, funding or expiry costs a look at every account.
// Source   docs/order-life.md; docs/methodology.md MR-29 to MR-33.
#pragma once

#include <cstdint>

#include "margingate/ids.hpp"
#include "margingate/units.hpp"

namespace margingate {

// Money that the owner asks back: margin is asked.
struct Withdrawal {
  AccountId account;
  AssetId asset;
  Money amount;
  Timestamp time;
};

// Money between two accounts of the gate; margin is asked of the one that gives.
struct CashTransfer {
  AccountId from;
  AccountId to;
  AssetId asset;
  Money amount;
  Timestamp time;
};

// A trade agreed outside the book: both sides are decided, and both or neither is booked. With a
// price of the books it moves a position between accounts.
struct BlockTrade {
  AccountId buyer;
  AccountId seller;
  InstrumentId instrument;
  Quantity quantity;
  Price price;
  Timestamp time;
};

// The holder of an option takes or gives what it delivers: `quantity` lots of the option end at
// price zero and `delivered` lots of another instrument of the same risk unit are bought (call) or
// sold (put) at the strike. Margin is asked.
struct Exercise {
  AccountId account;
  InstrumentId option;
  Quantity quantity;
  InstrumentId delivery;
  Quantity delivered;
  Price strike;
  Timestamp time;
};

// The other side: a writer is assigned. It has happened; margin is not asked.
struct Assignment {
  AccountId account;
  InstrumentId option;
  Quantity quantity;
  InstrumentId delivery;
  Quantity delivered;
  Price strike;
};

// Every position in a future or perpetual is settled to this price: its profit becomes cash.
struct MarkSettlement {
  InstrumentId instrument;
  Price price;
};

// Every position in a perpetual pays or receives rate * value at this mark; longs pay a positive
// rate.
struct FundingPayment {
  InstrumentId instrument;
  Price mark;
  std::int64_t rate_ppb = 0;
};

// The instrument ends: its working orders are released and positions paid out at this price, which
// may be zero for an option.
struct Expiry {
  InstrumentId instrument;
  Price price;
  Timestamp time;
};

}  // namespace margingate
