// What the table cannot price closes only what it prices; holding it closes the account.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/gate_text.hpp"
#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

class BadMarket : public ::testing::Test {
 protected:
  BadMarket() { EXPECT_EQ(tiny.deposit(10'000'000), Reason::accepted); }

  void publish_with(InstrumentId instrument, const InstrumentQuote& quote) {
    Market surface = tiny.surface();
    surface.quotes[instrument.value] = quote;
    tiny.update_surface(surface);
    tiny.publish_and_adopt();
  }
  Reason check(InstrumentId instrument) { return gate.check(tiny.buy(instrument, 1, 1.0)).reason; }
  void expect_refused(InstrumentId instrument, Reason reason) {
    const std::string before = gate_text(gate);
    EXPECT_EQ(to_string(check(instrument)), to_string(reason));
    EXPECT_EQ(to_string(gate.reserve(tiny.sell(instrument, 1, 100.0)).reason), to_string(reason));
    EXPECT_EQ(gate_text(gate), before);
    // Everything else trades on.
    EXPECT_EQ(check(tiny::spot), Reason::accepted);
  }

  TinyGate tiny;
  Gate& gate = tiny.gate();
};

TEST_F(BadMarket, RejectsInstrumentsWithoutAMark) {
  for (const double forward : {nan, 0.0, -0.0, -100.0, infinity, -infinity}) {
    SCOPED_TRACE(forward);
    publish_with(tiny::perpetual, {forward, nan});
    expect_refused(tiny::perpetual, Reason::missing_mark);
    publish_with(tiny::perpetual, {100.0, nan});
    publish_with(tiny::call, {forward, 0.5});
    expect_refused(tiny::call, Reason::missing_mark);
    publish_with(tiny::call, {100.0, 0.5});
  }
  EXPECT_EQ(check(tiny::call), Reason::accepted);
}

TEST_F(BadMarket, RejectsOptionsWithoutAVolatility) {
  for (const double volatility :
       {nan, -0.5, -std::numeric_limits<double>::min(), infinity, -infinity}) {
    SCOPED_TRACE(volatility);
    publish_with(tiny::call, {100.0, volatility});
    expect_refused(tiny::call, Reason::missing_volatility);
  }
  for (const double volatility : {0.0, std::numeric_limits<double>::denorm_min(), 3.0}) {
    SCOPED_TRACE(volatility);
    publish_with(tiny::call, {100.0, volatility});
    EXPECT_EQ(check(tiny::call), Reason::accepted);
  }
}

TEST_F(BadMarket, RejectsEverythingButSpotWithoutASurfaceSpot) {
  for (const double spot : {nan, 0.0, -1.0, infinity}) {
    Market surface = tiny.surface();
    surface.spots[0] = spot;
    tiny.update_surface(surface);
    tiny.publish_and_adopt();
    expect_refused(tiny::perpetual, Reason::missing_mark);
    expect_refused(tiny::put, Reason::missing_mark);
    surface.spots[0] = 100.0;
    tiny.update_surface(surface);
  }
}

TEST_F(BadMarket, RejectsExpiredInstruments) {
  Market surface = tiny.surface();
  const Timestamp expiry = tiny_start + Duration{30 * tiny_day.value};
  surface.as_of = {expiry.ns - 1};
  tiny.now = surface.as_of;
  ASSERT_EQ(tiny.tick(100.0), Reason::accepted);
  tiny.update_surface(surface);
  tiny.publish_and_adopt();
  EXPECT_EQ(check(tiny::call), Reason::accepted);
  EXPECT_EQ(check(tiny::future), Reason::accepted);
  surface.as_of = expiry;
  tiny.update_surface(surface);
  tiny.publish_and_adopt();
  expect_refused(tiny::call, Reason::instrument_expired);
  expect_refused(tiny::put, Reason::instrument_expired);
  expect_refused(tiny::future, Reason::instrument_expired);
  EXPECT_EQ(check(tiny::perpetual), Reason::accepted);
}

TEST_F(BadMarket, RejectsRiskArraysOutOfRange) {
  for (const double forward : {1e9, 1e15, 1e300, std::numeric_limits<double>::max()}) {
    SCOPED_TRACE(forward);
    publish_with(tiny::perpetual, {forward, nan});
    expect_refused(tiny::perpetual, Reason::risk_array_out_of_range);
    publish_with(tiny::perpetual, {100.0, nan});
    publish_with(tiny::call, {forward, 0.5});
    expect_refused(tiny::call, Reason::risk_array_out_of_range);
    publish_with(tiny::call, {100.0, 0.5});
  }
}

// A forward far below the spot is no overflow for the inverse contract, whose size is in dollars.
TEST_F(BadMarket, RejectsInverseContractsWhoseBasisIsAbsurd) {
  publish_with(tiny::inverse, {std::numeric_limits<double>::denorm_min(), nan});
  expect_refused(tiny::inverse, Reason::risk_array_out_of_range);
}

TEST_F(BadMarket, RejectsAllOrdersOfAnAccountThatHoldsTheUnpriced) {
  tiny.publish_and_adopt();
  const Verdict working = gate.reserve(tiny.buy(tiny::perpetual, 3, 100.0));
  const Verdict other = gate.reserve(tiny.buy(tiny::perpetual, 2, 100.0));
  ASSERT_EQ(tiny.transfer(tiny::call, 2, 5.0), Reason::accepted);
  publish_with(tiny::call, {100.0, nan});
  const std::string before = gate_text(gate);
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 1, 100.0)).reason, Reason::position_unpriced);
  EXPECT_EQ(gate.reserve(tiny.buy(tiny::perpetual, 1, 100.0)).reason, Reason::position_unpriced);
  EXPECT_EQ(gate.reserve(tiny.sell(tiny::call, 1, 5.0)).reason, Reason::missing_volatility);
  EXPECT_EQ(gate.replace({working.order, {1}, tiny_price(100.0), tiny.now}).reason,
            Reason::position_unpriced);
  EXPECT_EQ(gate.statement(AccountId{0}).reason, Reason::position_unpriced);
  EXPECT_EQ(gate_text(gate), before);
  // Another account is not concerned.
  ASSERT_EQ(tiny.deposit(100'000, {1}), Reason::accepted);
  OrderIntent elsewhere = tiny.buy(tiny::perpetual, 1, 100.0);
  elsewhere.account = {1};
  EXPECT_EQ(gate.check(elsewhere).reason, Reason::accepted);
  // Cancels and fills always pass.
  EXPECT_EQ(gate.release({working.order}), Reason::accepted);
  EXPECT_EQ(gate.apply(Fill{other.order, {2}, tiny_price(100.0)}), Reason::accepted);
  EXPECT_TRUE(gate.totals_equal_recomputed({0}));
  publish_with(tiny::call, {100.0, 0.5});
  EXPECT_EQ(gate.check(tiny.buy(tiny::perpetual, 1, 100.0)).reason, Reason::accepted);
  EXPECT_TRUE(gate.totals_equal_recomputed({0}));
}

// A working order alone is exposure too.
TEST_F(BadMarket, RejectsOrdersOfAnAccountWhoseWorkingOrderIsUnpriced) {
  tiny.publish_and_adopt();
  const Verdict working = gate.reserve(tiny.buy(tiny::call, 3, 5.0));
  ASSERT_TRUE(working.accepted());
  publish_with(tiny::call, {100.0, nan});
  EXPECT_EQ(check(tiny::perpetual), Reason::position_unpriced);
  ASSERT_EQ(gate.release({working.order}), Reason::accepted);
  EXPECT_EQ(check(tiny::perpetual), Reason::accepted);
}

TEST_F(BadMarket, RejectsSurfacesOfTheWrongSize) {
  Market surface = tiny.surface();
  surface.quotes.pop_back();
  EXPECT_FALSE(tiny.revaluer().update_surface(surface));
  surface = tiny.surface();
  surface.spots.push_back(1.0);
  EXPECT_FALSE(tiny.revaluer().update_surface(surface));
}

}  // namespace
}  // namespace margingate::testing
