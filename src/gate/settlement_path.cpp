// Calls beside orders that move risk: decided when somebody asks for them, booked when they have
// happened. What has happened and cannot be booked closes the account until it is reconciled.
#include <array>

#include "gate/gate_impl.hpp"
#include "margin/fixed_point.hpp"

namespace margingate {
namespace {

bool is_delta_one(const scenario::InstrumentTerms& instrument) noexcept {
  return !instrument.is_option && instrument.kind != InstrumentKind::spot;
}

Verdict refused(Reason reason) noexcept {
  Verdict verdict;
  verdict.reason = reason;
  return verdict;
}

TransferVerdict both_refused(Reason reason) noexcept {
  return {reason, refused(reason), refused(reason)};
}

Reason of_both(const Verdict& from, const Verdict& to) noexcept {
  if (!from.accepted()) return from.reason;
  return to.accepted() ? Reason::accepted : to.reason;
}

}  // namespace

Reason Gate::Impl::time_input(Timestamp time) const noexcept {
  return time < now ? Reason::time_went_back : Reason::accepted;
}

// An amount that an account may give away.
Reason Gate::Impl::cash_input(std::uint32_t account, AssetId asset, Money amount) const noexcept {
  if (account >= accounts.size()) return Reason::unknown_account;
  if (asset.value >= terms.account.assets.size()) return Reason::unknown_asset;
  const std::int64_t cash_max = terms.config.limits.cash_max;
  if (amount.value <= 0 || amount.value > cash_max) return Reason::cash_out_of_range;
  if (accounts[account].wallets[asset.value] - amount.value < -cash_max) {
    return Reason::cash_out_of_range;
  }
  return Reason::accepted;
}

Verdict Gate::Impl::withdraw(const Withdrawal& w) noexcept {
  Reason reason = cash_input(w.account.value, w.asset, w.amount);
  if (reason == Reason::accepted) reason = time_input(w.time);
  if (reason != Reason::accepted) return refused(reason);
  now = w.time;
  Trial trial;
  begin(trial, w.account.value);
  move_wallet(w.account.value, w.asset.value, -w.amount.value);
  trial.cash_value = cash_value(w.asset.value, -w.amount.value);
  const Verdict verdict = judge(trial);
  verdict.accepted() ? settle(trial) : take_back(trial);
  measure_change(trial, verdict);
  return verdict;
}

TransferVerdict Gate::Impl::transfer(const CashTransfer& t) noexcept {
  Reason reason = cash_input(t.from.value, t.asset, t.amount);
  if (reason == Reason::accepted && t.to.value >= accounts.size()) {
    reason = Reason::unknown_account;
  }
  if (reason == Reason::accepted && t.from == t.to) reason = Reason::same_account;
  if (reason == Reason::accepted) reason = time_input(t.time);
  if (reason == Reason::accepted &&
      accounts[t.to.value].wallets[t.asset.value] + t.amount.value > terms.config.limits.cash_max) {
    reason = Reason::cash_out_of_range;
  }
  if (reason != Reason::accepted) return both_refused(reason);
  now = t.time;
  Trial from;
  Trial to;
  begin(from, t.from.value);
  begin(to, t.to.value);
  move_wallet(t.from.value, t.asset.value, -t.amount.value);
  move_wallet(t.to.value, t.asset.value, t.amount.value);
  from.cash_value = cash_value(t.asset.value, -t.amount.value);
  to.cash_value = cash_value(t.asset.value, t.amount.value);
  TransferVerdict verdict{Reason::accepted, judge(from), judge(to)};
  verdict.reason = verdict.from.reason;  // money can be given to an account in any state
  if (verdict.from.accepted()) {
    settle(from);
    settle(to);
    measure_change(from, verdict.from);
    measure_change(to, verdict.to);
    if (controls && !verdict.to.accepted()) controls->cash_moved(t.to.value, to.cash_value);
  } else {
    take_back(to);
    take_back(from);
  }
  return verdict;
}

// A trade that has not been announced by an order, as part of a trial.
Reason Gate::Impl::add_trade(Trial& trial, std::uint32_t id, std::int64_t lots,
                             std::int64_t price) noexcept {
  const scenario::InstrumentTerms& instrument = terms.instruments[id];
  const std::uint32_t account = trial.account;
  const std::uint32_t slot = slot_for(account);
  if (slot == sync::EpochSlots<>::no_slot) return Reason::no_risk_table;
  const margin::RiskRow& row = shared.tables[slot].rows[id];
  if (row.status != Reason::accepted) return row.status;
  const std::uint32_t found = legs.find(account, id);
  if (found == no_leg && legs.is_full()) return Reason::legs_full;
  if (!shared.events.has_room(shared.events.capacity() / 8 + 8)) return Reason::queue_full;
  const margin::LegState before = found == no_leg ? margin::LegState{} : legs[found].state;
  const margin::FillOutcome outcome = margin::after_fill(instrument, before, lots, price);
  if (!cash_fits(account, instrument, outcome)) return Reason::cash_out_of_range;
  const std::int64_t scaled = scaled_lots(account, instrument.risk_unit) +
                              (outcome.leg.lots() - before.lots()) * instrument.scaled_lot();
  if (outcome.leg.lots() > terms.config.limits.quantity_max || scaled > margin::scaled_lots_max) {
    return Reason::position_limit;
  }
  const std::size_t at = trial.count;
  trial.orders[at] = {id, lots, price, {0, 0}, false};
  move(trial, insert(trial, id), outcome.leg, true);
  move_wallet(account, instrument.settlement_asset, outcome.realised);
  return Reason::accepted;
}

// Each side as an order that fills at once, the seller's on top of the buyer's: a group that both
// belong to carries both.
void Gate::Impl::admit_sides(const BlockTrade& t, TransferVerdict& verdict) noexcept {
  verdict.from = refused(controls->admit_message(t.buyer.value, now));
  verdict.to = refused(controls->admit_message(t.seller.value, now));
  for (Verdict* const side : {&verdict.from, &verdict.to}) {
    const AccountId of = side == &verdict.from ? t.buyer : t.seller;
    const bool has_table = slot_for(of.value) != sync::EpochSlots<>::no_slot;
    if (side->accepted() && !has_table) *side = refused(Reason::no_risk_table);
  }
  const std::uint32_t id = t.instrument.value;
  const auto side_of = [&](AccountId of, std::int64_t lots) {
    return controlled_trade(of.value, id, lots, t.price.value);
  };
  std::array<limits::Order, 2> sides;
  std::size_t count = 0;
  if (verdict.from.accepted()) {
    sides[count] = side_of(t.buyer, t.quantity.value);
    verdict.from = refused(controls->admit_orders({sides.data(), count + 1}));
    count += verdict.from.accepted() ? 1 : 0;
  }
  if (verdict.to.accepted()) {
    sides[count] = side_of(t.seller, -t.quantity.value);
    verdict.to = refused(controls->admit_orders({sides.data(), count + 1}));
  }
}

TransferVerdict Gate::Impl::trade(const BlockTrade& t) noexcept {
  Reason reason = order_input({t.buyer, t.instrument, Side::buy, t.quantity, t.price, t.time});
  if (reason == Reason::accepted && t.seller.value >= accounts.size()) {
    reason = Reason::unknown_account;
  }
  if (reason == Reason::accepted && t.buyer == t.seller) reason = Reason::same_account;
  if (reason == Reason::accepted && terms.is_derived(t.instrument.value)) {
    reason = Reason::wrong_instrument;
  }
  if (reason == Reason::accepted) reason = time_input(t.time);
  if (reason != Reason::accepted) return both_refused(reason);
  now = t.time;
  std::array<LegMove, 1> buyer_move;
  std::array<LegMove, 1> seller_move;
  std::array<TrialOrder, 1> bought;
  std::array<TrialOrder, 1> sold;
  Trial buyer;
  Trial seller;
  buyer.moves = buyer_move;
  buyer.orders = bought;
  seller.moves = seller_move;
  seller.orders = sold;
  buyer.may_reduce = seller.may_reduce = true;
  begin(buyer, t.buyer.value);
  begin(seller, t.seller.value);
  TransferVerdict verdict;
  verdict.from = verdict.to = refused(Reason::accepted);
  if (controls) admit_sides(t, verdict);
  if (verdict.from.accepted()) {
    verdict.from = refused(add_trade(buyer, t.instrument.value, t.quantity.value, t.price.value));
  }
  if (verdict.to.accepted()) {
    verdict.to = refused(add_trade(seller, t.instrument.value, -t.quantity.value, t.price.value));
  }
  if (verdict.from.accepted()) verdict.from = judge(buyer);
  // The seller's limits on margin are held with the buyer's margin as it would be.
  const limits::Measure bought_before =
      controls ? controls->measure_of(t.buyer.value) : limits::Measure{};
  measure_change(buyer, verdict.from);
  if (verdict.to.accepted()) verdict.to = judge(seller);
  verdict.reason = of_both(verdict.from, verdict.to);
  if (verdict.reason == Reason::accepted) {
    settle(buyer);
    settle(seller);
    measure_change(seller, verdict.to);
    ++counters.transfers;
  } else {
    take_back(seller);
    take_back(buyer);
    if (controls) controls->measured(t.buyer.value, bought_before);
  }
  return verdict;
}

Reason Gate::Impl::delivery_input(const Exercise& e) const noexcept {
  const Reason input =
      order_input({e.account, e.delivery, Side::buy, e.delivered, e.strike, e.time});
  if (input != Reason::accepted) return input;
  if (e.option.value >= terms.instruments.size()) return Reason::unknown_instrument;
  if (e.quantity.value <= 0) return Reason::quantity_not_positive;
  const scenario::InstrumentTerms& option = terms.instruments[e.option.value];
  const scenario::InstrumentTerms& delivery = terms.instruments[e.delivery.value];
  const bool fits = option.is_option && !delivery.is_option &&
                    option.risk_unit == delivery.risk_unit && !terms.is_derived(e.delivery.value);
  return fits ? Reason::accepted : Reason::wrong_instrument;
}

// A strike is no price of the market and the holder is no trader: what is limited is what the
// account comes to hold.
Reason Gate::Impl::admit_exercise(const Exercise& e, std::int64_t delivered) noexcept {
  const std::uint32_t account = e.account.value;
  const Reason message = controls->admit_message(account, now);
  if (message != Reason::accepted) return message;
  if (slot_for(account) == sync::EpochSlots<>::no_slot) return Reason::no_risk_table;
  const std::array<limits::Order, 2> moves = {
      controlled_trade(account, e.option.value, -e.quantity.value, 0),
      controlled_trade(account, e.delivery.value, delivered, e.strike.value)};
  return controls->admit_exposures(moves);
}

Verdict Gate::Impl::exercise(const Exercise& e) noexcept {
  Reason reason = delivery_input(e);
  if (reason == Reason::accepted) reason = time_input(e.time);
  if (reason != Reason::accepted) return refused(reason);
  const std::uint32_t leg = legs.find(e.account.value, e.option.value);
  if (leg == no_leg || legs[leg].state.net < e.quantity.value) {
    return refused(Reason::position_too_small);
  }
  now = e.time;
  std::array<LegMove, 2> moves;
  std::array<TrialOrder, 2> trades;
  Trial trial;
  trial.moves = moves;
  trial.orders = trades;
  begin(trial, e.account.value);
  const bool is_call = terms.instruments[e.option.value].is_call;
  const std::int64_t delivered = is_call ? e.delivered.value : -e.delivered.value;
  if (controls) reason = admit_exercise(e, delivered);
  if (reason == Reason::accepted) reason = add_trade(trial, e.option.value, -e.quantity.value, 0);
  if (reason == Reason::accepted) {
    reason = add_trade(trial, e.delivery.value, delivered, e.strike.value);
  }
  const Verdict verdict = reason == Reason::accepted ? judge(trial) : refused(reason);
  verdict.accepted() ? settle(trial) : take_back(trial);
  measure_change(trial, verdict);
  return verdict;
}

Reason Gate::Impl::apply(const Assignment& a) noexcept {
  const Reason input =
      delivery_input({a.account, a.option, a.quantity, a.delivery, a.delivered, a.strike, now});
  if (input != Reason::accepted) return input;
  const std::uint32_t leg = legs.find(a.account.value, a.option.value);
  if (leg == no_leg || -legs[leg].state.net < a.quantity.value) return Reason::position_too_small;
  const bool is_call = terms.instruments[a.option.value].is_call;
  const std::int64_t delivered = is_call ? -a.delivered.value : a.delivered.value;
  // The delivery first: it alone can be refused, and then nothing has changed.
  const Reason booked = apply(PositionTransfer{a.account, a.delivery, {delivered}, a.strike});
  if (booked != Reason::accepted) return booked;
  const Reason ended = apply(PositionTransfer{a.account, a.option, a.quantity, {0}});
  if (ended != Reason::accepted) accounts[a.account.value].unreconciled = true;
  return ended;
}

// settle(account, leg) says whether it could be booked.
template <class Settle>
SettlementResult Gate::Impl::settle_accounts(std::uint32_t instrument,
                                             const Settle& settle) noexcept {
  SettlementResult result;
  for (std::uint32_t account = 0; account < accounts.size(); ++account) {
    const std::uint32_t leg = legs.find(account, instrument);
    if (leg == no_leg || legs[leg].state.net == 0) continue;
    attach(account);
    if (settle(account, leg)) {
      ++result.accounts;
    } else {
      accounts[account].unreconciled = true;
      ++result.unreconciled;
    }
  }
  return result;
}

bool Gate::Impl::settle_leg(std::uint32_t account, std::uint32_t leg,
                            const margin::FillOutcome& outcome) noexcept {
  const scenario::InstrumentTerms& instrument = terms.instruments[legs[leg].instrument()];
  if (!cash_fits(account, instrument, outcome)) return false;
  change_wallet(account, instrument.settlement_asset, outcome.realised);
  change_leg(leg, outcome.leg, true);
  return true;
}

SettlementResult Gate::Impl::settle(const MarkSettlement& s) noexcept {
  if (s.instrument.value >= terms.instruments.size()) return {Reason::unknown_instrument, 0, 0, 0};
  const scenario::InstrumentTerms& instrument = terms.instruments[s.instrument.value];
  if (!is_delta_one(instrument) || terms.is_derived(s.instrument.value))
    return {Reason::wrong_instrument, 0, 0, 0};
  if (s.price.value <= 0) return {Reason::price_not_positive, 0, 0, 0};
  if (s.price.value > margin::price_max) return {Reason::price_too_large, 0, 0, 0};
  return settle_accounts(s.instrument.value, [&](std::uint32_t account, std::uint32_t leg) {
    const margin::LegState before = legs[leg].state;
    if (!margin::trade_in_range(instrument, terms.price_scale, before.net, s.price.value)) {
      return false;
    }
    // Sold and bought back at the settlement price.
    margin::FillOutcome outcome =
        margin::after_fill(instrument, before, -before.net, s.price.value);
    outcome.leg = margin::after_fill(instrument, outcome.leg, before.net, s.price.value).leg;
    return settle_leg(account, leg, outcome);
  });
}

SettlementResult Gate::Impl::settle(const FundingPayment& p) noexcept {
  if (p.instrument.value >= terms.instruments.size()) return {Reason::unknown_instrument, 0, 0, 0};
  const scenario::InstrumentTerms& instrument = terms.instruments[p.instrument.value];
  if (instrument.kind != InstrumentKind::perpetual || terms.is_derived(p.instrument.value))
    return {Reason::wrong_instrument, 0, 0, 0};
  if (p.mark.value <= 0) return {Reason::price_not_positive, 0, 0, 0};
  if (p.mark.value > margin::price_max) return {Reason::price_too_large, 0, 0, 0};
  if (p.rate_ppb > margin::parts_per_one || p.rate_ppb < -margin::parts_per_one) {
    return {Reason::cash_out_of_range, 0, 0, 0};
  }
  return settle_accounts(p.instrument.value, [&](std::uint32_t account, std::uint32_t leg) {
    const margin::LegState state = legs[leg].state;
    if (!margin::trade_in_range(instrument, terms.price_scale, state.net, p.mark.value)) {
      return false;
    }
    const std::int64_t cash = margin::entry_cash(instrument, state.net, p.mark.value);
    const std::int64_t value = cash < 0 ? -cash : cash;
    const std::int64_t rate = state.net > 0 ? -p.rate_ppb : p.rate_ppb;
    margin::FillOutcome outcome{state, 0};
    outcome.realised = margin::multiply_floor(value, rate, margin::parts_per_one);
    return settle_leg(account, leg, outcome);
  });
}

SettlementResult Gate::Impl::settle(const Expiry& e) noexcept {
  if (e.instrument.value >= terms.instruments.size()) return {Reason::unknown_instrument, 0, 0, 0};
  const scenario::InstrumentTerms& instrument = terms.instruments[e.instrument.value];
  const bool expires = instrument.is_option || instrument.kind == InstrumentKind::future;
  if (!expires || terms.is_derived(e.instrument.value)) return {Reason::wrong_instrument, 0, 0, 0};
  if (e.time < instrument.expiry) return {Reason::not_expired, 0, 0, 0};
  const bool worthless = instrument.is_option && e.price.value == 0;
  if (e.price.value <= 0 && !worthless) return {Reason::price_not_positive, 0, 0, 0};
  if (e.price.value > margin::price_max) return {Reason::price_too_large, 0, 0, 0};
  std::uint32_t released = 0;
  for (std::uint32_t i = 0; i < orders.used(); ++i) {
    const WorkingOrderHandle handle = orders.handle_at(i);
    const WorkingOrderSlot* order = orders.find(handle);
    // What is in suspense may have to be paid out: its account stays closed until that is known.
    if (order == nullptr || order->in_suspense) continue;
    if (!terms.trades_in(order->instrument, e.instrument.value)) continue;
    static_cast<void>(release(Cancel{handle}));
    ++released;
  }
  SettlementResult result =
      settle_accounts(e.instrument.value, [&](std::uint32_t account, std::uint32_t leg) {
        const margin::LegState state = legs[leg].state;
        if (!margin::trade_in_range(instrument, terms.price_scale, state.net, e.price.value)) {
          return false;
        }
        return settle_leg(account, leg,
                          margin::after_fill(instrument, state, -state.net, e.price.value));
      });
  result.orders = released;
  return result;
}

}  // namespace margingate
