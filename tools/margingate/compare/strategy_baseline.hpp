// The same positions margined by strategies, where they are shares and options on them: what a
// customer without portfolio margin puts up.
//
// Shape    one amount for the portfolio, the sum over underlyings, or why there is none.
// Units    the market's numeraire.
// Sign     requirement >= 0; net may be below zero.
// Range    linear spot and options; whole units and contracts, one contract size an underlying.
// Errors   none; `refusal` says what does not fit.
// Threads  pure.
// Cost     cold.
// Source   docs/models/reg-t.md.
#pragma once

#include <string>

#include "io/market_file.hpp"
#include "io/portfolio_file.hpp"

namespace margingate::compare {

struct StrategyBaseline {
  std::string refusal;       // empty when there is an amount
  double requirement = 0.0;  // with the value of the options sold
  double net = 0.0;          // without it: to be put up beyond the proceeds
};

// Options of European exercise count as options on a broad index, American ones as on a share.
[[nodiscard]] StrategyBaseline strategy_baseline(const io::MarketFile& market,
                                                 const io::PortfolioFile& portfolio);

}  // namespace margingate::compare
