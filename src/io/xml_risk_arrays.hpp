// Risk-array parameters from an XML file (fileFormat 4.00), read as it streams by.
//
// Shape    a file or its text in, one set that validation accepted as a whole out.
// Units    see risk_arrays/parameter_set.hpp.
// Sign     see there.
// Range    what xml_stream.hpp allows; elements that margin does not need are skipped.
// Errors   FileError naming line and element path.
// Threads  pure apart from the file system.
// Cost     one pass; about 400 bytes a contract.
// Source   docs/formats.md, "XML risk arrays".
#pragma once

#include <string>
#include <string_view>

#include "risk_arrays/parameter_set.hpp"

namespace margingate::io {

[[nodiscard]] risk_arrays::ParameterSet read_xml_risk_arrays(const std::string& path);
[[nodiscard]] risk_arrays::ParameterSet parse_xml_risk_arrays(const std::string& file,
                                                              std::string_view text);

}  // namespace margingate::io
