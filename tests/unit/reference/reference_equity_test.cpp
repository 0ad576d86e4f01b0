#include "reference/reference_equity.hpp"

#include <gtest/gtest.h>

#include "reference/reference_requirement.hpp"
#include "unit/reference/reference_world.hpp"

namespace margingate::reference {
namespace {

// Dollars, coins at 50000, and asset 2, which is nobody's coin.
struct WalletWorld : ReferenceWorld {
  WalletWorld() : ReferenceWorld(dollars, 2, 50'000.0) {
    config.assets.emplace_back();
    asset_prices.resize(3);
    account = account_of({});
  }
  [[nodiscard]] std::optional<std::int64_t> equity() const {
    const auto owned = reference_equity(market(), account, reference_rows(market(), account));
    return owned ? std::optional(owned->equity) : std::nullopt;
  }
  ReferenceAccount account;
};

// MR-24: 10.00 dollars, and 0.03 coins rounded down at the live spot of 51000.99.
TEST(Equity, TakesCoinsAtTheLiveSpot) {
  WalletWorld world;
  world.live_spots[0] = cents(51'000.99);
  world.account.wallets[dollars.value] = {1'000};
  world.account.wallets[coins.value] = {3};
  EXPECT_EQ(world.equity(), 1'000 + 153'002);  // 0.03 * 51000.99 = 1530.0297
  world.account.wallets[coins.value] = {-3};
  EXPECT_EQ(world.equity(), 1'000 - 153'003);
}

// MR-24: 5 % off what is owned, nothing off what is owed.
TEST(Equity, TakesHaircutsOfPositiveBalances) {
  WalletWorld world;
  world.config.assets[coins.value].haircut = 0.05;
  world.account.wallets[coins.value] = {1};
  EXPECT_EQ(world.equity(), 47'500);
  world.account.wallets[coins.value] = {-1};
  EXPECT_EQ(world.equity(), -50'000);
  world.account.open_losses = {7};
  EXPECT_EQ(world.equity(), -50'007);
}

// MR-24: profit settles in the asset before the haircut is taken.
TEST(Equity, TakesUnrealisedProfitInTheSettlementAsset) {
  WalletWorld world;
  world.config.assets[dollars.value].haircut = 0.1;
  const auto future = world.add_delta_one(InstrumentKind::future, Payoff::linear, 1.0, 100.0);
  world.account.wallets[dollars.value] = {-1'000};
  world.account.legs = {{future, 2, 0, 0, {-17'000}}};  // worth 20000: profit 3000
  EXPECT_EQ(world.equity(), 1'800);
  world.config.model.unrealised_profit = UnrealisedProfit::losses_only;
  EXPECT_EQ(world.equity(), -1'000);
}

// MR-24: an unpriced balance is worth nothing, an unpriced debt nobody can tell.
TEST(Equity, ReportsADebtWithoutAPrice) {
  WalletWorld world;
  world.account.wallets[2] = {100};
  EXPECT_EQ(world.equity(), 0);
  world.account.wallets[2] = {-100};
  EXPECT_EQ(world.equity(), std::nullopt);
  EXPECT_EQ(reference_margin(world.market(), world.account).reason, Reason::missing_mark);
  world.asset_prices[2] = cents(0.5);
  EXPECT_EQ(world.equity(), -50);
}

}  // namespace
}  // namespace margingate::reference
