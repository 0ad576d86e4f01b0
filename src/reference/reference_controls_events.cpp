// What the reference remembers of each event, and its sums against the gate's.
#include <algorithm>

#include "reference/control_terms.hpp"
#include "reference/reference_controls.hpp"

namespace margingate::reference {
namespace {

constexpr std::size_t recent_kept = 8;

}  // namespace

void ReferenceControls::measure(std::uint32_t account, const Verdict& verdict) {
  if (!limits_margin_ || verdict.decided_by == DecidedBy::input) return;
  Measure& m = measures_[account];
  m.requirement =
      verdict.accepted() ? verdict.requirement_after.value : verdict.requirement_before.value;
  m.equity = verdict.equity.value + (verdict.accepted() ? 0 : verdict.open_loss.value);
}

void ReferenceControls::book(const OrderIntent& intent, std::int64_t value,
                             std::optional<WorkingOrderHandle> replaced,
                             WorkingOrderHandle handle) {
  const OrderId id = replaced ? orders_.at(*replaced).id : intent.id;
  if (replaced) orders_.erase(*replaced);
  orders_[handle] = {intent.account.value,
                     intent.instrument.value,
                     intent.side == Side::buy,
                     intent.quantity.value,
                     intent.price.value,
                     value,
                     id};
  if (replaced) return;
  for (const ControlScope scope : chain(intent.account.value)) {
    std::deque<Identity>& recent = parties_[key(scope)].recent;
    recent.push_back({intent.instrument.value, intent.side == Side::buy, intent.quantity.value,
                      intent.price.value, intent.time.ns});
    if (recent.size() > recent_kept) recent.pop_front();
  }
}

void ReferenceControls::executed(const Order& o, bool is_buy) {
  for (const ControlScope scope : chain(o.account)) {
    Party& party = parties_[key(scope)];
    Executions& e = party.executions;
    const bool repeats = e.count > 0 && e.instrument == o.instrument && e.is_buy == is_buy &&
                         now_.ns - e.time < config_->controls->execution_period.value;
    e = {o.instrument, is_buy, now_.ns, repeats ? e.count + 1 : 1};
    if (e.count >= limit(scope, Control::repeated_executions)) party.is_suspended = true;
  }
}

void ReferenceControls::reduce(WorkingOrderHandle handle, std::int64_t quantity) {
  Order& o = orders_.at(handle);
  o.value -= static_cast<std::int64_t>(static_cast<Int128>(o.value) * quantity / o.remaining);
  o.remaining -= quantity;
  if (o.remaining == 0) orders_.erase(handle);
}

void ReferenceControls::filled(const Fill& fill) {
  if (!orders_.contains(fill.order)) return;
  const Order& o = orders_.at(fill.order);
  const std::int64_t quantity = fill.quantity.value;
  nets_[o.account][o.instrument] += o.is_buy ? quantity : -quantity;
  executed(o, o.is_buy);
  reduce(fill.order, quantity);
}

void ReferenceControls::filled(const ComboFill& fill) {
  if (!orders_.contains(fill.order)) return;
  const Order& o = orders_.at(fill.order);
  for (const Part& part : parts(o.instrument)) {
    const std::int64_t lots = part.ratio * fill.quantity.value;
    nets_[o.account][part.instrument] += o.is_buy ? lots : -lots;
  }
  executed(o, o.is_buy);
  reduce(fill.order, fill.quantity.value);
}

void ReferenceControls::filled(const ProtectedFill& fill) {
  if (!orders_.contains(fill.protection)) return;
  const Order& o = orders_.at(fill.protection);
  const bool is_buy = fill.side == Side::buy;
  nets_[o.account][fill.instrument.value] += is_buy ? fill.quantity.value : -fill.quantity.value;
  executed(o, is_buy);
  reduce(fill.protection, fill.quantity.value);
}

// What is in suspense is no order.
void ReferenceControls::cancelled(const CancelAll& c) {
  std::erase_if(orders_, [&](const auto& entry) {
    const Order& o = entry.second;
    if (o.account != c.account.value || o.in_suspense) return false;
    if (c.instrument && o.instrument != c.instrument->value) return false;
    return !c.side || o.is_buy == (*c.side == Side::buy);
  });
}

// Positions are paid out, orders and combos of it released.
void ReferenceControls::ended(InstrumentId instrument) {
  for (auto& net : nets_) net.erase(instrument.value);
  std::erase_if(orders_, [&](const auto& entry) {
    const Order& o = entry.second;
    if (o.in_suspense || is_group(o.instrument)) return false;
    for (const Part& part : parts(o.instrument)) {
      if (part.instrument == instrument.value) return true;
    }
    return false;
  });
}

void ReferenceControls::took(const Event& event) {
  if (const auto* e = std::get_if<Cancel>(&event)) orders_.erase(e->order);
  if (const auto* e = std::get_if<Fill>(&event)) filled(*e);
  if (const auto* e = std::get_if<PositionTransfer>(&event)) {
    nets_[e->account.value][e->instrument.value] += e->quantity.value;
  }
  if (const auto* e = std::get_if<ComboFill>(&event)) filled(*e);
  if (const auto* e = std::get_if<ProtectedFill>(&event)) filled(*e);
  if (const auto* e = std::get_if<CancelAll>(&event)) cancelled(*e);
  if (const auto* e = std::get_if<Expiry>(&event)) ended(e->instrument);
  if (const auto* e = std::get_if<Assignment>(&event)) {
    const bool is_call = config_->instruments[e->option.value].option_type == OptionType::call;
    nets_[e->account.value][e->option.value] += e->quantity.value;
    nets_[e->account.value][e->delivery.value] +=
        is_call ? -e->delivered.value : e->delivered.value;
  }
  if (const auto* e = std::get_if<SpotTick>(&event)) {
    now_ = std::max(now_, e->time);
    asset_prices_[config_->underlyings[e->underlying.value].asset.value] = e->price;
  }
  if (const auto* e = std::get_if<AssetTick>(&event)) {
    now_ = std::max(now_, e->time);
    asset_prices_[e->asset.value] = e->price;
  }
  if (const auto* e = std::get_if<CashMovement>(&event); e != nullptr && limits_margin_) {
    const std::int64_t value = cash_value(e->asset, e->amount.value);
    measures_[e->account.value].base += value;
    measures_[e->account.value].equity += value;
  }
  if (const auto* e = std::get_if<KillSwitch>(&event)) {
    parties_[key(e->scope)].is_killed = e->position == Switch::engage;
  }
  if (const auto* e = std::get_if<Resumption>(&event)) {
    parties_[key(e->scope)].is_suspended = false;
    parties_[key(e->scope)].executions = {};
  }
  if (const auto* e = std::get_if<LimitOverride>(&event)) overrides_.push_back(*e);
  if (const auto* e = std::get_if<ReferencePrice>(&event)) references_[e->instrument.value] = *e;
  if (std::holds_alternative<TradingDayStart>(event)) {
    for (Measure& m : measures_) m.base = m.equity;
  }
}

// What it takes away is no loss of the day.
void ReferenceControls::moved_away(AccountId account) {
  nets_[account.value].clear();
  std::erase_if(orders_, [&](const auto& entry) { return entry.second.account == account.value; });
  Measure& m = measures_[account.value];
  m.base -= m.equity;
  m.equity = m.requirement = 0;
}

// What it brings is no gain.
void ReferenceControls::moved_in(Gate& gate, AccountId account, const MarginStatement& statement) {
  reread(gate, account);
  Measure& m = measures_[account.value];
  m.base += statement.equity.value;
  m.equity = statement.equity.value;
  m.requirement = statement.initial_margin.value;
  const std::optional<ReferenceMarket> market = market_of_(gate.epoch(account));
  for (const WorkingOrderHandle handle : gate.working_orders(account)) {
    const Gate::WorkingOrder o = *gate.working_order(handle);
    const OrderIntent intent{account, o.instrument, o.side, o.remaining, o.price, now_};
    orders_[handle] = {account.value,
                       o.instrument.value,
                       o.side == Side::buy,
                       o.remaining.value,
                       o.price.value,
                       market ? order_value(*market, intent) : 0,
                       o.id,
                       o.in_suspense};
  }
}

void ReferenceControls::reread(const Gate& gate, AccountId account) {
  nets_[account.value].clear();
  for (const Gate::Leg& leg : gate.legs(account)) {
    // A combo works in its own name but is held in those of its legs.
    if (leg.net_quantity.value == 0) continue;
    nets_[account.value][leg.instrument.value] = leg.net_quantity.value;
  }
}

void ReferenceControls::adopted(Gate& gate, AccountId account) {
  if (!limits_margin_) return;
  const ScopeStatus status = gate.scope_status({ControlLevel::account, account.value});
  measures_[account.value].requirement = status.initial_margin.value;
  measures_[account.value].equity = status.equity.value;
}

std::string ReferenceControls::status_difference(Gate& gate, ControlScope scope) const {
  const ScopeStatus status = gate.scope_status(scope);
  std::int64_t count = 0;
  Int128 value = 0, requirement = 0, equity = 0, base = 0;
  for (const auto& [handle, o] : orders_) {
    if (!belongs(o.account, scope)) continue;
    ++count;
    value += o.value;
  }
  for (std::uint32_t account = 0; account < measures_.size(); ++account) {
    if (!belongs(account, scope)) continue;
    requirement += measures_[account].requirement;
    equity += measures_[account].equity;
    base += measures_[account].base;
  }
  const std::string name =
      std::string(to_string(scope.level)) + " " + std::to_string(scope.id) + ": ";
  const auto differs = [&](const char* what, Int128 gate_has, Int128 reference_has) {
    return name + what + " " + std::to_string(narrow(gate_has)) + ", from scratch " +
           std::to_string(narrow(reference_has));
  };
  if (status.open_orders != count) return differs("open orders", status.open_orders, count);
  if (status.open_order_value.value != value) {
    return differs("open order value", status.open_order_value.value, value);
  }
  if (status.initial_margin.value != requirement) {
    return differs("initial margin", status.initial_margin.value, requirement);
  }
  if (status.equity.value != equity) return differs("equity", status.equity.value, equity);
  if (status.daily_loss.value != base - equity) {
    return differs("daily loss", status.daily_loss.value, base - equity);
  }
  for (std::size_t c = 0; c < controls_count; ++c) {
    const std::int64_t most = limit(scope, static_cast<Control>(c));
    if (status.limits[c] != most) return differs("a limit", status.limits[c], most);
  }
  return {};
}

std::string ReferenceControls::first_excess(Gate& gate) const {
  const ControlsConfig& c = *config_->controls;
  std::vector<ControlScope> scopes{{ControlLevel::gate, 0}};
  const auto add = [&](ControlLevel level, std::size_t count) {
    for (std::uint32_t i = 0; i < count; ++i) scopes.push_back({level, i});
  };
  add(ControlLevel::account, nets_.size());
  add(ControlLevel::desk, c.desks.size());
  add(ControlLevel::firm, c.firms.size());
  add(ControlLevel::clearing_member, c.clearing_members.size());
  for (const ControlScope scope : scopes) {
    const auto exceeds = [&](Control control, Int128 exposure) {
      const std::int64_t most = limit(scope, control);
      return most != no_limit && exposure > most;
    };
    const auto named = [&](Control control) {
      return std::string(to_string(scope.level)) + " " + std::to_string(scope.id) + ": " +
             std::string(to_string(control));
    };
    std::int64_t count = 0;
    Int128 value = 0, requirement = 0;
    for (const auto& [handle, o] : orders_) {
      if (!belongs(o.account, scope)) continue;
      ++count;
      value += o.value;
    }
    for (std::uint32_t account = 0; account < measures_.size(); ++account) {
      if (belongs(account, scope)) requirement += measures_[account].requirement;
    }
    if (exceeds(Control::open_orders, count)) return named(Control::open_orders);
    if (exceeds(Control::open_order_value, value)) return named(Control::open_order_value);
    if (exceeds(Control::initial_margin, requirement)) return named(Control::initial_margin);
    for (std::uint32_t i = 0; i < config_->instruments.size(); ++i) {
      if (exceeds(Control::position, sum(scope, i).worst())) return named(Control::position);
      if (exceeds(Control::open_interest, open_interest(scope, i))) {
        return named(Control::open_interest);
      }
    }
    for (std::uint32_t u = 0; limits_greeks_ && u < config_->model.units.size(); ++u) {
      for (std::size_t g = 0; g < 3; ++g) {
        const auto control = static_cast<Control>(static_cast<std::size_t>(Control::delta) + g);
        if (limit(scope, control) == no_limit) continue;
        const Int128 worst = worst_greek(gate, scope, u, g, {UINT32_MAX}, 0);
        if (exceeds(control, worst)) return named(control);
      }
    }
  }
  return {};
}

}  // namespace margingate::reference
