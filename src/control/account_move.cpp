#include "margingate/account_move.hpp"

#include <algorithm>
#include <cmath>

#include "gate/gate_impl.hpp"

namespace margingate {
namespace {

bool is_same(const Instrument& a, const Instrument& b) {
  return a.kind == b.kind && a.payoff == b.payoff && a.option_type == b.option_type &&
         a.underlying == b.underlying && a.settlement_asset == b.settlement_asset &&
         a.contract_size == b.contract_size && a.lots_per_contract == b.lots_per_contract &&
         a.strike == b.strike && a.expiry == b.expiry;
}

bool is_same(const Combo& a, const Combo& b) {
  return std::equal(a.legs.begin(), a.legs.end(), b.legs.begin(), b.legs.end(),
                    [](const ComboLeg& x, const ComboLeg& y) {
                      return x.instrument == y.instrument && x.ratio == y.ratio;
                    });
}

bool is_same(const QuoteGroup& a, const QuoteGroup& b) { return a.instruments == b.instruments; }

// The same numbers must mean the same things in both.
bool is_comparable(const GateConfig& a, const GateConfig& b) {
  const auto same = [](const auto& x, const auto& y) { return is_same(x, y); };
  return a.numeraire == b.numeraire && a.money_decimals == b.money_decimals &&
         a.price_decimals == b.price_decimals && a.assets.size() == b.assets.size() &&
         a.underlyings.size() == b.underlyings.size() &&
         std::equal(a.instruments.begin(), a.instruments.end(), b.instruments.begin(),
                    b.instruments.end(), same) &&
         std::equal(a.combos.begin(), a.combos.end(), b.combos.begin(), b.combos.end(), same) &&
         std::equal(a.quote_groups.begin(), a.quote_groups.end(), b.quote_groups.begin(),
                    b.quote_groups.end(), same);
}

Money in_money(const GateConfig& config, double amount) {
  return {std::llround(amount * std::pow(10.0, config.money_decimals))};
}

}  // namespace

// An account put into a gate leg by leg, as it stands in another one.
class AccountMover {
 public:
  AccountMover(Gate& from, Gate& to, AccountId account)
      : from_(from), to_(to), source_(*from.impl_), target_(*to.impl_), account_(account) {}

  AccountMove run(bool keep) {
    AccountMove move;
    move.reason = input();
    if (move.reason != Reason::accepted) return move;
    copy(move);
    move.statement = to_.statement(account_);
    move.reason = judge(move.statement);
    if (keep && move.reason == Reason::accepted) {
      move_ids(move);
      clear(source_, from_);
      mark_moved(move);
      move_measure(move.statement);
    } else {
      clear(target_, to_);
      move.orders.clear();
    }
    return move;
  }

 private:
  Reason input() {
    const std::uint32_t account = account_.value;
    if (account >= source_.accounts.size() || account >= target_.accounts.size()) {
      return Reason::unknown_account;
    }
    if (&from_ == &to_) return Reason::same_account;
    if (!is_comparable(from_.config(), to_.config())) return Reason::wrong_instrument;
    const AccountState& there = target_.accounts[account];
    const bool is_untouched =
        there.live_legs == 0 && there.holds == 0 &&
        std::all_of(there.wallets.begin(), there.wallets.end(), [](auto w) { return w == 0; });
    if (!is_untouched) return Reason::account_in_use;
    if (source_.accounts[account].unreconciled) return Reason::account_unreconciled;
    if (target_.newest.epoch == 0) return Reason::no_risk_table;
    const std::vector<Gate::Leg> legs = from_.legs(account_);
    if (legs.size() > target_.legs.free_count()) return Reason::legs_full;
    const std::vector<WorkingOrderHandle> orders = from_.working_orders(account_);
    if (orders.size() > target_.orders.free_count()) return Reason::working_orders_full;
    const std::size_t events = 2 * legs.size() + 2 * orders.size() + 2 * assets_max + 8;
    const bool fits =
        target_.shared.events.has_room(events) && source_.shared.events.has_room(events);
    if (!fits) return Reason::queue_full;
    for (const Gate::Leg& leg : legs) {
      const std::int64_t lots =
          std::abs(leg.net_quantity.value) + leg.working_buys.value + leg.working_sells.value;
      if (lots > to_.config().limits.quantity_max) return Reason::position_limit;
    }
    for (const WorkingOrderHandle handle : orders) {
      const OrderRecord* known = target_.order_ids.find(from_.working_order(handle)->id);
      if (known != nullptr && known->order != moved_away) return Reason::duplicate_order_id;
    }
    return Reason::accepted;
  }

  void copy(AccountMove& move) {
    for (const Gate::Leg& leg : from_.legs(account_)) {
      const std::uint32_t at = target_.legs.find_or_insert(account_.value, leg.instrument.value);
      target_.change_leg(at,
                         {leg.net_quantity.value, leg.working_buys.value, leg.working_sells.value,
                          leg.entry_cash.value},
                         true);
    }
    AccountState& there = target_.accounts[account_.value];
    const AccountState& here = source_.accounts[account_.value];
    for (std::uint32_t a = 0; a < target_.terms.account.assets.size(); ++a) {
      target_.change_wallet(account_.value, a, here.wallets[a]);
    }
    there.holds = here.holds;
    target_.tell_amount(GateEventKind::hold, account_.value, 0, there.holds);
    for (const WorkingOrderHandle handle : from_.working_orders(account_)) {
      move.orders.push_back({handle, copy_order(*source_.orders.find(handle))});
    }
  }

  // What the order pays beyond the mark is booked as the new gate sees it now.
  WorkingOrderHandle copy_order(const WorkingOrderSlot& order) {
    const std::uint32_t slot = target_.slot_for(account_.value);
    const margin::RiskRow& row = target_.shared.tables[slot].rows[order.instrument];
    WorkingOrderSlot fresh = order;
    fresh.leg = target_.legs.find(account_.value, order.instrument);
    fresh.open_loss = 0;
    if (row.status == Reason::accepted) {
      fresh.open_loss =
          target_.open_loss_now(slot, order.instrument, order.signed_remaining(), order.price).hi;
    }
    const WorkingOrderHandle handle = target_.orders.start(fresh);
    if (target_.controls) tell_controls(fresh, handle, slot);
    target_.change_open_losses(account_.value, fresh.open_loss);
    return handle;
  }

  // What has been executed of an order has been executed wherever it works.
  void move_ids(const AccountMove& move) {
    for (const MovedOrder& moved : move.orders) {
      const OrderId id{source_.orders.find(moved.before)->id};
      if (id.value == 0) continue;
      target_.order_ids.arrive(id, moved.after, source_.order_ids.find(id)->executions);
    }
  }

  // Ids stay taken where their orders have worked, but for the orders themselves.
  void mark_moved(const AccountMove& move) {
    for (const MovedOrder& moved : move.orders) {
      OrderRecord* left = source_.order_ids.find({target_.orders.find(moved.after)->id});
      if (left != nullptr) left->order = moved_away;
    }
  }

  // The order's exposure is there with its leg; its number and value are new.
  void tell_controls(const WorkingOrderSlot& order, WorkingOrderHandle handle, std::uint32_t slot) {
    Candidate c;
    c.account = account_.value;
    c.instrument = order.instrument;
    c.unit = target_.terms.instruments[order.instrument].risk_unit;
    c.slot = slot;
    c.lots = order.signed_remaining();
    c.price = order.price;
    target_.controls->listed(target_.controlled(c), handle);
  }

  // What the account brings is no gain of the day, and what it takes away no loss.
  void move_measure(const MarginStatement& statement) {
    const std::uint32_t account = account_.value;
    if (source_.controls) {
      const limits::Measure gone = source_.controls->measure_of(account);
      source_.controls->cash_moved(account, static_cast<std::int64_t>(-gone.equity));
      source_.controls->measured(account, limits::Measure{});
    }
    if (target_.controls) {
      target_.controls->cash_moved(account, statement.equity.value);
      target_.controls->measured(account, statement.initial_margin, statement.equity);
    }
  }

  Reason judge(const MarginStatement& statement) const {
    if (statement.reason != Reason::accepted) return statement.reason;
    const GateConfig& config = to_.config();
    if (statement.equity < in_money(config, config.model.minimum_equity_to_enter)) {
      return Reason::equity_below_minimum;
    }
    const std::uint32_t slot = target_.slot_for(account_.value);
    if (slot != sync::EpochSlots<>::no_slot) {
      const AccountState& state = target_.accounts[account_.value];
      const Reason fresh = target_.freshness(slot, state.unit_mask);
      if (fresh != Reason::accepted) return fresh;
    }
    return statement.margin_excess.value < 0 ? Reason::insufficient_margin : Reason::accepted;
  }

  void clear(Gate::Impl& impl, Gate& gate) {
    for (const WorkingOrderHandle handle : gate.working_orders(account_)) {
      // An order that was only tried has taken no id.
      if (&impl == &target_) impl.orders.find(handle)->id = 0;
      static_cast<void>(impl.release(Cancel{handle}));
    }
    for (const Gate::Leg& leg : gate.legs(account_)) {
      const std::uint32_t at = impl.legs.find(account_.value, leg.instrument.value);
      impl.change_leg(at, margin::LegState{}, true);
    }
    AccountState& state = impl.accounts[account_.value];
    for (std::uint32_t a = 0; a < impl.terms.account.assets.size(); ++a) {
      impl.change_wallet(account_.value, a, -state.wallets[a]);
    }
    state.holds = 0;
    impl.tell_amount(GateEventKind::hold, account_.value, 0, 0);
  }

  Gate& from_;
  Gate& to_;
  Gate::Impl& source_;
  Gate::Impl& target_;
  AccountId account_;
};

AccountMove can_carry(Gate& from, Gate& to, AccountId account) {
  return AccountMover(from, to, account).run(false);
}

AccountMove move_account(Gate& from, Gate& to, AccountId account) {
  return AccountMover(from, to, account).run(true);
}

bool keeps_model(Gate& gate, AccountId account) {
  const MarginStatement statement = gate.statement(account);
  const GateConfig& config = gate.config();
  return statement.reason == Reason::accepted &&
         statement.equity >= in_money(config, config.model.minimum_equity_to_keep);
}

}  // namespace margingate
