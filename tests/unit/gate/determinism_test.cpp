// The same events give the same bytes: again, and on every instruction set.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "support/audited_gate.hpp"
#include "support/gate_text.hpp"
#include "support/random_flow.hpp"

namespace margingate::testing {
namespace {

constexpr std::uint32_t accounts = 6;

static_assert(std::has_unique_object_representations_v<Verdict>, "compared as bytes");

struct Recording {
  std::string verdicts;
  std::string end;
  Counters counters;
};

Recording record(std::uint64_t seed, InstructionSet set) {
  Random random(seed);
  UniverseOptions options;
  options.numeraire = seed % 2 == 0 ? Numeraire::coin : Numeraire::quote;
  Universe universe = make_universe(random, options);
  universe.config.limits.accounts_max = accounts;
  universe.config.instruction_set = set;
  AuditedGate gate(std::move(universe));
  RandomFlow flow(gate.universe(), {seed, accounts, 128, 0.03, 0.004});
  Recording recording;
  Timestamp now = universe_start;
  const auto apply = [&](const Event& event) {
    const Verdict verdict = gate.gate().apply(event);
    flow.took(event, verdict);
    recording.verdicts.append(reinterpret_cast<const char*>(&verdict), sizeof verdict);
  };
  gate.update_surface(gate.universe().surface);
  for (std::uint32_t u = 0; u < flow.underlyings(); ++u) apply(flow.tick(u, now));
  gate.publish_and_adopt();
  const double funds = options.numeraire == Numeraire::coin ? 0.05 : 3'000.0;
  for (std::uint32_t a = 0; a < accounts; ++a) apply(flow.deposit(a, funds * (a + 1)));
  for (int i = 0; i < 4'000; ++i) {
    now = now + milliseconds(2);
    apply(flow.next(now));
    if (i % 500 == 499) gate.publish_only();
    if (i % 40 == 0) gate.gate().poll();
    if (i % 90 == 0) static_cast<void>(gate.revaluer().run_once());
  }
  recording.end = gate_text(gate.gate());
  recording.counters = gate.gate().counters();
  return recording;
}

class Determinism : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(Determinism, GivesTheSameBytesAgain) {
  const Recording first = record(GetParam(), best_instruction_set());
  const Recording second = record(GetParam(), best_instruction_set());
  EXPECT_TRUE(first.verdicts == second.verdicts);
  EXPECT_EQ(first.end, second.end);
  // Something happened, of every kind.
  EXPECT_GT(first.counters.accepts, 100u);
  EXPECT_GT(first.counters.rejects, 100u);
  EXPECT_GT(first.counters.decided_by_interval, 100u);
  EXPECT_GT(first.counters.decided_exactly, 10u);
  EXPECT_GT(first.counters.adoptions, 5u);
}

TEST_P(Determinism, GivesTheSameBytesOnEveryInstructionSet) {
  const Recording scalar = record(GetParam(), InstructionSet::scalar);
  for (const InstructionSet set : {InstructionSet::avx2, InstructionSet::avx512}) {
    if (!is_supported(set)) continue;
    const Recording other = record(GetParam(), set);
    EXPECT_TRUE(scalar.verdicts == other.verdicts) << to_string(set);
    EXPECT_EQ(scalar.end, other.end) << to_string(set);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Determinism, ::testing::Values(1, 2, 3, 4));

}  // namespace
}  // namespace margingate::testing
