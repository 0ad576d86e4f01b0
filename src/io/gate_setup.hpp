// From a market and a parameter set to everything a gate and its revaluer are built from.
//
// Shape    configuration, surface, names, and the ticks that the first table needs.
// Units    as in the public headers; ticks carry the market's time.
// Sign     as in the public headers.
// Range    limits keep their defaults: the caller knows its accounts and quantities.
// Errors   FileError when an instrument does not fit the model's numeraire.
// Threads  a value.
// Cost     cold.
// Source   docs/methodology.md MR-01; docs/formats.md.
#pragma once

#include <vector>

#include "io/instrument_directory.hpp"
#include "io/market_file.hpp"
#include "margingate/gate.hpp"
#include "margingate/market.hpp"
#include "margingate/order.hpp"
#include "models/parameter_set.hpp"

namespace margingate::io {

struct GateSetupOptions {
  int money_decimals = 8;
  int price_decimals = 8;
};

struct GateSetup {
  GateConfig config;
  Market market;
  InstrumentDirectory directory;
  std::vector<SpotTick> spot_ticks;
  std::vector<AssetTick> asset_ticks;
};

// One risk unit per underlying that an instrument refers to. A model that counts in a coin takes
// the instruments and the collateral of that coin alone; otherwise everything in the market.
[[nodiscard]] GateSetup make_gate_setup(const MarketFile& market,
                                        const models::ParameterSet& parameters,
                                        const GateSetupOptions& options = {});

// Nearest price unit. FileError naming `place` when it is no positive price of the gate.
[[nodiscard]] Price to_price(double price, int price_decimals, const std::string& file,
                             const std::string& place);

}  // namespace margingate::io
