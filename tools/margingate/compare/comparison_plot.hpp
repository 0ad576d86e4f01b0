// A comparison as a drawing: one row per model, one panel of bars per measure.
#pragma once

#include <string>

#include "compare/comparison.hpp"

namespace margingate::compare {

[[nodiscard]] std::string comparison_svg(const Comparison& comparison);

}  // namespace margingate::compare
