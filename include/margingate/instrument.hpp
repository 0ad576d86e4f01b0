// Contract terms the gate needs, and what they refer to.
//
// Shape    plain values; an instrument is named by its position in GateConfig::instruments.
// Units    contract_size: units of the underlying for linear contracts and all options, units of
//          quote currency for inverse futures and perpetuals. strike: quote currency.
// Sign     all sizes and strikes positive.
// Range    finite; lots_per_contract 1 .. 10^12.
// Errors   Gate::create reports each bad field.
// Threads  values.
// Cost     read while building tables, not on the order path.
// Source   docs/formats.md; payoff conventions in docs/methodology.md.
#pragma once

#include <cstdint>

#include "margingate/ids.hpp"
#include "margingate/units.hpp"

namespace margingate {

enum class InstrumentKind : std::uint8_t { spot, perpetual, future, option };

// linear: profit in quote currency per unit of underlying. inverse: profit in the coin.
enum class Payoff : std::uint8_t { linear, inverse };

enum class OptionType : std::uint8_t { call, put };

struct Instrument {
  InstrumentKind kind = InstrumentKind::spot;
  Payoff payoff = Payoff::linear;
  OptionType option_type = OptionType::call;  // options only
  UnderlyingId underlying;
  RiskUnitId risk_unit;
  AssetId settlement_asset;
  double contract_size = 1.0;
  std::int64_t lots_per_contract = 1;
  double strike = 0.0;  // options only
  Timestamp expiry;     // futures and options only
};

// What a price moves: an index with its coin, if the coin is an asset the gate knows.
struct Underlying {
  AssetId asset;           // the coin itself
  double reference_price;  // quote currency; only scales rounding, see docs/numerics.md
};

// Collateral asset. A positive net balance counts at 1 - haircut, a negative one in full.
struct Asset {
  double haircut = 0.0;  // 0 .. 1
};

}  // namespace margingate
