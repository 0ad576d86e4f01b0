#include "run/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "margingate/mimalloc_resource.hpp"
#include "run/control_desk.hpp"

namespace margingate::run {
namespace {

constexpr std::uint32_t tables_alive_max = 8;
// What the order side may be ahead of the revaluer by; see RevaluationRunner::wait_for_table.
constexpr std::uint32_t queue_events = 1 << 18;

AssetId asset_named(const GateSession& session, const std::string& name) {
  const auto at = std::find(session.assets.begin(), session.assets.end(), name);
  return {static_cast<std::uint32_t>(at - session.assets.begin())};
}

// Coins of the gate, and the assets that collateral may be in.
void name_assets(GateSession& session, const models::ParameterSet& parameters) {
  const std::string numeraire = models::required_numeraire(parameters);
  session.numeraire = numeraire.empty() ? "USD" : numeraire;
  if (numeraire.empty()) session.assets.push_back("USD");
  for (std::uint32_t coin = 0; coin < coins_max; ++coin) {
    if (!numeraire.empty() && numeraire != coin_names[coin]) continue;
    session.coins.push_back(coin);
    session.assets.push_back(coin_names[coin]);
  }
  if (session.coins.empty()) {
    throw std::runtime_error(
        fmt::format("parameter set {}: counts in {}, which the market does not have",
                    parameters.name, numeraire));
  }
  for (const std::string& asset : session.assets) {
    const bool is_numeraire = asset == session.numeraire;
    Asset terms = models::asset_of(parameters, asset);
    if (is_numeraire) terms.haircut = 0.0;
    session.collateral.push_back(std::move(terms));
  }
  session.parameters = parameters.name;
  session.quote_protection_rate = models::quote_protection_rate(parameters);
}

Instrument terms_of(const Contract& contract, UnderlyingId underlying, RiskUnitId unit,
                    AssetId settlement) {
  Instrument result;
  result.kind = contract.kind;
  result.payoff = Payoff::inverse;
  result.option_type = contract.option_type;
  result.underlying = underlying;
  result.risk_unit = unit;
  result.settlement_asset = settlement;
  result.contract_size = contract.contract_size;
  result.lots_per_contract = contract.lots_per_contract;
  result.strike = contract.strike;
  result.expiry = contract.expiry;
  return result;
}

// Strategies that are listed beside the contracts: verticals, butterflies and condors of calls of
// one expiry, calendars of one strike.
void list_combos(GateConfig& config) {
  constexpr std::size_t combos_each = 24;
  std::map<std::pair<std::uint32_t, std::int64_t>, std::vector<InstrumentId>> by_expiry;
  std::map<std::pair<std::uint32_t, double>, std::vector<InstrumentId>> by_strike;
  for (std::uint32_t i = 0; i < config.instruments.size(); ++i) {
    const Instrument& one = config.instruments[i];
    if (one.kind != InstrumentKind::option || one.option_type != OptionType::call) continue;
    by_expiry[{one.risk_unit.value, one.expiry.ns}].push_back({i});
    by_strike[{one.risk_unit.value, one.strike}].push_back({i});
  }
  const auto strike = [&](InstrumentId id) { return config.instruments[id.value].strike; };
  for (auto& [expiry, calls] : by_expiry) {
    if (calls.size() < 4 || config.combos.size() >= combos_each) continue;
    std::sort(calls.begin(), calls.end(),
              [&](InstrumentId a, InstrumentId b) { return strike(a) < strike(b); });
    const std::size_t m = calls.size() / 2 - 2;
    config.combos.push_back({{{calls[m], 1}, {calls[m + 1], -1}}});
    config.combos.push_back({{{calls[m], 1}, {calls[m + 1], -2}, {calls[m + 2], 1}}});
    config.combos.push_back(
        {{{calls[m], 1}, {calls[m + 1], -1}, {calls[m + 2], -1}, {calls[m + 3], 1}}});
  }
  for (const auto& [same_strike, calls] : by_strike) {
    if (calls.size() < 2 || config.combos.size() >= 2 * combos_each) continue;
    config.combos.push_back({{{calls[0], -1}, {calls[1], 1}}});
  }
}

// A charge that grows with the size of a leg has none for the leg of a combo.
bool scales_with_size(const MarginModel& model) {
  return std::any_of(model.units.begin(), model.units.end(), [](const RiskUnitModel& unit) {
    return std::any_of(unit.added.begin(), unit.added.end(),
                       [](const ExposureCharge& charge) { return charge.scaling.applies(); });
  });
}

// One group a coin and expiry: every put of it.
void list_quote_groups(GateConfig& config) {
  constexpr std::size_t groups_most = 6;
  std::map<std::pair<std::uint32_t, std::int64_t>, std::vector<InstrumentId>> by_expiry;
  for (std::uint32_t i = 0; i < config.instruments.size(); ++i) {
    const Instrument& one = config.instruments[i];
    if (one.kind != InstrumentKind::option || one.option_type != OptionType::put) continue;
    by_expiry[{one.risk_unit.value, one.expiry.ns}].push_back({i});
  }
  for (auto& [expiry, puts] : by_expiry) {
    if (config.quote_groups.size() < groups_most) config.quote_groups.push_back({puts});
  }
}

// What is no combo's leg pays fees: reserved with each order, settled with its fills.
void set_fees(GateConfig& config) {
  constexpr double fee_rate = 0.0003;
  for (Instrument& one : config.instruments) {
    const bool is_call = one.kind == InstrumentKind::option && one.option_type == OptionType::call;
    if (!is_call) one.fee_rate_max = fee_rate;
  }
}

// The clock is that of the ticks: a surface is used from the middle of the run on, hours before it
// was recorded, and must not carry its own time there.
Market market_of(const Surface& surface, Timestamp as_of, const GateSession& session) {
  Market market;
  market.as_of = as_of;
  for (const std::uint32_t coin : session.coins) market.spots.push_back(surface.spots[coin]);
  for (const std::uint32_t i : session.contracts) market.quotes.push_back(surface.quotes[i]);
  return market;
}

// What the arrays of the day are made from, where a model delivers them.
Market opening_market(const Universe& universe, const GateSession& session) {
  const Surface& opening = universe.surfaces.front();
  return market_of(opening, opening.as_of, session);
}

GateConfig config_of(const Universe& universe, GateSession& session,
                     const models::ParameterSet& parameters, const SessionLimits& limits) {
  GateConfig config;
  config.numeraire = asset_named(session, session.numeraire);
  config.money_decimals = money_decimals;
  config.price_decimals = price_decimals;
  config.assets = session.collateral;
  std::vector<std::string> units;
  const auto unit_of = [&](const Contract& contract) {
    const std::string name = models::risk_unit_name(parameters, coin_names[contract.coin],
                                                    contract.kind, contract.expiry);
    const auto found = std::find(units.begin(), units.end(), name);
    const RiskUnitId unit{static_cast<std::uint32_t>(found - units.begin())};
    if (found == units.end()) units.push_back(name);
    return unit;
  };
  for (const std::uint32_t coin : session.coins) {
    config.underlyings.push_back(
        {asset_named(session, coin_names[coin]), universe.surfaces.front().spots[coin]});
  }
  for (std::uint32_t i = 0; i < universe.contracts.size(); ++i) {
    const Contract& contract = universe.contracts[i];
    const auto at = std::find(session.coins.begin(), session.coins.end(), contract.coin);
    if (at == session.coins.end() || !models::covers(parameters, contract.kind)) continue;
    const UnderlyingId underlying{static_cast<std::uint32_t>(at - session.coins.begin())};
    session.contracts.push_back(i);
    config.instruments.push_back(terms_of(contract, underlying, unit_of(contract),
                                          asset_named(session, coin_names[contract.coin])));
  }
  config.model = models::compose_margin_model(parameters, units);
  models::deliver_losses(parameters, units, opening_market(universe, session), config);
  set_fees(config);
  config.limits.accounts_max = limits.accounts;
  config.limits.legs_max = limits.legs;
  config.limits.working_orders_max = limits.working_orders;
  config.limits.risk_tables_max = tables_alive_max;
  config.limits.queue_capacity = queue_events;
  config.limits.changes_max = queue_events;
  config.table_age_max = limits.table_age_max;
  config.spot_age_max = limits.spot_age_max;
  config.memory = mimalloc_resource();
  return config;
}

// What two gates list must mean the same in both, so it is what the finer risk units allow.
void list_strategies(GateConfig& config, GateConfig* second) {
  const bool scales =
      scales_with_size(config.model) || (second != nullptr && scales_with_size(second->model));
  if (scales) return;
  const bool second_is_finer =
      second != nullptr && second->model.units.size() > config.model.units.size();
  GateConfig& finer = second_is_finer ? *second : config;
  list_combos(finer);
  list_quote_groups(finer);
  if (second == nullptr) return;
  GateConfig& other = second_is_finer ? config : *second;
  other.combos = finer.combos;
  other.quote_groups = finer.quote_groups;
}

// Controls name strategies as well, so they come last.
void set_controls(GateConfig& config, const Universe& universe, const GateSession& session) {
  const double spot = universe.surfaces.front().spots[session.coins.front()];
  config.controls = desk_controls(config, session.numeraire == "USD" ? 1.0 : 1.0 / spot);
}

std::string described(const std::vector<GateIssue>& issues, const std::string& name) {
  std::string text = fmt::format("parameter set {}: no gate can be built from it:", name);
  for (const GateIssue& issue : issues) {
    text += fmt::format("\n  {}: expected {}", issue.where, issue.expected);
  }
  return text;
}

void route(Session& session, std::uint32_t gate) {
  const GateSession& added = session.gates[gate];
  for (std::uint32_t i = 0; i < added.contracts.size() && !added.is_second; ++i) {
    session.routes[added.contracts[i]] = {gate, {i}};
  }
  for (std::uint32_t i = 0; i < added.coins.size(); ++i) {
    session.coin_routes[added.coins[i]].push_back({gate, {i}});
  }
}

}  // namespace

namespace {

// A gate with what it was configured from, not yet in its session.
struct Prepared {
  GateSession session;
  GateConfig config;
};

Prepared prepare(const Universe& universe, const models::ParameterSet& set,
                 const SessionLimits& limits) {
  Prepared prepared;
  name_assets(prepared.session, set);
  prepared.config = config_of(universe, prepared.session, set, limits);
  return prepared;
}

void create(Prepared& prepared, const Universe& universe, const RevaluerOptions& options) {
  GateSession& added = prepared.session;
  Gate::Created created = Gate::create(std::move(prepared.config));
  if (!created.gate) throw std::runtime_error(described(created.issues, added.parameters));
  added.gate = std::move(created.gate);
  for (const Surface& surface : universe.surfaces) {
    added.surfaces.push_back(market_of(surface, universe.surfaces.front().as_of, added));
  }
  added.revaluer = std::make_unique<Revaluer>(*added.gate, options);
  if (!added.revaluer->update_surface(added.surfaces.front())) {
    throw std::runtime_error("the first surface does not fit the gate");
  }
}

// Accounts of the second gates are few: those that move.
SessionLimits second_limits(SessionLimits limits) {
  constexpr std::uint32_t legs_most = 1 << 16;
  limits.legs = std::min(limits.legs, legs_most);
  return limits;
}

}  // namespace

Session make_session(const Universe& universe, const std::vector<models::ParameterSet>& parameters,
                     const SessionLimits& limits, RevaluerOptions options,
                     const AlertObserver& on_alert,
                     const std::vector<models::ParameterSet>& second) {
  Session session;
  session.routes.resize(universe.contracts.size());
  std::vector<Prepared> gates;
  for (const models::ParameterSet& set : parameters) {
    gates.push_back(prepare(universe, set, limits));
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto set = std::find_if(second.begin(), second.end(), [&](const auto& other) {
      return models::may_move_between(parameters[i], other);
    });
    if (set == second.end()) {
      list_strategies(gates[i].config, nullptr);
      continue;
    }
    Prepared behind = prepare(universe, *set, second_limits(limits));
    list_strategies(gates[i].config, &behind.config);
    behind.session.is_second = true;
    behind.session.partner = static_cast<std::uint32_t>(i);
    gates[i].session.partner = static_cast<std::uint32_t>(gates.size());
    gates.push_back(std::move(behind));
  }
  for (Prepared& each : gates) {
    if (limits.has_controls) set_controls(each.config, universe, each.session);
    const auto gate = static_cast<std::uint32_t>(session.gates.size());
    if (on_alert) {
      options.on_alert = [on_alert, gate](const MaintenanceAlert& alert) { on_alert(gate, alert); };
    }
    create(each, universe, options);
    session.gates.push_back(std::move(each.session));
    route(session, gate);
  }
  return session;
}

double asset_price(const GateSession& session, std::size_t asset,
                   const std::array<double, coins_max>& spots) {
  if (session.assets[asset] == session.numeraire) return 1.0;
  for (const std::uint32_t coin : session.coins) {
    if (session.assets[asset] == coin_names[coin]) return spots[coin];
  }
  return 0.0;
}

}  // namespace margingate::run
