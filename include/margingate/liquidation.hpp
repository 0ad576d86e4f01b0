// What a breach of a model puts at risk.
//
// Shape    derived from the model's data: which collateral answers for which position.
// Units    none.
// Sign     none.
// Range    any valid model.
// Errors   none.
// Threads  pure.
// Cost     cold.
// Source   docs/liquidation.md.
#pragma once

#include <cstdint>
#include <string_view>

#include "margingate/margin_model.hpp"

namespace margingate {

enum class LiquidationScope : std::uint8_t {
  position,       // each position answers for itself alone (isolated)
  positions,      // any position of the account, one after the other (cross)
  whole_account,  // positions hedge one another: the account is reduced as a whole (portfolio)
};

// No gain of one position helps another: position. Charges without scenarios: positions.
// Scenarios, under which positions offset one another: whole_account.
[[nodiscard]] LiquidationScope liquidation_scope(const MarginModel& model);

std::string_view to_string(LiquidationScope scope) noexcept;

}  // namespace margingate
