#include "run/audit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "run/replace_decision.hpp"

namespace margingate::run {
namespace {

using reference::ReferenceDecision;
using reference::ReferenceMarket;

// More than a gate keeps alive: an account may stay on an old table for a while.
constexpr std::size_t tables_kept = 64;

// accepted and accepted_reducing apart; every refusal is one class, since the gate also looks at
// ages and capacities, which the reference leaves alone.
int verdict_class(Reason reason) {
  if (reason == Reason::accepted) return 0;
  return reason == Reason::accepted_reducing ? 1 : 2;
}

const char* path_name(DecidedBy path) {
  switch (path) {
    case DecidedBy::input:
      return "input";
    case DecidedBy::interval:
      return "the certified interval";
    case DecidedBy::exact:
      return "revaluing it exactly";
  }
  return "unknown";
}

std::string money(Money amount) {
  const std::int64_t value = amount.value;
  const auto magnitude = static_cast<std::uint64_t>(value < 0 ? -value : value);
  const auto scale = static_cast<std::uint64_t>(money_scale);
  return fmt::format("{}{}.{:08}", value < 0 ? "-" : "", magnitude / scale, magnitude % scale);
}

}  // namespace

Audit::Audit(const Universe& universe, const Session& session)
    : universe_(&universe), session_(&session), views_(session.gates.size()) {
  for (std::size_t gate = 0; gate < views_.size(); ++gate) {
    views_[gate].live_spots.resize(session.gates[gate].coins.size());
  }
}

void Audit::table(std::uint32_t gate, const PublishedTable& table) {
  auto& tables = views_[gate].tables;
  tables.push_back(table);
  if (tables.size() > tables_kept) tables.pop_front();
}

void Audit::spot(std::uint32_t gate, const SpotTick& tick) {
  views_[gate].live_spots[tick.underlying.value] = tick.price;
}

void Audit::copy_account(std::uint32_t gate, AccountId account) {
  const Gate& from = *session_->gates[gate].gate;
  gate_ = gate;
  account_ = {};
  for (const Gate::Leg& leg : from.legs(account)) {
    account_.legs.push_back({leg.instrument, leg.net_quantity.value, leg.working_buys.value,
                             leg.working_sells.value, leg.entry_cash});
  }
  account_.wallets = from.wallets(account);
  account_.open_losses = from.open_losses(account);
  account_.holds = from.holds(account);
}

void Audit::before(std::uint32_t gate, const OrderIntent& intent) {
  copy_account(gate, intent.account);
  intent_ = intent;
  replaced_.reset();
  is_known_ = true;
}

void Audit::before(std::uint32_t gate, const ReplaceIntent& intent) {
  replaced_ = session_->gates[gate].gate->working_order(intent.order);
  is_known_ = replaced_.has_value();
  if (!is_known_) return;
  copy_account(gate, replaced_->account);
  intent_ = {replaced_->account, replaced_->instrument, replaced_->side,
             intent.quantity,    intent.price,          intent.time};
}

const PublishedTable* Audit::table_of(std::uint32_t gate, Epoch epoch) const {
  const auto& tables = views_[gate].tables;
  const auto at = std::find_if(tables.begin(), tables.end(),
                               [&](const PublishedTable& table) { return table.epoch == epoch; });
  return at == tables.end() ? nullptr : &*at;
}

ReferenceMarket Audit::market_of(const PublishedTable& table) const {
  const GateSession& session = session_->gates[gate_];
  ReferenceMarket market;
  market.config = &session.gate->config();
  market.surface = &session.surfaces[table.surface - 1];
  market.as_of = table.as_of;
  market.table_spots = table.spots;
  market.live_spots = views_[gate_].live_spots;
  market.asset_prices.resize(session.assets.size());
  return market;
}

ReferenceDecision Audit::decide(const ReferenceMarket& market) const {
  return replaced_ ? reference_replace(market, account_, *replaced_, intent_)
                   : reference_decide(market, account_, intent_);
}

std::string Audit::difference(const Verdict& verdict, const ReferenceDecision& exact) const {
  if (verdict_class(verdict.reason) != verdict_class(exact.reason)) return "the verdict";
  if (verdict.decided_by == DecidedBy::input) return {};
  if (static_cast<int>(exact.reason) >= 100 && exact.reason != Reason::insufficient_margin) {
    return "whether there is a margin";
  }
  const Money required = exact.after.initial_margin;
  if (required > verdict.requirement_after ||
      required < verdict.requirement_after - verdict.uncertainty) {
    return "the requirement with the order";
  }
  if (verdict.uncertainty.value == 0 && exact.before.initial_margin > verdict.requirement_before) {
    return "the requirement without the order";
  }
  if (exact.after.equity < verdict.equity ||
      exact.after.equity > verdict.equity + verdict.equity_uncertainty) {
    return "the equity";
  }
  if (verdict.open_loss < exact.open_loss) return "the open loss";
  return {};
}

bool Audit::after(const Verdict& verdict) {
  ++decisions_;
  if (!is_known_) {
    ++without_margin_;
    return verdict.reason == Reason::unknown_order ||
           fail("whether the order is known", verdict, {});
  }
  const PublishedTable* const table = table_of(gate_, verdict.epoch);
  const bool is_refused_input = verdict.decided_by == DecidedBy::input && !verdict.accepted();
  if (is_refused_input) {
    ++without_margin_;
    return true;
  }
  if (table == nullptr) return fail("whether the table is known", verdict, {});
  const ReferenceDecision exact = decide(market_of(*table));
  const std::string what = difference(verdict, exact);
  return what.empty() || fail(what, verdict, exact);
}

bool Audit::fail(const std::string& what, const Verdict& verdict, const ReferenceDecision& exact) {
  const GateSession& session = session_->gates[gate_];
  const Contract& contract = universe_->contracts[session.contracts[intent_.instrument.value]];
  mismatch_ = fmt::format(
      "decision {}: gate and reference differ in {}\n"
      "  account   {} ({} legs, {} gate), epoch {}, decided by {}\n"
      "  order     {}{} {} lots of {} at {:.8f}\n"
      "            {:>28} {:>28}\n"
      "  verdict   {:>28} {:>28}\n"
      "  required  {:>28} {:>28}   interval width {}\n"
      "  equity    {:>28} {:>28}   interval width {}\n"
      "  open loss {:>28} {:>28}\n",
      decisions_, what, intent_.account.value, account_.legs.size(), session.numeraire,
      verdict.epoch, path_name(verdict.decided_by), replaced_ ? "replace by " : "",
      intent_.side == Side::buy ? "buy" : "sell", intent_.quantity.value, contract.name,
      static_cast<double>(intent_.price.value) / static_cast<double>(price_scale), "gate",
      "reference", to_string(verdict.reason), to_string(exact.reason),
      money(verdict.requirement_after), money(exact.after.initial_margin),
      money(verdict.uncertainty), money(verdict.equity), money(exact.after.equity),
      money(verdict.equity_uncertainty), money(verdict.open_loss), money(exact.open_loss));
  return false;
}

}  // namespace margingate::run
