#include "margingate/live_correlation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace margingate {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Of means of products; what does not vary has no correlation.
double ratio(double product, double square_a, double square_b) noexcept {
  const double scale = std::sqrt(square_a) * std::sqrt(square_b);
  return scale > 0.0 ? std::clamp(product / scale, -1.0, 1.0) : nan;
}

}  // namespace

LiveCorrelation::LiveCorrelation(std::size_t series, const CorrelationDecay& decay)
    : decay_(decay), last_(series, nan), returns_(series, nan), moments_(series * series) {}

void LiveCorrelation::observe(std::span<const double> prices) noexcept {
  for (std::size_t i = 0; i < series(); ++i) {
    const double price = i < prices.size() ? prices[i] : nan;
    const double now = price > 0.0 && std::isfinite(price) ? std::log(price) : nan;
    returns_[i] = now - last_[i];
    last_[i] = now;
  }
  for (std::size_t a = 0; a < series(); ++a) {
    if (std::isnan(returns_[a])) continue;
    for (std::size_t b = a; b < series(); ++b) {
      if (std::isnan(returns_[b])) continue;
      Moments& m = moments_[a * series() + b];
      const double product = returns_[a] * returns_[b];
      // The first return is a mean of its own, whatever the weights.
      const bool is_first = m.count == 0;
      m.fast = is_first ? product : decay_.fast * m.fast + (1.0 - decay_.fast) * product;
      m.slow = is_first ? product : decay_.slow * m.slow + (1.0 - decay_.slow) * product;
      ++m.count;
    }
  }
}

double LiveCorrelation::correlation(std::size_t a, std::size_t b) const noexcept {
  const Moments& product = moments(a, b);
  if (product.count < decay_.observations_min) return nan;
  const Moments& of_a = moments(a, a);
  const Moments& of_b = moments(b, b);
  return std::min(ratio(product.fast, of_a.fast, of_b.fast),
                  ratio(product.slow, of_a.slow, of_b.slow));
}

double credit_rate(const OffsetCredit& credit, double correlation) noexcept {
  const CreditCorrelation& terms = credit.correlation;
  if (!terms.applies()) return credit.rate;
  if (!(correlation > terms.none_below)) return 0.0;
  if (correlation >= terms.full_from) return credit.rate;
  return credit.rate * ((correlation - terms.none_below) / (terms.full_from - terms.none_below));
}

std::vector<double> credit_rates(const MarginModel& model, const LiveCorrelation& live) {
  std::vector<double> rates;
  for (const OffsetCredit& credit : model.credits) {
    const bool known = credit.first.value < live.series() && credit.second.value < live.series();
    rates.push_back(credit_rate(
        credit, known ? live.correlation(credit.first.value, credit.second.value) : nan));
  }
  return rates;
}

}  // namespace margingate
