// May this order go on to margin? Asked from the account outwards; the first refusal counts.
#include <algorithm>

#include "limits/controls.hpp"
#include "limits/measures.hpp"

namespace margingate::limits {
namespace {

constexpr std::int64_t saturated(Sum sum) noexcept {
  if (sum > INT64_MAX) return INT64_MAX;
  if (sum < INT64_MIN) return INT64_MIN;
  return static_cast<std::int64_t>(sum);
}

constexpr bool exceeds(Sum exposure, std::int64_t limit) noexcept {
  return limit != off && exposure > limit;
}

// An order that does not raise an exposure is no reason to refuse it, however high it stands.
constexpr bool breaks(Sum before, Sum after, std::int64_t limit) noexcept {
  return exceeds(after, limit) && after > before;
}

constexpr std::size_t index(Control control) noexcept { return static_cast<std::size_t>(control); }

}  // namespace

Reason Controls::refuse(Reason reason, std::uint32_t scope, std::int64_t limit, Sum before,
                        Sum after) noexcept {
  finding_.reason = reason;
  finding_.scope = terms_.name(scope);
  finding_.limit = limit;
  finding_.before = saturated(before);
  finding_.after = saturated(after);
  return reason;
}

Reason Controls::admit_message(std::uint32_t account, Timestamp now) noexcept {
  finding_ = {};
  const Chain& c = chain(account);
  for (std::uint32_t k = 0; k < c.count; ++k) {
    const std::uint32_t scope = c.scopes[k];
    if (now.ns >= scopes_[scope].next_expiry) expire(scope, now);
    const ScopeState& state = scopes_[scope];
    if (state.is_killed) return refuse(Reason::killed, scope, 0, 0, 0);
    if (state.is_suspended) {
      const std::int64_t limit = state.limit[index(Control::repeated_executions)];
      return refuse(Reason::suspended, scope, limit, state.executions, state.executions);
    }
    if (!state.throttle.has_token(now.ns)) {
      const std::int64_t limit = state.limit[index(Control::messages)];
      return refuse(Reason::message_limit, scope, limit, limit, Sum{limit} + 1);
    }
  }
  return Reason::accepted;
}

void Controls::message_sent(std::uint32_t account, Timestamp now) noexcept {
  const Chain& c = chain(account);
  for (std::uint32_t k = 0; k < c.count; ++k) scopes_[c.scopes[k]].throttle.take(now.ns);
}

std::int64_t Controls::contracts_of(const Order& order) const noexcept {
  const std::int64_t lots = magnitude(order.lots);
  return terms_.is_derived(order.instrument) ? lots * terms_.derivation(order.instrument).lots
                                             : lots;
}

LegExposure Controls::own_exposure(const Order& order, std::uint32_t instrument) const noexcept {
  return terms_.tracks_legs ? leg_exposures_.find(order.account, instrument)
                            : exposure_of(order.before);
}

// So many pairs may come to be something that each leg of the gate still finds room.
Reason Controls::admit_room(const Order& order) noexcept {
  if (!terms_.tracks_legs || !terms_.is_derived(order.instrument)) return Reason::accepted;
  const bool fits =
      leg_exposures_.size() + terms_.derivation(order.instrument).count <= terms_.legs_max;
  return fits ? Reason::accepted : Reason::legs_full;
}

Reason Controls::admit_order(const Order& order) noexcept {
  Reason reason = admit_room(order);
  if (reason == Reason::accepted) reason = admit_instrument(order);
  if (reason != Reason::accepted) return reason;
  const Chain& c = chain(order.account);
  for (std::uint32_t k = 0; k < c.count; ++k) {
    reason = admit_at(c.scopes[k], order);
    if (reason != Reason::accepted) return reason;
  }
  return terms_.self_match == SelfMatch::off ? Reason::accepted : admit_self_match(order);
}

Reason Controls::admit_orders(std::span<const Order> orders) noexcept {
  Reason reason = Reason::accepted;
  std::size_t booked_count = 0;
  for (; booked_count < orders.size(); ++booked_count) {
    const Order& order = orders[booked_count];
    if (order.lots != 0) reason = admit_order(order);
    if (reason != Reason::accepted) break;
    count_order(order, +1);
    leg_changed(order.account, order.instrument, order.unit, order.slot, order.before, order.after);
  }
  while (booked_count-- > 0) {
    const Order& order = orders[booked_count];
    count_order(order, -1);
    leg_changed(order.account, order.instrument, order.unit, order.slot, order.after, order.before);
  }
  return reason;
}

Reason Controls::admit_price(std::uint32_t instrument, std::int64_t price, Timestamp now) noexcept {
  const InstrumentLimits& limits = terms_.instrument_limits[instrument];
  const std::uint32_t gate = terms_.scope_count() - 1;
  if (price < limits.price_low) {
    return refuse(Reason::static_price_collar, gate, limits.price_low, 0, price);
  }
  if (price > limits.price_high) {
    return refuse(Reason::static_price_collar, gate, limits.price_high, 0, price);
  }
  if (limits.moving_band_ppm == off) return Reason::accepted;
  const Reference& reference = references_[instrument];
  if (!reference.is_known) return refuse(Reason::no_reference_price, gate, 0, 0, price);
  const Duration age = now - reference.time;
  if (age.value > terms_.reference_age_max) {
    return refuse(Reason::stale_reference_price, gate, terms_.reference_age_max, 0, age.value);
  }
  if (price < reference.low) {
    return refuse(Reason::moving_price_collar, gate, reference.low, 0, price);
  }
  if (price > reference.high) {
    return refuse(Reason::moving_price_collar, gate, reference.high, 0, price);
  }
  return Reason::accepted;
}

// A combo's net price has no collar; every other limit of each of its contracts holds.
Reason Controls::admit_instrument(const Order& order) noexcept {
  const std::uint32_t gate = terms_.scope_count() - 1;
  if (!terms_.is_derived(order.instrument)) {
    const std::int64_t most = terms_.instrument_limits[order.instrument].order_quantity;
    const std::int64_t quantity = magnitude(order.lots);
    if (quantity > most) return refuse(Reason::order_quantity_limit, gate, most, 0, quantity);
    const Reason reason = admit_price(order.instrument, order.price, order.now);
    if (reason != Reason::accepted) return reason;
  } else {
    const DerivedTerms& derived = terms_.derivation(order.instrument);
    for (std::uint32_t i = 0; i < derived.count; ++i) {
      const DerivedPart& part = terms_.parts[derived.first + i];
      const std::int64_t most = terms_.instrument_limits[part.instrument].order_quantity;
      const std::int64_t quantity = magnitude(order.lots * part.ratio);
      if (quantity > most) return refuse(Reason::order_quantity_limit, gate, most, 0, quantity);
    }
  }
  return admit_contracts(order);
}

// The limits of each contract, whoever trades it.
Reason Controls::admit_contracts(const Order& order) noexcept {
  if (!terms_.tracks_legs && terms_.is_derived(order.instrument)) return Reason::accepted;
  const std::uint32_t gate = terms_.scope_count() - 1;
  return first_refusal(order, [&](std::uint32_t id, const LegExposure& change) {
    const InstrumentLimits& limits = terms_.instrument_limits[id];
    const LegExposure own = own_exposure(order, id);
    const std::int64_t before = worst_position(own);
    const std::int64_t after = worst_position(own + change);
    if (breaks(before, after, limits.position)) {
      return refuse(Reason::net_position_limit, order.account, limits.position, before, after);
    }
    if (limits.open_interest == off) return Reason::accepted;
    const Sum total = exposure(gate, id).open_interest;
    if (breaks(total, total + after - before, limits.open_interest)) {
      return refuse(Reason::open_interest_limit, gate, limits.open_interest, total,
                    total + after - before);
    }
    return Reason::accepted;
  });
}

Reason Controls::admit_at(std::uint32_t scope, const Order& order) noexcept {
  const ScopeState& state = scopes_[scope];
  const std::int64_t quantity = contracts_of(order);
  const auto limit = [&](Control control) { return state.limit[index(control)]; };
  if (quantity > limit(Control::order_quantity)) {
    return refuse(Reason::order_quantity_limit, scope, limit(Control::order_quantity), 0, quantity);
  }
  if (order.value > limit(Control::order_notional)) {
    return refuse(Reason::order_notional_limit, scope, limit(Control::order_notional), 0,
                  order.value);
  }
  const bool replaces = order.replaced != no_order;
  if (terms_.tracks_duplicates && !replaces && limit(Control::duplicate_orders) != off) {
    const std::int64_t same =
        recent_[scope].count(OrderIdentity::of(order.instrument, order.lots, order.price),
                             order.now.ns, terms_.duplicate_period);
    if (same >= limit(Control::duplicate_orders)) {
      return refuse(Reason::duplicate_order, scope, limit(Control::duplicate_orders), same,
                    same + 1);
    }
  }
  if (!replaces && state.open_orders >= limit(Control::open_orders)) {
    return refuse(Reason::open_order_limit, scope, limit(Control::open_orders), state.open_orders,
                  state.open_orders + 1);
  }
  const Sum value_before = state.open_order_value;
  const Sum value_after =
      value_before + order.value - (replaces ? orders_[order.replaced].value : 0);
  if (breaks(value_before, value_after, limit(Control::open_order_value))) {
    return refuse(Reason::open_order_value_limit, scope, limit(Control::open_order_value),
                  value_before, value_after);
  }
  const Reason reason = admit_positions(scope, order);
  if (reason != Reason::accepted || !terms_.tracks_greeks) return reason;
  return admit_greeks(scope, {&order, 1});
}

Reason Controls::admit_positions(std::uint32_t scope, const Order& order) noexcept {
  const ScopeState& state = scopes_[scope];
  const bool is_limited = state.limit[index(Control::position)] != off ||
                          state.limit[index(Control::open_interest)] != off;
  if (!is_limited) return Reason::accepted;
  return first_refusal(order, [&](std::uint32_t id, const LegExposure& change) {
    return admit_position(scope, order, id, change);
  });
}

Reason Controls::admit_position(std::uint32_t scope, const Order& order, std::uint32_t instrument,
                                const LegExposure& change) noexcept {
  const ScopeState& state = scopes_[scope];
  const std::int64_t position_limit = state.limit[index(Control::position)];
  const std::int64_t interest_limit = state.limit[index(Control::open_interest)];
  const LegExposure own = own_exposure(order, instrument);
  const std::int64_t own_before = worst_position(own);
  const std::int64_t own_after = worst_position(own + change);
  std::int64_t before = own_before;
  std::int64_t after = own_after;
  std::int64_t interest = own_before;
  if (scope >= terms_.accounts) {
    const InstrumentExposure& all = exposure(scope, instrument);
    const LegExposure group{all.net, all.working_buys, all.working_sells};
    before = worst_position(group);
    after = worst_position(group + change);
    interest = all.open_interest;
  }
  if (breaks(before, after, position_limit)) {
    return refuse(Reason::net_position_limit, scope, position_limit, before, after);
  }
  const std::int64_t interest_after = interest + own_after - own_before;
  if (breaks(interest, interest_after, interest_limit)) {
    return refuse(Reason::open_interest_limit, scope, interest_limit, interest, interest_after);
  }
  return Reason::accepted;
}

// Of orders of one risk unit, together.
Reason Controls::admit_greeks(std::uint32_t scope, std::span<const Order> orders) noexcept {
  constexpr Reason reasons[margin::greeks_count] = {Reason::delta_limit, Reason::gamma_limit,
                                                    Reason::vega_limit};
  const ScopeState& state = scopes_[scope];
  const GreekExposure& all = greek_exposure(scope, orders.front().unit);
  for (std::size_t g = 0; g < margin::greeks_count; ++g) {
    const std::int64_t limit = state.limit[index(Control::delta) + g];
    if (limit == off) continue;
    GreekPart change;
    for (const Order& order : orders) {
      const margin::GreekRow& row = greeks_[order.slot][order.instrument];
      if (row.status != Reason::accepted) return refuse(row.status, scope, limit, 0, 0);
      change = change + (greek_part(row, g, order.after) - greek_part(row, g, order.before));
    }
    const Sum before = worst_greek(all.net[g], all.up[g], all.down[g]);
    const Sum after =
        worst_greek(all.net[g] + change.net, all.up[g] + change.up, all.down[g] + change.down);
    if (breaks(before, after, limit)) return refuse(reasons[g], scope, limit, before, after);
  }
  return Reason::accepted;
}

Reason Controls::admit_exposures(std::span<const Order> changes) noexcept {
  Reason reason = Reason::accepted;
  for (const Order& change : changes) {
    if (reason == Reason::accepted) reason = admit_contracts(change);
  }
  const Chain& c = chain(changes.front().account);
  for (std::uint32_t k = 0; k < c.count && reason == Reason::accepted; ++k) {
    for (const Order& change : changes) {
      if (reason == Reason::accepted) reason = admit_positions(c.scopes[k], change);
    }
    if (reason == Reason::accepted && terms_.tracks_greeks) {
      reason = admit_greeks(c.scopes[k], changes);
    }
  }
  return reason;
}

std::uint32_t Controls::self_match_scope(std::uint32_t account) const noexcept {
  const Chain& c = chain(account);
  const auto level = static_cast<std::size_t>(terms_.self_match_level);
  for (std::uint32_t k = 0; k < c.count; ++k) {
    if (c.scopes[k] < terms_.first_scope[level + 1] && c.scopes[k] >= terms_.first_scope[level]) {
      return c.scopes[k];
    }
  }
  return account;  // below no party of that level: its own orders only
}

Reason Controls::admit_self_match(const Order& order) noexcept {
  const std::uint32_t scope = self_match_scope(order.account);
  const std::uint32_t met = own_orders_.met_by(scope, order.instrument, order.lots > 0, order.price,
                                               order.replaced, orders_);
  if (met == no_order) return Reason::accepted;
  finding_.self_match = {met, orders_[met].generation};
  finding_.scope = terms_.name(scope);
  if (terms_.self_match == SelfMatch::signal) return Reason::accepted;
  return refuse(Reason::self_match, scope, 0, orders_[met].price, order.price);
}

bool Controls::keeps_margin_limits(std::uint32_t account, Money requirement,
                                   Money equity) const noexcept {
  const Chain& c = chain(account);
  const ScopeState& own = scopes_[account];
  for (std::uint32_t k = 0; k < c.count; ++k) {
    const ScopeState& state = scopes_[c.scopes[k]];
    const Sum margin = state.initial_margin - own.initial_margin + requirement.value;
    const Sum loss = state.base - (state.equity - own.equity + equity.value);
    if (exceeds(margin, state.limit[index(Control::initial_margin)]) ||
        exceeds(loss, state.limit[index(Control::daily_loss)])) {
      return false;
    }
  }
  return true;
}

Reason Controls::admit_margin(std::uint32_t account, Money requirement_before,
                              Money requirement_after, Money equity) noexcept {
  if (requirement_after <= requirement_before) return Reason::accepted;
  const Chain& c = chain(account);
  const ScopeState& own = scopes_[account];
  for (std::uint32_t k = 0; k < c.count; ++k) {
    const ScopeState& state = scopes_[c.scopes[k]];
    const Sum others = state.initial_margin - own.initial_margin;
    const std::int64_t credit = state.limit[index(Control::initial_margin)];
    if (exceeds(others + requirement_after.value, credit)) {
      return refuse(Reason::credit_limit, c.scopes[k], credit, others + requirement_before.value,
                    others + requirement_after.value);
    }
    const Sum loss = state.base - (state.equity - own.equity + equity.value);
    const std::int64_t loss_limit = state.limit[index(Control::daily_loss)];
    if (exceeds(loss, loss_limit)) {
      return refuse(Reason::daily_loss_limit, c.scopes[k], loss_limit, loss, loss);
    }
  }
  return Reason::accepted;
}

}  // namespace margingate::limits
