#include "support/audited_gate.hpp"

#include <cmath>
#include <sstream>
#include <stdexcept>

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
  reference::ReferenceAccount result;
  for (const Gate::Leg& leg : gate_->legs(account)) {
    result.legs.push_back({leg.instrument, leg.net_quantity.value, leg.working_buys.value,
                           leg.working_sells.value, leg.entry_cash});
  }
  result.wallets = gate_->wallets(account);
  result.open_losses = gate_->open_losses(account);
  result.holds = gate_->holds(account);
  return result;
}

void AuditedGate::disagree(const OrderIntent& intent, const Verdict& verdict,
                           const reference::ReferenceDecision& expected, const char* what) {
  if (!mismatch_.empty()) return;
  std::ostringstream out;
  out << what << ": account " << intent.account.value << " instrument "
      << intent.instrument.value << (intent.side == Side::buy ? " buy " : " sell ")
      << intent.quantity.value << " @ " << intent.price.value << "\n gate: "
      << to_string(verdict.reason) << " by " << static_cast<int>(verdict.decided_by) << " before "
      << verdict.requirement_before.value << " after " << verdict.requirement_after.value << " -"
      << verdict.uncertainty.value << " equity " << verdict.equity.value << " +"
      << verdict.equity_uncertainty.value << " open loss " << verdict.open_loss.value
      << "\n reference: " << to_string(expected.reason) << " before "
      << expected.before.initial_margin.value << " after "
      << expected.after.initial_margin.value << " equity " << expected.after.equity.value
      << " open loss " << expected.open_loss.value;
  mismatch_ = out.str();
}

void AuditedGate::audit(const OrderIntent& intent, const reference::ReferenceAccount& account,
                        const Verdict& v) {
  ++decisions;
  by_interval += v.decided_by == DecidedBy::interval;
  accepted += v.accepted();
  reducing += v.reason == Reason::accepted_reducing;
  if (v.decided_by == DecidedBy::input) return;
  const reference::ReferenceDecision expected =
      reference_decide(market_of(v.epoch), account, intent);
  if (v.reason != expected.reason) return disagree(intent, v, expected, "verdict differs");
  const std::int64_t exact = expected.after.initial_margin.value;
  const bool margin_inside = exact <= v.requirement_after.value &&
                             exact >= v.requirement_after.value - v.uncertainty.value;
  if (!margin_inside) return disagree(intent, v, expected, "margin outside its interval");
  const std::int64_t equity = expected.after.equity.value;
  const bool equity_inside = equity >= v.equity.value &&
                             equity <= v.equity.value + v.equity_uncertainty.value;
  if (!equity_inside) return disagree(intent, v, expected, "equity outside its interval");
  if (v.open_loss < expected.open_loss) {
    return disagree(intent, v, expected, "open loss booked too low");
  }
  if (v.decided_by == DecidedBy::exact && v.uncertainty.value != 0) {
    return disagree(intent, v, expected, "exact decision with an interval");
  }
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
