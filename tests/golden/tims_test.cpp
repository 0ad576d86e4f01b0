// Customer portfolio margin against nine positions on a share and nine on an index that an exchange
// published: IBM and SPX at the close of 23 February 2007, "Margin Requirement Examples for Sample
// Options-based Positions" (Cboe, 2007). The table states prices, not volatilities, rates or the
// time to expiry: each option keeps the volatility that its own price implies, and the rates and
// days (IBM: 5.1 %, no dividend, 57; SPX: 5.35 %, yield 1.9 %, 54) are those that fit the table
// best.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "pricing/american_tree.hpp"
#include "support/venue_book.hpp"

namespace margingate::testing {
namespace {

constexpr double tolerance = 0.0025;  // of the published amount
constexpr double contracts = 100.0;
constexpr double multiplier = 100.0;

struct Column {
  std::string name;
  double index, held_price;
  double rate, yield;
  int days;
  std::string expiry;
  bool is_american;

  [[nodiscard]] double years() const { return days / 365.0; }
  [[nodiscard]] double carry() const { return (rate - yield) * years(); }
  [[nodiscard]] double forward() const { return index * std::exp(carry()); }
};

const Column ibm{"IBM", 97.73, 97.73, 0.051, 0.0, 57, "2007-04-21T00:00:00Z", true};
const Column spx{"SPX", 1451.19, 1453.0, 0.0535, 0.019, 54, "2007-04-18T00:00:00Z", false};

struct Leg {
  OptionType type = OptionType::call;
  double strike = 0.0;
  double price = 0.0;
  double quantity = 0.0;  // contracts
};

double implied(const Column& column, const Leg& leg, Timestamp as_of) {
  if (!column.is_american) {
    return implied_volatility({leg.type, leg.strike, column.expiry, column.forward()}, as_of,
                              leg.price * std::exp(column.rate * column.years()));
  }
  double low = 1e-6, high = 4.0;
  for (int i = 0; i < 100; ++i) {
    const double middle = 0.5 * (low + high);
    const pricing::AmericanTerms terms{leg.strike, leg.type == OptionType::call, column.carry(),
                                       column.rate * column.years(),
                                       middle * std::sqrt(column.years())};
    (pricing::american_value(terms, column.forward()) < leg.price ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

double margin(const Column& column, double units, const std::vector<Leg>& legs) {
  VenueBook book("2007-02-23T00:00:00Z", "USD");
  book.underlying(column.name, column.index);
  book.collateral("USD", 1e8);
  if (units != 0.0) {
    book.spot("held", column.name, column.held_price);
    book.position("held", units, column.held_price);
  }
  for (const Leg& leg : legs) {
    const std::string name =
        (leg.type == OptionType::call ? "C" : "P") + std::to_string(std::lround(leg.strike));
    io::MarketInstrument& option =
        book.option(name, column.name, {leg.type, leg.strike, column.expiry, column.forward()},
                    implied(column, leg, book.as_of()));
    option.exercise_style = column.is_american ? ExerciseStyle::american : ExerciseStyle::european;
    option.contract_size = multiplier;
    option.interest_rate = column.rate;
    book.position(name, leg.quantity, leg.price);
  }
  const io::WhatIf what_if = book.evaluate(bundled_parameters("tims-2007-02-23"));
  return what_if.amount(what_if.statement.initial_margin);
}

struct Position {
  std::string name;
  double units;  // of the underlying, held
  std::vector<Leg> legs;
  double published;
};

Leg call(double strike, double price, double sign) {
  return {OptionType::call, strike, price, sign * contracts};
}
Leg put(double strike, double price, double sign) {
  return {OptionType::put, strike, price, sign * contracts};
}

void expect_published(const Column& column, const std::vector<Position>& positions) {
  double worst = 0.0;
  for (const Position& position : positions) {
    const double ours = margin(column, position.units, position.legs);
    const double error = std::fabs(ours / position.published - 1.0);
    worst = std::max(worst, error);
    std::printf("%s %-18s published %9.0f, here %12.2f (%.3f %%)\n", column.name.c_str(),
                position.name.c_str(), position.published, ours, 100.0 * error);
    EXPECT_LE(error, tolerance) << column.name << ", " << position.name;
  }
}

TEST(TimsGolden, TakesTheNinePositionsOnAShare) {
  expect_published(ibm,
                   {{"short call", 0.0, {call(100, 1.68, -1)}, 115'429.0},
                    {"short put", 0.0, {put(100, 3.18, -1)}, 137'527.0},
                    {"covered call", 10'000.0, {call(100, 1.68, -1)}, 129'804.0},
                    {"protective put", 10'000.0, {put(95, 1.02, 1)}, 37'538.0},
                    {"synthetic long", 0.0, {call(100, 1.68, 1), put(100, 3.18, -1)}, 154'313.0},
                    {"risk reversal", 0.0, {put(95, 1.02, 1), call(105, 0.40, -1)}, 91'118.0},
                    {"collar", 10'000.0, {put(95, 1.02, 1), call(105, 0.40, -1)}, 33'522.0},
                    {"long call spread", 0.0, {call(95, 4.53, 1), call(105, 0.40, -1)}, 40'881.0},
                    {"long straddle", 0.0, {call(100, 1.68, 1), put(100, 3.18, 1)}, 7'500.0}});
}

// Against the index the fund on it is held, ten shares of 145.30 for a unit of the index.
TEST(TimsGolden, TakesTheNinePositionsOnAnIndex) {
  expect_published(
      spx, {{"short call", 0.0, {call(1460, 21.66, -1)}, 654'514.0},
            {"short put", 0.0, {put(1460, 22.55, -1)}, 948'203.0},
            {"covered call", 10'000.0, {call(1460, 21.66, -1)}, 948'342.0},
            {"protective put", 10'000.0, {put(1450, 18.72, 1)}, 272'402.0},
            {"synthetic long", 0.0, {call(1460, 21.66, 1), put(1460, 22.55, -1)}, 1'162'261.0},
            {"risk reversal", 0.0, {put(1450, 18.72, 1), call(1500, 5.96, -1)}, 625'592.0},
            {"collar", 10'000.0, {put(1450, 18.72, 1), call(1500, 5.96, -1)}, 212'909.0},
            {"long call spread", 0.0, {call(1450, 27.57, 1), call(1500, 5.96, -1)}, 210'984.0},
            {"long straddle", 0.0, {put(1450, 18.72, 1), call(1450, 27.56, 1)}, 7'500.0}});
}

// The straddle needs its minimum: 200 contracts of 37.50, exactly.
TEST(TimsGolden, TakesTheMinimumOfAStraddleExactly) {
  EXPECT_EQ(margin(ibm, 0.0, {call(100, 1.68, 1), put(100, 3.18, 1)}), 7'500.0);
  EXPECT_EQ(margin(spx, 0.0, {call(1450, 27.56, 1), put(1450, 18.72, 1)}), 7'500.0);
}

}  // namespace
}  // namespace margingate::testing
