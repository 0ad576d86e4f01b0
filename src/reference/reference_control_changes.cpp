// Calls beside orders against the controls: batches of quotes, trades, exercise, money.
#include <algorithm>

#include "reference/control_terms.hpp"
#include "reference/reference_controls.hpp"

namespace margingate::reference {
namespace {

bool is_margin_limit(Reason r) {
  return r == Reason::credit_limit || r == Reason::daily_loss_limit;
}

// Refused before the batch was looked at: no message was counted.
bool is_batch_input(Reason r) {
  return r == Reason::unknown_account || r == Reason::batch_too_large ||
         r == Reason::time_went_back;
}

bool is_before_limits(const Verdict& verdict) {
  if (verdict.decided_by != DecidedBy::input) return false;
  const auto number = static_cast<int>(verdict.reason);
  return (number >= 100 && number < 300) || (number >= 400 && number < 500);
}

}  // namespace

std::int64_t ReferenceControls::cash_value(AssetId asset, Int128 amount) const {
  if (asset == config_->numeraire) return narrow(amount);
  return narrow(floor_quotient(amount * asset_prices_[asset.value].value,
                               power_of_ten(config_->price_decimals)));
}

Epoch ReferenceControls::epoch_of(const Gate& gate, AccountId account,
                                  const Verdict& verdict) const {
  if (verdict.epoch != 0) return verdict.epoch;
  const Epoch own = gate.epoch(account);
  return own != 0 ? own : gate.newest_epoch();
}

// A change that the margin allows is held against the limits on margin.
std::string ReferenceControls::margin_difference(std::uint32_t account, const Verdict& verdict,
                                                 Int128 cash_value) const {
  const bool is_limited = is_margin_limit(verdict.reason);
  if (!verdict.accepted() && !is_limited) return {};
  const Reason reason = margin(account, verdict, verdict.equity.value - cash_value);
  const Reason gate_reason = is_limited ? verdict.reason : Reason::accepted;
  if (reason != gate_reason) return disagreement("margin limits", verdict.reason, reason);
  const bool is_bound = verdict.decided_by != DecidedBy::exact && verdict.uncertainty.value != 0;
  return is_limited && is_bound ? "a margin limit refused on a bound" : std::string();
}

void ReferenceControls::measure_change(std::uint32_t account, const Verdict& verdict,
                                       std::int64_t cash_value) {
  if (!limits_margin_) return;
  measures_[account].base += cash_value;
  measures_[account].equity += cash_value;
  if (verdict.accepted()) measure(account, verdict);
}

std::string ReferenceControls::judge(Gate& gate, AccountId account, Timestamp time,
                                     const std::vector<QuotedSide>& sides, const Verdict& verdict) {
  if (is_batch_input(verdict.reason)) return {};
  now_ = std::max(now_, time);
  const Reason message_reason = message(account.value, time);
  if (message_reason != Reason::accepted || is_message_reason(verdict.reason)) {
    if (message_reason == verdict.reason) return {};
    return disagreement("the message", verdict.reason, message_reason);
  }
  count_message(account.value, time);
  if (is_before_limits(verdict)) return {};
  const Epoch epoch = epoch_of(gate, account, verdict);
  const std::optional<ReferenceMarket> market = market_of_(epoch);
  if (!market) return "the table of the decision is not known";
  const std::map<WorkingOrderHandle, Order> resting = orders_;
  Reason reason = Reason::accepted;
  std::vector<Request> asked;
  for (const QuotedSide& side : sides) {
    Request request{side.intent, 0, side.replaced, false, temporary};
    request.handle.generation -= static_cast<std::uint32_t>(asked.size());
    if (side.intent.quantity.value != 0) {
      request.value = order_value(*market, side.intent);
      reason = order(gate, request, epoch, resting);
    }
    if (reason != Reason::accepted) break;
    static_cast<void>(put(request));
    asked.push_back(request);
  }
  orders_ = resting;
  if (reason != Reason::accepted || is_order_reason(verdict.reason)) {
    if (reason == verdict.reason) return {};
    return disagreement("the batch", verdict.reason, reason);
  }
  std::string difference = margin_difference(account.value, verdict, 0);
  if (!difference.empty() || !verdict.accepted()) return difference;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (asked[i].intent.quantity.value == 0) {
      orders_.erase(*asked[i].replaced);
    } else {
      book(asked[i].intent, asked[i].value, asked[i].replaced, sides[i].booked);
    }
  }
  measure_change(account.value, verdict, 0);
  return {};
}

std::string ReferenceControls::judge(Gate& gate, const BlockTrade& t,
                                     const TransferVerdict& verdict) {
  if (is_input(verdict.reason) || verdict.reason == Reason::wrong_instrument) return {};
  now_ = std::max(now_, t.time);
  const Measure buyer_before = measures_[t.buyer.value];
  const Measure seller_before = measures_[t.seller.value];
  std::vector<std::pair<Request, std::optional<Order>>> booked;
  std::string difference;
  for (const bool is_buyer : {true, false}) {
    const AccountId account = is_buyer ? t.buyer : t.seller;
    const Verdict& side = is_buyer ? verdict.from : verdict.to;
    Reason reason = message(account.value, t.time);
    const bool is_before = is_before_limits(side);
    const Epoch epoch = epoch_of(gate, account, side);
    if (reason == Reason::accepted && !is_before) {
      const std::optional<ReferenceMarket> market = market_of_(epoch);
      if (!market) return "the table of the decision is not known";
      const OrderIntent intent{account,    t.instrument, is_buyer ? Side::buy : Side::sell,
                               t.quantity, t.price,      t.time};
      Request request{intent, order_value(*market, intent), {}, true, temporary};
      reason = order(gate, request, epoch, orders_);
      if (reason == Reason::accepted) booked.emplace_back(request, put(request));
    }
    const bool is_control = is_message_reason(side.reason) || is_order_reason(side.reason);
    if (!is_before && (reason != Reason::accepted || is_control) && reason != side.reason) {
      difference = disagreement("a side of a trade", side.reason, reason);
    }
    if (difference.empty() && reason == Reason::accepted) {
      difference = margin_difference(account.value, side, 0);
    }
    if (side.accepted()) measure_change(account.value, side, 0);
  }
  if (verdict.reason == Reason::accepted && difference.empty()) return {};
  for (const auto& [request, gone] : booked) take_back(request, gone);
  measures_[t.buyer.value] = buyer_before;
  measures_[t.seller.value] = seller_before;
  return difference;
}

std::string ReferenceControls::judge(Gate& gate, const Exercise& e, const Verdict& verdict) {
  if (is_input(verdict.reason)) return {};
  now_ = std::max(now_, e.time);
  const std::uint32_t account = e.account.value;
  Reason reason = message(account, e.time);
  const bool is_before = is_before_limits(verdict);
  const bool is_call = config_->instruments[e.option.value].option_type == OptionType::call;
  const std::vector<Request> changes = {
      {{e.account, e.option, Side::sell, e.quantity, {0}, e.time}, 0, {}, true, temporary},
      {{e.account, e.delivery, is_call ? Side::buy : Side::sell, e.delivered, e.strike, e.time},
       0,
       {},
       true,
       temporary}};
  if (reason == Reason::accepted && !is_before) {
    const Epoch epoch = epoch_of(gate, e.account, verdict);
    for (const Request& change : changes) {
      if (reason == Reason::accepted) reason = contract_limits(change);
    }
    for (const ControlScope scope : chain(account)) {
      for (const Request& change : changes) {
        if (reason == Reason::accepted) reason = positions(scope, change);
      }
      if (reason == Reason::accepted) reason = greeks(gate, scope, changes, epoch);
    }
  }
  const bool is_control = is_message_reason(verdict.reason) || is_order_reason(verdict.reason);
  if (!is_before && (reason != Reason::accepted || is_control)) {
    if (reason == verdict.reason) return {};
    return disagreement("an exercise", verdict.reason, reason);
  }
  if (is_before) return {};
  std::string difference = margin_difference(account, verdict, 0);
  if (!difference.empty() || !verdict.accepted()) return difference;
  for (const Request& change : changes) static_cast<void>(put(change));
  measure_change(account, verdict, 0);
  return {};
}

std::string ReferenceControls::judge(const Withdrawal& w, const Verdict& verdict) {
  if (is_input(verdict.reason)) return {};
  now_ = std::max(now_, w.time);
  const std::int64_t value = cash_value(w.asset, -Int128{w.amount.value});
  std::string difference = margin_difference(w.account.value, verdict, value);
  if (verdict.accepted()) measure_change(w.account.value, verdict, value);
  return difference;
}

// The receiver takes the money whatever is said of it.
std::string ReferenceControls::judge(const CashTransfer& t, const TransferVerdict& verdict) {
  if (is_input(verdict.reason)) return {};
  now_ = std::max(now_, t.time);
  const std::int64_t given = cash_value(t.asset, -Int128{t.amount.value});
  const std::int64_t taken = cash_value(t.asset, t.amount.value);
  std::string difference = margin_difference(t.from.value, verdict.from, given);
  if (difference.empty()) difference = margin_difference(t.to.value, verdict.to, taken);
  if (verdict.reason != Reason::accepted) return difference;
  measure_change(t.from.value, verdict.from, given);
  measure_change(t.to.value, verdict.to, taken);
  return difference;
}

std::string ReferenceControls::judge(AccountId account, const ProtectedQuote& quote,
                                     Reason gate_reason) {
  if (is_input(gate_reason) && gate_reason != Reason::price_beyond_protection) return {};
  if (gate_reason == Reason::wrong_instrument || gate_reason == Reason::unknown_order) return {};
  now_ = std::max(now_, quote.time);
  Reason reason = message(account.value, quote.time);
  if (reason == Reason::accepted) {
    count_message(account.value, quote.time);
    reason = price(quote.instrument, quote.price, quote.time);
  }
  const bool is_control = is_message_reason(gate_reason) || is_order_reason(gate_reason);
  if (reason == Reason::accepted && !is_control) return {};
  return reason == gate_reason ? std::string() : disagreement("a shown quote", gate_reason, reason);
}

void ReferenceControls::took(Gate& gate, const Execution& e, Reason reason) {
  const bool is_booked = is_accepted(reason) || reason == Reason::execution_beyond_limit ||
                         reason == Reason::execution_not_reducing ||
                         reason == Reason::execution_out_of_order ||
                         reason == Reason::execution_exceeds_order;
  if (is_booked) {
    for (const auto& [handle, o] : orders_) {
      if (o.id != e.order || o.in_suspense || o.id.value == 0) continue;
      filled(Fill{handle, {std::min(e.quantity.value, o.remaining)}, e.price});
      break;
    }
  }
  const WorkingOrderHandle handle = gate.last_quarantined().suspense;
  const auto suspense = gate.working_order(handle);
  if (!suspense || orders_.contains(handle)) return;
  const std::optional<ReferenceMarket> market = market_of_(gate.epoch(suspense->account));
  if (!market) return;
  const OrderIntent intent{suspense->account,   suspense->instrument, suspense->side,
                           suspense->remaining, suspense->price,      now_};
  book(intent, order_value(*market, intent), {}, handle);
  orders_.at(handle).in_suspense = true;
}

}  // namespace margingate::reference
