#include "run/audit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reference/verdict_audit.hpp"

namespace margingate::run {
namespace {

using reference::ReferenceDecision;
using reference::ReferenceMarket;

// More than a gate keeps alive: an account may stay on an old table for a while.
constexpr std::size_t tables_kept = 64;

std::string_view path_name(DecidedBy path) {
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
    const GateConfig& config = session.gates[gate].gate->config();
    if (!config.controls) continue;
    const auto number = static_cast<std::uint32_t>(gate);
    views_[gate].controls = std::make_unique<reference::ReferenceControls>(
        config, [this, number](Epoch epoch) -> std::optional<ReferenceMarket> {
          const PublishedTable* const table = table_of(number, epoch);
          if (table == nullptr) return std::nullopt;
          return market_of(number, *table);
        });
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

void Audit::event(std::uint32_t gate, const Action& action) {
  reference::ReferenceControls* const controls = views_[gate].controls.get();
  if (controls == nullptr) return;
  if (const auto* adoption = std::get_if<Adoption>(&action)) {
    controls->adopted(*session_->gates[gate].gate, adoption->account);
  }
  const auto* const event = std::get_if<Event>(&action);
  if (event != nullptr) controls->took(*event);
}

void Audit::report(std::uint32_t gate, const Execution& execution, Reason reason) {
  if (views_[gate].controls == nullptr) return;
  views_[gate].controls->took(*session_->gates[gate].gate, execution, reason);
}

bool Audit::controls_judged(std::uint32_t gate, std::string_view what,
                            const ControlsJudge& difference_of) {
  reference::ReferenceControls* const controls = views_[gate].controls.get();
  if (controls == nullptr || !mismatch_.empty()) return true;
  const std::string difference = difference_of(*controls, *session_->gates[gate].gate);
  if (difference.empty()) return true;
  mismatch_ =
      fmt::format("decision {}: controls differ about a {}: {}\n", decisions_, what, difference);
  return false;
}

void Audit::copy_account(std::uint32_t gate, AccountId account) {
  gate_ = gate;
  account_ = reference::reference_account(*session_->gates[gate].gate, account);
}

void Audit::before(std::uint32_t gate, const OrderIntent& intent) {
  copy_account(gate, intent.account);
  intent_ = intent;
  replaced_.reset();
  replaced_order_.reset();
  is_known_ = true;
}

void Audit::before(std::uint32_t gate, const ReplaceIntent& intent) {
  replaced_ = session_->gates[gate].gate->working_order(intent.order);
  is_known_ = replaced_.has_value();
  if (!is_known_) return;
  replaced_order_ = intent.order;
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
  return market_of(gate_, table);
}

ReferenceMarket Audit::market_of(std::uint32_t gate, const PublishedTable& table) const {
  const GateSession& session = session_->gates[gate];
  ReferenceMarket market;
  market.config = &session.gate->config();
  market.surface = &session.surfaces[table.surface - 1];
  market.as_of = table.as_of;
  market.table_spots = table.spots;
  market.live_spots = views_[gate].live_spots;
  market.asset_prices.resize(session.assets.size());
  return market;
}

ReferenceDecision Audit::decide(const ReferenceMarket& market) const {
  const reference::ReplacedOrder replaced =
      replaced_ ? reference::ReplacedOrder{replaced_->remaining, replaced_->open_loss}
                : reference::ReplacedOrder{};
  return reference_decide(market, account_, intent_, replaced);
}

bool Audit::after(const Verdict& verdict) {
  return margin_agrees(verdict) && controls_agree(verdict);
}

bool Audit::controls_agree(const Verdict& verdict) {
  reference::ReferenceControls* const controls = views_[gate_].controls.get();
  if (controls == nullptr || !is_known_) return true;
  Gate& gate = *session_->gates[gate_].gate;
  std::string what = controls->judge(gate, intent_, replaced_order_, verdict);
  if (what.empty() && decisions_ % 64 == 0) {
    for (const ControlLevel level : {ControlLevel::account, ControlLevel::desk, ControlLevel::firm,
                                     ControlLevel::clearing_member, ControlLevel::gate}) {
      if (what.empty()) what = controls->status_difference(gate, {level, 0});
    }
  }
  if (what.empty()) return true;
  mismatch_ = fmt::format("decision {}, account {}: controls differ: {}\n", decisions_,
                          intent_.account.value, what);
  return false;
}

bool Audit::margin_agrees(const Verdict& verdict) {
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
    // That something has no price is for the reference to confirm; ages and capacities are not.
    const bool is_unpriced =
        verdict.reason >= Reason::missing_mark && verdict.reason <= Reason::position_unpriced;
    if (!is_unpriced || table == nullptr) return true;
    const ReferenceDecision exact = decide(market_of(*table));
    return !is_accepted(exact.reason) || fail("whether there is a price", verdict, exact);
  }
  if (table == nullptr) return fail("whether the table is known", verdict, {});
  const ReferenceDecision exact = decide(market_of(*table));
  const std::string_view what = reference::verdict_difference(verdict, exact);
  return what.empty() || fail(what, verdict, exact);
}

bool Audit::after_change(std::uint32_t gate, std::string_view what,
                         const reference::ReferenceAccount& before, const ChangeOf& change_of,
                         const Verdict& verdict) {
  ++decisions_;
  if (verdict.decided_by == DecidedBy::input) {
    ++without_margin_;
    return true;
  }
  gate_ = gate;
  const auto& tables = views_[gate].tables;
  // A flat account is under no table; then none of its numbers matters.
  const PublishedTable* const table =
      verdict.epoch == 0 && !tables.empty() ? &tables.back() : table_of(gate, verdict.epoch);
  std::string_view difference = "whether the table is known";
  ReferenceDecision exact;
  if (table != nullptr) {
    const ReferenceMarket market = market_of(*table);
    exact = reference_decide_change(market, before, change_of(market));
    difference = reference::verdict_difference(verdict, exact);
  }
  if (difference.empty()) return true;
  mismatch_ = fmt::format(
      "decision {}: gate and reference differ in {} of a {}\n"
      "            {:>28} {:>28}\n"
      "  verdict   {:>28} {:>28}\n"
      "  required  {:>28} {:>28}   interval width {}\n"
      "  equity    {:>28} {:>28}   interval width {}\n",
      decisions_, difference, what, "gate", "reference", to_string(verdict.reason),
      to_string(exact.reason), money(verdict.requirement_after), money(exact.after.initial_margin),
      money(verdict.uncertainty), money(verdict.equity), money(exact.after.equity),
      money(verdict.equity_uncertainty));
  return false;
}

bool Audit::after_move(std::uint32_t from, std::uint32_t to, AccountId account,
                       const reference::MovedBooks& before, const AccountMove& move) {
  ++decisions_;
  Gate& old_gate = *session_->gates[from].gate;
  Gate& new_gate = *session_->gates[to].gate;
  const auto& tables = views_[to].tables;
  const PublishedTable* const table = move.statement.epoch == 0 && !tables.empty()
                                          ? &tables.back()
                                          : table_of(to, move.statement.epoch);
  std::optional<ReferenceMarket> market;
  if (table != nullptr) market = market_of(to, *table);
  std::string what = reference::move_difference(old_gate, new_gate, account, before, move,
                                                market ? &*market : nullptr);
  if (what.empty() && is_accepted(move.reason)) {
    if (views_[from].controls) views_[from].controls->moved_away(account);
    if (views_[to].controls) views_[to].controls->moved_in(new_gate, account, move.statement);
  }
  const bool is_account = account.value < old_gate.config().limits.accounts_max;
  for (const std::uint32_t gate : {from, to}) {
    Gate& one = *session_->gates[gate].gate;
    if (what.empty() && is_account && !one.totals_equal_recomputed(account)) {
      what = "totals, which no longer equal a sum over the legs";
    }
    for (const ControlLevel level :
         {ControlLevel::account, ControlLevel::desk, ControlLevel::gate}) {
      if (!what.empty() || !is_account || !views_[gate].controls) continue;
      const std::uint32_t id = level == ControlLevel::account ? account.value : 0;
      what = views_[gate].controls->status_difference(one, {level, id});
    }
  }
  if (what.empty()) return true;
  mismatch_ = fmt::format(
      "decision {}: account {} moves from the {} gate to the one behind: {} differ: {}\n",
      decisions_, account.value, session_->gates[from].numeraire, to_string(move.reason), what);
  return false;
}

bool Audit::fail(std::string_view what, const Verdict& verdict, const ReferenceDecision& exact) {
  const GateSession& session = session_->gates[gate_];
  const std::uint32_t instrument = intent_.instrument.value;
  const std::string name = instrument < session.contracts.size()
                               ? universe_->contracts[session.contracts[instrument]].name
                               : fmt::format("combo {}", instrument - session.contracts.size());
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
      intent_.side == Side::buy ? "buy" : "sell", intent_.quantity.value, name,
      static_cast<double>(intent_.price.value) / static_cast<double>(price_scale), "gate",
      "reference", to_string(verdict.reason), to_string(exact.reason),
      money(verdict.requirement_after), money(exact.after.initial_margin),
      money(verdict.uncertainty), money(verdict.equity), money(exact.after.equity),
      money(verdict.equity_uncertainty), money(verdict.open_loss), money(exact.open_loss));
  return false;
}

}  // namespace margingate::run
