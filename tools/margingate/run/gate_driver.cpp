#include "run/gate_driver.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "reference/reference_move.hpp"
#include "reference/reference_quotes.hpp"
#include "reference/verdict_audit.hpp"
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
  const bool is_event = std::holds_alternative<Event>(action);
  if (audit_ != nullptr && !is_event) audit_->event(gate, action);
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
  return reserve(route.gate, {{account}, route.instrument, side, {quantity}, {price}, time});
}

Verdict GateDriver::reserve(std::uint32_t gate_number, const OrderIntent& intent) {
  const GateSession& session = session_->gates[gate_number];
  Gate& gate = *session.gate;
  write(gate_number, Event(intent));
  if (audit_ != nullptr) audit_->before(gate_number, intent);

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
  const std::uint32_t instrument = intent.instrument.value;
  count(verdict, intent.account.value,
        instrument < session.contracts.size() ? session.contracts[instrument] : nowhere);
  if (audit_ != nullptr && !audit_->after(verdict)) stopped_ = true;
  return verdict;
}

Verdict GateDriver::replace(std::uint32_t account, std::uint32_t contract,
                            const ReplaceIntent& intent) {
  return replace(session_->routes[contract].gate, account, contract, intent);
}

Verdict GateDriver::replace(std::uint32_t gate_number, std::uint32_t account,
                            std::uint32_t contract, const ReplaceIntent& intent) {
  Gate& gate = *session_->gates[gate_number].gate;
  write(gate_number, Event(intent));
  if (audit_ != nullptr) audit_->before(gate_number, intent);

  const std::uint64_t start = TickTimer::start();
  const Verdict verdict = gate.replace(intent);
  const std::uint64_t stop = TickTimer::stop();

  if (timing_) times_.replaces.record(stop - start);
  ++counts_.replaces;
  count(verdict, account, contract);
  if (audit_ != nullptr && !audit_->after(verdict)) stopped_ = true;
  return verdict;
}

QuoteVerdict GateDriver::quote(std::uint32_t gate, const QuoteBatch& batch,
                               std::span<QuoteResult> results) {
  const Gate& asked = *session_->gates[gate].gate;
  write(gate, QuoteRecord{batch, {batch.quotes.begin(), batch.quotes.end()}});
  reference::ReferenceAccount before;
  std::vector<reference::ReplacedQuote> replaced;
  if (audit_ != nullptr) {
    before = reference::reference_account(asked, batch.account);
    replaced = reference::replaced_by(asked, batch.quotes);
  }
  const QuoteVerdict verdict = session_->gates[gate].gate->quote(batch, results);
  hash_.add(verdict.verdict.reason, batch.account.value, nowhere);
  ++counts_.quote_batches;
  ++counts_.by_reason[verdict.verdict.reason];
  ++counts_.by_path[static_cast<std::size_t>(verdict.verdict.decided_by)];
  // Each verdict of quotes decided one by one is seen when they are sent one by one.
  const bool is_seen = batch.decision == QuoteDecision::together || batch.quotes.size() == 1;
  if (audit_ != nullptr && is_seen) {
    std::vector<reference::ReferenceControls::QuotedSide> sides;
    bool withdraws_all = true;
    for (std::size_t i = 0; i < batch.quotes.size(); ++i) {
      for (const Side side : {Side::buy, Side::sell}) {
        const bool is_bid = side == Side::buy;
        const QuoteSide& s = is_bid ? batch.quotes[i].bid : batch.quotes[i].ask;
        const bool replaces = (is_bid ? replaced[i].bid : replaced[i].ask).remaining.value != 0;
        withdraws_all = withdraws_all && s.quantity.value == 0;
        if (!replaces && s.quantity.value == 0) continue;
        sides.push_back(
            {{batch.account, batch.quotes[i].instrument, side, s.quantity, s.price, batch.time},
             replaces ? std::optional(s.replaces) : std::nullopt,
             is_bid ? results[i].bid : results[i].ask});
      }
    }
    if (withdraws_all) {
      for (const auto& side : sides) audit_->event(gate, Event(Cancel{*side.replaced}));
      return verdict;
    }
    judged(audit_->after_change(
        gate, "batch of quotes", before,
        [&](const reference::ReferenceMarket& market) {
          return reference_quote_change(market, before, batch.quotes, replaced);
        },
        verdict.verdict));
    judged(audit_->controls_judged(gate, "batch of quotes", [&](auto& controls, Gate& of) {
      return controls.judge(of, batch.account, batch.time, sides, verdict.verdict);
    }));
  }
  return verdict;
}

Verdict GateDriver::withdraw(std::uint32_t gate, const Withdrawal& w) {
  write(gate, Event(w));
  reference::ReferenceAccount before;
  if (audit_ != nullptr) {
    before = reference::reference_account(*session_->gates[gate].gate, w.account);
  }
  const Verdict verdict = session_->gates[gate].gate->withdraw(w);
  if (audit_ != nullptr) {
    const auto change = [&](const reference::ReferenceMarket&) {
      return reference::reference_cash_change(before, w.asset, -w.amount);
    };
    judged(audit_->after_change(gate, "withdrawal", before, change, verdict));
    judged(audit_->controls_judged(
        gate, "withdrawal", [&](auto& controls, Gate&) { return controls.judge(w, verdict); }));
  }
  return verdict;
}

TransferVerdict GateDriver::transfer(std::uint32_t gate, const CashTransfer& t) {
  write(gate, Event(t));
  reference::ReferenceAccount from;
  reference::ReferenceAccount to;
  if (audit_ != nullptr) {
    from = reference::reference_account(*session_->gates[gate].gate, t.from);
    to = reference::reference_account(*session_->gates[gate].gate, t.to);
  }
  const TransferVerdict verdict = session_->gates[gate].gate->transfer(t);
  if (audit_ != nullptr) {
    const auto given = [&](const reference::ReferenceMarket&) {
      return reference::reference_cash_change(from, t.asset, -t.amount);
    };
    const auto received = [&](const reference::ReferenceMarket&) {
      return reference::reference_cash_change(to, t.asset, t.amount);
    };
    judged(audit_->after_change(gate, "transfer", from, given, verdict.from));
    judged(audit_->after_change(gate, "transfer received", to, received, verdict.to));
    judged(audit_->controls_judged(
        gate, "transfer", [&](auto& controls, Gate&) { return controls.judge(t, verdict); }));
  }
  return verdict;
}

TransferVerdict GateDriver::trade(std::uint32_t gate, const BlockTrade& t) {
  write(gate, Event(t));
  reference::ReferenceAccount buyer;
  reference::ReferenceAccount seller;
  if (audit_ != nullptr) {
    buyer = reference::reference_account(*session_->gates[gate].gate, t.buyer);
    seller = reference::reference_account(*session_->gates[gate].gate, t.seller);
  }
  const TransferVerdict verdict = session_->gates[gate].gate->trade(t);
  if (audit_ != nullptr) {
    const auto bought = [&](const reference::ReferenceMarket& market) {
      return reference::reference_trade_change(market, buyer, t.instrument, t.quantity.value,
                                               t.price);
    };
    const auto sold = [&](const reference::ReferenceMarket& market) {
      return reference::reference_trade_change(market, seller, t.instrument, -t.quantity.value,
                                               t.price);
    };
    judged(audit_->after_change(gate, "block trade's buyer", buyer, bought, verdict.from));
    judged(audit_->after_change(gate, "block trade's seller", seller, sold, verdict.to));
    judged(audit_->controls_judged(gate, "block trade", [&](auto& controls, Gate& of) {
      return controls.judge(of, t, verdict);
    }));
  }
  return verdict;
}

Verdict GateDriver::tell(std::uint32_t gate, const Event& event) {
  write(gate, event);
  const Verdict verdict = session_->gates[gate].gate->apply(event);
  if (audit_ == nullptr) return verdict;
  if (const auto* execution = std::get_if<Execution>(&event)) {
    audit_->report(gate, *execution, verdict.reason);
  } else {
    took(gate, event, verdict.accepted());
  }
  return verdict;
}

void GateDriver::took(std::uint32_t gate, const Event& event, bool is_accepted) {
  if (audit_ != nullptr && is_accepted) audit_->event(gate, event);
}

Verdict GateDriver::exercise(std::uint32_t gate, const Exercise& e) {
  write(gate, Event(e));
  reference::ReferenceAccount before;
  if (audit_ != nullptr) {
    before = reference::reference_account(*session_->gates[gate].gate, e.account);
  }
  const Verdict verdict = session_->gates[gate].gate->exercise(e);
  if (audit_ != nullptr) {
    const auto change = [&](const reference::ReferenceMarket& market) {
      return reference::reference_exercise_change(market, before, e);
    };
    judged(audit_->after_change(gate, "exercise", before, change, verdict));
    judged(audit_->controls_judged(gate, "exercise", [&](auto& controls, Gate& of) {
      return controls.judge(of, e, verdict);
    }));
  }
  return verdict;
}

AccountMove GateDriver::move(std::uint32_t from, std::uint32_t to, AccountId account) {
  write(from, MoveRecord{account, to});
  Gate& old_gate = *session_->gates[from].gate;
  Gate& new_gate = *session_->gates[to].gate;
  reference::MovedBooks before;
  if (audit_ != nullptr) {
    before = {reference::account_book(old_gate, account),
              reference::account_book(new_gate, account)};
  }
  const AccountMove move = move_account(old_gate, new_gate, account);
  hash_.add(move.reason, account.value, nowhere);
  ++counts_.account_moves;
  ++counts_.by_reason[move.reason];
  if (audit_ != nullptr) judged(audit_->after_move(from, to, account, before, move));
  return move;
}

Reason GateDriver::show(std::uint32_t gate, AccountId account, const ProtectedQuote& quote) {
  write(gate, quote);
  const Reason reason = session_->gates[gate].gate->check_protected(quote);
  if (audit_ != nullptr) {
    judged(audit_->controls_judged(gate, "shown quote", [&](auto& controls, Gate&) {
      return controls.judge(account, quote, reason);
    }));
  }
  return reason;
}

bool GateDriver::release(std::uint32_t gate, WorkingOrderHandle order) {
  write(gate, Event(Cancel{order}));
  const std::uint64_t start = TickTimer::start();
  const Reason reason = session_->gates[gate].gate->release({order});
  const std::uint64_t stop = TickTimer::stop();
  if (timing_) times_.cancels.record(stop - start);
  ++counts_.cancels;
  took(gate, Cancel{order}, is_accepted(reason));
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
  took(gate, fill, is_accepted(reason));
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
  took(gate, event, verdict.accepted());
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
    took(route.gate, tick, is_accepted(reason));
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
