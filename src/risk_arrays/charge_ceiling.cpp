#include "risk_arrays/charge_ceiling.hpp"

namespace margingate::risk_arrays {
namespace {

const FixedDecimal zero;

FixedDecimal available(const DecimalRange& delta, bool is_long) {
  return std::max(zero, is_long ? delta.high : -delta.low);
}

// Each spread by itself, as if the others left it all deltas.
FixedDecimal sum_of_spreads(const FillRange& range) {
  FixedDecimal sum;
  for (const IntraSpread& spread : range.terms->intra_spreads) {
    for (const Side long_side : {Side::a, Side::b}) {
      std::optional<FixedDecimal> count;
      for (const IntraSpreadLeg& leg : spread.legs) {
        FixedDecimal deltas;
        for (const auto& [period, delta] : range.deltas) {
          if (takes_from(*range.terms, leg, period))
            deltas += available(delta, leg.side == long_side);
        }
        const FixedDecimal possible = deltas / leg.ratio;
        count = count ? std::min(*count, possible) : possible;
      }
      sum += count.value_or(zero) * spread.rate;
    }
  }
  return sum;
}

// A delta is consumed once: its dearest use, a spread's charge being laid on its long legs, its
// short legs, or all of them.
enum class LaidOn { all, longs, shorts };

FixedDecimal dearest_use(const CombinedCommodity& terms, const Period& period, bool is_long,
                         LaidOn laid_on) {
  FixedDecimal dearest;
  for (const IntraSpread& spread : terms.intra_spreads) {
    for (const Side long_side : {Side::a, Side::b}) {
      const auto bears = [&](const IntraSpreadLeg& leg) {
        const bool leg_is_long = leg.side == long_side;
        return laid_on == LaidOn::all || leg_is_long == (laid_on == LaidOn::longs);
      };
      auto bearers = std::count_if(spread.legs.begin(), spread.legs.end(), bears);
      const bool nobody = bearers == 0;  // all legs on the other side: all of them bear it
      if (nobody) bearers = static_cast<std::ptrdiff_t>(spread.legs.size());
      for (const IntraSpreadLeg& leg : spread.legs) {
        if (!nobody && !bears(leg)) continue;
        if ((leg.side == long_side) != is_long || !takes_from(terms, leg, period)) continue;
        // One unit of the last place for the rounding of the quotient.
        dearest = std::max(dearest, spread.rate / (leg.ratio * FixedDecimal(bearers)) +
                                        FixedDecimal::of_scaled(1));
      }
    }
  }
  return dearest;
}

FixedDecimal sum_of_deltas(const FillRange& range, LaidOn laid_on) {
  FixedDecimal sum;
  for (const auto& [period, delta] : range.deltas) {
    FixedDecimal dearest;  // a month is long or short, never both
    for (const bool is_long : {false, true}) {
      dearest = std::max(
          dearest, available(delta, is_long) * dearest_use(*range.terms, period, is_long, laid_on));
    }
    sum += dearest;
  }
  return sum;
}

}  // namespace

FixedDecimal charge_ceiling_of_delta(const CombinedCommodity& terms, const Period& period) {
  FixedDecimal ceiling = std::max(dearest_use(terms, period, true, LaidOn::all),
                                  dearest_use(terms, period, false, LaidOn::all));
  for (const SpotRate& rate : terms.spot_rates) {
    if (!rate.lists(period) || (!rate.charges_long && !rate.charges_short)) continue;
    ceiling += std::max(rate.spread_rate, rate.outright_rate);
  }
  return scaled_by_exponent(terms, ceiling);
}

FixedDecimal intra_charge_ceiling(const FillRange& range) {
  FixedDecimal ceiling = sum_of_spreads(range);
  for (const LaidOn laid_on : {LaidOn::all, LaidOn::longs, LaidOn::shorts}) {
    ceiling = std::min(ceiling, sum_of_deltas(range, laid_on));
  }
  return scaled_by_exponent(*range.terms, ceiling);
}

FixedDecimal spot_charge_ceiling(const FillRange& range) {
  FixedDecimal sum;
  for (const auto& [period, delta] : range.deltas) {
    for (const SpotRate& rate : range.terms->spot_rates) {
      if (!rate.lists(period)) continue;
      FixedDecimal charged;
      if (rate.charges_long) charged = std::max(charged, available(delta, true));
      if (rate.charges_short) charged = std::max(charged, available(delta, false));
      // What is consumed and what remains are no more than the delta together.
      sum += charged * std::max(rate.spread_rate, rate.outright_rate);
    }
  }
  return scaled_by_exponent(*range.terms, sum);
}

}  // namespace margingate::risk_arrays
