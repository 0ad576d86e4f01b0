// Batches of quotes, quotes under a protection, trades, exercise and money of the controlled flow.
#include <algorithm>
#include <set>

#include "support/controlled_flow.hpp"

namespace margingate::testing {
namespace {

constexpr double withdrawn = 0.2;  // share of quoted sides

}  // namespace

AccountId ControlledFlow::any_account() {
  return {static_cast<std::uint32_t>(random_.integer(0, accounts - 1))};
}

// Only what was accepted is measured of a change that is no order.
void ControlledFlow::measured(AccountId account, const Verdict& verdict) {
  if (!verdict.accepted() || verdict.decided_by == DecidedBy::input) return;
  requirements_[account.value] = verdict.requirement_after.value;
}

bool ControlledFlow::agrees(Reason reason, const std::function<std::string()>& difference) {
  ++reasons_[static_cast<std::size_t>(reason)];
  if (options_.judges) mismatch_ = difference();
  return mismatch_.empty();
}

bool ControlledFlow::call() {
  switch (random_.integer(0, 9)) {
    case 0:
    case 1:
      return trade();
    case 2:
      return exercise();
    case 3:
      return move_cash();
    case 4:
    case 5:
      return show();
    case 6:
      return chance(0.2) ? cancel_all() : true;
    default:
      return quote();
  }
}

bool ControlledFlow::quote() {
  const AccountId account = any_account();
  const bool together = chance(0.6);
  std::vector<Quote> quotes;
  std::set<std::uint32_t> quoted;
  const std::int64_t size = together ? random_.integer(1, 4) : 1;
  const auto last = [&](std::uint32_t id, Side side) {
    for (const Working& w : working_) {
      const OrderIntent& i = w.intent;
      if (i.account == account && i.instrument.value == id && i.side == side) return w.order;
    }
    return WorkingOrderHandle{};
  };
  for (std::int64_t n = 0; n < size; ++n) {
    const OrderIntent near = random_order();
    const std::uint32_t id = near.instrument.value;
    if (id == protection.value || !quoted.insert(id).second) continue;
    const Price ask{near.price.value + random_.integer(1, 40)};
    Quote q{near.instrument,
            {near.price, near.quantity, last(id, Side::buy)},
            {ask, {random_.integer(1, 8)}, last(id, Side::sell)}};
    if (chance(withdrawn)) q.bid.quantity = {};
    if (chance(withdrawn)) q.ask.quantity = {};
    if (q.bid.quantity.value != 0 || q.ask.quantity.value != 0) quotes.push_back(q);
  }
  if (quotes.empty()) return true;
  std::vector<QuoteResult> results(quotes.size());
  const auto decision = together ? QuoteDecision::together : QuoteDecision::individually;
  const QuoteVerdict verdict = gate().quote({account, tiny_->now, decision, quotes}, results);
  std::vector<reference::ReferenceControls::QuotedSide> sides;
  const bool accepted = verdict.verdict.accepted();
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    for (const Side side : {Side::buy, Side::sell}) {
      const QuoteSide& s = side == Side::buy ? quotes[i].bid : quotes[i].ask;
      const auto at = std::find_if(working_.begin(), working_.end(),
                                   [&](const Working& w) { return w.order == s.replaces; });
      const bool replaces = at != working_.end();
      if (!replaces && s.quantity.value == 0) continue;
      const WorkingOrderHandle booked = side == Side::buy ? results[i].bid : results[i].ask;
      const OrderIntent intent{account,   quotes[i].instrument, side, s.quantity, s.price,
                               tiny_->now};
      sides.push_back({intent, replaces ? std::optional(s.replaces) : std::nullopt, booked});
      if (!accepted) continue;
      if (replaces) {
        *at = working_.back();
        working_.pop_back();
      }
      if (s.quantity.value != 0) working_.push_back({booked, intent, value_of(intent)});
    }
  }
  measured(account, verdict.verdict);
  return agrees(verdict.verdict.reason, [&] {
    return reference_->judge(gate(), account, tiny_->now, sides, verdict.verdict);
  });
}

bool ControlledFlow::trade() {
  const AccountId buyer = any_account();
  const AccountId seller = any_account();
  const OrderIntent near = random_order();
  if (buyer == seller || near.instrument.value >= tiny::instruments) return true;
  const BlockTrade trade{buyer, seller, near.instrument, near.quantity, near.price, tiny_->now};
  const TransferVerdict verdict = gate().trade(trade);
  if (is_accepted(verdict.reason)) {
    nets_[buyer.value][near.instrument.value] += near.quantity.value;
    nets_[seller.value][near.instrument.value] -= near.quantity.value;
    measured(buyer, verdict.from);
    measured(seller, verdict.to);
  }
  return agrees(verdict.reason, [&] { return reference_->judge(gate(), trade, verdict); });
}

bool ControlledFlow::exercise() {
  const AccountId account = any_account();
  const InstrumentId option = chance(0.5) ? tiny::call : tiny::put;
  std::int64_t& held = nets_[account.value][option.value];
  if (held <= 0) return true;
  const InstrumentId delivery = chance(0.5) ? tiny::perpetual : tiny::future;
  const Quantity lots{random_.integer(1, held)};
  const Exercise exercise{account, option, lots, delivery, lots, tiny_price(100.0), tiny_->now};
  const Verdict verdict = gate().exercise(exercise);
  if (verdict.accepted()) {
    held -= lots.value;
    nets_[account.value][delivery.value] += option == tiny::call ? lots.value : -lots.value;
    measured(account, verdict);
  }
  return agrees(verdict.reason, [&] { return reference_->judge(gate(), exercise, verdict); });
}

bool ControlledFlow::move_cash() {
  const AccountId from = any_account();
  const AccountId to = any_account();
  const Money amount{random_.integer(1, 20'000)};
  if (from == to) {
    const Withdrawal withdrawal{from, tiny::dollars, amount, tiny_->now};
    const Verdict verdict = gate().withdraw(withdrawal);
    measured(from, verdict);
    return agrees(verdict.reason, [&] { return reference_->judge(withdrawal, verdict); });
  }
  const CashTransfer transfer{from, to, tiny::dollars, amount, tiny_->now};
  const TransferVerdict verdict = gate().transfer(transfer);
  if (is_accepted(verdict.reason)) {
    measured(from, verdict.from);
    measured(to, verdict.to);
  }
  return agrees(verdict.reason, [&] { return reference_->judge(transfer, verdict); });
}

// A quote under a protection that is held.
bool ControlledFlow::show() {
  for (const Working& w : working_) {
    if (w.intent.instrument != protection || chance(0.5)) continue;
    const InstrumentId shown = chance(0.5) ? tiny::future : tiny::call;
    const double price = fair(shown.value) * random_.uniform(0.93, 1.07);
    const ProtectedQuote quote{w.order, shown, chance(0.5) ? Side::buy : Side::sell,
                               tiny_price(price), tiny_->now};
    const Reason reason = gate().check_protected(quote);
    return agrees(reason, [&] { return reference_->judge(w.intent.account, quote, reason); });
  }
  return true;
}

bool ControlledFlow::cancel_all() {
  const AccountId account = any_account();
  if (!apply(CancelAll{account, {}, {}})) return false;
  std::erase_if(working_, [&](const Working& w) { return w.intent.account == account; });
  return true;
}

bool ControlledFlow::fill_derived(std::size_t i) {
  const Working& w = working_[i];
  const std::uint32_t account = w.intent.account.value;
  const std::int64_t quantity = random_.integer(1, w.intent.quantity.value);
  if (w.intent.instrument == protection) {
    const InstrumentId members[] = {tiny::future, tiny::call, tiny::put};
    const InstrumentId member = members[random_.integer(0, 2)];
    const Side side = chance(0.5) ? Side::buy : Side::sell;
    const Price price = tiny_price(fair(member.value));
    if (!apply(ProtectedFill{w.order, member, side, {quantity}, price})) {
      return mismatch_ = "a fill under a protection was refused", false;
    }
    nets_[account][member.value] += side == Side::buy ? quantity : -quantity;
    return traded(i, quantity), true;
  }
  const Combo& legs = combo(w.intent.instrument.value);
  ComboFill fill{w.order, {quantity}, {}, {}};
  for (std::size_t n = 0; n < legs.legs.size(); ++n) {
    fill.prices[n] = tiny_price(fair(legs.legs[n].instrument.value));
  }
  if (!apply(fill)) return mismatch_ = "a fill of a combo was refused", false;
  for (const ComboLeg& leg : legs.legs) {
    const std::int64_t lots = leg.ratio * quantity;
    nets_[account][leg.instrument.value] += w.intent.side == Side::buy ? lots : -lots;
  }
  return traded(i, quantity), true;
}

}  // namespace margingate::testing
