// Exposure charges that several houses put together their margins from.
//
// Shape    each function makes one charge; what it leaves alone is zero.
// Units    fractions of notional or of option value.
// Sign     non-negative.
// Range    as in ExposureCharge.
// Errors   none.
// Threads  pure.
// Cost     cold.
// Source   docs/models/.
#pragma once

#include <cstdint>

#include "margingate/instrument.hpp"
#include "margingate/margin_model.hpp"

namespace margingate::models {

// Futures and perpetuals, either direction alike.
[[nodiscard]] inline ExposureCharge futures_charge(double rate, MarginScope scope) {
  ExposureCharge charge;
  charge.kinds = {static_cast<std::uint8_t>(InstrumentKind::perpetual),
                  static_cast<std::uint8_t>(InstrumentKind::future)};
  charge.long_rate = rate;
  charge.short_rate = rate;
  charge.scope = scope;
  return charge;
}

// Options bought are paid for: their value is equity that stands for nothing else.
[[nodiscard]] inline ExposureCharge bought_options_charge() {
  ExposureCharge charge;
  charge.kinds = {static_cast<std::uint8_t>(InstrumentKind::option)};
  charge.long_mark_rate = 1.0;
  return charge;
}

[[nodiscard]] inline ExposureCharge sold_options_charge(OptionTypes types, MarginScope scope) {
  ExposureCharge charge;
  charge.kinds = {static_cast<std::uint8_t>(InstrumentKind::option)};
  charge.option_types = types;
  charge.scope = scope;
  return charge;
}

// What is held outright is paid for in full.
[[nodiscard]] inline ExposureCharge spot_charge() {
  ExposureCharge charge;
  charge.kinds = {static_cast<std::uint8_t>(InstrumentKind::spot)};
  charge.long_rate = 1.0;
  charge.short_rate = 1.0;
  return charge;
}

}  // namespace margingate::models
