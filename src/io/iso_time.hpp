// ISO 8601 times in UTC, to the nanosecond.
//
// Shape    "2024-06-17T10:22:20.501Z": date, T, time, up to nine fraction digits, Z.
// Units    nanoseconds since 1970.
// Sign     none.
// Range    years 1970 to 2261.
// Errors   nullopt for anything else.
// Threads  pure.
// Cost     cold.
// Source   ISO 8601-1:2019, the proleptic Gregorian calendar.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "margingate/units.hpp"

namespace margingate::io {

[[nodiscard]] std::optional<Timestamp> parse_iso_time(std::string_view text);

// Shortest form: no fraction digits that are zero at the end.
[[nodiscard]] std::string format_iso_time(Timestamp time);

}  // namespace margingate::io
