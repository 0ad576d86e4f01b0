// One account from its units: credits, factors, holds, collateral, and the three-way answer.
#include "margin/account_requirement.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "margin/fixed_point.hpp"
#include "support/random.hpp"

namespace margingate::margin {
namespace {

using testing::Random;

constexpr std::int64_t half = 500'000'000;

// Assets: 0 the numeraire, 1 and 2 the coins of units 0 and 1, 3 something with a haircut.
AccountTerms terms() {
  AccountTerms t;
  t.assets.resize(4);
  t.assets[0].is_numeraire = true;
  t.assets[1].haircut_ppb = 100'000'000;
  t.assets[3].haircut_ppb = 250'000'000;
  t.coin_asset[0] = 1;
  t.coin_asset[1] = 2;
  t.initial_ppb = parts_per_one;
  t.maintenance_ppb = parts_per_one;
  t.price_scale = 100;
  return t;
}

UnitInterval unit(std::int64_t scan, std::int64_t delta_lo = 0, std::int64_t delta_hi = 0) {
  UnitInterval u;
  u.scan = u.floored_scan = u.total = {scan, scan};
  u.delta_lo = delta_lo;
  u.delta_hi = delta_hi;
  return u;
}

struct Account {
  AccountTerms account_terms = terms();
  UnitIntervals units;
  Wallets wallets{};
  AssetPrices prices{};
  std::int64_t holds = 0;

  AccountInterval interval() {
    return account_interval(account_terms, account_terms.credits, units, wallets, prices, holds);
  }
};

// MR-23
TEST(AccountRequirement, AddsUnitsFactorsAndHolds) {
  Account a;
  a.account_terms.initial_ppb = 1'250'000'000;
  a.holds = 7;
  a.units.set(0, unit(101));
  a.units.set(3, unit(200));
  const AccountInterval i = a.interval();
  EXPECT_EQ(i.risk.hi, 301);
  EXPECT_EQ(i.initial_margin.hi, 377 + 7);  // 376.25, rounded up
  EXPECT_EQ(i.initial_margin.lo, i.initial_margin.hi);
}

TEST(AccountRequirement, RoundsFactorsUp) {
  EXPECT_EQ(with_factor(1'000, parts_per_one), 1'000);
  EXPECT_EQ(with_factor(1, 1), 1);
  EXPECT_EQ(with_factor(0, 9'999'999'999), 0);
  EXPECT_EQ(with_factor(3, half), 2);
  EXPECT_EQ(with_factor(4, half), 2);
  Random random(4);
  for (int i = 0; i < 20'000; ++i) {
    const std::int64_t risk = random.integer(0, std::int64_t{1} << 50);
    const std::int64_t factor = random.integer(1, 10 * parts_per_one);
    const Int128 product = static_cast<Int128>(risk) * factor;
    EXPECT_EQ(with_factor(risk, factor),
              static_cast<std::int64_t>(ceil_divide(product, parts_per_one)));
  }
}

// MR-22
TEST(AccountRequirement, CreditsUnitsThatAreCertainlyOpposite) {
  const auto credits = [](const UnitInterval& first, const UnitInterval& second) {
    Account a;
    a.account_terms.credits = {{0, 1, 300'000'001}};
    a.units.set(0, first);
    a.units.set(1, second);
    const AccountInterval i = a.interval();
    EXPECT_EQ(i.credits.lo, i.credits.hi);
    EXPECT_EQ(i.risk.hi, first.total.hi + second.total.hi - i.credits.hi);
    return i.credits.hi;
  };
  EXPECT_EQ(credits(unit(1'000, 1, 5), unit(700, -9, -1)), 210);  // 210.0000007, down
  EXPECT_EQ(credits(unit(1'000, -5, -1), unit(700, 1, 9)), 210);
  EXPECT_EQ(credits(unit(1'000, 1, 5), unit(700, 1, 9)), 0);
  // A fill could turn it round, or already has it at zero.
  EXPECT_EQ(credits(unit(1'000, -1, 5), unit(700, -9, -1)), 0);
  EXPECT_EQ(credits(unit(1'000, 0, 5), unit(700, -9, -1)), 0);
  EXPECT_EQ(credits(unit(1'000, 1, 5), unit(700, -9, 0)), 0);
}

TEST(AccountRequirement, CreditsTheSmallerFlooredScanRisk) {
  Account a;
  a.account_terms.credits = {{0, 1, half}};
  UnitInterval floored = unit(100, 1, 1);
  floored.floor = floored.floored_scan = {400, 400};
  floored.total = {400, 400};
  a.units.set(0, floored);
  a.units.set(1, unit(300, -1, -1));
  EXPECT_EQ(a.interval().credits.hi, 150);
}

TEST(AccountRequirement, CreditsNothingForAUnitThatIsNotThere) {
  Account a;
  a.account_terms.credits = {{0, 1, half}};
  a.units.set(0, unit(100, 1, 1));
  EXPECT_EQ(a.interval().credits.hi, 0);
}

// Rounded once, over all pairs.
TEST(AccountRequirement, RoundsTheSumOfCredits) {
  Account a;
  a.account_terms.credits = {{0, 1, half}, {0, 2, half}};
  a.units.set(0, unit(101, 1, 1));
  a.units.set(1, unit(55, -1, -1));
  a.units.set(2, unit(77, -1, -1));
  EXPECT_EQ(a.interval().credits.hi, 66);  // 27.5 + 38.5
}

// What the drift may turn into opposites is a possible credit, not a certain one.
TEST(AccountRequirement, KeepsCreditsUncertainWhileDeltasMayTurn) {
  Account a;
  a.account_terms.credits = {{0, 1, half}};
  UnitInterval uncertain = unit(100, 1, 5);
  uncertain.delta_width = 2;
  a.units.set(0, uncertain);
  a.units.set(1, unit(100, -9, -1));
  const AccountInterval i = a.interval();
  EXPECT_EQ(i.credits.lo, 0);
  EXPECT_EQ(i.credits.hi, 50);
  EXPECT_EQ(i.risk.hi, 200);
  EXPECT_EQ(i.risk.lo, 150);
}

// MR-24
TEST(AccountRequirement, HaircutsPositiveBalancesOnly) {
  Account a;
  a.prices = {0, 250, 100, 150};
  a.wallets = {-10, 0, 0, 0};
  EXPECT_EQ(a.interval().equity.hi, -10);
  a.wallets = {100, 0, 0, 101};
  EXPECT_EQ(a.interval().equity.hi, 100 + 113);  // 151.5 down to 151, of which three quarters
  a.wallets = {100, 0, 0, -101};
  EXPECT_EQ(a.interval().equity.hi, 100 - 152);
}

TEST(AccountRequirement, NetsProfitWithTheWalletOfItsAsset) {
  Account a;
  a.prices = {0, 200, 100, 0};
  UnitInterval u = unit(0);
  u.profit[0] = {-30, -30};
  u.profit[1] = {1'000, 1'000};
  a.units.set(0, u);
  a.wallets = {100, -200, 0, 0};
  // 1,000 of coin profit less a debt of 200 coins at 2.00: 600, a tenth off.
  EXPECT_EQ(a.interval().equity.hi, 100 - 30 + 540);
  a.wallets[1] = -600;
  EXPECT_EQ(a.interval().equity.hi, 100 - 30 - 200);
  a.account_terms.counts_profit = false;
  EXPECT_EQ(a.interval().equity.hi, 100 - 1'200);
}

TEST(AccountRequirement, ReportsADebtThatHasNoPrice) {
  Account a;
  a.wallets = {0, 0, 0, 5};
  EXPECT_FALSE(a.interval().has_unknown_asset_price);
  EXPECT_EQ(a.interval().equity.hi, 0);
  a.wallets[3] = -5;
  EXPECT_TRUE(a.interval().has_unknown_asset_price);
  a.prices[3] = 1;
  EXPECT_FALSE(a.interval().has_unknown_asset_price);
}

TEST(AccountRequirement, PassesOnWhatCannotBeDecided) {
  Account a;
  UnitInterval u = unit(5);
  u.decidable = false;
  a.units.set(2, u);
  EXPECT_FALSE(a.interval().decidable);
  EXPECT_FALSE(a.interval().has_unpriced);
  u.has_unpriced = true;
  a.units.set(2, u);
  EXPECT_TRUE(a.interval().has_unpriced);
}

TEST(CoversInitialMargin, AnswersOnlyWhatIsCertain) {
  AccountInterval a;
  const auto answer = [&](Interval equity, Interval margin, Interval open_loss = {}) {
    a.equity = equity;
    a.initial_margin = margin;
    return covers_initial_margin(a, open_loss);
  };
  EXPECT_EQ(answer({100, 110}, {90, 100}), Answer::yes);
  EXPECT_EQ(answer({99, 110}, {90, 100}), Answer::unknown);
  EXPECT_EQ(answer({80, 89}, {90, 100}), Answer::no);
  EXPECT_EQ(answer({80, 90}, {90, 100}), Answer::unknown);
  EXPECT_EQ(answer({110, 110}, {90, 100}, {0, 10}), Answer::yes);
  EXPECT_EQ(answer({110, 110}, {90, 100}, {0, 11}), Answer::unknown);
  EXPECT_EQ(answer({110, 110}, {100, 100}, {11, 11}), Answer::no);
  a.decidable = false;
  EXPECT_EQ(answer({100, 110}, {90, 100}), Answer::unknown);
}

// Every point of every unit's interval leads to a requirement and an equity inside the account's.
TEST(AccountRequirement, ContainsEveryPointOfItsUnits) {
  Random random(9);
  for (int round = 0; round < 3'000; ++round) {
    Account wide, point;
    wide.account_terms.credits = {{0, 1, random.integer(0, parts_per_one)}};
    wide.account_terms.initial_ppb = random.integer(1, 2 * parts_per_one);
    point.account_terms = wide.account_terms;
    for (std::size_t a = 0; a < 4; ++a) {
      wide.wallets[a] = point.wallets[a] = random.integer(-1'000, 1'000);
      wide.prices[a] = point.prices[a] = random.integer(1, 300);
    }
    for (std::uint32_t n = 0; n < 2; ++n) {
      UnitInterval w, p;
      const auto split = [&](Interval& whole, Interval& at, std::int64_t low) {
        whole.lo = random.integer(low, 1'000);
        whole.hi = whole.lo + random.integer(0, 100);
        at.lo = at.hi = random.integer(whole.lo, whole.hi);
      };
      split(w.scan, p.scan, 0);
      split(w.floor, p.floor, 0);
      split(w.added, p.added, 0);
      split(w.profit[0], p.profit[0], -1'000);
      split(w.profit[1], p.profit[1], -1'000);
      w.floored_scan = {std::max(w.scan.lo, w.floor.lo), std::max(w.scan.hi, w.floor.hi)};
      p.floored_scan = {std::max(p.scan.lo, p.floor.lo), std::max(p.scan.hi, p.floor.hi)};
      w.total = {w.floored_scan.lo + w.added.lo, w.floored_scan.hi + w.added.hi};
      p.total = {p.floored_scan.lo + p.added.lo, p.floored_scan.hi + p.added.hi};
      w.delta_lo = random.integer(-20, 20);
      w.delta_hi = w.delta_lo + random.integer(0, 10);
      w.delta_width = random.integer(0, 5);
      p.delta_lo = w.delta_lo + random.integer(-w.delta_width, w.delta_width);
      p.delta_hi = w.delta_hi + random.integer(-w.delta_width, w.delta_width);
      wide.units.set(n, w);
      point.units.set(n, p);
    }
    const AccountInterval i = wide.interval();
    const AccountInterval exact = point.interval();
    ASSERT_LE(i.initial_margin.lo, exact.initial_margin.lo) << round;
    ASSERT_GE(i.initial_margin.hi, exact.initial_margin.hi) << round;
    ASSERT_LE(i.equity.lo, exact.equity.lo) << round;
    ASSERT_GE(i.equity.hi, exact.equity.hi) << round;
  }
}

}  // namespace
}  // namespace margingate::margin
