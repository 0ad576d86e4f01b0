// The interval of a decision by itself, for audits: the steps of the order path, kept apart.
#include "margingate/certified_interval.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "gate/gate_impl.hpp"

namespace margingate {
namespace {

using margin::Interval;

Money width_of(const Interval& i) { return {i.hi - i.lo}; }

void add_widths(const GateTerms& terms, const margin::UnitInterval& unit,
                CertifiedInterval::Widths& widths) {
  widths.scan_or_floor +=
      Money{std::max(unit.scan.hi, unit.floor.hi) - std::max(unit.scan.lo, unit.floor.lo)};
  widths.expiry_delta += width_of(unit.expiry_delta);
  widths.delta_shock += width_of(unit.delta_shock);
  widths.added += width_of(unit.added);
  widths.unrealised_losses += width_of(unit.unrealised_loss);
  if (!terms.account.counts_profit) return;
  widths.profit += width_of(unit.profit[0]) + width_of(unit.profit[1]);
}

CertifiedInterval refused(Reason reason) {
  CertifiedInterval result;
  result.reason = reason;
  return result;
}

// `replaced` no longer works once the order does.
CertifiedInterval interval_of(Gate::Impl& gate, const OrderIntent& intent,
                              const WorkingOrderSlot* replaced) {
  if (const Reason input = gate.order_input(intent); input != Reason::accepted) {
    return refused(input);
  }
  const std::uint32_t id = intent.account.value;
  gate.attach(id);
  const std::uint32_t slot = gate.slot_for(id);
  if (slot == sync::EpochSlots<>::no_slot) return refused(Reason::no_risk_table);

  const GateTerms& terms = gate.terms;
  const AccountState& account = gate.accounts[id];
  const std::uint32_t instrument = intent.instrument.value;
  const std::uint32_t unit = terms.instruments[instrument].risk_unit;
  const RiskTable& table = gate.shared.tables[slot];
  const margin::RiskRow& row = table.rows[instrument];
  if (row.status != Reason::accepted) return refused(row.status);

  const std::uint32_t leg = gate.legs.find(id, instrument);
  const margin::LegState before = leg == no_leg ? margin::LegState{} : gate.legs[leg].state;
  margin::LegState after = before;
  const bool is_buy = intent.side == Side::buy;
  const std::int64_t gone = replaced == nullptr ? 0 : replaced->remaining;
  (is_buy ? after.working_buys : after.working_sells) += intent.quantity.value - gone;

  const LiveUnit& live = gate.live_unit(slot, unit);
  margin::ContributionParts parts = terms.parts[unit];
  parts.profit = false;
  const margin::UnitChange change = unit_change(row, before, after, parts, live.table_coin);

  CertifiedInterval result;
  margin::UnitIntervals units;
  margin::PoolLosses pools(terms.account, terms.lane_counts());
  const std::uint32_t mask = account.unit_mask | std::uint32_t{1} << unit;
  for (std::uint32_t bits = mask; bits != 0; bits &= bits - 1) {
    const auto u = static_cast<std::uint32_t>(std::countr_zero(bits));
    const margin::UnitInterval now =
        unit_interval(gate.live_unit(slot, u).market, terms.totals(gate.block(id), u));
    units.set(u, now);
    const margin::UnitTotals totals = terms.totals(gate.block(id), u);
    if (terms.units[u].is_pooled) {
      pools.put(u, gate.live_unit(slot, u).market, totals, totals.scalars->scaled_lots,
                now.floored_scan);
    }
    if (u != unit) add_widths(terms, now, result.widths);
  }
  for (std::uint32_t p = 0; p < terms.account.pools.size(); ++p) {
    units.set_pool(p, pools.evaluate(p, *terms.lane_kernel).total);
  }
  const std::span<const margin::CreditTerms> credits = gate.shared.tables[slot].credits;
  const margin::AccountInterval without = account_interval(
      terms.account, credits, units, account.wallets, gate.asset_prices, account.holds);
  const margin::UnitInterval own =
      unit_interval_after(live.market, terms.totals(gate.block(id), unit), change);
  units.set(unit, own);
  if (terms.units[unit].is_pooled) {
    const margin::UnitTotals totals = terms.totals(gate.block(id), unit);
    pools.put(unit, live.market, totals, row, change.lanes,
              totals.scalars->scaled_lots + change.difference.scalars.scaled_lots,
              own.floored_scan);
    const std::uint32_t pool = terms.account.pool_of_unit[unit];
    units.set_pool(pool, pools.evaluate(pool, *terms.lane_kernel).total);
  }
  add_widths(terms, own, result.widths);
  const margin::AccountInterval with = account_interval(
      terms.account, credits, units, account.wallets, gate.asset_prices, account.holds);
  if (without.has_unpriced) return refused(Reason::position_unpriced);
  if (with.has_unknown_asset_price) return refused(Reason::missing_mark);

  const std::int64_t lots = is_buy ? intent.quantity.value : -intent.quantity.value;
  const Interval open_loss =
      margin::open_loss(terms.instruments[instrument], row, live.market.drift, live.live_coin, lots,
                        intent.price.value);
  const std::int64_t others = account.open_losses - (replaced == nullptr ? 0 : replaced->open_loss);
  result.widths.open_loss = width_of(open_loss);
  result.widths.credits = width_of(with.credits);
  result.decidable = with.decidable;
  result.risk_rises = with.risk.lo > without.risk.hi;
  result.epoch = table.epoch;
  // What works has no profit yet: equity and debts are those of the account as it stands.
  const Interval& debts = without.borrow_initial;
  result.requirement_lo = {with.initial_margin.lo - with.borrow_initial.lo + debts.lo};
  result.requirement_hi = {with.initial_margin.hi - with.borrow_initial.hi + debts.hi};
  result.equity_lo = {without.equity.lo - others - open_loss.hi};
  result.equity_hi = {without.equity.hi - others - open_loss.lo};
  return result;
}

}  // namespace

CertifiedInterval Gate::certified_interval(const OrderIntent& with) {
  return interval_of(*impl_, with, nullptr);
}

CertifiedInterval Gate::certified_interval(const ReplaceIntent& with) {
  const WorkingOrderSlot* const order = std::as_const(impl_->orders).find(with.order);
  if (order == nullptr) return refused(Reason::unknown_order);
  return interval_of(
      *impl_,
      {{order->account}, {order->instrument}, order->side, with.quantity, with.price, with.time},
      order);
}

}  // namespace margingate
