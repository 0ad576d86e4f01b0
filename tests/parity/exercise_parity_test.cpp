// Exercise, assignment and expiry against the whole margin from scratch, and what each of them
// books to the last unit.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>

#include "reference/reference_decision.hpp"
#include "reference/reference_trade.hpp"
#include "reference/verdict_audit.hpp"
#include "support/audited_flow.hpp"

namespace margingate::testing {
namespace {

using reference::ReferenceAccount;
using reference::ReferenceDecision;
using reference::ReferenceLeg;

constexpr std::uint32_t accounts = 6;

ReferenceAccount sorted(const ReferenceAccount& account) {
  ReferenceAccount result = reference::without_empty_legs(account);
  std::sort(result.legs.begin(), result.legs.end(),
            [](const auto& a, const auto& b) { return a.instrument < b.instrument; });
  return result;
}

std::string text(const ReferenceAccount& account) {
  std::string text;
  for (const ReferenceLeg& leg : sorted(account).legs) {
    text += std::to_string(leg.instrument.value) + ':' + std::to_string(leg.net) + '+' +
            std::to_string(leg.working_buys) + '-' + std::to_string(leg.working_sells) + '=' +
            std::to_string(leg.entry_cash.value) + ' ';
  }
  for (const Money wallet : account.wallets) text += std::to_string(wallet.value) + ' ';
  return text + std::to_string(account.open_losses.value);
}

class ExerciseSession : public AuditedFlow {
 public:
  ExerciseSession(std::uint64_t seed, bool coin, double tick_move)
      : AuditedFlow({seed, accounts, coin, tick_move, 12, 0.05, 1.0, 6}) {}

  void run(int steps) {
    for (int i = 0; i < steps && difference_.empty(); ++i) {
      now_ = now_ + milliseconds(50);
      const double what = random_.uniform();
      if (what < 0.5) {
        apply(flow_.next(now_));
      } else if (what < 0.52) {
        gate_.publish_and_adopt();
      } else if (what < 0.55) {
        apply(flow_.transfer(any_account().value));
      } else if (what < 0.85) {
        exercise();
      } else {
        assign();
      }
    }
  }

  // Every contract that ends, in order of time; never before.
  void run_out() {
    std::vector<InstrumentId> ending;
    for (std::uint32_t i = 0; i < config().instruments.size(); ++i) {
      const InstrumentKind kind = config().instruments[i].kind;
      if (kind == InstrumentKind::option || kind == InstrumentKind::future) ending.push_back({i});
    }
    std::stable_sort(ending.begin(), ending.end(),
                     [&](InstrumentId a, InstrumentId b) { return expiry_of(a) < expiry_of(b); });
    for (const InstrumentId id : ending) {
      const Expiry early{id, {1}, expiry_of(id) + milliseconds(-1)};
      EXPECT_EQ(gate_.gate().settle(early).reason, Reason::not_expired);
      expire(id);
    }
  }

  [[nodiscard]] const std::string& difference() const { return difference_; }
  std::map<Reason, int> exercises, assignments;
  int exact = 0, paid_out = 0, released = 0;

 private:
  AccountId any_account() { return {static_cast<std::uint32_t>(random_.integer(0, accounts - 1))}; }
  Timestamp expiry_of(InstrumentId id) const { return config().instruments[id.value].expiry; }

  void differ(const std::string& what) {
    if (difference_.empty()) difference_ = what;
  }
  void expect_same(const char* what, const ReferenceAccount& expected, AccountId account) {
    const std::string held = text(gate_.account_of(account));
    if (text(expected) != held) {
      differ(std::string(what) + ": expected " + text(expected) + ", gate " + held);
    }
  }

  // An option of this sign, and what it delivers: the perpetual of its underlying and payoff.
  std::optional<Exercise> some_option(AccountId account, bool is_long) {
    ReferenceAccount held = sorted(gate_.account_of(account));
    std::erase_if(held.legs, [&](const ReferenceLeg& leg) {
      const bool is_option =
          config().instruments[leg.instrument.value].kind == InstrumentKind::option;
      return !is_option || (is_long ? leg.net <= 0 : leg.net >= 0);
    });
    if (held.legs.empty()) return std::nullopt;
    const auto at = static_cast<std::size_t>(
        random_.integer(0, static_cast<std::int64_t>(held.legs.size()) - 1));
    const ReferenceLeg& leg = held.legs[at];
    const Instrument& option = config().instruments[leg.instrument.value];
    const std::int64_t held_lots = std::abs(leg.net);
    // More than there is now and then.
    const std::int64_t lots = random_.chance(0.05) ? held_lots + 1 : random_.integer(1, held_lots);
    for (std::uint32_t i = 0; i < config().instruments.size(); ++i) {
      const Instrument& other = config().instruments[i];
      if (other.kind != InstrumentKind::perpetual || other.underlying != option.underlying ||
          other.payoff != option.payoff) {
        continue;
      }
      const double coins = static_cast<double>(lots) * option.contract_size /
                           static_cast<double>(option.lots_per_contract);
      const double in_kind = other.payoff == Payoff::inverse ? coins * option.strike : coins;
      const double delivered =
          in_kind / other.contract_size * static_cast<double>(other.lots_per_contract);
      return Exercise{account,
                      leg.instrument,
                      {lots},
                      {i},
                      {std::max<std::int64_t>(1, std::llround(delivered))},
                      {std::llround(option.strike * 1e8)},
                      now_};
    }
    return std::nullopt;
  }

  void exercise() {
    const AccountId account = any_account();
    const auto e = some_option(account, true);
    if (!e) return;
    const ReferenceAccount before = gate_.account_of(account);
    const Verdict verdict = gate_.gate().exercise(*e);
    ++exercises[verdict.reason];
    if (verdict.decided_by == DecidedBy::input) return expect_same("refused", before, account);
    exact += verdict.decided_by == DecidedBy::exact;
    const reference::ReferenceMarket market = gate_.market_of(verdict.epoch);
    const reference::ReferenceChange change =
        reference::reference_exercise_change(market, before, *e);
    const ReferenceDecision decision = reference::reference_decide_change(market, before, change);
    const std::string_view difference = reference::verdict_difference(verdict, decision);
    if (!difference.empty()) {
      differ("exercise: " + std::string(difference) + ", gate " +
             std::string(to_string(verdict.reason)) + ", reference " +
             std::string(to_string(decision.reason)));
    }
    expect_same("exercise", verdict.accepted() ? change.after : before, account);
  }

  void assign() {
    const AccountId account = any_account();
    const auto e = some_option(account, false);
    if (!e) return;
    ReferenceAccount expected = gate_.account_of(account);
    const Reason reason = gate_.gate().apply(
        Assignment{e->account, e->option, e->quantity, e->delivery, e->delivered, e->strike});
    ++assignments[reason];
    if (is_accepted(reason)) {
      const bool is_call = config().instruments[e->option.value].option_type == OptionType::call;
      const std::int64_t delivered = is_call ? -e->delivered.value : e->delivered.value;
      reference::reference_apply_fill(config(), expected, e->delivery, delivered, e->strike);
      reference::reference_apply_fill(config(), expected, e->option, e->quantity.value, {0});
    }
    expect_same("assignment", expected, account);
  }

  void expire(InstrumentId id) {
    const bool is_option = config().instruments[id.value].kind == InstrumentKind::option;
    const Price price{is_option ? random_.integer(0, 3'000'000) * random_.integer(0, 1)
                                : random_.integer(1, 10'000'000'000'000)};
    std::vector<ReferenceAccount> expected;
    for (std::uint32_t a = 0; a < accounts; ++a) {
      expected.push_back(gate_.account_of({a}));
      for (const WorkingOrderHandle handle : gate_.gate().working_orders({a})) {
        const auto order = gate_.gate().working_order(handle);
        if (order->instrument == id) expected[a].open_losses -= order->open_loss;
      }
      for (ReferenceLeg& leg : expected[a].legs) {
        if (leg.instrument != id) continue;
        released += leg.working_buys + leg.working_sells != 0 ? 1 : 0;
        leg.working_buys = leg.working_sells = 0;
        const std::int64_t net = leg.net;
        if (net == 0) break;
        ++paid_out;
        reference::reference_apply_fill(config(), expected[a], id, -net, price);
        break;
      }
    }
    const SettlementResult result = gate_.gate().settle(Expiry{id, price, expiry_of(id)});
    if (result.reason != Reason::accepted || result.unreconciled != 0) differ("expiry refused");
    for (std::uint32_t a = 0; a < accounts; ++a) expect_same("expiry", expected[a], {a});
  }

  std::string difference_;
};

TEST(ExerciseParity, EveryExerciseAssignmentAndExpiryEqualsTheReference) {
  std::map<Reason, int> exercises, assignments;
  int exact = 0, paid_out = 0, released = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    ExerciseSession session(seed, seed % 2 == 0, seed % 4 < 2 ? 0.0005 : 0.01);
    session.run(1'500);
    EXPECT_EQ(session.difference(), "") << "seed " << seed;
    session.run_out();
    EXPECT_EQ(session.difference(), "") << "seed " << seed;
    for (std::uint32_t a = 0; a < accounts; ++a) {
      EXPECT_TRUE(session.gate().gate().totals_equal_recomputed({a})) << "seed " << seed;
      for (const ReferenceLeg& leg : session.gate().account_of({a}).legs) {
        const InstrumentKind kind =
            session.gate().universe().config.instruments[leg.instrument.value].kind;
        const bool ends = kind == InstrumentKind::option || kind == InstrumentKind::future;
        EXPECT_FALSE(ends && !leg.empty()) << "seed " << seed;
      }
    }
    for (const auto& [reason, count] : session.exercises) exercises[reason] += count;
    for (const auto& [reason, count] : session.assignments) assignments[reason] += count;
    exact += session.exact;
    paid_out += session.paid_out;
    released += session.released;
  }
  EXPECT_GT(exercises[Reason::accepted], 200);
  EXPECT_GT(exercises[Reason::insufficient_margin], 100);
  EXPECT_GT(exercises[Reason::position_too_small], 20);
  EXPECT_GT(assignments[Reason::accepted], 200);
  EXPECT_GT(exact, 50);
  EXPECT_GT(paid_out, 100);
  EXPECT_GT(released, 20);
}

}  // namespace
}  // namespace margingate::testing
