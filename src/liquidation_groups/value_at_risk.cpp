#include "liquidation_groups/value_at_risk.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace margingate::liquidation_groups {
namespace {

constexpr double parts = 1e9;

std::vector<double> ascending(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

// The value at place k + f, where value k counts from 1.
double value_at(const std::vector<double>& sorted, std::uint64_t place_in_parts) {
  constexpr auto whole = static_cast<std::uint64_t>(parts);
  const std::uint64_t k = place_in_parts / whole;
  if (k < 1) return sorted.front();
  if (k >= sorted.size()) return sorted.back();
  const double fraction = static_cast<double>(place_in_parts % whole) / parts;
  return sorted[k - 1] + fraction * (sorted[k] - sorted[k - 1]);
}

}  // namespace

double value_at_risk(std::span<const double> profits, double confidence) {
  const auto n = static_cast<double>(profits.size());
  const double place = std::round(((1.0 - confidence) * n + 0.5) * parts);
  return std::max(0.0, -value_at(ascending(profits), static_cast<std::uint64_t>(place)));
}

double sum_of_worst(std::span<const double> profits, std::size_t count) {
  const std::vector<double> sorted = ascending(profits);
  double sum = 0.0;
  for (std::size_t i = 0; i < std::min(count, sorted.size()); ++i) sum += std::max(0.0, -sorted[i]);
  return sum;
}

double aggregate(Aggregation aggregation, std::span<const double> amounts) {
  const std::vector<double> sorted = ascending(amounts);
  const double sum = std::accumulate(amounts.begin(), amounts.end(), 0.0);
  const std::size_t middle = sorted.size() / 2;
  switch (aggregation) {
    case Aggregation::average:
      return sum / static_cast<double>(sorted.size());
    case Aggregation::maximum:
      return sorted.back();
    case Aggregation::median:
      return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
    case Aggregation::minimum:
      return sorted.front();
    case Aggregation::sum:
      return sum;
  }
  return sum;
}

CorrelationBreakResult correlation_break(std::span<const double> profits,
                                         const CorrelationBreak& terms, double pure_market_risk) {
  CorrelationBreakResult result;
  result.value_at_risk = value_at_risk(profits, terms.confidence);
  double squares = 0.0;
  for (std::size_t first = 0; first + terms.window <= profits.size(); ++first) {
    const double risk = value_at_risk(profits.subspan(first, terms.window), terms.confidence);
    result.window_risks.push_back(risk);
    const double excess = risk - result.value_at_risk;
    if (excess <= 0.0) continue;
    ++result.windows_in_excess;
    squares += excess * excess;
  }
  if (result.windows_in_excess > 0) {
    result.mean_excess = std::sqrt(squares / static_cast<double>(result.windows_in_excess));
  }
  result.adjustment =
      std::min(terms.cap * pure_market_risk,
               std::max(terms.floor * pure_market_risk, terms.multiplier * result.mean_excess));
  return result;
}

}  // namespace margingate::liquidation_groups
