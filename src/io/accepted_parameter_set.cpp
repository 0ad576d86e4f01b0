#include "io/accepted_parameter_set.hpp"

#include <utility>

#include "io/file_error.hpp"
#include "risk_arrays/validate_parameter_set.hpp"

namespace margingate::io {

risk_arrays::ParameterSet accepted_parameter_set(const std::string& file,
                                                 risk_arrays::ParameterSet&& candidate) {
  risk_arrays::sort_contracts(candidate);
  const auto issues = risk_arrays::validate_parameter_set(candidate);
  if (!issues.empty()) {
    const std::size_t more = issues.size() - 1;
    const std::string rest = more == 0 ? "" : " (and " + std::to_string(more) + " more issues)";
    throw FileError(file, issues.front().place, issues.front().expected + rest);
  }
  return std::move(candidate);
}

}  // namespace margingate::io
