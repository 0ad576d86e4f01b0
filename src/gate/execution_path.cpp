// Executions from reports: booked when they fit, otherwise counted at the worst of what they may
// mean. An execution in suspense stands among the working orders, because that is what it is: lots
// that have traded or have not, at this price (MR-12, MR-15).
#include <algorithm>

#include "gate/gate_impl.hpp"

namespace margingate {
namespace {

bool is_worse_than_limit(const WorkingOrderSlot& order, std::int64_t price) noexcept {
  return order.side == Side::buy ? price > order.price : price < order.price;
}

}  // namespace

Reason Gate::Impl::execution_input(const Execution& e) const noexcept {
  const OrderIntent as_order{e.account, e.instrument, e.side, e.quantity, e.price, now};
  if (e.order.value == 0) return Reason::unknown_order;
  if (static_cast<std::uint8_t>(e.side) > 1) return Reason::order_terms_conflict;
  const Reason input = order_input(as_order);
  if (input != Reason::accepted) return input;
  // A combo is reported by its legs.
  return terms.is_derived(e.instrument.value) ? Reason::wrong_instrument : Reason::accepted;
}

Reason Gate::Impl::apply(const Execution& e) noexcept {
  if (const Reason input = execution_input(e); input != Reason::accepted) return input;
  OrderRecord* const record = order_ids.find(e.order);
  if (record == nullptr) return suspend(e, e.quantity.value, Reason::unknown_order_executed);

  using Place = ExecutionWindow::Place;
  const Place place = e.number == 0 ? Place::next : record->executions.place(e.number);
  if (place == Place::seen) return quarantine(e, Reason::duplicate_execution, {});
  WorkingOrderSlot* const order = orders.find(record->order);
  if (order == nullptr || place == Place::too_old) {
    if (e.number != 0) record->executions.mark(e.number);
    return suspend(e, e.quantity.value, Reason::ended_order_executed);
  }
  if (order->account != e.account.value || order->instrument != e.instrument.value ||
      order->side != e.side) {
    return suspend(e, e.quantity.value, Reason::execution_contradicts_order);
  }

  Reason oddity = Reason::accepted;
  if (e.quantity.value > order->remaining) {
    oddity = Reason::execution_exceeds_order;
  } else if (place == Place::ahead) {
    oddity = Reason::execution_out_of_order;
  } else if (is_worse_than_limit(*order, e.price.value)) {
    oddity = Reason::execution_beyond_limit;
  } else if (e.quantity.value > fillable(*order)) {
    oddity = Reason::execution_not_reducing;
  }
  const std::int64_t filled = std::min(e.quantity.value, order->remaining);
  // It has happened, so what the order may do no longer matters.
  const bool reduce_only = order->reduce_only;
  order->reduce_only = false;
  const Reason booked = apply(Fill{record->order, {filled}, e.price, e.fee});
  if (WorkingOrderSlot* const left = orders.find(record->order); left != nullptr) {
    left->reduce_only = reduce_only;
  }
  if (booked != Reason::accepted) {
    accounts[e.account.value].unreconciled = true;
    return quarantine(e, booked, {});
  }
  if (e.number != 0) order_ids.find(e.order)->executions.mark(e.number);
  if (oddity == Reason::accepted) return oddity;
  if (oddity != Reason::execution_exceeds_order) return quarantine(e, oddity, {});
  return suspend(e, e.quantity.value - filled, oddity);
}

// Counts the lots as working. What cannot even be counted closes the account for new orders.
Reason Gate::Impl::suspend(const Execution& e, std::int64_t quantity, Reason reason) noexcept {
  const std::uint32_t account = e.account.value;
  const std::uint32_t id = e.instrument.value;
  const scenario::InstrumentTerms& instrument = terms.instruments[id];
  attach(account);
  const std::uint32_t slot = slot_for(account);
  const std::uint32_t found = legs.find(account, id);
  const std::int64_t lots = e.side == Side::buy ? quantity : -quantity;
  margin::LegState after = found == no_leg ? margin::LegState{} : legs[found].state;
  (lots > 0 ? after.working_buys : after.working_sells) += quantity;
  const std::int64_t scaled =
      scaled_lots(account, instrument.risk_unit) + quantity * instrument.scaled_lot();
  const bool countable = slot != sync::EpochSlots<>::no_slot &&
                         shared.tables[slot].rows[id].status == Reason::accepted &&
                         !orders.is_full() && (found != no_leg || !legs.is_full()) &&
                         after.lots() <= terms.config.limits.quantity_max &&
                         scaled <= margin::scaled_lots_max;
  if (!countable) {
    accounts[account].unreconciled = true;
    return quarantine(e, reason, {});
  }
  WorkingOrderSlot order;
  order.account = account;
  order.instrument = id;
  order.leg = legs.find_or_insert(account, id);
  order.remaining = quantity;
  order.price = e.price.value;
  order.open_loss = open_loss_now(slot, id, lots, e.price.value).hi;
  order.side = e.side;
  order.in_suspense = true;
  const WorkingOrderHandle handle = orders.start(order);
  if (controls) {
    Candidate as_order;
    as_order.account = account;
    as_order.instrument = id;
    as_order.unit = instrument.risk_unit;
    as_order.slot = slot;
    as_order.before = legs[order.leg].state;
    as_order.after = after;
    as_order.lots = lots;
    as_order.price = e.price.value;
    controls->booked(controlled(as_order), handle);
  }
  change_leg(order.leg, after, false);
  change_open_losses(account, order.open_loss);
  return quarantine(e, reason, handle);
}

Reason Gate::Impl::quarantine(const Execution& e, Reason reason,
                              WorkingOrderHandle suspense) noexcept {
  quarantined[counters.quarantined % quarantined.size()] = {e, reason, suspense};
  ++counters.quarantined;
  return reason;
}

Reason Gate::Impl::apply(const Reconciled& reconciled) noexcept {
  if (reconciled.account.value >= accounts.size()) return Reason::unknown_account;
  accounts[reconciled.account.value].unreconciled = false;
  return Reason::accepted;
}

}  // namespace margingate
