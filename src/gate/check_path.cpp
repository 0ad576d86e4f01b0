// Life of an order, first half: decide, and make an accepted order part of the totals.
#include <algorithm>
#include <bit>

#include "gate/gate_impl.hpp"
#include "margin/account_requirement_body.hpp"
#include "margin/fixed_point.hpp"

namespace margingate {
namespace {

using margin::Answer;
using margin::Interval;

// What fits Verdict::worst_scenario, as every scenario does.
constexpr std::uint32_t scenario_mask = (1U << 14) - 1;
static_assert(scenarios_max <= scenario_mask);

std::int64_t signed_lots(Side side, std::int64_t quantity) noexcept {
  return side == Side::buy ? quantity : -quantity;
}

margin::LegState with_working(margin::LegState leg, std::int64_t lots, std::int64_t sign) noexcept {
  if (lots > 0) {
    leg.working_buys += sign * lots;
  } else {
    leg.working_sells -= sign * lots;
  }
  return leg;
}

// Equity is after the account's open losses, before the order's.
void report(const margin::AccountInterval& before, const margin::AccountInterval& after,
            Interval open_loss, Verdict& verdict) noexcept {
  verdict.requirement_before = {before.initial_margin.hi};
  verdict.requirement_after = {after.initial_margin.hi};
  verdict.uncertainty = {after.initial_margin.hi - after.initial_margin.lo};
  const std::int64_t lower = after.equity.lo - open_loss.hi;
  const std::int64_t upper = after.equity.hi - open_loss.lo;
  verdict.equity = {lower};
  verdict.equity_uncertainty = {upper - lower};
  verdict.open_loss = {open_loss.hi};
}

template <bool ForWriting>
void prefetch_lines(const void* first, std::size_t bytes) noexcept {
  const auto* const at = static_cast<const char*>(first);
  for (std::size_t i = 0; i < bytes; i += 64) __builtin_prefetch(at + i, ForWriting ? 1 : 0);
  // gcc 12 takes a function that only fetches for one without effect and leaves its calls out.
  __asm__ volatile("" : : "r"(at));
}

}  // namespace

Reason Gate::Impl::order_input(const OrderIntent& intent) const noexcept {
  if (intent.account.value >= accounts.size()) return Reason::unknown_account;
  if (intent.instrument.value >= terms.instruments.size()) return Reason::unknown_instrument;
  if (intent.quantity.value <= 0) return Reason::quantity_not_positive;
  if (intent.quantity.value > terms.config.limits.quantity_max) return Reason::quantity_too_large;
  std::int64_t price = intent.price.value;
  if (price <= 0) {
    // A combo is bought for a net price, which may be nothing or less.
    if (!terms.is_combo(intent.instrument.value)) return Reason::price_not_positive;
    price = price < -margin::price_max ? INT64_MAX : -price;
  }
  if (price > margin::price_max) return Reason::price_too_large;
  if (!margin::trade_in_range(terms.instruments[intent.instrument.value], terms.price_scale,
                              intent.quantity.value, price)) {
    return Reason::quantity_too_large;
  }
  return Reason::accepted;
}

Reason Gate::Impl::validate(const OrderIntent& intent) noexcept {
  if (const Reason input = order_input(intent); input != Reason::accepted) return input;
  if (intent.time < now) return Reason::time_went_back;
  now = intent.time;
  return Reason::accepted;
}

// An accepted order must be rememberable, and so must its fills and cancel: a part of the queue
// is kept for those.
Reason Gate::Impl::room_for_order(std::uint32_t leg) noexcept {
  if (leg == no_leg && legs.is_full()) return Reason::legs_full;
  if (orders.is_full()) return Reason::working_orders_full;
  if (!shared.events.has_room(shared.events.capacity() / 8 + 4)) return Reason::queue_full;
  return Reason::accepted;
}

Reason Gate::Impl::position_limit(const Candidate& candidate) noexcept {
  if (accounts[candidate.account].unreconciled) return Reason::account_unreconciled;
  if (candidate.after.lots() > terms.config.limits.quantity_max) return Reason::position_limit;
  const margin::UnitTotals totals = terms.totals(block(candidate.account), candidate.unit);
  const std::int64_t change = (candidate.after.lots() - candidate.before.lots()) *
                              terms.instruments[candidate.instrument].scaled_lot();
  const bool fits = totals.scalars->scaled_lots + change <= margin::scaled_lots_max;
  return fits ? Reason::accepted : Reason::position_limit;
}

// Where the account lies follows from its number, so all of it can be on its way before the first
// line has said anything.
[[gnu::always_inline]] inline void Gate::Impl::start_fetching(
    std::uint32_t account, std::uint32_t instrument) const noexcept {
  const std::uint32_t unit = terms.instruments[instrument].risk_unit;
  const margin::UnitTotals totals{aligned_blocks_ +
                                      static_cast<std::size_t>(account) * terms.account_words +
                                      terms.block_offset_words[unit],
                                  terms.layouts[unit]};
  __builtin_prefetch(&accounts[account].sum);
  __builtin_prefetch(legs.home_entry(account, instrument));
  prefetch_lines<false>(&cache[account * terms.units.size() + unit], sizeof(CachedUnit));
  prefetch_lines<false>(totals.scalars, 8 * 64);
  prefetch_lines<false>(totals.expiry_hi, 4 * 64);
}

Candidate Gate::Impl::candidate(const OrderIntent& intent, std::uint32_t slot,
                                std::uint32_t leg) const noexcept {
  const std::int64_t lots = signed_lots(intent.side, intent.quantity.value);
  const margin::LegState before = leg == no_leg ? margin::LegState{} : legs[leg].state;
  return {intent.account.value,
          intent.instrument.value,
          terms.instruments[intent.instrument.value].risk_unit,
          slot,
          before,
          with_working(before, lots, +1),
          lots,
          intent.price.value,
          accounts[intent.account.value].open_losses};
}

void Gate::Impl::forget_unit(std::uint32_t account, std::uint32_t unit) noexcept {
  CachedUnit& entry = cached(account, unit);
  entry.version = 0;
  entry.chords_hold = false;
  accounts[account].sum.version = 0;
  if (terms.account.pools.empty()) return;
  const std::uint8_t pool = terms.account.pool_of_unit[unit];
  if (pool != margin::no_pool) cached_pool(account, pool).version = 0;
}

bool Gate::Impl::uses_chords(std::uint32_t unit_mask) const noexcept {
  for (std::size_t n = 1; n < units_for_chords; ++n) unit_mask &= unit_mask - 1;
  return unit_mask != 0;
}

// False when the totals have none: something in them has no bound or no price.
bool Gate::Impl::draw_chords(std::uint32_t account, std::uint32_t slot,
                             std::uint32_t unit) noexcept {
  const margin::UnitTotals totals = terms.totals(block(account), unit);
  const margin::UnitScalars& s = *totals.scalars;
  if (s.unbounded != 0 || s.unpriced != 0) return false;
  CachedUnit& entry = cached(account, unit);
  build_chords(live_unit(slot, unit).market, totals, chords[account * terms.units.size() + unit]);
  entry.summary.delta_lo = s.rest_lo + s.long_option_lo;
  entry.summary.delta_hi = s.rest_hi + s.long_option_hi;
  entry.summary.worst_scenario = 0;
  entry.chord_delta_width = delta_width_over_band(s);
  entry.chords_hold = true;
  return true;
}

[[gnu::always_inline]] inline bool Gate::Impl::follow_chords(std::uint32_t account,
                                                             std::uint32_t slot,
                                                             std::uint32_t unit) noexcept {
  CachedUnit& entry = cached(account, unit);
  if (!entry.chords_hold && !draw_chords(account, slot, unit)) return false;
  summarise_by_chords(chords[account * terms.units.size() + unit],
                      live_unit(slot, unit).market.drift, entry.summary);
  entry.summary.delta_width = entry.chord_delta_width;
  return true;
}

[[gnu::always_inline]] inline const margin::UnitSummary& Gate::Impl::unit_now(
    std::uint32_t account, std::uint32_t slot, std::uint32_t unit, bool by_chords) noexcept {
  CachedUnit& entry = cached(account, unit);
  const std::uint64_t version = unit_versions[slot][unit];
  if (entry.version == version) return entry.summary;
  const LiveUnit& market = live_unit(slot, unit);
  if (!by_chords || !market.follows_chords || !follow_chords(account, slot, unit)) {
    entry.summary = unit_interval(market.market, terms.totals(block(account), unit));
  }
  entry.version = version;
  return entry.summary;
}

// Versions only grow, so the newest of them names the state of all.
std::uint64_t Gate::Impl::market_version(std::uint32_t slot,
                                         std::uint32_t unit_mask) const noexcept {
  std::uint64_t newest_version = asset_prices_version;
  for (std::uint32_t bits = unit_mask; bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    newest_version = std::max(newest_version, unit_versions[slot][unit]);
  }
  return newest_version;
}

const AccountSum& Gate::Impl::sum_now(std::uint32_t account, std::uint32_t slot,
                                      std::uint32_t unit_mask) noexcept {
  AccountState& state = accounts[account];
  AccountSum& kept = state.sum;
  const std::uint64_t version = market_version(slot, unit_mask);
  if (kept.version == version && kept.unit_mask == unit_mask) return kept;
  margin::UnitViews units;
  margin::body::UnitsSum sum(terms.account);
  const bool by_chords = uses_chords(unit_mask);
  for (std::uint32_t bits = unit_mask; bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    const margin::UnitSummary& summary = unit_now(account, slot, unit, by_chords);
    units.set(unit, summary);
    sum.add(unit, summary);
  }
  for (std::uint32_t pool = 0; pool < terms.account.pools.size(); ++pool) {
    if ((terms.account.pools[pool].unit_mask & unit_mask) == 0) continue;
    sum.add(pool_now(account, slot, pool, unit_mask).total);
  }
  state.borrow = add_up(state, slot, sum, units, kept);
  kept.unit_mask = unit_mask;
  kept.version = version;
  return kept;
}

Interval Gate::Impl::add_up(const AccountState& account, std::uint32_t slot,
                            const margin::body::UnitsSum& units_sum, const margin::UnitViews& units,
                            AccountSum& sum) const noexcept {
  margin::Balances balances;
  sum.has_unpriced_debt = !convert_wallets(terms.account, account.wallets, asset_prices, balances);
  const margin::EquityInterval owned = units_sum.equity(balances, asset_prices);
  const Interval risk = units_sum.risk();
  const Interval credits = margin::body::credits_interval(shared.tables[slot].credits, units);
  sum.equity.lo = owned.equity.lo;
  sum.equity.hi = owned.equity.hi;
  sum.risk.lo = risk.lo;
  sum.risk.hi = risk.hi;
  sum.credits.lo = credits.lo;
  sum.credits.hi = credits.hi;
  sum.decidable = units_sum.decidable();
  sum.has_unpriced = units_sum.has_unpriced();
  return owned.borrow_initial;
}

// Puts decided_.unit in the place of unit_before and asks whether equity covers the rest; reports
// both sides in the verdict, and leaves in decided_ what commit() needs.
Answer Gate::Impl::weigh(const Candidate& c, const AccountSum& sum, const Interval& borrow,
                         const margin::UnitSummary& unit_before, const Interval& pool_before,
                         const margin::UnitViews& units_after, const Interval& open_loss,
                         Verdict& verdict) noexcept {
  const margin::AccountTerms& account_terms = terms.account;
  const margin::UnitSummary& unit_after = decided_.unit;
  const Interval own_before{unit_before.total.lo + pool_before.lo,
                            unit_before.total.hi + pool_before.hi};
  const Interval own_after{unit_after.total.lo + decided_.pool.total.lo,
                           unit_after.total.hi + decided_.pool.total.hi};
  decided_.risk.lo = sum.risk.lo - own_before.lo + own_after.lo;
  decided_.risk.hi = sum.risk.hi - own_before.hi + own_after.hi;
  const Interval credits =
      margin::body::credits_interval(shared.tables[c.slot].credits, units_after);
  decided_.credits.lo = credits.lo;
  decided_.credits.hi = credits.hi;
  const std::int64_t holds = accounts[c.account].holds;
  margin::AccountInterval before;
  margin::AccountInterval after;
  margin::body::set_requirement(account_terms, sum.risk, sum.credits, borrow, holds, before);
  margin::body::set_requirement(account_terms, decided_.risk, credits, borrow, holds, after);
  // Without credits the other units lose the same before and after, whatever that is.
  decided_.risk_rises =
      account_terms.credits.empty() ? own_after.lo > own_before.hi : after.risk.lo > before.risk.hi;
  after.decidable = sum.decidable && unit_after.decidable;
  after.equity.lo = sum.equity.lo - c.open_losses;
  after.equity.hi = sum.equity.hi - c.open_losses;
  report(before, after, open_loss, verdict);
  return covers_initial_margin(after, open_loss);
}

// The same with every unit evaluated at its own spot instead of by chords.
Answer Gate::Impl::weigh_closely(const Candidate& c, std::uint32_t unit_mask,
                                 const Interval& open_loss, Verdict& verdict) noexcept {
  margin::UnitIntervals units;
  margin::body::UnitsSum units_sum(terms.account);
  for (std::uint32_t bits = unit_mask; bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    const margin::UnitMarket& market = live_unit(c.slot, unit).market;
    units.set(unit, unit_interval(market, terms.totals(block(c.account), unit)));
    units_sum.add(unit, units.views()[unit]);
  }
  Interval pool_before;
  for (std::uint32_t pool = 0; pool < terms.account.pools.size(); ++pool) {
    if ((terms.account.pools[pool].unit_mask & unit_mask) == 0) continue;
    // Pooled units are never followed by chords: what is kept is as close as it gets.
    const Interval& total = cached_pool(c.account, pool).total;
    units_sum.add(total);
    if (pool == terms.account.pool_of_unit[c.unit]) pool_before = total;
  }
  AccountSum sum;
  const Interval borrow = add_up(accounts[c.account], c.slot, units_sum, units.views(), sum);
  const margin::UnitSummary unit_before = units.views()[c.unit];
  units.set(c.unit, decided_.unit);
  decided_.closely = true;
  return weigh(c, sum, borrow, unit_before, pool_before, units.views(), open_loss, verdict);
}

void Gate::Impl::decide(const Candidate& c, Verdict& verdict) noexcept {
  const RiskTable& table = shared.tables[c.slot];
  const LiveUnit& market = live_unit(c.slot, c.unit);
  const margin::RiskRow& row = table.rows[c.instrument];
  verdict.reason = row.status;
  verdict.risk_unit = {c.unit};
  verdict.epoch = table.epoch;
  verdict.epoch_age = now - table.as_of;
  if (verdict.reason == Reason::accepted) verdict.reason = position_limit(c);
  if (controls && verdict.accepted()) verdict.reason = controls->admit_order(controlled(c));
  if (verdict.reason != Reason::accepted) return;

  const std::uint32_t mask = accounts[c.account].unit_mask | std::uint32_t{1} << c.unit;
  const AccountSum& sum = sum_now(c.account, c.slot, mask);
  if (sum.has_unpriced) verdict.reason = Reason::position_unpriced;
  if (sum.has_unpriced_debt && !sum.has_unpriced) verdict.reason = Reason::missing_mark;
  if (verdict.reason != Reason::accepted) return;

  const margin::UnitSummary& unit_before = cached(c.account, c.unit).summary;
  margin::UnitSummary& unit_after = decided_.unit;
  summarise_after_order(market.market, terms.totals(block(c.account), c.unit), row, c.before,
                        c.after, unit_after);
  unit_after.profit[0] = unit_before.profit[0];
  unit_after.profit[1] = unit_before.profit[1];
  Interval pool_before;
  if (market.market.terms->is_pooled) {
    const std::uint8_t pool = terms.account.pool_of_unit[c.unit];
    pool_before = cached_pool(c.account, pool).total;
    decided_.pool = pool_after(c, pool, mask);
    unit_after.worst_scenario = decided_.pool.worst_scenario;
  } else if (decided_.pool.total.hi != 0) {
    decided_.pool = {};  // of an order before
  }
  margin::UnitViews units;
  if (!terms.account.credits.empty()) {
    for (std::uint32_t bits = mask; bits != 0; bits &= bits - 1) {
      const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
      units.set(unit, cached(c.account, unit).summary);
    }
    units.set(c.unit, unit_after);
  }
  const Interval open_loss = margin::open_loss(
      terms.instruments[c.instrument], row, market.market.drift, market.live_coin, c.lots, c.price);
  verdict.decided_by = DecidedBy::interval;
  verdict.worst_scenario = unit_after.worst_scenario & scenario_mask;
  decided_.closely = false;
  const Interval& borrow = accounts[c.account].borrow;
  Answer answer = weigh(c, sum, borrow, unit_before, pool_before, units, open_loss, verdict);

  const Reason fresh = freshness(c.slot, mask);
  const auto is_open = [&] {
    return answer == Answer::unknown || (answer == Answer::no && !decided_.risk_rises);
  };
  if (is_open() && fresh == Reason::accepted && uses_chords(mask)) {
    answer = weigh_closely(c, mask, open_loss, verdict);
  }
  if (is_open() || fresh != Reason::accepted) {
    // Not decided, or an order that may worsen nothing.
    decide_exactly(c, fresh, verdict);
  } else if (answer == Answer::no) {
    verdict.reason = Reason::insufficient_margin;
  }
  if (controls && verdict.accepted()) hold_against_margin_limits(c, fresh, verdict);
}

void Gate::Impl::decide_exactly(const Candidate& c, Reason fresh, Verdict& verdict) noexcept {
  ExactMargin exact = exact_margin(c);
  verdict.decided_by = DecidedBy::exact;
  if (exact.reason != Reason::accepted) {
    verdict.reason = exact.reason;
    return;
  }
  const Interval open_loss{exact.open_loss, exact.open_loss};
  exact.after.equity.lo -= c.open_losses;
  exact.after.equity.hi -= c.open_losses;
  report(exact.before, exact.after, open_loss, verdict);
  verdict.worst_scenario = exact.worst_scenario & scenario_mask;
  const bool covered = verdict.equity >= verdict.requirement_after;
  if (fresh == Reason::accepted && covered) {
    verdict.reason = Reason::accepted;
  } else if (exact.reducing) {
    verdict.reason = Reason::accepted_reducing;
  } else {
    verdict.reason = fresh == Reason::accepted ? Reason::insufficient_margin : fresh;
  }
}

void Gate::Impl::count(const Verdict& verdict) noexcept {
  ++counters.decisions;
  ++(verdict.accepted() ? counters.accepts : counters.rejects);
  counters.decided_by_interval += verdict.decided_by == DecidedBy::interval;
  counters.decided_exactly += verdict.decided_by == DecidedBy::exact;
}

void Gate::Impl::check(const OrderIntent& intent, Verdict& verdict) noexcept {
  verdict.reason = validate(intent);
  if (controls && verdict.accepted()) {
    verdict.reason = controls->admit_message(intent.account.value, now);
  }
  if (verdict.reason != Reason::accepted) return count(verdict);
  const std::uint32_t account = intent.account.value;
  start_fetching(account, intent.instrument.value);
  attach(account);
  const std::uint32_t slot = slot_for(account);
  if (slot == sync::EpochSlots<>::no_slot) {
    verdict.reason = Reason::no_risk_table;
  } else {
    decide(candidate(intent, slot, legs.find(account, intent.instrument.value)), verdict);
  }
  count(verdict);
}

void Gate::Impl::reserve(const OrderIntent& intent, Verdict& verdict) noexcept {
  verdict.reason = validate(intent);
  if (controls && verdict.accepted()) verdict.reason = take_message(intent.account.value);
  if (verdict.reason != Reason::accepted) return count(verdict);
  const std::uint32_t account = intent.account.value;
  attach(account);
  const std::uint32_t slot = slot_for(account);
  const std::uint32_t leg = legs.find(account, intent.instrument.value);
  verdict.reason =
      slot == sync::EpochSlots<>::no_slot ? Reason::no_risk_table : room_for_order(leg);
  if (verdict.reason != Reason::accepted) return count(verdict);
  const Candidate c = candidate(intent, slot, leg);
  decide(c, verdict);
  if (controls) measure(account, verdict);
  if (verdict.accepted()) verdict.order = commit(c, verdict.open_loss, {});
  if (verdict_wanted) tell_verdict(c, verdict);
  count(verdict);
}

void Gate::Impl::replace(const ReplaceIntent& intent, Verdict& verdict) noexcept {
  const WorkingOrderSlot* found = orders.find(intent.order);
  verdict.reason = Reason::unknown_order;
  if (found == nullptr) return count(verdict);
  const WorkingOrderSlot order = *found;
  const OrderIntent wanted{{order.account}, {order.instrument}, order.side,
                           intent.quantity, intent.price,       intent.time};
  verdict.reason = validate(wanted);
  if (controls && verdict.accepted()) verdict.reason = take_message(order.account);
  if (verdict.reason != Reason::accepted) return count(verdict);
  attach(order.account);
  const std::uint32_t slot = slot_for(order.account);
  if (slot == sync::EpochSlots<>::no_slot) verdict.reason = Reason::no_risk_table;
  if (!shared.events.has_room(shared.events.capacity() / 8 + 4)) {
    verdict.reason = Reason::queue_full;
  }
  if (verdict.reason != Reason::accepted) return count(verdict);

  Candidate c = candidate(wanted, slot, order.leg);
  c.replaced = intent.order.index;
  c.open_losses -= order.open_loss;
  c.after = with_working(with_working(c.before, order.signed_remaining(), -1), c.lots, +1);
  decide(c, verdict);
  if (controls) measure(order.account, verdict);
  if (verdict.accepted()) verdict.order = commit(c, verdict.open_loss, intent.order);
  if (verdict_wanted) tell_verdict(c, verdict);
  count(verdict);
}

// Right after a decide() that accepted the candidate.
WorkingOrderHandle Gate::Impl::commit(const Candidate& c, Money open_loss,
                                      WorkingOrderHandle replaced) noexcept {
  const std::uint32_t leg = legs.find_or_insert(c.account, c.instrument);
  WorkingOrderHandle handle = replaced;
  if (WorkingOrderSlot* order = orders.find(replaced); order != nullptr) {
    order->remaining = c.lots < 0 ? -c.lots : c.lots;
    order->price = c.price;
    order->open_loss = open_loss.value;
  } else {
    WorkingOrderSlot fresh;
    fresh.account = c.account;
    fresh.instrument = c.instrument;
    fresh.leg = leg;
    fresh.remaining = c.lots < 0 ? -c.lots : c.lots;
    fresh.price = c.price;
    fresh.open_loss = open_loss.value;
    fresh.side = c.lots > 0 ? Side::buy : Side::sell;
    handle = orders.start(fresh);
  }
  if (controls) controls->booked(controlled(c), handle);
  const std::uint64_t sum_version = accounts[c.account].sum.version;
  change_leg(leg, c.after, false);
  // Unless the order attached a flat account to a table, what was decided is what is now.
  AccountState& account = accounts[c.account];
  if (account.slot == c.slot) {
    CachedUnit& entry = cached(c.account, c.unit);
    entry.summary = decided_.unit;
    entry.version = unit_versions[c.slot][c.unit];
    if (terms.units[c.unit].is_pooled) {
      const std::uint8_t pool = terms.account.pool_of_unit[c.unit];
      cached_pool(c.account, pool) = {pool_version(c.slot, pool), decided_.pool.total,
                                      decided_.pool.worst_scenario};
    }
    if (!decided_.closely) {
      account.sum.risk = decided_.risk;
      account.sum.credits = decided_.credits;
      account.sum.decidable &= decided_.unit.decidable;
      account.sum.version = sum_version;
    }
  }
  change_open_losses(c.account, c.open_losses + open_loss.value - account.open_losses);
  return handle;
}

Reason Gate::Impl::freshness(std::uint32_t slot, std::uint32_t unit_mask) const noexcept {
  if (now - shared.tables[slot].as_of > terms.config.table_age_max) {
    return Reason::stale_risk_table;
  }
  const bool all_young = now <= spots_fresh_until;
  if (all_young && (beyond_max[slot] & unit_mask) == 0) return Reason::accepted;
  for (std::uint32_t bits = unit_mask; bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    const SpotState& spot = spots[terms.units[unit].underlying];
    if (now - spot.time > terms.config.spot_age_max) return Reason::stale_spot;
    if ((beyond_max[slot] >> unit & 1) != 0) return Reason::spot_beyond_limit;
  }
  return Reason::accepted;
}

std::uint32_t Gate::Impl::slot_for(std::uint32_t account) const noexcept {
  const std::uint32_t slot = accounts[account].slot;
  if (slot != sync::EpochSlots<>::no_slot || newest.epoch == 0) return slot;
  return newest.slot;
}

void Gate::Impl::prefetch(std::uint32_t account, std::uint32_t instrument) const noexcept {
  if (account >= accounts.size() || instrument >= terms.instruments.size()) return;
  prefetch_lines<false>(&accounts[account], sizeof(AccountState));
  __builtin_prefetch(legs.home_entry(account, instrument), 1);
  const std::size_t units = terms.units.size();
  prefetch_lines<true>(&cache[account * units], units * sizeof(CachedUnit));
  const std::uint32_t unit = terms.instruments[instrument].risk_unit;
  const margin::UnitTotals totals{aligned_blocks_ +
                                      static_cast<std::size_t>(account) * terms.account_words +
                                      terms.block_offset_words[unit],
                                  terms.layouts[unit]};
  const std::size_t lanes_bytes = terms.layouts[unit].lane_count * 8;
  prefetch_lines<true>(totals.scalars, terms.layouts[unit].scalars_words() * 8);
  prefetch_lines<true>(totals.loss, lanes_bytes);
  prefetch_lines<true>(totals.expiry_hi, terms.layouts[unit].bucket_count * 24);
  // Not the account's own table: which one that is stands in a line that is just being fetched.
  if (newest.epoch == 0) return;
  if (live_unit(newest.slot, unit).market.drift.moved) {
    prefetch_lines<true>(totals.drift, 3 * lanes_bytes);
  }
  const margin::RiskRow& row = shared.tables[newest.slot].rows[instrument];
  prefetch_lines<false>(&row, sizeof(margin::RiskRow));
}

void Gate::Impl::check(std::span<const OrderIntent> intents, std::span<Verdict> verdicts) noexcept {
  // Far enough ahead that a line from memory arrives, near enough that it is still there.
  constexpr std::size_t ahead = 4;
  for (std::size_t i = 0; i < std::min(ahead, intents.size()); ++i) {
    prefetch(intents[i].account.value, intents[i].instrument.value);
  }
  for (std::size_t i = 0; i < intents.size(); ++i) {
    if (i + ahead < intents.size()) {
      const OrderIntent& later = intents[i + ahead];
      prefetch(later.account.value, later.instrument.value);
    }
    verdicts[i] = Verdict{};
    check(intents[i], verdicts[i]);
  }
}

}  // namespace margingate
