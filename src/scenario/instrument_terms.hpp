// A contract's terms resolved for computation: payoff form, scaling and rounding exponent.
//
// Shape    one per instrument, by InstrumentId.
// Units    lot_scale: money units of the settlement currency per price unit of 1.0 and lot.
//          trade_*: the rational that turns integer price times lots into integer money.
// Sign     positive.
// Range    validated when the gate is built.
// Errors   none here.
// Threads  immutable after preparation.
// Cost     built once per gate.
// Source   docs/methodology.md MR-01, MR-06, MR-07, MR-13.
#pragma once

#include <cstdint>

#include "margingate/instrument.hpp"
#include "scenario/risk_unit_terms.hpp"

namespace margingate::scenario {

__extension__ typedef __int128 Int128;

// Which row of MR-06 applies.
enum class PayoffForm : std::uint8_t { linear, inverse_quote, inverse_coin };

struct InstrumentTerms {
  InstrumentKind kind = InstrumentKind::spot;
  PayoffForm form = PayoffForm::linear;
  bool is_option = false;
  bool is_call = false;
  bool is_american = false;        // may be exercised before it expires; linear
  bool settles_in_coin = false;    // profit is coin while the numeraire is not
  bool reciprocal_price = false;   // inverse delta-one: value is -numerator / (price * denominator)
  std::uint8_t expiry_bucket = 0;  // 0: perpetuals and spot
  std::uint8_t risk_unit = 0;
  std::uint8_t settlement_asset = 0;
  std::int32_t exponent = 0;     // e of MR-07
  std::int64_t fee_ppb = 0;      // most that a trade pays, of its value
  std::int64_t legs_scaled = 0;  // combos: sum of |ratio| * 2^exponent of the legs
  double lot_scale = 0.0;        // c of MR-06
  double lot_size = 0.0;         // c without money units: contract size per lot
  double contract_scale = 0.0;   // money units a lot of one quote currency a contract
  double strike = 0.0;
  std::int8_t size = -1;              // index into RiskUnitTerms::sizes; -1: no charge scales
  std::int8_t maintenance_size = -1;  // likewise for maintenance margin
  std::int32_t delivered = -1;        // index into RiskUnitTerms::delivered; -1: it is priced
  double lot_magnitude = 0.0;         // m * N of MR-07, in the numeraire
  Timestamp expiry;
  Int128 trade_numerator = 1;    // value of n lots at integer price p:
  Int128 trade_denominator = 1;  //   n * p * numerator / denominator, or reciprocal

  // What a lot counts in the limit on magnitudes, margin::scaled_lots_max.
  [[nodiscard]] constexpr std::int64_t scaled_lot() const noexcept {
    return (std::int64_t{1} << exponent) + legs_scaled;
  }
};

// e of MR-07, for amounts of this size per lot.
[[nodiscard]] std::int32_t rounding_exponent(double lot_magnitude, double money_scale);

// risk_unit terms must be prepared; expiry_bucket is assigned by the caller.
[[nodiscard]] InstrumentTerms prepare_instrument(const Instrument& instrument,
                                                 const RiskUnitTerms& unit, double reference_price,
                                                 int money_decimals, int price_decimals);

}  // namespace margingate::scenario
