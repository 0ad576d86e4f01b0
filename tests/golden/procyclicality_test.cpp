// The three remedies of Article 28(1) of Delegated Regulation (EU) No 153/2013, in the numbers of a
// table made by hand from their definitions: margin 100 of current scenarios, 180 of stressed ones,
// 115 at a volatility over ten years.
//   (b) 0.75 * 100 + 0.25 * 180 = 120      (c) max(100, 115) = 115
//   (a) 100 * 1.25 = 125; margin 118, the buffer drawn down: 125; margin 130: nothing left, 130
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "history/procyclicality_buffer.hpp"
#include "support/venue_book.hpp"

namespace margingate::testing {
namespace {

models::HistoricalMeasure measure(models::HistoricalSource source, double weight) {
  models::HistoricalMeasure result;
  result.name = "measure";
  result.source = source;
  result.rows = 8;
  result.reducer = {ReducerKind::quantile, 0.99};
  result.weight = weight;
  return result;
}

// Eight equal falls per measure, so that every quantile of them is the fall itself.
models::ParameterSet set_of(std::vector<models::HistoricalMeasure> measures,
                            const std::vector<double>& falls, PartsTogether together) {
  models::HistoricalParameters numbers;
  numbers.measures = std::move(measures);
  numbers.together = together;
  models::HistoricalUnderlying btc;
  for (const double fall : falls) btc.price_moves.emplace_back(8, -fall);
  numbers.underlyings.standard = btc;
  numbers.underlyings.own["BTC"] = btc;
  models::ParameterSet set;
  set.name = "by hand";
  set.model = "historical";
  set.numbers = numbers;
  return set;
}

// One coin at 1,000: a fall of a tenth loses 100.
io::WhatIf one_coin(const models::ParameterSet& set) {
  VenueBook book("2024-06-05T00:00:00Z", "USD");
  book.underlying("BTC", 1'000.0);
  book.perpetual("BTC-PERPETUAL", "BTC", 1'000.0);
  book.position("BTC-PERPETUAL", 1.0, 1'000.0);
  book.collateral("USD", 1e6);
  return book.evaluate(set);
}

TEST(EmirProcyclicality, CountsAQuarterOfStressedObservations) {
  const io::WhatIf result = one_coin(set_of({measure(models::HistoricalSource::filtered, 0.75),
                                             measure(models::HistoricalSource::stressed, 0.25)},
                                            {0.10, 0.18}, PartsTogether::sum));
  EXPECT_NEAR(initial_margin(result), 120.0, 1e-6);
}

TEST(EmirProcyclicality, IsNeverBelowTheVolatilityOfTenYears) {
  const io::WhatIf result = one_coin(set_of({measure(models::HistoricalSource::filtered, 1.0),
                                             measure(models::HistoricalSource::long_run, 1.0)},
                                            {0.10, 0.115}, PartsTogether::largest));
  EXPECT_NEAR(initial_margin(result), 115.0, 1e-6);
}

TEST(EmirProcyclicality, AddsABufferOfAQuarter) {
  models::ParameterSet set =
      set_of({measure(models::HistoricalSource::filtered, 1.0)}, {0.10}, PartsTogether::sum);
  std::get<models::HistoricalParameters>(set.numbers).buffer = 0.25;
  EXPECT_NEAR(initial_margin(one_coin(set)), 125.0, 1e-6);
  EXPECT_NEAR(maintenance_margin(one_coin(set)), 125.0, 1e-6);
}

TEST(EmirProcyclicality, DrawsTheBufferDownWhileMarginRises) {
  history::ProcyclicalityBuffer buffer(0.25);
  EXPECT_NEAR(buffer.apply(100.0), 125.0, 1e-9);
  EXPECT_NEAR(buffer.apply(118.0), 125.0, 1e-9);
  EXPECT_NEAR(buffer.apply(130.0), 130.0, 1e-9);
}

}  // namespace
}  // namespace margingate::testing
