// What an account loses when its underlyings move: positions and collateral, valued in full.
//
// Shape    one book of a market and a portfolio; losses by vector of log returns.
// Units    the market's numeraire; log returns by underlying, in the order given.
// Sign     losses positive.
// Range    options with an implied volatility and nothing settled of their forward.
// Errors   std::runtime_error naming the instrument.
// Threads  immutable once made.
// Cost     one Black-76 value per option and call.
// Source   docs/models/monte-carlo.md; Black (1976).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "io/market_file.hpp"
#include "io/portfolio_file.hpp"

namespace margingate::backtest {

class RevaluedBook {
 public:
  RevaluedBook(const io::MarketFile& market, const io::PortfolioFile& portfolio);

  // Of positions, and of collateral in a coin that is an underlying; in order of appearance.
  [[nodiscard]] const std::vector<std::string>& underlyings() const noexcept {
    return underlyings_;
  }

  // `days` later. Forwards and marks move as their underlying, volatilities stay. What an inverse
  // contract gains is coins, at their new price.
  [[nodiscard]] double loss(std::span<const double> log_returns, double days) const;

 private:
  struct Leg {
    std::size_t underlying = 0;
    double contracts = 0.0;  // times the contract's size
    io::MarketInstrument instrument;
    double spot = 0.0;
    double days = 0.0;  // to expiry, options only
  };
  struct Coin {
    std::size_t underlying = 0;
    double quantity = 0.0;
    double price = 0.0;
  };

  [[nodiscard]] std::size_t place_of(const std::string& underlying);
  [[nodiscard]] static double gain(const Leg& leg, double growth, double days);

  std::vector<std::string> underlyings_;
  std::vector<Leg> legs_;
  std::vector<Coin> coins_;
};

}  // namespace margingate::backtest
