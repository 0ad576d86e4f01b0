// Examples of OKX's announcements: minimum-charge tiers, a hedge with an order, discount tiers, and
// the tiers of the stablecoin charge as a third party describes them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/shared_parameters.hpp"
#include "support/venue_book.hpp"

namespace margingate::testing {
namespace {

constexpr double tolerance = 1e-4;

// Announcement of 24 December 2021: other terms 40,000 and a raw minimum charge of 30,000, tiers
// 1 up to 10,000 and 2 up to 70,000, make 10,000 + 2 * 20,000 = 50,000. The book is ours: at
// 0.45 %, 200 contracts of 1/30 million make the 30,000; spot bought against them leaves what
// makes 40,000 of 12 % of the rest and 0.2 % of either leg.
TEST(OkxMinimumCharge, CountsEachSliceByItsTier) {
  constexpr double price = 33'333.33333333;
  constexpr double raw = 200.0 * price * 0.0045;
  VenueBook book("2024-01-01T00:00:00Z", "USDT");
  book.underlying("BTC", price);
  book.perpetual("BTC-USDT-SWAP", "BTC", price);
  book.spot("BTC-USDT", "BTC", price);
  book.position("BTC-USDT-SWAP", -200.0, price);
  book.position("BTC-USDT", 196.61016949, price);
  book.collateral("USDT", 1e6);
  ASSERT_NEAR(raw, 30'000.0, tolerance);

  const io::WhatIf result = book.evaluate(bundled_parameters("okx-2025-01-15"));
  const RiskUnitStatement& unit = result.statement.risk_units.at(0);
  EXPECT_NEAR(result.amount(unit.scan_risk) + result.amount(unit.expiry_delta_charge), 40'000.0,
              1e-3);
  EXPECT_NEAR(result.amount(unit.total), 50'000.0, tolerance);
}

// Announcement of 31 May 2024: 10 BTC held outright, 10 sold as perpetuals, an order to buy 5 more
// outright at the mark. MMR was 3,020.87 and becomes 8,053.32, which is MR4 at 0.6 % of both legs.
// The price is not printed: 8,053.32 / 1.2 % / 10 = 67,111.
TEST(OkxHedge, IsChargedForItsBasisAndNotForAnUnfilledOrder) {
  constexpr double price = 67'111.0;
  VenueBook book("2024-06-05T00:00:00Z", "USDT");
  book.underlying("BTC", price);
  book.perpetual("BTC-USDT-SWAP", "BTC", price, 0.01);
  book.spot("BTC-USDT", "BTC", price);
  book.position("BTC-USDT-SWAP", -1'000.0, price);
  book.position("BTC-USDT", 10.0, price);
  book.collateral("USDT", 1e6);
  book.order("BTC-USDT", Side::buy, 5.0, price);

  const io::WhatIf result = book.evaluate(edited_parameters(
      "okx-2025-01-15", "\"mr4_minimum_rate\": 0.002", "\"mr4_minimum_rate\": 0.006"));
  EXPECT_NEAR(maintenance_margin(result), 8'053.32, 1e-4 * 8'053.32);
  // What the raw minimum charge would have been, by the same announcement.
  EXPECT_NEAR(10.0 * price * 0.0045, 3'020.17, 1e-4 * 3'020.17);
  // Initial margin counts the order at its worst: 5 BTC that would not be hedged.
  EXPECT_GT(initial_margin(result), 1.3 * 8'053.32);
}

io::WhatIf collateral_alone(const std::string& terms, double quantity) {
  VenueBook book("2025-04-01T00:00:00Z", "USD");
  book.asset("X", 1.0);
  book.collateral("X", quantity);
  book.underlying("BTC", 60'000.0);
  book.perpetual("BTC-USD-SWAP", "BTC", 60'000.0);
  return book.evaluate(edited_parameters("okx-2025-01-15", "\"collateral\": [",
                                         "\"collateral\": [{\"asset\": \"X\", " + terms + "},"));
}

// Notice of April 2025, a coin X after the change, by quantity: 0.85 up to 120 million coins, 0.79
// to 200, 0.76 to 250, 0.73 to 370, 0.70 to 490.
TEST(OkxDiscountTiers, CutEachSliceOfTheQuantity) {
  const std::string terms =
      "\"haircut\": 0.15, \"haircut_tiers\": [{\"from\": 120000000, \"added_haircut\": 0.06},"
      "{\"from\": 200000000, \"added_haircut\": 0.03}, {\"from\": 250000000, \"added_haircut\": "
      "0.03},"
      "{\"from\": 370000000, \"added_haircut\": 0.03}]";
  constexpr double expected = 120e6 * 0.85 + 80e6 * 0.79 + 50e6 * 0.76 + 120e6 * 0.73 + 30e6 * 0.70;
  EXPECT_NEAR(equity(collateral_alone(terms, 400e6)), expected, tolerance);
  EXPECT_NEAR(equity(collateral_alone(terms, 120e6)), 102e6, tolerance);
}

// BETH, July 2024, by value: 0.95 to 2 million USD, 0.85 to 4, 0.5 to 8, nothing above.
TEST(OkxDiscountTiers, CutEachSliceOfTheValue) {
  VenueBook book("2024-07-01T00:00:00Z", "USD");
  book.asset("BETH", 2'500.0);
  book.collateral("BETH", 4'000.0);
  book.underlying("BTC", 60'000.0);
  book.perpetual("BTC-USD-SWAP", "BTC", 60'000.0);
  constexpr double expected = 2e6 * 0.95 + 2e6 * 0.85 + 4e6 * 0.5;
  EXPECT_NEAR(equity(book.evaluate(bundled_parameters("okx-2025-01-15"))), expected, tolerance);
}

// A third party's account of MR9: 10 million USD hedged across stablecoins at 0.75, 1.75 and 2.5 %
// from 0, 1 and 5 million is 202,500. The gate does not charge it; the rule is tiered_amount.
TEST(OkxStablecoinCharge, AddsUpItsTiers) {
  const std::vector<models::RateTier> tiers{{0.0, 0.0075}, {1e6, 0.0175}, {5e6, 0.025}};
  EXPECT_NEAR(models::tiered_amount(tiers, 10e6), 202'500.0, 1e-9);
}

}  // namespace
}  // namespace margingate::testing
