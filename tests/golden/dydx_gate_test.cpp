// dYdX v4 in the gate beside the chain's own integers: the same margin, up to what either rounds.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "models/dydx_integers.hpp"
#include "support/venue_book.hpp"

namespace margingate::testing {
namespace {

struct GateMargin {
  double initial;
  double maintenance;
};

// One position at its oracle price, in quote quantums of 10^-6.
GateMargin gate_margin(const std::string& market, double price, double size, double open_interest) {
  models::ParameterSet set = bundled_parameters("dydx-genesis");
  auto& numbers = std::get<models::DydxParameters>(set.numbers);
  numbers.markets.own["X"] = {200'000, 500'000, 10e6, 20e6};
  numbers.markets.own["Y"] = {50'000, 600'000, 0.0, 0.0};
  VenueBook book("2026-03-05T00:00:00Z", "USDC");
  book.underlying(market, price);
  book.perpetual(market + "-USD", market, price).open_interest_quote = open_interest;
  book.position(market + "-USD", size, price);
  book.collateral("USDC", 1e9);
  const io::WhatIf result = book.evaluate(set);
  return {initial_margin(result) * 1e6, maintenance_margin(result) * 1e6};
}

// The chain rounds up twice, to 276,009,345 and 460,015,575; the gate once, on a finer unit.
TEST(DydxGate, DiffersFromTheChainByLessThanAQuantumOfRounding) {
  // 74,523 base quantums at resolution -6, price 1,234,560 at exponent -1.
  const GateMargin margin = gate_margin("Y", 123'456.0, 0.074523, 0.0);
  EXPECT_NEAR(margin.initial, 460'015'575.0, 1.0);
  EXPECT_NEAR(margin.maintenance, 276'009'345.0, 2.0);
  EXPECT_LE(margin.initial, 460'015'575.0);
}

// 15 million USDC between caps of 10 and 20: 59.9999 % on the chain, which rounds the rate down.
TEST(DydxGate, ScalesInitialMarginWithOpenInterest) {
  const double open = 408'163'265.0 * 36'750.0 * 1e-6;
  const GateMargin margin = gate_margin("X", 36'750.0, 0.012, open);
  EXPECT_NEAR(margin.initial, 264'599'559.0, 441.0);  // one part per million of the notional
  EXPECT_GE(margin.initial, 264'599'559.0);
  EXPECT_NEAR(margin.maintenance, 44'100'000.0, 1.0);
  EXPECT_NEAR(gate_margin("X", 36'750.0, 0.012, 30e6).initial, 441'000'000.0, 1.0);
  EXPECT_NEAR(gate_margin("X", 36'750.0, 0.012, 9e6).initial, 88'200'000.0, 1.0);
}

// Not known is as much as there can be.
TEST(DydxGate, AsksTheWholeNotionalWhereOpenInterestIsNotKnown) {
  EXPECT_NEAR(gate_margin("X", 36'750.0, 0.012, std::nan("")).initial, 441'000'000.0, 1.0);
}

// Large-cap markets at genesis: 2 % and 60 % of it.
TEST(DydxGate, TakesTheGenesisTiers) {
  const GateMargin large = gate_margin("BTC", 50'000.0, -1.0, 0.0);
  EXPECT_NEAR(large.initial, 1'000e6, 1.0);
  EXPECT_NEAR(large.maintenance, 600e6, 1.0);
  const GateMargin safety = gate_margin("UNKNOWN", 1.0, 1'000.0, 0.0);
  EXPECT_NEAR(safety.initial, 1'000e6, 1.0);
  EXPECT_NEAR(safety.maintenance, 200e6, 1.0);
}

}  // namespace
}  // namespace margingate::testing
