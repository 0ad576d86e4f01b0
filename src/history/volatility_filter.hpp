// Exponentially weighted volatility of daily returns, and the returns divided by it.
//
// Shape    volatilities[i] is known before return i; one more than there are returns, the last
//          that of tomorrow.
// Units    volatility per day, fraction.
// Sign     positive; standardised returns have the sign of the return.
// Range    decay above 0 and below 1; at least first_days returns.
// Errors   std::invalid_argument for fewer, or for returns that are all zero.
// Threads  pure.
// Cost     one pass; a sort for the percentile.
// Source   J. Hull and A. White, "Incorporating volatility updating into the historical
//          simulation method for value-at-risk", Journal of Risk 1 (1998) 5-19.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace margingate::history {

struct FilterTerms {
  double decay = 0.97;          // of the variance, per day
  std::size_t first_days = 30;  // their mean square is the first variance
  // Tomorrow's volatility is at least this percentile of those before it; 0: no floor.
  double floor_percentile = 0.0;  // 0 .. 1
};

struct FilteredReturns {
  std::vector<double> volatilities;
  std::vector<double> standardised;  // return i over volatilities[i]
  double forecast = 0.0;             // of tomorrow, no less than the floor
};

// variance[0] = mean square of the first days; variance[i + 1] = decay * variance[i] + (1 - decay)
// * r[i]^2.
[[nodiscard]] FilteredReturns filter_returns(std::span<const double> returns,
                                             const FilterTerms& terms);

// The smallest value that a share of `percentile` of all values does not exceed.
[[nodiscard]] double percentile_of(std::vector<double> values, double percentile);

}  // namespace margingate::history
