// Risk-array parameters from a file of either format, told apart by how it begins.
//
// Shape    a file in, one set that validation accepted as a whole out.
// Units    see risk_arrays/parameter_set.hpp.
// Sign     see there.
// Range    see the reader of each format.
// Errors   FileError.
// Threads  pure apart from the file system.
// Cost     one pass.
// Source   docs/formats.md, "risk arrays".
#pragma once

#include <string>

#include "risk_arrays/parameter_set.hpp"

namespace margingate::io {

// XML begins with '<', after blanks or a byte order mark; everything else is fixed-width.
[[nodiscard]] risk_arrays::ParameterSet read_risk_arrays(const std::string& path);

}  // namespace margingate::io
