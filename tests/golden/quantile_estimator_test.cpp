// The estimator of a value at risk from sorted profits: value k of n stands at 100 (k - 1/2) / n
// per cent, linear in between. The checks are constructed from that definition by hand, apart from
// this project's code: ten profits -100, -80 ... 80 and five hundred -250 ... 249.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "reference/reference_requirement.hpp"
#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

// What one long lot needs when the scenarios' losses in cents are these: spot 100.00, a loss of one
// unit is a price move of -1 / 10^4.
Money initial_margin(const std::vector<double>& profits_in_cents, double confidence) {
  TinyGate gate([&](TinySetup& setup) {
    ScanRisk& scan = setup.config.model.units[0].scan;
    scan.scenarios.clear();
    for (const double profit : profits_in_cents) {
      Scenario s;
      s.price_move = profit / 10'000.0;
      scan.scenarios.push_back(s);
    }
    scan.reducer = {ReducerKind::quantile, confidence};
  });
  gate.publish_and_adopt();
  EXPECT_EQ(gate.transfer(tiny::perpetual, 1, 100.0), Reason::accepted);
  return gate.initial_margin();
}

std::vector<double> ladder(int first, int step, int count) {
  std::vector<double> profits;
  for (int i = 0; i < count; ++i) profits.push_back(first + step * i);
  return profits;
}

TEST(QuantileEstimator, ReproducesTheTableOfTenProfits) {
  const std::vector<double> profits = ladder(-100, 20, 10);
  EXPECT_EQ(initial_margin(profits, 0.99).value, 100);
  EXPECT_EQ(initial_margin(profits, 0.95).value, 100);
  EXPECT_EQ(initial_margin(profits, 0.90).value, 90);
  EXPECT_EQ(initial_margin(profits, 0.85).value, 80);
  EXPECT_EQ(initial_margin(profits, 0.80).value, 70);
  EXPECT_EQ(initial_margin(profits, 0.70).value, 50);
}

TEST(QuantileEstimator, ReproducesFiveHundredProfitsRoundedUp) {
  EXPECT_EQ(initial_margin(ladder(-250, 1, 500), 0.99).value, 246);  // 245.5
}

}  // namespace
}  // namespace margingate::testing
