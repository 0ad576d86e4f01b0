#include "support/controlled_flow.hpp"

#include <algorithm>
#include <cstdlib>

#include "reference/reference_row.hpp"

namespace margingate::testing {
namespace {

constexpr std::uint32_t desk_of[ControlledFlow::accounts] = {0, 0, 0, 1, 1, 2, 2, no_parent};

// What one account may do, in cents and lots; groups may do `tenths` tenths of it.
ScopeLimits scaled_limits(std::int64_t tenths) {
  const auto at = [&](std::int64_t value) { return Limit::at(value * tenths / 10); };
  const auto up_to = [&](std::int64_t value) {
    return Limit::at(value * tenths / 10).with_hard_cap(value * tenths / 10 * 2);
  };
  ScopeLimits l;
  l.order_quantity = up_to(20);
  l.order_notional = up_to(150'000);
  l.messages = at(40);
  l.duplicate_orders = Limit::at(tenths > 15 ? 4 : 2);
  l.repeated_executions = at(4);
  l.open_orders = up_to(6);
  l.open_order_value = up_to(260'000);
  l.position = up_to(30);
  l.open_interest = up_to(30);
  l.delta = up_to(350'000);
  l.gamma = up_to(5'500);
  l.vega = up_to(180);
  l.initial_margin = up_to(45'000);
  l.daily_loss = up_to(60'000);
  return l;
}

ControlsConfig all_controls() {
  ControlsConfig c;
  c.account = scaled_limits(10);
  for (std::uint32_t a = 0; a < ControlledFlow::accounts; ++a) {
    c.accounts.push_back({{a}, desk_of[a], scaled_limits(10)});
  }
  c.desks = {{0, scaled_limits(15)}, {0, scaled_limits(14)}, {no_parent, scaled_limits(13)}};
  c.firms = {{0, scaled_limits(18)}};
  c.clearing_members = {{no_parent, scaled_limits(22)}};
  c.gate = scaled_limits(28);
  c.instruments.assign(tiny::instruments, InstrumentControls::all_off());
  c.instruments[tiny::future.value].price_low = Limit::at(9'500);
  c.instruments[tiny::future.value].price_high = Limit::at(10'500);
  c.instruments[tiny::future.value].order_quantity = Limit::at(15);
  c.instruments[tiny::perpetual.value].moving_band_ppm = Limit::at(60'000);
  c.instruments[tiny::perpetual.value].position = Limit::at(25);
  c.instruments[tiny::perpetual.value].open_interest = Limit::at(70);
  c.message_period = milliseconds(200);
  c.duplicate_period = milliseconds(100);
  c.execution_period = milliseconds(20);
  c.self_match = SelfMatch::refuse;
  c.self_match_level = ControlLevel::desk;
  return c;
}

}  // namespace

ControlledFlow::ControlledFlow(const ControlledFlowOptions& options)
    : options_(options), random_(options.seed), reasons_(1'000) {
  const ControlsConfig controls = all_controls();
  tiny_ = std::make_unique<TinyGate>([&](TinySetup& setup) {
    setup.config.combos = {{{{tiny::perpetual, 1}, {tiny::future, -1}}},
                           {{{tiny::call, 2}, {tiny::perpetual, -1}, {tiny::put, -1}}},
                           {{{tiny::call, 1}, {tiny::put, 1}}}};
    setup.config.quote_groups = {{{tiny::future, tiny::call, tiny::put}}};
    setup.config.limits.accounts_max = accounts;
    setup.config.limits.legs_max = accounts * instruments;
    setup.config.limits.queue_capacity = 1u << 16;
    setup.config.controls = controls;
    setup.config.table_age_max = seconds(1'000'000);
    setup.config.spot_age_max = seconds(1'000'000);
  });
  live_ = {tiny_price(spot_)};
  const auto market_of = [this](Epoch epoch) -> std::optional<reference::ReferenceMarket> {
    const auto at = std::find_if(tables_.begin(), tables_.end(),
                                 [&](const auto& table) { return table.first == epoch; });
    if (at == tables_.end()) return std::nullopt;
    reference::ReferenceMarket market;
    market.config = &tiny_->gate().config();
    market.surface = &tiny_->surface();
    market.as_of = at->second.as_of;
    market.table_spots = at->second.spots;
    market.live_spots = live_;
    return market;
  };
  reference_ = std::make_unique<reference::ReferenceControls>(tiny_->gate().config(), market_of);
  for (std::uint32_t a = 0; a < accounts; ++a) {
    apply(CashMovement{{a}, tiny::dollars, {10'000'000}});
  }
  tiny_->publish_and_adopt();
  remember_table();
  for (const InstrumentId id : {tiny::perpetual}) {
    apply(ReferencePrice{id, tiny_price(100.0), tiny_->now});
  }
  for (std::uint32_t i = 0; i < tiny::instruments; ++i) {
    const auto greeks = reference::reference_greeks(*market_of(tables_.back().first), {i});
    std::copy(greeks.greek.begin(), greeks.greek.end(), greeks_[i]);
    values_[i] = reference::reference_row(*market_of(tables_.back().first), {i}).value;
  }
  set_scopes(controls);
  last_ = random_order();
}

void ControlledFlow::set_scopes(const ControlsConfig& controls) {
  for (std::uint32_t a = 0; a < accounts; ++a) {
    scopes_.push_back({1u << a, controls.accounts[a].limits, "account " + std::to_string(a)});
  }
  for (std::uint32_t d = 0; d < controls.desks.size(); ++d) {
    std::uint32_t members = 0;
    for (std::uint32_t a = 0; a < accounts; ++a) members |= desk_of[a] == d ? 1u << a : 0;
    scopes_.push_back({members, controls.desks[d].limits, "desk " + std::to_string(d)});
  }
  const std::uint32_t firm = scopes_[accounts].members | scopes_[accounts + 1].members;
  scopes_.push_back({firm, controls.firms[0].limits, "firm 0"});
  scopes_.push_back({firm, controls.clearing_members[0].limits, "clearing member 0"});
  scopes_.push_back({(1u << accounts) - 1, controls.gate, "gate"});
}

void ControlledFlow::remember_table() {
  const PublishedTable& newest = tiny_->revaluer().newest();
  if (tables_.empty() || tables_.back().first != newest.epoch) {
    tables_.emplace_back(newest.epoch, newest);
  }
  if (tables_.size() > 32) tables_.erase(tables_.begin());
}

bool ControlledFlow::apply(const Event& event) {
  const Verdict verdict = gate().apply(event);
  ++reasons_[static_cast<std::size_t>(verdict.reason)];
  if (verdict.accepted() && options_.judges) reference_->took(event);
  return verdict.accepted();
}

OrderIntent ControlledFlow::random_order() {
  const auto id = static_cast<std::uint32_t>(random_.integer(0, instruments - 1));
  const bool is_small = chance(0.7);
  const std::int64_t lots = random_.integer(1, is_small ? 8 : 24);
  const double price =
      fair(id) + 0.01 * std::abs(fair(id)) * static_cast<double>(random_.integer(-6, 6));
  return {{static_cast<std::uint32_t>(random_.integer(0, accounts - 1))},
          {id},
          id == protection.value || chance(0.5) ? Side::buy : Side::sell,
          {lots},
          tiny_price(price),
          tiny_->now};
}

bool ControlledFlow::judge(const OrderIntent& intent, std::optional<WorkingOrderHandle> replaced,
                           const Verdict& verdict) {
  ++reasons_[static_cast<std::size_t>(verdict.reason)];
  if (!options_.judges) return true;
  mismatch_ = reference_->judge(gate(), intent, replaced, verdict);
  return mismatch_.empty();
}

double ControlledFlow::fair(std::uint32_t instrument) const {
  if (instrument == tiny::call.value || instrument == tiny::put.value) return 5.7;
  if (instrument == protection.value) return 0.5;  // what a lot may lose
  if (instrument < tiny::instruments) return spot_;
  double net = 0.0;
  for (const ComboLeg& leg : combo(instrument).legs) {
    net += leg.ratio * fair(leg.instrument.value);
  }
  return net;
}

const Combo& ControlledFlow::combo(std::uint32_t instrument) const {
  return tiny_->gate().config().combos[instrument - tiny::instruments];
}

std::int64_t ControlledFlow::value_of(const OrderIntent& intent) const {
  // Ten dollars a lot whatever the coin costs; everything else price times lots, in cents.
  const std::uint32_t id = intent.instrument.value;
  if (id == tiny::inverse.value) return -1;  // depends on the coin's price and on rounding
  const std::int64_t value = std::abs(intent.price.value) * intent.quantity.value;
  std::int64_t each = 0;
  if (id == protection.value) {
    for (const InstrumentId member : {tiny::future, tiny::call, tiny::put}) {
      each = std::max(each, values_[member.value]);
    }
  } else if (id >= tiny::instruments) {
    for (const ComboLeg& leg : combo(id).legs) {
      each += std::abs(leg.ratio) * values_[leg.instrument.value];
    }
  }
  return std::max(value, each * intent.quantity.value);
}

bool ControlledFlow::order() {
  // Now and then the same order again, as a program gone wrong would send it.
  OrderIntent intent = chance(0.15) ? last_ : random_order();
  intent.time = tiny_->now;
  last_ = intent;
  const Verdict verdict = gate().reserve(intent);
  if (verdict.accepted()) working_.push_back({verdict.order, intent, value_of(intent)});
  if (verdict.decided_by != DecidedBy::input) {
    requirements_[intent.account.value] =
        (verdict.accepted() ? verdict.requirement_after : verdict.requirement_before).value;
  }
  return judge(intent, std::nullopt, verdict);
}

bool ControlledFlow::replace() {
  if (working_.empty()) return true;
  Working& w = working_[random_.next() % working_.size()];
  const OrderIntent fresh = random_order();
  OrderIntent intent = w.intent;
  intent.quantity = fresh.quantity;
  const std::int64_t move = random_.integer(-300, 300);
  intent.price = {std::max<std::int64_t>(1, w.intent.price.value + move)};
  intent.time = tiny_->now;
  const Verdict verdict = gate().replace({w.order, intent.quantity, intent.price, intent.time});
  const WorkingOrderHandle order = w.order;
  if (verdict.accepted()) w = {verdict.order, intent, value_of(intent)};
  if (verdict.decided_by != DecidedBy::input) {
    requirements_[intent.account.value] =
        (verdict.accepted() ? verdict.requirement_after : verdict.requirement_before).value;
  }
  return judge(intent, order, verdict);
}

bool ControlledFlow::cancel() {
  if (working_.empty()) return true;
  const std::size_t i = random_.next() % working_.size();
  const WorkingOrderHandle order = working_[i].order;
  working_[i] = working_.back();
  working_.pop_back();
  if (apply(Cancel{order})) return true;
  mismatch_ = "a cancel was refused";
  return false;
}

bool ControlledFlow::fill() {
  if (working_.empty()) return true;
  const std::size_t i = random_.next() % working_.size();
  Working& w = working_[i];
  if (w.intent.instrument.value >= tiny::instruments) return fill_derived(i);
  std::int64_t& remaining = w.intent.quantity.value;
  const std::int64_t quantity = chance(0.5) ? remaining : random_.integer(1, remaining);
  const bool is_buy = w.intent.side == Side::buy;
  if (!apply(Fill{w.order, {quantity}, w.intent.price})) {
    mismatch_ = "a fill was refused";
    return false;
  }
  nets_[w.intent.account.value][w.intent.instrument.value] += is_buy ? quantity : -quantity;
  traded(i, quantity);
  return true;
}

void ControlledFlow::traded(std::size_t i, std::int64_t quantity) {
  Working& w = working_[i];
  std::int64_t& remaining = w.intent.quantity.value;
  if (w.value >= 0) w.value -= w.value * quantity / remaining;
  remaining -= quantity;
  if (remaining != 0) return;
  w = working_.back();
  working_.pop_back();
}

bool ControlledFlow::steer() {
  const auto level = static_cast<ControlLevel>(random_.integer(0, 4));
  const ControlScope scope{level, static_cast<std::uint32_t>(random_.integer(0, 2))};
  const Authority authority = chance(0.5) ? Authority::risk : Authority::desk;
  const Signature signature{chance(0.9) ? 1u : 0u, 2};
  switch (random_.integer(0, 5)) {
    case 0:
      apply(KillSwitch{scope, chance(0.2) ? Switch::engage : Switch::release, authority, signature,
                       tiny_->now});
      break;
    case 1:
    case 2:
      apply(LimitOverride{scope, static_cast<Control>(random_.integer(0, 13)),
                          random_.integer(0, chance(0.5) ? 30 : 500'000),
                          tiny_->now + milliseconds(random_.integer(-1, 400)), authority, signature,
                          tiny_->now});
      break;
    case 3:
      apply(Resumption{scope, Authority::risk, signature, tiny_->now});
      break;
    case 4:
      apply(ReferencePrice{tiny::perpetual, tiny_price(spot_), tiny_->now});
      break;
    default:
      if (chance(0.1)) apply(TradingDayStart{tiny_->now});
      apply(CashMovement{{static_cast<std::uint32_t>(random_.integer(0, accounts - 1))},
                         tiny::dollars,
                         {random_.integer(-5'000, 5'000)}});
  }
  return true;
}

void ControlledFlow::move_market() {
  spot_ = std::clamp(spot_ * (1.0 + random_.uniform(-0.003, 0.003)), 94.0, 106.0);
  live_ = {tiny_price(spot_)};
  apply(SpotTick{{0}, live_[0], tiny_->now});
  if (!chance(0.05)) return;
  tiny_->revaluer().request_publication();
  static_cast<void>(tiny_->revaluer().run_once());
  remember_table();
  std::array<Adoption, 64> adopted;
  for (int rounds = 0; rounds < 3; ++rounds) {
    const std::size_t count = gate().poll(adopted);
    for (std::size_t i = 0; i < count; ++i) reference_->adopted(gate(), adopted[i].account);
    static_cast<void>(tiny_->revaluer().run_once());
    remember_table();
  }
}

bool ControlledFlow::step() {
  ++steps_;
  tiny_->pass(Duration{random_.integer(0, 2'000'000)});
  if (steps_ % 1'024 == 0) {
    for (std::uint32_t a = 0; a < accounts + 6; ++a) {
      const ControlScope scope = a < accounts       ? ControlScope{ControlLevel::account, a}
                                 : a < accounts + 3 ? ControlScope{ControlLevel::desk, a - accounts}
                                 : a == accounts + 3 ? ControlScope{ControlLevel::firm, 0}
                                 : a == accounts + 4
                                     ? ControlScope{ControlLevel::clearing_member, 0}
                                     : ControlScope{};
      apply(Resumption{scope, Authority::risk, {1, 1}, tiny_->now});
      if (options_.steers) {
        apply(KillSwitch{scope, Switch::release, Authority::risk, {1, 1}, tiny_->now});
      }
    }
    apply(ReferencePrice{tiny::perpetual, tiny_price(spot_), tiny_->now});
    static_cast<void>(gate().poll());
    static_cast<void>(tiny_->revaluer().run_once());
    remember_table();
  }
  if (options_.moves_market && chance(0.1)) move_market();
  if (options_.steers && chance(0.03)) return steer();
  if (chance(0.2)) return call();
  const double dice = random_.uniform();
  if (working_.size() < options_.working_max && dice < 0.5) return order();
  if (dice < 0.62) return replace();
  return dice < 0.85 ? cancel() : fill();
}

std::string ControlledFlow::describe() const {
  return mismatch_ + " at step " + std::to_string(steps_) + ", seed " +
         std::to_string(options_.seed);
}

// One lot of an order in one contract, bought and sold at most.
void ControlledFlow::count(const Working& w, Exposure& all) const {
  const std::uint32_t a = w.intent.account.value;
  const std::uint32_t id = w.intent.instrument.value;
  const std::int64_t lots = w.intent.quantity.value;
  const bool is_buy = w.intent.side == Side::buy;
  all.value[a] += std::max<std::int64_t>(0, w.value);
  ++all.count[a];
  std::int64_t greek[3] = {};
  const auto add = [&](InstrumentId contract, std::int64_t signed_lots) {
    auto& side = signed_lots > 0 ? all.buys : all.sells;
    side[a][contract.value] += std::abs(signed_lots);
    for (int g = 0; g < 3; ++g) greek[g] += greeks_[contract.value][g] * signed_lots;
  };
  const std::int64_t signed_lots = is_buy ? lots : -lots;
  if (id < tiny::instruments) add({id}, signed_lots);
  if (id >= tiny::instruments && id != protection.value) {
    for (const ComboLeg& leg : combo(id).legs) add(leg.instrument, signed_lots * leg.ratio);
  }
  if (id == protection.value) {
    std::int64_t most[3] = {};
    for (const InstrumentId member : {tiny::future, tiny::call, tiny::put}) {
      all.buys[a][member.value] += lots;
      all.sells[a][member.value] += lots;
      for (int g = 0; g < 3; ++g) most[g] = std::max(most[g], std::abs(greeks_[member.value][g]));
    }
    for (int g = 0; g < 3; ++g) all.up[a][g] += most[g] * lots, all.down[a][g] += most[g] * lots;
    return;
  }
  for (int g = 0; g < 3; ++g) (greek[g] > 0 ? all.up : all.down)[a][g] += std::abs(greek[g]);
}

std::string ControlledFlow::first_excess() const {
  Exposure all;
  for (const Working& w : working_) count(w, all);
  for (const Scope& scope : scopes_) {
    const ScopeLimits& l = scope.limits;
    std::int64_t orders = 0, worth = 0, margin = 0;
    std::int64_t greek[3] = {}, up[3] = {}, down[3] = {};
    for (std::uint32_t i = 0; i < tiny::instruments; ++i) {
      std::int64_t net = 0, bought = 0, sold = 0, interest = 0;
      for (std::uint32_t a = 0; a < accounts; ++a) {
        if ((scope.members >> a & 1) == 0) continue;
        net += nets_[a][i];
        bought += all.buys[a][i];
        sold += all.sells[a][i];
        interest += std::max(nets_[a][i] + all.buys[a][i], all.sells[a][i] - nets_[a][i]);
      }
      if (std::max(net + bought, sold - net) > l.position.value()) return scope.name + " position";
      if (interest > l.open_interest.value()) return scope.name + " open interest";
      for (int g = 0; g < 3; ++g) greek[g] += greeks_[i][g] * net;
    }
    for (std::uint32_t a = 0; a < accounts; ++a) {
      if ((scope.members >> a & 1) == 0) continue;
      orders += all.count[a];
      worth += all.value[a];
      for (int g = 0; g < 3; ++g) up[g] += all.up[a][g], down[g] += all.down[a][g];
      margin += requirements_[a];
    }
    const Limit greeks[3] = {l.delta, l.gamma, l.vega};
    for (int g = 0; g < 3; ++g) {
      if (std::max(greek[g] + up[g], down[g] - greek[g]) > greeks[g].value()) {
        return scope.name + " Greek " + std::to_string(g);
      }
    }
    if (orders > l.open_orders.value()) return scope.name + " open orders";
    if (worth > l.open_order_value.value()) return scope.name + " open order value";
    if (margin > l.initial_margin.value()) return scope.name + " initial margin";
  }
  return {};
}

}  // namespace margingate::testing
