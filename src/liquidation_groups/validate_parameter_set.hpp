// Accepts or refuses the parameters of liquidation groups as a whole.
//
// Shape    every issue found, up to issue_count_max of them; none: the set is accepted.
// Units    as in parameter_set.hpp.
// Sign     as in parameter_set.hpp.
// Range    see the expectations.
// Errors   none: issues are the result.
// Threads  pure.
// Cost     one pass.
// Source   docs/models/liquidation-groups.md.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "liquidation_groups/parameter_set.hpp"

namespace margingate::liquidation_groups {

inline constexpr std::size_t issue_count_max = 100;
inline constexpr std::size_t scenario_count_max = 100'000;
inline constexpr std::size_t sub_sample_count_max = 16;

struct ParameterIssue {
  std::string place;
  std::string expected;
};

[[nodiscard]] std::vector<ParameterIssue> validate_parameter_set(const ParameterSet& set);

}  // namespace margingate::liquidation_groups
