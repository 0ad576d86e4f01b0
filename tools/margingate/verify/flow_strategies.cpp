// Combos, quotes, protections, exercise, expiry, and what a risk desk does.
#include <algorithm>
#include <cmath>

#include "margingate/controls.hpp"
#include "verify/flow.hpp"

namespace margingate::verify {
namespace {

constexpr std::uint32_t quotes_most = 8;
constexpr double loss_rate_most = 0.03;  // of a protection, of its first member's notional

std::int64_t at_least_one(double value) { return std::max<std::int64_t>(1, std::llround(value)); }

}  // namespace

const Combo& Flow::combo(InstrumentId instrument) const {
  const GateConfig& config = world_.setup.config;
  return config.combos[instrument.value - config.instruments.size()];
}

std::optional<Price> Flow::order_price(InstrumentId id, double spread) {
  const GateConfig& config = world_.setup.config;
  if (is_contract(config, id)) return price_near(id, spread);
  if (is_quote_group(config, id)) {
    const std::size_t group = id.value - config.instruments.size() - config.combos.size();
    for (const InstrumentId member : config.quote_groups[group].instruments) {
      const Price fair = view_.fair_price(member);
      if (fair.value < 0) continue;
      const double base = 1e-4 * spot(config.instruments[member.value].underlying) *
                              static_cast<double>(price_scale) +
                          static_cast<double>(fair.value);
      return Price{at_least_one(base * loss_rate_most * random_.unit())};
    }
    return std::nullopt;
  }
  double net = 0.0;
  double gross = 0.0;
  for (const ComboLeg& leg : combo(id).legs) {
    const Price fair = view_.fair_price(leg.instrument);
    if (fair.value < 0) return std::nullopt;
    net += leg.ratio * static_cast<double>(fair.value);
    gross += std::abs(leg.ratio) * static_cast<double>(fair.value);
  }
  return Price{std::llround(net + gross * spread * random_.between(-1.0, 1.0))};
}

// What an account pays at most, or less, or is given.
Money Flow::fee_of(InstrumentId id, std::int64_t lots, Price price) {
  const Instrument& instrument = world_.setup.config.instruments[id.value];
  if (instrument.fee_rate_max == 0.0 || random_.chance(0.3)) return {};
  const double size = instrument.contract_size * static_cast<double>(lots) /
                      static_cast<double>(instrument.lots_per_contract);
  const bool in_quote = instrument.payoff == Payoff::inverse;
  const double at = static_cast<double>(price.value) / static_cast<double>(price_scale);
  const double value =
      in_quote && instrument.kind != InstrumentKind::option ? size / at : size * at;
  const double rate = instrument.fee_rate_max * random_.between(-0.3, 1.0);
  return {std::llround(std::clamp(value * rate * 1e8, -1e15, 1e15))};
}

std::optional<Step> Flow::combo_order() {
  const GateConfig& config = world_.setup.config;
  if (config.combos.empty()) return std::nullopt;
  const InstrumentId id{static_cast<std::uint32_t>(config.instruments.size()) +
                        below(config.combos.size())};
  const std::optional<Price> price = order_price(id, 0.02);
  if (!price) return std::nullopt;
  OrderIntent intent{account_,
                     id,
                     random_.chance(0.5) ? Side::buy : Side::sell,
                     {lots(combo(id).legs.front().instrument)},
                     *price,
                     now_};
  if (random_.chance(0.3)) intent.id = {next_id_++};
  return intent;
}

std::optional<Step> Flow::fill_of_combo(const BookedOrder& order, Quantity quantity) {
  const Combo& legs = combo(order.instrument);
  ComboFill fill{order.handle, quantity, {}, {}};
  for (std::size_t i = 0; i < legs.legs.size(); ++i) {
    const std::optional<Price> price = price_near(legs.legs[i].instrument, 0.03);
    if (!price) return std::nullopt;
    fill.prices[i] = *price;
  }
  if (random_.chance(0.3)) fill.fee = {static_cast<std::int64_t>(random_.below(1'000'000))};
  return fill;
}

std::optional<Step> Flow::protection() {
  const GateConfig& config = world_.setup.config;
  if (config.quote_groups.empty()) return std::nullopt;
  const std::uint32_t group = below(config.quote_groups.size());
  const InstrumentId id{
      static_cast<std::uint32_t>(config.instruments.size() + config.combos.size()) + group};
  const std::optional<Price> price = order_price(id, 0.0);
  if (!price) return std::nullopt;
  const std::int64_t limit = lots(config.quote_groups[group].instruments.front());
  return OrderIntent{account_, id, Side::buy, {limit}, *price, now_};
}

const BookedOrder* Flow::own_protection() {
  const BookedOrder* chosen = nullptr;
  for (const BookedOrder& order : ledger_.orders()) {
    if (!is_quote_group(world_.setup.config, order.instrument)) continue;
    if (chosen == nullptr || order.account == account_ || random_.chance(0.2)) chosen = &order;
  }
  return chosen;
}

std::optional<Step> Flow::fill_of_protection(const BookedOrder& order, Quantity quantity) {
  const GateConfig& config = world_.setup.config;
  const std::size_t group =
      order.instrument.value - config.instruments.size() - config.combos.size();
  const auto& members = config.quote_groups[group].instruments;
  const InstrumentId member = members[below(members.size())];
  const std::optional<Price> price = price_near(member, 0.02);
  if (!price) return std::nullopt;
  const Side side = random_.chance(0.5) ? Side::buy : Side::sell;
  return ProtectedFill{order.handle, member, side,
                       quantity,     *price, fee_of(member, quantity.value, *price)};
}

std::optional<Step> Flow::shown_quote() {
  const BookedOrder* const order = own_protection();
  if (order == nullptr) return std::nullopt;
  const GateConfig& config = world_.setup.config;
  const std::size_t group =
      order->instrument.value - config.instruments.size() - config.combos.size();
  const auto& members = config.quote_groups[group].instruments;
  const InstrumentId member = members[below(members.size())];
  const std::optional<Price> price = price_near(member, 0.05);
  if (!price) return std::nullopt;
  return ProtectedQuote{order->handle, member, random_.chance(0.5) ? Side::buy : Side::sell, *price,
                        now_};
}

std::optional<Step> Flow::quotes() {
  const GateConfig& config = world_.setup.config;
  QuoteCall call{account_, {}, {}, now_};
  const bool together = random_.chance(0.6);
  call.decision = together ? QuoteDecision::together : QuoteDecision::individually;
  const auto last = [&](InstrumentId id, Side side) {
    for (const BookedOrder& order : ledger_.orders()) {
      const bool is_its_own = order.account == account_ && order.instrument == id &&
                              order.side == side && !order.in_suspense;
      if (is_its_own && random_.chance(0.8)) return order.handle;
    }
    return WorkingOrderHandle{};
  };
  const std::uint32_t size = 1 + random_.below(quotes_most);
  for (std::uint32_t n = 0; n < size; ++n) {
    InstrumentId id = instrument_for(account_);
    if (!config.combos.empty() && random_.chance(0.15)) {
      id = {static_cast<std::uint32_t>(config.instruments.size()) + below(config.combos.size())};
    }
    const bool is_quoted = std::any_of(call.quotes.begin(), call.quotes.end(),
                                       [&](const Quote& q) { return q.instrument == id; });
    const std::optional<Price> bid = order_price(id, 0.01);
    if (is_quoted || !bid) continue;
    const InstrumentId sized = is_contract(config, id) ? id : combo(id).legs.front().instrument;
    const Price ask{bid->value + at_least_one(0.01 * std::abs(static_cast<double>(bid->value)))};
    Quote quote{id,
                {*bid, {random_.chance(0.85) ? lots(sized) : 0}, last(id, Side::buy)},
                {ask, {random_.chance(0.85) ? lots(sized) : 0}, last(id, Side::sell)}};
    call.quotes.push_back(quote);
  }
  if (call.quotes.empty()) return std::nullopt;
  return call;
}

std::optional<Flow::Delivery> Flow::delivery_of(InstrumentId option, std::int64_t lots) {
  const GateConfig& config = world_.setup.config;
  const Instrument& from = config.instruments[option.value];
  const double coins =
      from.contract_size * static_cast<double>(lots) / static_cast<double>(from.lots_per_contract);
  const std::uint32_t start = below(config.instruments.size());
  for (std::uint32_t n = 0; n < config.instruments.size(); ++n) {
    const std::uint32_t i = (start + n) % static_cast<std::uint32_t>(config.instruments.size());
    const Instrument& into = config.instruments[i];
    const bool fits = into.kind != InstrumentKind::option && into.risk_unit == from.risk_unit &&
                      view_.fair_price({i}).value > 0;
    if (!fits) continue;
    const double units = into.payoff == Payoff::inverse ? coins * spot(into.underlying) : coins;
    return Delivery{
        {i},
        {at_least_one(units / into.contract_size * static_cast<double>(into.lots_per_contract))}};
  }
  return std::nullopt;
}

std::optional<Step> Flow::exercise() {
  const GateConfig& config = world_.setup.config;
  for (const reference::ReferenceLeg& leg : ledger_.account(account_).legs) {
    if (leg.net <= 0 || !is_contract(config, leg.instrument) || random_.chance(0.5)) continue;
    const Instrument& option = config.instruments[leg.instrument.value];
    if (option.kind != InstrumentKind::option) continue;
    if (view_.fair_price(leg.instrument).value < 0) continue;
    const std::int64_t lots =
        random_.chance(0.5)
            ? leg.net
            : 1 + below(static_cast<std::size_t>(std::min<std::int64_t>(leg.net, 1 << 30)));
    const std::optional<Delivery> delivery = delivery_of(leg.instrument, lots);
    if (!delivery) continue;
    const Price strike{at_least_one(option.strike * static_cast<double>(price_scale))};
    return Exercise{account_,       leg.instrument, {lots}, delivery->instrument,
                    delivery->lots, strike,         now_};
  }
  return std::nullopt;
}

std::optional<Step> Flow::assignment() {
  const GateConfig& config = world_.setup.config;
  for (const reference::ReferenceLeg& leg : ledger_.account(account_).legs) {
    if (leg.net >= 0 || !is_contract(config, leg.instrument) || random_.chance(0.5)) continue;
    const Instrument& option = config.instruments[leg.instrument.value];
    if (option.kind != InstrumentKind::option) continue;
    const std::optional<Delivery> delivery = delivery_of(leg.instrument, -leg.net);
    if (!delivery) continue;
    const Price strike{at_least_one(option.strike * static_cast<double>(price_scale))};
    return Assignment{account_,       leg.instrument, {-leg.net}, delivery->instrument,
                      delivery->lots, strike};
  }
  return std::nullopt;
}

std::optional<Step> Flow::expiry() {
  const GateConfig& config = world_.setup.config;
  const std::uint32_t start = below(config.instruments.size());
  for (std::uint32_t n = 0; n < config.instruments.size(); ++n) {
    const std::uint32_t i = (start + n) % static_cast<std::uint32_t>(config.instruments.size());
    const Instrument& instrument = config.instruments[i];
    const bool is_option = instrument.kind == InstrumentKind::option;
    const bool expires = is_option || instrument.kind == InstrumentKind::future;
    if (!expires || instrument.expiry > now_) continue;
    const Price last = view_.table_spot(instrument.underlying);
    const bool is_worthless = is_option && random_.chance(0.5);
    // Something like what it is worth; the gate takes the host's word.
    const Price paid =
        is_option ? Price{at_least_one(0.01 * static_cast<double>(last.value))} : last;
    return Expiry{{i}, is_worthless ? Price{0} : paid, now_};
  }
  return std::nullopt;
}

ControlScope Flow::any_scope() {
  const ControlsConfig& controls = *world_.setup.config.controls;
  const auto level = static_cast<ControlLevel>(random_.below(5));
  switch (level) {
    case ControlLevel::account:
      return {level, random_.below(world_accounts)};
    case ControlLevel::desk:
      return {level, below(controls.desks.size())};
    case ControlLevel::firm:
      return {level, below(controls.firms.size())};
    default:
      return {level, 0};
  }
}

std::optional<Step> Flow::account_move() {
  if (!world_.second) return std::nullopt;
  return MoveCall{account_};
}

// Most scopes are released again soon, or nothing would trade.
std::optional<Step> Flow::kill_switch() {
  if (!world_.setup.config.controls) return std::nullopt;
  const bool engages = random_.chance(0.25);
  ControlScope scope = any_scope();
  if (engages && scope.level > ControlLevel::desk) scope = {ControlLevel::account, account_.value};
  if (!engages && killed_.level != ControlLevel::gate) scope = killed_;
  if (engages) killed_ = scope;
  return KillSwitch{scope,
                    engages ? Switch::engage : Switch::release,
                    random_.chance(0.9) ? Authority::risk : Authority::desk,
                    {random_.chance(0.95) ? 1u : 0u, 2},
                    now_};
}

std::optional<Step> Flow::resumption() {
  if (!world_.setup.config.controls) return std::nullopt;
  const ControlScope own{ControlLevel::account, account_.value};
  return Resumption{random_.chance(0.5) ? own : any_scope(),
                    random_.chance(0.95) ? Authority::risk : Authority::desk,
                    {1, 2},
                    now_};
}

std::optional<Step> Flow::limit_override() {
  const auto& controls = world_.setup.config.controls;
  if (!controls) return std::nullopt;
  const auto control = static_cast<Control>(random_.below(controls_count));
  const std::int64_t value = control == Control::messages || control == Control::open_orders
                                 ? 5 + random_.below(60)
                                 : std::llround(std::pow(10.0, random_.between(0.0, 14.0)));
  return LimitOverride{any_scope(),
                       control,
                       value,
                       now_ + milliseconds(200 + random_.below(4'000)),
                       random_.chance(0.8) ? Authority::risk : Authority::desk,
                       {1, 2},
                       now_};
}

std::optional<Step> Flow::reference_price() {
  if (!world_.setup.config.controls) return std::nullopt;
  InstrumentId id = any_instrument();
  // Mostly where one is asked for.
  const std::vector<InstrumentControls>& controls = world_.setup.config.controls->instruments;
  for (int tries = 0; tries < 32 && !controls[id.value].moving_band_ppm.is_set(); ++tries) {
    id = any_instrument();
  }
  const Price fair = view_.fair_price(id);
  if (fair.value <= 0) return std::nullopt;
  return ReferencePrice{id, fair, now_};
}

std::optional<Step> Flow::trading_day() {
  if (!world_.setup.config.controls) return std::nullopt;
  return TradingDayStart{now_};
}

}  // namespace margingate::verify
