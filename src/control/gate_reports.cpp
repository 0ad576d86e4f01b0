// Statements and read-only views: the exact margin, taken apart.
#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "control/account_image.hpp"
#include "gate/gate_impl.hpp"
#include "gate/totals_summing.hpp"

namespace margingate {
namespace {

// One book's exact totals in memory of its own, unit by unit.
class StatementBuilder {
 public:
  StatementBuilder(Gate::Impl& gate, std::uint32_t slot, const AccountImage& image,
                   StatementDetail detail = StatementDetail::positions)
      : gate_(gate),
        terms_(gate.terms),
        slot_(slot),
        image_(image),
        detail_(detail),
        all_losses_(gate.terms.account, gate.terms.lane_counts()),
        position_losses_(gate.terms.account, gate.terms.lane_counts(), MarginScope::maintenance) {}

  MarginStatement build();

 private:
  struct UnitSums {
    std::vector<std::int64_t> all_words, positions_words;
  };
  void add(std::uint32_t unit, const LegImage& image, UnitSums& sums, RiskUnitStatement& statement);
  RiskUnitStatement unit_statement(std::uint32_t unit);
  void set_charges(const margin::UnitInterval& interval, RiskUnitStatement& statement) const;
  void add_pools(std::uint32_t unit_mask, MarginStatement& statement);
  void finish(MarginStatement& statement);

  Gate::Impl& gate_;
  const GateTerms& terms_;
  std::uint32_t slot_;
  const AccountImage& image_;
  StatementDetail detail_;
  margin::UnitIntervals all_;
  margin::UnitIntervals positions_;
  margin::PoolLosses all_losses_;
  margin::PoolLosses position_losses_;
};

void StatementBuilder::add(std::uint32_t unit, const LegImage& image, UnitSums& sums,
                           RiskUnitStatement& statement) {
  const std::uint32_t instrument = image.instrument;
  const margin::LegState& leg = image.state;
  if (leg.is_flat()) return;
  const LiveUnit& live = gate_.live_unit(slot_, unit);
  const margin::UnitMarket market = gate_.exact_market(slot_, unit);
  const margin::RiskRow& row = live.market.drift.moved
                                   ? gate_.live_row(slot_, instrument)
                                   : gate_.shared.tables[slot_].rows[instrument];
  const auto change_to = [&](const margin::LegState& state, SummedPart part) {
    return unit_change(row, margin::LegState{}, state, parts_of(terms_, unit, part),
                       live.live_coin);
  };
  const margin::LegState position{leg.net, 0, 0, leg.entry_cash};
  const margin::UnitChange whole = change_to(leg, SummedPart::everything);
  apply_change(market, {sums.all_words.data(), terms_.layouts[unit]}, whole);
  apply_change(market, {sums.positions_words.data(), terms_.layouts[unit]},
               change_to(position, SummedPart::positions));
  if (detail_ == StatementDetail::units) return;

  PositionStatement p;
  p.instrument = {instrument};
  p.net_quantity = {leg.net};
  p.working_buys = {leg.working_buys};
  p.working_sells = {leg.working_sells};
  if (row.status == Reason::accepted) {
    p.value = {leg.net * row.value};
    p.unrealised_profit = {whole.difference.scalars.profit[row.settles_in_coin ? 1 : 0]};
    const std::int64_t scale = std::int64_t{1} << row.exponent;
    for (std::size_t s = 0; s < terms_.units[unit].lanes.scenario_count; ++s) {
      const std::int64_t a = row.lanes.loss[s] * scale;
      p.losses.push_back({leg.net * a});
      p.worst_fill_losses.push_back({a > 0 ? leg.working_buys * a : -leg.working_sells * a});
    }
  }
  statement.positions.push_back(std::move(p));
}

void StatementBuilder::set_charges(const margin::UnitInterval& interval,
                                   RiskUnitStatement& statement) const {
  statement.scan_risk = {interval.scan.hi};
  statement.worst_scenario = interval.worst_scenario;
  statement.floor = {interval.floor.hi};
  statement.expiry_delta_charge = {interval.expiry_delta.hi};
  statement.delta_shock = {interval.delta_shock.hi};
  statement.added_charges = {interval.added.hi};
  statement.total_floor = {interval.total_floor.hi};
  statement.unrealised_losses = {interval.unrealised_loss.hi};
  statement.total = {interval.total.hi};
}

RiskUnitStatement StatementBuilder::unit_statement(std::uint32_t unit) {
  const margin::TotalsLayout& layout = terms_.layouts[unit];
  UnitSums sums{std::vector<std::int64_t>(layout.words()),
                std::vector<std::int64_t>(layout.words())};
  RiskUnitStatement statement;
  statement.risk_unit = {unit};
  for (const LegImage& leg : image_.legs) {
    if (terms_.instruments[leg.instrument].risk_unit == unit) add(unit, leg, sums, statement);
  }
  const margin::UnitMarket market = gate_.exact_market(slot_, unit);
  const margin::UnitTotals all{sums.all_words.data(), layout};
  const margin::UnitTotals positions{sums.positions_words.data(), layout};
  const margin::UnitInterval interval = unit_interval(market, all);
  all_.set(unit, interval);
  const margin::UnitInterval of_positions = unit_interval(market, positions);
  positions_.set(unit, of_positions);
  if (terms_.units[unit].is_pooled) {
    all_losses_.put(unit, market, all, 0, interval.floored_scan);
    position_losses_.put(unit, market, positions, 0, of_positions.floored_scan);
  }
  set_charges(interval, statement);
  if (detail_ == StatementDetail::units) return statement;
  for (std::size_t s = 0; s < terms_.units[unit].lanes.scenario_count; ++s) {
    statement.losses.push_back({all.loss[s]});
    statement.position_losses.push_back({positions.loss[s]});
  }
  return statement;
}

// After all units: what they share is theirs together.
void StatementBuilder::add_pools(std::uint32_t unit_mask, MarginStatement& statement) {
  for (std::uint32_t p = 0; p < terms_.account.pools.size(); ++p) {
    const margin::PoolTerms& pool = terms_.account.pools[p];
    const margin::PoolInterval all = all_losses_.evaluate(p, *terms_.lane_kernel);
    all_.set_pool(p, all.total);
    positions_.set_pool(p, position_losses_.evaluate(p, *terms_.lane_kernel).total);
    if ((pool.unit_mask & unit_mask) == 0) continue;
    ScanPoolStatement& of_pool = statement.pools.emplace_back();
    of_pool.pool = p;
    for (std::size_t s = 0; s < pool.reducer.scenarios; ++s) {
      of_pool.losses.push_back({all_losses_.losses()[s]});
    }
    of_pool.scan_risk = {all.scan.hi};
    of_pool.worst_scenario = all.worst_scenario;
    of_pool.floor = {all.floor.hi};
    of_pool.total = {all.total.hi};
    for (RiskUnitStatement& unit : statement.risk_units) {
      if ((pool.unit_mask >> unit.risk_unit.value & 1) == 0) continue;
      unit.worst_scenario = all.worst_scenario;
    }
  }
}

void StatementBuilder::finish(MarginStatement& statement) {
  const std::span<const margin::CreditTerms> credits = gate_.shared.tables[slot_].credits;
  const margin::AccountInterval all = account_interval(
      terms_.account, credits, all_, image_.wallets, gate_.asset_prices, image_.holds);
  const margin::AccountInterval positions = account_interval(
      terms_.account, credits, positions_, image_.wallets, gate_.asset_prices, image_.holds);
  if (all.has_unpriced) statement.reason = Reason::position_unpriced;
  if (all.has_unknown_asset_price) statement.reason = Reason::missing_mark;
  statement.equity = {all.equity.hi - image_.open_losses};
  statement.risk = {all.risk.hi};
  statement.credits = {all.credits.hi};
  statement.holds = {image_.holds};
  statement.open_losses = {image_.open_losses};
  statement.initial_margin = {all.initial_margin.hi};
  statement.maintenance_margin = {margin::maintenance_margin(terms_.account, positions)};
  statement.borrow_initial = {all.borrow_initial.hi};
  statement.borrow_maintenance = {positions.borrow_maintenance.hi};
  statement.band =
      margin::band_of(terms_.bands, statement.equity.value, statement.maintenance_margin.value);
  statement.margin_excess = statement.equity - statement.initial_margin;
}

MarginStatement StatementBuilder::build() {
  MarginStatement statement;
  statement.epoch = gate_.shared.tables[slot_].epoch;
  for (std::uint32_t bits = image_.unit_mask; bits != 0; bits &= bits - 1) {
    statement.risk_units.push_back(
        unit_statement(static_cast<std::uint32_t>(std::countr_zero(bits))));
  }
  add_pools(image_.unit_mask, statement);
  finish(statement);
  return statement;
}

// What the order loses against the mark when it fills, as it would be booked.
std::int64_t open_loss_of(Gate::Impl& gate, std::uint32_t slot, const OrderIntent& order) {
  const std::uint32_t instrument = order.instrument.value;
  const scenario::InstrumentTerms& contract = gate.terms.instruments[instrument];
  const margin::RiskRow& row = gate.live_row(slot, instrument);
  if (row.status != Reason::accepted) return 0;
  const std::int64_t lots = order.side == Side::buy ? order.quantity.value : -order.quantity.value;
  return margin::open_loss(contract, row, margin::Drift{},
                           gate.live_unit(slot, contract.risk_unit).live_coin, lots,
                           order.price.value)
      .hi;
}

void let_work(Gate::Impl& gate, std::uint32_t slot, const OrderIntent& order, AccountImage& image) {
  const std::uint32_t instrument = order.instrument.value;
  margin::LegState& leg = leg_of(image, instrument);
  (order.side == Side::buy ? leg.working_buys : leg.working_sells) += order.quantity.value;
  image.unit_mask |= std::uint32_t{1} << gate.terms.instruments[instrument].risk_unit;
  image.open_losses += open_loss_of(gate, slot, order);
}

MarginStatement statement_of(Gate::Impl& gate, std::uint32_t account, const OrderIntent* with) {
  MarginStatement refused;
  if (account >= gate.accounts.size()) return refused.reason = Reason::unknown_account, refused;
  if (with != nullptr) {
    refused.reason = gate.order_input(*with);
    if (refused.reason != Reason::accepted) return refused;
  }
  gate.attach(account);
  const std::uint32_t slot = gate.slot_for(account);
  if (slot == sync::EpochSlots<>::no_slot) {
    return refused.reason = Reason::no_risk_table, refused;
  }
  AccountImage image = image_of(gate, account);
  if (with != nullptr) let_work(gate, slot, *with, image);
  return StatementBuilder(gate, slot, image).build();
}

}  // namespace

AccountImage image_of(const Gate::Impl& gate, std::uint32_t account) {
  const AccountState& state = gate.accounts[account];
  AccountImage image;
  const LegTable& table = gate.legs;
  for (std::uint32_t leg = table.first(account); leg != no_leg; leg = table[leg].next) {
    image.legs.push_back({table[leg].instrument(), table[leg].state});
  }
  std::sort(image.legs.begin(), image.legs.end(),
            [](const LegImage& a, const LegImage& b) { return a.instrument < b.instrument; });
  image.unit_mask = state.unit_mask;
  image.wallets = state.wallets;
  image.open_losses = state.open_losses;
  image.holds = state.holds;
  return image;
}

margin::LegState& leg_of(AccountImage& image, std::uint32_t instrument) {
  const auto place = std::lower_bound(
      image.legs.begin(), image.legs.end(), instrument,
      [](const LegImage& leg, std::uint32_t wanted) { return leg.instrument < wanted; });
  if (place != image.legs.end() && place->instrument == instrument) return place->state;
  return image.legs.insert(place, {instrument, {}})->state;
}

MarginStatement statement_of(Gate::Impl& gate, std::uint32_t slot, const AccountImage& image,
                             StatementDetail detail) {
  return StatementBuilder(gate, slot, image, detail).build();
}

MarginStatement Gate::statement(AccountId account) {
  return statement_of(*impl_, account.value, nullptr);
}

MarginStatement Gate::statement(const OrderIntent& with) {
  return statement_of(*impl_, with.account.value, &with);
}

std::vector<Gate::Leg> Gate::legs(AccountId account) const {
  std::vector<Leg> result;
  if (account.value >= impl_->accounts.size()) return result;
  const LegTable& table = impl_->legs;
  for (std::uint32_t leg = table.first(account.value); leg != no_leg; leg = table[leg].next) {
    const margin::LegState& s = table[leg].state;
    if (s.is_flat() && s.entry_cash == 0) continue;
    result.push_back(
        {{table[leg].instrument()}, {s.net}, {s.working_buys}, {s.working_sells}, {s.entry_cash}});
  }
  return result;
}

std::vector<Money> Gate::wallets(AccountId account) const {
  std::vector<Money> result;
  if (account.value >= impl_->accounts.size()) return result;
  const std::size_t assets = impl_->terms.account.assets.size();
  for (std::size_t a = 0; a < assets; ++a) {
    result.push_back({impl_->accounts[account.value].wallets[a]});
  }
  return result;
}

Money Gate::open_losses(AccountId account) const {
  return account.value < impl_->accounts.size() ? Money{impl_->accounts[account.value].open_losses}
                                                : Money{};
}

Money Gate::holds(AccountId account) const {
  return account.value < impl_->accounts.size() ? Money{impl_->accounts[account.value].holds}
                                                : Money{};
}

Epoch Gate::epoch(AccountId account) const noexcept {
  if (account.value >= impl_->accounts.size()) return 0;
  const std::uint32_t slot = impl_->accounts[account.value].slot;
  return slot == sync::EpochSlots<>::no_slot ? 0 : impl_->epoch_of_slot[slot];
}

std::vector<WorkingOrderHandle> Gate::working_orders(AccountId account) const {
  std::vector<WorkingOrderHandle> result;
  for (std::uint32_t i = 0; i < impl_->orders.used(); ++i) {
    const WorkingOrderHandle handle = impl_->orders.handle_at(i);
    const WorkingOrderSlot* order = std::as_const(impl_->orders).find(handle);
    if (order != nullptr && order->account == account.value) result.push_back(handle);
  }
  return result;
}

bool Gate::is_unreconciled(AccountId account) const noexcept {
  return account.value < impl_->accounts.size() && impl_->accounts[account.value].unreconciled;
}

std::optional<Gate::WorkingOrder> Gate::working_order(WorkingOrderHandle handle) const noexcept {
  const WorkingOrderSlot* order = std::as_const(impl_->orders).find(handle);
  if (order == nullptr) return std::nullopt;
  return WorkingOrder{{order->account},   {order->instrument}, order->side, {order->remaining},
                      {order->price},     {order->open_loss},  {order->id}, order->kind,
                      order->reduce_only, order->in_suspense};
}

std::vector<QuarantinedExecution> Gate::quarantined() const {
  const auto& ring = impl_->quarantined;
  const std::uint64_t written = impl_->counters.quarantined;
  const std::uint64_t kept = std::min<std::uint64_t>(written, ring.size());
  std::vector<QuarantinedExecution> result;
  for (std::uint64_t i = written - kept; i < written; ++i) result.push_back(ring[i % ring.size()]);
  return result;
}

bool Gate::totals_equal_recomputed(AccountId account) {
  if (account.value >= impl_->accounts.size()) return false;
  const std::uint32_t slot = impl_->accounts[account.value].slot;
  const GateTerms& terms = impl_->terms;
  std::vector<std::int64_t> fresh(terms.account_words, 0);
  const LegTable& legs = impl_->legs;
  for (std::uint32_t leg = legs.first(account.value);
       slot != sync::EpochSlots<>::no_slot && leg != no_leg; leg = legs[leg].next) {
    add_leg(terms, impl_->shared.tables[slot], fresh.data(), legs[leg].instrument(),
            margin::LegState{}, legs[leg].state);
  }
  return std::memcmp(fresh.data(), impl_->block(account.value), terms.account_words * 8) == 0;
}

}  // namespace margingate
