// MR-26 for books nobody thought of: whatever passes without margin worsens nothing, which is
// looked up in the statements before and after; and every decision is the reference's.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "support/audited_gate.hpp"
#include "support/random_flow.hpp"

namespace margingate::testing {
namespace {

constexpr AccountId account{0};

template <class T>
T in_range(T low, T high) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(low, high));
}

void expect_nothing_worse(const MarginStatement& before, const MarginStatement& after) {
  RC_ASSERT(after.initial_margin <= before.initial_margin);
  for (const RiskUnitStatement& unit : after.risk_units) {
    const auto same = std::find_if(before.risk_units.begin(), before.risk_units.end(),
                                   [&](const auto& u) { return u.risk_unit == unit.risk_unit; });
    // A unit that was not there needs nothing now either.
    const RiskUnitStatement was = same == before.risk_units.end() ? RiskUnitStatement{} : *same;
    for (std::size_t s = 0; s < unit.losses.size(); ++s) {
      const Money loss = was.losses.empty() ? Money{} : was.losses[s];
      RC_ASSERT(std::max(Money{}, unit.losses[s]) <= std::max(Money{}, loss));
    }
    RC_ASSERT(unit.scan_risk <= was.scan_risk);
    RC_ASSERT(unit.expiry_delta_charge <= was.expiry_delta_charge);
    RC_ASSERT(unit.delta_shock <= was.delta_shock);
    RC_ASSERT(unit.added_charges <= was.added_charges);
    RC_ASSERT(unit.floor <= was.floor);
  }
}

RC_GTEST_PROP(Reducing, PassesWithoutMarginOnlyWhatWorsensNothing, ()) {
  Random random(in_range<std::uint64_t>(0, 1'000'000));
  UniverseOptions options;
  options.numeraire = *rc::gen::element(Numeraire::quote, Numeraire::coin);
  options.options_per_underlying = 6;
  Universe universe = make_universe(random, options);
  universe.config.limits.accounts_max = 2;
  AuditedGate audited(universe);
  audited.update_surface(universe.surface);
  for (std::uint32_t u = 0; u < universe.spots.size(); ++u) {
    audited.tick(u, universe.surface.spots[u], universe_start);
  }
  audited.publish_and_adopt();
  RandomFlow flow(universe, {random.next(), 1, 16, 0.0, 0.001});
  Gate& gate = audited.gate();
  for (int i = 0; i < 4; ++i) static_cast<void>(gate.apply(flow.transfer(0)));
  int passed = 0;
  // No cash: whatever passes does so by its effect.
  for (int i = 0; i < 40; ++i) {
    const Event event = flow.next(universe_start);
    if (std::holds_alternative<SpotTick>(event)) {
      const auto& tick = std::get<SpotTick>(event);
      audited.tick(tick.underlying.value, static_cast<double>(tick.price.value) / 1e8, tick.time);
      continue;
    }
    const auto* const intent = std::get_if<OrderIntent>(&event);
    if (intent == nullptr) continue;
    const MarginStatement before = gate.statement(account);
    const MarginStatement after = gate.statement(*intent);
    const Verdict verdict = audited.check(*intent);
    RC_ASSERT(audited.mismatch() == "");
    if (verdict.reason == Reason::accepted_reducing) expect_nothing_worse(before, after);
    passed += verdict.reason == Reason::accepted_reducing;
  }
  RC_CLASSIFY(passed > 0, "some order passed by its effect");
}

}  // namespace
}  // namespace margingate::testing
