#include "risk_arrays/inter_commodity.hpp"

#include <gtest/gtest.h>

#include "support/risk_array_sets.hpp"

namespace margingate::testing {
namespace {

using namespace risk_arrays;

// Futures of two months in each of A, B and C, price scan range 100.
struct ThreeCommodities {
  ParameterSet set;

  ThreeCommodities() {
    set.scenarios = classic_scenario_set(2, "0.35"_d);
    for (const char* code : {"A", "B", "C"}) {
      const std::size_t commodity = add_commodity(set, code);
      const Losses losses = future_losses(100, 2, "0.35"_d);
      add_future(set, commodity, 202603, losses);
      add_future(set, commodity, 202606, losses);
    }
  }
  // Near and far futures of A, B, C.
  [[nodiscard]] AccountMargin margin(const std::array<FixedDecimal, 6>& quantities) const {
    std::vector<std::pair<std::size_t, FixedDecimal>> positions;
    for (std::size_t i = 0; i < quantities.size(); ++i) {
      if (!quantities[i].is_zero()) positions.emplace_back(i, quantities[i]);
    }
    return margin_account(set, net_account(positions));
  }
};

InterSpreadLeg leg(const char* code, FixedDecimal ratio, Side side, FixedDecimal rate) {
  InterSpreadLeg leg;
  leg.commodity = code;
  leg.ratio = ratio;
  leg.side = side;
  leg.rate = rate;
  return leg;
}

InterSpread spread(int priority, std::vector<InterSpreadLeg> legs) {
  InterSpread spread;
  spread.priority = priority;
  spread.legs = std::move(legs);
  return spread;
}

TEST(InterCommodity, CreditsOppositeDeltasAtTheRatesOfTheLegs) {
  ThreeCommodities book;
  book.set.inter_spreads = {spread(1, {leg("A", 2, Side::a, 50), leg("B", 1, Side::b, 40)})};
  const AccountMargin margin = book.margin({-5, 0, 4, 0, 0, 0});
  ASSERT_EQ(margin.credits.size(), 1U);
  EXPECT_EQ(margin.credits[0].spreads, "2.5"_d);
  EXPECT_EQ(commodity_margin(margin, "A").inter_credit, 250);
  EXPECT_EQ(commodity_margin(margin, "B").inter_credit, 100);
  EXPECT_EQ(commodity_margin(margin, "B").deltas[0].remaining, "1.5"_d);
}

TEST(InterCommodity, CreditsNothingForDeltasOfOneSign) {
  ThreeCommodities book;
  book.set.inter_spreads = {spread(1, {leg("A", 1, Side::a, 50), leg("B", 1, Side::b, 50)})};
  EXPECT_TRUE(book.margin({5, 0, 4, 0, 0, 0}).credits.empty());
}

TEST(InterCommodity, LeavesWhatAnEarlierSpreadConsumed) {
  ThreeCommodities book;
  book.set.inter_spreads = {spread(1, {leg("A", 1, Side::a, 80), leg("B", 1, Side::b, 80)}),
                            spread(2, {leg("A", 1, Side::a, 30), leg("C", 1, Side::b, 30)})};
  const AccountMargin margin = book.margin({5, 0, -3, 0, -9, 0});
  ASSERT_EQ(margin.credits.size(), 2U);
  EXPECT_EQ(margin.credits[1].spreads, 2);
  // The price risk of a delta is that of the original net delta.
  EXPECT_EQ(commodity_margin(margin, "A").inter_credit, 300);
}

TEST(InterCommodity, CreditsFlatAmountsPerDelta) {
  ThreeCommodities book;
  book.set.inter_spreads = {spread(1, {leg("A", 2, Side::a, 7), leg("B", 1, Side::b, 150)})};
  book.set.inter_spreads[0].is_flat = true;
  const AccountMargin margin = book.margin({2, 0, -1, 0, 0, 0});
  EXPECT_EQ(commodity_margin(margin, "A").inter_credit, 14);
  EXPECT_EQ(commodity_margin(margin, "B").risk_requirement, 0);  // at least zero
}

TEST(InterCommodity, SpreadsTiersAndMonths) {
  ThreeCommodities book;
  for (CombinedCommodity& terms : book.set.combined_commodities) {
    terms.inter_tiers = {{1, {202601, 0}, {202603, 0}, {}}, {2, {202604, 0}, {202612, 0}, {}}};
  }
  InterSpread tiers = spread(1, {leg("A", 1, Side::a, 50), leg("B", 1, Side::b, 50)});
  tiers.legs[0].tier = 2;
  tiers.legs[1].tier = 1;
  book.set.inter_spreads = {tiers};
  // Only the far months of A and the near ones of B count.
  const AccountMargin margin = book.margin({9, 3, -2, -9, 0, 0});
  EXPECT_EQ(margin.credits.at(0).spreads, 2);
  InterSpread months = tiers;
  months.legs[0].tier.reset();
  months.legs[0].period = {202603, 0};
  book.set.inter_spreads = {months};
  EXPECT_EQ(book.margin({1, 3, -2, -9, 0, 0}).credits.at(0).spreads, 1);
}

TEST(InterCommodity, FormsSuperSpreadsBeforeCalendarSpreads) {
  ThreeCommodities book;
  CombinedCommodity& terms = book.set.combined_commodities[0];
  terms.intra_tiers = {{1, {202603, 0}, {202603, 0}, {}}, {2, {202606, 0}, {202606, 0}, {}}};
  terms.intra_spreads = {{1, 20, {{1, {}, 1, Side::a}, {2, {}, 1, Side::b}}}};
  const InterSpread credit = spread(1, {leg("A", 1, Side::a, 50), leg("B", 1, Side::b, 50)});
  const std::array<FixedDecimal, 6> positions = {5, -2, -3, 0, 0, 0};
  book.set.inter_spreads = {credit};
  EXPECT_EQ(commodity_margin(book.margin(positions), "A").intra_charge, 40);
  book.set.inter_spreads.clear();
  book.set.super_spreads = {credit};
  const CommodityMargin super = commodity_margin(book.margin(positions), "A");
  EXPECT_EQ(super.super_credit, 150);
  EXPECT_EQ(super.deltas[0].consumed_super, 3);
  EXPECT_EQ(super.intra_charge, 40);
}

InterSpread scanning_spread() {
  InterSpread merged = spread(1, {leg("A", 1, Side::a, 90), leg("B", 2, Side::a, 80)});
  merged.method = InterSpreadMethod::scanning;
  merged.target = "C";
  merged.legs_min = 1;
  return merged;
}

TEST(InterCommodity, ScansLegsInTheirTargetAndHaircutsGains) {
  ThreeCommodities book;
  book.set.super_spreads = {scanning_spread()};
  const AccountMargin margin = book.margin({2, 0, -1, 0, -1, 0});
  const CommodityMargin& target = commodity_margin(margin, "C");
  // Down: A loses 200, B gains 100 at 80 %, C gains 100 in full. Up: A gains 200 at 90 %.
  EXPECT_EQ(target.scan_risk, 20);
  EXPECT_EQ(target.tiers[0].losses[12], 20);
  EXPECT_EQ(target.tiers[0].losses[10], 20);
  // Deltas arrive at target ratio over leg ratio: 2 - 1 / 2 - 1.
  EXPECT_EQ(target.net_delta, "0.5"_d);
  EXPECT_EQ(target.merged_from.size(), 2U);
  EXPECT_EQ(commodity_margin(margin, "A").merged_into, "C");
  EXPECT_EQ(commodity_margin(margin, "A").risk_requirement, 0);
  EXPECT_EQ(margin.currencies[0].maintenance_margin, 20);
}

TEST(InterCommodity, ScansInATargetWithoutPositionsUnlessItIsRequired) {
  ThreeCommodities book;
  book.set.super_spreads = {scanning_spread()};
  EXPECT_EQ(commodity_margin(book.margin({1, 0, -1, 0, 0, 0}), "C").scan_risk, 20);
  book.set.super_spreads[0].is_target_required = true;
  EXPECT_EQ(book.margin({1, 0, -1, 0, 0, 0}).currencies[0].maintenance_margin, 200);
}

TEST(InterCommodity, WantsRequiredLegsAndTheirLeastNumber) {
  ThreeCommodities book;
  book.set.super_spreads = {scanning_spread()};
  book.set.super_spreads[0].legs_min = 2;
  EXPECT_TRUE(book.margin({1, 0, 0, 0, -1, 0}).credits.empty());
  book.set.super_spreads[0].legs_min = 1;
  EXPECT_EQ(book.margin({1, 0, 0, 0, -1, 0}).credits.size(), 1U);
  book.set.super_spreads[0].legs[1].is_required = true;
  EXPECT_TRUE(book.margin({1, 0, 0, 0, -1, 0}).credits.empty());
}

TEST(InterCommodity, MovesMinimumAndOptionValueWithALeg) {
  ThreeCommodities book;
  book.set.super_spreads = {scanning_spread()};
  const std::size_t put =
      add_option(book.set, 0, 202603, OptionRight::put, 10, Losses{}, "-0.5"_d, 30);
  book.set.combined_commodities[0].short_option_minimum.rate = 25;
  AccountPositions account = net_account({{put, -4}});
  const AccountMargin margin = margin_account(book.set, account);
  EXPECT_EQ(commodity_margin(margin, "C").short_option_minimum, 100);
  EXPECT_EQ(commodity_margin(margin, "C").net_option_value, -120);
  EXPECT_EQ(margin.currencies[0].maintenance_margin, 220);
}

TEST(InterCommodity, ReportsCreditsThatItDoesNotGrant) {
  ThreeCommodities book;
  book.set.inter_spreads = {spread(4, {leg("A", 1, Side::a, 90), leg("B", 1, Side::b, 90)})};
  book.set.inter_spreads[0].not_computed = "crush spreads are not computed";
  const AccountMargin margin = book.margin({1, 0, -1, 0, 0, 0});
  ASSERT_EQ(margin.credits_not_granted.size(), 1U);
  EXPECT_EQ(margin.credits_not_granted[0],
            "inter-commodity spread 4: crush spreads are not computed");
  EXPECT_EQ(margin.currencies[0].maintenance_margin, 200);
  // Nor merges legs of different currencies.
  book.set.inter_spreads.clear();
  book.set.super_spreads = {scanning_spread()};
  book.set.combined_commodities[2].currency = "EUR";
  EXPECT_EQ(book.margin({1, 0, -1, 0, 0, 0}).credits_not_granted.size(), 1U);
}

}  // namespace
}  // namespace margingate::testing
