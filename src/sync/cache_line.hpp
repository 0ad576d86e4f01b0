// The one constant that keeps lines written by different threads apart.
#pragma once

#include <cstddef>

namespace margingate::sync {

// Two 64-byte lines, because adjacent lines are fetched in pairs. A constant of our own: the
// standard one may change with compiler flags, and with it the layout.
inline constexpr std::size_t cache_line_pair_bytes = 128;

}  // namespace margingate::sync
