// dYdX v4's integer margin: rows of the chain's own tests, all exact.
// Source: dydxprotocol/v4-chain at 84d4664b (2026-03-05), tests of x/perpetuals, x/subaccounts and
// x/liquidations; amounts in quote quantums (10^-6 USDC) unless a comment says otherwise.
#include "models/dydx_integers.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace margingate::models::dydx {
namespace {

constexpr std::int64_t usdc = 1'000'000;
constexpr std::int64_t bitcoin = 100'000'000;  // base quantums at resolution -8
constexpr std::int64_t ether = 1'000'000'000;  // at resolution -9
constexpr std::uint64_t largest = UINT64_MAX;

struct Row {
  std::uint64_t price;
  int exponent;
  int resolution;
  std::uint64_t quantums;
  std::uint32_t initial_ppm;
  std::uint32_t maintenance_ppm;
  const char* initial;
  const char* maintenance;
};

TEST(DydxIntegers, RoundMarginUpTwice) {
  const std::vector<Row> rows{
      {55'550, -1, -4, 7'000, 10'000, 500'000, "38885000", "19442500"},
      {1'234'560, -1, -6, 74'523, 50'000, 600'000, "460015575", "276009345"},
      {1'234'560, -1, -6, 74'523, 250'000, 600'000, "2300077872", "1380046724"},
      {largest, -1, -6, largest, 100, 1'000'000, "3402823669209384634264811192843492",
       "3402823669209384634264811192843492"},
      {123'456'789'123, -5, 4, 1, 200'000, 500'000, "2469135782460000", "1234567891230000"},
  };
  for (const Row& row : rows) {
    const Perpetual market{
        row.price, row.exponent, row.resolution, row.initial_ppm, row.maintenance_ppm, 0, 0};
    for (const int side : {1, -1}) {
      const Requirement margin = requirement(market, Quantums(row.quantums) * side, 0);
      EXPECT_EQ(margin.initial, Quantums(row.initial));
      EXPECT_EQ(margin.maintenance, Quantums(row.maintenance));
    }
  }
}

// Open interest 15 and 41.287 million USDC between caps of 10 and 20, and of 25 and 50 million.
TEST(DydxIntegers, ScaleInitialMarginAloneWithOpenInterest) {
  struct OpenInterestRow {
    std::int64_t open, lower, upper;
    std::uint32_t ppm;
    std::int64_t initial;
  };
  for (const OpenInterestRow& row :
       {OpenInterestRow{408'163'265, 10'000'000 * usdc, 20'000'000 * usdc, 599'999, 264'599'559},
        OpenInterestRow{1'123'456'789, 25'000'000 * usdc, 50'000'000 * usdc, 721'185,
                        318'042'585}}) {
    const Perpetual market{367'500, -1, -6, 200'000, 500'000, row.lower, row.upper};
    EXPECT_EQ(open_interest_ppm(market, row.open), row.ppm);
    const Requirement margin = requirement(market, 12'000, row.open);
    EXPECT_EQ(margin.initial, row.initial);
    EXPECT_EQ(margin.maintenance, 44'100'000);
  }
}

TEST(DydxIntegers, TakeTheUsersOwnLeverageWhereItAsksForMore) {
  const Perpetual market{55'550, -1, -4, 10'000, 500'000, 0, 0};
  EXPECT_EQ(requirement(market, 7'000, 0, 20'000).initial, 2 * 38'885'000);
  EXPECT_EQ(requirement(market, 7'000, 0, 5'000).initial, 38'885'000);
  EXPECT_EQ(requirement(market, 7'000, 0, 20'000).maintenance, 19'442'500);
}

// Bitcoin at 50,000 and ether at 3,000, both 20 % and half of it, unless a test says otherwise.
Perpetual bitcoin_market() { return {5'000'000'000, -5, -8, 200'000, 500'000, 0, 0}; }
Perpetual ether_market() { return {3'000'000'000, -6, -9, 200'000, 500'000, 0, 0}; }

Subaccount account(std::int64_t cash, const Quantums& btc, const Quantums& eth = 0) {
  return {cash + notional(bitcoin_market(), btc) + notional(ether_market(), eth),
          requirement(bitcoin_market(), btc, 0) + requirement(ether_market(), eth, 0)};
}

// Both sides buy or sell 90 BTC with 900,000 USDC at the match; open interest counts after it.
TEST(DydxIntegers, CheckInitialMarginAtTheOpenInterestAfterTheMatch) {
  Perpetual market = bitcoin_market();
  market.open_interest_lower_cap = Quantums(25'000'000) * usdc;
  market.open_interest_upper_cap = Quantums(50'000'000) * usdc;
  const Quantums size = Quantums(90) * bitcoin;
  const auto match = [&](const Quantums& open_before, std::int64_t cash) {
    const Subaccount before{Quantums(cash) * usdc, {0, 0}};
    const Subaccount after{before.net_collateral, requirement(market, size, open_before + size)};
    return check_update(before, after);
  };
  EXPECT_EQ(match(Quantums(410) * bitcoin, 900'000), UpdateResult::success);
  EXPECT_EQ(match(Quantums(410) * bitcoin + bitcoin / 1'000, 900'000),
            UpdateResult::newly_undercollateralised);
  EXPECT_EQ(match(Quantums(500) * bitcoin, 900'000), UpdateResult::newly_undercollateralised);
  EXPECT_EQ(match(Quantums(10'000) * bitcoin, 4'500'000), UpdateResult::success);

  const Quantums open = Quantums(500) * bitcoin + bitcoin / 1'000;
  EXPECT_EQ(notional(market, open), Quantums(25'000'050) * usdc);
  EXPECT_EQ(open_interest_ppm(market, open), 200'001U);
  EXPECT_EQ(requirement(market, size, open).initial, Quantums(9'000'045) * usdc / 10);
  // The rate is rounded down: up to 31.24 USDC above the lower cap it stays where it was.
  EXPECT_EQ(open_interest_ppm(market, Quantums(500) * bitcoin + 62'480), 200'000U);
  EXPECT_EQ(open_interest_ppm(market, Quantums(500) * bitcoin + 62'500), 200'001U);
}

TEST(DydxIntegers, SettleAtTheBankruptcyPriceRoundedAgainstTheAccount) {
  const Quantums tenth = bitcoin / 10;
  EXPECT_EQ(bankruptcy_quote(account(-4'501 * usdc, tenth), bitcoin_market(), tenth, -tenth),
            4'501'000'000);
  EXPECT_EQ(bankruptcy_quote(account(5'499 * usdc, -tenth), bitcoin_market(), -tenth, tenth),
            -5'499'000'000);
  const Quantums eth = ether / 10;
  EXPECT_EQ(
      bankruptcy_quote(account(-490 * usdc, bitcoin * 4 / 1'000, eth), ether_market(), eth, -eth),
      294'000'000);
  EXPECT_EQ(bankruptcy_quote(account(-13 * usdc, bitcoin), bitcoin_market(), bitcoin, -21'347),
            2'776);
  EXPECT_EQ(bankruptcy_quote(account(13 * usdc, -bitcoin), bitcoin_market(), -bitcoin, 21'347),
            -2'775);
}

// In USDC for one bitcoin or ether.
Ratio quoted(const Ratio& price, std::int64_t base) { return price * base / usdc; }

TEST(DydxIntegers, AskTheFillablePriceOfALiquidation) {
  const Quantums tenth = bitcoin / 10;
  const auto price = [&](std::int64_t cash, LiquidationTerms terms) {
    return quoted(fillable_price(account(cash * usdc, tenth), bitcoin_market(), tenth, terms),
                  bitcoin);
  };
  const LiquidationTerms standard{1'000'000, 100'000, 5'000};
  EXPECT_EQ(price(-4'501, standard), 49'999);
  EXPECT_EQ(price(-4'501, {2'000'000, 100'000, 5'000}), 49'998);
  EXPECT_EQ(price(-4'501, {1'000'000, 200'000, 5'000}), 49'998);
  EXPECT_EQ(price(-4'501, {1'000'000, 1'000'000, 5'000}), 49'990);
  EXPECT_EQ(price(-5'000, standard), 49'500);
  const Quantums eth = ether / 10;
  EXPECT_EQ(quoted(fillable_price(account(-490 * usdc, bitcoin * 4 / 1'000, eth), ether_market(),
                                  eth, standard),
                   ether),
            2'976);
}

TEST(DydxIntegers, CapWhatTheInsuranceFundGains) {
  const Quantums tenth = bitcoin / 10;
  const Quantums bankrupt =
      bankruptcy_quote(account(-5'100 * usdc, tenth), bitcoin_market(), tenth, -tenth);
  EXPECT_EQ(bankrupt, 5'100 * usdc);
  const auto delta = [&](std::int64_t price, std::uint32_t fee_ppm) {
    return insurance_delta(Quantums(price) * usdc / 10, bankrupt, {1'000'000, 100'000, fee_ppm});
  };
  EXPECT_EQ(delta(56'100, 5'000), 28'050'000);
  EXPECT_EQ(delta(56'100, 25'000), 140'250'000);
  EXPECT_EQ(delta(56'100, 1'000'000), 510'000'000);
  EXPECT_EQ(delta(51'051, 5'000), 5'100'000);
  EXPECT_EQ(delta(50'490, 5'000), -51'000'000);
}

// -496 USDC and 0.01 BTC worth 500, initial 0.991 %, all of it maintenance: below initial margin.
TEST(DydxIntegers, LetAnAccountBelowInitialMarginOnlyGetBetter) {
  Perpetual market = bitcoin_market();
  market.initial_ppm = 9'910;
  market.maintenance_fraction_ppm = 1'000'000;
  const Quantums held = bitcoin / 100;
  const auto with_cash = [&](std::int64_t quantums) {
    return Subaccount{Quantums(quantums) + notional(market, held), requirement(market, held, 0)};
  };
  const Subaccount before = with_cash(-496 * usdc);
  EXPECT_FALSE(before.is_initially_collateralised());
  EXPECT_TRUE(before.is_liquidatable());
  EXPECT_EQ(check_update(before, with_cash(-496 * usdc - 1)),
            UpdateResult::still_undercollateralised);
  EXPECT_EQ(check_update(before, with_cash(-496 * usdc)), UpdateResult::success);
  EXPECT_EQ(check_update(before, with_cash(-496 * usdc + usdc / 2)), UpdateResult::success);
}

TEST(DydxIntegers, KnowTheTransitionsWithoutMargin) {
  const auto state = [](std::int64_t collateral, std::int64_t maintenance) {
    return Subaccount{collateral, {maintenance, maintenance}};
  };
  EXPECT_TRUE(lowers_risk(state(-2, 0), state(-1, 0)));
  EXPECT_FALSE(lowers_risk(state(-1, 0), state(-1, 0)));
  EXPECT_FALSE(lowers_risk(state(-1, 0), state(100, 1)));
  EXPECT_FALSE(lowers_risk(state(-2, 1), state(-1, 0)));
}

}  // namespace
}  // namespace margingate::models::dydx
