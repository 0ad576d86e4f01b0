// A program gone wrong: four million child orders in a minute on one account, while another trades
// on. After every single one the account is within its limits; after the kill nothing is accepted.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/random.hpp"
#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

constexpr std::int64_t orders_count = 4'000'000;
constexpr std::int64_t position_max = 40'000;
constexpr std::int64_t interval_ns = 15'000;  // four million in sixty seconds
constexpr std::int64_t killed_from = orders_count * 3 / 4;
constexpr AccountId runaway{0}, bystander{1};

TinyGate limited_gate() {
  TinyGate gate([](TinySetup& setup) {
    setup.config.limits.working_orders_max = 8'192;
    setup.config.limits.queue_capacity = 1u << 20;
    setup.config.table_age_max = seconds(3'600);
    setup.config.spot_age_max = seconds(3'600);
    ControlsConfig controls;
    controls.gate = controls.account = ScopeLimits::all_off();
    ScopeLimits limits = ScopeLimits::all_off();
    limits.position = Limit::at(position_max);
    limits.open_orders = Limit::at(1'000);
    limits.open_order_value = Limit::at(50'000'000);
    limits.initial_margin = Limit::at(60'000'000);
    controls.accounts = {{runaway, no_parent, limits}};
    setup.config.controls = controls;
  });
  for (std::uint32_t a = 0; a < 2; ++a) gate.deposit(std::int64_t{1} << 40, {a});
  gate.publish_and_adopt();
  return gate;
}

TEST(Runaway, StaysWithinItsLimitsAfterEveryOrderAndIsStoppedByTheKillSwitch) {
  TinyGate gate = limited_gate();
  Random random(2'012);
  std::vector<WorkingOrderHandle> working;
  std::int64_t bought = 0, working_lots = 0, accepted = 0, accepted_after_kill = 0;
  std::int64_t first_refusal = -1, others = 0;
  for (std::int64_t i = 0; i < orders_count; ++i) {
    gate.pass({interval_ns});
    if (i == killed_from) {
      ASSERT_EQ(gate.gate().apply(KillSwitch{{ControlLevel::account, runaway.value},
                                             Switch::engage,
                                             Authority::desk,
                                             {},
                                             gate.now}),
                Reason::accepted);
    }
    const Verdict child = gate.gate().reserve(gate.buy(tiny::perpetual, 1, 100.0));
    if (child.accepted()) {
      ++accepted;
      accepted_after_kill += i >= killed_from;
      working.push_back(child.order);
      ++working_lots;
    } else if (first_refusal < 0) {
      first_refusal = accepted;
    }
    // Most of what was accepted trades at once, some is cancelled and sent again.
    while (!working.empty() && random.chance(working.size() > 500 ? 0.9 : 0.4)) {
      const WorkingOrderHandle order = working.back();
      working.pop_back();
      --working_lots;
      if (random.chance(0.8)) {
        ASSERT_EQ(gate.gate().apply(Fill{order, {1}, tiny_price(100.0)}), Reason::accepted);
        ++bought;
      } else {
        ASSERT_EQ(gate.gate().release({order}), Reason::accepted);
      }
    }
    ASSERT_LE(bought + working_lots, position_max) << "after order " << i;
    ASSERT_LE(static_cast<std::int64_t>(working.size()), 1'000) << "after order " << i;
    if (i % 1'000 != 0) continue;
    OrderIntent other = gate.buy(tiny::perpetual, 1, 100.0);
    other.account = bystander;
    const Verdict fine = gate.gate().reserve(other);
    others += fine.accepted();
    if (fine.accepted()) {
      ASSERT_EQ(gate.gate().release({fine.order}), Reason::accepted);
    }
    static_cast<void>(gate.revaluer().run_once());
    gate.gate().poll();
  }
  EXPECT_EQ(accepted_after_kill, 0);
  EXPECT_EQ(others, orders_count / 1'000);
  EXPECT_EQ(bought + working_lots, position_max);  // it went to the limit, and not beyond
  EXPECT_GE(first_refusal, position_max);
  std::printf("  %lld orders, %lld accepted, first refusal after %lld, 0 after the kill\n",
              static_cast<long long>(orders_count), static_cast<long long>(accepted),
              static_cast<long long>(first_refusal));
}

}  // namespace
}  // namespace margingate::testing
