// Accepts or refuses a set of risk-array parameters as a whole.
//
// Shape    every issue found, up to issue_count_max of them; none: the set is accepted.
// Units    as in parameter_set.hpp.
// Sign     as in parameter_set.hpp.
// Range    see the expectations.
// Errors   none: issues are the result.
// Threads  pure.
// Cost     one pass.
// Source   docs/models/risk-array.md.
#pragma once

#include <string>
#include <vector>

#include "risk_arrays/parameter_set.hpp"

namespace margingate::risk_arrays {

inline constexpr std::size_t issue_count_max = 100;
inline constexpr int risk_exponent_max = 9;

struct ParameterIssue {
  std::string place;
  std::string expected;
};

[[nodiscard]] std::vector<ParameterIssue> validate_parameter_set(const ParameterSet& set);

}  // namespace margingate::risk_arrays
