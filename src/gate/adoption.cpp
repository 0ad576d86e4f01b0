// Published tables and handed-over totals become the account's own, between orders.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "gate/gate_impl.hpp"
#include "gate/totals_summing.hpp"
#include "margin/fixed_point.hpp"

namespace margingate {
namespace {

constexpr std::uint32_t no_slot = sync::EpochSlots<>::no_slot;
// Catching up further than this costs more than summing the legs again.
constexpr int later_changes_max = 256;

margin::Drift drift_of(std::int64_t spot, std::int64_t table_spot, double band,
                       bool& within_band) noexcept {
  constexpr double one = 1 << margin::drift_fraction_bits;
  margin::Drift drift;
  drift.moved = spot != table_spot;
  const double move = static_cast<double>(spot - table_spot) / static_cast<double>(table_spot);
  const double bands = move / band * one;
  within_band = std::fabs(bands) < one;
  if (!drift.moved || !within_band) return drift;
  drift.bands = static_cast<std::int64_t>(margin::nearest(bands));
  drift.bands_abs_max = static_cast<std::int64_t>(std::fabs(bands)) + 1;
  drift.bands_squared_max =
      (drift.bands_abs_max * drift.bands_abs_max >> margin::drift_fraction_bits) + 1;
  return drift;
}

}  // namespace

std::size_t Gate::Impl::poll(std::span<Adoption> adopted) noexcept {
  if (to_resend_count != 0) resend_pending();
  for (std::uint32_t u = 0; u < spots.size(); ++u) {
    if (spots[u].must_resend) {
      static_cast<void>(apply(SpotTick{{u}, {spots[u].price}, spots[u].time}));
    }
  }
  for (std::uint32_t bits = asset_prices_to_resend; bits != 0; bits &= bits - 1) {
    tell_asset_price(static_cast<std::uint32_t>(std::countr_zero(bits)));
  }
  see_newest_table();
  std::size_t count = 0;
  Handover handover;
  while (count < adopted.size() && shared.handovers.try_pop(handover)) {
    // A handover may be of a table published since the look above.
    if (handover.epoch > newest.epoch) see_newest_table();
    if (adopt(handover)) adopted[count++] = {{handover.account}, handover.epoch};
    static_cast<void>(shared.buffers_back.try_push(handover.buffer));
  }
  answer_audit();
  announce();
  return count;
}

void Gate::Impl::see_newest_table() noexcept {
  const sync::Published published = shared.slots.newest();
  if (published.epoch <= newest.epoch) return;
  newest = published;
  epoch_of_slot[newest.slot] = newest.epoch;
  accounts_on_slot[newest.slot] = 0;
  ++counters.tables_seen;
  for (std::uint32_t u = 0; u < terms.units.size(); ++u) refresh_unit(newest.slot, u);
}

void Gate::Impl::refresh_unit(std::uint32_t slot, std::uint32_t unit) noexcept {
  const RiskTable& table = shared.tables[slot];
  const scenario::RiskUnitTerms& unit_terms = terms.units[unit];
  const std::int64_t table_spot = table.spots[unit];
  const std::int64_t tick = spots[unit_terms.underlying].price;
  const std::int64_t spot = tick != 0 ? tick : table_spot;
  LiveUnit& l = live_unit(slot, unit);
  l.market = market_at_table(terms, table, unit);
  l.market.spot = terms.to_double(spot);
  l.market.drift = drift_of(spot, table_spot, terms.config.drift_band, l.market.within_band);
  l.x = l.market.spot / terms.to_double(table_spot);
  const std::uint32_t bit = std::uint32_t{1} << unit;
  beyond_max[slot] &= ~bit;
  if (std::fabs(l.x - 1.0) > terms.config.drift_max) beyond_max[slot] |= bit;
  l.table_coin = coin_at_table(terms, table, unit);
  l.live_coin = {spot, terms.price_scale, terms.band_ppb};
  l.follows_chords = l.market.drift.moved && l.market.within_band && margin::has_chords(unit_terms);
  unit_versions[slot][unit] = ++versions;
  if (!unit_terms.lanes.has_deductibles) return;
  l.market.deductibles = l.deductibles.data();
  set_deductibles(terms, unit, l.market.spot, l.deductibles);
}

void Gate::Impl::refresh_underlying(std::uint32_t underlying) noexcept {
  for (std::uint32_t slot = 0; slot < shared.tables.size(); ++slot) {
    if (epoch_of_slot[slot] == 0) continue;
    for (std::uint32_t u = 0; u < terms.units.size(); ++u) {
      if (terms.units[u].underlying == underlying) refresh_unit(slot, u);
    }
  }
}

void Gate::Impl::attach(std::uint32_t account) noexcept {
  const AccountState& state = accounts[account];
  if (newest.epoch == 0 || state.live_legs == 0 || state.slot == newest.slot) return;
  bool decides =
      state.slot != no_slot && now - shared.tables[state.slot].as_of <= terms.config.table_age_max;
  for (std::uint32_t bits = state.unit_mask; decides && bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    decides = live_unit(state.slot, unit).market.within_band ||
              terms.totals(block(account), unit).scalars->legs == 0;
  }
  if (decides) return;
  ++counters.first_touch_sums;
  sum_under(account, newest.slot);
}

void Gate::Impl::sum_under(std::uint32_t account, std::uint32_t slot) noexcept {
  sum_account(terms, shared.tables[slot], legs, account, SummedPart::everything, block(account));
  move_to_slot(account, slot);
  forget_cached(account);
}

bool Gate::Impl::adopt(const Handover& handover) noexcept {
  AccountState& state = accounts[handover.account];
  const bool is_newer = state.slot == no_slot || epoch_of_slot[state.slot] < handover.epoch;
  const bool is_alive = epoch_of_slot[handover.slot] == handover.epoch;
  if (state.live_legs == 0 || !is_newer || !is_alive) return false;
  std::memcpy(block(handover.account), shared.buffer(handover.buffer), terms.account_words * 8);
  if (state.sequence == handover.account_sequence) {
    move_to_slot(handover.account, handover.slot);
    forget_cached(handover.account);
  } else if (apply_later_changes(handover.account, handover)) {
    ++counters.adoptions_with_changes;
    move_to_slot(handover.account, handover.slot);
    forget_cached(handover.account);
  } else {
    sum_under(handover.account, handover.slot);
  }
  if (controls) remeasure(handover.account);
  ++counters.adoptions;
  return true;
}

// Totals are sums over legs, so what changed since can be added in any order.
bool Gate::Impl::apply_later_changes(std::uint32_t account, const Handover& handover) noexcept {
  std::uint64_t at = accounts[account].last_change;
  for (int steps = 0; at != 0; ++steps) {
    const bool is_kept = changes_written - at < changes.size();
    if (!is_kept || steps == later_changes_max) return false;
    const LegChange& change = changes[(at - 1) % changes.size()];
    if (change.sequence <= handover.account_sequence) return true;
    add_leg(terms, shared.tables[handover.slot], block(account), change.instrument, change.before,
            change.after);
    at = change.previous;
  }
  return handover.account_sequence == 0;
}

Reason Gate::Impl::reaggregate(AccountId account, Epoch epoch) noexcept {
  if (account.value >= accounts.size()) return Reason::unknown_account;
  for (std::uint32_t slot = 0; slot < shared.tables.size(); ++slot) {
    if (epoch == 0 || epoch_of_slot[slot] != epoch) continue;
    if (accounts[account.value].live_legs != 0) sum_under(account.value, slot);
    if (controls) remeasure(account.value);
    announce();
    return Reason::accepted;
  }
  return Reason::no_risk_table;
}

void Gate::Impl::move_to_slot(std::uint32_t account, std::uint32_t slot) noexcept {
  std::uint32_t& current = accounts[account].slot;
  if (current == slot) return;
  if (current != no_slot) --accounts_on_slot[current];
  if (slot != no_slot) ++accounts_on_slot[slot];
  current = slot;
  if (controls) reground_greeks(account, slot);
}

void Gate::Impl::forget_cached(std::uint32_t account) noexcept {
  accounts[account].sum.version = 0;
  for (std::uint32_t u = 0; u < terms.units.size(); ++u) forget_unit(account, u);
}

void Gate::Impl::announce() noexcept {
  std::uint64_t oldest = newest.epoch;
  for (std::uint32_t slot = 0; slot < shared.tables.size(); ++slot) {
    if (epoch_of_slot[slot] == 0 || slot == newest.slot) continue;
    if (accounts_on_slot[slot] == 0) {
      epoch_of_slot[slot] = 0;
    } else {
      oldest = std::min(oldest, epoch_of_slot[slot]);
    }
  }
  shared.slots.announce_oldest_in_use(oldest);
}

void Gate::Impl::resend_pending() noexcept {
  while (to_resend_count != 0 && resend(to_resend[to_resend_count - 1])) --to_resend_count;
}

bool Gate::Impl::resend(std::uint32_t account) noexcept {
  std::size_t events = 3 + terms.account.assets.size();
  for (std::uint32_t leg = legs.first(account); leg != no_leg; leg = legs[leg].next) ++events;
  // Gate::create saw to it that a queue can hold any account, so this succeeds once it is drained.
  if (!shared.events.has_room(events)) return false;
  AccountState& state = accounts[account];
  state.must_resend = false;
  const auto send = [&](GateEventKind kind, std::uint32_t id, std::int64_t amount,
                        const margin::LegState& leg) {
    GateEvent event;
    event.kind = kind;
    event.account = account;
    event.id = id;
    event.leg = leg;
    event.account_sequence = state.sequence;
    event.amount = amount;
    static_cast<void>(shared.events.try_push(event));
  };
  for (std::uint32_t leg = legs.first(account); leg != no_leg; leg = legs[leg].next) {
    send(GateEventKind::leg_again, legs[leg].instrument(), 0, legs[leg].state);
  }
  for (std::uint32_t a = 0; a < terms.account.assets.size(); ++a) {
    send(GateEventKind::wallet, a, state.wallets[a], {});
  }
  send(GateEventKind::open_loss, 0, state.open_losses, {});
  send(GateEventKind::hold, 0, state.holds, {});
  send(GateEventKind::resent, 0, 0, {});
  return true;
}

}  // namespace margingate
