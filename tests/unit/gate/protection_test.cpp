// Quotes under a protection, by hand: one lot of a linear contract needs 10.00.
#include <gtest/gtest.h>

#include "support/gate_text.hpp"
#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

constexpr InstrumentId group{tiny::instruments};

class Protection : public ::testing::Test {
 protected:
  Protection()
      : tiny([](TinySetup& s) {
          s.config.quote_groups = {{{tiny::perpetual, tiny::future, tiny::put}}};
        }) {
    EXPECT_EQ(tiny.deposit(10'000), Reason::accepted);
    tiny.publish_and_adopt();
    held = gate.reserve(tiny.buy(group, 5, 1.0)).order;
  }
  ~Protection() override { EXPECT_TRUE(gate.totals_equal_recomputed({0})); }

  Reason show(InstrumentId id, Side side, double price) {
    return gate.check_protected({held, id, side, tiny_price(price), tiny.now});
  }
  Reason fill(InstrumentId id, Side side, std::int64_t lots, double price) {
    return gate.apply(ProtectedFill{held, id, side, {lots}, tiny_price(price)});
  }

  TinyGate tiny;
  Gate& gate = tiny.gate();
  WorkingOrderHandle held;
};

// Five lots of the worst contract need 50.00; a dollar a lot may be lost at the trade.
TEST_F(Protection, HoldsTheWorstThatItsLimitMayTrade) {
  EXPECT_EQ(tiny.initial_margin().value, 5'000);
  EXPECT_EQ(gate.open_losses({0}).value, 500);
  EXPECT_EQ(gate.replace({held, {9}, tiny_price(1.0), tiny.now}).reason, Reason::accepted);
  EXPECT_EQ(gate.replace({held, {10}, tiny_price(1.0), tiny.now}).reason,
            Reason::insufficient_margin);
}

TEST_F(Protection, ShowsAnyNumberOfQuotesWithinItsPrice) {
  const std::string before = gate_text(gate);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(show(tiny::perpetual, Side::buy, 101.0), Reason::accepted);
    EXPECT_EQ(show(tiny::future, Side::sell, 99.0), Reason::accepted);
  }
  EXPECT_EQ(gate_text(gate), before);
  EXPECT_EQ(show(tiny::perpetual, Side::buy, 101.01), Reason::price_beyond_protection);
  EXPECT_EQ(show(tiny::future, Side::sell, 98.99), Reason::price_beyond_protection);
}

TEST_F(Protection, IsUsedUpByFillsAndNeverNeedsMore) {
  ASSERT_EQ(fill(tiny::perpetual, Side::buy, 2, 101.0), Reason::accepted);
  EXPECT_EQ(tiny.initial_margin().value, 5'000);
  EXPECT_EQ(gate.open_losses({0}).value, 300);
  EXPECT_EQ(gate.statement(AccountId{0}).equity.value, 10'000 - 500);
  ASSERT_EQ(fill(tiny::future, Side::sell, 2, 99.0), Reason::accepted);
  EXPECT_EQ(tiny.initial_margin().value, 1'000);
  EXPECT_EQ(fill(tiny::future, Side::sell, 2, 99.0), Reason::fill_exceeds_order);
  ASSERT_EQ(fill(tiny::future, Side::sell, 1, 99.0), Reason::accepted);
  EXPECT_FALSE(gate.working_order(held).has_value());
  EXPECT_EQ(show(tiny::perpetual, Side::buy, 100.0), Reason::unknown_order);
}

TEST_F(Protection, FailsClosedWhenTheTableIsOldOrTheAccountClosed) {
  tiny.pass(seconds(100));
  EXPECT_EQ(show(tiny::perpetual, Side::buy, 100.0), Reason::stale_risk_table);
}

TEST_F(Protection, BadQuotesAndFillsAreNamedAndChangeNothing) {
  const Verdict other = gate.reserve(tiny.buy(tiny::spot, 1, 100.0));
  const std::string before = gate_text(gate);
  EXPECT_EQ(gate.check_protected({{}, tiny::future, Side::buy, {1}, tiny.now}),
            Reason::unknown_order);
  EXPECT_EQ(gate.check_protected({other.order, tiny::future, Side::buy, {1}, tiny.now}),
            Reason::wrong_instrument);
  EXPECT_EQ(show(tiny::call, Side::buy, 5.0), Reason::wrong_instrument);
  EXPECT_EQ(show(tiny::future, Side::buy, 0.0), Reason::price_not_positive);
  EXPECT_EQ(show(tiny::future, Side::buy, 1e15), Reason::price_too_large);
  EXPECT_EQ(show(tiny::future, static_cast<Side>(4), 1.0), Reason::order_terms_conflict);
  EXPECT_EQ(gate.check_protected({held, tiny::future, Side::buy, {1}, {1}}),
            Reason::time_went_back);
  EXPECT_EQ(fill(tiny::call, Side::buy, 1, 5.0), Reason::wrong_instrument);
  EXPECT_EQ(fill(tiny::future, Side::buy, 0, 5.0), Reason::quantity_not_positive);
  EXPECT_EQ(fill(tiny::future, Side::buy, 1, 0.0), Reason::price_not_positive);
  EXPECT_EQ(gate_text(gate), before);
}

TEST(QuoteGroupConfig, NamesWhatIsWrong) {
  const auto issue = [](const QuoteGroup& one) {
    TinySetup setup = tiny_setup();
    setup.config.quote_groups = {one};
    const Gate::Created created = Gate::create(setup.config);
    return created.issues.empty() ? std::string("none") : created.issues.front().where;
  };
  EXPECT_EQ(issue({{tiny::perpetual, tiny::future}}), "none");
  EXPECT_EQ(issue({{}}), "quote_groups[0].instruments");
  EXPECT_EQ(issue({{tiny::future, tiny::perpetual}}), "quote_groups[0].instruments[1]");
  EXPECT_EQ(issue({{tiny::future, {99}}}), "quote_groups[0].instruments[1]");
  EXPECT_EQ(issue({{tiny::future, tiny::inverse}}), "quote_groups[0].instruments[1]");
}

}  // namespace
}  // namespace margingate::testing
