#include "reference/reference_controls.hpp"

#include <algorithm>

#include "reference/control_terms.hpp"
#include "reference/reference_row.hpp"

namespace margingate::reference {
namespace {

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

Reason ReferenceControls::price(InstrumentId instrument, Price price, Timestamp now) const {
  const std::vector<InstrumentControls>& list = config_->controls->instruments;
  if (list.empty()) return Reason::accepted;
  const InstrumentControls& c = list[instrument.value];
  if (c.price_low.is_set() && price.value < c.price_low.value()) return Reason::static_price_collar;
  if (c.price_high.is_set() && price.value > c.price_high.value()) {
    return Reason::static_price_collar;
  }
  if (!c.moving_band_ppm.is_set()) return Reason::accepted;
  const auto reference = references_.find(instrument.value);
  if (reference == references_.end()) return Reason::no_reference_price;
  if (now - reference->second.time > config_->controls->reference_age_max) {
    return Reason::stale_reference_price;
  }
  const std::int64_t middle = reference->second.price.value;
  const Int128 distance = static_cast<Int128>(price.value) - middle;
  // |price - reference| / reference <= band
  const bool is_outside = (distance < 0 ? -distance : distance) * 1'000'000 >
                          static_cast<Int128>(middle) * c.moving_band_ppm.value();
  return is_outside ? Reason::moving_price_collar : Reason::accepted;
}

// Of each contract that an order trades; a combo's own price has no collar.
Reason ReferenceControls::instrument_controls(const Request& request) {
  const std::vector<InstrumentControls>& list = config_->controls->instruments;
  if (list.empty()) return Reason::accepted;
  const OrderIntent& intent = request.intent;
  const std::vector<Part> contracts = parts(intent.instrument.value);
  for (const Part& part : contracts) {
    const Limit& most = list[part.instrument].order_quantity;
    const std::int64_t quantity = intent.quantity.value * std::abs(part.ratio);
    if (most.is_set() && quantity > most.value()) return Reason::order_quantity_limit;
  }
  if (intent.instrument.value < config_->instruments.size()) {
    const Reason reason = price(intent.instrument, intent.price, intent.time);
    if (reason != Reason::accepted) return reason;
  }
  return contract_limits(request);
}

Reason ReferenceControls::contract_limits(const Request& request) {
  const std::vector<InstrumentControls>& list = config_->controls->instruments;
  if (list.empty()) return Reason::accepted;
  const std::uint32_t account = request.intent.account.value;
  for (const Part& part : parts(request.intent.instrument.value)) {
    const InstrumentControls& c = list[part.instrument];
    const auto own =
        compare(request, [&] { return Int128{leg(account, part.instrument).worst()}; });
    if (c.position.is_set() && breaks(own.without, own.with, c.position.value())) {
      return Reason::net_position_limit;
    }
    const auto all = compare(request, [&] {
      return open_interest({ControlLevel::gate, 0}, part.instrument);
    });
    if (c.open_interest.is_set() && breaks(all.without, all.with, c.open_interest.value())) {
      return Reason::open_interest_limit;
    }
  }
  return Reason::accepted;
}

Reason ReferenceControls::positions(ControlScope scope, const Request& request) {
  for (const Part& part : parts(request.intent.instrument.value)) {
    const auto net = compare(request, [&] { return Int128{sum(scope, part.instrument).worst()}; });
    if (breaks(net.without, net.with, limit(scope, Control::position))) {
      return Reason::net_position_limit;
    }
    const auto all = compare(request, [&] { return open_interest(scope, part.instrument); });
    if (breaks(all.without, all.with, limit(scope, Control::open_interest))) {
      return Reason::open_interest_limit;
    }
  }
  return Reason::accepted;
}

Reason ReferenceControls::greeks(Gate& gate, ControlScope scope,
                                 const std::vector<Request>& requests, Epoch epoch) {
  const OrderIntent& intent = requests.front().intent;
  const std::uint32_t unit = contract_of(*config_, intent.instrument).risk_unit.value;
  for (std::size_t g = 0; g < 3; ++g) {
    const std::int64_t most =
        limit(scope, static_cast<Control>(static_cast<std::size_t>(Control::delta) + g));
    if (most == no_limit) continue;
    const auto worst = [&] { return worst_greek(gate, scope, unit, g, intent.account, epoch); };
    const Int128 before = worst();
    std::vector<std::optional<Order>> gone;
    for (const Request& request : requests) gone.push_back(put(request));
    const Int128 after = worst();
    for (std::size_t i = requests.size(); i-- > 0;) take_back(requests[i], gone[i]);
    constexpr Reason reasons[] = {Reason::delta_limit, Reason::gamma_limit, Reason::vega_limit};
    if (breaks(before, after, most)) return reasons[g];
  }
  return Reason::accepted;
}

// `resting` is what the order may meet; a batch does not meet itself.
Reason ReferenceControls::order(Gate& gate, const Request& request, Epoch epoch,
                                const std::map<WorkingOrderHandle, Order>& resting) {
  const OrderIntent& intent = request.intent;
  const std::uint32_t account = intent.account.value;
  const std::uint32_t instrument = intent.instrument.value;
  const Int128 old_value = request.replaced ? orders_.at(*request.replaced).value : 0;
  std::int64_t lots = 0;
  for (const Part& part : parts(instrument)) lots += intent.quantity.value * std::abs(part.ratio);
  if (is_group(instrument)) lots = intent.quantity.value;
  Reason reason = instrument_controls(request);
  for (const ControlScope scope : chain(account)) {
    if (reason != Reason::accepted) return reason;
    const auto at = [&](Control control) { return limit(scope, control); };
    if (lots > at(Control::order_quantity)) return Reason::order_quantity_limit;
    if (request.value > at(Control::order_notional)) return Reason::order_notional_limit;
    if (!request.replaced) {
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
    if (!request.replaced && count >= at(Control::open_orders)) return Reason::open_order_limit;
    if (breaks(total, total + request.value - old_value, at(Control::open_order_value))) {
      return Reason::open_order_value_limit;
    }
    reason = positions(scope, request);
    if (reason == Reason::accepted) reason = greeks(gate, scope, {request}, epoch);
  }
  if (reason != Reason::accepted || config_->controls->self_match != SelfMatch::refuse) {
    return reason;
  }
  ControlScope own{ControlLevel::account, account};
  for (const ControlScope scope : chain(account)) {
    if (scope.level == config_->controls->self_match_level) own = scope;
  }
  for (const auto& [handle, o] : resting) {
    if (request.replaced && handle == *request.replaced) continue;
    if (o.instrument != instrument || !belongs(o.account, own)) continue;
    if (o.is_buy == (intent.side == Side::buy)) continue;
    const bool meets = o.is_buy ? intent.price.value <= o.price : intent.price.value >= o.price;
    if (meets) return Reason::self_match;
  }
  return Reason::accepted;
}

// `equity` leaves out what only moves in or out.
Reason ReferenceControls::margin(std::uint32_t account, const Verdict& verdict,
                                 Int128 equity) const {
  if (verdict.requirement_after <= verdict.requirement_before) return Reason::accepted;
  for (const ControlScope scope : chain(account)) {
    Int128 requirement = verdict.requirement_after.value;
    Int128 loss = measures_[account].base - equity;
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
  const Request request{intent, value, replaced, false, temporary};
  const Reason order_reason = order(gate, request, verdict.epoch, orders_);
  if (order_reason != Reason::accepted || is_order_reason(verdict.reason)) {
    if (order_reason == verdict.reason) return {};
    return disagreement("the order", verdict.reason, order_reason);
  }
  const bool is_limited =
      verdict.reason == Reason::credit_limit || verdict.reason == Reason::daily_loss_limit;
  if (verdict.accepted() || is_limited) {
    const Reason reason =
        margin(account, verdict, Int128{verdict.equity.value} + verdict.open_loss.value);
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
