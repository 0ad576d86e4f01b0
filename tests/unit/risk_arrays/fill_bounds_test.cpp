#include "risk_arrays/fill_bounds.hpp"

#include <gtest/gtest.h>

#include "risk_arrays/credit_floor.hpp"
#include "support/risk_array_sets.hpp"

namespace margingate::testing {
namespace {

using namespace risk_arrays;

// Futures of A and B, price scan range 3,000 each, spread at 80 %.
struct TwoCommodities {
  ParameterSet set;
  std::size_t a;
  std::size_t b;

  TwoCommodities() {
    set.scenarios = classic_scenario_set(3, "0.33"_d);
    a = add_future(set, add_commodity(set, "A"), 202601, future_losses(3'000, 3, "0.33"_d));
    b = add_future(set, add_commodity(set, "B"), 202601, future_losses(3'000, 3, "0.33"_d));
    InterSpread spread;
    spread.priority = 1;
    spread.legs = {{"A", {}, {}, 1, Side::a, false, 80}, {"B", {}, {}, 1, Side::b, false, 80}};
    set.inter_spreads = {spread};
  }
  [[nodiscard]] FixedDecimal margin(FixedDecimal of_a, FixedDecimal of_b) const {
    return margin_account(set, net_account({{a, of_a}, {b, of_b}}))
        .currencies[0]
        .maintenance_margin;
  }
};

TEST(FillBounds, CoverADeltaThatShrinksAndRaisesTheMargin) {
  const TwoCommodities book;
  const AccountPositions account = net_account({{book.a, 10}, {book.b, -10}});
  EXPECT_EQ(book.margin(10, -10), 12'000);
  EXPECT_EQ(book.margin(5, -10), 21'000);  // half of the short deltas have lost their hedge
  const AccountBound bound = bound_over_fills(book.set, account, {{book.a, -5}});
  EXPECT_EQ(bound.commodities[0].credit, 12'000);  // five spreads whatever fills
  EXPECT_EQ(bound.commodities[1].credit, 12'000);
  EXPECT_EQ(bound.currencies[0].maintenance_margin, 36'000);
}

TEST(FillBounds, AreTheMarginItselfWithoutOrders) {
  const PipelineExample example = pipeline_example();
  const AccountBound bound = bound_over_fills(example.set, example.account, {});
  EXPECT_EQ(bound.commodities[0].scan_risk, 10'240);
  EXPECT_EQ(bound.commodities[0].short_option_minimum, 100);
  EXPECT_EQ(bound.commodities[0].intra_charge, 400);
  EXPECT_EQ(bound.commodities[1].credit, 2'160);
  // The spot month at its dearer rate, the price risk of a delta in whole hundredths.
  EXPECT_EQ(bound.commodities[0].spot_charge, 200);
  EXPECT_EQ(bound.commodities[0].credit, "6089.994"_d);
  EXPECT_EQ(bound.currencies[0].maintenance_margin, "9990.006"_d);
}

TEST(FillBounds, TakeNoCreditWhereADeltaMayChangeItsSign) {
  const TwoCommodities book;
  const AccountPositions account = net_account({{book.a, 10}, {book.b, -10}});
  const AccountBound bound = bound_over_fills(book.set, account, {{book.a, -12}});
  EXPECT_EQ(bound.commodities[0].credit, 0);
  EXPECT_EQ(bound.commodities[1].credit, 0);
}

TEST(FillBounds, RefuseWhatHasNoBound) {
  TwoCommodities book;
  AccountPositions account = net_account({{book.a, 10}});
  account.is_gross = true;
  EXPECT_THROW(static_cast<void>(bound_over_fills(book.set, account, {})), PositionError);
  account.is_gross = false;
  book.set.inter_spreads[0].method = InterSpreadMethod::scanning;
  book.set.inter_spreads[0].target = "B";
  EXPECT_THROW(static_cast<void>(bound_over_fills(book.set, account, {})), PositionError);
}

}  // namespace
}  // namespace margingate::testing
