#include "history/daily_closes.hpp"

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace margingate::history {

std::vector<double> log_returns(std::span<const double> closes) {
  if (closes.size() < 2) throw std::invalid_argument("returns need at least two closes");
  std::vector<double> returns;
  for (std::size_t day = 1; day < closes.size(); ++day) {
    returns.push_back(std::log(closes[day] / closes[day - 1]));
  }
  return returns;
}

std::vector<double> over_horizon(std::span<const double> daily, std::size_t days) {
  std::vector<double> sums;
  for (std::size_t end = days; end <= daily.size(); ++end) {
    const auto stretch = daily.subspan(end - days, days);
    sums.push_back(std::accumulate(stretch.begin(), stretch.end(), 0.0));
  }
  return sums;
}

double root_mean_square(std::span<const double> values) {
  const double squares = std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

}  // namespace margingate::history
