// Quotes: every side that a batch changes, planned first, then judged as one change of the account.
#include <algorithm>

#include "gate/gate_impl.hpp"
#include "margin/fixed_point.hpp"

namespace margingate {
namespace {

bool is_withdrawal(const Quote& quote) noexcept {
  return quote.bid.quantity.value == 0 && quote.ask.quantity.value == 0;
}

}  // namespace

// One side's price and quantity, and the order it replaces.
Reason Gate::Impl::quote_side_input(const QuoteBatch& batch, const Quote& quote,
                                    Side side) noexcept {
  const QuoteSide& s = side == Side::buy ? quote.bid : quote.ask;
  if (s.quantity.value < 0) return Reason::quantity_not_positive;
  const WorkingOrderSlot* const order = orders.find(s.replaces);
  if (order != nullptr) {
    const bool is_its_own = order->account == batch.account.value &&
                            order->instrument == quote.instrument.value && order->side == side;
    if (!is_its_own || order->in_suspense) return Reason::unknown_order;
  }
  if (s.quantity.value == 0) return Reason::accepted;
  return order_input({batch.account, quote.instrument, side, s.quantity, s.price, batch.time});
}

Reason Gate::Impl::quote_input(const QuoteBatch& batch, const Quote& quote) noexcept {
  if (quote.instrument.value >= terms.instruments.size()) return Reason::unknown_instrument;
  Reason reason = quote_side_input(batch, quote, Side::buy);
  if (reason == Reason::accepted) reason = quote_side_input(batch, quote, Side::sell);
  if (reason != Reason::accepted) return reason;
  const bool is_two_sided = quote.bid.quantity.value > 0 && quote.ask.quantity.value > 0;
  if (is_two_sided && quote.bid.price >= quote.ask.price) return Reason::quote_crossed;
  std::uint64_t& last = quotes_.last_batch[quote.instrument.value];
  if (last == quotes_.batch) return Reason::duplicate_quote;
  last = quotes_.batch;
  return Reason::accepted;
}

// What the quote makes of its leg and of the account's open losses.
Reason Gate::Impl::plan_quote(QuotePlanning& planning, const QuoteBatch& batch,
                              std::uint32_t index) noexcept {
  const Quote& quote = batch.quotes[index];
  if (const Reason input = quote_input(batch, quote); input != Reason::accepted) return input;
  const std::uint32_t id = quote.instrument.value;
  const scenario::InstrumentTerms& instrument = terms.instruments[id];
  const margin::RiskRow& row = shared.tables[planning.slot].rows[id];
  if (row.status != Reason::accepted) return row.status;
  const LiveUnit& market = live_unit(planning.slot, instrument.risk_unit);
  QuotePlan& plan = quotes_.plans[planning.quotes++];
  plan.leg = legs.find(batch.account.value, id);
  plan.instrument = id;
  plan.after = plan.leg == no_leg ? margin::LegState{} : legs[plan.leg].state;
  const std::int64_t lots_before = plan.after.lots();
  for (const Side side : {Side::buy, Side::sell}) {
    const QuoteSide& s = side == Side::buy ? quote.bid : quote.ask;
    const WorkingOrderSlot* const replaced = orders.find(s.replaces);
    const std::int64_t quantity = s.quantity.value;
    if (replaced == nullptr && quantity == 0) continue;
    const margin::LegState leg_before = plan.after;
    (side == Side::buy ? plan.after.working_buys : plan.after.working_sells) +=
        quantity - (replaced != nullptr ? replaced->remaining : 0);
    planning.open_losses -= replaced != nullptr ? replaced->open_loss : 0;
    planning.new_orders += replaced == nullptr ? 1 : 0;
    QuoteSidePlan& planned = quotes_.sides[planning.sides];
    planned = {
        index, side,
        TrialOrder{id, side == Side::buy ? quantity : -quantity, s.price.value, {0, 0}, true}};
    if (quantity != 0) {
      planned.order.loss = margin::open_loss(instrument, row, market.market.drift, market.live_coin,
                                             planned.order.lots, s.price.value);
      planning.open_losses += planned.order.loss.hi;
    }
    if (controls) {
      Candidate c{batch.account.value,
                  id,
                  instrument.risk_unit,
                  planning.slot,
                  leg_before,
                  plan.after,
                  planned.order.lots,
                  s.price.value,
                  0,
                  replaced != nullptr ? s.replaces.index : limits::no_order};
      quotes_.controlled[planning.sides] = controlled(c);
    }
    ++planning.sides;
  }
  const std::int64_t scale = instrument.scaled_lot();
  planning.scaled_lots[instrument.risk_unit] += (plan.after.lots() - lots_before) * scale;
  const bool fits = plan.after.lots() <= terms.config.limits.quantity_max &&
                    planning.scaled_lots[instrument.risk_unit] <= margin::scaled_lots_max;
  if (!fits) return Reason::position_limit;
  planning.new_legs += plan.leg == no_leg ? 1 : 0;
  return Reason::accepted;
}

Reason Gate::Impl::room_for_quotes(const QuotePlanning& planning) noexcept {
  if (planning.new_legs > legs.free_count()) return Reason::legs_full;
  if (planning.new_orders > orders.free_count()) return Reason::working_orders_full;
  const std::size_t events = planning.quotes + 4;
  if (!shared.events.has_room(shared.events.capacity() / 8 + events)) return Reason::queue_full;
  if (!controls) return Reason::accepted;
  return controls->admit_orders({quotes_.controlled.data(), planning.sides});
}

// Quotes first .. last - 1 as one change. The reason of the offender goes to its own result.
Verdict Gate::Impl::decide_quotes(const QuoteBatch& batch, std::uint32_t first, std::uint32_t last,
                                  std::span<QuoteResult> results) noexcept {
  const std::uint32_t account = batch.account.value;
  Verdict verdict;
  verdict.reason = Reason::accepted;
  if (controls) verdict.reason = take_message(account);
  Trial trial;
  trial.moves = quotes_.moves;
  begin(trial, account);
  QuotePlanning planning;
  planning.slot = slot_for(account);
  planning.open_losses = accounts[account].open_losses;
  if (planning.slot == sync::EpochSlots<>::no_slot) verdict.reason = Reason::no_risk_table;
  for (std::uint32_t unit = 0; unit < terms.units.size(); ++unit) {
    planning.scaled_lots[unit] = scaled_lots(account, unit);
  }
  for (std::uint32_t i = first; i < last && verdict.reason == Reason::accepted; ++i) {
    verdict.reason = results[i].reason = plan_quote(planning, batch, i);
  }
  if (verdict.reason == Reason::accepted) verdict.reason = room_for_quotes(planning);
  if (verdict.reason != Reason::accepted) return count(verdict), verdict;

  for (std::uint32_t i = 0; i < planning.quotes; ++i) {
    const QuotePlan& plan = quotes_.plans[i];
    move(trial, plan.leg != no_leg ? plan.leg : insert(trial, plan.instrument), plan.after, false);
  }
  accounts[account].open_losses = planning.open_losses;
  std::uint32_t working = 0;
  for (std::uint32_t i = 0; i < planning.sides; ++i) {
    if (quotes_.sides[i].order.lots != 0) quotes_.orders[working++] = quotes_.sides[i].order;
  }
  trial.orders = {quotes_.orders.data(), working};
  trial.may_reduce = true;
  verdict = judge(trial);
  if (verdict.accepted()) {
    book_quotes(batch, planning, results);
    settle(trial);
    measure_change(trial, verdict);
  } else {
    take_back(trial);
  }
  count(verdict);
  return verdict;
}

void Gate::Impl::book_quotes(const QuoteBatch& batch, const QuotePlanning& planning,
                             std::span<QuoteResult> results) noexcept {
  std::uint32_t working = 0;
  for (std::uint32_t i = 0; i < planning.sides; ++i) {
    const QuoteSidePlan& side = quotes_.sides[i];
    const Quote& quote = batch.quotes[side.quote];
    const bool is_bid = side.side == Side::buy;
    const WorkingOrderHandle replaced = is_bid ? quote.bid.replaces : quote.ask.replaces;
    WorkingOrderSlot* order = orders.find(replaced);
    if (side.order.lots == 0) {
      if (controls) controls->ended(replaced.index);
      end_order(replaced);
      continue;
    }
    WorkingOrderHandle handle = replaced;
    if (order == nullptr) {
      WorkingOrderSlot fresh;
      fresh.account = batch.account.value;
      fresh.instrument = side.order.instrument;
      fresh.leg = legs.find(fresh.account, fresh.instrument);
      fresh.side = side.side;
      handle = orders.start(fresh);
      order = orders.find(handle);
    }
    order->remaining = side.order.lots < 0 ? -side.order.lots : side.order.lots;
    order->price = side.order.price;
    // As judged: an exact decision has made it a point.
    order->open_loss = quotes_.orders[working++].loss.hi;
    if (controls) controls->booked(quotes_.controlled[i], handle);
    (is_bid ? results[side.quote].bid : results[side.quote].ask) = handle;
  }
}

// Nothing works of it afterwards, so nobody is asked.
Reason Gate::Impl::withdraw_quote(const QuoteBatch& batch, const Quote& quote) noexcept {
  const Reason input = quote_input(batch, quote);
  if (input != Reason::accepted) return input;
  for (const WorkingOrderHandle handle : {quote.bid.replaces, quote.ask.replaces}) {
    static_cast<void>(release(Cancel{handle}));
  }
  return Reason::accepted;
}

QuoteVerdict Gate::Impl::quote(const QuoteBatch& batch, std::span<QuoteResult> results) noexcept {
  QuoteVerdict result;
  Reason input = Reason::accepted;
  const std::size_t count_of_quotes = batch.quotes.size();
  if (batch.account.value >= accounts.size()) {
    input = Reason::unknown_account;
  } else if (count_of_quotes > quotes_.plans.size() || count_of_quotes > results.size()) {
    input = Reason::batch_too_large;
  } else {
    input = time_input(batch.time);
  }
  result.verdict.reason = input;
  if (input != Reason::accepted) {
    result.refused = static_cast<std::uint32_t>(count_of_quotes);
    for (QuoteResult& one : results) one = {input, {}, {}};
    return result;
  }
  now = batch.time;
  ++quotes_.batch;
  const auto quotes = static_cast<std::uint32_t>(count_of_quotes);
  for (std::uint32_t i = 0; i < quotes; ++i) results[i] = {Reason::batch_refused, {}, {}};
  const bool withdraws_all = std::all_of(batch.quotes.begin(), batch.quotes.end(), is_withdrawal);
  if (batch.decision == QuoteDecision::together && !withdraws_all) {
    result.verdict = decide_quotes(batch, 0, quotes, results);
    const bool accepted = result.verdict.accepted();
    (accepted ? result.accepted : result.refused) = quotes;
    for (std::uint32_t i = 0; i < quotes; ++i) {
      if (accepted) results[i].reason = result.verdict.reason;
      // Whose fault it was shows; the others were refused with it.
      if (!accepted && results[i].reason == Reason::accepted) {
        results[i].reason = Reason::batch_refused;
      }
    }
    return result;
  }
  for (std::uint32_t i = 0; i < quotes; ++i) {
    Verdict verdict;
    if (is_withdrawal(batch.quotes[i])) {
      verdict.reason = withdraw_quote(batch, batch.quotes[i]);
    } else {
      verdict = decide_quotes(batch, i, i + 1, results);
    }
    results[i].reason = verdict.reason;
    ++(verdict.accepted() ? result.accepted : result.refused);
    if (result.verdict.accepted()) result.verdict = verdict;
  }
  return result;
}

}  // namespace margingate
