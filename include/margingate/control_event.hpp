// Events that steer the controls: kill switch, overrides, reference prices, trading days.
//
// Shape    trivially copyable values; alternatives of Event, so that journal and replay have them.
// Units    as the control's limit; prices in price units.
// Sign     as the control's limit.
// Range    checked on arrival; each violation has its own Reason.
// Errors   Reason 530 to 539; a refused event changes nothing.
// Threads  values.
// Cost     none; TradingDayStart costs one step per account.
// Source   docs/controls.md, "Kill switch and overrides".
#pragma once

#include <cstdint>

#include "margingate/ids.hpp"
#include "margingate/units.hpp"

namespace margingate {

enum class ControlLevel : std::uint8_t { account, desk, firm, clearing_member, gate };

struct ControlScope {
  ControlLevel level = ControlLevel::gate;
  std::uint32_t id = 0;  // of the account, desk, firm or clearing member; 0 for the gate
  friend constexpr bool operator==(const ControlScope&, const ControlScope&) noexcept = default;
};

// In the order of ScopeLimits.
enum class Control : std::uint8_t {
  order_quantity,
  order_notional,
  messages,
  duplicate_orders,
  repeated_executions,
  open_orders,
  open_order_value,
  position,
  open_interest,
  delta,
  gamma,
  vega,
  initial_margin,
  daily_loss,
};

// Who did it and why, in the host's own numbering; neither may be zero.
struct Signature {
  std::uint32_t who = 0;
  std::uint32_t why = 0;
};

// Desk: may engage kill switches and tighten. Risk: may also release, resume and loosen. The host
// authenticates; the gate enforces what each may do.
enum class Authority : std::uint8_t { desk, risk };

enum class Switch : std::uint8_t { engage, release };

// While engaged nothing below the scope is accepted; cancels, fills and transfers pass.
struct KillSwitch {
  ControlScope scope;
  Switch position = Switch::engage;
  Authority authority = Authority::desk;
  Signature signature;
  Timestamp time;
};

// Ends a suspension by repeated executions.
struct Resumption {
  ControlScope scope;
  Authority authority = Authority::desk;
  Signature signature;
  Timestamp time;
};

// Another value for one limit of one scope until a time of the event clock.
struct LimitOverride {
  ControlScope scope;
  Control control = Control::order_quantity;
  std::int64_t value = 0;
  Timestamp until;
  Authority authority = Authority::desk;
  Signature signature;
  Timestamp time;
};

// What the moving collar of an instrument is measured from.
struct ReferencePrice {
  InstrumentId instrument;
  Price price;
  Timestamp time;
};

// Daily losses are counted from here: every account's equity as last measured.
struct TradingDayStart {
  Timestamp time;
};

}  // namespace margingate
