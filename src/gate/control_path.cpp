// Where the order path meets the controls beside margin. Nothing here runs on a gate without them.
#include <algorithm>

#include "gate/gate_impl.hpp"
#include "margin/account_requirement_body.hpp"
#include "margin/fixed_point.hpp"

namespace margingate {
namespace {

constexpr std::int64_t order_value_max = std::int64_t{1} << 60;

}  // namespace

// Price times quantity in the numeraire at the live spot, rounded up. Of a combo or protection at
// least what its contracts are worth as published, one by one.
std::int64_t Gate::Impl::order_value(const Candidate& c) const noexcept {
  const scenario::InstrumentTerms& instrument = terms.instruments[c.instrument];
  const std::int64_t quantity = c.lots < 0 ? -c.lots : c.lots;
  const std::int64_t price = c.price < 0 ? -c.price : c.price;
  // entry_cash rounds towards what was paid: its negative is the value, rounded up.
  std::int64_t value =
      -margin::entry_cash(instrument, instrument.reciprocal_price ? -quantity : quantity, price);
  if (instrument.settles_in_coin) {
    const margin::CoinPrice& coin = live_unit(c.slot, c.unit).live_coin;
    const margin::Int128 converted =
        margin::ceil_divide(static_cast<margin::Int128>(value) * coin.price, coin.price_scale);
    value = static_cast<std::int64_t>(std::min<margin::Int128>(converted, order_value_max));
  }
  return terms.is_derived(c.instrument) ? std::max(value, contracts_value(c)) : value;
}

std::int64_t Gate::Impl::contracts_value(const Candidate& c) const noexcept {
  const std::pmr::vector<margin::RiskRow>& rows = shared.tables[c.slot].rows;
  const auto worth = [&](std::uint32_t id) {
    const margin::Int128 value = rows[id].status == Reason::accepted ? rows[id].value : 0;
    return value < 0 ? -value : value;
  };
  margin::Int128 each = 0;
  if (terms.is_combo(c.instrument)) {
    const ComboTerms& combo = terms.combo(c.instrument);
    for (std::uint32_t i = 0; i < combo.count; ++i) {
      const std::int64_t ratio = combo.legs[i].ratio;
      each += worth(combo.legs[i].instrument) * (ratio < 0 ? -ratio : ratio);
    }
  } else {
    for (const std::uint32_t member : terms.quote_group(c.instrument)) {
      each = std::max(each, worth(member));
    }
  }
  const margin::Int128 value = each * (c.lots < 0 ? -c.lots : c.lots);
  return static_cast<std::int64_t>(std::min<margin::Int128>(value, order_value_max));
}

limits::Order Gate::Impl::controlled(const Candidate& c) const noexcept {
  return {c.account,      c.instrument, c.unit,  c.slot,     c.lots, c.price,
          order_value(c), c.before,     c.after, c.replaced, now,    false};
}

Reason Gate::Impl::take_message(std::uint32_t account) noexcept {
  const Reason reason = controls->admit_message(account, now);
  if (reason == Reason::accepted) controls->message_sent(account, now);
  return reason;
}

// Credit and daily loss are decided on certified bounds while these keep the limits, and on
// exact amounts otherwise: the answer is that of a full revaluation.
void Gate::Impl::hold_against_margin_limits(const Candidate& c, Reason fresh,
                                            Verdict& verdict) noexcept {
  const auto equity = [&] { return verdict.equity + verdict.open_loss; };
  if (controls->keeps_margin_limits(c.account, verdict.requirement_after, equity())) return;
  if (verdict.decided_by == DecidedBy::interval) decide_exactly(c, fresh, verdict);
  if (!verdict.accepted()) return;
  const Reason reason = controls->admit_margin(c.account, verdict.requirement_before,
                                               verdict.requirement_after, equity());
  if (reason != Reason::accepted) verdict.reason = reason;
}

// Part of an order trades, which still is as it was before.
void Gate::Impl::tell_controls(const WorkingOrderSlot& order, WorkingOrderHandle handle, Side side,
                               std::int64_t quantity) noexcept {
  controls->executed(order.account, order.instrument, side == Side::buy, now);
  controls->reduced(handle.index, quantity, order.remaining);
  if (order.remaining == quantity) controls->ended(handle.index);
}

// A trade or exercise is held against the limits as orders that fill at once.
limits::Order Gate::Impl::controlled_trade(std::uint32_t account, std::uint32_t instrument,
                                           std::int64_t lots, std::int64_t price) const noexcept {
  Candidate c;
  c.account = account;
  c.instrument = instrument;
  c.unit = terms.instruments[instrument].risk_unit;
  c.slot = slot_for(account);
  const std::uint32_t leg = legs.find(account, instrument);
  c.before = leg == no_leg ? margin::LegState{} : legs[leg].state;
  c.after = margin::after_fill(terms.instruments[instrument], c.before, lots, price).leg;
  c.lots = lots;
  c.price = price;
  limits::Order order = controlled(c);
  order.fills_at_once = true;
  return order;
}

// A change that has been settled, and what of it came from outside.
void Gate::Impl::measure_change(const Trial& trial, const Verdict& verdict) noexcept {
  if (!controls || !verdict.accepted()) return;
  if (trial.cash_value != 0) controls->cash_moved(trial.account, trial.cash_value);
  measure(trial.account, verdict);
}

void Gate::Impl::measure(std::uint32_t account, const Verdict& verdict) noexcept {
  if (!controls->terms().tracks_margin || verdict.decided_by == DecidedBy::input) return;
  const Money requirement =
      verdict.accepted() ? verdict.requirement_after : verdict.requirement_before;
  const Money own_loss = verdict.accepted() ? Money{} : verdict.open_loss;
  controls->measured(account, requirement, verdict.equity + own_loss);
}

// Between orders: the account as its new table has it.
void Gate::Impl::remeasure(std::uint32_t account) noexcept {
  if (!controls->terms().tracks_margin) return;
  const AccountState& state = accounts[account];
  if (state.slot == sync::EpochSlots<>::no_slot) return;
  const AccountSum& sum = sum_now(account, state.slot, state.unit_mask);
  if (!sum.decidable || sum.has_unpriced || sum.has_unpriced_debt) return;
  margin::AccountInterval all;
  margin::body::set_requirement(terms.account, sum.risk, sum.credits, state.borrow, state.holds,
                                all);
  controls->measured(account, {all.initial_margin.hi}, {sum.equity.lo - state.open_losses});
}

void Gate::Impl::reground_greeks(std::uint32_t account, std::uint32_t slot) noexcept {
  if (!controls->terms().tracks_greeks) return;
  controls->forget_greeks(account);
  if (slot == sync::EpochSlots<>::no_slot) return;
  for (std::uint32_t leg = legs.first(account); leg != no_leg; leg = legs[leg].next) {
    const LegEntry& entry = legs[leg];
    if (entry.state.is_flat()) continue;
    const std::uint32_t unit = terms.instruments[entry.instrument()].risk_unit;
    controls->add_greeks(account, entry.instrument(), unit, slot, entry.state);
  }
}

std::int64_t Gate::Impl::cash_value(std::uint32_t asset, std::int64_t amount) const noexcept {
  if (terms.account.assets[asset].is_numeraire) return amount;
  return margin::multiply_floor(amount, asset_prices[asset], terms.account.price_scale);
}

void Gate::Impl::move_cash(std::uint32_t account, std::uint32_t asset,
                           std::int64_t amount) noexcept {
  if (!controls->terms().tracks_margin) return;
  controls->cash_moved(account, cash_value(asset, amount));
}

}  // namespace margingate
