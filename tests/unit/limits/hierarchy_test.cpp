// Account, desk, firm, clearing member, gate: one decision, kill switches and overrides at each.
#include <gtest/gtest.h>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

// Accounts 0 and 1 on desk 0, 2 on desk 1, both of firm 0 under member 0; account 3 alone.
TinyGate family(const std::function<void(ControlsConfig&)>& change) {
  TinyGate gate([&](TinySetup& setup) {
    const ScopeLimits off = ScopeLimits::all_off();
    ControlsConfig c;
    c.gate = c.account = off;
    c.clearing_members = {{no_parent, off}};
    c.firms = {{0, off}};
    c.desks = {{0, off}, {0, off}};
    c.accounts = {{{0}, 0, off}, {{1}, 0, off}, {{2}, 1, off}};
    change(c);
    setup.config.controls = c;
  });
  for (std::uint32_t a = 0; a < 4; ++a) gate.deposit(100'000'000, {a});
  gate.publish_and_adopt();
  return gate;
}

Reason buy(TinyGate& gate, std::uint32_t account, std::int64_t lots) {
  OrderIntent order = gate.buy(tiny::perpetual, lots, 100.0);
  order.account = {account};
  return gate.gate().reserve(order).reason;
}

constexpr ControlScope scope_of(ControlLevel level, std::uint32_t id = 0) { return {level, id}; }

TEST(Hierarchy, HoldsEachLevelToItsOwnLimit) {
  TinyGate gate = family([](ControlsConfig& c) {
    c.desks[0].limits.position = Limit::at(10);
    c.firms[0].limits.open_interest = Limit::at(15);
    c.gate.open_orders = Limit::at(4);
  });
  EXPECT_EQ(buy(gate, 0, 6), Reason::accepted);
  EXPECT_EQ(buy(gate, 1, 5), Reason::net_position_limit);
  EXPECT_EQ(gate.gate().control_finding().scope, scope_of(ControlLevel::desk));
  EXPECT_EQ(buy(gate, 1, 4), Reason::accepted);
  EXPECT_EQ(buy(gate, 2, 6), Reason::open_interest_limit);
  EXPECT_EQ(gate.gate().control_finding().scope, scope_of(ControlLevel::firm));
  EXPECT_EQ(buy(gate, 2, 5), Reason::accepted);
  EXPECT_EQ(buy(gate, 3, 100), Reason::accepted);
  EXPECT_EQ(buy(gate, 3, 1), Reason::open_order_limit);
}

TEST(Hierarchy, NetsPositionsOfAGroupButNotItsOpenInterest) {
  TinyGate gate = family([](ControlsConfig& c) { c.desks[0].limits.position = Limit::at(10); });
  EXPECT_EQ(gate.transfer(tiny::perpetual, -50, 100.0, {1}), Reason::accepted);
  EXPECT_EQ(gate.transfer(tiny::perpetual, 50, 100.0, {0}), Reason::accepted);
  EXPECT_EQ(buy(gate, 0, 10), Reason::accepted);
  EXPECT_EQ(buy(gate, 0, 1), Reason::net_position_limit);
}

TEST(KillSwitch, RejectsEverythingBelowAndLetsCancelsAndFillsPass) {
  TinyGate gate = family([](ControlsConfig&) {});
  OrderIntent order = gate.buy(tiny::perpetual, 2, 100.0);
  const Verdict working = gate.gate().reserve(order);
  for (const ControlLevel level : {ControlLevel::account, ControlLevel::desk, ControlLevel::firm,
                                   ControlLevel::clearing_member, ControlLevel::gate}) {
    const KillSwitch engage{scope_of(level), Switch::engage, Authority::desk, {}, gate.now};
    EXPECT_EQ(gate.gate().apply(engage), Reason::accepted);
    EXPECT_EQ(buy(gate, 0, 1), Reason::killed);
    EXPECT_EQ(gate.gate().check(order).reason, Reason::killed);
    EXPECT_EQ(gate.gate().replace({working.order, {1}, tiny_price(100.0), gate.now}).reason,
              Reason::killed);
    EXPECT_TRUE(gate.gate().scope_status(scope_of(level)).is_killed);
    KillSwitch release{scope_of(level), Switch::release, Authority::desk, {1, 1}, gate.now};
    EXPECT_EQ(gate.gate().apply(release), Reason::authority_missing);
    release.authority = Authority::risk;
    release.signature = {};
    EXPECT_EQ(gate.gate().apply(release), Reason::signature_missing);
    release.signature = {7, 3};
    EXPECT_EQ(gate.gate().apply(release), Reason::accepted);
    EXPECT_EQ(buy(gate, 0, 1), Reason::accepted);
  }
  const KillSwitch engage{scope_of(ControlLevel::gate), Switch::engage, Authority::desk, {}, {}};
  EXPECT_EQ(gate.gate().apply(engage), Reason::accepted);
  EXPECT_EQ(gate.gate().apply(Fill{working.order, {1}, tiny_price(100.0)}), Reason::accepted);
  EXPECT_EQ(gate.gate().release({working.order}), Reason::accepted);
}

class Overrides : public ::testing::Test {
 protected:
  TinyGate gate_ = family([](ControlsConfig& c) {
    c.desks[0].limits.order_quantity = Limit::at(10).with_hard_cap(20);
  });
  Reason override_to(std::int64_t value, Duration length, Authority authority,
                     Signature signature = {5, 9}) {
    return gate_.gate().apply(LimitOverride{scope_of(ControlLevel::desk), Control::order_quantity,
                                            value, gate_.now + length, authority, signature,
                                            gate_.now});
  }
};

TEST_F(Overrides, TightenWithoutPrivilegeAndExpireByEventTime) {
  EXPECT_EQ(override_to(5, seconds(2), Authority::desk), Reason::accepted);
  EXPECT_EQ(buy(gate_, 0, 6), Reason::order_quantity_limit);
  gate_.pass({seconds(2).value - 1});
  EXPECT_EQ(buy(gate_, 0, 6), Reason::order_quantity_limit);
  gate_.pass({1});
  EXPECT_EQ(buy(gate_, 0, 6), Reason::accepted);
  EXPECT_EQ(buy(gate_, 0, 11), Reason::order_quantity_limit);
}

TEST_F(Overrides, LoosenOnlyWithPrivilegeAndNeverBeyondTheHardCap) {
  EXPECT_EQ(override_to(11, seconds(2), Authority::desk), Reason::authority_missing);
  EXPECT_EQ(override_to(21, seconds(2), Authority::risk), Reason::override_beyond_hard_cap);
  EXPECT_EQ(override_to(20, seconds(2), Authority::risk), Reason::accepted);
  EXPECT_EQ(buy(gate_, 0, 20), Reason::accepted);
  gate_.pass(seconds(2));
  EXPECT_EQ(buy(gate_, 0, 20), Reason::order_quantity_limit);
}

TEST_F(Overrides, RejectWithoutReasonExpiryOrALimitToOverride) {
  EXPECT_EQ(override_to(5, seconds(2), Authority::risk, {0, 9}), Reason::signature_missing);
  EXPECT_EQ(override_to(5, seconds(2), Authority::risk, {5, 0}), Reason::signature_missing);
  EXPECT_EQ(override_to(5, {0}, Authority::risk), Reason::override_expiry_missing);
  EXPECT_EQ(override_to(0, seconds(1), Authority::risk), Reason::override_out_of_range);
  LimitOverride other{scope_of(ControlLevel::desk),
                      Control::vega,
                      5,
                      gate_.now + seconds(1),
                      Authority::risk,
                      Signature{5, 9},
                      gate_.now};
  EXPECT_EQ(gate_.gate().apply(other), Reason::control_off);
  other.scope.id = 9;
  EXPECT_EQ(gate_.gate().apply(other), Reason::unknown_scope);
  other = {scope_of(ControlLevel::desk),
           static_cast<Control>(99),
           5,
           gate_.now + seconds(1),
           Authority::risk,
           {5, 9},
           gate_.now};
  EXPECT_EQ(gate_.gate().apply(other), Reason::unknown_control);
}

TEST_F(Overrides, KeepATighteningFromBeingUndoneEarlyWithoutPrivilege) {
  EXPECT_EQ(override_to(5, seconds(10), Authority::desk), Reason::accepted);
  EXPECT_EQ(override_to(5, seconds(1), Authority::desk), Reason::authority_missing);
  EXPECT_EQ(override_to(7, seconds(10), Authority::desk), Reason::authority_missing);
  EXPECT_EQ(override_to(3, seconds(10), Authority::desk), Reason::accepted);
  EXPECT_EQ(override_to(7, seconds(1), Authority::risk), Reason::accepted);
}

TEST(ControlEvents, AreRefusedByAGateWithoutControls) {
  TinyGate gate;
  Verdict verdict = gate.gate().apply(Event{KillSwitch{}});
  EXPECT_EQ(verdict.reason, Reason::no_controls);
}

}  // namespace
}  // namespace margingate::testing
