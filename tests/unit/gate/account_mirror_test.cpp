// The background's copy of an account, and when it may be trusted.
#include "revaluation/account_mirror.hpp"

#include <gtest/gtest.h>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

class Mirror : public ::testing::Test {
 protected:
  static GateTerms terms_of(const TinySetup& setup) {
    GateTerms terms;
    terms.config = setup.config;
    terms.instruments.resize(setup.config.instruments.size());
    return terms;
  }
  void tell(GateEventKind kind, std::uint64_t sequence, std::int64_t net = 0) {
    GateEvent event;
    event.kind = kind;
    event.id = tiny::call.value;
    event.leg.net = net;
    event.account_sequence = sequence;
    mirror.apply(event);
  }
  std::int64_t net() const {
    return mirror.legs()[mirror.legs().find(0, tiny::call.value)].state.net;
  }

  GateTerms terms = terms_of(tiny_setup());
  AccountMirror mirror{terms};
  MirrorAccount& account = mirror.accounts()[0];
};

TEST_F(Mirror, KeepsStepWhileNothingIsMissing) {
  tell(GateEventKind::leg, 1, 5);
  tell(GateEventKind::leg, 2, 7);
  EXPECT_TRUE(account.in_step);
  EXPECT_EQ(account.sequence, 2u);
  EXPECT_EQ(net(), 7);
  EXPECT_EQ(account.live_legs, 1u);
  tell(GateEventKind::leg, 3, 0);
  EXPECT_EQ(account.live_legs, 0u);
}

TEST_F(Mirror, IgnoresItselfAfterAGap) {
  tell(GateEventKind::leg, 1, 5);
  tell(GateEventKind::leg, 3, 7);
  EXPECT_FALSE(account.in_step);
  tell(GateEventKind::leg, 4, 7);
  EXPECT_FALSE(account.in_step);
}

// Between the first and the last event of an account that is sent again the mirror is neither old
// nor new; totals from then would count changes twice.
TEST_F(Mirror, IgnoresItselfWhileItIsBeingSentAgain) {
  tell(GateEventKind::leg, 1, 5);
  ASSERT_TRUE(account.in_step);
  tell(GateEventKind::leg_again, 4, 9);
  EXPECT_FALSE(account.in_step);
  tell(GateEventKind::resent, 4);
  EXPECT_TRUE(account.in_step);
  EXPECT_EQ(account.sequence, 4u);
  EXPECT_EQ(net(), 9);
  tell(GateEventKind::leg, 5, 1);
  EXPECT_TRUE(account.in_step);
}

}  // namespace
}  // namespace margingate::testing
