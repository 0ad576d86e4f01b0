// What each model calls the engine's charges.
//
// Shape    static text per model name; the engine's own words for an unknown model.
// Units    none.
// Sign     none.
// Range    none.
// Errors   none.
// Threads  pure.
// Cost     cold.
// Source   docs/models/.
#pragma once

#include <string_view>

namespace margingate::models {

struct ChargeNames {
  std::string_view expiry_delta = "expiry_delta";
  std::string_view delta_shock = "delta_shock";
  std::string_view added = "added";
};

[[nodiscard]] ChargeNames charge_names(std::string_view model);

}  // namespace margingate::models
