#include "support/control_scenes.hpp"

#include "control/control_fields.hpp"

namespace margingate::testing {
namespace {

// In the order of Control: what one account of the scene is limited to.
constexpr std::int64_t scene_limits[controls_count] = {1, 5'000, 1,     1, 1, 1, 15'000,
                                                       1, 1,     5'000, 1, 1, 1, 1};

ControlsConfig scene_controls() {
  ControlsConfig controls;
  controls.gate = controls.account = ScopeLimits::all_off();
  for (std::uint32_t c = 0; c < controls_count; ++c) {
    ScopeLimits limits = ScopeLimits::all_off();
    limits.*control_fields[c] = Limit::at(scene_limits[c]);
    controls.accounts.push_back({{c}, no_parent, limits});
  }
  controls.instruments.assign(tiny::instruments, InstrumentControls::all_off());
  controls.instruments[tiny::future.value].price_high = Limit::at(10'500);
  for (const InstrumentId id : {tiny::inverse, tiny::spot, tiny::put}) {
    controls.instruments[id.value].moving_band_ppm = Limit::at(50'000);
  }
  controls.self_match = SelfMatch::refuse;
  return controls;
}

}  // namespace

ControlScenes::ControlScenes() {
  tiny_ = std::make_unique<TinyGate>([](TinySetup& setup) {
    setup.config.limits.accounts_max = accounts;
    setup.config.limits.queue_capacity = 1u << 20;
    setup.config.combos = {{{{tiny::perpetual, 1}, {tiny::future, -1}}}};
    setup.config.quote_groups = {{{tiny::perpetual, tiny::future}}};
    setup.config.limits.legs_max = 256;
    setup.config.controls = scene_controls();
  });
  Gate& gate = tiny_->gate();
  for (std::uint32_t a = 0; a < accounts; ++a) tiny_->deposit(10'000'000, {a});
  tiny_->transfer(tiny::perpetual, 10, 100.0, loss);
  tiny_->publish_and_adopt();
  static_cast<void>(gate.apply(TradingDayStart{tiny_->now}));
  tiny_->tick(99.9);
  const Timestamp before{tiny_->now.ns - seconds(61).value};
  static_cast<void>(gate.apply(ReferencePrice{tiny::inverse, tiny_price(100.0), before}));
  static_cast<void>(gate.apply(ReferencePrice{tiny::put, tiny_price(100.0), tiny_->now}));
  static_cast<void>(gate.apply(
      KillSwitch{{ControlLevel::account, killed.value}, Switch::engage, {}, {}, tiny_->now}));
  LimitOverride good{{ControlLevel::account, 0},
                     Control::order_quantity,
                     1,
                     tiny_->now + seconds(1),
                     Authority::risk,
                     {1, 1},
                     tiny_->now};
  overrides_.fill(good);
  overrides_[0].control = static_cast<Control>(99);
  overrides_[1].signature = {};
  overrides_[2].until = tiny_->now;
  overrides_[3].value = 0;
  overrides_[4].value = 2;
  overrides_[5].control = Control::vega;
}

OrderIntent ControlScenes::order(std::uint32_t account, bool is_second) const {
  const bool is_option = account > greek_first.value && account <= vega.value;
  OrderIntent intent = tiny_->buy(is_option ? tiny::call : tiny::perpetual, 2, 100.0);
  const bool takes_one = account >= 1 && account <= 6 && account != 1;
  if (takes_one) intent.quantity = {1};
  intent.account = {account};
  if (account == self_matching.value && !is_second) intent.side = Side::sell;
  return intent;
}

}  // namespace margingate::testing
