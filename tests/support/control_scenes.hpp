// A gate with controls on which every reason of the controls can be had, again and again. Takes no
// memory and makes no system call after construction.
#pragma once

#include <array>
#include <functional>
#include <memory>

#include "support/tiny_gate.hpp"

namespace margingate::testing {

class ControlScenes {
 public:
  ControlScenes();

  // Every scene once; `see` is a plain function object that takes a Reason.
  template <class See>
  void run(const See& see) {
    for (std::uint32_t account = 0; account < accounts; ++account) orders(account, see);
    prices(see);
    strategies(see);
    events(see);
  }

 private:
  // One account per control; the last has none.
  static constexpr std::uint32_t accounts = 17;
  static constexpr AccountId suspended{4}, greek_first{9}, vega{11}, loss{13}, killed{14};
  static constexpr AccountId self_matching{15}, free{16};

  static constexpr InstrumentId spread{tiny::instruments}, group{tiny::instruments + 1};

  [[nodiscard]] OrderIntent order(std::uint32_t account, bool is_second) const;
  template <class See>
  void orders(std::uint32_t account, const See& see) {
    const Verdict first = tiny_->gate().reserve(order(account, false));
    if (account == suspended.value && first.accepted()) {
      see(tiny_->gate().apply(Fill{first.order, {1}, tiny_price(100.0)}));
    }
    const Verdict second = tiny_->gate().reserve(order(account, true));
    for (const Verdict& verdict : {first, second}) {
      see(verdict.reason);
      if (verdict.accepted()) see(tiny_->gate().release({verdict.order}));
    }
  }
  template <class See>
  void prices(const See& see) {
    for (std::uint32_t instrument = 0; instrument < tiny::instruments; ++instrument) {
      OrderIntent intent = tiny_->buy({instrument}, 1, 111.0);
      intent.account = free;
      see(tiny_->gate().check(intent).reason);
    }
  }
  // A combo, a batch, a protection and a trade under limits, each undone again.
  template <class See>
  void strategies(const See& see) {
    Gate& gate = tiny_->gate();
    const Price par = tiny_price(100.0);
    OrderIntent intent = tiny_->buy(spread, 2, 0.0);
    intent.account = free;
    const Verdict combo = gate.reserve(intent);
    see(combo.reason);
    see(gate.apply(ComboFill{combo.order, {1}, {par, par}, {}}));
    see(gate.release(Cancel{combo.order}));
    see(gate.apply(PositionTransfer{free, tiny::perpetual, {-1}, par}));
    see(gate.apply(PositionTransfer{free, tiny::future, {1}, par}));
    const std::array<Quote, 2> quotes{
        Quote{tiny::perpetual, {tiny_price(99.0), {1}, {}}, {tiny_price(101.0), {1}, {}}},
        Quote{spread, {tiny_price(-1.0), {1}, {}}, {}}};
    std::array<QuoteResult, 2> results;
    see(gate.quote({free, tiny_->now, QuoteDecision::together, quotes}, results).verdict.reason);
    see(gate.release(CancelAll{free, {}, {}}).reason);
    intent.instrument = group;
    intent.price = par;
    const Verdict held = gate.reserve(intent);
    see(held.reason);
    see(gate.check_protected({held.order, tiny::future, Side::buy, par, tiny_->now}));
    see(gate.apply(ProtectedFill{held.order, tiny::future, Side::buy, {1}, par, {}}));
    see(gate.release(Cancel{held.order}));
    see(gate.trade({killed, free, tiny::future, {1}, par, tiny_->now}).reason);
    see(gate.trade({{0}, free, tiny::future, {1}, par, tiny_->now}).reason);
    see(gate.apply(PositionTransfer{{0}, tiny::future, {-1}, par}));
  }
  template <class See>
  void events(const See& see) {
    for (const LimitOverride& event : overrides_) see(tiny_->gate().apply(event));
    see(tiny_->gate().apply(
        Resumption{{ControlLevel::account, 4}, Authority::desk, {1, 1}, tiny_->now}));
    see(tiny_->gate().apply(KillSwitch{{ControlLevel::desk, 9}, Switch::engage, {}, {}, {}}));
    see(plain_.gate().apply(TradingDayStart{}));
  }

  std::unique_ptr<TinyGate> tiny_;
  TinyGate plain_;
  std::array<LimitOverride, 6> overrides_;
};

}  // namespace margingate::testing
