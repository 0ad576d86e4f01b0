// This library behind the interface of the conformance pack, through its public API alone.
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

#include "conformance/gate_under_test.hpp"
#include "margingate/gate.hpp"
#include "margingate/revaluer.hpp"

namespace margingate::conformance {
namespace {

constexpr Timestamp start_time{1'750'000'000'000'000'000};
constexpr Duration day{86'400'000'000'000};
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint32_t accounts = 8;
constexpr std::uint32_t no_instrument = UINT32_MAX;

constexpr AssetId dollars{0}, bitcoin{1}, ether{2}, euros{3};
const char* const asset_names[] = {"USD", "BTC", "ETH", "EUR"};
const char* const coin_names[] = {"BTC", "ETH"};
const double coin_spots[] = {100.0, 10.0};

struct Contract {
  const char* name;
  InstrumentKind kind;
  Payoff payoff;
  OptionType option_type;
  std::uint32_t coin;
  double contract_size;
  double strike;
};

// 30 days to every expiry; one lot is one contract.
constexpr Contract contracts[] = {
    {"PERP", InstrumentKind::perpetual, Payoff::linear, OptionType::call, 0, 1.0, 0.0},
    {"FUT", InstrumentKind::future, Payoff::linear, OptionType::call, 0, 1.0, 0.0},
    {"CALL", InstrumentKind::option, Payoff::linear, OptionType::call, 0, 1.0, 100.0},
    {"PUT", InstrumentKind::option, Payoff::linear, OptionType::put, 0, 1.0, 100.0},
    {"CALL-110", InstrumentKind::option, Payoff::linear, OptionType::call, 0, 1.0, 110.0},
    {"INVERSE", InstrumentKind::perpetual, Payoff::inverse, OptionType::call, 0, 10.0, 0.0},
    {"SPOT", InstrumentKind::spot, Payoff::linear, OptionType::call, 0, 1.0, 0.0},
    {"EPERP", InstrumentKind::perpetual, Payoff::linear, OptionType::call, 1, 1.0, 0.0},
    {"EFUT", InstrumentKind::future, Payoff::linear, OptionType::call, 1, 1.0, 0.0},
};

// Anything else is passed on as an identifier that does not exist.
std::uint32_t instrument_of(const std::string& name) {
  for (std::uint32_t i = 0; i < std::size(contracts); ++i) {
    if (name == contracts[i].name) return i;
  }
  if (name == "UNKNOWN") return no_instrument;
  throw std::runtime_error("no instrument " + name);
}

template <std::size_t Count>
std::uint32_t index_of(const char* const (&names)[Count], const std::string& name) {
  for (std::uint32_t i = 0; i < Count; ++i) {
    if (name == names[i]) return i;
  }
  throw std::runtime_error("no asset or coin " + name);
}

Instrument terms_of(const Contract& contract) {
  Instrument i;
  i.kind = contract.kind;
  i.payoff = contract.payoff;
  i.option_type = contract.option_type;
  i.underlying = {contract.coin};
  i.risk_unit = {contract.coin};
  i.settlement_asset = contract.payoff == Payoff::inverse ? bitcoin : dollars;
  i.contract_size = contract.contract_size;
  i.strike = contract.strike;
  if (contract.kind == InstrumentKind::future || contract.kind == InstrumentKind::option) {
    i.expiry = start_time + Duration{30 * day.value};
  }
  return i;
}

Limit* field_of(ScopeLimits& l, const std::string& control) {
  Limit* const fields[controls_count] = {&l.order_quantity,
                                         &l.order_notional,
                                         &l.messages,
                                         &l.duplicate_orders,
                                         &l.repeated_executions,
                                         &l.open_orders,
                                         &l.open_order_value,
                                         &l.position,
                                         &l.open_interest,
                                         &l.delta,
                                         &l.gamma,
                                         &l.vega,
                                         &l.initial_margin,
                                         &l.daily_loss};
  for (std::size_t c = 0; c < controls_count; ++c) {
    if (control == to_string(static_cast<Control>(c))) return fields[c];
  }
  throw std::runtime_error("no control " + control);
}

Control control_of(const std::string& name) {
  for (std::size_t c = 0; c < controls_count; ++c) {
    if (name == to_string(static_cast<Control>(c))) return static_cast<Control>(c);
  }
  return static_cast<Control>(controls_count);
}

Limit* field_of(InstrumentControls& l, const std::string& control) {
  if (control == "order_quantity") return &l.order_quantity;
  if (control == "position") return &l.position;
  if (control == "open_interest") return &l.open_interest;
  if (control == "price_low") return &l.price_low;
  if (control == "price_high") return &l.price_high;
  if (control == "moving_band_ppm") return &l.moving_band_ppm;
  throw std::runtime_error("no control of an instrument: " + control);
}

ControlLevel level_of(const std::string& name) {
  for (const ControlLevel level : {ControlLevel::account, ControlLevel::desk, ControlLevel::firm,
                                   ControlLevel::clearing_member, ControlLevel::gate}) {
    if (name == to_string(level)) return level;
  }
  throw std::runtime_error("no level " + name);
}

ControlScope scope_of(const ScopeName& name) { return {level_of(name.level), name.id}; }

std::string name_of(ControlScope scope) {
  switch (scope.level) {
    case ControlLevel::account:
      return std::string(1, static_cast<char>('A' + scope.id));
    case ControlLevel::gate:
      return "gate";
    case ControlLevel::clearing_member:
      return "member:" + std::to_string(scope.id);
    default:
      return std::string(to_string(scope.level)) + ":" + std::to_string(scope.id);
  }
}

ControlsConfig controls_of(const World& world) {
  const ScopeLimits off = ScopeLimits::all_off();
  ControlsConfig c;
  c.gate = c.account = off;
  const auto parties = [&](std::vector<PartyControls>& list, std::size_t count) {
    while (list.size() < count) list.push_back({no_parent, off});
  };
  std::uint32_t desks = 0, firms = 0, members = 0;
  for (const auto& [account, desk] : world.desk_of) desks = std::max(desks, desk + 1);
  for (const auto& [desk, firm] : world.firm_of) firms = std::max(firms, firm + 1);
  for (const auto& [firm, member] : world.member_of) members = std::max(members, member + 1);
  parties(c.desks, desks);
  parties(c.firms, firms);
  parties(c.clearing_members, members);
  for (std::uint32_t a = 0; a < accounts; ++a) {
    const auto desk = world.desk_of.find(a);
    c.accounts.push_back({{a}, desk == world.desk_of.end() ? no_parent : desk->second, off});
  }
  for (const auto& [desk, firm] : world.firm_of) c.desks.at(desk).parent = firm;
  for (const auto& [firm, member] : world.member_of) c.firms.at(firm).parent = member;
  const auto limits_of = [&](const ScopeName& name) -> ScopeLimits& {
    switch (level_of(name.level)) {
      case ControlLevel::account:
        return c.accounts.at(name.id).limits;
      case ControlLevel::desk:
        return c.desks.at(name.id).limits;
      case ControlLevel::firm:
        return c.firms.at(name.id).limits;
      case ControlLevel::clearing_member:
        return c.clearing_members.at(name.id).limits;
      case ControlLevel::gate:
        break;
    }
    return c.gate;
  };
  for (const LimitSetting& l : world.limits) {
    const Limit limit = Limit::at(l.value);
    *field_of(limits_of(l.scope), l.control) =
        l.hard_cap == 0 ? limit : limit.with_hard_cap(l.hard_cap);
  }
  for (const std::string& text : world.unset_limits) {
    const auto space = text.find(' ');
    if (text.substr(0, space) != "gate") throw std::runtime_error("only of the gate: " + text);
    *field_of(c.gate, text.substr(space + 1)) = Limit{};
  }
  c.instruments.assign(std::size(contracts), InstrumentControls::all_off());
  for (const InstrumentLimit& l : world.instrument_limits) {
    *field_of(c.instruments[instrument_of(l.instrument)], l.control) = Limit::at(l.value);
  }
  if (world.self_match == "refuse") c.self_match = SelfMatch::refuse;
  if (world.self_match == "signal") c.self_match = SelfMatch::signal;
  c.self_match_level = level_of(world.self_match_level);
  return c;
}

void apply_settings(const World& world, GateConfig& config) {
  for (const auto& [name, value] : world.settings) {
    ControlsConfig* const c = config.controls ? &*config.controls : nullptr;
    if (name == "accounts_max")
      config.limits.accounts_max = static_cast<std::uint32_t>(value);
    else if (name == "legs_max")
      config.limits.legs_max = static_cast<std::uint32_t>(value);
    else if (name == "working_orders_max")
      config.limits.working_orders_max = static_cast<std::uint32_t>(value);
    else if (name == "quantity_max")
      config.limits.quantity_max = value;
    else if (name == "table_age_max")
      config.table_age_max = {value};
    else if (name == "spot_age_max")
      config.spot_age_max = {value};
    else if (name == "message_period" && c != nullptr)
      c->message_period = {value};
    else if (name == "duplicate_period" && c != nullptr)
      c->duplicate_period = {value};
    else if (name == "execution_period" && c != nullptr)
      c->execution_period = {value};
    else if (name == "reference_age_max" && c != nullptr)
      c->reference_age_max = {value};
    else
      throw std::runtime_error("no setting " + name);
  }
}

GateConfig config_of(const World& world) {
  GateConfig config;
  config.limits.accounts_max = accounts;
  config.limits.legs_max = 128;
  config.limits.working_orders_max = 128;
  config.limits.queue_capacity = 4'096;
  config.limits.changes_max = 4'096;
  config.money_decimals = 2;
  config.price_decimals = 2;
  config.assets = {{0.0}, {0.0}, {0.0}, {0.1}};
  config.numeraire = dollars;
  config.underlyings = {{bitcoin, coin_spots[0]}, {ether, coin_spots[1]}};
  for (const Contract& contract : contracts) config.instruments.push_back(terms_of(contract));
  RiskUnitModel unit;
  unit.scan.scenarios.resize(2);
  unit.scan.scenarios[0].price_move = -0.1;
  unit.scan.scenarios[1].price_move = 0.1;
  for (const ListedCombo& listed : world.combos) {
    Combo combo;
    for (const auto& [name, ratio] : listed.legs) {
      combo.legs.push_back({{instrument_of(name)}, static_cast<std::int32_t>(ratio)});
    }
    config.combos.push_back(combo);
  }
  for (const ListedGroup& listed : world.groups) {
    QuoteGroup group;
    for (const std::string& name : listed.members) {
      group.instruments.push_back({instrument_of(name)});
    }
    config.quote_groups.push_back(group);
  }
  config.model.name = "conformance";
  config.model.units = {unit, unit};
  if (world.has_controls) config.controls = controls_of(world);
  apply_settings(world, config);
  return config;
}

Market surface_of(const World& world, Timestamp as_of) {
  Market market;
  market.as_of = as_of;
  market.spots = {coin_spots[0], coin_spots[1]};
  for (const Contract& contract : contracts) {
    const bool is_option = contract.kind == InstrumentKind::option;
    InstrumentQuote quote{coin_spots[contract.coin], is_option ? 0.5 : unknown};
    if (world.unquoted.contains(contract.name)) quote.forward = unknown;
    if (world.without_volatility.contains(contract.name)) quote.implied_volatility = unknown;
    market.quotes.push_back(quote);
  }
  return market;
}

class Margingate final : public GateUnderTest {
 public:
  std::string start(const World& world) override {
    world_ = world;
    Gate::Created created = Gate::create(config_of(world));
    std::string issues;
    for (const GateIssue& issue : created.issues)
      issues += issue.where + ": " + issue.expected + '\n';
    if (!created.gate) return issues;
    gate_ = std::move(created.gate);
    revaluer_ = std::make_unique<Revaluer>(*gate_);
    static_cast<void>(revaluer_->update_surface(surface_of(world_, now_)));
    for (std::uint32_t coin = 0; coin < 2; ++coin) {
      static_cast<void>(tick(coin_names[coin], std::llround(coin_spots[coin] * 100.0)));
    }
    if (world.has_table) static_cast<void>(revalue());
    return {};
  }

  Answer order(const std::string& name, const OrderTerms& terms) override {
    const Verdict verdict = gate_->reserve(intent_of(terms));
    if (verdict.accepted()) remember(name, verdict.order);
    return answer(verdict);
  }
  Answer check(const OrderTerms& terms) override { return answer(gate_->check(intent_of(terms))); }
  Answer replace(const std::string& name, std::int64_t lots, std::int64_t price) override {
    const Verdict verdict = gate_->replace({handle(name), {lots}, {price}, now_});
    if (verdict.accepted()) remember(name, verdict.order);
    return answer(verdict);
  }
  std::string cancel(const std::string& name) override {
    return text(gate_->release(Cancel{handle(name)}));
  }
  std::string fill(const std::string& name, std::int64_t lots, std::int64_t price) override {
    return text(gate_->apply(Fill{handle(name), {lots}, {price}}));
  }
  std::string transfer(std::uint32_t account, const std::string& instrument, std::int64_t lots,
                       std::int64_t price) override {
    return text(
        gate_->apply(PositionTransfer{{account}, {instrument_of(instrument)}, {lots}, {price}}));
  }
  std::string deposit(std::uint32_t account, const std::string& asset,
                      std::int64_t amount) override {
    return text(gate_->apply(CashMovement{{account}, {index_of(asset_names, asset)}, {amount}}));
  }
  std::string hold(std::uint32_t account, std::int64_t amount) override {
    return text(gate_->apply(Hold{{account}, {amount}}));
  }
  std::string tick(const std::string& coin, std::int64_t price) override {
    if (coin == "EUR") return text(gate_->apply(AssetTick{euros, {price}, now_}));
    return text(gate_->apply(SpotTick{{index_of(coin_names, coin)}, {price}, now_}));
  }
  std::string revalue() override {
    // Options keep their volatility and clock; forwards follow the spot.
    Market surface = surface_of(world_, now_);
    static_cast<void>(revaluer_->update_surface(surface));
    revaluer_->request_publication();
    for (int rounds = 0; rounds < 4; ++rounds) {
      static_cast<void>(revaluer_->run_once());
      static_cast<void>(gate_->poll());
    }
    return "accepted";
  }
  void pass(std::int64_t nanoseconds) override { now_ = now_ + Duration{nanoseconds}; }

  std::string kill(const ScopeName& scope, bool engage, const std::string& authority,
                   bool is_signed) override {
    return text(gate_->apply(KillSwitch{scope_of(scope), engage ? Switch::engage : Switch::release,
                                        authority_of(authority), signature(is_signed), now_}));
  }
  std::string resume(const ScopeName& scope, const std::string& authority) override {
    return text(
        gate_->apply(Resumption{scope_of(scope), authority_of(authority), signature(true), now_}));
  }
  std::string override_limit(const ScopeName& scope, const std::string& control, std::int64_t value,
                             std::int64_t nanoseconds, const std::string& authority,
                             bool is_signed) override {
    return text(gate_->apply(LimitOverride{scope_of(scope), control_of(control), value,
                                           now_ + Duration{nanoseconds}, authority_of(authority),
                                           signature(is_signed), now_}));
  }
  std::string reference_price(const std::string& instrument, std::int64_t price) override {
    return text(gate_->apply(ReferencePrice{{instrument_of(instrument)}, {price}, now_}));
  }
  std::string start_day() override { return text(gate_->apply(TradingDayStart{now_})); }

  std::string fill_combo(const std::string& name, std::int64_t lots,
                         const Prices& by_leg) override {
    ComboFill fill{handle(name), {lots}, {}, {}};
    for (std::size_t i = 0; i < by_leg.size(); ++i) fill.prices.at(i) = {by_leg[i]};
    return text(gate_->apply(fill));
  }
  std::vector<std::string> quote(const QuoteTerms& terms) override {
    std::vector<Quote> quotes;
    for (const QuoteTerms::Quote& q : terms.quotes) {
      const QuoteResult& last = quoted_[{terms.account, q.instrument}];
      quotes.push_back({{listed(q.instrument)},
                        {{q.bid.price}, {q.bid.lots}, last.bid},
                        {{q.ask.price}, {q.ask.lots}, last.ask}});
    }
    std::vector<QuoteResult> results(quotes.size());
    const auto decision = terms.together ? QuoteDecision::together : QuoteDecision::individually;
    const QuoteVerdict verdict = gate_->quote({{terms.account}, now_, decision, quotes}, results);
    std::vector<std::string> reasons;
    for (std::size_t i = 0; i < results.size(); ++i) {
      const std::string& name = terms.quotes[i].instrument;
      if (is_accepted(results[i].reason)) {
        quoted_[{terms.account, name}] = results[i];
        remember(name + ".bid", results[i].bid);
        remember(name + ".ask", results[i].ask);
      }
      if (!terms.together) reasons.push_back(text(results[i].reason));
    }
    if (terms.together) reasons.push_back(text(verdict.verdict.reason));
    return reasons;
  }
  std::string show(const std::string& protection, const std::string& instrument, bool is_bid,
                   std::int64_t price) override {
    return text(gate_->check_protected(
        {handle(protection), {instrument_of(instrument)}, side(is_bid), {price}, now_}));
  }
  std::string fill_protected(const std::string& protection, const std::string& instrument,
                             bool is_buy, std::int64_t lots, std::int64_t price) override {
    return text(gate_->apply(ProtectedFill{
        handle(protection), {instrument_of(instrument)}, side(is_buy), {lots}, {price}}));
  }
  std::string report(const ReportTerms& r) override {
    return text(gate_->apply(Execution{{r.id},
                                       r.number,
                                       {r.account},
                                       {instrument_of(r.instrument)},
                                       side(r.is_buy),
                                       {r.lots},
                                       {r.price}}));
  }
  std::string resolve(bool did_happen) override {
    const QuarantinedExecution last = gate_->last_quarantined();
    if (!did_happen) return text(gate_->release(Cancel{last.suspense}));
    const auto waiting = gate_->working_order(last.suspense);
    if (!waiting) return text(Reason::unknown_order);
    return text(gate_->apply(Fill{last.suspense, waiting->remaining, last.execution.price}));
  }
  std::string cancel_all(std::uint32_t account) override {
    return text(gate_->release(CancelAll{{account}, {}, {}}).reason);
  }
  std::string trade(std::uint32_t buyer, std::uint32_t seller, const std::string& instrument,
                    std::int64_t lots, std::int64_t price) override {
    const BlockTrade trade{{buyer}, {seller}, {instrument_of(instrument)}, {lots}, {price}, now_};
    return text(gate_->trade(trade).reason);
  }
  std::string withdraw(std::uint32_t account, std::int64_t amount) override {
    return text(gate_->withdraw({{account}, dollars, {amount}, now_}).reason);
  }
  std::string give(std::uint32_t from, std::uint32_t to, std::int64_t amount) override {
    return text(gate_->transfer({{from}, {to}, dollars, {amount}, now_}).reason);
  }
  std::string exercise(std::uint32_t account, const std::string& option, std::int64_t lots,
                       const std::string& delivery, std::int64_t delivered,
                       std::int64_t strike) override {
    const Exercise exercise{{account},   {instrument_of(option)},
                            {lots},      {instrument_of(delivery)},
                            {delivered}, {strike},
                            now_};
    return text(gate_->exercise(exercise).reason);
  }
  std::string settle(const std::string& instrument, std::int64_t price) override {
    return text(gate_->settle(MarkSettlement{{instrument_of(instrument)}, {price}}).reason);
  }

  std::int64_t account_amount(std::uint32_t account, const std::string& what) override {
    const AccountId id{account};
    if (what.starts_with("wallet ")) {
      return gate_->wallets(id).at(index_of(asset_names, what.substr(7))).value;
    }
    if (what.starts_with("position ")) return leg(id, what.substr(9)).net_quantity.value;
    if (what.starts_with("working buy ")) return leg(id, what.substr(12)).working_buys.value;
    if (what.starts_with("working sell ")) return leg(id, what.substr(13)).working_sells.value;
    if (what == "open losses") return gate_->open_losses(id).value;
    if (what == "adds up") return gate_->totals_equal_recomputed(id) ? 1 : 0;
    const MarginStatement statement = gate_->statement(id);
    if (what == "requirement") return statement.initial_margin.value;
    if (what == "equity") return statement.equity.value;
    if (what == "excess") return statement.margin_excess.value;
    throw std::runtime_error("no amount of an account: " + what);
  }
  std::int64_t scope_amount(const ScopeName& name, const std::string& what) override {
    const ScopeStatus status = gate_->scope_status(scope_of(name));
    if (what == "open orders") return status.open_orders;
    if (what == "open order value") return status.open_order_value.value;
    if (what == "initial margin") return status.initial_margin.value;
    if (what == "daily loss") return status.daily_loss.value;
    if (what == "killed") return status.is_killed ? 1 : 0;
    if (what.starts_with("limit ")) {
      return status.limits.at(static_cast<std::size_t>(control_of(what.substr(6))));
    }
    throw std::runtime_error("no amount of a scope: " + what);
  }
  std::int64_t order_amount(const std::string& name, const std::string& what) override {
    const auto order = gate_->working_order(handle(name));
    if (!order) return 0;
    if (what == "fillable") return gate_->fillable(handle(name)).value;
    return what == "price" ? order->price.value : order->remaining.value;
  }
  std::string finding(const std::string& what) override {
    const ControlFinding found = gate_->control_finding();
    if (what == "scope") return name_of(found.scope);
    for (const auto& [name, order] : orders_) {
      if (order == found.self_match) return name;
    }
    return "none";
  }

 private:
  [[nodiscard]] static std::string text(Reason reason) { return std::string(to_string(reason)); }
  [[nodiscard]] static Answer answer(const Verdict& verdict) {
    return {text(verdict.reason), verdict.requirement_after.value, verdict.equity.value};
  }
  [[nodiscard]] static Authority authority_of(const std::string& name) {
    if (name == "risk") return Authority::risk;
    if (name == "desk") return Authority::desk;
    throw std::runtime_error("no authority " + name);
  }
  [[nodiscard]] static Signature signature(bool is_signed) {
    return is_signed ? Signature{1, 1} : Signature{};
  }
  [[nodiscard]] OrderIntent intent_of(const OrderTerms& terms) const {
    OrderIntent intent{{terms.account},    {listed(terms.instrument)},
                       side(terms.is_buy), {terms.lots},
                       {terms.price},      now_};
    for (const std::string& flag : terms.flags) {
      if (flag == "reduce-only") {
        intent.reduce_only = true;
      } else if (flag == "post-only") {
        intent.kind = OrderKind::post_only;
      } else if (flag == "immediate") {
        intent.kind = OrderKind::immediate;
      } else if (flag == "market") {
        intent.kind = OrderKind::market;
      } else if (flag.starts_with("id=")) {
        intent.id = {std::stoull(flag.substr(3))};
      } else {
        throw std::runtime_error("no flag " + flag);
      }
    }
    return intent;
  }
  [[nodiscard]] static Side side(bool is_buy) { return is_buy ? Side::buy : Side::sell; }
  // A contract, a combo or a quote group.
  [[nodiscard]] std::uint32_t listed(const std::string& name) const {
    auto number = static_cast<std::uint32_t>(std::size(contracts));
    for (const ListedCombo& combo : world_.combos) {
      if (combo.name == name) return number;
      ++number;
    }
    for (const ListedGroup& group : world_.groups) {
      if (group.name == name) return number;
      ++number;
    }
    return instrument_of(name);
  }
  [[nodiscard]] Gate::Leg leg(AccountId account, const std::string& instrument) const {
    for (const Gate::Leg& leg : gate_->legs(account)) {
      if (leg.instrument.value == listed(instrument)) return leg;
    }
    return {};
  }
  void remember(const std::string& name, WorkingOrderHandle order) {
    if (!name.empty()) orders_[name] = order;
  }
  // A name nobody gave to an order is an order the gate does not know.
  [[nodiscard]] WorkingOrderHandle handle(const std::string& name) const {
    const auto at = orders_.find(name);
    return at == orders_.end() ? WorkingOrderHandle{} : at->second;
  }

  World world_;
  Timestamp now_ = start_time;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Revaluer> revaluer_;
  std::map<std::string, WorkingOrderHandle> orders_;
  std::map<std::pair<std::uint32_t, std::string>, QuoteResult> quoted_;
};

}  // namespace

std::unique_ptr<GateUnderTest> make_margingate() { return std::make_unique<Margingate>(); }

}  // namespace margingate::conformance
