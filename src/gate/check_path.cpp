// Life of an order, first half: decide, and make an accepted order part of the totals.
#include <bit>

#include "gate/gate_impl.hpp"
#include "margin/fixed_point.hpp"

namespace margingate {
namespace {

using margin::Answer;
using margin::Interval;

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

void report(const margin::AccountInterval& before, const margin::AccountInterval& after,
            std::int64_t open_losses, Interval open_loss, Verdict& verdict) noexcept {
  verdict.requirement_before = {before.initial_margin.hi};
  verdict.requirement_after = {after.initial_margin.hi};
  verdict.uncertainty = {after.initial_margin.hi - after.initial_margin.lo};
  const std::int64_t lower = after.equity.lo - open_losses - open_loss.hi;
  const std::int64_t upper = after.equity.hi - open_losses - open_loss.lo;
  verdict.equity = {lower};
  verdict.equity_uncertainty = {upper - lower};
  verdict.open_loss = {open_loss.hi};
}

Verdict refused(Reason reason) noexcept {
  Verdict verdict;
  verdict.reason = reason;
  return verdict;
}

// The unit with the order working: what changes, and the interval after it.
Decision with_order(const LiveUnit& market, const margin::UnitTotals& totals,
                    const margin::RiskRow& row, margin::ContributionParts parts,
                    const Candidate& c) noexcept {
  parts.profit = false;
  // Members are made in order, so the interval may look at the change. A verdict given as {}
  // would clear the whole object first.
  Decision decision{refused(Reason::accepted),
                    unit_change(row, c.before, c.after, parts, market.table_coin),
                    unit_interval_after(market.market, totals, decision.change)};
  return decision;
}

template <bool ForWriting>
void prefetch_lines(const void* first, std::size_t bytes) noexcept {
  const auto* const at = static_cast<const char*>(first);
  for (std::size_t i = 0; i < bytes; i += 64) __builtin_prefetch(at + i, ForWriting ? 1 : 0);
}

}  // namespace

Reason Gate::Impl::order_input(const OrderIntent& intent) const noexcept {
  if (intent.account.value >= accounts.size()) return Reason::unknown_account;
  if (intent.instrument.value >= terms.instruments.size()) return Reason::unknown_instrument;
  if (intent.quantity.value <= 0) return Reason::quantity_not_positive;
  if (intent.quantity.value > terms.config.limits.quantity_max) return Reason::quantity_too_large;
  if (intent.price.value <= 0) return Reason::price_not_positive;
  if (intent.price.value > margin::price_max) return Reason::price_too_large;
  if (!margin::trade_in_range(terms.instruments[intent.instrument.value], terms.price_scale,
                              intent.quantity.value, intent.price.value)) {
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
  if (candidate.after.lots() > terms.config.limits.quantity_max) return Reason::position_limit;
  const std::int32_t exponent = terms.instruments[candidate.instrument].exponent;
  const margin::UnitTotals totals = terms.totals(block(candidate.account), candidate.unit);
  const std::int64_t change =
      (candidate.after.lots() - candidate.before.lots()) * (std::int64_t{1} << exponent);
  const bool fits = totals.scalars->scaled_lots + change <= margin::scaled_lots_max;
  return fits ? Reason::accepted : Reason::position_limit;
}

const margin::UnitInterval& Gate::Impl::unit_now(std::uint32_t account, std::uint32_t slot,
                                                 std::uint32_t unit) noexcept {
  CachedUnit& entry = cached(account, unit);
  const LiveUnit& market = live_unit(slot, unit);
  if (entry.version != market.version) {
    entry.interval = unit_interval(market.market, terms.totals(block(account), unit));
    entry.version = market.version;
  }
  return entry.interval;
}

Decision Gate::Impl::decide(const Candidate& c) noexcept {
  const RiskTable& table = shared.tables[c.slot];
  const AccountState& account = accounts[c.account];
  const LiveUnit& market = live_unit(c.slot, c.unit);
  const std::uint32_t mask = account.unit_mask | std::uint32_t{1} << c.unit;
  const margin::RiskRow& row = table.rows[c.instrument];
  Reason refusal = row.status;
  if (refusal == Reason::accepted) refusal = position_limit(c);
  if (controls && refusal == Reason::accepted) refusal = controls->admit_order(controlled(c));

  // One object from start to end: it is large, and made where the caller wants it.
  Decision decision =
      refusal == Reason::accepted
          ? with_order(market, terms.totals(block(c.account), c.unit), row, terms.parts[c.unit], c)
          : Decision{};
  Verdict& verdict = decision.verdict;
  verdict.reason = refusal;
  verdict.risk_unit = {c.unit};
  verdict.epoch = table.epoch;
  verdict.epoch_age = now - table.as_of;
  if (refusal != Reason::accepted) return decision;

  margin::UnitViews units;
  for (std::uint32_t bits = mask; bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    units.set(unit, unit_now(c.account, c.slot, unit));
  }
  const margin::AccountInterval before = requirement_interval(terms.account, units, account.holds);
  units.set(c.unit, decision.after);
  margin::AccountInterval after = requirement_interval(terms.account, units, account.holds);
  set_equity(terms.account, units, account.wallets, asset_prices, after);
  if (before.has_unpriced)
    verdict.reason = Reason::position_unpriced;
  else if (after.has_unknown_asset_price)
    verdict.reason = Reason::missing_mark;
  if (verdict.reason != Reason::accepted) return decision;

  const Interval open_loss = margin::open_loss(
      terms.instruments[c.instrument], row, market.market.drift, market.live_coin, c.lots, c.price);
  verdict.decided_by = DecidedBy::interval;
  verdict.worst_scenario = static_cast<std::uint8_t>(decision.after.worst_scenario);
  report(before, after, c.open_losses, open_loss, verdict);

  const Reason fresh = freshness(c.slot, mask);
  after.equity.lo -= c.open_losses;
  after.equity.hi -= c.open_losses;
  const Answer answer = covers_initial_margin(after, open_loss);
  if (fresh == Reason::accepted && answer == Answer::yes) {
    verdict.reason = Reason::accepted;
  } else if (fresh == Reason::accepted && answer == Answer::no && after.risk.lo > before.risk.hi) {
    // Risk rises for certain, so something got worse: not a reducing order either.
    verdict.reason = Reason::insufficient_margin;
  } else {
    decide_exactly(c, fresh, decision);
  }
  if (controls && verdict.accepted()) hold_against_margin_limits(c, fresh, decision);
  return decision;
}

void Gate::Impl::decide_exactly(const Candidate& c, Reason fresh, Decision& decision) noexcept {
  Verdict& verdict = decision.verdict;
  const ExactMargin exact = exact_margin(c);
  verdict.decided_by = DecidedBy::exact;
  if (exact.reason != Reason::accepted) {
    verdict.reason = exact.reason;
    return;
  }
  const Interval open_loss{exact.open_loss, exact.open_loss};
  report(exact.before, exact.after, c.open_losses, open_loss, verdict);
  verdict.worst_scenario = static_cast<std::uint8_t>(exact.worst_scenario);
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

Verdict Gate::Impl::check(const OrderIntent& intent) noexcept {
  Verdict verdict = refused(validate(intent));
  if (controls && verdict.accepted()) {
    verdict.reason = controls->admit_message(intent.account.value, now);
  }
  if (verdict.reason == Reason::accepted) {
    const std::uint32_t account = intent.account.value;
    attach(account);
    const std::uint32_t slot = slot_for(account);
    if (slot == sync::EpochSlots<>::no_slot) {
      verdict.reason = Reason::no_risk_table;
    } else {
      const std::uint32_t leg = legs.find(account, intent.instrument.value);
      const std::int64_t lots = signed_lots(intent.side, intent.quantity.value);
      Candidate c{account,
                  intent.instrument.value,
                  terms.instruments[intent.instrument.value].risk_unit,
                  slot,
                  leg == no_leg ? margin::LegState{} : legs[leg].state,
                  {},
                  lots,
                  intent.price.value,
                  accounts[account].open_losses};
      c.after = with_working(c.before, lots, +1);
      verdict = decide(c).verdict;
    }
  }
  count(verdict);
  return verdict;
}

Verdict Gate::Impl::reserve(const OrderIntent& intent) noexcept {
  Verdict verdict = refused(validate(intent));
  if (controls && verdict.accepted()) verdict.reason = take_message(intent.account.value);
  if (verdict.reason != Reason::accepted) return count(verdict), verdict;
  const std::uint32_t account = intent.account.value;
  attach(account);
  const std::uint32_t slot = slot_for(account);
  const std::uint32_t leg = legs.find(account, intent.instrument.value);
  verdict.reason =
      slot == sync::EpochSlots<>::no_slot ? Reason::no_risk_table : room_for_order(leg);
  if (verdict.reason != Reason::accepted) return count(verdict), verdict;

  const std::int64_t lots = signed_lots(intent.side, intent.quantity.value);
  Candidate c{account,
              intent.instrument.value,
              terms.instruments[intent.instrument.value].risk_unit,
              slot,
              leg == no_leg ? margin::LegState{} : legs[leg].state,
              {},
              lots,
              intent.price.value,
              accounts[account].open_losses};
  c.after = with_working(c.before, lots, +1);
  Decision decision = decide(c);
  if (controls) measure(account, decision.verdict);
  if (decision.verdict.accepted()) decision.verdict.order = commit(c, decision, {});
  if (verdict_wanted) tell_verdict(c, decision.verdict);
  count(decision.verdict);
  return decision.verdict;
}

Verdict Gate::Impl::replace(const ReplaceIntent& intent) noexcept {
  const WorkingOrderSlot* found = orders.find(intent.order);
  Verdict verdict = refused(Reason::unknown_order);
  if (found == nullptr) return count(verdict), verdict;
  const WorkingOrderSlot order = *found;
  verdict.reason = validate({{order.account},
                             {order.instrument},
                             order.side,
                             intent.quantity,
                             intent.price,
                             intent.time});
  if (controls && verdict.accepted()) verdict.reason = take_message(order.account);
  if (verdict.reason != Reason::accepted) return count(verdict), verdict;
  attach(order.account);
  const std::uint32_t slot = slot_for(order.account);
  if (slot == sync::EpochSlots<>::no_slot) verdict.reason = Reason::no_risk_table;
  if (!shared.events.has_room(shared.events.capacity() / 8 + 4)) {
    verdict.reason = Reason::queue_full;
  }
  if (verdict.reason != Reason::accepted) return count(verdict), verdict;

  const std::int64_t lots = signed_lots(order.side, intent.quantity.value);
  Candidate c{order.account,
              order.instrument,
              terms.instruments[order.instrument].risk_unit,
              slot,
              legs[order.leg].state,
              {},
              lots,
              intent.price.value,
              accounts[order.account].open_losses - order.open_loss,
              intent.order.index};
  c.after = with_working(with_working(c.before, order.signed_remaining(), -1), lots, +1);
  Decision decision = decide(c);
  if (controls) measure(order.account, decision.verdict);
  if (decision.verdict.accepted()) decision.verdict.order = commit(c, decision, intent.order);
  if (verdict_wanted) tell_verdict(c, decision.verdict);
  count(decision.verdict);
  return decision.verdict;
}

WorkingOrderHandle Gate::Impl::commit(const Candidate& c, const Decision& decision,
                                      WorkingOrderHandle replaced) noexcept {
  const std::uint32_t leg = legs.find_or_insert(c.account, c.instrument);
  WorkingOrderHandle handle = replaced;
  if (WorkingOrderSlot* order = orders.find(replaced); order != nullptr) {
    order->remaining = c.lots < 0 ? -c.lots : c.lots;
    order->price = c.price;
    order->open_loss = decision.verdict.open_loss.value;
  } else {
    WorkingOrderSlot fresh;
    fresh.account = c.account;
    fresh.instrument = c.instrument;
    fresh.leg = leg;
    fresh.remaining = c.lots < 0 ? -c.lots : c.lots;
    fresh.price = c.price;
    fresh.open_loss = decision.verdict.open_loss.value;
    fresh.side = c.lots > 0 ? Side::buy : Side::sell;
    handle = orders.start(fresh);
  }
  if (controls) controls->booked(controlled(c), handle);
  change_leg(leg, c.after, false, &decision.change);
  CachedUnit& entry = cached(c.account, c.unit);
  entry.interval = decision.after;
  entry.version = live_unit(c.slot, c.unit).version;
  change_open_losses(c.account, c.open_losses + decision.verdict.open_loss.value -
                                    accounts[c.account].open_losses);
  return handle;
}

Reason Gate::Impl::freshness(std::uint32_t slot, std::uint32_t unit_mask) const noexcept {
  const RiskTable& table = shared.tables[slot];
  if (now - table.as_of > terms.config.table_age_max) return Reason::stale_risk_table;
  for (std::uint32_t bits = unit_mask; bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    const SpotState& spot = spots[terms.units[unit].underlying];
    if (now - spot.time > terms.config.spot_age_max) return Reason::stale_spot;
    if (live_unit(slot, unit).beyond_max) return Reason::spot_beyond_limit;
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
  prefetch_lines<true>(aligned_blocks_ + static_cast<std::size_t>(account) * terms.account_words +
                           terms.block_offset_words[unit],
                       terms.layouts[unit].words() * 8);
  // Not the account's own table: which one that is stands in a line that is just being fetched.
  if (newest.epoch == 0) return;
  prefetch_lines<false>(&shared.tables[newest.slot].rows[instrument], sizeof(margin::RiskRow));
}

}  // namespace margingate
