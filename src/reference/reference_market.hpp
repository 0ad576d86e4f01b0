// Everything outside the account that a decision may depend on.
//
// Shape    vectors by UnderlyingId, asset_prices by AssetId.
// Units    prices in 10^-price_decimals; asset prices of the numeraire.
// Sign     prices positive; a live spot that is not positive is not known.
// Range    sizes equal those of the GateConfig; config and model validated by Gate::create.
// Errors   none.
// Threads  a value that points to a configuration and a surface, which must outlive it.
// Cost     none.
// Source   MR-02.
#pragma once

#include <optional>
#include <vector>

#include "margingate/gate.hpp"
#include "margingate/market.hpp"
#include "margingate/units.hpp"

namespace margingate::reference {

struct ReferenceMarket {
  const GateConfig* config = nullptr;
  const Market* surface = nullptr;                 // quotes observed at surface->spots, Z
  Timestamp as_of;                                 // clock of the published table
  std::vector<Price> table_spots;                  // S0
  std::vector<Price> live_spots;                   // S
  std::vector<std::optional<Price>> asset_prices;  // for assets that are no underlying's coin
};

}  // namespace margingate::reference
