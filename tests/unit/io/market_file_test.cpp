#include "io/market_file.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "unit/io/expect_file_error.hpp"

namespace margingate::io {
namespace {

constexpr const char* file = "market.json";
const std::string perpetual =
    R"({"instrument": "BTC-PERPETUAL", "kind": "perpetual", "underlying": "BTC",
        "payoff": "inverse", "contract_size": 10, "settlement_asset": "BTC",
        "mark_price": 65910.57})";
const std::string option =
    R"({"instrument": "BTC-27SEP24-70000-C", "kind": "option", "option_type": "call",
        "exercise": "european", "underlying": "BTC", "payoff": "inverse", "contract_size": 1,
        "settlement_asset": "BTC", "strike": 70000, "expiry": "2024-09-27T08:00:00Z",
        "mark_price": 0.0712, "forward_price": 68110.0, "implied_volatility": 0.552,
        "interest_rate": 0.0, "dividend_yield": 0.0})";

std::string market_text(const std::string& instruments) {
  return R"({"as_of": "2024-06-17T10:15:40.501Z", "numeraire": "USD",
             "assets": [{"asset": "BTC", "price": 65666.19}],
             "underlyings": [{"underlying": "BTC", "index_price": 65666.19}],
             "instruments": [)" +
         instruments + "]}";
}

MarketFile parse(const std::string& instruments) {
  return parse_market_file(file, market_text(instruments));
}

// The option with one piece of its text replaced.
std::string option_with(const std::string& from, const std::string& to) {
  std::string text = option;
  text.replace(text.find(from), from.size(), to);
  return text;
}

void expect_option_error(const std::string& from, const std::string& to, const std::string& place,
                         const std::string& expected) {
  expect_file_error([&] { (void)parse(option_with(from, to)); }, file, place, expected);
}

TEST(MarketFile, ReadsInstruments) {
  const MarketFile market = parse(perpetual + "," + option);
  EXPECT_EQ(market.numeraire, "USD");
  EXPECT_EQ(market.find_asset("USD")->price, 1.0);
  const MarketInstrument* future = market.find_instrument("BTC-PERPETUAL");
  ASSERT_NE(future, nullptr);
  EXPECT_EQ(future->kind, InstrumentKind::perpetual);
  EXPECT_EQ(future->payoff, Payoff::inverse);
  EXPECT_EQ(future->forward_price, 65910.57);
  const MarketInstrument* call = market.find_instrument("BTC-27SEP24-70000-C");
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(call->strike, 70000.0);
  EXPECT_EQ(call->implied_volatility, 0.552);
  EXPECT_EQ(call->forward_price, 68110.0);
  EXPECT_EQ(call->expiry.ns, 1'727'424'000'000'000'000);
}

TEST(MarketFile, TakesAnOptionWithoutAMark) {
  const MarketFile market = parse(option_with("\"mark_price\": 0.0712,", ""));
  EXPECT_TRUE(std::isnan(market.instruments.front().mark_price));
}

TEST(MarketFile, TakesAmericanExerciseOfALinearOption) {
  EXPECT_EQ(parse(option_with("\"", "\"")).instruments.front().exercise_style,
            ExerciseStyle::european);
  std::string text = option_with("european", "american");
  text.replace(text.find("inverse"), 7, "linear");
  EXPECT_EQ(parse(text).instruments.front().exercise_style, ExerciseStyle::american);
}

TEST(MarketFile, RejectsBadTermsByPath) {
  expect_option_error("\"strike\": 70000", "\"strike\": -1", "/instruments/0/strike", "above 0");
  expect_option_error("\"strike\": 70000", "\"strik\": 1", "/instruments/0", "the key \"strike\"");
  expect_option_error("\"strike\": 70000", "\"strike\": 1, \"lot\": 1", "/instruments/0/lot",
                      "no such key");
  expect_option_error("0.552", "11", "/instruments/0/implied_volatility", "from 0.0 to 10.0");
  expect_option_error("european", "american", "/instruments/0/exercise", "european");
  expect_option_error("\"interest_rate\": 0.0", "\"interest_rate\": 10.5",
                      "/instruments/0/interest_rate", "from -10.0 to 10.0");
  expect_option_error("\"kind\": \"option\"", "\"kind\": \"warrant\"", "/instruments/0/kind",
                      "one of \"spot\"");
  expect_option_error("2024-09-27T08:00:00Z", "27SEP24", "/instruments/0/expiry", "a time");
  expect_option_error("\"underlying\": \"BTC\"", "\"underlying\": \"SOL\"",
                      "/instruments/0/underlying", "an underlying of this file, found \"SOL\"");
  expect_option_error("\"settlement_asset\": \"BTC\"", "\"settlement_asset\": \"SOL\"",
                      "/instruments/0/settlement_asset", "an asset of this file");
}

TEST(MarketFile, RejectsOptionTermsOnAPerpetual) {
  std::string text = perpetual;
  text.insert(text.size() - 1, ", \"strike\": 1");
  expect_file_error([&] { (void)parse(text); }, file, "/instruments/0/strike", "no such key");
}

TEST(MarketFile, RejectsRepeatedNames) {
  expect_file_error([] { (void)parse(perpetual + "," + perpetual); }, file,
                    "/instruments/1/instrument", "each name once");
}

TEST(MarketFile, ReadsTheBundledExamples) {
  const std::string directory = std::string(MARGINGATE_SOURCE_DIR) + "/examples/portfolios/";
  EXPECT_NO_THROW((void)read_market_file(directory + "survey-market.json"));
  EXPECT_NO_THROW((void)read_market_file(directory + "deribit-btc-market.json"));
}

}  // namespace
}  // namespace margingate::io
