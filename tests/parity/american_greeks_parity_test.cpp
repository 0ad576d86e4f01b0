// Greeks of options that may be exercised early against their plain counterpart, bit for bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "margin/greek_row.hpp"
#include "reference/reference_greeks.hpp"
#include "reference/reference_row.hpp"
#include "support/gate_internals.hpp"
#include "support/random.hpp"
#include "support/universe.hpp"

namespace margingate::testing {
namespace {

TEST(AmericanGreeksParity, AreThoseOfTheReference) {
  Random random(11);
  UniverseOptions options;
  options.american = true;
  const Universe universe = make_universe(random, options);
  const auto created = Gate::create(universe.config);
  ASSERT_NE(created.gate, nullptr);
  const GateTerms& terms = GateInternals::of(*created.gate).terms;
  reference::ReferenceMarket market;
  market.config = &universe.config;
  market.surface = &universe.surface;
  market.as_of = universe.surface.as_of;
  market.table_spots = universe.spots;
  market.live_spots = universe.spots;
  int american = 0;
  double largest_delta = 0.0;
  for (std::uint32_t i = 0; i < universe.config.instruments.size(); ++i) {
    const Instrument& instrument = universe.config.instruments[i];
    if (instrument.exercise_style != ExerciseStyle::american) continue;
    ++american;
    const std::uint32_t u = instrument.underlying.value;
    margin::VolatilityStretch stretch;
    const margin::PricingInputs inputs = margin::prepare_pricing(
        terms.instruments[i], terms.units[instrument.risk_unit.value], universe.surface.quotes[i],
        reference::to_double(universe.spots[u], universe.config), universe.surface.spots[u],
        universe.surface.as_of, stretch);
    const margin::GreekRow row = margin::greek_row(terms.instruments[i], inputs);
    const reference::ReferenceGreeks expected = reference::reference_greeks(market, {i});
    ASSERT_EQ(row.status, expected.reason);
    for (std::size_t g = 0; g < margin::greeks_count; ++g) {
      EXPECT_EQ(row.greek[g], expected.greek[g]) << "instrument " << i << ", Greek " << g;
    }
    largest_delta = std::max(largest_delta, static_cast<double>(std::abs(row.greek[0])));
  }
  EXPECT_GT(american, 10);
  EXPECT_GT(largest_delta, 0.0);
}

}  // namespace
}  // namespace margingate::testing
