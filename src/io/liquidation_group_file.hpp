// Parameters of liquidation groups and positions under them, from JSON.
//
// Shape    a file in; one set that validation accepted as a whole, or positions of it, out.
// Units    see liquidation_groups/parameter_set.hpp; a weight is a fraction under "weight" or per
//          cent under "weight_percent".
// Sign     see there; quantities of positions are signed.
// Range    see liquidation_groups/validate_parameter_set.hpp.
// Errors   FileError with the path of what is wrong.
// Threads  pure apart from the file system.
// Cost     one pass.
// Source   docs/formats.md, "liquidation groups".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "liquidation_groups/account_margin.hpp"

namespace margingate::io {

[[nodiscard]] liquidation_groups::ParameterSet read_liquidation_groups(const std::string& path);
[[nodiscard]] liquidation_groups::ParameterSet parse_liquidation_groups(const std::string& file,
                                                                        std::string_view text);

struct LiquidationGroupPositions {
  std::string account;
  std::vector<liquidation_groups::InstrumentPosition> positions;
};

[[nodiscard]] LiquidationGroupPositions read_liquidation_group_positions(
    const std::string& path, const liquidation_groups::ParameterSet& set);
[[nodiscard]] LiquidationGroupPositions parse_liquidation_group_positions(
    const std::string& file, std::string_view text, const liquidation_groups::ParameterSet& set);

}  // namespace margingate::io
