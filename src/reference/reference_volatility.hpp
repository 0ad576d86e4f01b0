// Total volatility of one option under the scenarios of its unit, from scratch.
//
// Shape    one option's terms in, one number per scenario out.
// Units    fractions; T in years.
// Sign     non-negative.
// Range    as in margin_model.hpp.
// Errors   none.
// Threads  single-threaded.
// Cost     a grid has few different shocks, each is computed once.
// Source   docs/methodology.md MR-04.
#pragma once

#include <vector>

#include "margingate/margin_model.hpp"

namespace margingate::reference {

struct VolatilityTerms {
  double sigma = 0.0;
  double K = 0.0;
  double F0 = 0.0;  // the table's forward
  double T = 0.0;
};

class ShockedVolatilities {
 public:
  explicit ShockedVolatilities(const VolatilityTerms& terms) : terms_(terms) {}

  [[nodiscard]] double of(const Scenario& scenario);

 private:
  struct Known {
    const Scenario* scenario;
    double volatility;
  };
  VolatilityTerms terms_;
  std::vector<Known> known_;
};

}  // namespace margingate::reference
