// Lots and money units fine enough for one portfolio: quantities whole, amounts as exact as fits.
//
// Shape    a market of just the instruments that the portfolio names, contract sizes rewritten so
//          that one lot is the largest step that all quantities of an instrument share.
// Units    contracts_per_lot: contracts of the file.
// Sign     positive.
// Range    at most 2^30 lots per instrument; notional within 2^52 money units.
// Errors   FileError.
// Threads  pure.
// Cost     cold.
// Source   docs/methodology.md MR-07: a lot's loss is rounded to 31 bits, so few lots are exact.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "io/market_file.hpp"
#include "io/portfolio_file.hpp"
#include "margingate/units.hpp"

namespace margingate::io {

class WhatIfScale {
 public:
  // counts_in_coin: the numeraire is the coin of every instrument. keeps_contracts: something is
  // charged per contract, so that contracts stay what they are and lots are decimals of one.
  WhatIfScale(const MarketFile& market, const PortfolioFile& portfolio, bool counts_in_coin,
              bool keeps_contracts = false);

  [[nodiscard]] const MarketFile& market() const noexcept { return market_; }
  [[nodiscard]] int money_decimals() const noexcept { return money_decimals_; }
  [[nodiscard]] double contracts_per_lot(const std::string& instrument) const;
  [[nodiscard]] Quantity lots(const std::string& instrument, double contracts) const;
  // Most lots that one instrument could hold, working orders filled.
  [[nodiscard]] std::int64_t lots_max() const noexcept { return lots_max_; }

 private:
  struct Step {
    std::int64_t digits = 0;  // contracts per lot = digits * 10^exponent
    int exponent = 0;
    double contracts = 0.0;  // sum of magnitudes
    double price_max = 0.0;
  };

  void collect(const std::string& instrument, double contracts, double price);
  void add_contracts(const std::string& file);
  [[nodiscard]] double largest_notional(bool counts_in_coin) const;
  [[nodiscard]] double largest_balance(const PortfolioFile& portfolio, bool counts_in_coin) const;
  void choose_money_decimals(const PortfolioFile& portfolio, bool counts_in_coin);

  const MarketFile& source_;
  MarketFile market_;
  bool keeps_contracts_ = false;
  std::vector<std::string> names_;  // in the portfolio's order
  std::map<std::string, Step> steps_;
  int money_decimals_ = 0;
  std::int64_t lots_max_ = 1;
};

}  // namespace margingate::io
