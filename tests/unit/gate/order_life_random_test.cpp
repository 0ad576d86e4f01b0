// Whatever happened to its orders, a gate ends where a fresh one starts that was told the outcome.
#include <gtest/gtest.h>

#include "support/audited_gate.hpp"
#include "support/gate_text.hpp"
#include "support/random_flow.hpp"

namespace margingate::testing {
namespace {

constexpr std::uint32_t accounts = 4;

Universe universe_of(std::uint64_t seed) {
  Random random(seed);
  UniverseOptions options;
  options.numeraire = seed % 2 == 0 ? Numeraire::coin : Numeraire::quote;
  options.losses_only = seed % 5 == 0;
  Universe universe = make_universe(random, options);
  universe.config.limits.accounts_max = accounts;
  universe.config.table_age_max = seconds(3'600);
  return universe;
}

// One published table, accounts rich enough for most orders.
void start(AuditedGate& gate, RandomFlow& flow) {
  gate.update_surface(gate.universe().surface);
  for (std::uint32_t u = 0; u < flow.underlyings(); ++u) {
    ASSERT_TRUE(gate.gate().apply(flow.tick(u, universe_start)).accepted());
  }
  gate.publish_and_adopt();
  for (std::uint32_t a = 0; a < accounts; ++a) {
    ASSERT_TRUE(gate.gate().apply(flow.deposit(a, 400'000.0)).accepted());
  }
}

// What a fresh gate has to be told: fills as transfers, cash, holds and the last spots.
std::optional<Event> outcome_of(const Event& event, const Gate& gate) {
  if (const auto* fill = std::get_if<Fill>(&event)) {
    const auto order = gate.working_order(fill->order);
    if (!order) return std::nullopt;
    const std::int64_t sign = order->side == Side::buy ? 1 : -1;
    return PositionTransfer{
        order->account, order->instrument, {sign * fill->quantity.value}, fill->price};
  }
  const bool is_outcome = std::holds_alternative<PositionTransfer>(event) ||
                          std::holds_alternative<CashMovement>(event) ||
                          std::holds_alternative<Hold>(event) ||
                          std::holds_alternative<SpotTick>(event);
  return is_outcome ? std::optional(event) : std::nullopt;
}

void expect_same_outcome(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  AuditedGate busy(universe_of(seed));
  AuditedGate fresh(universe_of(seed));
  FlowOptions options;
  options.seed = seed;
  options.accounts = accounts;
  options.nonsense = 0.05;
  RandomFlow flow(busy.universe(), options);
  RandomFlow first_ticks(fresh.universe(), options);
  start(busy, flow);
  start(fresh, first_ticks);

  std::size_t accepted = 0;
  Timestamp now = universe_start;
  for (int i = 0; i < 3'000; ++i) {
    now = now + milliseconds(1);
    const Event event = flow.next(now);
    const std::optional<Event> outcome = outcome_of(event, busy.gate());
    const Verdict verdict = busy.gate().apply(event);
    flow.took(event, verdict);
    accepted += verdict.accepted();
    if (verdict.accepted() && outcome) {
      ASSERT_TRUE(fresh.gate().apply(*outcome).accepted());
    }
  }
  for (Event cancel; flow.cancel_one(cancel);) {
    const Verdict verdict = busy.gate().apply(cancel);
    ASSERT_TRUE(verdict.accepted());
    flow.took(cancel, verdict);
  }
  EXPECT_GT(accepted, 500u);
  EXPECT_GT(busy.gate().counters().fills, 50u);
  EXPECT_GT(busy.gate().counters().releases, 50u);
  EXPECT_EQ(gate_text(busy.gate()), gate_text(fresh.gate()));
  for (std::uint32_t a = 0; a < accounts; ++a) {
    EXPECT_TRUE(busy.gate().totals_equal_recomputed({a})) << "account " << a;
    EXPECT_EQ(busy.gate().open_losses({a}).value, 0);
  }
}

TEST(RandomOrderLives, EndLikeAFreshGateThatWasToldTheOutcome) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) expect_same_outcome(seed);
}

}  // namespace
}  // namespace margingate::testing
