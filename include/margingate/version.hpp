// Version of the library: the single place it is written down; the build reads it from here.
//
// Shape    three numbers and the same three as text, "major.minor.patch".
// Units    none.
// Sign     none.
// Range    none.
// Errors   none.
// Threads  constants.
// Cost     none.
// Source   semantic versioning 2.0; before 1.0 a minor version may break the API.
#pragma once

#include <string_view>

namespace margingate {

inline constexpr int version_major = 0;
inline constexpr int version_minor = 1;
inline constexpr int version_patch = 0;
inline constexpr std::string_view version_string = "0.1.0";

}  // namespace margingate
