// Haircuts in tiers, margin of debts and bands, by hand.
#include <gtest/gtest.h>

#include "margin/account_requirement.hpp"
#include "margin/account_requirement_body.hpp"
#include "margin/fixed_point.hpp"

namespace margingate::margin {
namespace {

constexpr std::int64_t percent = 10'000'000;

// 100 % to 100, 97.5 % to 120, 95 % above, in units of the asset at a price of 2.
AssetTerms asset_in_tiers() {
  AssetTerms asset;
  asset.tiers = {{100, 2 * percent + percent / 2}, {120, 2 * percent + percent / 2}};
  return asset;
}

TEST(CollateralTiers, CutEachSliceByItsOwnTier) {
  const AssetTerms asset = asset_in_tiers();
  EXPECT_EQ(body::after_haircut(asset, 200, 2, 1), 200);
  EXPECT_EQ(body::after_haircut(asset, 240, 2, 1), 200 + 39);
  EXPECT_EQ(body::after_haircut(asset, 440, 2, 1), 200 + 39 + 190);
}

TEST(CollateralTiers, StartAtAValueWhereTheyAreOfTheNumeraire) {
  AssetTerms asset = asset_in_tiers();
  asset.tiers_in_value = true;
  EXPECT_EQ(body::after_haircut(asset, 100, 2, 1), 100);
  EXPECT_EQ(body::after_haircut(asset, 220, 2, 1), 100 + 19 + 95 + 0);
}

TEST(CollateralTiers, LeaveDebtsWhole) {
  EXPECT_EQ(body::after_haircut(asset_in_tiers(), -500, 2, 1), -500);
}

TEST(BorrowCharge, IsAShareOfWhatIsOwedRoundedUp) {
  EXPECT_EQ(body::borrow_charge(-1'001, 10 * percent), 101);
  EXPECT_EQ(body::borrow_charge(1'001, 10 * percent), 0);
}

TEST(Bands, AreEnteredOneAfterTheOtherAsEquityFalls) {
  const std::vector<BandTerms> bands{{3 * parts_per_one}, {1'200'000'000}, {parts_per_one}};
  EXPECT_EQ(band_of(bands, 300, 100), -1);
  EXPECT_EQ(band_of(bands, 299, 100), 0);
  EXPECT_EQ(band_of(bands, 120, 100), 0);
  EXPECT_EQ(band_of(bands, 119, 100), 1);
  EXPECT_EQ(band_of(bands, 99, 100), 2);
  EXPECT_EQ(band_of(bands, 0, 0), -1);
}

}  // namespace
}  // namespace margingate::margin
