// What gate and revaluer tell each other, each on its own queue.
//
// Shape    trivially copyable values of one cache line.
// Units    lots, money units, price units.
// Sign     as in the named fields.
// Range    as in the named fields.
// Errors   a gap in account_sequence tells the revaluer that the account must be sent again.
// Threads  values.
// Cost     one copy.
// Source   docs/threading.md.
#pragma once

#include <cstdint>

#include "margin/leg.hpp"
#include "margingate/units.hpp"

namespace margingate {

enum class GateEventKind : std::uint32_t {
  leg,          // state after a change; id is the instrument
  leg_again,    // part of an account sent again, before resent
  resent,       // the account is complete as of account_sequence
  wallet,       // id is the asset, amount the balance
  open_loss,    // amount
  hold,         // amount
  spot,         // id is the underlying, amount the price, account_sequence the time
  asset_price,  // id is the asset, amount the price
  totals,       // to the auditor: buffer id holds the account's totals under table amount in slot
  verdict,      // to the auditor: of the order that has just become part of the account
};

// State after the event, never a difference: applying one twice changes nothing.
struct GateEvent {
  GateEventKind kind = GateEventKind::leg;
  std::uint32_t account = 0;
  std::uint32_t id = 0;
  std::uint32_t slot = 0;  // of a table, where one is meant
  margin::LegState leg;
  std::uint64_t account_sequence = 0;
  std::int64_t amount = 0;
};
static_assert(sizeof(GateEvent) == 64);

// The auditor would like to see an account's totals, in this buffer.
struct AuditRequest {
  std::uint32_t account = 0;
  std::uint32_t buffer = 0;
};

// An account's totals under a published table, in a buffer that goes back when adopted.
struct Handover {
  std::uint32_t account = 0;
  std::uint32_t buffer = 0;
  std::uint64_t epoch = 0;
  std::uint32_t slot = 0;
  std::uint32_t unused = 0;
  std::uint64_t account_sequence = 0;  // of the last change these totals contain
};

}  // namespace margingate
