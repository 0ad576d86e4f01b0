#include "reference/reference_controls.hpp"

#include <algorithm>

#include "reference/reference_row.hpp"
#include "reference/reference_trade.hpp"

namespace margingate::reference {
namespace {

constexpr std::int64_t no_limit = INT64_MAX;
constexpr std::size_t epochs_kept = 64;
constexpr std::int64_t order_value_max = std::int64_t{1} << 60;

const Limit& field(const ScopeLimits& l, Control control) {
  switch (control) {
    case Control::order_quantity:
      return l.order_quantity;
    case Control::order_notional:
      return l.order_notional;
    case Control::messages:
      return l.messages;
    case Control::duplicate_orders:
      return l.duplicate_orders;
    case Control::repeated_executions:
      return l.repeated_executions;
    case Control::open_orders:
      return l.open_orders;
    case Control::open_order_value:
      return l.open_order_value;
    case Control::position:
      return l.position;
    case Control::open_interest:
      return l.open_interest;
    case Control::delta:
      return l.delta;
    case Control::gamma:
      return l.gamma;
    case Control::vega:
      return l.vega;
    case Control::initial_margin:
      return l.initial_margin;
    case Control::daily_loss:
      return l.daily_loss;
  }
  return l.order_quantity;
}

bool breaks(Int128 before, Int128 after, std::int64_t limit) {
  return limit != no_limit && after > limit && after > before;
}

bool is_input(Reason reason) {
  const auto number = static_cast<int>(reason);
  return (number >= 100 && number < 200) || reason == Reason::unknown_account ||
         reason == Reason::unknown_instrument || reason == Reason::unknown_order;
}

bool is_message_reason(Reason r) {
  return r == Reason::killed || r == Reason::suspended || r == Reason::message_limit;
}

bool is_order_reason(Reason r) {
  return r >= Reason::order_quantity_limit && r <= Reason::self_match;
}

// Refusals that come between the message and the order's own controls, or of an unpriced row.
bool is_in_between(const Verdict& verdict) {
  if (verdict.decided_by != DecidedBy::input) return false;
  const auto number = static_cast<int>(verdict.reason);
  return (number >= 200 && number < 300) || (number >= 400 && number < 500);
}

std::string disagreement(const char* what, Reason gate, Reason reference) {
  return std::string(what) + ": gate " + std::string(to_string(gate)) + ", reference " +
         std::string(to_string(reference));
}

}  // namespace

ReferenceControls::ReferenceControls(const GateConfig& config, MarketOf market_of)
    : config_(&config),
      market_of_(std::move(market_of)),
      desks_(config.limits.accounts_max, no_parent),
      nets_(config.limits.accounts_max),
      measures_(config.limits.accounts_max),
      asset_prices_(config.assets.size()) {
  const ControlsConfig& c = *config.controls;
  for (const AccountControls& a : c.accounts) desks_[a.account.value] = a.desk;
  std::vector<const ScopeLimits*> all{&c.gate, &c.account};
  for (const AccountControls& a : c.accounts) all.push_back(&a.limits);
  for (const auto* parties : {&c.desks, &c.firms, &c.clearing_members}) {
    for (const PartyControls& p : *parties) all.push_back(&p.limits);
  }
  for (const ScopeLimits* l : all) {
    limits_greeks_ = limits_greeks_ || l->delta.is_set() || l->gamma.is_set() || l->vega.is_set();
    limits_margin_ = limits_margin_ || l->initial_margin.is_set() || l->daily_loss.is_set();
  }
}

std::vector<ControlScope> ReferenceControls::chain(std::uint32_t account) const {
  const ControlsConfig& c = *config_->controls;
  std::vector<ControlScope> scopes{{ControlLevel::account, account}};
  if (const std::uint32_t desk = desks_[account]; desk != no_parent) {
    scopes.push_back({ControlLevel::desk, desk});
    if (const std::uint32_t firm = c.desks[desk].parent; firm != no_parent) {
      scopes.push_back({ControlLevel::firm, firm});
      const std::uint32_t member = c.firms[firm].parent;
      if (member != no_parent) scopes.push_back({ControlLevel::clearing_member, member});
    }
  }
  scopes.push_back({ControlLevel::gate, 0});
  return scopes;
}

bool ReferenceControls::belongs(std::uint32_t account, ControlScope scope) const {
  if (scope.level == ControlLevel::gate) return true;
  if (scope.level == ControlLevel::account) return scope.id == account;
  const std::vector<ControlScope> scopes = chain(account);
  return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

const ScopeLimits& ReferenceControls::base_limits(ControlScope scope) const {
  const ControlsConfig& c = *config_->controls;
  switch (scope.level) {
    case ControlLevel::desk:
      return c.desks[scope.id].limits;
    case ControlLevel::firm:
      return c.firms[scope.id].limits;
    case ControlLevel::clearing_member:
      return c.clearing_members[scope.id].limits;
    case ControlLevel::gate:
      return c.gate;
    case ControlLevel::account:
      break;
  }
  for (const AccountControls& a : c.accounts) {
    if (a.account.value == scope.id) return a.limits;
  }
  return c.account;
}

std::int64_t ReferenceControls::limit(ControlScope scope, Control control) const {
  const Limit& base = field(base_limits(scope), control);
  for (auto at = overrides_.rbegin(); at != overrides_.rend(); ++at) {
    if (at->scope != scope || at->control != control) continue;
    if (at->until > now_) return at->value;
    break;
  }
  return base.is_set() ? base.value() : no_limit;
}

ReferenceControls::Leg ReferenceControls::leg(std::uint32_t account,
                                              std::uint32_t instrument) const {
  Leg leg;
  const auto net = nets_[account].find(instrument);
  if (net != nets_[account].end()) leg.net = net->second;
  for (const auto& [handle, o] : orders_) {
    if (o.account != account || o.instrument != instrument) continue;
    (o.is_buy ? leg.buys : leg.sells) += o.remaining;
  }
  return leg;
}

ReferenceControls::Leg ReferenceControls::sum(ControlScope scope, std::uint32_t instrument) const {
  Leg all;
  for (std::uint32_t account = 0; account < nets_.size(); ++account) {
    const auto net = nets_[account].find(instrument);
    if (net != nets_[account].end() && belongs(account, scope)) all.net += net->second;
  }
  for (const auto& [handle, o] : orders_) {
    if (o.instrument != instrument || !belongs(o.account, scope)) continue;
    (o.is_buy ? all.buys : all.sells) += o.remaining;
  }
  return all;
}

Int128 ReferenceControls::open_interest(ControlScope scope, std::uint32_t instrument) const {
  std::map<std::uint32_t, Leg> by_account;
  for (std::uint32_t account = 0; account < nets_.size(); ++account) {
    const auto net = nets_[account].find(instrument);
    if (net != nets_[account].end()) by_account[account].net = net->second;
  }
  for (const auto& [handle, o] : orders_) {
    if (o.instrument != instrument) continue;
    Leg& leg = by_account[o.account];
    (o.is_buy ? leg.buys : leg.sells) += o.remaining;
  }
  Int128 total = 0;
  for (const auto& [account, leg] : by_account) {
    if (belongs(account, scope)) total += leg.worst();
  }
  return total;
}

const std::vector<ReferenceGreeks>* ReferenceControls::greeks_at(Epoch epoch) const {
  const auto known = greeks_.find(epoch);
  if (known != greeks_.end()) return &known->second;
  const std::optional<ReferenceMarket> market = market_of_(epoch);
  if (!market) return nullptr;
  std::vector<ReferenceGreeks> rows;
  for (std::uint32_t i = 0; i < config_->instruments.size(); ++i) {
    rows.push_back(reference_greeks(*market, {i}));
  }
  if (greeks_.size() >= epochs_kept) greeks_.erase(greeks_.begin());
  return &greeks_.emplace(epoch, std::move(rows)).first->second;
}

// Each account at the table its totals are under, the deciding one at the verdict's.
Int128 ReferenceControls::worst_greek(Gate& gate, ControlScope scope, std::uint32_t unit,
                                      std::size_t greek, AccountId at_epoch_of, Epoch epoch) const {
  Int128 net = 0, up = 0, down = 0;
  const auto per_lot = [&](std::uint32_t account, std::uint32_t instrument) -> Int128 {
    const Epoch own = account == at_epoch_of.value ? epoch : gate.epoch({account});
    const std::vector<ReferenceGreeks>* rows = own == 0 ? nullptr : greeks_at(own);
    return rows == nullptr ? 0 : (*rows)[instrument].greek[greek];
  };
  for (std::uint32_t account = 0; account < nets_.size(); ++account) {
    if (nets_[account].empty() || !belongs(account, scope)) continue;
    for (const auto& [instrument, lots] : nets_[account]) {
      if (config_->instruments[instrument].risk_unit.value != unit) continue;
      net += per_lot(account, instrument) * lots;
    }
  }
  for (const auto& [handle, o] : orders_) {
    if (config_->instruments[o.instrument].risk_unit.value != unit) continue;
    if (!belongs(o.account, scope)) continue;
    const Int128 change =
        per_lot(o.account, o.instrument) * (o.is_buy ? o.remaining : -o.remaining);
    (change > 0 ? up : down) += change > 0 ? change : -change;
  }
  return std::max(net + up, down - net);
}

std::int64_t ReferenceControls::order_value(const ReferenceMarket& market,
                                            const OrderIntent& intent) const {
  const Instrument& i = config_->instruments[intent.instrument.value];
  const bool is_reciprocal = i.payoff == Payoff::inverse && i.kind != InstrumentKind::option;
  const std::int64_t quantity = is_reciprocal ? -intent.quantity.value : intent.quantity.value;
  const std::int64_t value =
      -reference_entry_cash(*config_, intent.instrument, quantity, intent.price).value;
  if (i.settlement_asset == config_->numeraire) return value;
  const std::size_t u = i.underlying.value;
  const Price live = market.live_spots[u].value > 0 ? market.live_spots[u] : market.table_spots[u];
  const Int128 converted =
      ceil_quotient(static_cast<Int128>(value) * live.value, power_of_ten(config_->price_decimals));
  return static_cast<std::int64_t>(std::min<Int128>(converted, order_value_max));
}

Reason ReferenceControls::message(std::uint32_t account, Timestamp now) {
  for (const ControlScope scope : chain(account)) {
    Party& party = parties_[key(scope)];
    if (party.is_killed) return Reason::killed;
    if (party.is_suspended) return Reason::suspended;
    const std::int64_t most = limit(scope, Control::messages);
    if (most == no_limit) continue;
    const auto each =
        static_cast<std::int64_t>(ceil_quotient(config_->controls->message_period.value, most));
    const std::int64_t level =
        std::max<std::int64_t>(0, party.bucket.level - (now.ns - party.bucket.time));
    if (level > each * (most - 1)) return Reason::message_limit;
  }
  return Reason::accepted;
}

void ReferenceControls::count_message(std::uint32_t account, Timestamp now) {
  for (const ControlScope scope : chain(account)) {
    Bucket& bucket = parties_[key(scope)].bucket;
    const std::int64_t most = limit(scope, Control::messages);
    const std::int64_t each = most == no_limit
                                  ? 0
                                  : static_cast<std::int64_t>(ceil_quotient(
                                        config_->controls->message_period.value, most));
    bucket.level = std::max<std::int64_t>(0, bucket.level - (now.ns - bucket.time)) + each;
    bucket.time = now.ns;
  }
}

Reason ReferenceControls::instrument_controls(const OrderIntent& intent, const Leg& before,
                                              const Leg& after) const {
  const std::vector<InstrumentControls>& list = config_->controls->instruments;
  if (list.empty()) return Reason::accepted;
  const InstrumentControls& c = list[intent.instrument.value];
  const Price price = intent.price;
  if (c.order_quantity.is_set() && intent.quantity.value > c.order_quantity.value()) {
    return Reason::order_quantity_limit;
  }
  if (c.price_low.is_set() && price.value < c.price_low.value()) return Reason::static_price_collar;
  if (c.price_high.is_set() && price.value > c.price_high.value()) {
    return Reason::static_price_collar;
  }
  if (c.moving_band_ppm.is_set()) {
    const auto reference = references_.find(intent.instrument.value);
    if (reference == references_.end()) return Reason::no_reference_price;
    if (intent.time - reference->second.time > config_->controls->reference_age_max) {
      return Reason::stale_reference_price;
    }
    const std::int64_t middle = reference->second.price.value;
    const Int128 distance = static_cast<Int128>(price.value) - middle;
    // |price - reference| / reference <= band
    if ((distance < 0 ? -distance : distance) * 1'000'000 >
        static_cast<Int128>(middle) * c.moving_band_ppm.value()) {
      return Reason::moving_price_collar;
    }
  }
  if (c.position.is_set() && breaks(before.worst(), after.worst(), c.position.value())) {
    return Reason::net_position_limit;
  }
  if (c.open_interest.is_set()) {
    const Int128 total = open_interest({ControlLevel::gate, 0}, intent.instrument.value);
    if (breaks(total, total + after.worst() - before.worst(), c.open_interest.value())) {
      return Reason::open_interest_limit;
    }
  }
  return Reason::accepted;
}

Reason ReferenceControls::order(Gate& gate, const OrderIntent& intent, std::int64_t value,
                                std::optional<WorkingOrderHandle> replaced, Epoch epoch) {
  const std::uint32_t account = intent.account.value;
  const std::uint32_t instrument = intent.instrument.value;
  const std::uint32_t unit = config_->instruments[instrument].risk_unit.value;
  const Leg before = leg(account, instrument);
  const Int128 old_value = replaced ? orders_.at(*replaced).value : 0;
  // With the order: put it there, look, take it away again.
  const std::map<WorkingOrderHandle, Order> without = orders_;
  if (replaced) orders_.erase(*replaced);
  orders_[{UINT32_MAX, UINT32_MAX}] = {
      account, instrument, intent.side == Side::buy, intent.quantity.value, intent.price.value,
      value};
  const std::map<WorkingOrderHandle, Order> with = orders_;
  const Leg after = leg(account, instrument);
  orders_ = without;
  Reason reason = instrument_controls(intent, before, after);
  for (const ControlScope scope : chain(account)) {
    if (reason != Reason::accepted) return reason;
    const auto at = [&](Control control) { return limit(scope, control); };
    if (intent.quantity.value > at(Control::order_quantity)) return Reason::order_quantity_limit;
    if (value > at(Control::order_notional)) return Reason::order_notional_limit;
    if (!replaced) {
      std::int64_t same = 0;
      for (const Identity& i : parties_[key(scope)].recent) {
        same += i.instrument == instrument && i.is_buy == (intent.side == Side::buy) &&
                i.quantity == intent.quantity.value && i.price == intent.price.value &&
                intent.time.ns - i.time < config_->controls->duplicate_period.value;
      }
      if (same >= at(Control::duplicate_orders)) return Reason::duplicate_order;
    }
    std::int64_t count = 0;
    Int128 total = 0;
    for (const auto& [handle, o] : orders_) {
      if (!belongs(o.account, scope)) continue;
      ++count;
      total += o.value;
    }
    if (!replaced && count >= at(Control::open_orders)) return Reason::open_order_limit;
    if (breaks(total, total + value - old_value, at(Control::open_order_value))) {
      return Reason::open_order_value_limit;
    }
    const Leg all_before = sum(scope, instrument);
    const Int128 interest_before = open_interest(scope, instrument);
    orders_ = with;
    const Leg all_after = sum(scope, instrument);
    const Int128 interest_after = open_interest(scope, instrument);
    orders_ = without;
    if (breaks(all_before.worst(), all_after.worst(), at(Control::position))) {
      return Reason::net_position_limit;
    }
    if (breaks(interest_before, interest_after, at(Control::open_interest))) {
      return Reason::open_interest_limit;
    }
    for (std::size_t g = 0; g < 3; ++g) {
      const std::int64_t most =
          at(static_cast<Control>(static_cast<std::size_t>(Control::delta) + g));
      if (most == no_limit) continue;
      const Int128 low = worst_greek(gate, scope, unit, g, intent.account, epoch);
      orders_ = with;
      const Int128 high = worst_greek(gate, scope, unit, g, intent.account, epoch);
      orders_ = without;
      constexpr Reason reasons[] = {Reason::delta_limit, Reason::gamma_limit, Reason::vega_limit};
      if (breaks(low, high, most)) return reasons[g];
    }
  }
  if (reason != Reason::accepted || config_->controls->self_match != SelfMatch::refuse) {
    return reason;
  }
  ControlScope own{ControlLevel::account, account};
  for (const ControlScope scope : chain(account)) {
    if (scope.level == config_->controls->self_match_level) own = scope;
  }
  for (const auto& [handle, o] : orders_) {
    if (replaced && handle == *replaced) continue;
    if (o.instrument != instrument || !belongs(o.account, own)) continue;
    if (o.is_buy == (intent.side == Side::buy)) continue;
    const bool meets = o.is_buy ? intent.price.value <= o.price : intent.price.value >= o.price;
    if (meets) return Reason::self_match;
  }
  return Reason::accepted;
}

Reason ReferenceControls::margin(std::uint32_t account, const Verdict& verdict) const {
  if (verdict.requirement_after <= verdict.requirement_before) return Reason::accepted;
  for (const ControlScope scope : chain(account)) {
    Int128 requirement = verdict.requirement_after.value;
    Int128 loss = measures_[account].base - verdict.equity.value - verdict.open_loss.value;
    for (std::uint32_t other = 0; other < measures_.size(); ++other) {
      if (other == account || !belongs(other, scope)) continue;
      requirement += measures_[other].requirement;
      loss += measures_[other].base - measures_[other].equity;
    }
    const std::int64_t credit = limit(scope, Control::initial_margin);
    if (credit != no_limit && requirement > credit) return Reason::credit_limit;
    const std::int64_t most = limit(scope, Control::daily_loss);
    if (most != no_limit && loss > most) return Reason::daily_loss_limit;
  }
  return Reason::accepted;
}

std::string ReferenceControls::judge(Gate& gate, const OrderIntent& intent,
                                     std::optional<WorkingOrderHandle> replaced,
                                     const Verdict& verdict) {
  if (is_input(verdict.reason)) return {};
  now_ = std::max(now_, intent.time);
  const std::uint32_t account = intent.account.value;
  const Reason message_reason = message(account, intent.time);
  if (message_reason != Reason::accepted || is_message_reason(verdict.reason)) {
    if (message_reason == verdict.reason) return {};
    return disagreement("the message", verdict.reason, message_reason);
  }
  count_message(account, intent.time);
  if (is_in_between(verdict)) return {};
  const std::optional<ReferenceMarket> market = market_of_(verdict.epoch);
  if (!market) return "the table of the decision is not known";
  const std::int64_t value = order_value(*market, intent);
  const Reason order_reason = order(gate, intent, value, replaced, verdict.epoch);
  if (order_reason != Reason::accepted || is_order_reason(verdict.reason)) {
    if (order_reason == verdict.reason) return {};
    return disagreement("the order", verdict.reason, order_reason);
  }
  const bool is_limited =
      verdict.reason == Reason::credit_limit || verdict.reason == Reason::daily_loss_limit;
  if (verdict.accepted() || is_limited) {
    const Reason reason = margin(account, verdict);
    const Reason gate_reason = is_limited ? verdict.reason : Reason::accepted;
    if (reason != gate_reason) return disagreement("margin limits", verdict.reason, reason);
    if (is_limited && verdict.decided_by != DecidedBy::exact && verdict.uncertainty.value != 0) {
      return "a margin limit refused on a bound";
    }
  }
  measure(account, verdict);
  if (verdict.accepted()) book(intent, value, replaced, verdict.order);
  return {};
}

}  // namespace margingate::reference
