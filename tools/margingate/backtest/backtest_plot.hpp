// Backtests of one book as a drawing: margins and the realised loss through time.
#pragma once

#include <string>
#include <vector>

#include "backtest/backtest.hpp"

namespace margingate::backtest {

// Shares of gross exposure; days on which the loss exceeds a margin carry that margin's mark.
[[nodiscard]] std::string backtest_svg(const std::string& title, const std::string& subtitle,
                                       const std::vector<Backtest>& backtests);

}  // namespace margingate::backtest
