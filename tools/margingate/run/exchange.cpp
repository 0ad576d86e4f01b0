#include "run/exchange.hpp"

#include <algorithm>
#include <utility>

namespace margingate::run {

Exchange::Exchange(const Universe& universe, GateDriver& driver, FillObserver on_fill)
    : driver_(&driver), on_fill_(std::move(on_fill)), books_(universe.contracts.size()) {}

std::uint32_t Exchange::gate_of(const HostOrder& order) const {
  return driver_->session().routes[order.contract].gate;
}

const HostOrder* Exchange::find(OrderRef ref) const noexcept {
  if (ref.slot >= orders_.size()) return nullptr;
  const HostOrder& order = orders_[ref.slot];
  return order.is_live && order.serial == ref.serial ? &order : nullptr;
}

std::uint32_t Exchange::open(const OrderRequest& request, WorkingOrderHandle handle) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(orders_.size()));
    orders_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  HostOrder& order = orders_[slot];
  order = {request.account,
           request.contract,
           order.serial + 1,
           request.side,
           true,
           request.price,
           request.lots,
           handle};
  ++live_;
  return slot;
}

void Exchange::close(std::uint32_t slot) {
  orders_[slot].is_live = false;
  free_.push_back(slot);
  --live_;
}

OrderRef Exchange::submit(const OrderRequest& request, Timestamp time) {
  const Verdict verdict = driver_->reserve(request.account, request.contract, request.side,
                                           request.lots, request.price, time);
  if (!verdict.accepted()) return {};
  const std::uint32_t slot = open(request, verdict.order);
  match(slot);
  if (!orders_[slot].is_live) return {};
  if (request.rests) {
    rest(slot);
    return {slot, orders_[slot].serial};
  }
  driver_->release(gate_of(orders_[slot]), orders_[slot].handle);
  close(slot);
  return {};
}

bool Exchange::replace(OrderRef ref, std::int64_t lots, std::int64_t price, Timestamp time) {
  if (find(ref) == nullptr) return false;
  HostOrder& order = orders_[ref.slot];
  const Verdict verdict =
      driver_->replace(order.account, order.contract, {order.handle, {lots}, {price}, time});
  if (!verdict.accepted()) return false;
  take_off_book(order, ref.slot);
  order.price = price;
  order.remaining = lots;
  order.handle = verdict.order;
  match(ref.slot);
  if (orders_[ref.slot].is_live) rest(ref.slot);
  return true;
}

void Exchange::cancel(OrderRef ref) {
  if (find(ref) == nullptr) return;
  const HostOrder& order = orders_[ref.slot];
  driver_->release(gate_of(order), order.handle);
  take_off_book(order, ref.slot);
  close(ref.slot);
}

void Exchange::cancel_all(std::uint32_t contract) {
  for (const Side side : {Side::buy, Side::sell}) {
    while (const BookOrder* const resting = books_[contract].best(side)) {
      cancel({resting->order, orders_[resting->order].serial});
    }
  }
}

void Exchange::take_off_book(const HostOrder& order, std::uint32_t slot) {
  books_[order.contract].remove(order.side, order.price, slot);
}

void Exchange::rest(std::uint32_t slot) {
  const HostOrder& order = orders_[slot];
  books_[order.contract].add(order.side, {slot, order.account, order.price, order.remaining});
}

void Exchange::match(std::uint32_t slot) {
  OrderBook& book = books_[orders_[slot].contract];
  while (orders_[slot].is_live) {
    const HostOrder& taker = orders_[slot];
    const BookOrder* const resting = book.meets(taker.side, taker.price);
    if (resting == nullptr) return;
    if (resting->account == taker.account) {
      cancel({resting->order, orders_[resting->order].serial});
      continue;
    }
    execute(slot, *resting, std::min(taker.remaining, resting->quantity));
  }
}

void Exchange::execute(std::uint32_t taker, const BookOrder& resting, std::int64_t lots) {
  const std::uint32_t maker = resting.order;
  const Price price{resting.price};
  books_[orders_[maker].contract].fill_best(orders_[maker].side, lots);
  for (const std::uint32_t slot : {taker, maker}) {
    HostOrder& order = orders_[slot];
    driver_->fill(gate_of(order), {order.handle, {lots}, price});
    order.remaining -= lots;
    on_fill_(order.account, order.contract, order.side == Side::buy ? lots : -lots);
    if (order.remaining == 0) close(slot);
  }
  traded_lots_ += static_cast<std::uint64_t>(lots);
}

}  // namespace margingate::run
