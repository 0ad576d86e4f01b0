// The controls against their plain counterpart: the same reason for every order, and the same sums
// at every scope, while limits are overridden, switches thrown and the market moves.
#include <gtest/gtest.h>

#include "support/controlled_flow.hpp"

namespace margingate::testing {
namespace {

// Adds to `seen` how often each reason was given.
void expect_same(const ControlledFlowOptions& options, int events,
                 std::vector<std::uint64_t>& seen) {
  ControlledFlow flow(options);
  for (int i = 0; i < events; ++i) {
    ASSERT_TRUE(flow.step()) << flow.describe();
    if (i % 64 != 0) continue;
    for (const ControlLevel level : {ControlLevel::account, ControlLevel::desk, ControlLevel::firm,
                                     ControlLevel::clearing_member, ControlLevel::gate}) {
      const std::string difference = flow.reference().status_difference(flow.gate(), {level, 0});
      ASSERT_TRUE(difference.empty()) << difference << ' ' << flow.describe();
    }
  }
  for (std::size_t r = 0; r < seen.size(); ++r) seen[r] += flow.reasons()[r];
}

void expect_same_over_seeds(ControlledFlowOptions options, std::initializer_list<Reason> reasons) {
  std::vector<std::uint64_t> seen(1'000);
  for (options.seed = 1; options.seed <= 6; ++options.seed) expect_same(options, 8'000, seen);
  for (const Reason reason : reasons) {
    EXPECT_GT(seen[static_cast<std::size_t>(reason)], 0u) << to_string(reason);
  }
}

TEST(ControlsParity, AgreesWithTheReferenceWhileNothingMoves) {
  expect_same_over_seeds({}, {Reason::credit_limit, Reason::vega_limit, Reason::self_match});
}

TEST(ControlsParity, AgreesWithTheReferenceWhileLimitsAreSteered) {
  expect_same_over_seeds({.steers = true},
                         {Reason::killed, Reason::suspended, Reason::authority_missing,
                          Reason::override_beyond_hard_cap, Reason::open_order_value_limit});
}

TEST(ControlsParity, AgreesWithTheReferenceWhileTheMarketMoves) {
  expect_same_over_seeds({.steers = true, .moves_market = true},
                         {Reason::daily_loss_limit, Reason::credit_limit, Reason::delta_limit});
}

}  // namespace
}  // namespace margingate::testing
