// The controls beside margin as the order path uses them: ask, then tell what happened.
//
// Shape    one ScopeState per scope; exposures per (group, instrument) and (scope, risk unit).
// Units    lots, money units; Greeks as in margin/greek_row.hpp.
// Sign     exposures are taken at the worst fill of working orders.
// Range    sums of money and Greeks in 128 bits; lots per leg as GateLimits allow.
// Errors   a Reason of the 500s, with a ControlFinding. Asking changes no exposure.
// Threads  the order thread only.
// Cost     levels (at most five) times the controls that are on.
// Source   docs/decisions/0040-controls-beside-margin.md.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "limits/control_terms.hpp"
#include "limits/leg_exposures.hpp"
#include "limits/message_throttle.hpp"
#include "limits/own_orders.hpp"
#include "limits/recent_orders.hpp"
#include "margin/greek_row.hpp"
#include "margin/leg.hpp"

namespace margingate::limits {

__extension__ typedef __int128 Sum;

// An order as the controls see it: one leg of one account before and after. A combo or protection
// has a leg of its own, and moves what may be held in its contracts. Of no lots: what it replaces
// is withdrawn.
struct Order {
  std::uint32_t account = 0;
  std::uint32_t instrument = 0;
  std::uint32_t unit = 0;
  std::uint32_t slot = 0;  // table the account's Greeks are under, if it has any
  std::int64_t lots = 0;   // signed, what would work
  std::int64_t price = 0;
  std::int64_t value = 0;  // notional in money, rounded up; gross of a combo's legs
  margin::LegState before;
  margin::LegState after;
  std::uint32_t replaced = no_order;  // index of the handle it replaces
  Timestamp now;
  bool fills_at_once = false;  // never works: only its position stays
};

struct alignas(64) ScopeState {
  std::array<std::int64_t, 16> limit{};  // by Control, effective
  std::int64_t next_expiry = INT64_MAX;  // of its overrides
  MessageThrottle throttle;
  bool is_killed = false;
  bool is_suspended = false;
  std::int64_t open_orders = 0;
  Sum open_order_value = 0;
  Sum initial_margin = 0;
  Sum equity = 0;
  Sum base = 0;                 // equity at the start of the day, plus cash moved since
  std::uint64_t execution = 0;  // instrument and side of the last fill
  std::int64_t execution_time = 0;
  std::int64_t executions = 0;  // of it in a row
};

// An account's margin and equity as they count towards its scopes.
struct Measure {
  Sum requirement = 0;
  Sum equity = 0;
};

// Of one instrument at one scope above the account.
struct InstrumentExposure {
  std::int64_t net = 0;
  std::int64_t working_buys = 0;
  std::int64_t working_sells = 0;
  std::int64_t open_interest = 0;  // sum over accounts of the larger way
};

// Of one risk unit at one scope.
struct GreekExposure {
  Sum net[margin::greeks_count] = {};
  Sum up[margin::greeks_count] = {};    // added by the working orders that raise it
  Sum down[margin::greeks_count] = {};  // taken away by those that lower it
};

struct Reference {
  std::int64_t low = 0;
  std::int64_t high = 0;
  Timestamp time;
  bool is_known = false;
};

class Controls {
 public:
  Controls(ControlTerms prepared, std::pmr::memory_resource* memory);

  // Asking (admission.cpp). Kill switch, suspension and throttle: once per message.
  [[nodiscard]] Reason admit_message(std::uint32_t account, Timestamp now) noexcept;
  // A token of every scope is used up, whatever becomes of the message.
  void message_sent(std::uint32_t account, Timestamp now) noexcept;
  // Everything that does not need the margin.
  [[nodiscard]] Reason admit_order(const Order& order) noexcept;
  // May this price be shown in this instrument?
  [[nodiscard]] Reason admit_price(std::uint32_t instrument, std::int64_t price,
                                   Timestamp now) noexcept;
  // Several orders decided as one: each on top of those before it, all or none.
  [[nodiscard]] Reason admit_orders(std::span<const Order> orders) noexcept;
  // Changes of one account and risk unit that happen at once without an order: only what it comes
  // to hold is limited.
  [[nodiscard]] Reason admit_exposures(std::span<const Order> changes) noexcept;
  // Are credit and daily loss surely kept with this requirement and equity?
  [[nodiscard]] bool keeps_margin_limits(std::uint32_t account, Money requirement,
                                         Money equity) const noexcept;
  // If not: refused, unless the order does not raise the requirement. Exact amounts.
  [[nodiscard]] Reason admit_margin(std::uint32_t account, Money requirement_before,
                                    Money requirement_after, Money equity) noexcept;

  // Telling (exposure.cpp).
  void booked(const Order& order, WorkingOrderHandle handle) noexcept;
  // The same of an order that nobody has just sent: no later one repeats it.
  void listed(const Order& order, WorkingOrderHandle handle) noexcept;
  void reduced(std::uint32_t index, std::int64_t quantity, std::int64_t remaining_before) noexcept;
  void ended(std::uint32_t index) noexcept;
  void executed(std::uint32_t account, std::uint32_t instrument, bool is_buy,
                Timestamp now) noexcept;
  void leg_changed(std::uint32_t account, std::uint32_t instrument, std::uint32_t unit,
                   std::uint32_t slot, const margin::LegState& before,
                   const margin::LegState& after) noexcept;
  void forget_greeks(std::uint32_t account) noexcept;
  void add_greeks(std::uint32_t account, std::uint32_t instrument, std::uint32_t unit,
                  std::uint32_t slot, const margin::LegState& leg) noexcept;
  void measured(std::uint32_t account, Money requirement, Money equity) noexcept;
  void measured(std::uint32_t account, const Measure& measure) noexcept;
  [[nodiscard]] Measure measure_of(std::uint32_t account) const noexcept;
  void cash_moved(std::uint32_t account, std::int64_t value) noexcept;

  // Steering (steering.cpp).
  Reason apply(const KillSwitch& event) noexcept;
  Reason apply(const Resumption& event) noexcept;
  Reason apply(const LimitOverride& event, Timestamp now) noexcept;
  Reason apply(const ReferencePrice& event) noexcept;
  Reason apply(const TradingDayStart& event) noexcept;
  [[nodiscard]] ScopeStatus status(ControlScope scope, Timestamp now) noexcept;

  [[nodiscard]] const ControlTerms& terms() const noexcept { return terms_; }
  [[nodiscard]] const ControlFinding& finding() const noexcept { return finding_; }
  void use_greeks(std::uint32_t slot, const margin::GreekRow* rows) noexcept {
    greeks_[slot] = rows;
  }

 private:
  Reason refuse(Reason reason, std::uint32_t scope, std::int64_t limit, Sum before,
                Sum after) noexcept;
  Reason admit_instrument(const Order& order) noexcept;
  Reason admit_at(std::uint32_t scope, const Order& order) noexcept;
  Reason admit_positions(std::uint32_t scope, const Order& order) noexcept;
  Reason admit_contracts(const Order& order) noexcept;
  Reason admit_greeks(std::uint32_t scope, std::span<const Order> orders) noexcept;
  Reason admit_self_match(const Order& order) noexcept;
  void expire(std::uint32_t scope, Timestamp now) noexcept;
  Reason admit_room(const Order& order) noexcept;
  Reason admit_position(std::uint32_t scope, const Order& order, std::uint32_t instrument,
                        const LegExposure& change) noexcept;
  void position_changed(std::uint32_t account, std::uint32_t instrument, const LegExposure& change,
                        std::int64_t interest) noexcept;
  // Contracts that an order trades.
  [[nodiscard]] std::int64_t contracts_of(const Order& order) const noexcept;
  // An account's exposure in a contract that the order trades, without it.
  [[nodiscard]] LegExposure own_exposure(const Order& order,
                                         std::uint32_t instrument) const noexcept;
  // visit(instrument, change) for the contract of a leg, or all those of a combo or group.
  template <class Visit>
  void for_each_position(std::uint32_t instrument, const LegExposure& change,
                         const Visit& visit) noexcept;
  // The same until a visit refuses.
  template <class Visit>
  Reason first_refusal(const Order& order, const Visit& visit) noexcept;
  void set_limit(std::uint32_t scope, std::size_t control, std::int64_t value) noexcept;
  void count_order(const Order& order, std::int64_t sign) noexcept;
  [[nodiscard]] const Chain& chain(std::uint32_t account) const noexcept {
    return terms_.chains[account];
  }
  [[nodiscard]] InstrumentExposure& exposure(std::uint32_t scope,
                                             std::uint32_t instrument) noexcept {
    return exposures_[static_cast<std::size_t>(scope - terms_.accounts) * terms_.instruments +
                      instrument];
  }
  [[nodiscard]] GreekExposure& greek_exposure(std::uint32_t scope, std::uint32_t unit) noexcept {
    return greek_exposures_[static_cast<std::size_t>(scope) * terms_.units + unit];
  }
  [[nodiscard]] std::uint32_t self_match_scope(std::uint32_t account) const noexcept;

  ControlTerms terms_;
  ControlFinding finding_;
  std::pmr::vector<ScopeState> scopes_;
  std::pmr::vector<std::int64_t> override_until_;  // scope * controls_count + control; 0: none
  std::pmr::vector<OrderRecord> orders_;           // by index of the handle
  std::pmr::vector<RecentOrders> recent_;          // by scope
  std::pmr::vector<InstrumentExposure> exposures_;
  std::pmr::vector<GreekExposure> greek_exposures_;
  LegExposures leg_exposures_;
  std::pmr::vector<Reference> references_;  // by instrument
  OwnOrders own_orders_;
  std::array<const margin::GreekRow*, 16> greeks_{};  // by slot
};

template <class Visit>
void Controls::for_each_position(std::uint32_t instrument, const LegExposure& change,
                                 const Visit& visit) noexcept {
  if (!terms_.is_derived(instrument)) return visit(instrument, change);
  const DerivedTerms& derived = terms_.derivation(instrument);
  for (std::uint32_t i = 0; i < derived.count; ++i) {
    const DerivedPart& part = terms_.parts[derived.first + i];
    visit(part.instrument, derived_change(derived, part, change));
  }
}

template <class Visit>
Reason Controls::first_refusal(const Order& order, const Visit& visit) noexcept {
  Reason reason = Reason::accepted;
  const LegExposure change = exposure_of(order.after) - exposure_of(order.before);
  for_each_position(order.instrument, change, [&](std::uint32_t id, const LegExposure& moved) {
    if (reason == Reason::accepted) reason = visit(id, moved);
  });
  return reason;
}

}  // namespace margingate::limits
