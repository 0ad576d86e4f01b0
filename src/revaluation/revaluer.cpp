// The work of the background thread, one step at a time.
#include "margingate/revaluer.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "gate/gate_impl.hpp"
#include "gate/totals_summing.hpp"
#include "margin/scan_pool.hpp"
#include "revaluation/account_mirror.hpp"
#include "revaluation/drift_auditor.hpp"

namespace margingate {

class Revaluer::Impl {
 public:
  Impl(GateShared& with, RevaluerOptions chosen)
      : shared(with),
        terms(with.terms),
        options(std::move(chosen)),
        mirror(with.terms),
        auditor(with, mirror, options.events_per_audit),
        pool_losses(with.terms.account, with.terms.lane_counts(), MarginScope::maintenance) {
    for (std::uint32_t i = 0; i < handover_buffers_max; ++i) free_buffers.push_back(i);
    totals.resize(terms.account_words + 8);
    for (const margin::TotalsLayout& layout : terms.layouts) {
      deductibles.emplace_back(layout.lane_count);
    }
    newest.spots.resize(terms.config.underlyings.size());
  }

  std::uint64_t take_events() noexcept;
  bool is_due() const noexcept;
  bool publish(const PublishedTable& inputs) noexcept;
  bool publish_now(RevaluationReport& report) noexcept;
  void hand_over(RevaluationReport& report) noexcept;
  bool hand_over_account(std::uint32_t account, RevaluationReport& report) noexcept;
  void sum(std::uint32_t account, SummedPart part, std::int64_t* block) noexcept;
  margin::AccountInterval evaluate(const MirrorAccount& account, std::int64_t* block) noexcept;
  void watch(std::uint32_t account, std::int64_t* block, RevaluationReport& report) noexcept;

  GateShared& shared;
  const GateTerms& terms;
  RevaluerOptions options;
  AccountMirror mirror;
  DriftAuditor auditor;
  Market surface;
  std::uint64_t surface_count = 0;
  PublishedTable newest;
  std::uint32_t newest_slot = 0;
  bool publication_requested = false;
  std::uint32_t cursor = 0;  // next account to hand over; accounts_max: sweep complete
  std::vector<std::uint32_t> free_buffers;
  std::vector<std::int64_t> totals;
  std::vector<std::vector<std::int64_t>> deductibles;  // by unit, at newest
  margin::RowScratch scratch;
  margin::PoolLosses pool_losses;
};

std::uint64_t Revaluer::Impl::take_events() noexcept {
  std::uint64_t count = 0;
  GateEvent event;
  // Bounded by the queue's capacity, so that a busy gate cannot keep the revaluer here for ever.
  while (count < shared.events.capacity() && shared.events.try_pop(event)) {
    if (auditor.take(event, options.on_drift)) continue;
    mirror.apply(event);
    ++count;
  }
  std::uint32_t buffer = 0;
  while (shared.buffers_back.try_pop(buffer)) free_buffers.push_back(buffer);
  return count;
}

bool Revaluer::Impl::is_due() const noexcept {
  if (surface_count == 0) return false;
  Timestamp latest;
  bool moved = publication_requested || newest.epoch == 0 || newest.surface != surface_count;
  for (std::size_t u = 0; u < newest.spots.size(); ++u) {
    const MirrorSpot& spot = mirror.spots()[u];
    if (spot.price == 0) return false;
    latest = std::max(latest, spot.time);
    if (newest.epoch == 0) continue;
    const double published = static_cast<double>(newest.spots[u].value);
    const double move = static_cast<double>(spot.price) / published - 1.0;
    moved = moved || std::fabs(move) >= options.republish_move;
  }
  return moved || latest - newest.as_of >= options.republish_age;
}

bool Revaluer::Impl::publish(const PublishedTable& inputs) noexcept {
  const std::uint32_t slot = shared.slots.acquire_free();
  if (slot == sync::EpochSlots<>::no_slot) return false;
  RiskTable& table = shared.tables[slot];
  build_risk_table(terms, surface, inputs.spots.data(), inputs.as_of, scratch, table);
  table.epoch = inputs.epoch;
  table.surface = inputs.surface;
  for (std::uint32_t u = 0; u < terms.units.size(); ++u) {
    set_deductibles(terms, u, terms.to_double(table.spots[u]), deductibles[u]);
  }
  shared.slots.publish(slot, inputs.epoch);
  newest.epoch = inputs.epoch;
  newest.as_of = inputs.as_of;
  newest.surface = inputs.surface;
  std::copy(inputs.spots.begin(), inputs.spots.end(), newest.spots.begin());
  newest_slot = slot;
  publication_requested = false;
  cursor = 0;
  return true;
}

bool Revaluer::Impl::publish_now(RevaluationReport& report) noexcept {
  PublishedTable inputs = newest;
  ++inputs.epoch;
  inputs.surface = surface_count;
  inputs.as_of = surface.as_of;
  for (std::size_t u = 0; u < inputs.spots.size(); ++u) {
    inputs.spots[u] = {mirror.spots()[u].price};
    inputs.as_of = std::max(inputs.as_of, mirror.spots()[u].time);
  }
  const bool done = publish(inputs);
  ++(done ? report.tables_published : report.tables_deferred);
  return done;
}

void Revaluer::Impl::sum(std::uint32_t account, SummedPart part, std::int64_t* block) noexcept {
  sum_account(terms, shared.tables[newest_slot], mirror.legs(), account, part, block);
}

margin::AccountInterval Revaluer::Impl::evaluate(const MirrorAccount& account,
                                                 std::int64_t* block) noexcept {
  margin::UnitIntervals units;
  pool_losses.clear();
  const RiskTable& table = shared.tables[newest_slot];
  for (std::uint32_t bits = account.unit_mask; bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    margin::UnitMarket market = market_at_table(terms, table, unit);
    if (terms.units[unit].lanes.has_deductibles) market.deductibles = deductibles[unit].data();
    const margin::UnitInterval interval = unit_interval(market, terms.totals(block, unit));
    units.set(unit, interval);
    if (!terms.units[unit].is_pooled) continue;
    pool_losses.put(unit, market, terms.totals(block, unit), 0, interval.floored_scan);
  }
  for (std::uint32_t pool = 0; pool < terms.account.pools.size(); ++pool) {
    units.set_pool(pool, pool_losses.evaluate(pool, *terms.lane_kernel).total);
  }
  margin::AssetPrices prices = mirror.asset_prices();
  for (std::size_t u = 0; u < newest.spots.size(); ++u) {
    prices[terms.config.underlyings[u].asset.value] = newest.spots[u].value;
  }
  return account_interval(terms.account, table.credits, units, account.wallets, prices,
                          account.holds);
}

void Revaluer::Impl::watch(std::uint32_t id, std::int64_t* block,
                           RevaluationReport& report) noexcept {
  MirrorAccount& account = mirror.accounts()[id];
  const margin::AccountInterval now = evaluate(account, block);
  if (now.has_unpriced) return;  // nobody knows, so nothing has changed
  const std::int64_t equity = now.equity.hi - account.open_losses;
  std::int64_t maintenance = maintenance_margin(terms.account, now);
  std::int32_t band = band_of(terms.bands, equity, maintenance);
  // Positions alone never need more than positions with working orders, as long as both margins
  // charge the same: most accounts pass here.
  if (band >= 0 || terms.has_row_charges) {
    // The account's block is in its handover buffer by now; this one is scratch.
    std::int64_t* const scratch_block = totals.data();
    sum(id, SummedPart::positions, scratch_block);
    maintenance = maintenance_margin(terms.account, evaluate(account, scratch_block));
    band = band_of(terms.bands, equity, maintenance);
  }
  const bool fell = band > account.band;
  account.band = static_cast<std::int8_t>(band);
  if (!fell) return;
  ++report.alerts;
  if (options.on_alert) options.on_alert({{id}, {equity}, {maintenance}, newest.epoch, band});
}

bool Revaluer::Impl::hand_over_account(std::uint32_t id, RevaluationReport& report) noexcept {
  const MirrorAccount& account = mirror.accounts()[id];
  if (!account.in_step) return true;
  if (account.live_legs == 0) {
    // Nothing to hand over; but closing everything may be how it recovered.
    if (account.band >= 0)
      sum(id, SummedPart::everything, totals.data()), watch(id, totals.data(), report);
    return true;
  }
  if (free_buffers.empty()) return false;
  const std::uint32_t buffer = free_buffers.back();
  std::int64_t* const block = shared.buffer(buffer);
  sum(id, SummedPart::everything, block);
  watch(id, block, report);
  Handover handover;
  handover.account = id;
  handover.buffer = buffer;
  handover.epoch = newest.epoch;
  handover.slot = newest_slot;
  handover.account_sequence = account.sequence;
  if (!shared.handovers.try_push(handover)) return false;
  free_buffers.pop_back();
  ++report.accounts_handed_over;
  return true;
}

void Revaluer::Impl::hand_over(RevaluationReport& report) noexcept {
  const auto count = static_cast<std::uint32_t>(mirror.accounts().size());
  while (cursor < count) {
    if (cursor % accounts_ahead == 0) fetch_legs(mirror.legs(), cursor, count);
    if (!hand_over_account(cursor, report)) break;
    ++cursor;
  }
  report.accounts_pending = count - cursor;
}

Revaluer::Revaluer(Gate& gate, RevaluerOptions options)
    : impl_(std::make_unique<Impl>(gate.impl_->shared, std::move(options))) {}
Revaluer::~Revaluer() = default;

bool Revaluer::update_surface(const Market& market) {
  const bool fits = market.spots.size() == impl_->terms.config.underlyings.size() &&
                    market.quotes.size() == impl_->terms.config.instruments.size() &&
                    (market.credit_rates.empty() ||
                     market.credit_rates.size() == impl_->terms.config.model.credits.size());
  if (!fits) return false;
  impl_->surface = market;
  ++impl_->surface_count;
  return true;
}

std::uint64_t Revaluer::take_events() noexcept { return impl_->take_events(); }

RevaluationReport Revaluer::run_once() noexcept {
  RevaluationReport report;
  const std::uint64_t alarms = impl_->auditor.report().alarms();
  report.events = impl_->take_events();
  report.drift_alarms = impl_->auditor.report().alarms() - alarms;
  impl_->auditor.ask(report.events);
  if (impl_->is_due()) impl_->publish_now(report);
  if (impl_->newest.epoch != 0) impl_->hand_over(report);
  return report;
}

void Revaluer::request_publication() noexcept { impl_->publication_requested = true; }

bool Revaluer::publish(const PublishedTable& inputs) noexcept {
  const bool fits = inputs.spots.size() == impl_->newest.spots.size() &&
                    inputs.surface == impl_->surface_count && inputs.epoch > impl_->newest.epoch;
  static_cast<void>(impl_->take_events());
  return fits && impl_->publish(inputs);
}

const PublishedTable& Revaluer::newest() const noexcept { return impl_->newest; }

const DriftReport& Revaluer::drift_report() const noexcept { return impl_->auditor.report(); }

}  // namespace margingate
