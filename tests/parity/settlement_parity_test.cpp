// Withdrawals, transfers, block trades and settlements against the whole margin from scratch.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "reference/exact_integer.hpp"
#include "reference/reference_decision.hpp"
#include "reference/reference_trade.hpp"
#include "reference/verdict_audit.hpp"
#include "support/audited_flow.hpp"

namespace margingate::testing {
namespace {

using reference::ReferenceAccount;
using reference::ReferenceChange;
using reference::ReferenceDecision;

constexpr std::uint32_t accounts = 6;

class SettlementSession : public AuditedFlow {
 public:
  SettlementSession(std::uint64_t seed, bool coin, double tick_move)
      : AuditedFlow({seed, accounts, coin, tick_move, 10, 0.05, 1.0, 4}) {}

  void run(int steps) {
    for (int i = 0; i < steps && difference_.empty(); ++i) {
      now_ = now_ + milliseconds(50);
      const double what = random_.uniform();
      if (what < 0.5) {
        apply(flow_.next(now_));
      } else if (what < 0.52) {
        gate_.publish_and_adopt();
      } else if (what < 0.65) {
        withdraw();
      } else if (what < 0.75) {
        transfer();
      } else if (what < 0.95) {
        trade();
      } else {
        settle();
      }
    }
  }

  const std::string& difference() const { return difference_; }
  std::map<Reason, int> reasons;
  int exact = 0;

 private:
  AccountId any_account() { return {static_cast<std::uint32_t>(random_.integer(0, accounts - 1))}; }
  AccountId another(AccountId account) {
    return {(account.value + static_cast<std::uint32_t>(random_.integer(1, accounts - 1))) %
            accounts};
  }

  void judge(const char* what, const Verdict& verdict, const ReferenceAccount& before,
             const ReferenceChange& change) {
    ++reasons[verdict.reason];
    if (verdict.decided_by == DecidedBy::input) return;
    exact += verdict.decided_by == DecidedBy::exact;
    const Epoch epoch = verdict.epoch != 0 ? verdict.epoch : gate_.gate().newest_epoch();
    const ReferenceDecision decision =
        reference::reference_decide_change(gate_.market_of(epoch), before, change);
    const std::string_view difference = reference::verdict_difference(verdict, decision);
    if (difference.empty() || !difference_.empty()) return;
    difference_ = std::string(what) + ": " + std::string(difference) + ", gate " +
                  std::string(to_string(verdict.reason)) + ", reference " +
                  std::string(to_string(decision.reason));
  }

  // Something like what the account could just about give.
  Money some_amount(AccountId account) {
    const std::int64_t excess = gate_.gate().statement(account).margin_excess.value;
    const auto near = static_cast<std::int64_t>(static_cast<double>(std::abs(excess)) *
                                                random_.uniform(0.0, 1.3));
    return {
        std::max<std::int64_t>(1, random_.chance(0.2) ? excess + random_.integer(-1, 1) : near)};
  }

  void withdraw() {
    const AccountId account = any_account();
    const ReferenceAccount before = gate_.account_of(account);
    const AssetId asset = gate_.universe().config.numeraire;
    const Money amount = some_amount(account);
    const Verdict verdict = gate_.gate().withdraw({account, asset, amount, now_});
    judge("withdrawal", verdict, before, reference_cash_change(before, asset, -amount));
  }

  void transfer() {
    const AccountId from = any_account();
    const AccountId to = another(from);
    const ReferenceAccount from_before = gate_.account_of(from);
    const ReferenceAccount to_before = gate_.account_of(to);
    const AssetId asset = gate_.universe().config.numeraire;
    const Money amount = some_amount(from);
    const TransferVerdict verdict = gate_.gate().transfer({from, to, asset, amount, now_});
    judge("transfer, giver", verdict.from, from_before,
          reference_cash_change(from_before, asset, -amount));
    judge("transfer, receiver", verdict.to, to_before,
          reference_cash_change(to_before, asset, amount));
  }

  void trade() {
    const AccountId buyer = any_account();
    const AccountId seller = another(buyer);
    const auto intent = std::get<PositionTransfer>(flow_.transfer(buyer.value));
    const std::int64_t lots = std::abs(intent.quantity.value);
    const ReferenceAccount buyer_before = gate_.account_of(buyer);
    const ReferenceAccount seller_before = gate_.account_of(seller);
    const TransferVerdict verdict =
        gate_.gate().trade({buyer, seller, intent.instrument, {lots}, intent.price, now_});
    const auto change = [&](const Verdict& v, const ReferenceAccount& before, std::int64_t q) {
      const Epoch epoch = v.epoch != 0 ? v.epoch : gate_.gate().newest_epoch();
      return reference_trade_change(gate_.market_of(epoch), before, intent.instrument, q,
                                    intent.price);
    };
    judge("buyer", verdict.from, buyer_before, change(verdict.from, buyer_before, lots));
    judge("seller", verdict.to, seller_before, change(verdict.to, seller_before, -lots));
    if (verdict.reason != Reason::accepted) {
      expect_same(buyer_before, gate_.account_of(buyer));
      expect_same(seller_before, gate_.account_of(seller));
    }
  }

  static std::string text(const ReferenceAccount& account) {
    std::string text;
    ReferenceAccount sorted = reference::without_empty_legs(account);
    std::sort(sorted.legs.begin(), sorted.legs.end(),
              [](const auto& a, const auto& b) { return a.instrument < b.instrument; });
    for (const auto& leg : sorted.legs) {
      text += std::to_string(leg.instrument.value) + ':' + std::to_string(leg.net) + '+' +
              std::to_string(leg.working_buys) + '-' + std::to_string(leg.working_sells) + '=' +
              std::to_string(leg.entry_cash.value) + ' ';
    }
    for (const Money wallet : account.wallets) text += std::to_string(wallet.value) + ' ';
    return text + std::to_string(account.open_losses.value);
  }

  void expect_same(const ReferenceAccount& expected, const ReferenceAccount& account) {
    if (text(expected) == text(account) || !difference_.empty()) return;
    difference_ = "state: expected " + text(expected) + ", gate " + text(account);
  }

  // MR-32: sold and bought back at the settlement price; MR-33: rate times value.
  void settle() {
    const GateConfig& config = gate_.universe().config;
    const auto intent = std::get<PositionTransfer>(flow_.transfer(0));
    const Instrument& instrument = config.instruments[intent.instrument.value];
    if (instrument.kind == InstrumentKind::option || instrument.kind == InstrumentKind::spot)
      return;
    std::vector<ReferenceAccount> expected;
    const bool funds = instrument.kind == InstrumentKind::perpetual && random_.chance(0.5);
    const std::int64_t rate = random_.integer(-1'000'000, 1'000'000);
    for (std::uint32_t a = 0; a < accounts; ++a) {
      expected.push_back(gate_.account_of({a}));
      ReferenceAccount& account = expected.back();
      for (const auto& leg : expected.back().legs) {
        if (leg.instrument != intent.instrument || leg.net == 0) continue;
        const std::int64_t net = leg.net;
        if (funds) {
          const Money cash =
              reference::reference_entry_cash(config, intent.instrument, net, intent.price);
          const std::int64_t value = std::abs(cash.value);
          account.wallets[instrument.settlement_asset.value] +=
              Money{reference::narrow(reference::floor_quotient(
                  reference::Int128{value} * (net > 0 ? -rate : rate), 1'000'000'000))};
        } else {
          reference::reference_apply_fill(config, account, intent.instrument, -net, intent.price);
          reference::reference_apply_fill(config, account, intent.instrument, net, intent.price);
        }
        break;
      }
    }
    const SettlementResult result =
        funds ? gate_.gate().settle(FundingPayment{intent.instrument, intent.price, rate})
              : gate_.gate().settle(MarkSettlement{intent.instrument, intent.price});
    if (result.reason != Reason::accepted) difference_ = "settlement refused";
    for (std::uint32_t a = 0; a < accounts; ++a) expect_same(expected[a], gate_.account_of({a}));
  }

  std::string difference_;
};

TEST(SettlementParity, EveryCallThatMovesRiskEqualsTheReference) {
  std::map<Reason, int> reasons;
  int exact = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SettlementSession session(seed, seed % 2 == 0, seed % 4 < 2 ? 0.0005 : 0.01);
    session.run(1'500);
    EXPECT_EQ(session.difference(), "") << "seed " << seed;
    for (std::uint32_t a = 0; a < accounts; ++a) {
      EXPECT_TRUE(session.gate().gate().totals_equal_recomputed({a})) << "seed " << seed;
    }
    for (const auto& [reason, count] : session.reasons) reasons[reason] += count;
    exact += session.exact;
  }
  EXPECT_GT(reasons[Reason::accepted], 500);
  EXPECT_GT(reasons[Reason::insufficient_margin], 500);
  EXPECT_GT(reasons[Reason::accepted_reducing], 20);
  EXPECT_GT(exact, 100);
}

}  // namespace
}  // namespace margingate::testing
