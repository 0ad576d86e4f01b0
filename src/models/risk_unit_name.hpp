// Names of risk units in models whose expiries are units of their own: underlying, or
// underlying@expiry.
//
// Shape    pure functions on names.
// Units    an expiry is written as its date and time, UTC.
// Sign     none.
// Range    underlyings have no '@' in their names.
// Errors   none.
// Threads  pure.
// Cost     cold.
// Source   none.
#pragma once

#include <string>
#include <string_view>

#include "margingate/units.hpp"

namespace margingate::models {

[[nodiscard]] std::string expiry_unit_name(const std::string& underlying, Timestamp expiry);

[[nodiscard]] std::string_view underlying_of(std::string_view risk_unit);

}  // namespace margingate::models
