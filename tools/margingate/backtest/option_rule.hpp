// Options of a backtest, whose market is not recorded: sold anew at every close, priced by a rule.
//
// Shape    free functions of a history and an option's terms.
// Units    volatility per year; values in the numeraire per unit of the underlying.
// Sign     values >= 0.
// Range    a day with volatility_window days before it.
// Errors   none.
// Threads  pure.
// Cost     cold.
// Source   docs/backtest.md, "Options"; Black (1976).
#pragma once

#include <cstddef>
#include <span>

#include "margingate/instrument.hpp"

namespace margingate::backtest {

struct HeldOption {
  OptionType type = OptionType::call;
  double moneyness = 1.0;  // strike over the close at which it is entered, > 0
  int days = 30;           // to expiry, longer than the horizon
};

// The rule: implied volatility is what the last thirty days realised, a tenth more, at least 30 %.
inline constexpr std::size_t volatility_window = 30;
inline constexpr double volatility_premium = 1.1;
inline constexpr double volatility_minimum = 0.3;

// Oldest close first, the day itself last.
[[nodiscard]] double rule_volatility(std::span<const double> closes);

// Undiscounted, the spot as forward.
[[nodiscard]] double option_value(OptionType type, double spot, double strike, double volatility,
                                  double days);

}  // namespace margingate::backtest
