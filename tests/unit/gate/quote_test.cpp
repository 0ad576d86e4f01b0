// Quotes and batches of them, by hand: one lot of a linear contract needs 10.00.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "support/gate_text.hpp"
#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

class Quotes : public ::testing::Test {
 protected:
  explicit Quotes(const std::function<void(TinySetup&)>& change = {}) : tiny(change) {
    EXPECT_EQ(tiny.deposit(10'000), Reason::accepted);
    tiny.publish_and_adopt();
  }
  ~Quotes() override { EXPECT_TRUE(gate.totals_equal_recomputed({0})); }

  static Quote quote(InstrumentId id, std::int64_t bid_lots, double bid, std::int64_t ask_lots,
                     double ask) {
    return {id, {tiny_price(bid), {bid_lots}, {}}, {tiny_price(ask), {ask_lots}, {}}};
  }
  QuoteVerdict send(QuoteDecision decision = QuoteDecision::together, AccountId account = {0}) {
    results.assign(quotes.size(), {});
    return gate.quote({account, tiny.now, decision, quotes}, results);
  }
  // The next round of quotes replaces the last one.
  void carry_over() {
    for (std::size_t i = 0; i < quotes.size(); ++i) {
      quotes[i].bid.replaces = results[i].bid;
      quotes[i].ask.replaces = results[i].ask;
    }
  }
  Gate::Leg leg(InstrumentId id) const {
    for (const Gate::Leg& one : gate.legs({0})) {
      if (one.instrument == id) return one;
    }
    return {};
  }

  TinyGate tiny;
  Gate& gate = tiny.gate();
  std::vector<Quote> quotes;
  std::vector<QuoteResult> results;
};

TEST_F(Quotes, ATwoSidedQuoteNeedsTheLargerSide) {
  quotes = {quote(tiny::perpetual, 3, 99.0, 5, 101.0)};
  const QuoteVerdict verdict = send();
  EXPECT_EQ(verdict.verdict.reason, Reason::accepted);
  EXPECT_EQ(verdict.accepted, 1u);
  EXPECT_EQ(verdict.verdict.requirement_after.value, 5'000);
  EXPECT_EQ(leg(tiny::perpetual).working_buys.value, 3);
  EXPECT_EQ(leg(tiny::perpetual).working_sells.value, 5);
  EXPECT_EQ(gate.working_order(results[0].bid)->price, tiny_price(99.0));
  EXPECT_EQ(gate.working_order(results[0].ask)->side, Side::sell);
}

TEST_F(Quotes, ARefreshReplacesByDifference) {
  quotes = {quote(tiny::perpetual, 10, 99.0, 10, 101.0)};
  ASSERT_EQ(send().accepted, 1u);
  carry_over();
  const WorkingOrderHandle bid = results[0].bid;
  quotes[0].bid.price = tiny_price(99.5);
  EXPECT_EQ(send().accepted, 1u);
  EXPECT_EQ(results[0].bid, bid);
  EXPECT_EQ(leg(tiny::perpetual).working_buys.value, 10);
  carry_over();
  quotes[0].bid.quantity = {0};
  EXPECT_EQ(send().accepted, 1u);
  EXPECT_FALSE(gate.working_order(bid).has_value());
  EXPECT_EQ(leg(tiny::perpetual).working_buys.value, 0);
  EXPECT_EQ(leg(tiny::perpetual).working_sells.value, 10);
}

TEST_F(Quotes, AFilledSideIsQuotedAnew) {
  quotes = {quote(tiny::perpetual, 2, 99.0, 2, 101.0)};
  ASSERT_EQ(send().accepted, 1u);
  ASSERT_EQ(gate.apply(Fill{results[0].bid, {2}, tiny_price(99.0)}), Reason::accepted);
  carry_over();
  EXPECT_EQ(send().accepted, 1u);
  EXPECT_EQ(leg(tiny::perpetual).net_quantity.value, 2);
  EXPECT_EQ(leg(tiny::perpetual).working_buys.value, 2);
}

TEST_F(Quotes, TogetherAllOrNone) {
  quotes = {quote(tiny::perpetual, 6, 99.0, 0, 0), quote(tiny::future, 5, 99.0, 0, 0)};
  const std::string before = gate_text(gate);
  const QuoteVerdict verdict = send();
  EXPECT_EQ(verdict.verdict.reason, Reason::insufficient_margin);
  EXPECT_EQ(verdict.verdict.requirement_after.value, 11'000);
  EXPECT_EQ(verdict.refused, 2u);
  EXPECT_EQ(results[0].reason, Reason::batch_refused);
  EXPECT_EQ(gate_text(gate), before);
}

TEST_F(Quotes, IndividuallyEachForItself) {
  quotes = {quote(tiny::perpetual, 6, 99.0, 0, 0), quote(tiny::future, 5, 99.0, 0, 0),
            quote(tiny::spot, 4, 99.0, 0, 0)};
  const QuoteVerdict verdict = send(QuoteDecision::individually);
  EXPECT_EQ(verdict.verdict.reason, Reason::insufficient_margin);
  EXPECT_EQ(verdict.accepted, 2u);
  EXPECT_EQ(results[0].reason, Reason::accepted);
  EXPECT_EQ(results[1].reason, Reason::insufficient_margin);
  EXPECT_EQ(results[2].reason, Reason::accepted);
}

// A hedged batch needs what the whole may lose, whatever single quotes would.
TEST_F(Quotes, TogetherIsJudgedAsAWhole) {
  ASSERT_EQ(tiny.transfer(tiny::perpetual, 10, 100.0), Reason::accepted);
  quotes = {quote(tiny::future, 0, 0, 10, 101.0)};
  EXPECT_EQ(send().verdict.reason, Reason::accepted);
  quotes = {quote(tiny::spot, 1, 99.0, 0, 0)};
  EXPECT_EQ(send().verdict.reason, Reason::insufficient_margin);
}

TEST_F(Quotes, OpenLossesAreBookedAndGivenBack) {
  quotes = {quote(tiny::perpetual, 2, 101.0, 2, 102.0), quote(tiny::future, 0, 0, 1, 97.0)};
  EXPECT_EQ(send().verdict.open_loss.value, 200 + 300);
  EXPECT_EQ(gate.open_losses({0}).value, 500);
  carry_over();
  quotes[0].bid.price = tiny_price(100.5);
  ASSERT_EQ(send().accepted, 2u);
  EXPECT_EQ(gate.open_losses({0}).value, 400);
  carry_over();
  for (Quote& q : quotes) q.bid.quantity = q.ask.quantity = {0};
  ASSERT_EQ(send().accepted, 2u);
  EXPECT_EQ(gate.open_losses({0}).value, 0);
  EXPECT_EQ(tiny.initial_margin().value, 0);
}

TEST_F(Quotes, WithdrawalsPassInEveryState) {
  quotes = {quote(tiny::perpetual, 2, 99.0, 2, 101.0)};
  ASSERT_EQ(send().accepted, 1u);
  carry_over();
  quotes[0].bid.quantity = quotes[0].ask.quantity = {0};
  tiny.pass(seconds(100'000));
  EXPECT_EQ(send().verdict.reason, Reason::accepted);
  EXPECT_FALSE(gate.working_order(quotes[0].bid.replaces).has_value());
}

TEST_F(Quotes, SmallerQuotesPassUnderWater) {
  quotes = {quote(tiny::perpetual, 10, 99.0, 10, 101.0)};
  ASSERT_EQ(send().accepted, 1u);
  carry_over();
  ASSERT_EQ(tiny.deposit(-5'000), Reason::accepted);
  quotes[0].bid.quantity = {8};
  EXPECT_EQ(send().verdict.reason, Reason::accepted_reducing);
  carry_over();
  quotes[0].bid.quantity = {9};
  EXPECT_EQ(send().verdict.reason, Reason::insufficient_margin);
  EXPECT_EQ(gate.working_order(quotes[0].bid.replaces)->remaining.value, 8);
}

TEST_F(Quotes, BadQuotesAreNamedAndRefuseTheBatch) {
  const Quote good = quote(tiny::future, 1, 99.0, 1, 101.0);
  quotes = {good};
  ASSERT_EQ(send().accepted, 1u);
  const WorkingOrderHandle of_future = results[0].bid;
  const std::string before = gate_text(gate);
  const auto reason = [&](const std::function<void(Quote&)>& spoil) {
    quotes = {quote(tiny::spot, 1, 99.0, 1, 101.0), quote(tiny::perpetual, 1, 99.0, 1, 101.0)};
    spoil(quotes[1]);
    const QuoteVerdict verdict = send();
    EXPECT_EQ(results[0].reason, Reason::batch_refused);
    EXPECT_EQ(results[1].reason, verdict.verdict.reason);
    EXPECT_EQ(gate_text(gate), before);
    return verdict.verdict.reason;
  };
  EXPECT_EQ(reason([](Quote& q) { q.instrument = {99}; }), Reason::unknown_instrument);
  EXPECT_EQ(reason([](Quote& q) { q.instrument = tiny::spot; }), Reason::duplicate_quote);
  EXPECT_EQ(reason([](Quote& q) { q.bid.quantity = {-1}; }), Reason::quantity_not_positive);
  EXPECT_EQ(reason([](Quote& q) { q.ask.quantity = {INT64_MAX}; }), Reason::quantity_too_large);
  EXPECT_EQ(reason([](Quote& q) { q.bid.price = {0}; }), Reason::price_not_positive);
  EXPECT_EQ(reason([](Quote& q) { q.ask.price = {INT64_MAX}; }), Reason::price_too_large);
  EXPECT_EQ(reason([](Quote& q) { q.bid.price = q.ask.price; }), Reason::quote_crossed);
  EXPECT_EQ(reason([&](Quote& q) { q.bid.replaces = of_future; }), Reason::unknown_order);
}

TEST_F(Quotes, BadBatchesAreNamedAndChangeNothing) {
  quotes = {quote(tiny::perpetual, 1, 99.0, 1, 101.0)};
  EXPECT_EQ(send(QuoteDecision::together, {9}).verdict.reason, Reason::unknown_account);
  EXPECT_EQ(gate.quote({{0}, {1}, QuoteDecision::together, quotes}, results).verdict.reason,
            Reason::time_went_back);
  EXPECT_EQ(gate.quote({{0}, tiny.now, QuoteDecision::together, quotes}, {}).verdict.reason,
            Reason::batch_too_large);
  EXPECT_TRUE(gate.legs({0}).empty());
}

class SmallGate : public Quotes {
 protected:
  SmallGate()
      : Quotes([](TinySetup& s) {
          s.config.limits.legs_max = 2;
          s.config.limits.working_orders_max = 3;
          s.config.limits.quote_batch_max = 2;
        }) {}
};

TEST_F(SmallGate, CapacityIsAskedForTheWholeBatch) {
  const auto buys = [](InstrumentId id) { return quote(id, 1, 99.0, 0, 0); };
  quotes = {buys(tiny::perpetual), buys(tiny::future), buys(tiny::spot)};
  EXPECT_EQ(send().verdict.reason, Reason::batch_too_large);
  quotes = {quote(tiny::perpetual, 1, 99.0, 1, 101.0), quote(tiny::future, 1, 99.0, 1, 101.0)};
  EXPECT_EQ(send().verdict.reason, Reason::working_orders_full);
  quotes = {buys(tiny::perpetual)};
  ASSERT_EQ(send().accepted, 1u);
  quotes = {buys(tiny::future), buys(tiny::spot)};
  EXPECT_EQ(send().verdict.reason, Reason::legs_full);
}

TEST_F(SmallGate, RefusedQuotesUseUpNoLegs) {
  for (const InstrumentId id : {tiny::perpetual, tiny::future, tiny::spot}) {
    quotes = {quote(id, 500, 99.0, 0, 0)};
    EXPECT_EQ(send().verdict.reason, Reason::insufficient_margin);
  }
  quotes = {quote(tiny::spot, 1, 99.0, 0, 0), quote(tiny::future, 1, 99.0, 0, 0)};
  EXPECT_EQ(send().accepted, 2u);
}

TEST(QuotesWithoutATable, AreRefused) {
  TinyGate tiny;
  const std::array<Quote, 1> quotes{{{tiny::perpetual, {tiny_price(99.0), {1}, {}}, {}}}};
  std::array<QuoteResult, 1> results;
  EXPECT_EQ(tiny.gate().quote({{0}, tiny.now, {}, quotes}, results).verdict.reason,
            Reason::no_risk_table);
}

}  // namespace
}  // namespace margingate::testing
