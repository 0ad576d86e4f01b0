#include "support/audited_gate.hpp"

#include <cmath>
#include <stdexcept>

#include "reference/verdict_audit.hpp"
#include "support/verdict_audit.hpp"

namespace margingate::testing {

AuditedGate::AuditedGate(Universe universe, RevaluerOptions options)
    : universe_(std::move(universe)), spots_(universe_.spots) {
  Gate::Created created = Gate::create(universe_.config);
  for (const GateIssue& issue : created.issues) mismatch_ += issue.where + ": " + issue.expected;
  if (!created.gate) throw std::invalid_argument(mismatch_);
  gate_ = std::move(created.gate);
  revaluer_ = std::make_unique<Revaluer>(*gate_, std::move(options));
}

void AuditedGate::update_surface(const Market& market) {
  if (!revaluer_->update_surface(market)) throw std::invalid_argument("surface does not fit");
  surfaces_.push_back(market);
}

void AuditedGate::tick(std::uint32_t underlying, double price, Timestamp time) {
  const Price integer{std::llround(price * 1e8)};
  if (gate_->apply(SpotTick{{underlying}, integer, time}) == Reason::accepted) {
    spots_[underlying] = integer;
  }
}

void AuditedGate::remember_newest() {
  const PublishedTable& newest = revaluer_->newest();
  if (newest.epoch != 0) tables_[newest.epoch] = newest;
}

void AuditedGate::publish_only() {
  revaluer_->request_publication();
  static_cast<void>(revaluer_->run_once());
  remember_newest();
}

void AuditedGate::publish_and_adopt() {
  publish_only();
  for (;;) {
    gate_->poll();
    const RevaluationReport report = revaluer_->run_once();
    remember_newest();
    if (report.accounts_pending == 0 && gate_->poll() == 0) break;
  }
}

reference::ReferenceMarket AuditedGate::market_of(Epoch epoch) const {
  const PublishedTable& table = tables_.at(epoch);
  reference::ReferenceMarket market;
  market.config = &universe_.config;
  market.surface = &surfaces_.at(table.surface - 1);
  market.as_of = table.as_of;
  market.table_spots = table.spots;
  market.live_spots = spots_;
  market.asset_prices.resize(universe_.config.assets.size());
  return market;
}

reference::ReferenceAccount AuditedGate::account_of(AccountId account) const {
  return reference::reference_account(*gate_, account);
}

void AuditedGate::audit(const OrderIntent& intent, const reference::ReferenceAccount& account,
                        const Verdict& v) {
  ++decisions;
  by_interval += v.decided_by == DecidedBy::interval;
  accepted += v.accepted();
  reducing += v.reason == Reason::accepted_reducing;
  if (!mismatch_.empty() || v.decided_by == DecidedBy::input) return;
  mismatch_ = verdict_disagreement(market_of(v.epoch), account, intent, v);
}

Verdict AuditedGate::reserve(const OrderIntent& intent) {
  const reference::ReferenceAccount before = account_of(intent.account);
  const Verdict verdict = gate_->reserve(intent);
  audit(intent, before, verdict);
  return verdict;
}

Verdict AuditedGate::check(const OrderIntent& intent) {
  const reference::ReferenceAccount before = account_of(intent.account);
  const Verdict verdict = gate_->check(intent);
  audit(intent, before, verdict);
  return verdict;
}

}  // namespace margingate::testing
