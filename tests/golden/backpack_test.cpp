// Backpack's margin functions on the sample market of the client library, SOL_USDC_PERP:
// backpack-exchange/bpx-api-client at dc5d8b1c. Initial 0.02 and 0.00006, maintenance 0.0135 and
// 0.000036; the account example is that of the documentation's definitions.
#include <gtest/gtest.h>

#include <string>

#include "support/venue_book.hpp"

namespace margingate::testing {
namespace {

io::WhatIf position_of(double notional, double collateral = 1e7) {
  VenueBook book("2025-10-06T00:00:00Z", "USD");
  book.underlying("SOL", 1.0);
  book.perpetual("SOL_USDC_PERP", "SOL", 1.0);
  book.position("SOL_USDC_PERP", notional, 1.0);
  book.collateral("USD", collateral);
  return book.evaluate(bundled_parameters("backpack-docs-sample"));
}

TEST(BackpackFunctions, TakeTheTableByNotional) {
  struct Row {
    double notional, initial, maintenance;
  };
  for (const Row& row :
       {Row{100'000.0, 0.02, 0.0135}, Row{111'111.11, 0.02, 0.0135}, Row{140'625.0, 0.0225, 0.0135},
        Row{1'000'000.0, 0.06, 0.036}, Row{4'000'000.0, 0.12, 0.072}}) {
    const double tolerance = 1e-9 * row.notional;
    for (const double side : {1.0, -1.0}) {
      const io::WhatIf result = position_of(side * row.notional);
      EXPECT_NEAR(initial_margin(result), row.initial * row.notional, tolerance) << row.notional;
      EXPECT_NEAR(maintenance_margin(result), row.maintenance * row.notional, tolerance);
    }
  }
}

// Net equity 100,000, one position of a million: locked 60,000, available 40,000, margin fraction
// 10 %, initial margin used 60 %, maintenance margin used 36 %.
TEST(BackpackAccount, TakesThePublishedFractions) {
  constexpr double exposure = 1'000'000.0;
  const io::WhatIf result = position_of(exposure, 100'000.0);
  EXPECT_NEAR(initial_margin(result), 60'000.0, 1e-6);
  EXPECT_NEAR(result.amount(result.statement.margin_excess), 40'000.0, 1e-6);
  const double fraction = equity(result) / exposure;
  EXPECT_NEAR(fraction, 0.10, 1e-9);
  EXPECT_NEAR(initial_margin(result) / exposure / fraction, 0.60, 1e-9);
  EXPECT_NEAR(maintenance_margin(result) / exposure / fraction, 0.36, 1e-9);
}

// Exposure counts the orders that increase risk: the larger side, not their sum.
TEST(BackpackAccount, CountsTheOrdersThatIncreaseRisk) {
  VenueBook book("2025-10-06T00:00:00Z", "USD");
  book.underlying("SOL", 1.0);
  book.perpetual("SOL_USDC_PERP", "SOL", 1.0);
  book.position("SOL_USDC_PERP", 600'000.0, 1.0);
  book.order("SOL_USDC_PERP", Side::buy, 400'000.0, 1.0);
  book.order("SOL_USDC_PERP", Side::sell, 1'000'000.0, 1.0);
  book.collateral("USD", 1e6);
  EXPECT_NEAR(initial_margin(book.evaluate(bundled_parameters("backpack-docs-sample"))), 60'000.0,
              1e-6);
}

}  // namespace
}  // namespace margingate::testing
