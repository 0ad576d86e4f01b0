// One account as a file gives it: collateral, positions, working orders, holds.
//
// Shape    portfolio.json.
// Units    quantities in contracts; prices as the instrument is quoted; collateral in the asset.
// Sign     positions signed, long positive; order quantities positive, the side says which way.
// Range    every name exists in the market; one position per instrument.
// Errors   FileError.
// Threads  a value.
// Cost     cold.
// Source   docs/formats.md, "portfolio.json".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/market_file.hpp"
#include "margingate/order.hpp"

namespace margingate::io {

struct PortfolioCollateral {
  std::string asset;
  double quantity = 0.0;
};

struct PortfolioPosition {
  std::string instrument;
  double quantity = 0.0;
  double average_price = 0.0;
};

struct PortfolioOrder {
  std::string instrument;
  Side side = Side::buy;
  double quantity = 0.0;
  double price = 0.0;
};

// Largest quantity that quotes of one group may trade before the venue pulls them.
struct QuoteProtection {
  std::string underlying;
  double quantity = 0.0;
};

// An amount that the venue holds already, in the currency of the statement.
struct PortfolioHold {
  std::string name;
  double amount = 0.0;
};

struct PortfolioFile {
  std::string file;
  std::string account;
  std::vector<PortfolioCollateral> collateral;
  std::vector<PortfolioPosition> positions;
  std::vector<PortfolioOrder> working_orders;
  std::vector<QuoteProtection> quote_protection;
  std::vector<PortfolioHold> holds;
};

[[nodiscard]] PortfolioFile read_portfolio_file(const std::string& path, const MarketFile& market);
[[nodiscard]] PortfolioFile parse_portfolio_file(const std::string& file, std::string_view text,
                                                 const MarketFile& market);

// "sell 2 BTC-27SEP24-70000-C @ 0.075"; errors name it as the order.
[[nodiscard]] PortfolioOrder parse_order(const std::string& text, const MarketFile& market);

}  // namespace margingate::io
