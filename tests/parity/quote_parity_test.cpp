// Batches of quotes against the whole margin from scratch.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "reference/reference_decision.hpp"
#include "reference/reference_quotes.hpp"
#include "reference/verdict_audit.hpp"
#include "support/audited_flow.hpp"

namespace margingate::testing {
namespace {

using reference::ReferenceAccount;
using reference::ReferenceDecision;

constexpr std::uint32_t accounts = 4;

void charge_fees(Random&, GateConfig& config) {
  for (std::size_t i = 0; i < config.instruments.size(); i += 3) {
    config.instruments[i].fee_rate_max = 0.0007;
  }
}

class QuoteSession : public AuditedFlow {
 public:
  QuoteSession(std::uint64_t seed, bool coin, double tick_move)
      : AuditedFlow({seed, accounts, coin, tick_move, 10, 0.5, 4.0, 3, charge_fees}) {}

  void run(int steps) {
    for (int i = 0; i < steps && difference_.empty(); ++i) {
      now_ = now_ + milliseconds(50);
      const double what = random_.uniform();
      if (what < 0.4) {
        apply(flow_.next(now_));
      } else if (what < 0.43) {
        gate_.publish_and_adopt();
      } else {
        quote();
      }
    }
  }

  const std::string& difference() const { return difference_; }
  std::map<Reason, int> reasons;
  int exact = 0;

 private:
  void quote() {
    const AccountId account{static_cast<std::uint32_t>(random_.integer(0, accounts - 1))};
    auto& shown = shown_[account.value];
    std::vector<Quote> quotes;
    std::set<std::uint32_t> quoted;
    const auto size = random_.integer(1, 12);
    for (std::int64_t i = 0; i < size; ++i) {
      const auto near = std::get<PositionTransfer>(flow_.transfer(account.value));
      if (!quoted.insert(near.instrument.value).second) continue;
      const std::int64_t lots = std::max<std::int64_t>(1, std::abs(near.quantity.value) / 4);
      const std::int64_t half = std::max<std::int64_t>(1, near.price.value / 200);
      const QuoteResult& last = shown[near.instrument.value];
      Quote q{near.instrument,
              {{std::max<std::int64_t>(1, near.price.value - half)}, {lots}, last.bid},
              {{near.price.value + half}, {lots}, last.ask}};
      if (random_.chance(0.2)) q.bid.quantity = {0};
      if (random_.chance(0.2)) q.ask.quantity = {0};
      quotes.push_back(q);
    }
    if (std::all_of(quotes.begin(), quotes.end(), [](const Quote& q) {
          return q.bid.quantity.value == 0 && q.ask.quantity.value == 0;
        })) {
      return;
    }
    const ReferenceAccount before = gate_.account_of(account);
    const auto replaced = reference::replaced_by(gate_.gate(), quotes);
    std::vector<QuoteResult> results(quotes.size());
    const QuoteVerdict verdict =
        gate_.gate().quote({account, now_, QuoteDecision::together, quotes}, results);
    judge(verdict.verdict, before, quotes, replaced);
    if (!verdict.verdict.accepted()) return;
    for (std::size_t i = 0; i < quotes.size(); ++i) {
      shown[quotes[i].instrument.value] = results[i];
    }
  }

  void judge(const Verdict& verdict, const ReferenceAccount& before,
             const std::vector<Quote>& quotes,
             const std::vector<reference::ReplacedQuote>& replaced) {
    ++reasons[verdict.reason];
    if (verdict.decided_by == DecidedBy::input) return;
    exact += verdict.decided_by == DecidedBy::exact;
    const reference::ReferenceMarket market = gate_.market_of(verdict.epoch);
    const ReferenceDecision decision = reference::reference_decide_change(
        market, before, reference::reference_quote_change(market, before, quotes, replaced));
    const std::string_view difference = reference::verdict_difference(verdict, decision);
    if (difference.empty()) return;
    difference_ = std::string(difference) + ", gate " + std::string(to_string(verdict.reason)) +
                  ", reference " + std::string(to_string(decision.reason));
  }

  std::map<std::uint32_t, std::map<std::uint32_t, QuoteResult>> shown_;
  std::string difference_;
};

TEST(QuoteParity, EveryBatchEqualsTheReference) {
  std::map<Reason, int> reasons;
  int exact = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    QuoteSession session(seed, seed % 2 == 0, seed % 4 < 2 ? 0.0005 : 0.01);
    session.run(800);
    EXPECT_EQ(session.difference(), "") << "seed " << seed;
    for (std::uint32_t a = 0; a < accounts; ++a) {
      EXPECT_TRUE(session.gate().gate().totals_equal_recomputed({a})) << "seed " << seed;
    }
    for (const auto& [reason, count] : session.reasons) reasons[reason] += count;
    exact += session.exact;
  }
  EXPECT_GT(reasons[Reason::accepted], 500);
  EXPECT_GT(reasons[Reason::insufficient_margin], 200);
  EXPECT_GT(reasons[Reason::accepted_reducing], 2);  // rare, and compilers draw in other orders
  EXPECT_GT(exact, 50);
}

}  // namespace
}  // namespace margingate::testing
