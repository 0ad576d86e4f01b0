#include "control/controls_create.hpp"

#include <algorithm>

#include "control/control_fields.hpp"
#include "limits/controls.hpp"

namespace margingate {
namespace {

using limits::ControlTerms;
using limits::LimitValues;

LimitValues values_of(const ScopeLimits& limits) {
  LimitValues values;
  for (std::size_t c = 0; c < controls_count; ++c) {
    const Limit& limit = limits.*(control_fields[c]);
    values.limit[c] = limit.is_set() ? limit.value() : limits::off;
    values.hard_cap[c] = limit.is_set() ? limit.hard_cap() : limits::off;
  }
  return values;
}

std::int64_t value_of(const Limit& limit, std::int64_t when_off = limits::off) {
  return limit.is_set() ? limit.value() : when_off;
}

void set_scopes(const GateConfig& config, ControlTerms& terms) {
  const ControlsConfig& c = *config.controls;
  const auto count = [](const auto& parties) { return static_cast<std::uint32_t>(parties.size()); };
  terms.first_scope[0] = 0;
  terms.first_scope[1] = terms.accounts;
  terms.first_scope[2] = terms.first_scope[1] + count(c.desks);
  terms.first_scope[3] = terms.first_scope[2] + count(c.firms);
  terms.first_scope[4] = terms.first_scope[3] + count(c.clearing_members);
  terms.first_scope[5] = terms.first_scope[4] + 1;
}

void set_profiles(const ControlsConfig& c, ControlTerms& terms) {
  terms.profiles.push_back(values_of(c.account));
  terms.profile.assign(terms.accounts, 0);
  const auto add = [&](const ScopeLimits& limits) {
    terms.profiles.push_back(values_of(limits));
    return static_cast<std::uint32_t>(terms.profiles.size() - 1);
  };
  for (const AccountControls& a : c.accounts) terms.profile[a.account.value] = add(a.limits);
  for (const auto* parties : {&c.desks, &c.firms, &c.clearing_members}) {
    for (const PartyControls& party : *parties) terms.profile.push_back(add(party.limits));
  }
  terms.profile.push_back(add(c.gate));
}

void set_chains(const ControlsConfig& c, ControlTerms& terms) {
  std::vector<std::uint32_t> desks(terms.accounts, no_parent);
  for (const AccountControls& a : c.accounts) desks[a.account.value] = a.desk;
  for (std::uint32_t account = 0; account < terms.accounts; ++account) {
    limits::Chain chain;
    const auto add = [&](std::uint32_t scope) { chain.scopes[chain.count++] = scope; };
    add(account);
    if (const std::uint32_t desk = desks[account]; desk != no_parent) {
      add(terms.first_scope[1] + desk);
      if (const std::uint32_t firm = c.desks[desk].parent; firm != no_parent) {
        add(terms.first_scope[2] + firm);
        const std::uint32_t member = c.firms[firm].parent;
        if (member != no_parent) add(terms.first_scope[3] + member);
      }
    }
    add(terms.first_scope[4]);
    terms.chains.push_back(chain);
  }
}

void set_instruments(const GateConfig& config, ControlTerms& terms) {
  terms.instrument_limits.resize(config.instruments.size());
  const std::vector<InstrumentControls>& given = config.controls->instruments;
  for (std::size_t i = 0; i < given.size(); ++i) {
    terms.instrument_limits[i] = {
        value_of(given[i].order_quantity), value_of(given[i].position),
        value_of(given[i].open_interest),  value_of(given[i].price_low, 0),
        value_of(given[i].price_high),     value_of(given[i].moving_band_ppm)};
  }
}

void set_derived(const GateConfig& config, ControlTerms& terms) {
  for (const Combo& combo : config.combos) {
    limits::DerivedTerms derived{static_cast<std::uint32_t>(terms.parts.size()),
                                 static_cast<std::uint32_t>(combo.legs.size()), 0, false};
    for (const ComboLeg& leg : combo.legs) {
      terms.parts.push_back({leg.instrument.value, leg.ratio});
      derived.lots += leg.ratio < 0 ? -leg.ratio : leg.ratio;
    }
    terms.derived.push_back(derived);
  }
  for (const QuoteGroup& group : config.quote_groups) {
    terms.derived.push_back({static_cast<std::uint32_t>(terms.parts.size()),
                             static_cast<std::uint32_t>(group.instruments.size()), 1, true});
    for (const InstrumentId member : group.instruments) terms.parts.push_back({member.value, 1});
  }
}

void set_tracking(ControlTerms& terms) {
  const auto is_on = [&](Control control, std::size_t from) {
    for (std::size_t p = from; p < terms.profiles.size(); ++p) {
      if (terms.profiles[p].limit[static_cast<std::size_t>(control)] != limits::off) return true;
    }
    return false;
  };
  terms.tracks_duplicates = is_on(Control::duplicate_orders, 0);
  terms.tracks_positions = is_on(Control::position, 0) || is_on(Control::open_interest, 0);
  for (const limits::InstrumentLimits& i : terms.instrument_limits) {
    terms.tracks_positions = terms.tracks_positions || i.open_interest != limits::off;
    terms.tracks_legs = terms.tracks_legs || i.position != limits::off;
  }
  terms.tracks_legs = !terms.derived.empty() && (terms.tracks_legs || terms.tracks_positions);
  terms.tracks_greeks =
      is_on(Control::delta, 0) || is_on(Control::gamma, 0) || is_on(Control::vega, 0);
  terms.tracks_margin = is_on(Control::initial_margin, 0) || is_on(Control::daily_loss, 0);
}

}  // namespace

ControlTerms prepare_controls(const GateConfig& config) {
  const ControlsConfig& c = *config.controls;
  ControlTerms terms;
  terms.accounts = config.limits.accounts_max;
  terms.instruments = static_cast<std::uint32_t>(config.instruments.size());
  terms.units = static_cast<std::uint32_t>(config.model.units.size());
  terms.orders_max = config.limits.working_orders_max;
  terms.legs_max = config.limits.legs_max;
  terms.message_period = c.message_period.value;
  terms.duplicate_period = c.duplicate_period.value;
  terms.execution_period = c.execution_period.value;
  terms.reference_age_max = c.reference_age_max.value;
  terms.self_match = c.self_match;
  terms.self_match_level = c.self_match_level;
  set_scopes(config, terms);
  set_profiles(c, terms);
  set_chains(c, terms);
  set_instruments(config, terms);
  set_derived(config, terms);
  set_tracking(terms);
  return terms;
}

namespace limits {

Controls::Controls(ControlTerms prepared, std::pmr::memory_resource* memory)
    : terms_(std::move(prepared)),
      scopes_(terms_.scope_count(), memory),
      override_until_(std::size_t{terms_.scope_count()} * controls_count, 0, memory),
      orders_(terms_.orders_max, memory),
      recent_(terms_.tracks_duplicates ? terms_.scope_count() : 0, memory),
      exposures_(terms_.tracks_positions ? std::size_t{terms_.groups()} * terms_.instruments : 0,
                 memory),
      greek_exposures_(terms_.tracks_greeks ? std::size_t{terms_.scope_count()} * terms_.units : 0,
                       memory),
      leg_exposures_(terms_.tracks_legs ? terms_.legs_max : 0, memory),
      references_(terms_.instruments, memory),
      own_orders_(terms_.self_match == SelfMatch::off ? 0 : terms_.legs_max, memory) {
  for (std::uint32_t scope = 0; scope < terms_.scope_count(); ++scope) {
    for (std::size_t control = 0; control < controls_count; ++control) {
      set_limit(scope, control, terms_.values(scope).limit[control]);
    }
  }
}

}  // namespace limits
}  // namespace margingate
