#include "io/portfolio_file.hpp"

#include <gtest/gtest.h>

#include <string>

#include "unit/io/expect_file_error.hpp"

namespace margingate::io {
namespace {

constexpr const char* file = "portfolio.json";

MarketFile make_market() {
  MarketFile market;
  market.file = "market.json";
  market.assets = {{"USDC", 1.0}};
  market.underlyings = {{"BTC", 100000.0}};
  MarketInstrument perpetual;
  perpetual.name = "BTC-PERPETUAL";
  perpetual.underlying = "BTC";
  market.instruments = {perpetual};
  return market;
}

PortfolioFile parse(const std::string& collateral, const std::string& positions,
                    const std::string& rest = "") {
  return parse_portfolio_file(file,
                              R"({"account": "A1", "collateral": [)" + collateral +
                                  R"(], "positions": [)" + positions + "]" + rest + "}",
                              make_market());
}

const std::string usdc = R"({"asset": "USDC", "quantity": 200000})";
const std::string position =
    R"({"instrument": "BTC-PERPETUAL", "quantity": -2.5, "average_price": 65910.57})";

TEST(PortfolioFile, ReadsEveryList) {
  const PortfolioFile portfolio =
      parse(usdc, position,
            R"(, "working_orders": [{"instrument": "BTC-PERPETUAL", "side": "sell", "quantity": 2,
                               "price": 0.075}],
          "quote_protection": [{"underlying": "BTC", "quantity": 2}],
          "holds": [{"name": "working_orders", "amount": 0.000018212}])");
  EXPECT_EQ(portfolio.account, "A1");
  EXPECT_EQ(portfolio.collateral.front().quantity, 200000.0);
  EXPECT_EQ(portfolio.positions.front().quantity, -2.5);
  EXPECT_EQ(portfolio.working_orders.front().side, Side::sell);
  EXPECT_EQ(portfolio.quote_protection.front().quantity, 2.0);
  EXPECT_EQ(portfolio.holds.front().amount, 0.000018212);
}

TEST(PortfolioFile, RejectsUnknownNamesByPath) {
  const auto fails = [](const std::string& collateral, const std::string& positions,
                        const std::string& rest, const char* place, const char* expected) {
    expect_file_error([&] { (void)parse(collateral, positions, rest); }, file, place, expected);
  };
  fails(R"({"asset": "USDT", "quantity": 1})", position, "", "/collateral/0/asset",
        "an asset of market.json, found \"USDT\"");
  fails(usdc, R"({"instrument": "X", "quantity": 1, "average_price": 1})", "",
        "/positions/0/instrument", "an instrument of market.json, found \"X\"");
  fails(usdc, position, R"(, "quote_protection": [{"underlying": "ETH", "quantity": 1}])",
        "/quote_protection/0/underlying", "an underlying of market.json");
  fails(usdc, position, R"(, "orders": [])", "/orders", "no such key");
}

TEST(PortfolioFile, RejectsBadValuesByPath) {
  const auto fails = [](const std::string& positions, const std::string& rest, const char* place,
                        const char* expected) {
    expect_file_error([&] { (void)parse(usdc, positions, rest); }, file, place, expected);
  };
  fails(position + "," + position, "", "/positions/1/instrument", "each name once");
  fails(R"({"instrument": "BTC-PERPETUAL", "quantity": 0, "average_price": 1})", "",
        "/positions/0/quantity", "other than 0");
  fails(R"({"instrument": "BTC-PERPETUAL", "quantity": 1, "average_price": 0})", "",
        "/positions/0/average_price", "above 0");
  fails(R"({"instrument": "BTC-PERPETUAL", "quantity": 1})", "", "/positions/0",
        "the key \"average_price\"");
  const std::string order =
      R"(, "working_orders": [{"instrument": "BTC-PERPETUAL", "side": "short", "quantity": 1,
                               "price": 1}])";
  fails(position, order, "/working_orders/0/side", "one of \"buy\", \"sell\"");
  fails(position, R"(, "holds": [{"name": "h", "amount": -1}])", "/holds/0/amount", "from 0");
}

TEST(PortfolioOrder, ReadsAnOrderInWords) {
  const PortfolioOrder order = parse_order("sell 2.5 BTC-PERPETUAL @ 0.075", make_market());
  EXPECT_EQ(order.side, Side::sell);
  EXPECT_EQ(order.quantity, 2.5);
  EXPECT_EQ(order.price, 0.075);
}

TEST(PortfolioOrder, RejectsAnythingElse) {
  const MarketFile market = make_market();
  const auto fails = [&](const char* text, const char* place, const char* expected) {
    expect_file_error([&] { (void)parse_order(text, market); }, "order", place, expected);
  };
  fails("sell 2 BTC-PERPETUAL 0.075", "\"sell 2 BTC-PERPETUAL 0.075\"", "QUANTITY INSTRUMENT");
  fails("short 2 BTC-PERPETUAL @ 1", "side", "buy or sell");
  fails("buy two BTC-PERPETUAL @ 1", "quantity", "above 0");
  fails("buy 2 ETH-PERPETUAL @ 1", "instrument", "found \"ETH-PERPETUAL\"");
  fails("buy 2 BTC-PERPETUAL @ inf", "price", "above 0");
}

}  // namespace
}  // namespace margingate::io
