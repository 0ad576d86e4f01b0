// Positions, working orders and money as others report them, against the gate's: what differs.
//
// Shape    one account at a time; every difference names what it is about and both amounts.
// Units    lots, price units, money units.
// Sign     positions signed, long positive.
// Range    any; instruments and accounts that the gate does not know are differences.
// Errors   none thrown but for lack of memory.
// Threads  the order thread of the gate.
// Cost     looks at every order alive; allocates. Not for the order path.
// Source   docs/order-life.md, "reconciliation".
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "margingate/gate.hpp"

namespace margingate {

struct OutsidePosition {
  InstrumentId instrument;
  Quantity quantity;
};

struct OutsideOrder {
  OrderId id;
  InstrumentId instrument;
  Side side = Side::buy;
  Quantity remaining;
  Price price;
};

struct OutsideAccount {
  AccountId account;
  std::vector<OutsidePosition> positions;  // what is not listed is flat
  std::vector<OutsideOrder> orders;
  std::vector<Money> wallets;  // by AssetId; empty: not reported
};

enum class DifferenceKind : std::uint8_t {
  unknown_account,
  unknown_instrument,
  position,
  wallet,           // instrument is the asset
  order_not_here,   // reported, but not working in the gate
  order_only_here,  // working in the gate, but not reported
  order_unnamed,    // works without an id: nothing to compare it with
  order_terms,      // another instrument or side
  order_remaining,
  order_price,
  immediate_order_working,  // should have ended at once
  in_suspense,              // an execution that waits to be confirmed or dismissed
  unreconciled,             // the account is closed until Reconciled
};

struct Difference {
  DifferenceKind kind = DifferenceKind::position;
  AccountId account;
  std::uint32_t instrument = 0;
  OrderId order;
  WorkingOrderHandle handle;
  std::int64_t gate = 0;
  std::int64_t outside = 0;
};

// Sorted by kind, instrument and order; empty when everything agrees.
[[nodiscard]] std::vector<Difference> reconcile(const Gate& gate, const OutsideAccount& outside);

std::string_view to_string(DifferenceKind kind) noexcept;

}  // namespace margingate
