// Scenarios made from history: in row s every underlying moves as on the same dates.
//
// Shape    rows of one set; moves by underlying, then by row; the day that each row ends on.
// Units    moves are fractions of the price or of the volatility; days count closes from 0.
// Sign     signed.
// Range    price moves above -1; six decimals, as files have them.
// Errors   std::invalid_argument when there are fewer days than rows need, with both numbers.
// Threads  pure.
// Cost     a pass over the history per underlying; stressed sets sort it.
// Source   docs/models/historical.md; Hull and White (1998); G. Barone-Adesi, K. Giannopoulos and
//          L. Vosper, "VaR without correlations for portfolios of derivative securities", Journal
//          of Futures Markets 19 (1999) 583-602.
#pragma once

#include <cstddef>
#include <vector>

#include "history/daily_closes.hpp"
#include "history/volatility_filter.hpp"

namespace margingate::history {

struct SetTerms {
  std::size_t rows = 504;
  std::size_t horizon = 1;  // days of a move, overlapping
  FilterTerms filter;
};

struct UnderlyingMoves {
  std::vector<double> price;
  // What the filter makes of volatility while the move happens, by how many standard deviations z
  // it has: sqrt(d + (1 - d) * z^2) - 1 with d = decay^horizon.
  std::vector<double> volatility;
};

struct ScenarioSet {
  std::vector<std::size_t> days;  // ascending
  std::vector<UnderlyingMoves> moves;
};

// The last `rows` horizons of standardised returns, times tomorrow's volatility.
[[nodiscard]] ScenarioSet filtered_set(const DailyCloses& closes, const SetTerms& terms);

// The same times the root mean square of all the history's daily returns: what a volatility
// estimated over the whole of it gives.
[[nodiscard]] ScenarioSet long_run_set(const DailyCloses& closes, const SetTerms& terms);

// The `rows` horizons on which some underlying moved farthest, either way, measured by the root
// mean square of its own moves; of equals the earlier. As they happened, unfiltered.
[[nodiscard]] ScenarioSet stressed_set(const DailyCloses& closes, const SetTerms& terms);

// Closes that all three need at least.
[[nodiscard]] std::size_t days_needed(const SetTerms& terms);

}  // namespace margingate::history
