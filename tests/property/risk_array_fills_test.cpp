// The bound over fills of working orders against every subset of them, each margined from scratch.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "support/risk_array_books.hpp"

namespace margingate::testing {
namespace {

using namespace risk_arrays;
using Book = RiskArrayBook;

unsigned first_seed() {
  const char* text = std::getenv("MARGINGATE_SEED");
  return text == nullptr ? 1U : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

struct Totals {
  FixedDecimal maintenance;
  FixedDecimal initial;
};

Totals totals_of(const AccountMargin& margin) {
  if (margin.currencies.empty()) return {};
  return {margin.currencies[0].maintenance_margin, margin.currencies[0].initial_margin};
}

Totals worst_of_all_subsets(const Book& book) {
  Totals worst;
  for (unsigned subset = 0; subset < 1U << book.orders.size(); ++subset) {
    const Totals totals = totals_of(margin_account(book.set, filled(book, subset)));
    worst.maintenance = std::max(worst.maintenance, totals.maintenance);
    worst.initial = std::max(worst.initial, totals.initial);
  }
  return worst;
}

constexpr unsigned book_count = 300;

TEST(RiskArrayFills, AreExactForScanRiskMinimumAndOptionValue) {
  for (unsigned seed = first_seed(); seed < first_seed() + book_count; ++seed) {
    SCOPED_TRACE("MARGINGATE_SEED=" + std::to_string(seed));
    const Book book = random_risk_array_book(seed, false, false);
    const AccountBound bound = bound_over_fills(book.set, book.account, book.orders);
    const Totals worst = worst_of_all_subsets(book);
    ASSERT_EQ(bound.currencies.at(0).maintenance_margin, worst.maintenance);
    ASSERT_EQ(bound.currencies.at(0).initial_margin, worst.initial);
  }
}

// Each part of each commodity, and the margin, in every subset.
void expect_bound(const AccountBound& bound, const AccountMargin& margin) {
  for (const CommodityMargin& part : margin.commodities) {
    const auto at = std::find_if(bound.commodities.begin(), bound.commodities.end(),
                                 [&](const CommodityBound& one) { return one.code == part.code; });
    ASSERT_NE(at, bound.commodities.end());
    EXPECT_LE(part.scan_risk, at->scan_risk);
    EXPECT_LE(part.short_option_minimum, at->short_option_minimum);
    EXPECT_LE(part.intra_charge, at->intra_charge);
    EXPECT_LE(part.spot_charge, at->spot_charge);
    EXPECT_GE(part.super_credit + part.inter_credit, at->credit);
  }
  const Totals totals = totals_of(margin);
  EXPECT_LE(totals.maintenance, bound.currencies.at(0).maintenance_margin);
  EXPECT_LE(totals.initial, bound.currencies.at(0).initial_margin);
}

TEST(RiskArrayFills, BoundEveryChargeAndCreditOverEverySubset) {
  unsigned shrinking = 0;
  unsigned with_credit = 0;
  double excess = 0.0;
  for (unsigned seed = first_seed(); seed < first_seed() + book_count; ++seed) {
    SCOPED_TRACE("MARGINGATE_SEED=" + std::to_string(seed));
    const Book book = random_risk_array_book(seed, true, true);
    const AccountBound bound = bound_over_fills(book.set, book.account, book.orders);
    const AccountMargin before = margin_account(book.set, book.account);
    Totals worst;
    bool counted = false;
    for (unsigned subset = 0; subset < 1U << book.orders.size(); ++subset) {
      const AccountMargin margin = margin_account(book.set, filled(book, subset));
      expect_bound(bound, margin);
      if (::testing::Test::HasFailure()) return;
      worst.maintenance = std::max(worst.maintenance, totals_of(margin).maintenance);
      for (const CommodityMargin& part : margin.commodities) {
        for (const CommodityMargin& other : before.commodities) {
          counted = counted || (part.code == other.code && !part.net_delta.is_zero() &&
                                magnitude(part.net_delta) < magnitude(other.net_delta) &&
                                part.risk_requirement > other.risk_requirement);
        }
      }
    }
    shrinking += counted ? 1 : 0;
    with_credit += std::any_of(bound.commodities.begin(), bound.commodities.end(),
                               [](const CommodityBound& one) { return !one.credit.is_zero(); })
                       ? 1
                       : 0;
    if (!worst.maintenance.is_zero()) {
      excess +=
          bound.currencies.at(0).maintenance_margin.to_double() / worst.maintenance.to_double() -
          1.0;
    }
  }
  // The cases that matter are among them: a delta that shrinks while its requirement grows, and
  // credits that no way to fill takes away.
  EXPECT_GE(shrinking, book_count / 10);
  EXPECT_GE(with_credit, book_count / 10);
  std::printf("shrinking deltas in %u of %u books, sure credits in %u, mean excess %.1f %%\n",
              shrinking, book_count, with_credit, 100.0 * excess / book_count);
}

TEST(RiskArrayFills, BoundPartialFills) {
  for (unsigned seed = first_seed(); seed < first_seed() + book_count; ++seed) {
    SCOPED_TRACE("MARGINGATE_SEED=" + std::to_string(seed));
    const Book book = random_risk_array_book(seed, true, true);
    const AccountBound bound = bound_over_fills(book.set, book.account, book.orders);
    DiceRoll random(seed);
    for (int i = 0; i < 40; ++i) {
      Book partial = book;
      for (ContractOrder& order : partial.orders) {
        order.quantity = order.quantity * FixedDecimal(random.between(0, 4)) / FixedDecimal(4);
      }
      const unsigned all = (1U << partial.orders.size()) - 1;
      expect_bound(bound, margin_account(partial.set, filled(partial, all)));
      if (::testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace margingate::testing
