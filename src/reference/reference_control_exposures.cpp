// What stands against the limits, summed anew: positions, open interest, Greeks, values.
#include <algorithm>
#include <cstdlib>

#include "reference/reference_controls.hpp"
#include "reference/reference_row.hpp"
#include "reference/reference_trade.hpp"

namespace margingate::reference {
namespace {

constexpr std::size_t epochs_kept = 64;
constexpr std::int64_t order_value_max = std::int64_t{1} << 60;

}  // namespace

bool ReferenceControls::is_group(std::uint32_t instrument) const {
  return instrument >= config_->instruments.size() + config_->combos.size();
}

std::vector<ReferenceControls::Part> ReferenceControls::parts(std::uint32_t instrument) const {
  const std::size_t contracts = config_->instruments.size();
  if (instrument < contracts) return {{instrument, 1}};
  std::vector<Part> parts;
  if (is_group(instrument)) {
    const std::size_t group = instrument - contracts - config_->combos.size();
    for (const InstrumentId member : config_->quote_groups[group].instruments) {
      parts.push_back({member.value, 1});
    }
  } else {
    for (const ComboLeg& leg : config_->combos[instrument - contracts].legs) {
      parts.push_back({leg.instrument.value, leg.ratio});
    }
  }
  return parts;
}

// What a working order may still buy and sell in one contract.
ReferenceControls::Leg ReferenceControls::lots_in(const Order& o, std::uint32_t instrument) const {
  Leg leg;
  if (o.instrument < config_->instruments.size()) {
    if (o.instrument == instrument) (o.is_buy ? leg.buys : leg.sells) = o.remaining;
    return leg;
  }
  for (const Part& part : parts(o.instrument)) {
    if (part.instrument != instrument) continue;
    const std::int64_t lots = o.remaining * std::abs(part.ratio);
    const bool buys = o.is_buy == (part.ratio > 0);
    if (buys || is_group(o.instrument)) leg.buys += lots;
    if (!buys || is_group(o.instrument)) leg.sells += lots;
  }
  return leg;
}

// The order works, or has traded; what it replaces is gone and returned.
std::optional<ReferenceControls::Order> ReferenceControls::put(const Request& request) {
  std::optional<Order> gone;
  if (request.replaced) {
    gone = orders_.at(*request.replaced);
    orders_.erase(*request.replaced);
  }
  const OrderIntent& intent = request.intent;
  const bool is_buy = intent.side == Side::buy;
  if (request.fills) {
    nets_[intent.account.value][intent.instrument.value] +=
        is_buy ? intent.quantity.value : -intent.quantity.value;
  } else if (intent.quantity.value != 0) {
    orders_[request.handle] = {
        intent.account.value, intent.instrument.value, is_buy,   intent.quantity.value,
        intent.price.value,   request.value,           intent.id};
  }
  return gone;
}

void ReferenceControls::take_back(const Request& request, const std::optional<Order>& gone) {
  const OrderIntent& intent = request.intent;
  if (request.fills) {
    nets_[intent.account.value][intent.instrument.value] -=
        intent.side == Side::buy ? intent.quantity.value : -intent.quantity.value;
  } else {
    orders_.erase(request.handle);
  }
  if (gone) orders_[*request.replaced] = *gone;
}

ReferenceControls::Compared ReferenceControls::compare(const Request& request,
                                                       const std::function<Int128()>& measure) {
  Compared result;
  result.without = measure();
  const std::optional<Order> gone = put(request);
  result.with = measure();
  take_back(request, gone);
  return result;
}

ReferenceControls::Leg ReferenceControls::leg(std::uint32_t account,
                                              std::uint32_t instrument) const {
  Leg leg;
  const auto net = nets_[account].find(instrument);
  if (net != nets_[account].end()) leg.net = net->second;
  for (const auto& [handle, o] : orders_) {
    if (o.account == account) leg.add(lots_in(o, instrument));
  }
  return leg;
}

ReferenceControls::Leg ReferenceControls::sum(ControlScope scope, std::uint32_t instrument) const {
  Leg all;
  for (std::uint32_t account = 0; account < nets_.size(); ++account) {
    const auto net = nets_[account].find(instrument);
    if (net != nets_[account].end() && belongs(account, scope)) all.net += net->second;
  }
  for (const auto& [handle, o] : orders_) {
    if (belongs(o.account, scope)) all.add(lots_in(o, instrument));
  }
  return all;
}

Int128 ReferenceControls::open_interest(ControlScope scope, std::uint32_t instrument) const {
  std::map<std::uint32_t, Leg> by_account;
  for (std::uint32_t account = 0; account < nets_.size(); ++account) {
    const auto net = nets_[account].find(instrument);
    if (net != nets_[account].end()) by_account[account].net = net->second;
  }
  for (const auto& [handle, o] : orders_) {
    by_account[o.account].add(lots_in(o, instrument));
  }
  Int128 total = 0;
  for (const auto& [account, leg] : by_account) {
    if (belongs(account, scope)) total += leg.worst();
  }
  return total;
}

const std::vector<ReferenceGreeks>* ReferenceControls::greeks_at(Epoch epoch) const {
  const auto known = greeks_.find(epoch);
  if (known != greeks_.end()) return &known->second;
  const std::optional<ReferenceMarket> market = market_of_(epoch);
  if (!market) return nullptr;
  std::vector<ReferenceGreeks> rows;
  for (std::uint32_t i = 0; i < config_->instruments.size(); ++i) {
    rows.push_back(reference_greeks(*market, {i}));
  }
  if (greeks_.size() >= epochs_kept) greeks_.erase(greeks_.begin());
  return &greeks_.emplace(epoch, std::move(rows)).first->second;
}

// Each account at the table its totals are under, the deciding one at the verdict's.
Int128 ReferenceControls::worst_greek(Gate& gate, ControlScope scope, std::uint32_t unit,
                                      std::size_t greek, AccountId at_epoch_of, Epoch epoch) const {
  Int128 net = 0, up = 0, down = 0;
  const auto per_lot = [&](std::uint32_t account, std::uint32_t instrument) -> Int128 {
    const Epoch own = account == at_epoch_of.value ? epoch : gate.epoch({account});
    const std::vector<ReferenceGreeks>* rows = own == 0 ? nullptr : greeks_at(own);
    return rows == nullptr ? 0 : (*rows)[instrument].greek[greek];
  };
  for (std::uint32_t account = 0; account < nets_.size(); ++account) {
    if (nets_[account].empty() || !belongs(account, scope)) continue;
    for (const auto& [instrument, lots] : nets_[account]) {
      if (config_->instruments[instrument].risk_unit.value != unit) continue;
      net += per_lot(account, instrument) * lots;
    }
  }
  for (const auto& [handle, o] : orders_) {
    if (contract_of(*config_, {o.instrument}).risk_unit.value != unit) continue;
    if (!belongs(o.account, scope)) continue;
    Int128 each = 0;  // of a combo all legs at once, under a protection the largest either way
    for (const Part& part : parts(o.instrument)) {
      const Int128 one = per_lot(o.account, part.instrument) * part.ratio;
      each = is_group(o.instrument) ? std::max(each, one < 0 ? -one : one) : each + one;
    }
    const Int128 change = each * (o.is_buy ? o.remaining : -o.remaining);
    if (is_group(o.instrument) || change > 0) up += change > 0 ? change : -change;
    if (is_group(o.instrument) || change < 0) down += change > 0 ? change : -change;
  }
  return std::max(net + up, down - net);
}

std::int64_t ReferenceControls::order_value(const ReferenceMarket& market,
                                            const OrderIntent& intent) const {
  const Instrument& i = contract_of(*config_, intent.instrument);
  const bool is_reciprocal = i.payoff == Payoff::inverse && i.kind != InstrumentKind::option;
  const std::int64_t quantity = is_reciprocal ? -intent.quantity.value : intent.quantity.value;
  const Price price{std::abs(intent.price.value)};
  // An option may be exchanged at no price.
  Int128 value = 0;
  if (price.value != 0) {
    value = -reference_entry_cash(*config_, intent.instrument, quantity, price).value;
  }
  if (i.settlement_asset != config_->numeraire) {
    const std::size_t u = i.underlying.value;
    const Price live =
        market.live_spots[u].value > 0 ? market.live_spots[u] : market.table_spots[u];
    value = std::min(ceil_quotient(value * live.value, power_of_ten(config_->price_decimals)),
                     Int128{order_value_max});
  }
  if (intent.instrument.value < config_->instruments.size()) return narrow(value);
  ReferenceMarket published = market;
  published.live_spots = market.table_spots;
  Int128 each = 0;
  for (const Part& part : parts(intent.instrument.value)) {
    const ReferenceRow row = reference_row(published, {part.instrument});
    const std::int64_t worth = row.reason == Reason::accepted ? std::abs(row.value) : 0;
    each = is_group(intent.instrument.value) ? std::max(each, Int128{worth})
                                             : each + Int128{worth} * std::abs(part.ratio);
  }
  const Int128 gross = std::min(each * intent.quantity.value, Int128{order_value_max});
  return narrow(std::max(value, gross));
}

}  // namespace margingate::reference
