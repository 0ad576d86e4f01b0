// What one lot of one instrument is worth and loses, at the live spot: MR-02 to MR-11 and MR-17.
//
// Shape    one loss per scenario of the instrument's risk unit.
// Units    money units of the numeraire, per lot; notional the same, not rounded.
// Sign     loss of one long lot positive; charges >= 0.
// Range    see ReferenceRow::reason.
// Errors   an instrument that cannot be priced says why; nothing else in its row is then valid.
// Threads  pure. Safe from any thread.
// Cost     one Black-76 price per scenario for options.
// Source   docs/methodology.md, "market" and "risk array".
#pragma once

#include <cstdint>
#include <vector>

#include "margingate/ids.hpp"
#include "margingate/verdict.hpp"
#include "reference/reference_market.hpp"

namespace margingate::reference {

// MR-17, all charges of one list: what a lot pays that is, or could become, long or short.
struct ExposureRates {
  std::int64_t long_lot = 0;
  std::int64_t short_lot = 0;
};

// MR-51: how a leg pays more for being large.
struct ReferenceSize {
  const ExposureCharge* charge = nullptr;  // null: it does not
  double notional = 0.0;                   // per lot, money units
  double size = 0.0;                       // per lot, in the scaling's unit
};

// What one margin, initial or maintenance, charges for exposure.
struct ReferenceExposure {
  ExposureRates added;
  ExposureRates floor;
  ExposureRates total_floor;
  ReferenceSize size;
};

struct ReferenceRow {
  // accepted, instrument_expired, missing_mark, missing_volatility or risk_array_out_of_range.
  Reason reason = Reason::accepted;
  int exponent = 0;                           // MR-07, e
  std::vector<std::int64_t> losses;           // MR-07, a_s * 2^e
  std::int64_t value = 0;                     // MR-08, v
  std::int64_t delta = 0;                     // MR-09, d
  std::int64_t expiry_delta = 0;              // MR-10, r
  std::int64_t maintenance_expiry_delta = 0;  // MR-70, r
  double notional = 0.0;                      // MR-11
  // Combos, MR-35: the delta their legs have the other way where they count apart, and whether
  // they lie in one expiry.
  bool is_combo = false;
  bool is_in_one_expiry = false;
  std::int64_t delta_against = 0;
  ReferenceExposure initial;
  ReferenceExposure maintenance;
};

[[nodiscard]] ReferenceRow reference_row(const ReferenceMarket& market, InstrumentId instrument);

// MR-07: depends on the configuration alone. 32 means that no usable exponent exists.
[[nodiscard]] int reference_exponent(const GateConfig& config, InstrumentId instrument);

// The contract; of a combo or quote group its first one, whose size, settlement and unit it has.
[[nodiscard]] const Instrument& contract_of(const GateConfig& config, InstrumentId instrument);

// MR-01.
[[nodiscard]] bool is_coin_form(const GateConfig& config, UnderlyingId underlying) noexcept;

// MR-02.
[[nodiscard]] double to_double(Price price, const GateConfig& config) noexcept;

// U, money units in one unit of an asset.
[[nodiscard]] double money_scale(const GateConfig& config) noexcept;

}  // namespace margingate::reference
