#include "support/random_flow.hpp"

#include <algorithm>
#include <cmath>

namespace margingate::testing {

RandomFlow::RandomFlow(const Universe& universe, const FlowOptions& options)
    : universe_(universe), options_(options), random_(options.seed) {
  for (const Price spot : universe.spots) spots_.push_back(static_cast<double>(spot.value) / 1e8);
  working_.reserve(options.working_max);
}

std::uint32_t RandomFlow::underlyings() const { return static_cast<std::uint32_t>(spots_.size()); }

std::uint32_t RandomFlow::account() {
  return static_cast<std::uint32_t>(random_.integer(0, options_.accounts - 1));
}

InstrumentId RandomFlow::instrument() {
  const auto count = static_cast<std::int64_t>(universe_.config.instruments.size());
  return {static_cast<std::uint32_t>(random_.integer(0, count - 1))};
}

// Near a rough fair value in the instrument's own quote.
Price RandomFlow::price_near(InstrumentId id) {
  const Instrument& i = universe_.config.instruments[id.value];
  const double spot = spots_[i.underlying.value];
  double fair = spot;
  if (i.kind == InstrumentKind::option) {
    const double sign = i.option_type == OptionType::call ? 1.0 : -1.0;
    fair = std::max(sign * (spot - i.strike), 0.0) + 0.01 * spot;
    if (i.payoff == Payoff::inverse) fair /= spot;
  }
  return {std::max<std::int64_t>(1, std::llround(fair * random_.uniform(0.97, 1.03) * 1e8))};
}

std::int64_t RandomFlow::lots_near(InstrumentId id, double coins) {
  const Instrument& i = universe_.config.instruments[id.value];
  const bool in_quote = i.payoff == Payoff::inverse && i.kind != InstrumentKind::option;
  const double units = in_quote ? coins * spots_[i.underlying.value] : coins;
  const double lots = units / i.contract_size * static_cast<double>(i.lots_per_contract);
  return std::max<std::int64_t>(1, std::llround(lots * random_.uniform(0.2, 2.0)));
}

OrderIntent RandomFlow::order(Timestamp now) {
  const InstrumentId id = instrument();
  const Side side = random_.chance(0.5) ? Side::buy : Side::sell;
  return {{account()}, id, side, {lots_near(id, 0.3)}, price_near(id), now};
}

Event RandomFlow::working_order_event(Timestamp now) {
  const auto last = static_cast<std::int64_t>(working_.size()) - 1;
  const Working& w = working_[static_cast<std::size_t>(random_.integer(0, last))];
  const double what = random_.uniform();
  if (what < 0.4) return Cancel{w.order};
  const std::int64_t part = random_.chance(0.3) ? w.remaining : random_.integer(1, w.remaining);
  if (what < 0.8) return Fill{w.order, {part}, w.price};
  const std::int64_t quantity = random_.integer(1, 2 * w.remaining);
  const auto price = static_cast<double>(w.price.value) * random_.uniform(0.99, 1.01);
  return ReplaceIntent{w.order, {quantity}, {std::max<std::int64_t>(1, std::llround(price))}, now};
}

Event RandomFlow::tick(std::uint32_t underlying, Timestamp now) const {
  return SpotTick{{underlying}, {std::llround(spots_[underlying] * 1e8)}, now};
}

Event RandomFlow::move_spot(Timestamp now) {
  const auto u = static_cast<std::uint32_t>(random_.integer(0, underlyings() - 1));
  spots_[u] *= 1.0 + options_.tick_move * random_.uniform(-1.0, 1.0);
  return tick(u, now);
}

Event RandomFlow::deposit(std::uint32_t to, double units) {
  const GateConfig& c = universe_.config;
  const double scale = std::pow(10.0, c.money_decimals);
  return CashMovement{{to}, c.numeraire, {std::llround(units * scale)}};
}

Event RandomFlow::transfer(std::uint32_t to) {
  const InstrumentId id = instrument();
  const std::int64_t lots = lots_near(id, 0.5) * (random_.chance(0.5) ? 1 : -1);
  return PositionTransfer{{to}, id, {lots}, price_near(id)};
}

Event RandomFlow::nonsense_order(Timestamp now) {
  OrderIntent intent = order(now);
  switch (random_.integer(0, 8)) {
    case 0:
      intent.account.value = options_.accounts;
      break;
    case 1:
      intent.account.value = UINT32_MAX;
      break;
    case 2:
      intent.instrument.value = UINT32_MAX;
      break;
    case 3:
      intent.quantity.value = random_.chance(0.5) ? 0 : INT64_MIN;
      break;
    case 4:
      intent.quantity.value = INT64_MAX;
      break;
    case 5:
      intent.price.value = random_.chance(0.5) ? 0 : INT64_MIN;
      break;
    case 6:
      intent.price.value = INT64_MAX;
      break;
    case 7:
      intent.time.ns = random_.chance(0.5) ? 0 : INT64_MIN;
      break;
    default:
      intent.quantity.value = universe_.config.limits.quantity_max;
      intent.price.value = std::int64_t{1} << 53;
      break;
  }
  return intent;
}

Event RandomFlow::nonsense(Timestamp now) {
  const std::uint32_t none = UINT32_MAX;
  switch (random_.integer(0, 12)) {
    case 0:
      return Cancel{{none, 1}};
    case 1:
      return Fill{{0, 0}, {1}, {1}};
    case 2:
      return ReplaceIntent{{none - 1, 7}, {1}, {1}, now};
    case 3:
      return SpotTick{{none}, {1}, now};
    case 4:
      return SpotTick{{0}, {1}, {1}};
    case 5:
      return SpotTick{{0}, {-1}, now};
    case 6:
      return AssetTick{{none}, {1}, now};
    case 7:
      return CashMovement{{0}, {none}, {1}};
    case 8:
      return CashMovement{{0}, {0}, {INT64_MIN}};
    case 9:
      return Hold{{0}, {-1}};
    case 10:
      return PositionTransfer{{0}, {none}, {1}, {1}};
    case 11:
      if (!working_.empty()) return Fill{working_[0].order, {INT64_MAX}, working_[0].price};
      return Hold{{none}, {1}};
    default:
      return nonsense_order(now);
  }
}

Event RandomFlow::next(Timestamp now) {
  const double what = random_.uniform();
  if (what < options_.nonsense) return nonsense(now);
  if (random_.chance(0.1)) return move_spot(now);
  if (random_.chance(0.01)) return deposit(account(), random_.uniform(-1.0, 1.0));
  if (random_.chance(0.01)) return Hold{{account()}, {random_.integer(0, 1'000'000)}};
  if (random_.chance(0.01)) return transfer(account());
  const bool many = working_.size() >= options_.working_max;
  if (!working_.empty() && (many || random_.chance(0.4))) return working_order_event(now);
  return order(now);
}

void RandomFlow::forget(WorkingOrderHandle order, std::int64_t quantity) {
  const auto found = std::find_if(working_.begin(), working_.end(),
                                  [&](const Working& w) { return w.order == order; });
  if (found == working_.end()) return;
  found->remaining -= quantity;
  if (found->remaining > 0) return;
  *found = working_.back();
  working_.pop_back();
}

void RandomFlow::took(const Event& event, const Verdict& verdict) {
  if (!verdict.accepted()) return;
  if (const auto* intent = std::get_if<OrderIntent>(&event)) {
    if (working_.size() == working_.capacity()) return;  // works on without us
    working_.push_back({verdict.order, intent->quantity.value, intent->price});
  } else if (const auto* fill = std::get_if<Fill>(&event)) {
    forget(fill->order, fill->quantity.value);
  } else if (const auto* cancel = std::get_if<Cancel>(&event)) {
    forget(cancel->order, INT64_MAX);
  } else if (const auto* replace = std::get_if<ReplaceIntent>(&event)) {
    for (Working& w : working_) {
      if (w.order != replace->order) continue;
      w.remaining = replace->quantity.value;
      w.price = replace->price;
    }
  }
}

bool RandomFlow::cancel_one(Event& event) {
  if (working_.empty()) return false;
  event = Cancel{working_.back().order};
  return true;
}

}  // namespace margingate::testing
