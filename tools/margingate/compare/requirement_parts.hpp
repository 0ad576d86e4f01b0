// An initial margin as the sum of named parts, in the words of its model.
//
// Shape    a list whose amounts add up to the statement's initial margin.
// Units    decimal amounts of the statement's currency.
// Sign     what adds to the requirement is positive, credits are negative.
// Range    any statement.
// Errors   none.
// Threads  pure.
// Cost     cold.
// Source   docs/methodology.md MR-16 to MR-23.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/what_if.hpp"

namespace margingate::compare {

struct RequirementPart {
  std::string name;
  double amount = 0.0;
  // The risk unit that gives most of it, by its place in the statement; none for parts of the
  // account.
  std::optional<std::size_t> unit;
  bool is_scan_risk = false;
};

// Parts that are zero are left out.
[[nodiscard]] std::vector<RequirementPart> requirement_parts(const io::WhatIf& what_if);

}  // namespace margingate::compare
