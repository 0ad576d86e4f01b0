#include "reference/reference_move.hpp"

#include <algorithm>
#include <cmath>

#include "reference/reference_row.hpp"
#include "reference/reference_trade.hpp"
#include "reference/verdict_audit.hpp"

namespace margingate::reference {
namespace {

bool is_same(const ReferenceLeg& a, const ReferenceLeg& b) {
  return a.instrument == b.instrument && a.net == b.net && a.working_buys == b.working_buys &&
         a.working_sells == b.working_sells && a.entry_cash == b.entry_cash;
}

// Open losses aside, which each gate books at its own market.
bool holds_the_same(const ReferenceAccount& a, const ReferenceAccount& b) {
  return a.wallets == b.wallets && a.holds == b.holds &&
         std::equal(a.legs.begin(), a.legs.end(), b.legs.begin(), b.legs.end(),
                    [](const ReferenceLeg& x, const ReferenceLeg& y) { return is_same(x, y); });
}

bool is_same(const Gate::WorkingOrder& a, const Gate::WorkingOrder& b) {
  return a.account == b.account && a.instrument == b.instrument && a.side == b.side &&
         a.remaining == b.remaining && a.price == b.price && a.id == b.id && a.kind == b.kind &&
         a.reduce_only == b.reduce_only && a.in_suspense == b.in_suspense;
}

bool is_same(const AccountBook& a, const AccountBook& b) {
  return holds_the_same(a.account, b.account) && a.account.open_losses == b.account.open_losses &&
         std::equal(a.orders.begin(), a.orders.end(), b.orders.begin(), b.orders.end(),
                    [](const Gate::WorkingOrder& x, const Gate::WorkingOrder& y) {
                      return is_same(x, y) && x.open_loss == y.open_loss;
                    });
}

bool is_judged(Reason reason) {
  return is_accepted(reason) || reason == Reason::insufficient_margin ||
         reason == Reason::equity_below_minimum;
}

bool is_unpriced(Reason reason) {
  return reason >= Reason::missing_mark && reason <= Reason::position_unpriced;
}

std::string moved_difference(const Gate& from, const Gate& to, AccountId account,
                             const MovedBooks& before, const AccountMove& move) {
  const AccountBook left = account_book(from, account);
  const bool is_gone = left.account.legs.empty() && left.orders.empty() &&
                       left.account.open_losses == Money{} && left.account.holds == Money{} &&
                       std::all_of(left.account.wallets.begin(), left.account.wallets.end(),
                                   [](Money amount) { return amount == Money{}; });
  if (!is_gone) return "what is left behind";
  const AccountBook book = account_book(to, account);
  if (!holds_the_same(book.account, before.from.account)) return "what has arrived";
  if (move.orders.size() != before.from.orders.size()) return "how many orders have arrived";
  Money open_losses;
  for (std::size_t i = 0; i < move.orders.size(); ++i) {
    const auto order = to.working_order(move.orders[i].after);
    if (!order || !is_same(*order, before.from.orders[i])) return "an order that has arrived";
    open_losses += order->open_loss;
    if (order->id.value != 0 && to.find_order(order->id) != move.orders[i].after) {
      return "the number of an order that has arrived";
    }
  }
  return open_losses == book.account.open_losses ? std::string() : "the sum of open losses";
}

}  // namespace

AccountBook account_book(const Gate& gate, AccountId account) {
  AccountBook book;
  book.account = without_empty_legs(reference_account(gate, account));
  std::sort(
      book.account.legs.begin(), book.account.legs.end(),
      [](const ReferenceLeg& a, const ReferenceLeg& b) { return a.instrument < b.instrument; });
  for (const WorkingOrderHandle handle : gate.working_orders(account)) {
    book.orders.push_back(*gate.working_order(handle));
  }
  return book;
}

ReferenceMove reference_move(const ReferenceMarket& to, const AccountBook& book,
                             Money open_losses) {
  ReferenceMove move;
  for (const Gate::WorkingOrder& order : book.orders) {
    const ReferenceRow row = reference_row(to, order.instrument);
    if (row.reason != Reason::accepted) continue;
    const std::int64_t lots =
        order.side == Side::buy ? order.remaining.value : -order.remaining.value;
    move.open_losses += reference_open_loss(to, row, order.instrument, lots, order.price);
  }
  ReferenceAccount account = book.account;
  account.open_losses = open_losses;
  move.margin = reference_margin(to, account);
  move.reason = move.margin.reason;
  if (move.reason != Reason::accepted) return move;
  const GateConfig& config = *to.config;
  const double least = config.model.minimum_equity_to_enter * std::pow(10.0, config.money_decimals);
  if (static_cast<double>(move.margin.equity.value) < std::round(least)) {
    move.reason = Reason::equity_below_minimum;
  } else if (move.margin.equity < move.margin.initial_margin) {
    move.reason = Reason::insufficient_margin;
  }
  return move;
}

std::string move_difference(const Gate& from, const Gate& to, AccountId account,
                            const MovedBooks& before, const AccountMove& move,
                            const ReferenceMarket* market) {
  if (is_judged(move.reason) || is_unpriced(move.reason)) {
    if (market == nullptr) return "whether the table is known";
    const ReferenceMove exact = reference_move(*market, before.from, move.statement.open_losses);
    if (is_unpriced(move.reason) != is_unpriced(exact.reason)) return "whether there is a price";
    if (is_judged(move.reason)) {
      if (move.reason != exact.reason) return "the verdict";
      if (move.statement.initial_margin != exact.margin.initial_margin) return "the requirement";
      if (move.statement.equity != exact.margin.equity) return "the equity";
      if (move.statement.open_losses < exact.open_losses) return "the open losses";
    }
  }
  if (is_accepted(move.reason)) return moved_difference(from, to, account, before, move);
  if (!is_same(account_book(from, account), before.from)) return "what a refused move left";
  if (!is_same(account_book(to, account), before.to)) return "what a refused move brought";
  return {};
}

}  // namespace margingate::reference
