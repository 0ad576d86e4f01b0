// A gate with controls on which every reason of the controls can be had, again and again. Takes no
// memory and makes no system call after construction.
#pragma once

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
    events(see);
  }

 private:
  // One account per control; the last has none.
  static constexpr std::uint32_t accounts = 17;
  static constexpr AccountId suspended{4}, greek_first{9}, vega{11}, loss{13}, killed{14};
  static constexpr AccountId self_matching{15}, free{16};

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
