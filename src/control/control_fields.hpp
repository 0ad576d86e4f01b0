// The limits of a scope by Control, for code that treats them alike.
#pragma once

#include <array>

#include "margingate/controls.hpp"

namespace margingate {

inline constexpr std::array<Limit ScopeLimits::*, controls_count> control_fields = {
    &ScopeLimits::order_quantity,
    &ScopeLimits::order_notional,
    &ScopeLimits::messages,
    &ScopeLimits::duplicate_orders,
    &ScopeLimits::repeated_executions,
    &ScopeLimits::open_orders,
    &ScopeLimits::open_order_value,
    &ScopeLimits::position,
    &ScopeLimits::open_interest,
    &ScopeLimits::delta,
    &ScopeLimits::gamma,
    &ScopeLimits::vega,
    &ScopeLimits::initial_margin,
    &ScopeLimits::daily_loss,
};

}  // namespace margingate
