#include "verify/ledger.hpp"

#include <algorithm>
#include <variant>

#include "reference/exact_integer.hpp"
#include "reference/reference_row.hpp"
#include "reference/reference_trade.hpp"
#include "reference/verdict_audit.hpp"

namespace margingate::verify {
namespace {

using reference::ReferenceAccount;
using reference::ReferenceLeg;

std::size_t at(const std::vector<BookedOrder>& orders, WorkingOrderHandle handle) {
  const auto found = std::find_if(orders.begin(), orders.end(),
                                  [&](const BookedOrder& o) { return o.handle == handle; });
  return static_cast<std::size_t>(found - orders.begin());
}

bool is_empty(const ReferenceLeg& leg) { return leg.empty() && leg.entry_cash.value == 0; }

std::vector<ReferenceLeg> sorted_legs(const ReferenceAccount& account) {
  std::vector<ReferenceLeg> legs = account.legs;
  std::erase_if(legs, is_empty);
  std::sort(legs.begin(), legs.end(), [](const ReferenceLeg& a, const ReferenceLeg& b) {
    return a.instrument < b.instrument;
  });
  return legs;
}

bool same(const ReferenceLeg& a, const ReferenceLeg& b) {
  return a.instrument == b.instrument && a.net == b.net && a.working_buys == b.working_buys &&
         a.working_sells == b.working_sells && a.entry_cash == b.entry_cash;
}

}  // namespace

Ledger::Ledger(const GateConfig& config, std::uint32_t accounts)
    : config_(&config), accounts_(accounts) {
  for (ReferenceAccount& account : accounts_) account.wallets.resize(config.assets.size());
}

ReferenceLeg& Ledger::leg(AccountId id, InstrumentId instrument) {
  std::vector<ReferenceLeg>& legs = accounts_[id.value].legs;
  const auto found = std::find_if(legs.begin(), legs.end(), [&](const ReferenceLeg& one) {
    return one.instrument == instrument;
  });
  if (found != legs.end()) return *found;
  legs.push_back({instrument, 0, 0, 0, {}});
  return legs.back();
}

void Ledger::change_working(const BookedOrder& order, std::int64_t lots) {
  ReferenceLeg& changed = leg(order.account, order.instrument);
  (order.side == Side::buy ? changed.working_buys : changed.working_sells) += lots;
  if (is_empty(changed)) {
    std::erase_if(accounts_[order.account.value].legs, is_empty);
  }
}

void Ledger::end(std::size_t position) {
  orders_[position] = orders_.back();
  orders_.pop_back();
}

void Ledger::took_order(const OrderIntent& intent, const Verdict& verdict) {
  const BookedOrder order{verdict.order,   intent.account, intent.instrument, intent.side,
                          intent.quantity, intent.price,   verdict.open_loss, intent.id};
  orders_.push_back(order);
  change_working(order, order.remaining.value);
  accounts_[order.account.value].open_losses += order.open_loss;
}

void Ledger::took_replace(const ReplaceIntent& intent, const Verdict& verdict) {
  BookedOrder& order = orders_[at(orders_, intent.order)];
  change_working(order, intent.quantity.value - order.remaining.value);
  accounts_[order.account.value].open_losses += verdict.open_loss - order.open_loss;
  order.handle = verdict.order;
  order.remaining = intent.quantity;
  order.price = intent.price;
  order.open_loss = verdict.open_loss;
}

void Ledger::used_up(std::size_t position, std::int64_t lots) {
  BookedOrder& order = orders_[position];
  const Money released =
      reference::reference_open_loss_released(order.open_loss, order.remaining.value, lots);
  order.open_loss -= released;
  accounts_[order.account.value].open_losses -= released;
  order.remaining.value -= lots;
  change_working(order, -lots);
  if (order.remaining.value == 0) end(position);
}

void Ledger::trade(AccountId account, InstrumentId instrument, std::int64_t lots, Price price) {
  reference::reference_apply_fill(*config_, accounts_[account.value], instrument, lots, price);
}

void Ledger::took_fill(const Fill& fill) {
  const std::size_t position = at(orders_, fill.order);
  const BookedOrder order = orders_[position];
  used_up(position, fill.quantity.value);
  const std::int64_t lots = order.side == Side::buy ? fill.quantity.value : -fill.quantity.value;
  trade(order.account, order.instrument, lots, fill.price);
  const AssetId asset = config_->instruments[order.instrument.value].settlement_asset;
  accounts_[order.account.value].wallets[asset.value] -= fill.fee;
}

void Ledger::took_combo_fill(const ComboFill& fill) {
  const std::size_t position = at(orders_, fill.order);
  const BookedOrder order = orders_[position];
  used_up(position, fill.quantity.value);
  const Combo& combo = config_->combos[order.instrument.value - config_->instruments.size()];
  const std::int64_t lots = order.side == Side::buy ? fill.quantity.value : -fill.quantity.value;
  for (std::size_t i = 0; i < combo.legs.size(); ++i) {
    const ComboLeg& leg = combo.legs[i];
    trade(order.account, leg.instrument, lots * leg.ratio, fill.prices[i]);
  }
  const AssetId asset = reference::contract_of(*config_, order.instrument).settlement_asset;
  accounts_[order.account.value].wallets[asset.value] -= fill.fee;
}

void Ledger::took_protected_fill(const ProtectedFill& fill) {
  const std::size_t position = at(orders_, fill.protection);
  const BookedOrder order = orders_[position];
  used_up(position, fill.quantity.value);
  const std::int64_t lots = fill.side == Side::buy ? fill.quantity.value : -fill.quantity.value;
  trade(order.account, fill.instrument, lots, fill.price);
  const AssetId asset = config_->instruments[fill.instrument.value].settlement_asset;
  accounts_[order.account.value].wallets[asset.value] -= fill.fee;
}

void Ledger::took_quote(AccountId account, InstrumentId instrument, Side side,
                        const QuoteSide& quoted, WorkingOrderHandle booked, Money open_loss) {
  if (find(quoted.replaces) != nullptr) took_cancel({quoted.replaces});
  if (quoted.quantity.value == 0) return;
  const BookedOrder order{booked,          account,      instrument, side,
                          quoted.quantity, quoted.price, open_loss};
  orders_.push_back(order);
  change_working(order, order.remaining.value);
  accounts_[account.value].open_losses += open_loss;
}

// Orders end, combos of the contract among them; then positions are paid out.
void Ledger::took_expiry(const Expiry& expiry) {
  const auto trades_in_it = [&](const BookedOrder& order) {
    const std::size_t contracts = config_->instruments.size();
    const std::size_t number = order.instrument.value - contracts;
    if (order.instrument.value < contracts) return order.instrument == expiry.instrument;
    if (number >= config_->combos.size()) return false;
    const std::vector<ComboLeg>& legs = config_->combos[number].legs;
    return std::any_of(legs.begin(), legs.end(),
                       [&](const ComboLeg& leg) { return leg.instrument == expiry.instrument; });
  };
  for (std::size_t i = orders_.size(); i-- > 0;) {
    if (!orders_[i].in_suspense && trades_in_it(orders_[i])) took_cancel({orders_[i].handle});
  }
  for (std::uint32_t a = 0; a < accounts_.size(); ++a) {
    const std::int64_t net = leg({a}, expiry.instrument).net;
    if (net != 0) trade({a}, expiry.instrument, -net, expiry.price);
    std::erase_if(accounts_[a].legs, is_empty);
  }
}

void Ledger::took_cancel(const Cancel& cancel) {
  const std::size_t position = at(orders_, cancel.order);
  const BookedOrder order = orders_[position];
  change_working(order, -order.remaining.value);
  accounts_[order.account.value].open_losses -= order.open_loss;
  end(position);
}

void Ledger::took_cancel_all(const CancelAll& cancel) {
  for (std::size_t i = orders_.size(); i-- > 0;) {
    const BookedOrder& order = orders_[i];
    if (order.account != cancel.account || order.in_suspense) continue;
    if (cancel.instrument && order.instrument != *cancel.instrument) continue;
    if (cancel.side && order.side != *cancel.side) continue;
    took_cancel({order.handle});
  }
}

void Ledger::took_execution(const Execution& execution) {
  const auto order = std::find_if(orders_.begin(), orders_.end(), [&](const BookedOrder& o) {
    return o.id == execution.order && !o.in_suspense;
  });
  took_fill({order->handle, execution.quantity, execution.price, execution.fee});
}

void Ledger::took_suspense(WorkingOrderHandle handle, const Gate::WorkingOrder& suspense) {
  BookedOrder order{
      handle,         suspense.account,  suspense.instrument, suspense.side, suspense.remaining,
      suspense.price, suspense.open_loss};
  order.in_suspense = true;
  orders_.push_back(order);
  change_working(order, order.remaining.value);
  accounts_[order.account.value].open_losses += order.open_loss;
}

// MR-32: sold and bought back at the settlement price.
void Ledger::took_settlement(const MarkSettlement& settlement) {
  for (std::uint32_t a = 0; a < accounts_.size(); ++a) {
    const std::int64_t net = leg({a}, settlement.instrument).net;
    if (net != 0) {
      for (const std::int64_t lots : {-net, net}) {
        reference::reference_apply_fill(*config_, accounts_[a], settlement.instrument, lots,
                                        settlement.price);
      }
    }
    std::erase_if(accounts_[a].legs, is_empty);
  }
}

// MR-33: longs pay a positive rate of their value, rounded against whoever it is.
void Ledger::took_funding(const FundingPayment& payment) {
  const Instrument& instrument = config_->instruments[payment.instrument.value];
  for (std::uint32_t a = 0; a < accounts_.size(); ++a) {
    const std::int64_t net = leg({a}, payment.instrument).net;
    if (net != 0) {
      const Money cash =
          reference::reference_entry_cash(*config_, payment.instrument, net, payment.mark);
      const std::int64_t value = cash.value < 0 ? -cash.value : cash.value;
      const std::int64_t rate = net > 0 ? -payment.rate_ppb : payment.rate_ppb;
      accounts_[a].wallets[instrument.settlement_asset.value].value += reference::narrow(
          reference::floor_quotient(reference::Int128{value} * rate, reference::parts_per_one));
    }
    std::erase_if(accounts_[a].legs, is_empty);
  }
}

void Ledger::took(const Event& event, const Verdict& verdict) {
  if (const auto* execution = std::get_if<Execution>(&event)) {
    const bool is_booked = verdict.accepted() || verdict.reason == Reason::execution_beyond_limit ||
                           verdict.reason == Reason::execution_not_reducing;
    if (is_booked) took_execution(*execution);
    return;
  }
  if (!verdict.accepted()) return;
  if (const auto* intent = std::get_if<OrderIntent>(&event)) {
    took_order(*intent, verdict);
  } else if (const auto* replace = std::get_if<ReplaceIntent>(&event)) {
    took_replace(*replace, verdict);
  } else if (const auto* cancel = std::get_if<Cancel>(&event)) {
    took_cancel(*cancel);
  } else if (const auto* fill = std::get_if<Fill>(&event)) {
    took_fill(*fill);
  } else if (const auto* transfer = std::get_if<PositionTransfer>(&event)) {
    reference::reference_apply_fill(*config_, accounts_[transfer->account.value],
                                    transfer->instrument, transfer->quantity.value,
                                    transfer->price);
  } else if (const auto* cash = std::get_if<CashMovement>(&event)) {
    accounts_[cash->account.value].wallets[cash->asset.value] += cash->amount;
  } else if (const auto* hold = std::get_if<Hold>(&event)) {
    accounts_[hold->account.value].holds = hold->amount;
  } else if (const auto* all = std::get_if<CancelAll>(&event)) {
    took_cancel_all(*all);
  } else if (const auto* withdrawal = std::get_if<Withdrawal>(&event)) {
    accounts_[withdrawal->account.value].wallets[withdrawal->asset.value] -= withdrawal->amount;
  } else if (const auto* moved = std::get_if<CashTransfer>(&event)) {
    accounts_[moved->from.value].wallets[moved->asset.value] -= moved->amount;
    accounts_[moved->to.value].wallets[moved->asset.value] += moved->amount;
  } else if (const auto* block = std::get_if<BlockTrade>(&event)) {
    reference::reference_apply_fill(*config_, accounts_[block->buyer.value], block->instrument,
                                    block->quantity.value, block->price);
    reference::reference_apply_fill(*config_, accounts_[block->seller.value], block->instrument,
                                    -block->quantity.value, block->price);
  } else if (const auto* combo = std::get_if<ComboFill>(&event)) {
    took_combo_fill(*combo);
  } else if (const auto* protected_fill = std::get_if<ProtectedFill>(&event)) {
    took_protected_fill(*protected_fill);
  } else if (const auto* exercise = std::get_if<Exercise>(&event)) {
    const bool is_call =
        config_->instruments[exercise->option.value].option_type == OptionType::call;
    trade(exercise->account, exercise->option, -exercise->quantity.value, {0});
    trade(exercise->account, exercise->delivery,
          is_call ? exercise->delivered.value : -exercise->delivered.value, exercise->strike);
  } else if (const auto* assigned = std::get_if<Assignment>(&event)) {
    const bool is_call =
        config_->instruments[assigned->option.value].option_type == OptionType::call;
    trade(assigned->account, assigned->delivery,
          is_call ? -assigned->delivered.value : assigned->delivered.value, assigned->strike);
    trade(assigned->account, assigned->option, assigned->quantity.value, {0});
  } else if (const auto* expiry = std::get_if<Expiry>(&event)) {
    took_expiry(*expiry);
  } else if (const auto* settlement = std::get_if<MarkSettlement>(&event)) {
    took_settlement(*settlement);
  } else if (const auto* payment = std::get_if<FundingPayment>(&event)) {
    took_funding(*payment);
  }
}

void Ledger::came_back(const Gate& gate, AccountId account,
                       const std::function<WorkingOrderHandle(WorkingOrderHandle)>& now) {
  Money& open_losses = accounts_[account.value].open_losses;
  for (BookedOrder& order : orders_) {
    if (order.account != account) continue;
    order.handle = now(order.handle);
    open_losses -= order.open_loss;
    order.open_loss = gate.working_order(order.handle)->open_loss;
    open_losses += order.open_loss;
  }
}

const BookedOrder* Ledger::find(WorkingOrderHandle handle) const {
  const std::size_t position = at(orders_, handle);
  return position == orders_.size() ? nullptr : &orders_[position];
}

std::size_t Ledger::legs(AccountId id) const {
  const auto& legs = accounts_[id.value].legs;
  return static_cast<std::size_t>(
      std::count_if(legs.begin(), legs.end(), [](const ReferenceLeg& l) { return !l.empty(); }));
}

std::string Ledger::difference(const Gate& gate, AccountId id) const {
  const ReferenceAccount held = reference::reference_account(gate, id);
  const ReferenceAccount& expected = accounts_[id.value];
  const std::vector<ReferenceLeg> legs = sorted_legs(held);
  const std::vector<ReferenceLeg> expected_legs = sorted_legs(expected);
  if (!std::equal(legs.begin(), legs.end(), expected_legs.begin(), expected_legs.end(), same)) {
    return "the positions";
  }
  if (held.wallets != expected.wallets) return "the wallets";
  if (held.open_losses != expected.open_losses) return "the open losses";
  if (held.holds != expected.holds) return "the holds";
  return {};
}

}  // namespace margingate::verify
