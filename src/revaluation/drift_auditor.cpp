#include "revaluation/drift_auditor.hpp"

#include "gate/derived_rows.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "gate/totals_summing.hpp"

namespace margingate {
namespace {

// Accounts looked at in search of one that ever held something, per request.
constexpr std::uint32_t accounts_looked_at_max = 1'024;

std::int64_t distance(std::int64_t a, std::int64_t b) noexcept {
  const auto difference =
      static_cast<std::uint64_t>(std::max(a, b)) - static_cast<std::uint64_t>(std::min(a, b));
  return static_cast<std::int64_t>(std::min<std::uint64_t>(difference, INT64_MAX));
}

}  // namespace

DriftAuditor::DriftAuditor(GateShared& shared, const AccountMirror& mirror,
                           std::uint32_t events_per_audit)
    : shared_(shared),
      terms_(shared.terms),
      mirror_(mirror),
      events_per_audit_(events_per_audit),
      sums_(shared.terms.account_words),
      lanes_(3 * scenario::lanes_max),
      deductibles_(scenario::lanes_max),
      pool_losses_(shared.terms.account, shared.terms.lane_counts()) {
  for (std::uint32_t i = 0; i < audit_buffers_max; ++i) free_buffers_.push_back(i);
}

void DriftAuditor::ask(std::uint64_t events) noexcept {
  if (events_per_audit_ == 0) return;
  // A busy gate is asked in proportion to what it does, a quiet one once.
  credit_ += events == 0 ? events_per_audit_ : events;
  credit_ = std::min(credit_, events_per_audit_ * audit_buffers_max);
  AuditRequest request;
  while (credit_ >= events_per_audit_ && !free_buffers_.empty()) {
    if (!next_account(request.account)) return;
    request.buffer = free_buffers_.back();
    if (!shared_.audit_requests.try_push(request)) return;
    free_buffers_.pop_back();
    credit_ -= events_per_audit_;
  }
}

bool DriftAuditor::next_account(std::uint32_t& account) noexcept {
  const std::vector<MirrorAccount>& accounts = mirror_.accounts();
  for (std::uint32_t looked = 0; looked < accounts_looked_at_max; ++looked) {
    const std::uint32_t here = cursor_++;
    if (cursor_ == accounts.size()) cursor_ = 0, ++report_.cycles;
    if (accounts[here].unit_mask != 0) return account = here, true;
  }
  return false;
}

bool DriftAuditor::take(const GateEvent& event, const OnDrift& on_drift) noexcept {
  if (event.kind == GateEventKind::totals) {
    check_totals(event, on_drift);
    free_buffers_.push_back(event.id);
    return true;
  }
  if (event.kind == GateEventKind::verdict) return check_verdict(event, on_drift), true;
  return false;
}

// The mirror is at the same change of the same account, and the table has not been replaced: only
// this thread writes tables.
bool DriftAuditor::is_comparable(const GateEvent& event) const noexcept {
  const MirrorAccount& account = mirror_.accounts()[event.account];
  const auto epoch = static_cast<Epoch>(event.amount);
  return account.in_step && account.sequence == event.account_sequence &&
         (epoch == 0 || shared_.tables[event.slot].epoch == epoch);
}

void DriftAuditor::check_totals(const GateEvent& event, const OnDrift& on_drift) noexcept {
  if (!is_comparable(event)) {
    ++report_.not_comparable;
    return;
  }
  ++report_.accounts_checked;
  std::fill(sums_.begin(), sums_.end(), 0);
  if (event.amount != 0) sum_at_table(event.account, shared_.tables[event.slot]);
  DriftAlarm alarm;
  alarm.account = {event.account};
  alarm.sequence = event.account_sequence;
  alarm.epoch = static_cast<Epoch>(event.amount);
  bool differs = false;
  for (auto bits = static_cast<std::uint32_t>(event.leg.net); bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    const std::size_t offset = terms_.block_offset_words[unit];
    const std::size_t bytes = terms_.layouts[unit].words() * 8;
    if (std::memcmp(shared_.audit_buffer(event.id) + offset, &sums_[offset], bytes) == 0) continue;
    compare_unit(event, unit, alarm);
    differs = true;
    if (on_drift) on_drift(alarm);
  }
  report_.totals_mismatches += differs ? 1 : 0;
}

void DriftAuditor::compare_unit(const GateEvent& event, std::uint32_t unit,
                                DriftAlarm& alarm) noexcept {
  const std::size_t offset = terms_.block_offset_words[unit];
  const std::int64_t* const gate = shared_.audit_buffer(event.id) + offset;
  const std::int64_t* const fresh = &sums_[offset];
  const std::size_t words = terms_.layouts[unit].words();
  const auto first =
      static_cast<std::size_t>(std::mismatch(gate, gate + words, fresh).first - gate);
  alarm.risk_unit = {unit};
  alarm.word = static_cast<std::uint32_t>(first);
  alarm.gate = {gate[first]};
  alarm.recomputed = {fresh[first]};
  for (std::size_t i = first; i < words; ++i) {
    const Money difference{distance(gate[i], fresh[i])};
    if (difference <= report_.worst_totals_difference) continue;
    report_.worst_totals_difference = difference;
    report_.worst_totals_account = {event.account};
  }
}

void DriftAuditor::sum_at_table(std::uint32_t account, const RiskTable& table) noexcept {
  const LegTable& legs = mirror_.legs();
  for (std::uint32_t leg = legs.first(account); leg != no_leg; leg = legs[leg].next) {
    if (legs[leg].state.is_flat()) continue;
    add_leg(terms_, table, sums_.data(), legs[leg].instrument(), margin::LegState{},
            legs[leg].state);
  }
}

// Every leg repriced at the spot the gate has told last, whatever the table's was.
margin::UnitInterval DriftAuditor::unit_at_spot(std::uint32_t account, const RiskTable& table,
                                                std::uint32_t unit) noexcept {
  const scenario::RiskUnitTerms& unit_terms = terms_.units[unit];
  const std::int64_t tick = mirror_.spots()[unit_terms.underlying].price;
  const std::int64_t spot = tick != 0 ? tick : table.spots[unit];
  margin::UnitMarket market = market_at_table(terms_, table, unit);
  market.spot = terms_.to_double(spot);
  if (unit_terms.lanes.has_deductibles) {
    set_deductibles(terms_, unit, market.spot, deductibles_);
    market.deductibles = deductibles_.data();
  }
  const double x = market.spot / terms_.to_double(table.spots[unit]);
  const margin::CoinPrice coin{spot, terms_.price_scale, terms_.band_ppb};
  const margin::UnitTotals totals = terms_.totals(sums_.data(), unit);
  totals.clear(terms_.layouts[unit]);
  const LegTable& legs = mirror_.legs();
  const std::size_t count = scenario::lanes_max;
  const auto row_at = [&](std::uint32_t id) -> const margin::RiskRow& {
    build_row(terms_.instruments[id], unit_terms, table.inputs[id], market.spot, x,
              terms_.row_settings, margin::RowUse::at_live_spot, row_scratch_,
              {lanes_.data(), lanes_.data() + count, lanes_.data() + 2 * count, &charges_}, row_);
    return row_;
  };
  const auto derived_row_at = [&](std::uint32_t id, const auto& row_of) -> const margin::RiskRow& {
    std::int32_t* const lanes = derived_lanes_.data();
    build_derived_row(terms_, id, row_of, row_scratch_.sums,
                      {lanes, lanes + count, lanes + 2 * count, &derived_charges_}, derived_row_);
    return derived_row_;
  };
  for (std::uint32_t leg = legs.first(account); leg != no_leg; leg = legs[leg].next) {
    const LegEntry& entry = legs[leg];
    const scenario::InstrumentTerms& instrument = terms_.instruments[entry.instrument()];
    if (instrument.risk_unit != unit || entry.state.is_flat()) continue;
    const margin::RiskRow& row = terms_.is_derived(entry.instrument())
                                     ? derived_row_at(entry.instrument(), row_at)
                                     : row_at(entry.instrument());
    apply_change(market, totals,
                 unit_change(row, margin::LegState{}, entry.state, terms_.parts[unit], coin));
  }
  const margin::UnitInterval interval = unit_interval(market, totals);
  if (unit_terms.is_pooled) pool_losses_.put(unit, market, totals, 0, interval.floored_scan);
  return interval;
}

margin::AccountInterval DriftAuditor::account_at_spot(std::uint32_t account,
                                                      const RiskTable& table) noexcept {
  const MirrorAccount& state = mirror_.accounts()[account];
  margin::UnitIntervals units;
  pool_losses_.clear();
  for (std::uint32_t bits = state.unit_mask; bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    units.set(unit, unit_at_spot(account, table, unit));
  }
  for (std::uint32_t pool = 0; pool < terms_.account.pools.size(); ++pool) {
    units.set_pool(pool, pool_losses_.evaluate(pool, *terms_.lane_kernel).total);
  }
  return account_interval(terms_.account, table.credits, units, state.wallets,
                          mirror_.asset_prices(), state.holds);
}

bool DriftAuditor::outside(const GateEvent& event, DriftAlarm& alarm, std::int64_t lowest,
                           std::int64_t highest, std::int64_t exact,
                           const OnDrift& on_drift) noexcept {
  if (exact >= lowest && exact <= highest) return false;
  alarm.gate = {exact < lowest ? lowest : highest};
  alarm.recomputed = {exact};
  const Money difference{distance(alarm.gate.value, exact)};
  if (difference > report_.worst_verdict_difference) {
    report_.worst_verdict_difference = difference;
    report_.worst_verdict_account = {event.account};
  }
  if (on_drift) on_drift(alarm);
  return true;
}

void DriftAuditor::check_verdict(const GateEvent& event, const OnDrift& on_drift) noexcept {
  if (!is_comparable(event)) {
    ++report_.not_comparable;
    return;
  }
  ++report_.verdicts_checked;
  const margin::AccountInterval exact = account_at_spot(event.account, shared_.tables[event.slot]);
  const std::int64_t open_losses = mirror_.accounts()[event.account].open_losses;
  const auto& [requirement, uncertainty, equity, equity_uncertainty] = event.leg;
  DriftAlarm alarm;
  alarm.kind = DriftKind::requirement;
  alarm.account = {event.account};
  alarm.sequence = event.account_sequence;
  alarm.epoch = static_cast<Epoch>(event.amount);
  bool differs = outside(event, alarm, requirement - uncertainty, requirement,
                         exact.initial_margin.hi, on_drift);
  alarm.kind = DriftKind::equity;
  differs |= outside(event, alarm, equity, equity + equity_uncertainty,
                     exact.equity.hi - open_losses, on_drift);
  report_.verdict_mismatches += differs ? 1 : 0;
  const Money over{std::max<std::int64_t>(0, requirement - exact.initial_margin.hi)};
  report_.widest_overstatement = std::max(report_.widest_overstatement, over);
}

}  // namespace margingate
