// positions of one account in contracts of a risk-array set.
//
// Shape    a JSON file in; indices into the set's contracts out.
// Units    contracts; fractions are allowed.
// Sign     quantity is signed; long_quantity and short_quantity are not.
// Range    quantities below 10^9.
// Errors   FileError with the path of what is wrong, contracts that the set does not have included.
// Threads  pure apart from the file system.
// Cost     cold.
// Source   docs/formats.md, "positions of risk arrays".
#pragma once

#include <string>
#include <string_view>

#include "risk_arrays/account_margin.hpp"

namespace margingate::io {

struct RiskArrayPositions {
  std::string account;
  risk_arrays::AccountPositions positions;
};

[[nodiscard]] RiskArrayPositions read_risk_array_positions(const std::string& path,
                                                           const risk_arrays::ParameterSet& set);
[[nodiscard]] RiskArrayPositions parse_risk_array_positions(const std::string& file,
                                                            std::string_view text,
                                                            const risk_arrays::ParameterSet& set);

}  // namespace margingate::io
