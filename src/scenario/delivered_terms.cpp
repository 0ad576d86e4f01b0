#include "scenario/delivered_terms.hpp"

#include <algorithm>
#include <cmath>

namespace margingate::scenario {
namespace {

double largest(const DeliveredRow& row) {
  double magnitude =
      std::max({row.value_quote, std::fabs(row.delta_quote), std::fabs(row.expiry_delta_quote)});
  for (const double loss : row.losses_quote) magnitude = std::max(magnitude, std::fabs(loss));
  return magnitude;
}

}  // namespace

void prepare_delivered(const DeliveredRow& row, const Instrument& instrument,
                       double reference_price, double money_scale, RiskUnitTerms& unit,
                       InstrumentTerms& terms) {
  const auto lots = static_cast<double>(instrument.lots_per_contract);
  const double notional =
      terms.reciprocal_price ? terms.lot_size : terms.lot_size * reference_price;
  terms.lot_magnitude = std::max(0.1 * notional, largest(row) / lots);
  terms.exponent = rounding_exponent(terms.lot_magnitude, money_scale);
  terms.delivered = static_cast<std::int32_t>(unit.delivered.size());
  const double unit_of_losses = std::ldexp(1.0, -terms.exponent);
  DeliveredTerms& delivered = unit.delivered.emplace_back();
  delivered.losses.assign(unit.lanes.lane_count, 0);
  for (std::size_t s = 0; s < row.losses_quote.size(); ++s) {
    const double loss = row.losses_quote[s] * terms.contract_scale;
    delivered.losses[s] = static_cast<std::int32_t>(std::nearbyint(loss * unit_of_losses));
  }
  delivered.value = row.value_quote * terms.contract_scale;
  delivered.delta = row.delta_quote * terms.contract_scale;
  const ExpiryDeltaCharge& charge = unit.expiry_delta;
  const bool is_spot = instrument.kind == InstrumentKind::spot;
  delivered.expiry_delta = row.expiry_delta_quote * terms.contract_scale *
                           (is_spot ? charge.spot_rate : charge.minimum_rate);
}

std::int32_t delivered_combo_exponent(std::int64_t lots, double lot_magnitude_max,
                                      double money_scale) {
  return rounding_exponent(static_cast<double>(lots) * lot_magnitude_max, money_scale);
}

}  // namespace margingate::scenario
