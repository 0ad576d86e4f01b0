// What happened to orders, positions and money becomes part of every scope's exposure.
#include "limits/controls.hpp"
#include "limits/measures.hpp"

namespace margingate::limits {

void Controls::count_order(const Order& order, std::int64_t sign) noexcept {
  if (order.fills_at_once) return;
  const bool replaces = order.replaced != no_order;
  const Sum value = order.value - (replaces ? orders_[order.replaced].value : 0);
  const std::int64_t count = (order.lots != 0 ? 1 : 0) - (replaces ? 1 : 0);
  const Chain& c = chain(order.account);
  for (std::uint32_t k = 0; k < c.count; ++k) {
    ScopeState& state = scopes_[c.scopes[k]];
    state.open_orders += sign * count;
    state.open_order_value += sign * value;
  }
}

void Controls::listed(const Order& order, WorkingOrderHandle handle) noexcept {
  count_order(order, +1);
  OrderRecord& record = orders_[handle.index];
  const bool replaces = order.replaced != no_order;
  const bool is_listed = terms_.self_match != SelfMatch::off;
  if (replaces && is_listed) {
    own_orders_.remove(self_match_scope(order.account), handle.index, orders_);
  }
  record.value = order.value;
  record.price = order.price;
  record.account = order.account;
  record.instrument = order.instrument;
  record.generation = handle.generation;
  record.is_buy = order.lots > 0;
  if (is_listed) own_orders_.add(self_match_scope(order.account), handle.index, orders_);
}

void Controls::booked(const Order& order, WorkingOrderHandle handle) noexcept {
  listed(order, handle);
  if (!terms_.tracks_duplicates || order.replaced != no_order) return;
  const OrderIdentity identity = OrderIdentity::of(order.instrument, order.lots, order.price);
  const Chain& c = chain(order.account);
  for (std::uint32_t k = 0; k < c.count; ++k) recent_[c.scopes[k]].add(identity, order.now.ns);
}

// The rest of an order keeps its share of the value, rounded up.
void Controls::reduced(std::uint32_t index, std::int64_t quantity,
                       std::int64_t remaining_before) noexcept {
  OrderRecord& record = orders_[index];
  const auto released = static_cast<std::int64_t>(Sum{record.value} * quantity / remaining_before);
  record.value -= released;
  const Chain& c = chain(record.account);
  for (std::uint32_t k = 0; k < c.count; ++k) scopes_[c.scopes[k]].open_order_value -= released;
}

void Controls::ended(std::uint32_t index) noexcept {
  OrderRecord& record = orders_[index];
  const Chain& c = chain(record.account);
  for (std::uint32_t k = 0; k < c.count; ++k) {
    ScopeState& state = scopes_[c.scopes[k]];
    --state.open_orders;
    state.open_order_value -= record.value;
  }
  record.value = 0;
  if (terms_.self_match == SelfMatch::off) return;
  own_orders_.remove(self_match_scope(record.account), index, orders_);
}

void Controls::executed(std::uint32_t account, std::uint32_t instrument, bool is_buy,
                        Timestamp now) noexcept {
  const std::uint64_t what = std::uint64_t{instrument} << 1 | (is_buy ? 1 : 0);
  const Chain& c = chain(account);
  for (std::uint32_t k = 0; k < c.count; ++k) {
    ScopeState& state = scopes_[c.scopes[k]];
    const bool repeats = state.executions != 0 && state.execution == what &&
                         now.ns - state.execution_time < terms_.execution_period;
    state.executions = repeats ? state.executions + 1 : 1;
    state.execution = what;
    state.execution_time = now.ns;
    const auto limit = state.limit[static_cast<std::size_t>(Control::repeated_executions)];
    if (state.executions >= limit) state.is_suspended = true;
  }
}

void Controls::leg_changed(std::uint32_t account, std::uint32_t instrument, std::uint32_t unit,
                           std::uint32_t slot, const margin::LegState& before,
                           const margin::LegState& after) noexcept {
  const Chain& c = chain(account);
  const LegExposure change = exposure_of(after) - exposure_of(before);
  if (terms_.tracks_legs) {
    for_each_position(instrument, change, [&](std::uint32_t id, const LegExposure& moved) {
      const LegExposure own = leg_exposures_.find(account, id);
      leg_exposures_.add(account, id, moved);
      position_changed(account, id, moved, worst_position(own + moved) - worst_position(own));
    });
  } else if (terms_.tracks_positions) {
    const std::int64_t interest = worst_position(after) - worst_position(before);
    position_changed(account, instrument, change, interest);
  }
  if (!terms_.tracks_greeks || slot >= greeks_.size()) return;
  const margin::GreekRow& row = greeks_[slot][instrument];
  for (std::uint32_t k = 0; k < c.count; ++k) {
    GreekExposure& all = greek_exposure(c.scopes[k], unit);
    for (std::size_t g = 0; g < margin::greeks_count; ++g) {
      const GreekPart part = greek_part(row, g, after) - greek_part(row, g, before);
      all.net[g] += part.net;
      all.up[g] += part.up;
      all.down[g] += part.down;
    }
  }
}

void Controls::position_changed(std::uint32_t account, std::uint32_t instrument,
                                const LegExposure& change, std::int64_t interest) noexcept {
  if (!terms_.tracks_positions) return;
  const Chain& c = chain(account);
  for (std::uint32_t k = 1; k < c.count; ++k) {
    InstrumentExposure& all = exposure(c.scopes[k], instrument);
    all.net += change.net;
    all.working_buys += change.working_buys;
    all.working_sells += change.working_sells;
    all.open_interest += interest;
  }
}

// Taken out of every scope above the account as well.
void Controls::forget_greeks(std::uint32_t account) noexcept {
  const Chain& c = chain(account);
  for (std::uint32_t unit = 0; unit < terms_.units; ++unit) {
    const GreekExposure own = greek_exposure(account, unit);
    for (std::uint32_t k = 0; k < c.count; ++k) {
      GreekExposure& all = greek_exposure(c.scopes[k], unit);
      for (std::size_t g = 0; g < margin::greeks_count; ++g) {
        all.net[g] -= own.net[g];
        all.up[g] -= own.up[g];
        all.down[g] -= own.down[g];
      }
    }
  }
}

void Controls::add_greeks(std::uint32_t account, std::uint32_t instrument, std::uint32_t unit,
                          std::uint32_t slot, const margin::LegState& leg) noexcept {
  const margin::GreekRow& row = greeks_[slot][instrument];
  const Chain& c = chain(account);
  for (std::uint32_t k = 0; k < c.count; ++k) {
    GreekExposure& all = greek_exposure(c.scopes[k], unit);
    for (std::size_t g = 0; g < margin::greeks_count; ++g) {
      const GreekPart part = greek_part(row, g, leg);
      all.net[g] += part.net;
      all.up[g] += part.up;
      all.down[g] += part.down;
    }
  }
}

Measure Controls::measure_of(std::uint32_t account) const noexcept {
  return {scopes_[account].initial_margin, scopes_[account].equity};
}

void Controls::measured(std::uint32_t account, Money requirement, Money equity) noexcept {
  measured(account, Measure{requirement.value, equity.value});
}

void Controls::measured(std::uint32_t account, const Measure& measure) noexcept {
  const Measure before = measure_of(account);
  const Chain& c = chain(account);
  for (std::uint32_t k = 0; k < c.count; ++k) {
    scopes_[c.scopes[k]].initial_margin += measure.requirement - before.requirement;
    scopes_[c.scopes[k]].equity += measure.equity - before.equity;
  }
}

void Controls::cash_moved(std::uint32_t account, std::int64_t value) noexcept {
  const Chain& c = chain(account);
  for (std::uint32_t k = 0; k < c.count; ++k) {
    scopes_[c.scopes[k]].equity += value;
    scopes_[c.scopes[k]].base += value;
  }
}

}  // namespace margingate::limits
