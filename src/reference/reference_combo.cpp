#include "reference/reference_combo.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "reference/exact_integer.hpp"

namespace margingate::reference {
namespace {

// Ties to even.
Int128 nearest_quotient(Int128 dividend, std::int64_t divisor) {
  const Int128 whole = floor_quotient(dividend, divisor);
  const Int128 twice_rest = 2 * (dividend - whole * divisor);
  const bool is_up = twice_rest > divisor || (twice_rest == divisor && whole % 2 != 0);
  return is_up ? whole + 1 : whole;
}

// What a charge nets within, MR-18 or MR-70: an expiry, or a strike of one. Spots and perpetuals
// have none, dates count as they are.
std::pair<std::int64_t, double> bucket_of(const RiskUnitModel& model,
                                          const Instrument& instrument) {
  const bool by_strike = model.strike_netting.initial_rate > 0.0;
  const bool is_option = instrument.kind == InstrumentKind::option;
  if (by_strike) {
    return is_option ? std::pair{instrument.expiry.ns, instrument.strike} : std::pair{0L, 0.0};
  }
  const bool expires = is_option || instrument.kind == InstrumentKind::future;
  return {expires ? instrument.expiry.ns : 0, 0.0};
}

}  // namespace

ReferenceRow reference_combo_row(const ReferenceMarket& market, InstrumentId id) {
  const GateConfig& config = *market.config;
  const Combo& combo = config.combos[id.value - config.instruments.size()];
  const RiskUnitModel& model = config.model.units[contract_of(config, id).risk_unit.value];
  ReferenceRow row;
  row.is_combo = true;
  std::vector<Int128> losses(model.scan.scenarios.size(), 0);
  std::map<std::pair<std::int64_t, double>, std::int64_t> expiries;
  std::int64_t up = 0;
  std::int64_t down = 0;
  for (const ComboLeg& leg : combo.legs) {
    const ReferenceRow one = reference_row(market, leg.instrument);
    if (one.reason != Reason::accepted) return row.reason = one.reason, row;
    const std::int64_t r = leg.ratio;
    const std::int64_t lots = std::abs(r);
    for (std::size_t s = 0; s < losses.size(); ++s) losses[s] += Int128{r} * one.losses[s];
    row.value += r * one.value;
    row.notional += static_cast<double>(lots) * one.notional;
    (r * one.delta > 0 ? up : down) += std::abs(r * one.delta);
    expiries[bucket_of(model, config.instruments[leg.instrument.value])] += r * one.expiry_delta;
    const auto add = [&](ExposureRates& sum, const ExposureRates& part) {
      sum.long_lot += lots * (r > 0 ? part.long_lot : part.short_lot);
      sum.short_lot += lots * (r > 0 ? part.short_lot : part.long_lot);
    };
    add(row.initial.added, one.initial.added);
    add(row.initial.floor, one.initial.floor);
    add(row.initial.total_floor, one.initial.total_floor);
  }
  row.exponent = reference_exponent(config, id);
  const std::int64_t unit = std::int64_t{1} << row.exponent;
  for (const Int128 loss : losses) {
    const Int128 entry = nearest_quotient(loss, unit);
    if (entry > INT32_MAX || entry < -Int128{INT32_MAX}) {
      return row.reason = Reason::risk_array_out_of_range, row;
    }
    row.losses.push_back(narrow(entry * unit));
  }
  const bool is_apart = model.delta_shock.rate_max > 0.0;
  row.delta = is_apart ? up : up - down;
  row.delta_against = is_apart ? down : 0;
  row.is_in_one_expiry = expiries.size() == 1;
  const bool is_charged =
      model.strike_netting.initial_rate > 0.0 || model.expiry_delta.minimum_rate > 0.0 ||
      model.expiry_delta.annualised_move > 0.0 || model.expiry_delta.spot_rate > 0.0;
  for (const auto& [expiry, delta] : expiries) {
    if (row.is_in_one_expiry) {
      row.expiry_delta = delta;
    } else if (is_charged) {
      row.initial.added.long_lot += std::abs(delta);
      row.initial.added.short_lot += std::abs(delta);
    }
  }
  return row;
}

ReferenceRow reference_group_row(const ReferenceMarket& market, InstrumentId id) {
  const GateConfig& config = *market.config;
  const std::size_t first = config.instruments.size() + config.combos.size();
  const RiskUnitModel& model = config.model.units[contract_of(config, id).risk_unit.value];
  ReferenceRow row;
  row.is_combo = true;
  row.reason = Reason::missing_mark;
  row.losses.resize(model.scan.scenarios.size(), 0);
  std::int64_t expiry_delta = 0;
  for (const InstrumentId member : config.quote_groups[id.value - first].instruments) {
    row.exponent = std::max(row.exponent, reference_exponent(config, member));
    const ReferenceRow one = reference_row(market, member);
    if (one.reason != Reason::accepted) continue;
    row.reason = Reason::accepted;
    for (std::size_t s = 0; s < row.losses.size(); ++s) {
      row.losses[s] = std::max(row.losses[s], std::abs(one.losses[s]));
    }
    row.notional = std::max(row.notional, one.notional);
    row.delta = std::max(row.delta, std::abs(one.delta));
    expiry_delta = std::max(expiry_delta, std::abs(one.expiry_delta));
    const auto widen = [](ExposureRates& sum, const ExposureRates& part) {
      sum.long_lot = std::max({sum.long_lot, part.long_lot, part.short_lot});
      sum.short_lot = sum.long_lot;
    };
    widen(row.initial.added, one.initial.added);
    widen(row.initial.floor, one.initial.floor);
    widen(row.initial.total_floor, one.initial.total_floor);
  }
  row.delta_against = row.delta;
  row.initial.added.long_lot += expiry_delta;
  row.initial.added.short_lot += expiry_delta;
  const std::int64_t unit = std::int64_t{1} << row.exponent;
  for (std::int64_t& loss : row.losses) {
    const Int128 entry = ceil_quotient(loss, unit);
    if (entry > INT32_MAX) row.reason = Reason::risk_array_out_of_range;
    loss = narrow(entry * unit);
  }
  return row;
}

}  // namespace margingate::reference
