#include "verify/flow.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace margingate::verify {
namespace {

constexpr std::array<double, 5> move_bounds = {0.0005, 0.0025, 0.0025, 0.01, 0.03};
constexpr double amount_most = 1e15;  // of a quantity or a price, in units
constexpr double away_most = 0.04;    // from the recorded spot
constexpr std::size_t legs_most = 30;
constexpr std::size_t working_most = 400;  // over all accounts
constexpr std::uint32_t burst_most = 12;
constexpr std::size_t cash_movement = 6;  // in the table

// Log-uniform: many small ones, some large ones.
double spread_out(run::Random& random, double low, double high) {
  return low * std::exp(random.unit() * std::log(high / low));
}

std::int64_t at_least_one(double value) {
  return std::max<std::int64_t>(1, std::llround(std::min(value, amount_most)));
}

}  // namespace

struct Flow::Kind {
  std::string_view name;
  double weight;
  std::optional<Step> (Flow::*make)();
};

const std::vector<Flow::Kind>& Flow::table() {
  static const std::vector<Kind> kinds = {
      {"new order", 56.0, &Flow::new_order},
      {"closing order", 9.0, &Flow::closing_order},
      {"replace", 14.0, &Flow::replace},
      {"cancel", 12.0, &Flow::cancel},
      {"fill", 9.0, &Flow::fill},
      {"transfer", 0.7, &Flow::transfer},
      {"cash movement", 1.0, &Flow::recentre_current},
      {"coin movement", 0.3, &Flow::coin_movement},
      {"hold", 0.5, &Flow::hold},
      {"spot tick", 7.0, &Flow::spot_tick},
      {"settlement", 3.0, &Flow::settlement},
      {"order to be refused", 0.5, &Flow::refused_order},
      {"named order", 4.0, &Flow::named_order},
      {"cancel all", 0.1, &Flow::cancel_all},
      {"execution", 1.0, &Flow::execution},
      {"execution of no order", 0.2, &Flow::unknown_execution},
      {"withdrawal", 1.0, &Flow::withdrawal},
      {"cash transfer", 0.5, &Flow::cash_transfer},
      {"block trade", 1.0, &Flow::block_trade},
      {"mark settlement", 0.1, &Flow::mark_settlement},
      {"funding", 0.1, &Flow::funding},
      {"combo order", 7.0, &Flow::combo_order},
      {"protection", 1.5, &Flow::protection},
      {"quote under protection", 4.0, &Flow::shown_quote},
      {"quotes", 2.5, &Flow::quotes},
      {"exercise", 0.7, &Flow::exercise},
      {"assignment", 0.3, &Flow::assignment},
      {"expiry", 0.3, &Flow::expiry},
      {"kill switch", 0.3, &Flow::kill_switch},
      {"resumption", 2.0, &Flow::resumption},
      {"limit override", 0.7, &Flow::limit_override},
      {"reference price", 1.0, &Flow::reference_price},
      {"trading day", 0.02, &Flow::trading_day},
      {"account move", 0.4, &Flow::account_move},
  };
  return kinds;
}

Flow::Flow(const World& world, const Ledger& ledger, FlowView view, bool is_at_limit,
           run::Random random)
    : world_(world),
      ledger_(ledger),
      view_(std::move(view)),
      random_(random),
      utilisation_low_(is_at_limit ? 0.97 : 0.5),
      utilisation_high_(is_at_limit ? 1.03 : 1.05) {}

std::vector<std::string_view> Flow::kinds() {
  std::vector<std::string_view> names;
  for (const Kind& kind : table()) names.push_back(kind.name);
  return names;
}

double Flow::spot(UnderlyingId underlying) const {
  return static_cast<double>(view_.table_spot(underlying).value) / static_cast<double>(price_scale);
}

InstrumentId Flow::any_instrument() { return {below(world_.setup.config.instruments.size())}; }

// Mostly what the account has: books keep their size.
InstrumentId Flow::instrument_for(AccountId account) {
  const auto& legs = ledger_.account(account).legs;
  const bool is_full = legs.size() >= legs_most;
  if (!legs.empty() && (is_full || random_.chance(0.75))) {
    const InstrumentId held = legs[below(legs.size())].instrument;
    if (is_contract(world_.setup.config, held)) return held;
  }
  return any_instrument();
}

// From a hundredth of a coin to a few.
std::int64_t Flow::lots(InstrumentId id) {
  const Instrument& instrument = world_.setup.config.instruments[id.value];
  const double price = spot(instrument.underlying);
  const double dollars = spread_out(random_, 1'000.0, 100'000.0);
  const bool in_quote =
      instrument.payoff == Payoff::inverse && instrument.kind != InstrumentKind::option;
  const double units = in_quote ? dollars : dollars / price;
  return at_least_one(units / instrument.contract_size *
                      static_cast<double>(instrument.lots_per_contract));
}

std::optional<Price> Flow::price_near(InstrumentId id, double spread) {
  const Price fair = view_.fair_price(id);
  if (fair.value < 0) return std::nullopt;
  const double factor = random_.chance(0.1) ? 1.0 : 1.0 + spread * random_.between(-1.0, 1.0);
  return Price{at_least_one(static_cast<double>(fair.value) * factor)};
}

std::vector<Event> Flow::opening_book(AccountId account) {
  std::vector<Event> events;
  const auto legs = static_cast<std::size_t>(spread_out(random_, 2.0, 30.9));
  const bool is_one_sided = random_.chance(0.2);
  for (std::size_t n = 0; n < legs; ++n) {
    const InstrumentId id = any_instrument();
    const std::optional<Price> price = price_near(id, 0.02);
    if (!price) continue;
    const std::int64_t sign = !is_one_sided && random_.chance(0.5) ? 1 : -1;
    events.push_back(PositionTransfer{account, id, {sign * lots(id)}, *price});
  }
  return events;
}

std::optional<Event> Flow::recentre(AccountId account) {
  const auto standing = view_.standing(account);
  if (!standing) return std::nullopt;
  const double utilisation = random_.between(utilisation_low_, utilisation_high_);
  const double wanted = static_cast<double>(standing->initial_margin.value) / utilisation;
  const std::int64_t amount = std::llround(wanted) - standing->equity.value;
  if (amount == 0) return std::nullopt;
  return CashMovement{account, world_.setup.config.numeraire, {amount}};
}

std::optional<Step> Flow::new_order() {
  if (ledger_.orders().size() >= working_most) return cancel();
  const InstrumentId id = instrument_for(account_);
  const std::optional<Price> price = price_near(id, 0.02);
  if (!price) return std::nullopt;
  const Side side = random_.chance(0.5) ? Side::buy : Side::sell;
  // Now and then the same again, as a program gone wrong would send it.
  const bool repeats = last_order_ && last_order_->account == account_ && random_.chance(0.05);
  OrderIntent intent{account_, id, side, {lots(id)}, *price, now_};
  if (repeats) intent = *last_order_;
  intent.time = now_;
  last_order_ = intent;
  return intent;
}

std::optional<Step> Flow::closing_order() {
  const auto& legs = ledger_.account(account_).legs;
  if (legs.empty()) return std::nullopt;
  const reference::ReferenceLeg& leg = legs[below(legs.size())];
  const std::int64_t size = leg.net < 0 ? -leg.net : leg.net;
  if (size == 0) return std::nullopt;
  const std::optional<Price> price = price_near(leg.instrument, 0.02);
  if (!price) return std::nullopt;
  const bool whole = random_.chance(0.5);
  const std::int64_t quantity =
      whole ? size : at_least_one(static_cast<double>(size) * random_.unit());
  const Side side = leg.net > 0 ? Side::sell : Side::buy;
  return OrderIntent{account_, leg.instrument, side, {quantity}, *price, now_};
}

const BookedOrder* Flow::own_order() {
  if (ledger_.orders().empty()) return nullptr;
  const BookedOrder* chosen = nullptr;
  for (int tries = 0; tries < 8; ++tries) {
    chosen = &ledger_.orders()[below(ledger_.orders().size())];
    if (chosen->account == account_) break;
  }
  return chosen;
}

std::optional<Step> Flow::replace() {
  const BookedOrder* const order = own_order();
  if (order == nullptr) return std::nullopt;
  const double factor = spread_out(random_, 0.3, 3.0);
  const std::int64_t quantity =
      random_.chance(0.3) ? order->remaining.value
                          : at_least_one(static_cast<double>(order->remaining.value) * factor);
  const std::optional<Price> price = order_price(order->instrument, 0.02);
  if (!price) return std::nullopt;
  return ReplaceIntent{order->handle, {quantity}, *price, now_};
}

std::optional<Step> Flow::cancel() {
  const BookedOrder* const order = own_order();
  if (order == nullptr) return std::nullopt;
  return Cancel{order->handle};
}

std::optional<Step> Flow::fill() {
  const BookedOrder* const order = own_order();
  if (order == nullptr) return std::nullopt;
  const std::int64_t remaining = order->remaining.value;
  const std::int64_t quantity =
      random_.chance(0.5)
          ? remaining
          : std::min(remaining, at_least_one(static_cast<double>(remaining) * random_.unit()));
  if (is_quote_group(world_.setup.config, order->instrument)) {
    return fill_of_protection(*order, {quantity});
  }
  if (!is_contract(world_.setup.config, order->instrument)) {
    return fill_of_combo(*order, {quantity});
  }
  Price price = order->price;
  if (random_.chance(0.5)) {
    // Better by up to one per cent, and now and then worse: the host's matching is its own.
    const double better = order->side == Side::buy ? -0.01 : 0.01;
    const double by = random_.chance(0.2) ? -better : better;
    price.value = at_least_one(static_cast<double>(price.value) * (1.0 + by * random_.unit()));
  }
  return Fill{order->handle, {quantity}, price, fee_of(order->instrument, quantity, price)};
}

std::optional<Step> Flow::transfer() {
  const InstrumentId id = instrument_for(account_);
  const std::optional<Price> price = price_near(id, 0.05);
  if (!price) return std::nullopt;
  // Half of them close a position, so that books lose legs as well.
  for (const reference::ReferenceLeg& leg : ledger_.account(account_).legs) {
    if (leg.instrument == id && leg.net != 0 && random_.chance(0.7)) {
      return PositionTransfer{account_, id, {-leg.net}, *price};
    }
  }
  const std::int64_t sign = random_.chance(0.5) ? 1 : -1;
  return PositionTransfer{account_, id, {sign * lots(id)}, *price};
}

std::optional<Step> Flow::recentre_current() {
  const std::optional<Event> movement = recentre(account_);
  return movement ? std::optional<Step>(*movement) : std::nullopt;
}

// Collateral in a coin that is not the numeraire: haircuts and conversion.
std::optional<Step> Flow::coin_movement() {
  const GateConfig& config = world_.setup.config;
  const Underlying& underlying = config.underlyings[below(config.underlyings.size())];
  if (underlying.asset == config.numeraire) return std::nullopt;
  const double coins = random_.between(-0.2, 0.3) * 50'000.0 / underlying.reference_price;
  const auto amount = std::llround(coins * 1e8);
  if (amount == 0) return std::nullopt;
  return CashMovement{account_, underlying.asset, {amount}};
}

std::optional<Step> Flow::hold() {
  const auto standing = view_.standing(account_);
  if (!standing) return std::nullopt;
  const double share = random_.chance(0.5) ? 0.0 : random_.between(0.0, 0.05);
  const auto margin = static_cast<double>(standing->initial_margin.value);
  return Hold{account_, {std::llround(share * margin)}};
}

std::optional<Step> Flow::spot_tick() {
  if (moves_left_ == 0) {
    move_max_ = move_bounds[below(move_bounds.size())];
    moves_left_ = 4 + random_.below(24);
  }
  --moves_left_;
  const UnderlyingId underlying{below(world_.setup.config.underlyings.size())};
  const auto base = static_cast<double>(view_.table_spot(underlying).value);
  double move = random_.chance(0.05) ? 0.0 : move_max_ * random_.between(-1.0, 1.0);
  // Tables follow the spot; it must not leave the strikes for good.
  const double away = spot(underlying) / world_.setup.market.spots[underlying.value] - 1.0;
  if (std::fabs(away) > away_most) move = std::copysign(move, -away);
  return SpotTick{underlying, {at_least_one(base * (1.0 + move))}, now_};
}

// What expired is cancelled and closed, an option as worthless.
std::optional<Step> Flow::settlement() {
  for (const reference::ReferenceLeg& leg : ledger_.account(account_).legs) {
    if (leg.empty() || order_price(leg.instrument, 0.0)) continue;
    for (const BookedOrder& order : ledger_.orders()) {
      if (order.account == account_ && order.instrument == leg.instrument) {
        return Cancel{order.handle};
      }
    }
    // An order for a combo whose leg has expired goes when its turn comes.
    if (!is_contract(world_.setup.config, leg.instrument)) continue;
    const Instrument& instrument = world_.setup.config.instruments[leg.instrument.value];
    const bool is_option = instrument.kind == InstrumentKind::option;
    const Price last = is_option ? Price{0} : view_.table_spot(instrument.underlying);
    return PositionTransfer{account_, leg.instrument, {-leg.net}, last};
  }
  return std::nullopt;
}

std::optional<Step> Flow::refused_order() {
  OrderIntent intent{account_, any_instrument(), Side::buy, {1}, {1}, now_};
  switch (random_.below(5)) {
    case 0:
      intent.account.value = world_accounts + random_.below(1'000'000);
      break;
    case 1:
      intent.instrument.value = UINT32_MAX - random_.below(1'000'000);
      break;
    case 2:
      intent.quantity.value = -static_cast<std::int64_t>(random_.below(2));
      break;
    case 3:
      intent.quantity.value = INT64_MAX - random_.below(1'000'000);
      break;
    default:
      intent.price.value = random_.chance(0.5) ? 0 : INT64_MIN;
      break;
  }
  return intent;
}

// With the host's number, of any kind, and now and then reduce-only.
std::optional<Step> Flow::named_order() {
  const bool reduces = random_.chance(0.4);
  std::optional<Step> made = reduces ? closing_order() : new_order();
  auto* const event = made ? std::get_if<Event>(&*made) : nullptr;
  auto* const intent = event != nullptr ? std::get_if<OrderIntent>(event) : nullptr;
  if (intent == nullptr) return made;
  // One in ten has been sent before.
  intent->id = {random_.chance(0.1) && next_id_ > 1 ? next_id_ - 1 : next_id_++};
  intent->kind = static_cast<OrderKind>(random_.below(4));
  intent->reduce_only = reduces;
  return made;
}

std::optional<Step> Flow::cancel_all() {
  CancelAll cancel{account_, {}, {}};
  if (random_.chance(0.5)) cancel.instrument = instrument_for(account_);
  if (random_.chance(0.5)) cancel.side = random_.chance(0.5) ? Side::buy : Side::sell;
  return cancel;
}

std::optional<Step> Flow::execution() {
  for (const BookedOrder& order : ledger_.orders()) {
    if (order.id.value == 0 || order.in_suspense ||
        !is_contract(world_.setup.config, order.instrument) || random_.chance(0.7))
      continue;
    const std::int64_t remaining = order.remaining.value;
    const std::int64_t quantity =
        std::min(remaining, at_least_one(static_cast<double>(remaining) * random_.unit()));
    return Execution{order.id,   0,          order.account, order.instrument,
                     order.side, {quantity}, order.price};
  }
  return std::nullopt;
}

std::optional<Step> Flow::unknown_execution() {
  const InstrumentId id = instrument_for(account_);
  const std::optional<Price> price = price_near(id, 0.02);
  if (!price) return std::nullopt;
  const Side side = random_.chance(0.5) ? Side::buy : Side::sell;
  return Execution{{UINT64_MAX - next_id_++}, 0, account_, id, side, {lots(id)}, *price};
}

AccountId Flow::another_account() {
  return {(account_.value + 1 + random_.below(world_accounts - 1)) % world_accounts};
}

Money Flow::amount_near_excess() {
  const auto standing = view_.standing(account_);
  if (!standing) return {};
  const auto excess = static_cast<double>((standing->equity - standing->initial_margin).value);
  return {std::llround(excess * (random_.chance(0.3) ? 1.0 : random_.between(0.0, 1.2)))};
}

std::optional<Step> Flow::withdrawal() {
  const Money amount = amount_near_excess();
  if (amount.value <= 0) return std::nullopt;
  return Withdrawal{account_, world_.setup.config.numeraire, amount, now_};
}

std::optional<Step> Flow::cash_transfer() {
  const Money amount = amount_near_excess();
  if (amount.value <= 0) return std::nullopt;
  return CashTransfer{account_, another_account(), world_.setup.config.numeraire, amount, now_};
}

std::optional<Step> Flow::block_trade() {
  const InstrumentId id = instrument_for(account_);
  const std::optional<Price> price = price_near(id, 0.04);
  if (!price) return std::nullopt;
  const AccountId other = another_account();
  const bool buys = random_.chance(0.5);
  return BlockTrade{buys ? account_ : other, buys ? other : account_, id, {lots(id)}, *price, now_};
}

std::optional<Step> Flow::mark_settlement() {
  const InstrumentId id = any_instrument();
  const InstrumentKind kind = world_.setup.config.instruments[id.value].kind;
  if (kind == InstrumentKind::option || kind == InstrumentKind::spot) return std::nullopt;
  const std::optional<Price> price = price_near(id, 0.01);
  if (!price) return std::nullopt;
  return MarkSettlement{id, *price};
}

std::optional<Step> Flow::funding() {
  const InstrumentId id = any_instrument();
  if (world_.setup.config.instruments[id.value].kind != InstrumentKind::perpetual) {
    return std::nullopt;
  }
  const std::optional<Price> price = price_near(id, 0.01);
  if (!price) return std::nullopt;
  return FundingPayment{id, *price, std::llround(random_.between(-1e6, 1e6))};
}

Step Flow::next(Timestamp now) {
  now_ = now;
  if (burst_ == 0) {
    account_ = {random_.below(world_accounts)};
    burst_ = 1 + random_.below(burst_most);
    // Accepted orders pile up at the limit; every burst starts from anywhere.
    last_kind_ = cash_movement;
    if (const auto cash = recentre(account_)) return *cash;
  }
  --burst_;
  static const std::vector<double> sums = [] {
    std::vector<double> running;
    double sum = 0.0;
    for (const Kind& kind : table()) running.push_back(sum += kind.weight);
    return running;
  }();
  for (int tries = 1;; ++tries) {
    last_kind_ = random_.weighted(sums);
    const Kind& kind = table()[last_kind_];
    if (std::optional<Step> event = (this->*kind.make)()) return *event;
    if (tries % 8 == 0) account_ = {random_.below(world_accounts)};
  }
}

}  // namespace margingate::verify
