// A small market to test gates on: two coins, every kind of instrument, every kind of charge.
#pragma once

#include <cstdint>

#include "margingate/gate.hpp"
#include "margingate/market.hpp"
#include "support/random.hpp"

namespace margingate::testing {

struct Universe {
  GateConfig config;
  Market surface;
  std::vector<Price> spots;  // by underlying, what the surface was observed at
};

enum class Numeraire { quote, coin };

struct UniverseOptions {
  Numeraire numeraire = Numeraire::quote;
  std::uint32_t risk_units = 2;  // of the quote form
  int scenario_moves = 9;        // price moves per risk unit; three volatilities each
  bool charges = true;           // every kind of charge, credit, deductible and rounding
  bool has_chords = false;       // of the charges only those that bend upwards in the spot
  bool losses_only = false;      // isolated collateral
  bool scaled = false;           // charges by size, scope and tier, debts, haircuts in tiers
  bool strike_netting = false;   // instead of the charge by expiry delta
  bool paired = false;    // of pooled alternatives, three or more, the last two; pools have factors
  bool rates = false;     // discounted options, scaled values, skew, settlement averages
  bool american = false;  // options of linear payoff may be exercised at any time, most of them
  int options_per_underlying = 24;
  int historical_rows = 0;  // so many scenarios of their own moves and volatilities instead
  Reducer reducer;
  bool parts = false;              // the scenarios are two sets, the second with its worst loss
  std::uint32_t alternatives = 1;  // of each scenario, some of them backwards
  bool at_least_zero = false;
  bool delivered = false;  // most contracts have their losses given, some of those no quote
  bool pools = false;      // all units but the last of more than two in one; then no credits
};

// Assets: 0 quote currency, then the coins, at least two. Coin form has one risk unit, the first
// coin's. Instruments per unit: perpetual, two futures, options over four expiries;
// quote form holds linear and inverse ones.
[[nodiscard]] Universe make_universe(Random& random, const UniverseOptions& options);

// Gives most contracts of the quote form losses of about what they could be, at the reference
// price.
void deliver_losses(Random& random, GateConfig& config);

// The same surface with volatilities and basis moved a little and the clock advanced.
[[nodiscard]] Market shifted_surface(Random& random, const Universe& universe, Timestamp as_of);

inline constexpr Timestamp universe_start{1'750'000'000'000'000'000};

}  // namespace margingate::testing
