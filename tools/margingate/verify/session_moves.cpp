// Accounts that move to a gate of another model and back.
#include <algorithm>
#include <cmath>
#include <map>

#include "reference/reference_move.hpp"
#include "verify/session.hpp"

namespace margingate::verify {

// A model that cannot list the same strategies has no gate here.
void Session::open_behind() {
  if (!world_.second) return;
  Gate::Created created = Gate::create(*world_.second);
  if (!created.gate) {
    world_.second.reset();
    return;
  }
  gate_behind_ = std::move(created.gate);
  revaluer_behind_ = std::make_unique<Revaluer>(*gate_behind_, RevaluerOptions{});
}

// The market of this moment, as the other gate would have it.
void Session::publish_behind() {
  for (std::uint32_t u = 0; u < spots_.size(); ++u) {
    static_cast<void>(gate_behind_->apply(SpotTick{{u}, spots_[u], now_}));
  }
  surface_behind_ = surfaces_.back();
  surface_behind_.as_of = now_;
  surface_behind_.credit_rates.clear();
  static_cast<void>(revaluer_behind_->update_surface(surface_behind_));
  revaluer_behind_->request_publication();
  static_cast<void>(revaluer_behind_->run_once());
  static_cast<void>(gate_behind_->poll());
}

std::optional<reference::ReferenceMarket> Session::market_behind(Epoch epoch) const {
  const PublishedTable& table = revaluer_behind_->newest();
  if (epoch != 0 && epoch != table.epoch) return std::nullopt;
  reference::ReferenceMarket market;
  market.config = &gate_behind_->config();
  market.surface = &surface_behind_;
  market.as_of = table.as_of;
  market.table_spots = table.spots;
  market.live_spots = spots_;
  market.asset_prices.resize(config().assets.size());
  return market;
}

bool Session::move_one_way(Gate& from, Gate& to, AccountId account, AccountMove& answer,
                           Tally& tally) {
  const reference::MovedBooks before{reference::account_book(from, account),
                                     reference::account_book(to, account)};
  answer = move_account(from, to, account);
  ++tally.moves[answer.reason];
  ++tally.decisions;
  ++decided_;
  const Epoch epoch = answer.statement.epoch;
  std::optional<reference::ReferenceMarket> market;
  if (&to == gate_behind_.get()) {
    market = market_behind(epoch);
  } else if (const Epoch known = epoch != 0 ? epoch : to.newest_epoch(); memo_.knows(known)) {
    market = memo_.market(known);
  }
  std::string what =
      reference::move_difference(from, to, account, before, answer, market ? &*market : nullptr);
  const bool adds_up = from.totals_equal_recomputed(account) && to.totals_equal_recomputed(account);
  if (what.empty() && !adds_up) what = "the totals, which no longer equal a sum over its legs";
  if (what.empty()) return true;
  Question question;
  question.intent.account = account;
  fail(what, question, Verdict{});
  return false;
}

void Session::move(const MoveCall& call, Tally& tally) {
  const AccountId account = call.account;
  // What has no price here could not come back.
  const bool is_priced = gate_->statement(account).reason == Reason::accepted;
  if (!is_priced || gate_->is_unreconciled(account)) return;
  // Nor could anybody under a table that is too old, where a new one has to wait for room.
  const Epoch before = revaluer_->newest().epoch;
  publish();
  adopt(world_accounts);
  if (revaluer_->newest().epoch == before) return;
  // A table is as old as the newest tick it was built from.
  if (now_ - revaluer_->newest().as_of > config().table_age_max) return;
  publish_behind();
  AccountMove there;
  if (!move_one_way(*gate_, *gate_behind_, account, there, tally)) return;
  if (!is_accepted(there.reason)) return;
  if (controls_) controls_->moved_away(account);
  AccountMove back;
  for (int tries = 0; tries < 4; ++tries) {
    if (!move_one_way(*gate_behind_, *gate_, account, back, tally)) return;
    if (is_accepted(back.reason)) break;
    // Short by so much, or too small for the model.
    const double least =
        config().model.minimum_equity_to_enter * std::pow(10.0, config().money_decimals);
    const Money paid{std::max<std::int64_t>(-back.statement.margin_excess.value, 0) +
                     std::llround(least) + 1};
    const CashMovement movement{account, config().numeraire, paid};
    Verdict verdict;
    verdict.reason = gate_behind_->apply(movement);
    ledger_.took(movement, verdict);
  }
  if (!is_accepted(back.reason)) {
    Question question;
    question.intent.account = account;
    return fail("whether an account may come back: " + std::string(to_string(back.reason)),
                question, Verdict{});
  }
  std::map<WorkingOrderHandle, WorkingOrderHandle> now;
  for (const MovedOrder& order : there.orders) {
    const auto second = std::find_if(back.orders.begin(), back.orders.end(),
                                     [&](const auto& o) { return o.before == order.after; });
    now[order.before] = second->after;
  }
  ledger_.came_back(*gate_, account, [&](WorkingOrderHandle handle) { return now.at(handle); });
  if (controls_) controls_->moved_in(*gate_, account, back.statement);
  compare_account(account, tally);
}

}  // namespace margingate::verify
