#include "run/control_desk.hpp"

#include <algorithm>
#include <cmath>

#include "run/universe.hpp"

namespace margingate::run {
namespace {

constexpr std::uint64_t events_per_act = 250;
constexpr std::uint32_t desks = 8;
constexpr Signature officer{7, 1};

constexpr ControlScope desk_scope(std::uint64_t n) noexcept {
  return {ControlLevel::desk, static_cast<std::uint32_t>(n % desks)};
}

// `share` is how many accounts' worth a scope may use at once.
ScopeLimits limits_of(double unit, double share) {
  const auto dollars = [&](double amount) {
    return static_cast<std::int64_t>(std::llround(amount * share * unit * money_scale));
  };
  const auto money = [&](double amount) {
    return Limit::at(dollars(amount)).with_hard_cap(2 * dollars(amount));
  };
  const auto count = [&](double n) {
    const auto value = static_cast<std::int64_t>(n * share);
    return Limit::at(value).with_hard_cap(2 * value);
  };
  ScopeLimits l = ScopeLimits::all_off();
  l.order_notional = money(300'000);
  l.messages = count(40);
  l.duplicate_orders = Limit::at(share > 1.0 ? 6 : 3);
  l.repeated_executions = count(12);
  l.open_orders = count(150);
  l.open_order_value = money(2'000'000);
  l.delta = money(800'000);
  l.gamma = money(60'000);
  l.vega = money(6'000);
  l.initial_margin = money(300'000);
  l.daily_loss = money(8'000);
  return l;
}

}  // namespace

ControlsConfig desk_controls(const GateConfig& config, double unit) {
  ControlsConfig c;
  c.account = limits_of(unit, 1.0);
  c.desks.assign(desks, {no_parent, limits_of(unit, 8.0)});
  c.firms = {{0, limits_of(unit, 25.0)}, {no_parent, limits_of(unit, 25.0)}};
  c.clearing_members = {{no_parent, limits_of(unit, 26.0)}};
  c.gate = limits_of(unit, 50.0);
  for (std::uint32_t d = 0; d < desks; ++d) c.desks[d].parent = d / 4;
  for (std::uint32_t a = 0; a < config.limits.accounts_max; ++a) {
    c.accounts.push_back({{a}, a % desks, c.account});
  }
  c.instruments.assign(config.instruments.size(), InstrumentControls::all_off());
  for (std::size_t i = 0; i < config.instruments.size(); ++i) {
    if (config.instruments[i].kind != InstrumentKind::perpetual) continue;
    c.instruments[i].moving_band_ppm = Limit::at(20'000);
  }
  c.reference_age_max = seconds(3'600);
  c.duplicate_period = seconds(5);
  c.execution_period = seconds(60);
  c.self_match = SelfMatch::signal;
  return c;
}

ControlDesk::ControlDesk(GateDriver& driver, const Marks& marks, std::uint32_t accounts)
    : driver_(&driver), marks_(&marks), accounts_(accounts) {}

void ControlDesk::step(Timestamp time) {
  if (steps_++ % events_per_act != 0) return;
  const auto gates = static_cast<std::uint32_t>(driver_->session().gates.size());
  for (std::uint32_t gate = 0; gate < gates; ++gate) act(gate, time);
  ++acts_;
}

void ControlDesk::act(std::uint32_t gate, Timestamp time) {
  const GateSession& session = driver_->session().gates[gate];
  const GateConfig& config = session.gate->config();
  const auto tell = [&](const Event& event) { static_cast<void>(driver_->apply(gate, event)); };
  for (std::uint32_t i = 0; i < config.instruments.size(); ++i) {
    if (config.instruments[i].kind != InstrumentKind::perpetual) continue;
    const double spot = marks_->spot(session.coins[config.instruments[i].underlying.value]);
    tell(ReferencePrice{{i}, {std::llround(spot * static_cast<double>(price_scale))}, time});
  }
  if (acts_ == 0) tell(TradingDayStart{time});
  const std::uint64_t round = acts_ / 4;
  switch (acts_ % 4) {
    case 0:
      tell(KillSwitch{desk_scope(round), Switch::engage, Authority::desk, {}, time});
      break;
    case 1:
      tell(KillSwitch{desk_scope(round), Switch::release, Authority::risk, officer, time});
      break;
    case 2: {
      const ControlScope scope = desk_scope(round + 3);
      const auto control = round % 2 == 0 ? Control::open_orders : Control::delta;
      const std::int64_t now =
          session.gate->scope_status(scope).limits[static_cast<std::size_t>(control)];
      tell(LimitOverride{scope, control, std::max<std::int64_t>(1, now / 8),
                         time + seconds(120 + 60 * static_cast<std::int64_t>(round % 3)),
                         Authority::risk, officer, time});
      break;
    }
    default: {
      const ControlScope scope = desk_scope(round + 5);
      const Limit base = config.controls->desks[scope.id].limits.open_order_value;
      tell(LimitOverride{scope, Control::open_order_value, base.hard_cap(), time + seconds(90),
                         Authority::risk, officer, time});
    }
  }
  // Whoever was suspended trades again at the next act.
  const auto resume = [&](ControlScope scope) {
    if (!session.gate->scope_status(scope).is_suspended) return;
    tell(Resumption{scope, Authority::risk, officer, time});
  };
  for (std::uint32_t a = 0; a < accounts_; ++a) resume({ControlLevel::account, a});
  for (std::uint32_t d = 0; d < desks; ++d) resume(desk_scope(d));
  for (std::uint32_t f = 0; f < 2; ++f) resume({ControlLevel::firm, f});
  resume({ControlLevel::clearing_member, 0});
  resume({ControlLevel::gate, 0});
}

}  // namespace margingate::run
