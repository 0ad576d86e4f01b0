// What an order is beside its margin: the host's number for it, its kind, and that it may only
// reduce. Plain orders pass by.
#include <algorithm>

#include "gate/gate_impl.hpp"

namespace margingate {
namespace {

bool is_immediate(OrderKind kind) noexcept {
  return kind == OrderKind::immediate || kind == OrderKind::market;
}

}  // namespace

// What reduces the position, in lots of an order on this side.
std::int64_t Gate::Impl::reducible(std::uint32_t leg, Side side) const noexcept {
  if (leg == no_leg) return 0;
  const std::int64_t net = legs[leg].state.net;
  return std::max<std::int64_t>(side == Side::buy ? -net : net, 0);
}

Reason Gate::Impl::order_terms(const OrderIntent& intent) const noexcept {
  if (static_cast<std::uint8_t>(intent.side) > 1) return Reason::order_terms_conflict;
  if (intent.kind > OrderKind::market) return Reason::order_terms_conflict;
  if (intent.id.value != 0 && order_ids.find(intent.id) != nullptr)
    return Reason::duplicate_order_id;
  if (!intent.reduce_only) return Reason::accepted;
  const std::uint32_t leg = legs.find(intent.account.value, intent.instrument.value);
  const bool reduces = intent.quantity.value <= reducible(leg, intent.side);
  return reduces ? Reason::accepted : Reason::would_not_reduce;
}

void Gate::Impl::refuse(Reason reason, Verdict& verdict) noexcept {
  verdict.reason = reason;
  count(verdict);
}

void Gate::Impl::check_with_terms(const OrderIntent& intent, Verdict& verdict) noexcept {
  Reason reason = order_input(intent);
  if (reason == Reason::accepted) reason = order_terms(intent);
  if (reason != Reason::accepted) return refuse(reason, verdict);
  check(intent, verdict);
}

void Gate::Impl::reserve_with_terms(const OrderIntent& intent, Verdict& verdict) noexcept {
  Reason reason = order_input(intent);
  if (reason == Reason::accepted) reason = order_terms(intent);
  if (reason != Reason::accepted) return refuse(reason, verdict);
  reserve(intent, verdict);
  if (!verdict.accepted()) return;
  WorkingOrderSlot& order = *orders.find(verdict.order);
  order.id = intent.id.value;
  order.kind = intent.kind;
  order.reduce_only = intent.reduce_only;
  if (intent.id.value != 0) order_ids.start(intent.id, verdict.order);
}

void Gate::Impl::replace_with_terms(const ReplaceIntent& intent, Verdict& verdict) noexcept {
  const WorkingOrderSlot* order = orders.find(intent.order);
  if (order != nullptr) {
    if (order->in_suspense) return refuse(Reason::unknown_order, verdict);
    if (is_immediate(order->kind)) return refuse(Reason::immediate_order, verdict);
    if (order->reduce_only && intent.quantity.value > reducible(order->leg, order->side)) {
      return refuse(Reason::would_not_reduce, verdict);
    }
  }
  replace(intent, verdict);
}

std::int64_t Gate::Impl::fillable(const WorkingOrderSlot& order) const noexcept {
  if (!order.reduce_only) return order.remaining;
  return std::min(order.remaining, reducible(order.leg, order.side));
}

void Gate::Impl::end_order(WorkingOrderHandle handle) noexcept {
  const WorkingOrderSlot* order = orders.find(handle);
  if (order->id != 0) order_ids.end({order->id});
  orders.end(handle);
}

CancelAllResult Gate::Impl::release(const CancelAll& cancel) noexcept {
  CancelAllResult result;
  if (cancel.account.value >= accounts.size()) return {Reason::unknown_account, 0};
  if (cancel.instrument && cancel.instrument->value >= terms.instruments.size()) {
    return {Reason::unknown_instrument, 0};
  }
  for (std::uint32_t i = 0; i < orders.used(); ++i) {
    const WorkingOrderHandle handle = orders.handle_at(i);
    const WorkingOrderSlot* order = orders.find(handle);
    if (order == nullptr || order->account != cancel.account.value || order->in_suspense) continue;
    if (cancel.instrument && order->instrument != cancel.instrument->value) continue;
    if (cancel.side && order->side != *cancel.side) continue;
    static_cast<void>(release(Cancel{handle}));
    ++result.orders;
  }
  return result;
}

}  // namespace margingate
