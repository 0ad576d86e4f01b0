// Calls that no order announces: money, trades, exercise, batches of quotes, quotes shown under a
// protection.
#include <variant>

#include "reference/reference_quotes.hpp"
#include "reference/reference_row.hpp"
#include "reference/reference_trade.hpp"
#include "reference/verdict_audit.hpp"
#include "verify/session.hpp"

namespace margingate::verify {

using reference::ReferenceDecision;

bool Session::decide_change(const Event& event, Tally& tally) {
  using reference::ReferenceAccount;
  using reference::ReferenceMarket;
  if (const auto* w = std::get_if<Withdrawal>(&event)) {
    const ReferenceAccount before = ledger_.account(w->account);
    const Verdict verdict = gate_->withdraw(*w);
    judge_change(w->account, before, verdict, tally, [&](const ReferenceMarket&) {
      return reference::reference_cash_change(before, w->asset, -w->amount);
    });
    if (controls_) agree(controls_->judge(*w, verdict), w->account, verdict);
    ledger_.took(event, verdict);
    return true;
  }
  if (const auto* e = std::get_if<Exercise>(&event)) {
    const ReferenceAccount before = ledger_.account(e->account);
    const Verdict verdict = gate_->exercise(*e);
    judge_change(e->account, before, verdict, tally, [&](const ReferenceMarket& market) {
      return reference::reference_exercise_change(market, before, *e);
    });
    if (controls_) agree(controls_->judge(*gate_, *e, verdict), e->account, verdict);
    ledger_.took(event, verdict);
    return true;
  }
  TransferVerdict verdict;
  if (const auto* t = std::get_if<CashTransfer>(&event)) {
    const ReferenceAccount from = ledger_.account(t->from);
    const ReferenceAccount to = ledger_.account(t->to);
    verdict = gate_->transfer(*t);
    judge_change(t->from, from, verdict.from, tally, [&](const ReferenceMarket&) {
      return reference::reference_cash_change(from, t->asset, -t->amount);
    });
    judge_change(t->to, to, verdict.to, tally, [&](const ReferenceMarket&) {
      return reference::reference_cash_change(to, t->asset, t->amount);
    });
    if (controls_) agree(controls_->judge(*t, verdict), t->from, verdict.from);
  } else if (const auto* block = std::get_if<BlockTrade>(&event)) {
    const ReferenceAccount buyer = ledger_.account(block->buyer);
    const ReferenceAccount seller = ledger_.account(block->seller);
    verdict = gate_->trade(*block);
    judge_change(block->buyer, buyer, verdict.from, tally, [&](const ReferenceMarket& market) {
      return reference::reference_trade_change(market, buyer, block->instrument,
                                               block->quantity.value, block->price);
    });
    judge_change(block->seller, seller, verdict.to, tally, [&](const ReferenceMarket& market) {
      return reference::reference_trade_change(market, seller, block->instrument,
                                               -block->quantity.value, block->price);
    });
    if (controls_) agree(controls_->judge(*gate_, *block, verdict), block->buyer, verdict.from);
  } else {
    return false;
  }
  Verdict both = verdict.from;
  both.reason = verdict.reason;
  ledger_.took(event, both);
  return true;
}

void Session::judge_change(
    AccountId account, const reference::ReferenceAccount& before, const Verdict& verdict,
    Tally& tally,
    const std::function<reference::ReferenceChange(const reference::ReferenceMarket& market)>&
        change_of) {
  if (verdict.decided_by == DecidedBy::input) {
    ++tally.refused_on_input;
    return;
  }
  Question question;
  question.intent.account = account;
  // A flat account is under no table; none of its numbers depends on one.
  const Epoch epoch = verdict.epoch != 0 ? verdict.epoch : gate_->newest_epoch();
  if (!memo_.knows(epoch)) return fail("whether the table is known", question, verdict);
  const reference::ReferenceMarket& market = memo_.market(epoch);
  const ReferenceDecision exact =
      reference::reference_decide_change(market, before, change_of(market));
  ++tally.decisions;
  ++decided_;
  const std::string_view what = reference::verdict_difference(verdict, exact);
  if (!what.empty()) fail(std::string(what), question, verdict);
}

// What the controls disagree in.
void Session::agree(const std::string& difference, AccountId account, const Verdict& verdict) {
  if (difference.empty() || failure_) return;
  Question question;
  question.intent.account = account;
  fail(difference, question, verdict);
}

std::string Session::compare_scope(AccountId account) const {
  for (const auto level : {ControlLevel::account, ControlLevel::desk, ControlLevel::gate}) {
    const std::uint32_t id = level == ControlLevel::account ? account.value : 0;
    const std::string difference = controls_->status_difference(*gate_, {level, id});
    if (!difference.empty()) return difference;
  }
  return {};
}

// Decided one by one, each quote is a call of its own here, so that every verdict is seen.
void Session::quote(const QuoteCall& call, Tally& tally) {
  if (call.decision == QuoteDecision::together) return quote(call, call.quotes, tally);
  for (const Quote& one : call.quotes) {
    if (!failure_) quote(call, {&one, 1}, tally);
  }
}

void Session::quote(const QuoteCall& call, std::span<const Quote> quotes, Tally& tally) {
  const reference::ReferenceAccount before = ledger_.account(call.account);
  const auto replaced = reference::replaced_by(*gate_, quotes);
  std::vector<QuoteResult> results(quotes.size());
  const QuoteVerdict answer =
      gate_->quote({call.account, call.time, call.decision, quotes}, results);
  const Verdict& verdict = answer.verdict;
  std::vector<reference::ReferenceControls::QuotedSide> sides;
  bool withdraws_all = true;
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    for (const Side side : {Side::buy, Side::sell}) {
      const QuoteSide& s = side == Side::buy ? quotes[i].bid : quotes[i].ask;
      const bool replaces = ledger_.find(s.replaces) != nullptr;
      withdraws_all = withdraws_all && s.quantity.value == 0;
      if (!replaces && s.quantity.value == 0) continue;
      const WorkingOrderHandle booked = side == Side::buy ? results[i].bid : results[i].ask;
      const OrderIntent intent{call.account, quotes[i].instrument, side, s.quantity, s.price,
                               call.time};
      sides.push_back({intent, replaces ? std::optional(s.replaces) : std::nullopt, booked});
    }
  }
  if (withdraws_all) {
    for (const auto& side : sides) {
      if (controls_) controls_->took(Cancel{*side.replaced});
    }
  } else {
    judge_change(call.account, before, verdict, tally,
                 [&](const reference::ReferenceMarket& market) {
                   return reference::reference_quote_change(market, before, quotes, replaced);
                 });
    if (controls_) {
      agree(controls_->judge(*gate_, call.account, call.time, sides, verdict), call.account,
            verdict);
    }
  }
  if (!verdict.accepted() && !withdraws_all) return;
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    for (const Side side : {Side::buy, Side::sell}) {
      const bool is_bid = side == Side::buy;
      const WorkingOrderHandle booked = is_bid ? results[i].bid : results[i].ask;
      const auto order = gate_->working_order(booked);
      ledger_.took_quote(call.account, quotes[i].instrument, side,
                         is_bid ? quotes[i].bid : quotes[i].ask, booked,
                         order ? order->open_loss : Money{});
    }
  }
}

// Shown: then no fill up to the protection's limit loses more than is held for it. At the table's
// spot there is no interval, and what is refused for its price would.
void Session::show(const ProtectedQuote& quote, Tally& tally) {
  const BookedOrder held = *ledger_.find(quote.protection);
  const Reason reason = gate_->check_protected(quote);
  if (controls_) {
    Verdict verdict;
    verdict.reason = reason;
    agree(controls_->judge(held.account, quote, reason), held.account, verdict);
  }
  const bool is_shown = is_accepted(reason);
  if (!is_shown && reason != Reason::price_beyond_protection) {
    ++tally.refused_on_input;
    return;
  }
  const Epoch epoch = gate_->epoch(held.account);
  Question question;
  question.intent.account = held.account;
  if (!memo_.knows(epoch)) return fail("whether the table is known", question, Verdict());
  const reference::ReferenceMarket& market = memo_.market(epoch);
  const std::int64_t lots = quote.side == Side::buy ? held.remaining.value : -held.remaining.value;
  const Money loss = reference::reference_open_loss(market, memo_.row(epoch, quote.instrument),
                                                    quote.instrument, lots, quote.price);
  ++tally.decisions;
  ++decided_;
  const std::uint32_t u = config().instruments[quote.instrument.value].underlying.value;
  const bool is_exact = market.live_spots[u] == market.table_spots[u];
  const bool fits = loss <= held.open_loss;
  if (is_shown != fits && (is_shown || is_exact)) {
    fail("whether a quote keeps to its protection", question, Verdict());
  }
}

}  // namespace margingate::verify
