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
#include <vector>

#include "margingate/ids.hpp"
#include "margingate/units.hpp"

namespace margingate {

enum class InstrumentKind : std::uint8_t { spot, perpetual, future, option };

// linear: profit in quote currency per unit of underlying. inverse: profit in the coin.
enum class Payoff : std::uint8_t { linear, inverse };

enum class OptionType : std::uint8_t { call, put };

// When an option may be exercised. american: linear payoff in quote form only.
enum class ExerciseStyle : std::uint8_t { european, american };

struct Instrument {
  InstrumentKind kind = InstrumentKind::spot;
  Payoff payoff = Payoff::linear;
  OptionType option_type = OptionType::call;  // options only
  UnderlyingId underlying;
  RiskUnitId risk_unit;
  AssetId settlement_asset;
  double contract_size = 1.0;
  std::int64_t lots_per_contract = 1;
  double strike = 0.0;                                     // options only
  Timestamp expiry;                                        // futures and options only
  ExerciseStyle exercise_style = ExerciseStyle::european;  // options only
  // Most that a trade may pay in fees, as a share of its value: reserved with each order. 0 .. 0.1
  double fee_rate_max = 0.0;
};

// Several instruments that trade as one, only in these ratios: an order for the combo is one order.
// All legs are of one risk unit, payoff, contract size and settlement asset; no inverse futures.
struct ComboLeg {
  InstrumentId instrument;
  std::int32_t ratio = 1;  // lots bought (sold if negative) with one lot of the combo
};
inline constexpr std::uint32_t combo_legs_max = 8;
struct Combo {
  std::vector<ComboLeg> legs;  // 2 .. combo_legs_max
};

// Instruments whose quotes one protection limit covers: no more lots than that trade in all of them
// together before the host pulls them. Alike as the legs of a combo.
struct QuoteGroup {
  std::vector<InstrumentId> instruments;  // 1 .. 4096, ascending
};

// What a price moves: an index with its coin, if the coin is an asset the gate knows.
struct Underlying {
  AssetId asset;           // the coin itself
  double reference_price;  // quote currency; only scales rounding, see docs/numerics.md
};

// Collateral asset. A positive net balance counts at 1 - haircut, a negative one in full.
// Of what lies above `from`, this much more is cut off: tiers are marginal.
struct HaircutTier {
  double from = 0.0;           // ascending, >= 0
  double added_haircut = 0.0;  // 0 .. 1; with those below it at most 1
};

struct Asset {
  double haircut = 0.0;  // 0 .. 1
  std::vector<HaircutTier> haircut_tiers{};
  bool tiers_in_value = false;  // `from` is in the numeraire instead of units of the asset
  // Of what an account owes in this asset, added to its margin outside the model's factors.
  double borrow_initial_rate = 0.0;      // 0 .. 10
  double borrow_maintenance_rate = 0.0;  // 0 .. 10
};

}  // namespace margingate
