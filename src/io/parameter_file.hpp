// Parameter files: the numbers of one margin model with name, date, source and confidence.
//
// Shape    params/*.json into models::ParameterSet.
// Units    fractions throughout; see the model's header.
// Sign     see there.
// Range    what validate_margin_model accepts, checked with the file's own paths.
// Errors   FileError.
// Threads  a value.
// Cost     cold.
// Source   docs/formats.md, "parameter files".
#pragma once

#include <string>
#include <string_view>

#include "models/parameter_set.hpp"

namespace margingate::io {

[[nodiscard]] models::ParameterSet read_parameter_file(const std::string& path);
[[nodiscard]] models::ParameterSet parse_parameter_file(const std::string& file,
                                                        std::string_view text);

}  // namespace margingate::io
