// Revalues one account's legs at the live spot, on the order thread, without allocation.
#include <bit>

#include "gate/gate_impl.hpp"
#include "gate/totals_summing.hpp"
#include "margin/fixed_point.hpp"
#include "margin/reducing.hpp"

namespace margingate {

// Bounds hold inside the band; beyond it, or where a row has none, the instrument is priced now.
margin::Interval Gate::Impl::open_loss_now(std::uint32_t slot, std::uint32_t instrument,
                                           std::int64_t lots, std::int64_t price) noexcept {
  const scenario::InstrumentTerms& contract = terms.instruments[instrument];
  const LiveUnit& market = live_unit(slot, contract.risk_unit);
  const margin::RiskRow& row = shared.tables[slot].rows[instrument];
  const bool is_certified =
      !market.market.drift.moved || (market.market.within_band && row.bounded);
  if (is_certified) {
    return margin::open_loss(contract, row, market.market.drift, market.live_coin, lots, price);
  }
  return margin::open_loss(contract, live_row(slot, instrument), margin::Drift{}, market.live_coin,
                           lots, price);
}

const margin::RiskRow& Gate::Impl::live_row(std::uint32_t slot, std::uint32_t instrument) noexcept {
  if (terms.is_derived(instrument)) return live_derived_row(slot, instrument);
  const scenario::InstrumentTerms& contract = terms.instruments[instrument];
  const LiveUnit& unit = live_unit(slot, contract.risk_unit);
  const RiskTable& table = shared.tables[slot];
  const std::size_t count = scenario::lanes_max;
  std::int32_t* const lanes = scratch_lanes_.data();
  build_row(contract, terms.units[contract.risk_unit], table.inputs[instrument], unit.market.spot,
            unit.x, terms.row_settings, margin::RowUse::at_live_spot, row_scratch_,
            {lanes, lanes + count, lanes + 2 * count, &scratch_charges_}, scratch_row_);
  return scratch_row_;
}

margin::UnitMarket Gate::Impl::exact_market(std::uint32_t slot, std::uint32_t unit) const noexcept {
  margin::UnitMarket market = live_unit(slot, unit).market;
  market.drift = margin::Drift{};
  market.within_band = true;
  return market;
}

margin::UnitTotals Gate::Impl::exact_totals(std::uint32_t account, std::uint32_t slot,
                                            std::uint32_t unit) noexcept {
  const LiveUnit& live_here = live_unit(slot, unit);
  if (!live_here.market.drift.moved) return terms.totals(block(account), unit);
  const margin::UnitTotals totals{scratch_totals_.data(), terms.layouts[unit]};
  totals.clear(terms.layouts[unit]);
  for (std::uint32_t leg = legs.first(account); leg != no_leg; leg = legs[leg].next) {
    const LegEntry& entry = legs[leg];
    if (terms.instruments[entry.instrument()].risk_unit != unit || entry.state.is_flat()) continue;
    add_new_leg(terms, unit, live_row(slot, entry.instrument()), live_here.live_coin, entry.state,
                totals);
  }
  return totals;
}

ExactMargin Gate::Impl::exact_margin(const Candidate& c) noexcept {
  ExactMargin exact;
  const AccountState& account = accounts[c.account];
  const std::uint32_t own = std::uint32_t{1} << c.unit;
  margin::UnitIntervals units;
  pool_losses_.clear();
  const bool has_pools = !terms.account.pools.empty();
  const auto put = [&](std::uint32_t unit, const margin::UnitMarket& market,
                       const margin::UnitTotals& totals, const margin::UnitInterval& interval) {
    if (!terms.units[unit].is_pooled) return;
    pool_losses_.put(unit, market, totals, 0, interval.floored_scan);
  };
  for (std::uint32_t bits = account.unit_mask & ~own; bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    const margin::UnitMarket market = exact_market(c.slot, unit);
    const margin::UnitTotals totals = exact_totals(c.account, c.slot, unit);
    const margin::UnitInterval interval = unit_interval(market, totals);
    units.set(unit, interval);
    put(unit, market, totals, interval);
  }
  // The order's own unit last: its totals and row stay in scratch memory.
  const margin::UnitMarket market = exact_market(c.slot, c.unit);
  const margin::UnitTotals totals = exact_totals(c.account, c.slot, c.unit);
  const LiveUnit& live_here = live_unit(c.slot, c.unit);
  const margin::RiskRow& row = live_here.market.drift.moved
                                   ? live_row(c.slot, c.instrument)
                                   : shared.tables[c.slot].rows[c.instrument];
  if (row.status != Reason::accepted) return exact.reason = row.status, exact;
  margin::ContributionParts parts = terms.parts[c.unit];
  parts.profit = false;
  const margin::UnitChange change = unit_change(row, c.before, c.after, parts, live_here.live_coin);
  const margin::UnitInterval before = unit_interval(market, totals);
  const margin::UnitInterval after = unit_interval_after(market, totals, change);
  units.set(c.unit, before);
  put(c.unit, market, totals, before);
  for (std::uint32_t pool = 0; pool < terms.account.pools.size(); ++pool) {
    units.set_pool(pool, pool_losses_.evaluate(pool, *terms.lane_kernel).total);
  }
  exact.before = account_interval(terms.account, shared.tables[c.slot].credits, units,
                                  account.wallets, asset_prices, account.holds);
  units.set(c.unit, after);
  exact.worst_scenario = after.worst_scenario;
  bool pool_rises = false;
  if (has_pools && terms.units[c.unit].is_pooled) {
    const std::uint32_t pool = terms.account.pool_of_unit[c.unit];
    static_cast<void>(pool_losses_.evaluate(pool, *terms.lane_kernel));
    pool_losses_.keep(pool);
    pool_losses_.put(c.unit, market, totals, row, change.lanes, 0, after.floored_scan);
    const margin::PoolInterval risk = pool_losses_.evaluate(pool, *terms.lane_kernel);
    pool_rises = pool_losses_.rises(pool);
    units.set_pool(pool, risk.total);
    exact.worst_scenario = risk.worst_scenario;
  }
  exact.after = account_interval(terms.account, shared.tables[c.slot].credits, units,
                                 account.wallets, asset_prices, account.holds);
  if (exact.before.has_unpriced) return exact.reason = Reason::position_unpriced, exact;
  exact.open_loss = margin::open_loss(terms.instruments[c.instrument], row, margin::Drift{},
                                      live_here.live_coin, c.lots, c.price)
                        .hi;
  const double lots = static_cast<double>(c.lots < 0 ? -c.lots : c.lots);
  const double allowed = margin::floor_portable(row.reducing_open_loss_per_lot * lots);
  exact.reducing = static_cast<double>(exact.open_loss) <= allowed &&
                   exact.after.initial_margin.hi <= exact.before.initial_margin.hi && !pool_rises &&
                   worsens_nothing(market, totals, change, before, after);
  return exact;
}

}  // namespace margingate
