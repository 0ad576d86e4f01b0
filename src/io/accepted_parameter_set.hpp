// The last step of every reader of risk arrays: a set is accepted as a whole, or not at all.
//
// Shape    sorts the contracts of a candidate and validates it.
// Units    none.
// Sign     none.
// Range    none.
// Errors   FileError with the first issue and how many more there are.
// Threads  pure.
// Cost     cold.
// Source   risk_arrays/validate_parameter_set.hpp.
#pragma once

#include <string>

#include "risk_arrays/parameter_set.hpp"

namespace margingate::io {

[[nodiscard]] risk_arrays::ParameterSet accepted_parameter_set(
    const std::string& file, risk_arrays::ParameterSet&& candidate);

}  // namespace margingate::io
