// Every control by itself, at its edge: the last order that fits and the first that does not.
#include <gtest/gtest.h>

#include <memory_resource>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

using enum Control;

TinyGate gate_with(const std::function<void(ControlsConfig&)>& change) {
  TinyGate gate([&](TinySetup& setup) {
    ControlsConfig controls;
    controls.gate = controls.account = ScopeLimits::all_off();
    controls.instruments.assign(tiny::instruments, InstrumentControls::all_off());
    change(controls);
    setup.config.controls = controls;
  });
  for (std::uint32_t a = 0; a < 4; ++a) gate.deposit(100'000'000, {a});
  gate.publish_and_adopt();
  return gate;
}

Reason last_reason(TinyGate& gate, const OrderIntent& intent) {
  const Verdict verdict = gate.gate().reserve(intent);
  EXPECT_TRUE(verdict.accepted() || gate.gate().control_finding().reason == verdict.reason);
  return verdict.reason;
}

TEST(Controls, RejectsTheFirstLotBeyondTheOrderQuantity) {
  TinyGate gate = gate_with([](ControlsConfig& c) { c.account.order_quantity = Limit::at(10); });
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 10, 100.0)), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 11, 100.0)), Reason::order_quantity_limit);
  EXPECT_EQ(gate.gate().control_finding().limit, 10);
  EXPECT_EQ(gate.gate().control_finding().after, 11);
}

TEST(Controls, RejectsTheFirstCentBeyondTheOrderNotional) {
  TinyGate gate =
      gate_with([](ControlsConfig& c) { c.account.order_notional = Limit::at(100'000); });
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 10, 100.0)), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 10, 100.01)), Reason::order_notional_limit);
}

TEST(Controls, TakesTheNotionalOfAnInverseContractInItsCurrency) {
  TinyGate gate =
      gate_with([](ControlsConfig& c) { c.account.order_notional = Limit::at(10'000); });
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::inverse, 10, 100.0)), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::inverse, 11, 100.0)), Reason::order_notional_limit);
}

TEST(Controls, RejectsPricesOutsideTheStaticCollar) {
  TinyGate gate = gate_with([](ControlsConfig& c) {
    c.instruments[0].price_low = Limit::at(9'000);
    c.instruments[0].price_high = Limit::at(11'000);
  });
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 110.0)), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.sell(tiny::perpetual, 1, 90.0)), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 110.01)), Reason::static_price_collar);
  EXPECT_EQ(last_reason(gate, gate.sell(tiny::perpetual, 1, 89.99)), Reason::static_price_collar);
}

TEST(Controls, RejectsUnderAMovingCollarWithoutAReferenceAndWithAnOldOne) {
  TinyGate gate =
      gate_with([](ControlsConfig& c) { c.instruments[0].moving_band_ppm = Limit::at(50'000); });
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 100.0)), Reason::no_reference_price);
  EXPECT_EQ(gate.gate().apply(ReferencePrice{tiny::perpetual, tiny_price(100.0), gate.now}),
            Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 105.0)), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 105.01)), Reason::moving_price_collar);
  EXPECT_EQ(last_reason(gate, gate.sell(tiny::perpetual, 1, 94.99)), Reason::moving_price_collar);
  gate.pass({seconds(60).value + 1});
  gate.tick(100.0);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 100.0)), Reason::stale_reference_price);
}

TEST(Controls, TakesABurstOfMessagesAndThenOnePerInterval) {
  TinyGate gate = gate_with([](ControlsConfig& c) { c.account.messages = Limit::at(4); });
  const OrderIntent order = gate.buy(tiny::perpetual, 1, 100.0);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(gate.gate().reserve(order).accepted());
  EXPECT_EQ(last_reason(gate, order), Reason::message_limit);
  gate.pass(milliseconds(250));
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 100.0)), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 100.0)), Reason::message_limit);
}

TEST(Controls, RejectsTheSameOrderSentAgainWithinThePeriod) {
  TinyGate gate = gate_with([](ControlsConfig& c) { c.account.duplicate_orders = Limit::at(2); });
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 100.0)), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 100.0)), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 100.0)), Reason::duplicate_order);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 2, 100.0)), Reason::accepted);
  gate.pass(seconds(1));
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 100.0)), Reason::accepted);
}

TEST(Controls, SuspendsAfterRepeatedExecutionsUntilRiskResumes) {
  TinyGate gate =
      gate_with([](ControlsConfig& c) { c.account.repeated_executions = Limit::at(2); });
  const Verdict order = gate.gate().reserve(gate.buy(tiny::perpetual, 3, 100.0));
  ASSERT_TRUE(order.accepted());
  EXPECT_EQ(gate.gate().apply(Fill{order.order, {1}, tiny_price(100.0)}), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.sell(tiny::perpetual, 1, 110.0)), Reason::accepted);
  EXPECT_EQ(gate.gate().apply(Fill{order.order, {1}, tiny_price(100.0)}), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.sell(tiny::perpetual, 1, 110.0)), Reason::suspended);
  const ControlScope account{ControlLevel::account, 0};
  EXPECT_EQ(gate.gate().apply(Resumption{account, Authority::desk, {1, 1}, gate.now}),
            Reason::authority_missing);
  EXPECT_EQ(gate.gate().apply(Resumption{account, Authority::risk, {1, 1}, gate.now}),
            Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.sell(tiny::perpetual, 1, 110.0)), Reason::accepted);
}

TEST(Controls, ReleasesOpenOrdersAndTheirValueToExactlyZero) {
  TinyGate gate = gate_with([](ControlsConfig& c) {
    c.account.open_orders = Limit::at(2);
    c.account.open_order_value = Limit::at(50'000);
  });
  const Verdict first = gate.gate().reserve(gate.buy(tiny::perpetual, 3, 100.0));
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 3, 100.0)), Reason::open_order_value_limit);
  const Verdict second = gate.gate().reserve(gate.buy(tiny::perpetual, 2, 100.0));
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 100.0)), Reason::open_order_limit);
  EXPECT_EQ(gate.gate().apply(Fill{first.order, {1}, tiny_price(99.0)}), Reason::accepted);
  const ControlScope account{ControlLevel::account, 0};
  EXPECT_EQ(gate.gate().scope_status(account).open_order_value.value, 40'000);
  EXPECT_EQ(gate.gate().release({first.order}), Reason::accepted);
  EXPECT_EQ(gate.gate().release({second.order}), Reason::accepted);
  EXPECT_EQ(gate.gate().scope_status(account).open_order_value.value, 0);
  EXPECT_EQ(gate.gate().scope_status(account).open_orders, 0);
}

TEST(Controls, RejectsAPositionBeyondItsLimitAtTheWorstFill) {
  TinyGate gate = gate_with([](ControlsConfig& c) { c.account.position = Limit::at(10); });
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 6, 100.0)), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.sell(tiny::perpetual, 10, 100.0)), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 5, 100.0)), Reason::net_position_limit);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 4, 100.0)), Reason::accepted);
}

TEST(Controls, AcceptsAClosingOrderBeyondALoweredLimit) {
  TinyGate gate = gate_with([](ControlsConfig& c) { c.account.position = Limit::at(10); });
  EXPECT_EQ(gate.transfer(tiny::perpetual, 30, 100.0), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 100.0)), Reason::net_position_limit);
  EXPECT_EQ(last_reason(gate, gate.sell(tiny::perpetual, 30, 100.0)), Reason::accepted);
}

TEST(Controls, HoldsDeltaToItsLimitAtTheWorstFill) {
  TinyGate gate = gate_with([](ControlsConfig& c) {
    c.account.delta = Limit::at(100'000);  // ten coins of 100 dollars
  });
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 10, 100.0)), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 100.0)), Reason::delta_limit);
  EXPECT_EQ(last_reason(gate, gate.sell(tiny::perpetual, 10, 100.0)), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::call, 1, 1.0)), Reason::delta_limit);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::put, 1, 1.0)), Reason::delta_limit);
}

// At the money, 30 days, volatility 0.5: phi(d1) = 0.397921, so one lot's vega is
// 100 * phi * sqrt(30 / 365) / 100 = 0.1141 dollars a point, and its gamma
// 100 * phi / (0.5 * sqrt(30 / 365)) / 100 = 2.776 dollars of delta a per cent.
TEST(Controls, HoldsGammaAndVegaToTheirLimits) {
  TinyGate vega = gate_with([](ControlsConfig& c) { c.gate.vega = Limit::at(1'099); });
  EXPECT_EQ(last_reason(vega, vega.buy(tiny::call, 99, 5.0)), Reason::accepted);
  EXPECT_EQ(last_reason(vega, vega.buy(tiny::put, 1, 5.0)), Reason::vega_limit);
  EXPECT_EQ(vega.gate().control_finding().scope.level, ControlLevel::gate);
  EXPECT_EQ(vega.gate().control_finding().before, 99 * 11);
  TinyGate gamma = gate_with([](ControlsConfig& c) { c.account.gamma = Limit::at(278 * 3); });
  EXPECT_EQ(last_reason(gamma, gamma.sell(tiny::put, 3, 5.0)), Reason::accepted);
  EXPECT_EQ(last_reason(gamma, gamma.sell(tiny::call, 1, 5.0)), Reason::gamma_limit);
  EXPECT_EQ(gamma.gate().control_finding().before, 3 * 278);
}

TEST(Controls, NamesTheOwnOrderThatANewOneWouldMeet) {
  TinyGate gate = gate_with([](ControlsConfig& c) { c.self_match = SelfMatch::refuse; });
  const Verdict resting = gate.gate().reserve(gate.sell(tiny::perpetual, 1, 101.0));
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 100.99)), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 101.0)), Reason::self_match);
  EXPECT_EQ(gate.gate().control_finding().self_match, resting.order);
  EXPECT_EQ(gate.gate().release({resting.order}), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 101.0)), Reason::accepted);
}

TEST(Controls, HoldsTheRequirementToTheCreditLimit) {
  TinyGate gate = gate_with([](ControlsConfig& c) { c.gate.initial_margin = Limit::at(10'000); });
  OrderIntent other = gate.buy(tiny::perpetual, 4, 100.0);
  other.account = {1};
  EXPECT_EQ(last_reason(gate, other), Reason::accepted);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 7, 100.0)), Reason::credit_limit);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 6, 100.0)), Reason::accepted);
  EXPECT_EQ(gate.gate().scope_status({}).initial_margin.value, 10'000);
}

TEST(Controls, LetsOnlyReducingOrdersPassBeyondTheDailyLoss) {
  TinyGate gate = gate_with([](ControlsConfig& c) { c.account.daily_loss = Limit::at(5'000); });
  EXPECT_EQ(gate.transfer(tiny::perpetual, 10, 100.0), Reason::accepted);
  gate.publish_and_adopt();
  EXPECT_EQ(gate.gate().apply(TradingDayStart{gate.now}), Reason::accepted);
  gate.tick(95.0);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 95.0)), Reason::accepted);
  gate.tick(94.99);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 94.99)), Reason::daily_loss_limit);
  EXPECT_EQ(last_reason(gate, gate.sell(tiny::perpetual, 5, 94.99)), Reason::accepted);
  gate.deposit(100'000);
  EXPECT_EQ(last_reason(gate, gate.buy(tiny::perpetual, 1, 94.99)), Reason::daily_loss_limit);
}

// Counts what a gate takes while it is built.
class CountedMemory final : public std::pmr::memory_resource {
 public:
  std::size_t bytes = 0;

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    bytes += size;
    return std::pmr::new_delete_resource()->allocate(size, alignment);
  }
  void do_deallocate(void* p, std::size_t size, std::size_t alignment) override {
    std::pmr::new_delete_resource()->deallocate(p, size, alignment);
  }
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override {
    return this == &other;
  }
};

TEST(Controls, TakeTheMemoryThatIsStated) {
  TinySetup setup = tiny_setup();
  const std::size_t without = Gate::memory_required_bytes(setup.config);
  setup.config.controls.emplace();
  setup.config.controls->gate = setup.config.controls->account = ScopeLimits::all_off();
  setup.config.controls->gate.delta = Limit::at(1'000'000);
  setup.config.controls->account.position = Limit::at(10);
  const std::size_t stated = Gate::memory_required_bytes(setup.config);
  EXPECT_GT(stated, without);
  CountedMemory memory;
  setup.config.memory = &memory;
  const Gate::Created created = Gate::create(setup.config);
  ASSERT_NE(created.gate, nullptr);
  EXPECT_EQ(memory.bytes, stated);
}

TEST(Controls, ReportsLimitsThatWereNeverSetOrCannotBind) {
  TinySetup setup = tiny_setup();
  setup.config.controls.emplace();
  setup.config.controls->account = ScopeLimits::all_off();
  setup.config.controls->account.position = Limit::at(0);
  setup.config.controls->account.order_quantity = Limit::at(INT64_MAX);
  const Gate::Created created = Gate::create(setup.config);
  EXPECT_EQ(created.gate, nullptr);
  std::string text;
  for (const GateIssue& issue : created.issues) text += issue.where + ": " + issue.expected + '\n';
  EXPECT_NE(text.find("controls.gate.order_quantity: Limit::at(n) or Limit::off()"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("controls.account.position: more than 0"), std::string::npos) << text;
  EXPECT_NE(text.find("controls.account.order_quantity: less than"), std::string::npos) << text;
}

}  // namespace
}  // namespace margingate::testing
