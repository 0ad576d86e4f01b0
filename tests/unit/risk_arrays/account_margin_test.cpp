#include "risk_arrays/account_margin.hpp"

#include <gtest/gtest.h>

#include "support/risk_array_sets.hpp"

namespace margingate::testing {
namespace {

using namespace risk_arrays;

const Losses flat{};

// Futures of three months in one combined commodity "A", price scan range 300 each.
struct ThreeMonths {
  ParameterSet set;
  std::size_t near;
  std::size_t middle;
  std::size_t far;

  ThreeMonths() {
    set.scenarios = classic_scenario_set(2, "0.35"_d);
    add_commodity(set, "A");
    const Losses losses = future_losses(300, 2, "0.35"_d);
    near = add_future(set, 0, 202603, losses);
    middle = add_future(set, 0, 202606, losses);
    far = add_future(set, 0, 202609, losses);
    terms().intra_tiers = {{1, {202603, 0}, {202606, 0}, {}}, {2, {202609, 0}, {202612, 0}, {}}};
  }
  CombinedCommodity& terms() { return set.combined_commodities[0]; }
  [[nodiscard]] CommodityMargin margin(FixedDecimal a, FixedDecimal b, FixedDecimal c) const {
    return margin_account(set, net_account({{near, a}, {middle, b}, {far, c}})).commodities.at(0);
  }
};

TEST(ScanLosses, TakesTheFirstOfEqualLosses) {
  Losses losses;
  losses[3] = losses[8] = 50;
  const TierScan scan = scan_losses(classic_scenario_set(2, "0.35"_d), losses);
  EXPECT_EQ(scan.active_scenario, 3U);
  EXPECT_EQ(scan.paired_scenario, 2U);
}

TEST(ScanLosses, PairsExtremeScenariosWithThemselves) {
  for (const std::size_t extreme : {14U, 15U}) {
    Losses losses;
    losses[extreme] = 80;
    losses[0] = 10;
    const TierScan scan = scan_losses(classic_scenario_set(2, "0.35"_d), losses);
    EXPECT_EQ(scan.paired_scenario, extreme);
    EXPECT_EQ(scan.volatility_risk, 0);
    EXPECT_EQ(scan.price_risk, 75);
  }
}

TEST(ScanLosses, TakesNoScanRiskWhereEveryScenarioGains) {
  Losses losses;
  losses.fill(-10);
  losses[0] = -30;
  const TierScan scan = scan_losses(classic_scenario_set(2, "0.35"_d), losses);
  EXPECT_EQ(scan.scan_risk, 0);
  EXPECT_EQ(scan.volatility_risk, -10);
  EXPECT_EQ(scan.time_risk, -20);
  EXPECT_EQ(scan.price_risk, 30);
}

TEST(AccountMargin, AddsScanRiskOverTiers) {
  ThreeMonths book;
  EXPECT_EQ(book.margin(2, 0, -2).scan_risk, 0);
  book.terms().scan_method = ScanMethod::listed_tiers;
  book.terms().scan_tiers = {{1, {202603, 0}, {202606, 0}, {}}};
  const CommodityMargin tiers = book.margin(2, 0, -2);
  EXPECT_EQ(tiers.scan_risk, 1'200);
  ASSERT_EQ(tiers.tiers.size(), 2U);
  EXPECT_EQ(tiers.tiers[0].tier, 0);  // what no tier lists is scanned, too
  book.terms().scan_method = ScanMethod::tier_per_period;
  EXPECT_EQ(book.margin(1, -1, 1).scan_risk, 900);
}

TEST(AccountMargin, ScalesArraysChargesAndMinimumByTheRiskExponent) {
  ThreeMonths book;
  book.terms().intra_spreads = {{1, 20, {{1, {}, 1, Side::a}, {2, {}, 1, Side::b}}}};
  book.terms().risk_exponent = 2;
  const CommodityMargin margin = book.margin(3, 0, -1);
  EXPECT_EQ(margin.scan_risk, 60'000);
  EXPECT_EQ(margin.intra_charge, 2'000);
}

TEST(AccountMargin, FormsIntraSpreadsInBothDirectionsByPriority) {
  ThreeMonths book;
  book.terms().intra_spreads = {
      {1, 20, {{{}, {202603, 0}, 1, Side::a}, {{}, {202606, 0}, 2, Side::b}}},
      {2, 35, {{1, {}, 1, Side::a}, {2, {}, 1, Side::b}}}};
  // Two deltas of the middle month per near one; what is left spreads between tiers.
  const CommodityMargin margin = book.margin(-2, 3, -1);
  ASSERT_EQ(margin.intra_charges.size(), 1U);
  EXPECT_EQ(margin.intra_charges[0].long_side, Side::b);
  EXPECT_EQ(margin.intra_charges[0].spreads, "1.5"_d);
  EXPECT_EQ(margin.intra_charge, 30);
  const CommodityMargin second = book.margin(1, -1, 1);
  EXPECT_EQ(second.intra_charges[0].spreads, "0.5"_d);
  EXPECT_EQ(second.intra_charge, 10);
  EXPECT_EQ(second.deltas[0].remaining, "0.5"_d);
  EXPECT_EQ(second.deltas[1].remaining, 0);
}

TEST(AccountMargin, SpreadsATierAgainstItself) {
  ThreeMonths book;
  book.terms().intra_spreads = {{1, 10, {{1, {}, 1, Side::a}, {1, {}, 1, Side::b}}}};
  EXPECT_EQ(book.margin(4, -3, 0).intra_charge, 30);
}

TEST(AccountMargin, TakesDeltasOnceForLegsOfTheSameSide) {
  ThreeMonths book;
  book.terms().intra_spreads = {
      {1, 10, {{1, {}, 1, Side::a}, {1, {}, 1, Side::a}, {2, {}, 1, Side::b}}}};
  const CommodityMargin margin = book.margin(4, 0, -4);
  EXPECT_EQ(margin.intra_charge, 20);
  EXPECT_EQ(margin.deltas[0].remaining, 0);
}

TEST(AccountMargin, ChargesListedMonthsOnTheSideTheyName) {
  ThreeMonths book;
  book.terms().spot_rates = {{{202603, 0}, 7, 9, true, false}};
  EXPECT_EQ(book.margin(2, 0, 0).spot_charge, 18);
  EXPECT_EQ(book.margin(-2, 0, 0).spot_charge, 0);
}

TEST(AccountMargin, CountsShortOptionsByMethodAndTier) {
  ThreeMonths book;
  const std::size_t call = add_option(book.set, 0, 202603, OptionRight::call, 10, flat, "0.5"_d, 0);
  const std::size_t put = add_option(book.set, 0, 202609, OptionRight::put, 10, flat, "-0.5"_d, 0);
  book.terms().short_option_minimum.rate = 5;
  const auto minimum = [&](FixedDecimal calls, FixedDecimal puts) {
    const AccountMargin margin =
        margin_account(book.set, net_account({{call, calls}, {put, puts}}));
    EXPECT_EQ(margin.commodities[0].risk_requirement, margin.commodities[0].short_option_minimum);
    return margin.commodities[0].short_option_minimum;
  };
  EXPECT_EQ(minimum(-3, -2), 25);
  EXPECT_EQ(minimum(3, -2), 10);
  book.terms().short_option_minimum.method = ShortOptionMethod::larger_side;
  EXPECT_EQ(minimum(-3, -2), 15);
  // Each tier by itself: three calls in one, two puts in the other.
  book.terms().short_option_minimum.tiers = {{1, {202601, 0}, {202606, 0}, 5},
                                             {2, {202607, 0}, {202612, 0}, 7}};
  EXPECT_EQ(minimum(-3, -2), 29);
}

TEST(AccountMargin, CapsTheWeightedPriceRiskAsTold) {
  ThreeMonths book;
  const std::size_t call = add_option(book.set, 0, 202603, OptionRight::call, 10,
                                      future_losses(300, 2, "0.35"_d), "0.5"_d, 0);
  const auto weighted = [&] {
    return margin_account(book.set, net_account({{call, 4}})).commodities[0].weighted_price_risk;
  };
  EXPECT_EQ(weighted(), 600);
  book.terms().price_scan_range = 300;
  book.terms().price_risk_method = PriceRiskMethod::capped;
  EXPECT_EQ(weighted(), 300);
  book.terms().price_scan_range = 900;
  EXPECT_EQ(weighted(), 600);
  book.terms().price_risk_method = PriceRiskMethod::scan_range;
  EXPECT_EQ(weighted(), 900);
}

TEST(AccountMargin, ScansLongsAndShortsOfGrossAccountsApart) {
  ThreeMonths book;
  book.terms().intra_spreads = {{1, 20, {{1, {}, 1, Side::a}, {2, {}, 1, Side::b}}}};
  AccountPositions account;
  account.positions = {{book.near, 5, 3}, {book.far, 0, 2}};
  EXPECT_EQ(margin_account(book.set, account).commodities[0].scan_risk, 0);
  account.is_gross = true;
  const CommodityMargin gross = margin_account(book.set, account).commodities[0];
  EXPECT_EQ(gross.scan_risk, 3'000);
  EXPECT_TRUE(gross.intra_charges.empty());
  EXPECT_EQ(gross.tiers.size(), 2U);
}

TEST(AccountMargin, KeepsCappedOptionValueInsideItsCommodity) {
  ThreeMonths book;
  const std::size_t other = add_commodity(book.set, "B");
  const std::size_t call =
      add_option(book.set, other, 202603, OptionRight::call, 10, flat, "0.5"_d, 1'000);
  const AccountPositions account = net_account({{book.near, 2}, {call, 1}});
  EXPECT_EQ(margin_account(book.set, account).currencies[0].maintenance_margin, 0);
  book.set.combined_commodities[other].limit_option_value = true;
  EXPECT_EQ(margin_account(book.set, account).currencies[0].maintenance_margin, 600);
}

TEST(AccountMargin, AppliesTheFactorsOfTheAccountsType) {
  ThreeMonths book;
  book.terms().factors[static_cast<std::size_t>(AccountType::hedger)] = {"1.2"_d, "1.5"_d};
  AccountPositions account = net_account({{book.near, 1}});
  account.type = AccountType::hedger;
  const CurrencyMargin margin = margin_account(book.set, account).currencies[0];
  EXPECT_EQ(margin.maintenance_margin, 360);
  EXPECT_EQ(margin.initial_margin, 450);
}

TEST(AccountMargin, RoundsARequirementToTheCurrencysPlaces) {
  ThreeMonths book;
  book.set.currency_places["USD"] = 0;
  book.terms().factors.fill({"1.005"_d, "1.0049"_d});
  const CurrencyMargin margin =
      margin_account(book.set, net_account({{book.near, 1}})).currencies[0];
  EXPECT_EQ(margin.maintenance_margin, 302);  // 301.5
  EXPECT_EQ(margin.initial_margin, 301);      // 301.47
}

TEST(AccountMargin, RefusesACommodityThatItCannotCompute) {
  ThreeMonths book;
  book.terms().not_computed = "spot charges on basis";
  try {
    static_cast<void>(book.margin(1, 0, 0));
    FAIL() << "no error";
  } catch (const PositionError& error) {
    EXPECT_STREQ(error.what(), "combined commodity A: spot charges on basis");
  }
}

}  // namespace
}  // namespace margingate::testing
