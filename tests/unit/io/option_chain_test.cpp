#include "io/option_chain.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "io/market_file.hpp"
#include "unit/io/expect_file_error.hpp"

namespace margingate::io {
namespace {

constexpr const char* file = "chain.csv";
const std::string header =
    "instrument,ts_ms,expiry_ms,strike,cp,mark_iv,mark_price,bid,ask,fwd,index,delta,vega,oi,"
    "vol24h\n";

std::string row(const std::string& name, const std::string& strike, char type,
                const std::string& mark, const std::string& volatility = "0.5") {
  return "BTC-28AUG26-" + name + ",1787370645199,1787904000000," + strike + "," + type + "," +
         volatility + "," + mark + ",,0.1,80000,79990,0.5,40,1.5,0\n";
}

OptionChain parse(const std::string& rows) { return parse_option_chain(file, header + rows); }

TEST(OptionChain, ReadsEveryColumn) {
  const OptionChain chain = parse(row("80000-C", "80000", 'C', "0.03"));
  ASSERT_EQ(chain.rows.size(), 1U);
  const OptionRow& option = chain.rows.front();
  EXPECT_EQ(option.instrument, "BTC-28AUG26-80000-C");
  EXPECT_EQ(option.coin, "BTC");
  EXPECT_EQ(option.expiry.ns, 1'787'904'000'000'000'000);
  EXPECT_EQ(option.strike, 80000.0);
  EXPECT_EQ(option.type, OptionType::call);
  EXPECT_EQ(option.mark_volatility, 0.5);
  EXPECT_EQ(option.mark_price, 0.03);
  EXPECT_TRUE(std::isnan(option.bid));
  EXPECT_EQ(option.ask, 0.1);
  EXPECT_EQ(option.open_interest, 1.5);
  EXPECT_EQ(chain.as_of.ns, 1'787'370'645'199'000'000);
  EXPECT_EQ(chain.find_index("BTC")->price, 79990.0);
  EXPECT_EQ(chain.find_index("ETH"), nullptr);
}

TEST(OptionChain, TakesTheMedianParityForwardNearTheMoney) {
  // C - P = 1 - K / F for F = 80500 at both strikes near it; the far pair says otherwise.
  const double near = 1.0 - 80000.0 / 80500.0;
  const double above = 1.0 - 82000.0 / 80500.0;
  const OptionChain chain =
      parse(row("80000-C", "80000", 'C', std::to_string(near + 0.03)) +
            row("80000-P", "80000", 'P', "0.03") + row("82000-C", "82000", 'C', "0.02") +
            row("82000-P", "82000", 'P', std::to_string(0.02 - above)) +
            row("40000-C", "40000", 'C', "0.9") + row("40000-P", "40000", 'P', "0.01"));
  const ExpiryForward* forward = chain.find_forward("BTC", chain.rows.front().expiry);
  ASSERT_NE(forward, nullptr);
  EXPECT_EQ(forward->label, "28AUG26");
  EXPECT_EQ(forward->strikes, 2U);
  EXPECT_NEAR(forward->forward, 80500.0, 0.1);
}

TEST(OptionChain, TakesTheCollectedForwardWithoutPairs) {
  const OptionChain chain = parse(row("80000-C", "80000", 'C', "0.03"));
  EXPECT_EQ(chain.forwards.front().forward, 80000.0);
  EXPECT_EQ(chain.forwards.front().strikes, 0U);
}

TEST(OptionChain, RejectsBadRowsByLineAndColumn) {
  const std::string good = row("80000-C", "80000", 'C', "0.03");
  const auto fails = [&](const std::string& rows, const char* place, const char* expected) {
    expect_file_error([&] { (void)parse(rows); }, file, place, expected);
  };
  fails(row("1-C", "0", 'C', "0.03"), "line 2, column strike", "above 0");
  fails(row("1-C", "abc", 'C', "0.03"), "line 2, column strike", "a finite number, found \"abc\"");
  fails(row("1-C", "inf", 'C', "0.03"), "line 2, column strike", "a finite number");
  fails(row("1-C", "1", 'C', "nan"), "line 2, column mark_price", "a finite number");
  fails(row("1-C", "1", 'C', "-0.1"), "line 2, column mark_price", "at least 0");
  fails(row("1-C", "1", 'X', "0.03"), "line 2, column cp", "C or P");
  fails(row("1-C", "1", 'C', "0.03", ""), "line 2, column mark_iv", "a finite number");
  fails(row("C", "1", 'C', "0.03"), "line 2, column instrument", "a name such as");
  fails(good + good, "line 3, column instrument", "each instrument once");
  fails(good + "BTC-28AUG26-1-C,1787370645199\n", "line 3", "15 fields, found 2");
  fails("", "line 2", "at least one option");
  std::string later = row("1-C", "1", 'C', "0.03");
  later.replace(later.find("645199"), 6, "645200");
  fails(good + later, "line 3, column ts_ms", "the first row");
}

TEST(OptionChain, RejectsAnotherHeader) {
  expect_file_error([] { (void)parse_option_chain(file, "instrument,ts\n"); }, file, "line 1",
                    "the columns instrument,ts_ms");
  expect_file_error([] { (void)parse_option_chain(file, ""); }, file, "line 1", "the columns");
}

TEST(OptionChain, ReadsTheBundledSnapshots) {
  const std::string directory = std::string(MARGINGATE_SOURCE_DIR) + "/data/";
  const OptionChain first =
      read_option_chain(directory + "deribit_btc_eth_20260822T035045Z.csv.gz");
  const OptionChain second =
      read_option_chain(directory + "deribit_btc_eth_20260822T093536Z.csv.gz");
  EXPECT_EQ(first.rows.size(), 2062U);
  EXPECT_EQ(second.rows.size(), 1968U);
  EXPECT_LT(first.as_of, second.as_of);
  for (const ExpiryForward& forward : first.forwards) {
    EXPECT_GT(forward.strikes, 0U) << forward.coin << forward.label;
    const double index = first.find_index(forward.coin)->price;
    EXPECT_NEAR(forward.forward / index, 1.0, 0.05) << forward.coin << forward.label;
  }
}

TEST(ChainMarket, AddsPerpetualsAndAFuturePerExpiry) {
  const MarketFile market = chain_market(parse(row("80000-C", "80000", 'C', "0.03")));
  ASSERT_EQ(market.instruments.size(), 3U);
  const MarketInstrument* perpetual = market.find_instrument("BTC-PERPETUAL");
  const MarketInstrument* future = market.find_instrument("BTC-28AUG26");
  const MarketInstrument* option = market.find_instrument("BTC-28AUG26-80000-C");
  ASSERT_TRUE(perpetual != nullptr && future != nullptr && option != nullptr);
  EXPECT_EQ(perpetual->mark_price, 79990.0);
  EXPECT_EQ(perpetual->contract_size, 10.0);
  EXPECT_EQ(perpetual->lots_per_contract, 1);
  EXPECT_EQ(future->mark_price, 80000.0);
  EXPECT_EQ(future->expiry, option->expiry);
  EXPECT_EQ(option->lots_per_contract, 10);
  EXPECT_EQ(option->forward_price, 80000.0);
  EXPECT_EQ(option->implied_volatility, 0.5);
}

}  // namespace
}  // namespace margingate::io
