// Decides on the account as it would stand: the change is applied to the totals, judged, and taken
// back when it is refused. Totals are sums, so what is taken back leaves no trace. The background
// hears of a change once it is settled.
#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "gate/gate_impl.hpp"
#include "margin/account_requirement_body.hpp"
#include "margin/fixed_point.hpp"
#include "margin/reducing.hpp"

namespace margingate {
namespace {

constexpr std::uint32_t no_slot = sync::EpochSlots<>::no_slot;

void report(const margin::AccountInterval& before, const margin::AccountInterval& after,
            Verdict& verdict) noexcept {
  verdict.requirement_before = {before.initial_margin.hi};
  verdict.requirement_after = {after.initial_margin.hi};
  verdict.uncertainty = {after.initial_margin.hi - after.initial_margin.lo};
  verdict.equity = {after.equity.lo};
  verdict.equity_uncertainty = {after.equity.hi - after.equity.lo};
}

Reason unknown_part(const margin::AccountInterval& margin) noexcept {
  if (margin.has_unpriced) return Reason::position_unpriced;
  if (margin.has_unknown_asset_price) return Reason::missing_mark;
  return Reason::accepted;
}

}  // namespace

Standing Gate::Impl::standing(std::uint32_t account) noexcept {
  const AccountState& state = accounts[account];
  Standing result;
  if (state.slot == no_slot) {
    result.margin = account_interval(terms.account, {}, margin::UnitIntervals{}, state.wallets,
                                     asset_prices, state.holds);
  } else {
    const AccountSum& sum = sum_now(account, state.slot, state.unit_mask);
    margin::body::set_requirement(terms.account, sum.risk, sum.credits, state.borrow, state.holds,
                                  result.margin);
    result.margin.equity = sum.equity;
    result.margin.decidable = sum.decidable;
    result.margin.has_unpriced = sum.has_unpriced;
    result.margin.has_unknown_asset_price = sum.has_unpriced_debt;
  }
  result.margin.equity.lo -= state.open_losses;
  result.margin.equity.hi -= state.open_losses;
  return result;
}

Standing Gate::Impl::standing_exactly(std::uint32_t account, ExactUnits& exact) noexcept {
  const AccountState& state = accounts[account];
  exact.units = state.slot == no_slot ? 0 : state.unit_mask;
  margin::UnitIntervals units;
  pool_losses_.clear();
  for (std::uint32_t bits = exact.units; bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    const margin::UnitTotals totals = exact_totals(account, state.slot, unit);
    std::memcpy(exact.words.data() + terms.block_offset_words[unit], totals.block(),
                terms.layouts[unit].words() * 8);
    exact.intervals[unit] = unit_interval(exact_market(state.slot, unit), totals);
    units.set(unit, exact.intervals[unit]);
    if (terms.units[unit].is_pooled) {
      pool_losses_.put(unit, exact_market(state.slot, unit), totals, 0,
                       exact.intervals[unit].floored_scan);
    }
  }
  for (std::uint32_t pool = 0; pool < terms.account.pools.size(); ++pool) {
    units.set_pool(pool, pool_losses_.evaluate(pool, *terms.lane_kernel).total);
  }
  Standing result;
  const std::span<const margin::CreditTerms> credits = state.slot == no_slot
                                                           ? std::span<const margin::CreditTerms>{}
                                                           : shared.tables[state.slot].credits;
  result.margin =
      account_interval(terms.account, credits, units, state.wallets, asset_prices, state.holds);
  result.margin.equity.lo -= state.open_losses;
  result.margin.equity.hi -= state.open_losses;
  return result;
}

// Whether a pool loses more in any scenario after the change than before it.
bool Gate::Impl::raises_a_pool_exactly(std::uint32_t slot) noexcept {
  const auto put_all = [&](ExactUnits& exact) {
    pool_losses_.clear();
    for (std::uint32_t bits = exact.units; bits != 0; bits &= bits - 1) {
      const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
      if (!terms.units[unit].is_pooled) continue;
      pool_losses_.put(unit, exact_market(slot, unit), terms.totals(exact.words.data(), unit), 0,
                       exact.intervals[unit].floored_scan);
    }
  };
  for (std::uint32_t pool = 0; pool < terms.account.pools.size(); ++pool) {
    put_all(exact_before_);
    static_cast<void>(pool_losses_.evaluate(pool, *terms.lane_kernel));
    pool_losses_.keep(pool);
    put_all(exact_after_);
    static_cast<void>(pool_losses_.evaluate(pool, *terms.lane_kernel));
    if (pool_losses_.rises(pool)) return true;
  }
  return false;
}

// MR-26 over every unit. Both sums were made with the same units: a unit once used stays.
bool Gate::Impl::worsens_nothing_exactly(std::uint32_t slot) noexcept {
  if (raises_a_pool_exactly(slot)) return false;
  for (std::uint32_t bits = exact_after_.units; bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    const margin::UnitMarket market = exact_market(slot, unit);
    if (!margin::worsens_nothing(market, terms.totals(exact_before_.words.data(), unit),
                                 terms.totals(exact_after_.words.data(), unit),
                                 exact_before_.intervals[unit], exact_after_.intervals[unit])) {
      return false;
    }
  }
  return true;
}

void Gate::Impl::begin(Trial& trial, std::uint32_t account) noexcept {
  attach(account);
  trial.account = account;
  trial.wallets = accounts[account].wallets;
  trial.open_losses = accounts[account].open_losses;
  trial.before = standing(account);
}

std::uint32_t Gate::Impl::insert(Trial& trial, std::uint32_t instrument) noexcept {
  const std::uint32_t found = legs.find(trial.account, instrument);
  trial.next_leg_is_new = found == no_leg;
  return found == no_leg ? legs.find_or_insert(trial.account, instrument) : found;
}

void Gate::Impl::move(Trial& trial, std::uint32_t leg, const margin::LegState& after,
                      bool profit_changes) noexcept {
  trial.moves[trial.count++] = {leg, trial.next_leg_is_new, legs[leg].state};
  trial.next_leg_is_new = false;
  move_leg(leg, after, profit_changes);
}

// In the account; nobody is told.
void Gate::Impl::move_wallet(std::uint32_t account, std::uint32_t asset, std::int64_t by) noexcept {
  accounts[account].wallets[asset] += by;
  accounts[account].sum.version = 0;
}

// What is and what was change places.
void Gate::Impl::exchange(Trial& trial) noexcept {
  AccountState& state = accounts[trial.account];
  for (std::uint32_t i = 0; i < trial.count; ++i) {
    LegMove& one = trial.moves[i];
    const margin::LegState other = legs[one.leg].state;
    move_leg(one.leg, one.before, true);
    one.before = other;
  }
  std::swap(state.wallets, trial.wallets);
  std::swap(state.open_losses, trial.open_losses);
  state.sum.version = 0;
}

void Gate::Impl::take_back(Trial& trial) noexcept {
  exchange(trial);
  for (std::uint32_t i = trial.count; i-- > 0;) {
    if (trial.moves[i].is_new) legs.undo_insert(trial.moves[i].leg);
  }
  detach_if_flat(trial.account);
}

// Losses against the mark at the live spot instead of their bounds.
void Gate::Impl::reprice(Trial& trial, std::int64_t& loss, std::int64_t& loss_max) noexcept {
  const std::uint32_t slot = accounts[trial.account].slot;
  for (TrialOrder& order : trial.orders) {
    const scenario::InstrumentTerms& instrument = terms.instruments[order.instrument];
    const LiveUnit& live_here = live_unit(slot, instrument.risk_unit);
    const margin::RiskRow& row = live_here.market.drift.moved
                                     ? live_row(slot, order.instrument)
                                     : shared.tables[slot].rows[order.instrument];
    const margin::Interval exact = margin::open_loss(instrument, row, margin::Drift{},
                                                     live_here.live_coin, order.lots, order.price);
    if (order.works) accounts[trial.account].open_losses += exact.hi - order.loss.hi;
    order.loss = exact;
    loss += exact.hi;
    const auto lots = static_cast<double>(order.lots < 0 ? -order.lots : order.lots);
    loss_max +=
        static_cast<std::int64_t>(margin::floor_portable(row.reducing_open_loss_per_lot * lots));
  }
}

std::int64_t Trial::open_loss() const noexcept {
  std::int64_t sum = 0;
  for (const TrialOrder& order : orders) sum += order.works ? order.loss.hi : 0;
  return sum;
}

void Gate::Impl::settle(const Trial& trial) noexcept {
  AccountState& state = accounts[trial.account];
  for (std::uint32_t i = 0; i < trial.count; ++i) {
    const LegMove& one = trial.moves[i];
    log_change(state, one.leg, one.before, legs[one.leg].state);
    tell_leg(trial.account, one.leg);
  }
  for (std::uint32_t a = 0; a < terms.account.assets.size(); ++a) {
    if (state.wallets[a] == trial.wallets[a]) continue;
    tell_amount(GateEventKind::wallet, trial.account, a, state.wallets[a]);
  }
  if (state.open_losses != trial.open_losses) {
    tell_amount(GateEventKind::open_loss, trial.account, 0, state.open_losses);
  }
  detach_if_flat(trial.account);
}

// The margin first, then the limits on it, on exact amounts unless the bounds keep them surely.
Verdict Gate::Impl::judge(Trial& trial) noexcept {
  Verdict verdict = judge_margin(trial);
  if (!controls || !verdict.accepted()) return verdict;
  const std::uint32_t account = trial.account;
  // Money that moves is no gain or loss of the day.
  const auto equity = [&] { return verdict.equity - Money{trial.cash_value}; };
  if (controls->keeps_margin_limits(account, verdict.requirement_after, equity())) return verdict;
  if (verdict.decided_by == DecidedBy::interval) judge_exactly(trial, Reason::accepted, verdict);
  if (!verdict.accepted()) return verdict;
  const Reason reason = controls->admit_margin(account, verdict.requirement_before,
                                               verdict.requirement_after, equity());
  if (reason != Reason::accepted) verdict.reason = reason;
  return verdict;
}

Verdict Gate::Impl::judge_margin(Trial& trial) noexcept {
  const AccountState& state = accounts[trial.account];
  Verdict verdict;
  verdict.reason = Reason::accepted;
  if (state.slot != no_slot) {
    verdict.epoch = shared.tables[state.slot].epoch;
    verdict.epoch_age = now - shared.tables[state.slot].as_of;
  } else if (state.live_legs != 0) {
    verdict.reason = Reason::no_risk_table;
  }
  if (state.unreconciled) verdict.reason = Reason::account_unreconciled;
  if (verdict.reason != Reason::accepted) return verdict;

  Standing after = standing(trial.account);
  for (const TrialOrder& order : trial.orders) {
    if (order.works) after.margin.equity.hi += order.loss.hi - order.loss.lo;
  }
  verdict.reason = unknown_part(after.margin);
  if (verdict.reason != Reason::accepted) return verdict;
  verdict.decided_by = DecidedBy::interval;
  report(trial.before.margin, after.margin, verdict);
  verdict.open_loss = {trial.open_loss()};
  const Reason fresh =
      state.slot == no_slot ? Reason::accepted : freshness(state.slot, state.unit_mask);
  const margin::Answer answer = covers_initial_margin(after.margin, {0, 0});
  if (fresh == Reason::accepted && answer == margin::Answer::yes) return verdict;
  const bool worsens = after.margin.risk.lo > trial.before.margin.risk.hi;
  if (fresh == Reason::accepted && answer == margin::Answer::no && (worsens || !trial.may_reduce)) {
    verdict.reason = Reason::insufficient_margin;
    return verdict;
  }
  judge_exactly(trial, fresh, verdict);
  return verdict;
}

void Gate::Impl::judge_exactly(Trial& trial, Reason fresh, Verdict& verdict) noexcept {
  const std::uint32_t slot = accounts[trial.account].slot;
  std::int64_t loss = 0;
  std::int64_t loss_max = 0;
  if (slot != no_slot) reprice(trial, loss, loss_max);
  verdict.open_loss = {trial.open_loss()};
  const Standing after = standing_exactly(trial.account, exact_after_);
  verdict.decided_by = DecidedBy::exact;
  exchange(trial);
  const Standing before = standing_exactly(trial.account, exact_before_);
  exchange(trial);
  report(before.margin, after.margin, verdict);
  verdict.reason = unknown_part(after.margin);
  if (verdict.reason != Reason::accepted) return;
  const bool covered = verdict.equity >= verdict.requirement_after;
  if (fresh == Reason::accepted && covered) return;
  const bool reducing = trial.may_reduce && loss <= loss_max && slot != no_slot &&
                        verdict.requirement_after <= verdict.requirement_before &&
                        worsens_nothing_exactly(slot);
  if (reducing) {
    verdict.reason = Reason::accepted_reducing;
  } else {
    verdict.reason = fresh == Reason::accepted ? Reason::insufficient_margin : fresh;
  }
}

}  // namespace margingate
