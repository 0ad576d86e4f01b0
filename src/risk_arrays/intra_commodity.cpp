#include "risk_arrays/intra_commodity.hpp"

#include <algorithm>

namespace margingate::risk_arrays {
namespace {

const FixedDecimal zero;
constexpr int delta_places = 4;  // of deltas in files, and of spread counts

// Long and short months of a tier are kept apart, so that a tier can be spread against itself.
FixedDecimal available(const CommodityState& state, const IntraSpreadLeg& leg, int direction) {
  FixedDecimal sum;
  for (const PeriodState& period : state.periods) {
    const FixedDecimal& remaining = period.delta.remaining;
    const bool matches = direction > 0 ? remaining > zero : remaining < zero;
    if (matches && takes_from(*state.terms, leg, period.period)) sum += magnitude(remaining);
  }
  return sum;
}

bool same_deltas(const IntraSpreadLeg& a, const IntraSpreadLeg& b) {
  return a.tier == b.tier && a.period == b.period && a.side == b.side;
}

int direction_of(const IntraSpreadLeg& leg, Side long_side) {
  return leg.side == long_side ? 1 : -1;
}

std::string leg_text(const IntraSpreadLeg& leg, int direction) {
  return (direction > 0 ? "+" : "-") + leg.ratio.text() + " " +
         (leg.tier ? "tier " + std::to_string(*leg.tier) : leg.period.text());
}

FixedDecimal spread_count(const CommodityState& state, const IntraSpread& spread, Side long_side) {
  std::optional<FixedDecimal> count;
  for (const IntraSpreadLeg& leg : spread.legs) {
    FixedDecimal ratio;  // of all legs that take from the same deltas
    for (const IntraSpreadLeg& other : spread.legs) {
      if (same_deltas(leg, other)) ratio += other.ratio;
    }
    const FixedDecimal possible =
        floored_quotient(available(state, leg, direction_of(leg, long_side)), ratio, delta_places);
    count = count ? std::min(*count, possible) : possible;
  }
  return count.value_or(zero);
}

void form(CommodityState& state, const IntraSpread& spread, Side long_side) {
  const FixedDecimal count = spread_count(state, spread, long_side);
  if (count.is_zero()) return;
  IntraCharge charge{spread.priority, long_side, count, {}, {}};
  charge.charge = scaled_by_exponent(*state.terms, count * spread.rate);
  for (const IntraSpreadLeg& leg : spread.legs) {
    const int direction = direction_of(leg, long_side);
    charge.legs += (charge.legs.empty() ? "" : ", ") + leg_text(leg, direction);
    consume(state, direction, count * leg.ratio, SpreadStage::intra,
            [&](const Period& period) { return takes_from(*state.terms, leg, period); });
  }
  state.result.intra_charge += charge.charge;
  state.result.intra_charges.push_back(std::move(charge));
}

}  // namespace

void charge_intra_spreads(CommodityState& state) {
  for (const IntraSpread& spread : state.terms->intra_spreads) {
    form(state, spread, Side::a);
    form(state, spread, Side::b);
  }
}

void charge_spot_months(CommodityState& state) {
  for (const PeriodState& period : state.periods) {
    for (const SpotRate& rate : state.terms->spot_rates) {
      if (!rate.lists(period.period)) continue;
      const FixedDecimal& net = period.delta.net;
      if (net > zero ? !rate.charges_long : !rate.charges_short) continue;
      SpotCharge charge{period.book,
                        period.period,
                        period.delta.consumed_intra,
                        magnitude(period.delta.remaining),
                        {}};
      charge.charge = scaled_by_exponent(
          *state.terms, charge.consumed * rate.spread_rate + charge.remaining * rate.outright_rate);
      state.result.spot_charge += charge.charge;
      state.result.spot_charges.push_back(charge);
    }
  }
}

}  // namespace margingate::risk_arrays
