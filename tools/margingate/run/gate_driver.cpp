#include "run/gate_driver.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "run/audit.hpp"
#include "run/tick_timer.hpp"

namespace margingate::run {
namespace {

constexpr std::size_t adoptions_per_poll = 256;
constexpr int full_queue_tries = 1'000'000;

std::int64_t price_units(double price) {
  return std::llround(price * static_cast<double>(price_scale));
}

}  // namespace

GateDriver::GateDriver(Session& session, RecordWriter* record, Audit* audit)
    : session_(&session),
      record_(record),
      audit_(audit),
      seen_(session.gates.size()),
      table_times_(session.gates.size()),
      adopted_(adoptions_per_poll) {}

void GateDriver::write(std::uint32_t gate, Action action) {
  if (audit_ != nullptr) audit_->event(gate, action);
  if (record_ != nullptr) record_->write({gate, std::move(action)});
}

void GateDriver::prefetch(std::uint32_t account, std::uint32_t contract) const noexcept {
  const Route route = session_->routes[contract];
  session_->gates[route.gate].gate->prefetch({account}, route.instrument);
}

void GateDriver::count(const Verdict& verdict, std::uint32_t account, std::uint32_t contract) {
  hash_.add(verdict.reason, account, contract);
  ++counts_.by_reason[verdict.reason];
  ++counts_.by_path[static_cast<std::size_t>(verdict.decided_by)];
  if (verdict.decided_by == DecidedBy::interval && verdict.requirement_after.value > 0) {
    const double width = static_cast<double>(verdict.uncertainty.value) /
                         static_cast<double>(verdict.requirement_after.value);
    counts_.interval_widths.record(static_cast<std::uint64_t>(width * 1e9));
  }
}

Verdict GateDriver::reserve(std::uint32_t account, std::uint32_t contract, Side side,
                            std::int64_t quantity, std::int64_t price, Timestamp time) {
  const Route route = session_->routes[contract];
  Gate& gate = *session_->gates[route.gate].gate;
  const OrderIntent intent{{account}, route.instrument, side, {quantity}, {price}, time};
  write(route.gate, Event(intent));
  if (audit_ != nullptr) audit_->before(route.gate, intent);

  const std::uint64_t floor_start = TickTimer::start();
  const std::uint64_t floor_stop = TickTimer::stop();
  const std::uint64_t start = TickTimer::start();
  const Verdict verdict = gate.reserve(intent);
  const std::uint64_t stop = TickTimer::stop();

  if (timing_) {
    times_.floor.record(floor_stop - floor_start);
    (verdict.accepted() ? times_.accepts : times_.rejects).record(stop - start);
  }
  ++counts_.new_orders;
  count(verdict, account, contract);
  if (audit_ != nullptr && !audit_->after(verdict)) stopped_ = true;
  return verdict;
}

Verdict GateDriver::replace(std::uint32_t account, std::uint32_t contract,
                            const ReplaceIntent& intent) {
  const Route route = session_->routes[contract];
  Gate& gate = *session_->gates[route.gate].gate;
  write(route.gate, Event(intent));
  if (audit_ != nullptr) audit_->before(route.gate, intent);

  const std::uint64_t start = TickTimer::start();
  const Verdict verdict = gate.replace(intent);
  const std::uint64_t stop = TickTimer::stop();

  if (timing_) times_.replaces.record(stop - start);
  ++counts_.replaces;
  count(verdict, account, contract);
  if (audit_ != nullptr && !audit_->after(verdict)) stopped_ = true;
  return verdict;
}

bool GateDriver::release(std::uint32_t gate, WorkingOrderHandle order) {
  write(gate, Event(Cancel{order}));
  const std::uint64_t start = TickTimer::start();
  const Reason reason = session_->gates[gate].gate->release({order});
  const std::uint64_t stop = TickTimer::stop();
  if (timing_) times_.cancels.record(stop - start);
  ++counts_.cancels;
  if (!is_accepted(reason)) ++counts_.failed_events;
  return is_accepted(reason);
}

bool GateDriver::fill(std::uint32_t gate, const Fill& fill) {
  write(gate, Event(fill));
  const std::uint64_t start = TickTimer::start();
  const Reason reason = session_->gates[gate].gate->apply(fill);
  const std::uint64_t stop = TickTimer::stop();
  if (timing_) times_.fills.record(stop - start);
  ++counts_.fills;
  if (!is_accepted(reason)) ++counts_.failed_events;
  return is_accepted(reason);
}

bool GateDriver::apply(std::uint32_t gate, const Event& event) {
  Verdict verdict = session_->gates[gate].gate->apply(event);
  // Books arrive faster than any order flow: the revaluer is given the time it needs. An attempt
  // that changed nothing is not recorded.
  for (int tries = 0; verdict.reason == Reason::queue_full && tries < full_queue_tries; ++tries) {
    if (make_room_) make_room_(gate);
    verdict = session_->gates[gate].gate->apply(event);
  }
  write(gate, event);
  if (std::holds_alternative<PositionTransfer>(event)) ++counts_.transfers;
  if (!verdict.accepted()) ++counts_.failed_events;
  return verdict.accepted();
}

void GateDriver::tick(std::size_t coin, double spot, Timestamp time) {
  for (const CoinRoute& route : session_->coin_routes[coin]) {
    const SpotTick tick{route.underlying, {price_units(spot)}, time};
    write(route.gate, Event(tick));
    if (audit_ != nullptr) audit_->spot(route.gate, tick);
    const std::uint64_t start = TickTimer::start();
    const Reason reason = session_->gates[route.gate].gate->apply(tick);
    const std::uint64_t stop = TickTimer::stop();
    if (timing_) times_.spot_ticks.record(stop - start);
    ++counts_.spot_ticks;
    if (!is_accepted(reason)) ++counts_.failed_events;
  }
}

void GateDriver::see_tables(std::uint32_t gate, Epoch newest, TableFeed& feed) {
  if (newest <= seen_[gate]) return;
  seen_[gate] = newest;
  for (PublishedTable& table : feed.take_until(newest)) {
    table_times_[gate] = table.as_of;
    if (audit_ != nullptr) audit_->table(gate, table);
    write(gate, std::move(table));
  }
}

// One poll may see a table, adopt accounts under it and then see the next one. The record keeps
// that order: replay would give a table back that nobody had moved to yet.
std::size_t GateDriver::poll(std::uint32_t gate, TableFeed& feed) {
  Gate& polled = *session_->gates[gate].gate;
  const std::size_t adopted = polled.poll(adopted_);
  for (std::size_t i = 0; i < adopted; ++i) {
    see_tables(gate, adopted_[i].epoch, feed);
    write(gate, adopted_[i]);
  }
  see_tables(gate, polled.newest_epoch(), feed);
  return adopted;
}

}  // namespace margingate::run
