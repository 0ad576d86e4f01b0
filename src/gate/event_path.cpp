// Life of an order, second half: fills, cancels, cash and ticks become part of the state.
#include <algorithm>

#include "gate/gate_impl.hpp"
#include "margin/fixed_point.hpp"

namespace margingate {
namespace {

bool is_price(std::int64_t price) noexcept { return price > 0 && price <= margin::price_max; }

bool is_within(std::int64_t amount, std::int64_t max) noexcept {
  return amount <= max && amount >= -max;
}

}  // namespace

Reason Gate::Impl::release(const Cancel& cancel) noexcept {
  const WorkingOrderSlot* order = orders.find(cancel.order);
  if (order == nullptr) return Reason::unknown_order;
  ++counters.releases;
  const std::uint32_t account = order->account;
  const std::uint32_t leg = order->leg;
  margin::LegState after = legs[leg].state;
  (order->side == Side::buy ? after.working_buys : after.working_sells) -= order->remaining;
  change_open_losses(account, -order->open_loss);
  if (controls) controls->ended(cancel.order.index);
  end_order(cancel.order);
  change_leg(leg, after, false);
  return Reason::accepted;
}

Reason Gate::Impl::apply(const Fill& fill) noexcept {
  WorkingOrderSlot* order = orders.find(fill.order);
  if (order == nullptr) return Reason::unknown_order;
  if (terms.is_derived(order->instrument)) return Reason::wrong_instrument;
  const std::int64_t quantity = fill.quantity.value;
  if (quantity <= 0) return Reason::quantity_not_positive;
  if (quantity > order->remaining) return Reason::fill_exceeds_order;
  if (quantity > fillable(*order)) return Reason::would_not_reduce;
  if (fill.price.value <= 0) return Reason::price_not_positive;
  if (!is_price(fill.price.value)) return Reason::price_too_large;
  const scenario::InstrumentTerms& instrument = terms.instruments[order->instrument];
  const std::int64_t lots = order->side == Side::buy ? quantity : -quantity;
  if (!margin::trade_in_range(instrument, terms.price_scale, lots, fill.price.value)) {
    return Reason::cash_out_of_range;
  }
  const std::uint32_t account = order->account;
  const std::uint32_t leg = order->leg;
  margin::LegState before = legs[leg].state;
  (order->side == Side::buy ? before.working_buys : before.working_sells) -= quantity;
  if (!is_within(fill.fee.value, terms.config.limits.cash_max)) return Reason::cash_out_of_range;
  margin::FillOutcome outcome = margin::after_fill(instrument, before, lots, fill.price.value);
  outcome.realised -= fill.fee.value;
  if (!cash_fits(account, instrument, outcome)) return Reason::cash_out_of_range;
  ++counters.fills;
  const auto released = static_cast<std::int64_t>(static_cast<margin::Int128>(order->open_loss) *
                                                  quantity / order->remaining);
  if (controls) tell_controls(*order, fill.order, order->side, quantity);
  order->open_loss -= released;
  order->remaining -= quantity;
  change_open_losses(account, -released);
  if (order->remaining == 0) end_order(fill.order);
  change_wallet(account, instrument.settlement_asset, outcome.realised);
  change_leg(leg, outcome.leg, true);
  return Reason::accepted;
}

Reason Gate::Impl::apply(const PositionTransfer& transfer) noexcept {
  const std::uint32_t account = transfer.account.value;
  const std::uint32_t id = transfer.instrument.value;
  if (account >= accounts.size()) return Reason::unknown_account;
  if (id >= terms.instruments.size()) return Reason::unknown_instrument;
  if (terms.is_derived(id)) return Reason::wrong_instrument;
  const std::int64_t lots = transfer.quantity.value;
  const std::int64_t quantity_max = terms.config.limits.quantity_max;
  if (lots == 0) return Reason::quantity_not_positive;
  if (lots > quantity_max || lots < -quantity_max) return Reason::quantity_too_large;
  const scenario::InstrumentTerms& instrument = terms.instruments[id];
  const bool worthless = instrument.is_option && transfer.price.value == 0;
  if (transfer.price.value <= 0 && !worthless) return Reason::price_not_positive;
  if (transfer.price.value > margin::price_max) return Reason::price_too_large;
  if (!margin::trade_in_range(instrument, terms.price_scale, lots, transfer.price.value)) {
    return Reason::cash_out_of_range;
  }
  const std::uint32_t found = legs.find(account, id);
  if (found == no_leg && legs.is_full()) return Reason::legs_full;
  if (!shared.events.has_room(8)) return Reason::queue_full;
  attach(account);
  const margin::LegState before = found == no_leg ? margin::LegState{} : legs[found].state;
  const margin::FillOutcome outcome =
      margin::after_fill(instrument, before, lots, transfer.price.value);
  if (!cash_fits(account, instrument, outcome)) return Reason::cash_out_of_range;
  const std::int64_t scaled = scaled_lots(account, instrument.risk_unit) +
                              (outcome.leg.lots() - before.lots()) * instrument.scaled_lot();
  if (outcome.leg.lots() > quantity_max || scaled > margin::scaled_lots_max) {
    return Reason::position_limit;
  }
  ++counters.transfers;
  const std::uint32_t leg = legs.find_or_insert(account, id);
  change_wallet(account, instrument.settlement_asset, outcome.realised);
  change_leg(leg, outcome.leg, true);
  return Reason::accepted;
}

bool Gate::Impl::cash_fits(std::uint32_t account, const scenario::InstrumentTerms& instrument,
                           const margin::FillOutcome& outcome) const noexcept {
  const std::int64_t wallet = accounts[account].wallets[instrument.settlement_asset];
  return is_within(outcome.leg.entry_cash, margin::trade_cash_max) &&
         is_within(wallet + outcome.realised, terms.config.limits.cash_max);
}

// Of all legs of the unit, under a table or not.
std::int64_t Gate::Impl::scaled_lots(std::uint32_t account, std::uint32_t unit) noexcept {
  if (accounts[account].slot != sync::EpochSlots<>::no_slot) {
    return terms.totals(block(account), unit).scalars->scaled_lots;
  }
  std::int64_t sum = 0;
  for (std::uint32_t leg = legs.first(account); leg != no_leg; leg = legs[leg].next) {
    const scenario::InstrumentTerms& instrument = terms.instruments[legs[leg].instrument()];
    if (instrument.risk_unit == unit) sum += legs[leg].state.lots() * instrument.scaled_lot();
  }
  return sum;
}

Reason Gate::Impl::apply(const CashMovement& movement) noexcept {
  if (movement.account.value >= accounts.size()) return Reason::unknown_account;
  if (movement.asset.value >= terms.account.assets.size()) return Reason::unknown_asset;
  const std::int64_t cash_max = terms.config.limits.cash_max;
  if (movement.amount.value > cash_max || movement.amount.value < -cash_max) {
    return Reason::cash_out_of_range;
  }
  const AccountState& account = accounts[movement.account.value];
  const std::int64_t after = account.wallets[movement.asset.value] + movement.amount.value;
  if (after > cash_max || after < -cash_max) return Reason::cash_out_of_range;
  change_wallet(movement.account.value, movement.asset.value, movement.amount.value);
  if (controls) move_cash(movement.account.value, movement.asset.value, movement.amount.value);
  return Reason::accepted;
}

Reason Gate::Impl::apply(const Hold& hold) noexcept {
  if (hold.account.value >= accounts.size()) return Reason::unknown_account;
  if (hold.amount.value < 0 || hold.amount.value > terms.config.limits.cash_max) {
    return Reason::cash_out_of_range;
  }
  accounts[hold.account.value].holds = hold.amount.value;
  tell_amount(GateEventKind::hold, hold.account.value, 0, hold.amount.value);
  return Reason::accepted;
}

Reason Gate::Impl::apply(const SpotTick& tick) noexcept {
  const std::uint32_t underlying = tick.underlying.value;
  if (underlying >= spots.size()) return Reason::unknown_underlying;
  if (tick.price.value <= 0) return Reason::price_not_positive;
  if (!is_price(tick.price.value)) return Reason::price_too_large;
  SpotState& spot = spots[underlying];
  if (tick.time < spot.time) return Reason::time_went_back;
  ++counters.spot_ticks;
  const bool changed = spot.price != tick.price.value;
  spot.price = tick.price.value;
  spot.time = tick.time;
  if (now < tick.time) now = tick.time;
  set_asset_price(terms.config.underlyings[underlying].asset.value, tick.price.value);
  Timestamp oldest = tick.time;
  for (const SpotState& other : spots) oldest = std::min(oldest, other.time);
  spots_fresh_until = oldest + terms.config.spot_age_max;
  if (changed) refresh_underlying(underlying);
  GateEvent event;
  event.kind = GateEventKind::spot;
  event.id = underlying;
  event.account_sequence = static_cast<std::uint64_t>(tick.time.ns);
  event.amount = tick.price.value;
  spot.must_resend = !shared.events.try_push(event);
  counters.events_deferred += spot.must_resend;
  return Reason::accepted;
}

Reason Gate::Impl::apply(const AssetTick& tick) noexcept {
  if (!has_own_price(tick.asset)) return Reason::unknown_asset;
  if (tick.price.value <= 0) return Reason::price_not_positive;
  if (!is_price(tick.price.value)) return Reason::price_too_large;
  set_asset_price(tick.asset.value, tick.price.value);
  if (now < tick.time) now = tick.time;
  tell_asset_price(tick.asset.value);
  return Reason::accepted;
}

void Gate::Impl::set_asset_price(std::uint32_t asset, std::int64_t price) noexcept {
  if (asset_prices[asset] == price) return;
  asset_prices[asset] = price;
  asset_prices_version = ++versions;
}

void Gate::Impl::change_wallet(std::uint32_t account, std::uint32_t asset,
                               std::int64_t by) noexcept {
  if (by == 0) return;
  AccountState& state = accounts[account];
  state.wallets[asset] += by;
  state.sum.version = 0;
  tell_amount(GateEventKind::wallet, account, asset, state.wallets[asset]);
}

// Neither the numeraire nor a coin, whose price is its spot.
bool Gate::Impl::has_own_price(AssetId asset) const noexcept {
  if (asset.value >= terms.account.assets.size() || asset == terms.config.numeraire) return false;
  for (const Underlying& underlying : terms.config.underlyings) {
    if (underlying.asset == asset) return false;
  }
  return true;
}

void Gate::Impl::tell_asset_price(std::uint32_t asset) noexcept {
  GateEvent event;
  event.kind = GateEventKind::asset_price;
  event.id = asset;
  event.amount = asset_prices[asset];
  const std::uint32_t bit = std::uint32_t{1} << asset;
  asset_prices_to_resend &= ~bit;
  if (shared.events.try_push(event)) return;
  asset_prices_to_resend |= bit;
  ++counters.events_deferred;
}

void Gate::Impl::change_leg(std::uint32_t leg, const margin::LegState& after,
                            bool profit_changes) noexcept {
  const margin::LegState before = legs[leg].state;
  const std::uint32_t account = legs[leg].account();
  move_leg(leg, after, profit_changes);
  log_change(accounts[account], leg, before, after);
  tell_leg(account, leg);
  detach_if_flat(account);
}

// In the leg and in the account's totals; nobody is told.
void Gate::Impl::move_leg(std::uint32_t leg, const margin::LegState& after,
                          bool profit_changes) noexcept {
  LegEntry& entry = legs[leg];
  AccountState& account = accounts[entry.account()];
  const std::uint32_t unit = terms.instruments[entry.instrument()].risk_unit;
  if (account.live_legs == 0 && newest.epoch != 0) move_to_slot(entry.account(), newest.slot);
  if (account.slot != sync::EpochSlots<>::no_slot) {
    const LiveUnit& market = live_unit(account.slot, unit);
    const margin::UnitTotals totals = terms.totals(block(entry.account()), unit);
    const margin::RiskRow& row = shared.tables[account.slot].rows[entry.instrument()];
    if (profit_changes) {
      apply_change(market.market, totals,
                   unit_change(row, entry.state, after, terms.parts[unit], market.table_coin));
    } else {
      apply_order(market.market, totals, row, entry.state, after);
    }
  }
  if (controls) {
    controls->leg_changed(entry.account(), entry.instrument(), unit, account.slot, entry.state,
                          after);
  }
  forget_unit(entry.account(), unit);
  account.unit_mask |= std::uint32_t{1} << unit;
  account.live_legs += entry.state.is_flat() ? 1 : 0;
  account.live_legs -= after.is_flat() ? 1 : 0;
  entry.state = after;
}

void Gate::Impl::log_change(AccountState& account, std::uint32_t leg,
                            const margin::LegState& before,
                            const margin::LegState& after) noexcept {
  LegChange& change = changes[changes_written % changes.size()];
  change.previous = account.last_change;
  change.sequence = ++account.sequence;
  change.instrument = legs[leg].instrument();
  change.before = before;
  change.after = after;
  account.last_change = ++changes_written;
}

// A flat account's totals are zero under every table, so it holds none alive.
void Gate::Impl::detach_if_flat(std::uint32_t account) noexcept {
  if (accounts[account].live_legs != 0) return;
  move_to_slot(account, sync::EpochSlots<>::no_slot);
  forget_cached(account);
}

void Gate::Impl::change_open_losses(std::uint32_t account, std::int64_t by) noexcept {
  if (by == 0) return;
  accounts[account].open_losses += by;
  tell_amount(GateEventKind::open_loss, account, 0, accounts[account].open_losses);
}

void Gate::Impl::tell_leg(std::uint32_t account, std::uint32_t leg) noexcept {
  GateEvent event;
  event.kind = GateEventKind::leg;
  event.account = account;
  event.id = legs[leg].instrument();
  event.leg = legs[leg].state;
  event.account_sequence = accounts[account].sequence;
  tell(event);
}

void Gate::Impl::tell_amount(GateEventKind kind, std::uint32_t account, std::uint32_t id,
                             std::int64_t amount) noexcept {
  GateEvent event;
  event.kind = kind;
  event.account = account;
  event.id = id;
  event.amount = amount;
  tell(event);
}

void Gate::Impl::tell(const GateEvent& event) noexcept {
  if (accounts[event.account].must_resend) return;
  if (!shared.events.try_push(event)) resend_later(event.account);
}

void Gate::Impl::resend_later(std::uint32_t account) noexcept {
  ++counters.events_deferred;
  accounts[account].must_resend = true;
  to_resend[to_resend_count++] = account;
}

}  // namespace margingate
