// Risk-array parameters from a fixed-width file (expanded unpacked, format "U2").
//
// Shape    a file or its text in, one set that validation accepted as a whole out.
// Units    see risk_arrays/parameter_set.hpp.
// Sign     see there.
// Range    lines of at most positional_line_size_max characters; unknown kinds of record are
//          skipped, lines may end early except inside a risk array.
// Errors   FileError naming the line, and columns where one field is wrong.
// Threads  pure apart from the file system.
// Cost     one pass; about 400 bytes a contract.
// Source   docs/formats.md, "fixed-width risk arrays".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "risk_arrays/parameter_set.hpp"

namespace margingate::io {

inline constexpr std::size_t positional_line_size_max = 1000;

[[nodiscard]] risk_arrays::ParameterSet read_positional_risk_arrays(const std::string& path);
[[nodiscard]] risk_arrays::ParameterSet parse_positional_risk_arrays(const std::string& file,
                                                                     std::string_view text);

}  // namespace margingate::io
