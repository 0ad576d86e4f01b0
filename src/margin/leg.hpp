// One account's holding in one instrument, working orders included.
//
// Shape    a value of four integers.
// Units    lots; entry_cash in money units of the settlement asset.
// Sign     net signed, long positive; working quantities >= 0; entry_cash: received positive.
// Range    |net| + working_buys + working_sells <= GateLimits::quantity_max.
// Errors   none.
// Threads  a value.
// Cost     none.
// Source   docs/methodology.md, "Positions and working orders".
#pragma once

#include <cstdint>

namespace margingate::margin {

struct LegState {
  std::int64_t net = 0;
  std::int64_t working_buys = 0;
  std::int64_t working_sells = 0;
  std::int64_t entry_cash = 0;

  friend constexpr bool operator==(const LegState&, const LegState&) noexcept = default;

  [[nodiscard]] constexpr std::int64_t gross_net() const noexcept { return net < 0 ? -net : net; }
  [[nodiscard]] constexpr std::int64_t lots() const noexcept {
    return gross_net() + working_buys + working_sells;
  }
  [[nodiscard]] constexpr bool is_flat() const noexcept { return lots() == 0; }
};

}  // namespace margingate::margin
