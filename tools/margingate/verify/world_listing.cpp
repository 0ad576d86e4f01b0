#include "verify/world_listing.hpp"

#include <algorithm>
#include <cmath>

namespace margingate::verify {
namespace {

constexpr std::size_t combos_most = 8;
constexpr std::size_t groups_most = 2;
constexpr std::size_t members_most = 12;
constexpr std::uint32_t accounts_per_desk = 4;

bool is_alike(const Instrument& a, const Instrument& b) {
  return a.risk_unit == b.risk_unit && a.payoff == b.payoff && a.contract_size == b.contract_size &&
         a.lots_per_contract == b.lots_per_contract && a.settlement_asset == b.settlement_asset;
}

bool may_be_leg(const Instrument& i) {
  return i.payoff == Payoff::linear || i.kind == InstrumentKind::option;
}

// Contracts that may trade as one with the first, in random order.
std::vector<std::uint32_t> alike(const GateConfig& config, std::uint32_t first,
                                 run::Random& random) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 0; i < config.instruments.size(); ++i) {
    const bool fits = i != first && may_be_leg(config.instruments[i]) &&
                      is_alike(config.instruments[i], config.instruments[first]);
    if (fits) found.push_back(i);
  }
  for (std::size_t i = found.size(); i > 1; --i) {
    std::swap(found[i - 1], found[random.below(static_cast<std::uint32_t>(i))]);
  }
  return found;
}

// Such a charge is not known for the leg of a combo: a gate lists none beside it.
bool scales_with_size(const MarginModel& model) {
  return std::any_of(model.units.begin(), model.units.end(), [](const RiskUnitModel& unit) {
    return std::any_of(unit.added.begin(), unit.added.end(),
                       [](const ExposureCharge& charge) { return charge.scaling.applies(); });
  });
}

std::int32_t ratio(run::Random& random) {
  const auto size = random.chance(0.7) ? 1 : static_cast<std::int32_t>(2 + random.below(2));
  return random.chance(0.5) ? size : -size;
}

// Limits of one account, in dollars; a scope around it may do `share` times as much.
ScopeLimits limits_of(double unit, double share, run::Random& random) {
  const double looser = share * random.between(1.0, 1.1);
  const auto at = [&](double amount) {
    const auto value = static_cast<std::int64_t>(std::llround(amount * looser));
    return Limit::at(value).with_hard_cap(2 * value);
  };
  const auto dollars = [&](double amount) { return at(amount * unit); };
  ScopeLimits l = ScopeLimits::all_off();
  l.order_quantity = at(2e4);
  l.order_notional = dollars(9e4);
  l.messages = at(10.0);
  l.duplicate_orders = Limit::at(share > 2.0 ? 6 : 3);
  l.repeated_executions = at(2.0);
  l.open_orders = at(50.0);
  l.open_order_value = dollars(9e5);
  l.position = at(2.5e4);
  l.open_interest = at(3e4);
  l.delta = dollars(5e5);
  l.gamma = dollars(6e4);
  l.vega = dollars(6e3);
  l.initial_margin = dollars(2e5);
  l.daily_loss = dollars(6e4);
  return l;
}

}  // namespace

void list_strategies(GateConfig& config, run::Random& random) {
  if (scales_with_size(config.model)) return;
  const auto count = static_cast<std::uint32_t>(config.instruments.size());
  std::vector<bool> is_leg(count, false);
  for (std::size_t tries = 0; tries < 40 && config.combos.size() < combos_most; ++tries) {
    const std::uint32_t first = random.below(count);
    if (!may_be_leg(config.instruments[first])) continue;
    const std::vector<std::uint32_t> others = alike(config, first, random);
    if (others.empty()) continue;
    const std::size_t legs = std::min<std::size_t>(1 + random.below(3), others.size());
    Combo combo{{{{first}, ratio(random)}}};
    for (std::size_t n = 0; n < legs; ++n) combo.legs.push_back({{others[n]}, ratio(random)});
    for (const ComboLeg& leg : combo.legs) is_leg[leg.instrument.value] = true;
    config.combos.push_back(std::move(combo));
  }
  for (std::size_t tries = 0; tries < 20 && config.quote_groups.size() < groups_most; ++tries) {
    const std::uint32_t first = random.below(count);
    if (config.instruments[first].kind != InstrumentKind::option) continue;
    QuoteGroup group{{{first}}};
    for (const std::uint32_t other : alike(config, first, random)) {
      const bool is_option = config.instruments[other].kind == InstrumentKind::option;
      if (is_option && group.instruments.size() < members_most)
        group.instruments.push_back({other});
    }
    std::sort(group.instruments.begin(), group.instruments.end());
    config.quote_groups.push_back(std::move(group));
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!is_leg[i] && random.chance(0.4)) config.instruments[i].fee_rate_max = 0.0005;
  }
}

ControlsConfig random_controls(const GateConfig& config, run::Random& random) {
  ControlsConfig c;
  // One dollar in money units of the numeraire.
  double unit = std::pow(10.0, config.money_decimals);
  for (const Underlying& underlying : config.underlyings) {
    if (underlying.asset == config.numeraire) unit /= underlying.reference_price;
  }
  const std::uint32_t accounts = config.limits.accounts_max;
  const std::uint32_t desks = (accounts + accounts_per_desk - 1) / accounts_per_desk;
  c.account = limits_of(unit, 1.0, random);
  c.gate = limits_of(unit, 6.0, random);
  c.clearing_members = {{no_parent, limits_of(unit, 5.0, random)}};
  for (std::uint32_t f = 0; f < (desks + 1) / 2; ++f) {
    c.firms.push_back({f == 0 ? 0 : no_parent, limits_of(unit, 4.0, random)});
  }
  for (std::uint32_t d = 0; d < desks; ++d)
    c.desks.push_back({d / 2, limits_of(unit, 2.5, random)});
  for (std::uint32_t a = 0; a < accounts; ++a) {
    const std::uint32_t desk = a + 1 == accounts ? no_parent : a / accounts_per_desk;
    c.accounts.push_back({{a}, desk, limits_of(unit, 1.0, random)});
  }
  c.instruments.assign(config.instruments.size(), InstrumentControls::all_off());
  for (std::size_t i = 0; i < config.instruments.size(); ++i) {
    InstrumentControls& one = c.instruments[i];
    const bool is_option = config.instruments[i].kind == InstrumentKind::option;
    if (is_option && random.chance(0.2)) one.position = Limit::at(20 + random.below(60));
    if (is_option && random.chance(0.2)) one.open_interest = Limit::at(60 + random.below(200));
    if (is_option && random.chance(0.2)) one.order_quantity = Limit::at(5 + random.below(20));
    if (config.instruments[i].kind == InstrumentKind::perpetual) {
      one.moving_band_ppm = Limit::at(15'000);
    }
    if (is_option || !random.chance(0.5)) continue;
    const std::uint32_t u = config.instruments[i].underlying.value;
    const double about =
        config.underlyings[u].reference_price * std::pow(10.0, config.price_decimals);
    one.price_low = Limit::at(std::llround(about * random.between(0.97, 0.995)));
    one.price_high = Limit::at(std::llround(about * random.between(1.005, 1.03)));
  }
  c.duplicate_period = seconds(5);
  c.execution_period = seconds(1);
  c.reference_age_max = seconds(2 + random.below(30));
  c.self_match = random.chance(0.5) ? SelfMatch::refuse : SelfMatch::signal;
  c.self_match_level = random.chance(0.5) ? ControlLevel::desk : ControlLevel::account;
  return c;
}

}  // namespace margingate::verify
