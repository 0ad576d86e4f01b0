// A statement in the terms of its model: reported vectors, what drives the worst scenario, JSON.
//
// Shape    functions of a WhatIf; JSON keys as in docs/formats.md.
// Units    decimal amounts of the statement's currency.
// Sign     losses positive, gains negative.
// Range    any statement.
// Errors   none.
// Threads  pure.
// Cost     cold.
// Source   docs/formats.md, "statement".
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "io/what_if.hpp"
#include "margingate/margin_model.hpp"
#include "margingate/statement.hpp"

namespace margingate::io {

// Losses by scenario as the model reports them: less the deductible, gains times the gain offset.
[[nodiscard]] std::vector<double> aggregated_losses(const WhatIf& what_if,
                                                    const RiskUnitStatement& unit);

// Whether the unit's losses add up with those of others before anything is charged for them.
[[nodiscard]] bool is_pooled(const WhatIf& what_if, const RiskUnitStatement& unit);

// Where the loss that scan risk is taken from stands among the unit's: of the scenario's
// alternatives the one that counts, the first of equals (MR-42).
[[nodiscard]] std::uint32_t worst_entry(const WhatIf& what_if, const RiskUnitStatement& unit);

// The same as a scenario; nullptr for models without scenarios.
[[nodiscard]] const Scenario* worst_scenario(const WhatIf& what_if, const RiskUnitStatement& unit);

// The lowest band of the model that the account is in; nullptr when it is in none, or the model
// names none.
[[nodiscard]] const MarginBand* band_of(const WhatIf& what_if);

// An instrument's part of its unit's loss in the worst scenario, before the deductible.
struct LossDriver {
  std::string instrument;
  double loss = 0.0;           // positions, and working orders as far as they lose
  double share_of_loss = 0.0;  // of the losing instruments' sum; negative for those that gain
};

// Largest loss first, gains last.
[[nodiscard]] std::vector<LossDriver> loss_drivers(const WhatIf& what_if,
                                                   const RiskUnitStatement& unit);

[[nodiscard]] nlohmann::ordered_json statement_json(const WhatIf& what_if);
[[nodiscard]] nlohmann::ordered_json order_json(const WhatIf& what_if);

}  // namespace margingate::io
