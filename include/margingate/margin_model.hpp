// A margin model as data: scenario set, reducer, charges, credits and factors.
//
// Shape    one RiskUnitModel per risk unit plus what combines them.
// Units    price moves and rates are fractions (0.16 = 16 %); amounts are in quote currency
//          where the name ends in _quote, otherwise in the gate's numeraire.
// Sign     charges add to the requirement, credits subtract.
// Range    stated per field; validate_margin_model reports every violation.
// Errors   none thrown; issues name the risk unit and the field.
// Threads  immutable once a gate is built from it.
// Cost     the engine's work depends on the counts here, not on which house the numbers come from.
// Source   docs/models/ has one page per model; numbers live in params/ with source and date.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "margingate/ids.hpp"

namespace margingate {

// Multiplies volatility by max(0, 1 + clamp(k * cap / reach, -cap, cap)), k = ln(strike / forward)
// or its magnitude, where with r = sqrt(years to expiry)
//   cap   = max(0, cap + cap_per_root_year * r)
//   reach = max(reach_minimum, r * width * (volatility + volatility_per_root_year * r))
// The forward is that of the published table. Off while both caps are zero.
struct VolatilitySkew {
  double cap = 0.0;                       // -100 .. 100
  double cap_per_root_year = 0.0;         // -100 .. 100
  double width = 0.0;                     // 0 .. 1000
  double volatility = 0.0;                // 0 .. 100
  double volatility_per_root_year = 0.0;  // -100 .. 100
  double reach_minimum = 0.01;            // 1e-6 .. 100
  bool both_sides = false;                // k without its sign

  [[nodiscard]] bool applies() const noexcept { return cap != 0.0 || cap_per_root_year != 0.0; }
  friend bool operator==(const VolatilitySkew&, const VolatilitySkew&) = default;
};

// sigma' = max(sigma * skew * (1 + relative * (pivot_days / days)^power), minimum), with power
// chosen by days < pivot_days; never below zero.
struct VolatilityShock {
  double relative = 0.0;      // > -1
  double minimum = 0.0;       // floor of the shocked volatility, fraction per year
  double short_power = 0.0;   // days < pivot_days
  double long_power = 0.0;    // days >= pivot_days
  double pivot_days = 30.0;   // > 0
  bool whole_days = false;    // days to expiry are rounded up in the power
  double days_forward = 0.0;  // the option is valued this much later, at the earliest at expiry
  double days_minimum = 0.0;  // in the power; 0 .. 3650

  friend bool operator==(const VolatilityShock&, const VolatilityShock&) = default;
};

// What an option's shocked value is multiplied by before the unshocked one is compared with it:
// base * exp(years * (rate_share * r + annual_rate)), r the contract's interest rate; where capped,
// at most exp(r * years).
struct ValueScale {
  double base = 1.0;         // 0 .. 10
  double rate_share = 0.0;   // -10 .. 10
  double annual_rate = 0.0;  // -10 .. 10
  bool at_most_undiscounted = false;

  friend bool operator==(const ValueScale&, const ValueScale&) = default;
};

struct Scenario {
  double price_move = 0.0;  // > -1
  VolatilityShock volatility;
  double weight = 1.0;            // share of the loss that counts; below 0: the scenario backwards
  double deductible_quote = 0.0;  // taken off the unit's loss in this scenario, down to zero
  double weight_per_year = 0.0;   // added to the weight per year to the contract's expiry
  ValueScale shocked_value = {};
  VolatilitySkew skew = {};
};

// Whose price a move or a notional of a future or perpetual is of.
enum class PriceBase : std::uint8_t {
  forward,  // its own mark
  spot,     // that of the underlying
};

enum class ReducerKind : std::uint8_t {
  worst,      // the largest loss
  quantile,   // the loss at a confidence: losses k and k + 1 from the largest, interpolated
  tail_mean,  // the mean of the losses beyond a confidence (expected shortfall)
};

// How the losses of n scenarios become one amount, never below zero. With the losses from the
// largest down, loss i standing at i - 1/2: quantile is the loss at (1 - confidence) * n, linear
// between its neighbours; tail_mean is the mean of the first (1 - confidence) * n, of which the
// last may count in part.
struct Reducer {
  ReducerKind kind = ReducerKind::worst;
  double confidence = 0.99;  // 0 .. 0.999999

  friend bool operator==(const Reducer&, const Reducer&) = default;
};

// Several scenario sets of one portfolio, one after the other, each with a reducer of its own.
struct ScenarioPart {
  std::uint32_t scenarios = 0;  // multiple of scenario_lane_multiple, but for the last part
  Reducer reducer;
  double weight = 1.0;  // of the reducer's amount, rounded up; more than 0, at most 1

  friend bool operator==(const ScenarioPart&, const ScenarioPart&) = default;
};

enum class PartsTogether : std::uint8_t { sum, largest };

// Where there are parts, they stand for the one reducer; alternatives are then not allowed.
struct ScenarioParts {
  std::vector<ScenarioPart> parts{};  // none, or 2 .. scenario_parts_max covering all scenarios
  PartsTogether together = PartsTogether::sum;  // the weights then sum to at most 1

  friend bool operator==(const ScenarioParts&, const ScenarioParts&) = default;
};

// reducer over s of loss[s] - deductible[s].
struct ScanRisk {
  std::vector<Scenario> scenarios;  // at most scenarios_max
  Reducer reducer;
  ScenarioParts parts{};
  // `scenarios` is so many blocks of n: i, i + n, i + 2n ... are alternatives of scenario i, whose
  // loss is the largest of theirs for the unit as a whole.
  std::uint32_t alternatives = 1;
  // Of the last two alternatives the smaller counts, as one. Only in a pool.
  bool lesser_of_last_two = false;
  bool at_least_zero = false;  // nothing lost, nothing gained is one more alternative
  // Rounding of the worst loss before anything is added: decimals of the numeraire; -1 = none.
  int rounding_decimals = -1;
  // Gains in the reported scenario vector are multiplied by this; no effect on the worst loss.
  double gain_offset = 1.0;
  PriceBase delta_one_moves = PriceBase::forward;  // linear futures and perpetuals
};

// Per expiry: |net delta| * max(minimum_rate, exp(annualised_move * years) - 1); perpetuals use
// minimum_rate, spot pays spot_rate. Expiries do not net, nor do they with perpetuals or spot.
struct ExpiryDeltaCharge {
  double minimum_rate = 0.0;     // 0 .. 1
  double annualised_move = 0.0;  // 0 .. 10
  double spot_rate = 0.0;        // 0 .. 1
};

// Per strike of an expiry: rate * notional of the lots by which its calls and puts together are
// short. Off while the initial rate is zero; a unit has this charge or that by expiry delta.
struct StrikeNetting {
  double initial_rate = 0.0;      // 0 .. 10
  double maintenance_rate = 0.0;  // 0 .. initial_rate
};

// |D| * min(rate_per_unit * max(|D| - threshold, 0), rate_max), with D the delta that long options
// may shrink but never flip or grow. Off while rate_max is zero.
struct DeltaShock {
  double rate_per_unit = 0.0;    // per unit of the underlying
  double threshold_quote = 0.0;  // divided by the spot to give units
  double rate_max = 0.0;         // 0 .. 1
};

enum class SizeUnit : std::uint8_t {
  notional_quote,  // of the leg, in quote currency
  underlying,      // of the leg, in units of the underlying
};

// Above `from` the rate is higher by `added_rate`: tiers are marginal, each slice pays its own.
struct SizeTier {
  double from = 0.0;        // in the scaling's unit, ascending
  double added_rate = 0.0;  // 0 .. 10, over the tier below
};

// What a charge adds on top of its rates as a leg grows, either direction alike. With N the leg's
// notional and z its size: N * linear_rate * z + N * max(0, square_root_rate * sqrt(z) - base_rate)
// + the tiers' slices, at most 2 * N. Convex in the size up to there.
struct SizeScaling {
  SizeUnit unit = SizeUnit::notional_quote;
  double linear_rate = 0.0;       // per unit of size, 0 .. 1
  double square_root_rate = 0.0;  // 0 .. 1
  double base_rate = 0.0;         // what the square root has to exceed, 0 .. 10
  std::vector<SizeTier> tiers{};

  [[nodiscard]] bool applies() const noexcept {
    return linear_rate > 0.0 || square_root_rate > 0.0 || !tiers.empty();
  }
};

// Which margin a charge is part of.
enum class MarginScope : std::uint8_t { both, initial, maintenance };

// A rate that rises with the open interest of the whole market, from what the charge says to one:
// rate + (1 - rate) * clamp((open interest - lower) / (upper - lower), 0, 1). Off while upper is 0.
struct OpenInterestScaling {
  double lower_quote = 0.0;
  double upper_quote = 0.0;  // > lower_quote
};

enum class OptionTypes : std::uint8_t { both, calls, puts };

// Amount per contract held (or that could be held if working orders fill), longs and shorts apart:
//   long:  long_amount  + long_rate  * notional + long_mark_rate * option value
//   short: short_amount + short_rate * notional + max(out-of-the-money part, mark part)
//          out-of-the-money part: max(short_otm_base - otm / spot, short_otm_minimum) * notional
//          mark part: max(short_mark_rate * option value, short_mark_floor * notional)
//          both parts zero unless their rates are given, and only for options.
struct ExposureCharge {
  std::vector<std::uint8_t> kinds;  // InstrumentKind values it applies to
  double long_rate = 0.0;
  double short_rate = 0.0;
  double long_amount_quote = 0.0;   // per contract, 0 .. 10^9; quote form only
  double short_amount_quote = 0.0;  // likewise
  double long_mark_rate = 0.0;
  double short_otm_base = 0.0;
  double short_otm_minimum = 0.0;
  double short_mark_rate = 0.0;                  // 0 .. 10
  double short_mark_floor = 0.0;                 // 0 .. 10
  OptionTypes option_types = OptionTypes::both;  // of options, which it applies to
  PriceBase notional_price = PriceBase::forward;
  MarginScope scope = MarginScope::both;
  SizeScaling scaling{};  // at most one charge of a list scales for an instrument and a margin
  OpenInterestScaling open_interest{};
  // Both rates count 1 - confidence of the quote while that is below this, and nothing otherwise.
  // Off while zero.
  double confidence_threshold = 0.0;  // 0 .. 1
};

// From `from_quote` on, a unit's floor counts `multiplier` times, slice by slice.
struct MultiplierTier {
  double from_quote = 0.0;  // ascending, the first 0
  double multiplier = 1.0;  // 1 .. 1000, not falling
};

struct RiskUnitModel {
  ScanRisk scan;
  ExpiryDeltaCharge expiry_delta;
  StrikeNetting strike_netting;
  DeltaShock delta_shock;
  std::vector<ExposureCharge> added;  // on top of scan risk
  std::vector<ExposureCharge> floor;  // scan risk is at least their sum
  // The unit's whole requirement is at least their sum, multiplied by tier (quote form only).
  std::vector<ExposureCharge> total_floor;
  std::vector<MultiplierTier> total_floor_tiers;
  double delta_decay_minutes = 0.0;  // option deltas fade linearly to zero before expiry
  bool discounts_options = false;    // option values by exp(-interest rate * years)
};

// Risk units whose losses add up scenario by scenario. A unit's gain in a scenario pays for losses
// of the others at `gain_share`, rounded down.
struct ScanGroup {
  std::vector<RiskUnitId> units;
  double gain_share = 1.0;  // 0 .. 1
};

// Groups whose losses add up likewise, before a reducer makes one amount of them. That amount, or
// the sum of the units' floors if it is larger, stands for what the units would need for their
// scenarios by themselves; their other charges stay. All have the same number of scenarios, no
// deductibles, and leave reducer and rounding to the pool; a unit is in one pool at most.
struct ScanPool {
  std::vector<ScanGroup> groups;
  double gain_share = 1.0;  // 0 .. 1, of a group's gain
  Reducer reducer;
  ScenarioParts parts{};
  int rounding_decimals = -1;  // as in ScanRisk
  // Of the reducer's amount, after rounding; floors and other charges are not multiplied.
  double initial_factor = 1.0;      // more than 0, at most 10
  double maintenance_factor = 1.0;  // more than 0, at most initial_factor
};

// How much of a credit counts as the correlation of the two units' returns goes: nothing up to
// `none_below`, all of it from `full_from` on, in proportion between. Off while full_from is zero.
struct CreditCorrelation {
  double none_below = 0.0;  // -1 .. full_from, exclusive
  double full_from = 0.0;   // up to 1

  [[nodiscard]] bool applies() const noexcept { return full_from != 0.0; }
};

// rate * min(scan risk a, scan risk b) while the two units are certainly long and short, for every
// way their working orders may fill.
struct OffsetCredit {
  RiskUnitId first;
  RiskUnitId second;
  double rate = 0.0;  // 0 .. 1; the rates naming one unit sum to at most 1
  CreditCorrelation correlation{};
};

// Losses of a contract that are given instead of priced: in all scenarios of its unit, the same
// whatever the spot does until other ones are given. Quote form only.
struct DeliveredRow {
  InstrumentId instrument;
  std::vector<double> losses_quote{};  // of one long contract, by scenario of its unit
  double value_quote = 0.0;            // of one long contract; options only
  double delta_quote = 0.0;            // of one long contract, as money
  double expiry_delta_quote = 0.0;     // what its expiry's charge is of: net amounts, either way
};

enum class UnrealisedProfit : std::uint8_t {
  counted,      // gains and losses of all positions are equity of the account
  losses_only,  // each position's loss counts, no position's gain does (isolated collateral)
};

// A state of an account by the ratio of its equity to its maintenance margin.
struct MarginBand {
  std::string name;    // as users read it, e.g. "reduce only"
  double ratio = 1.0;  // the account is in the band while equity < ratio * maintenance margin
};

struct MarginModel {
  std::string name;                   // as users call it, e.g. "portfolio"
  std::string parameters;             // name of the parameter set
  std::vector<RiskUnitModel> units;   // by RiskUnitId
  std::vector<OffsetCredit> credits;  // of units that are in no pool
  std::vector<ScanPool> pools;
  std::vector<DeliveredRow> delivered{};  // by ascending instrument; none for what is priced
  UnrealisedProfit unrealised_profit = UnrealisedProfit::counted;
  double initial_factor = 1.0;      // > 0; of the risk part
  double maintenance_factor = 1.0;  // 0 < maintenance <= initial; of the risk part
  // By falling ratio; where there are none, one band "liquidation" at 1.
  std::vector<MarginBand> bands;
  // Equity that an account must have to move to this model, and to stay with it; numeraire.
  double minimum_equity_to_enter = 0.0;  // minimum_equity_to_keep .. 10^12
  double minimum_equity_to_keep = 0.0;   // 0 .. 10^12
};

struct ModelIssue {
  std::string where;  // e.g. "units[0].scan.scenarios[3].weight"
  std::string expected;
};

// All violations of the ranges above; empty means the model may be used.
std::vector<ModelIssue> validate_margin_model(const MarginModel& model);

}  // namespace margingate
