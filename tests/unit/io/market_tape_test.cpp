#include "io/market_tape.hpp"

#include <gtest/gtest.h>

#include <string>

#include "unit/io/expect_file_error.hpp"

namespace margingate::io {
namespace {

constexpr const char* file = "tape.csv";
const std::string header = "recv_ns,exch_ms,type,a,b,c,d\n";

TEST(MarketTape, ReadsQuotesAndTrades) {
  const MarketTape tape = parse_market_tape(
      file, header + "10,7,Q,61800.20,2.5,61800.30,2.51\n11,8,T,61800.30,0.006,B,5266583935\n");
  ASSERT_EQ(tape.rows.size(), 2U);
  const auto& quote = std::get<TapeQuote>(tape.rows[0]);
  EXPECT_EQ(quote.received.ns, 10);
  EXPECT_EQ(quote.exchange_time.ns, 7'000'000);
  EXPECT_EQ(quote.bid, 61800.20);
  EXPECT_EQ(quote.ask_quantity, 2.51);
  const auto& trade = std::get<TapeTrade>(tape.rows[1]);
  EXPECT_EQ(trade.price, 61800.30);
  EXPECT_EQ(trade.quantity, 0.006);
  EXPECT_EQ(trade.taker_side, Side::buy);
  EXPECT_EQ(trade.trade, 5266583935U);
}

TEST(MarketTape, RejectsBadRowsByLineAndColumn) {
  const auto fails = [&](const char* rows, const char* place, const char* expected) {
    expect_file_error([&] { (void)parse_market_tape(file, header + rows); }, file, place, expected);
  };
  fails("10,7,X,1,1,1,1\n", "line 2, column type", "Q or T");
  fails("10,7,T,1,1,N,1\n", "line 2, column c", "B or S");
  fails("10,7,T,0,1,B,1\n", "line 2, column a", "above 0");
  fails("10,7,T,1,-1,B,1\n", "line 2, column b", "at least 0");
  fails("ten,7,T,1,1,B,1\n", "line 2, column recv_ns", "a whole number");
  fails("10,-7,T,1,1,B,1\n", "line 2, column exch_ms", "milliseconds since 1970");
  fails("10,9223372036854775807,T,1,1,B,1\n", "line 2, column exch_ms", "milliseconds");
  fails("10,7,T,1,1,B\n", "line 2", "7 fields, found 6");
  fails("10,7,T,1,1,B,1\n9,7,T,1,1,B,2\n", "line 3, column recv_ns", "not before");
}

TEST(MarketTape, ReadsTheBundledTapes) {
  const std::string directory = std::string(MARGINGATE_SOURCE_DIR) + "/data/";
  const MarketTape btc =
      read_market_tape(directory + "binance_usdm_btcusdt_20240808_trades_bbo.csv.gz");
  const MarketTape eth =
      read_market_tape(directory + "binance_usdm_ethusdt_20240808_trades_bbo.csv.gz");
  EXPECT_EQ(btc.rows.size(), 23'340U);
  EXPECT_EQ(eth.rows.size(), 16'457U);
}

}  // namespace
}  // namespace margingate::io
