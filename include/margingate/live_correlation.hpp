// Correlation of returns as they come, and what it leaves of the credits between risk units.
//
// Shape    one price per series, all observed together, interval after interval.
// Units    prices in any unit that does not change; correlations and rates are fractions.
// Sign     a credit is for opposite positions in series that move together: correlation 1.
// Range    prices positive and finite; what is not breaks the series off until it is again.
// Errors   none; a correlation that is not known yet is NaN, and its credit is worth nothing.
// Threads  an object belongs to the thread that observes, usually the revaluer's.
// Cost     observe: series^2; memory is taken when the object is made. Never on the order path.
// Source   docs/methodology.md MR-90; docs/decisions/0098-credits-follow-correlation.md.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "margingate/margin_model.hpp"

namespace margingate {

// Weights of the past in an exponentially weighted mean of squares and products of returns: the
// lower of two estimates counts, so that credits go quickly and come back slowly.
struct CorrelationDecay {
  double fast = 0.85;                 // 0 .. slow, exclusive
  double slow = 0.97;                 // below 1
  std::size_t observations_min = 20;  // returns of both series before anything is known
};

class LiveCorrelation {
 public:
  explicit LiveCorrelation(std::size_t series, const CorrelationDecay& decay = {});

  // prices: of every series, one sampling interval after those before.
  void observe(std::span<const double> prices) noexcept;
  [[nodiscard]] double correlation(std::size_t a, std::size_t b) const noexcept;
  [[nodiscard]] std::size_t series() const noexcept { return last_.size(); }

 private:
  struct Moments {
    double fast = 0.0;
    double slow = 0.0;
    std::size_t count = 0;
  };
  [[nodiscard]] const Moments& moments(std::size_t a, std::size_t b) const noexcept {
    return moments_[a < b ? a * series() + b : b * series() + a];
  }

  CorrelationDecay decay_;
  std::vector<double> last_;     // log prices; NaN where there is none
  std::vector<double> returns_;  // of the observation at hand
  std::vector<Moments> moments_;
};

// MR-90: the rate at which a credit counts at this correlation; what is no number earns nothing.
[[nodiscard]] double credit_rate(const OffsetCredit& credit, double correlation) noexcept;

// Market::credit_rates for a model whose risk unit u is series u.
[[nodiscard]] std::vector<double> credit_rates(const MarginModel& model,
                                               const LiveCorrelation& live);

}  // namespace margingate
