#include "history/volatility_filter.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "history/daily_closes.hpp"

namespace margingate::history {

double percentile_of(std::vector<double> values, double percentile) {
  std::sort(values.begin(), values.end());
  const double place = std::ceil(percentile * static_cast<double>(values.size()) - 1e-9);
  const auto rank = static_cast<std::size_t>(std::max(place, 1.0));
  return values[std::min(rank, values.size()) - 1];
}

FilteredReturns filter_returns(std::span<const double> returns, const FilterTerms& terms) {
  if (terms.first_days == 0 || returns.size() < terms.first_days) {
    throw std::invalid_argument("the first variance needs " + std::to_string(terms.first_days) +
                                " returns, found " + std::to_string(returns.size()));
  }
  const double first = root_mean_square(returns.first(terms.first_days));
  if (!(first > 0.0)) throw std::invalid_argument("prices stand still in the first days");
  FilteredReturns filtered;
  double variance = first * first;
  for (const double move : returns) {
    filtered.volatilities.push_back(std::sqrt(variance));
    filtered.standardised.push_back(move / filtered.volatilities.back());
    variance = terms.decay * variance + (1.0 - terms.decay) * move * move;
  }
  filtered.volatilities.push_back(std::sqrt(variance));
  filtered.forecast = filtered.volatilities.back();
  if (terms.floor_percentile > 0.0) {
    filtered.forecast =
        std::max(filtered.forecast, percentile_of(filtered.volatilities, terms.floor_percentile));
  }
  return filtered;
}

}  // namespace margingate::history
