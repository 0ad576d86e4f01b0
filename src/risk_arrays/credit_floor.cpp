#include "risk_arrays/credit_floor.hpp"

namespace margingate::risk_arrays {
namespace {

const FixedDecimal zero;
constexpr int delta_places = 4;
constexpr int weighted_price_risk_places = 2;

// What can be said of one scanning tier, whichever orders fill.
struct TierRange {
  const std::vector<std::size_t>* contracts = nullptr;
  std::vector<std::size_t> candidates;  // scenarios that can be the active one
  bool may_gain_everywhere = false;
};

TierRange tier_range(const FillRange& range, const std::vector<std::size_t>& contracts) {
  TierRange tier;
  tier.contracts = &contracts;
  const auto loss = [&](std::size_t contract, std::size_t i) {
    return range.contracts[contract].terms->array.losses[i];
  };
  FixedDecimal surely_reached =
      -largest_sum(range, contracts, [&](std::size_t c) { return -loss(c, 0); });
  for (std::size_t i = 0; i < scenario_count; ++i) {
    surely_reached = std::max(
        surely_reached, -largest_sum(range, contracts, [&](std::size_t c) { return -loss(c, i); }));
    // Another scenario that always loses more, or no less and comes first, is active instead.
    bool can_be_active =
        largest_sum(range, contracts, [&](std::size_t c) { return loss(c, i); }) >= zero;
    for (std::size_t j = 0; j < scenario_count && can_be_active; ++j) {
      const FixedDecimal ahead =
          largest_sum(range, contracts, [&](std::size_t c) { return loss(c, i) - loss(c, j); });
      can_be_active = j < i ? ahead > zero : ahead >= zero;
    }
    if (can_be_active) tier.candidates.push_back(i);
  }
  tier.may_gain_everywhere = surely_reached < zero;
  return tier;
}

// The price risk of one contract with scenario i active: half the sum of losses i and its pair,
// less the mean of the first two. Linear in positions.
FixedDecimal price_risk(const ScenarioSet& scenarios, const Contract& contract, std::size_t i) {
  const ScenarioLosses& losses = contract.array.losses;
  return (losses[i] + losses[scenarios.scenarios[i].paired] - losses[0] - losses[1]) /
         FixedDecimal(2);
}

// The least of price risk less `weighted` times the signed delta over all fills; `weighted` is a
// price risk of a delta if this is not below zero.
FixedDecimal least_surplus(const ScenarioSet& scenarios, const FillRange& range,
                           const std::vector<TierRange>& tiers, FixedDecimal weighted) {
  const auto deduction = [&](std::size_t contract) {
    const Contract& terms = *range.contracts[contract].terms;
    return weighted * terms.delta_scaling * terms.array.composite_delta;
  };
  FixedDecimal sum;
  for (const TierRange& tier : tiers) {
    std::optional<FixedDecimal> least;
    const auto consider = [&](const auto& price_risk_of) {
      const FixedDecimal surplus = -largest_sum(
          range, *tier.contracts, [&](std::size_t c) { return deduction(c) - price_risk_of(c); });
      least = least ? std::min(*least, surplus) : surplus;
    };
    // Where every scenario gains, the price risk is what the first one gains: above zero.
    if (tier.may_gain_everywhere) consider([](std::size_t) { return zero; });
    for (const std::size_t i : tier.candidates) {
      consider([&](std::size_t c) {
        return scaled_by_exponent(*range.terms,
                                  price_risk(scenarios, *range.contracts[c].terms, i));
      });
    }
    sum += least.value_or(zero);
  }
  return sum;
}

// Deltas that spreads between commodities still find, as a range per commodity.
struct Remaining {
  DecimalRange delta;
  FixedDecimal weighted_price_risk;
  FixedDecimal credit;
  bool whole_only = true;  // no leg takes a tier or a month of it
};

using Remainders = std::map<std::string, Remaining>;

bool concerns(const InterSpread& spread, const Remainders& remainders) {
  return std::all_of(spread.legs.begin(), spread.legs.end(),
                     [&](const InterSpreadLeg& leg) { return remainders.contains(leg.commodity); });
}

struct Counts {
  FixedDecimal least;
  FixedDecimal most;
};

Counts spread_counts(const InterSpread& spread, int direction, const Remainders& remainders) {
  std::optional<Counts> counts;
  for (const InterSpreadLeg& leg : spread.legs) {
    const Remaining& remaining = remainders.at(leg.commodity);
    const bool is_long = (leg.side == Side::a) == (direction > 0);
    FixedDecimal low = is_long ? remaining.delta.low : -remaining.delta.high;
    const FixedDecimal high = is_long ? remaining.delta.high : -remaining.delta.low;
    if (!remaining.whole_only) low = zero;
    const Counts leg_counts{floored_quotient(std::max(zero, low), leg.ratio, delta_places),
                            std::max(zero, high) / leg.ratio};
    counts = counts ? Counts{std::min(counts->least, leg_counts.least),
                             std::min(counts->most, leg_counts.most)}
                    : leg_counts;
  }
  return counts.value_or(Counts{});
}

// No spread consumes beyond zero; at least `least` and at most `most` of it are gone.
void consume(const InterSpreadLeg& leg, int direction, const Counts& counts, Remaining& remaining) {
  DecimalRange& delta = remaining.delta;
  if (!remaining.whole_only) {
    delta.low = std::min(delta.low, zero);
    delta.high = std::max(delta.high, zero);
    return;
  }
  // One unit of the last place for the rounding of `most`.
  const FixedDecimal most = counts.most * leg.ratio + FixedDecimal::of_scaled(1);
  const FixedDecimal least = counts.least * leg.ratio;
  if ((leg.side == Side::a) == (direction > 0)) {
    if (delta.high > zero) delta.high = std::max(zero, delta.high - least);
    if (delta.low > zero) delta.low = std::max(zero, delta.low - most);
  } else {
    if (delta.low < zero) delta.low = std::min(zero, delta.low + least);
    if (delta.high < zero) delta.high = std::min(zero, delta.high + most);
  }
}

void form(const InterSpread& spread, int direction, Remainders& remainders) {
  const Counts counts = spread_counts(spread, direction, remainders);
  for (const InterSpreadLeg& leg : spread.legs) {
    Remaining& remaining = remainders.at(leg.commodity);
    const FixedDecimal per_delta =
        spread.is_flat ? leg.rate : remaining.weighted_price_risk * leg.rate / FixedDecimal(100);
    remaining.credit += counts.least * leg.ratio * per_delta;
    consume(leg, direction, counts, remaining);
  }
}

void propagate(const std::vector<InterSpread>& spreads, Remainders& remainders) {
  for (const InterSpread& spread : spreads) {
    if (!spread.not_computed.empty()) continue;
    if (spread.method == InterSpreadMethod::scanning) {
      for (const InterSpreadLeg& leg : spread.legs) {
        if (remainders.contains(leg.commodity)) {
          throw PositionError("combined commodity " + leg.commodity +
                              ": orders have no bound under a scanning based spread");
        }
      }
      continue;
    }
    if (!concerns(spread, remainders)) continue;
    form(spread, 1, remainders);
    form(spread, -1, remainders);
  }
}

// Calendar spreads leave the net delta alone when what they take long and short is the same.
bool keeps_net_delta(const CombinedCommodity& terms) {
  return std::all_of(terms.intra_spreads.begin(), terms.intra_spreads.end(),
                     [](const IntraSpread& spread) {
                       FixedDecimal net;
                       for (const IntraSpreadLeg& leg : spread.legs) {
                         net += leg.side == Side::a ? leg.ratio : -leg.ratio;
                       }
                       return net.is_zero();
                     });
}

// Months keep their sign, so what remains lies between zero and each month's delta.
void widen_by_calendar_spreads(const FillRange& range, DecimalRange& delta) {
  DecimalRange sum;
  for (const auto& [period, month] : range.deltas) {
    sum.low += std::min(month.low, zero);
    sum.high += std::max(month.high, zero);
  }
  delta.low = std::min(delta.low, sum.low);
  delta.high = std::max(delta.high, sum.high);
}

void mark_partial_legs(const std::vector<InterSpread>& spreads, Remainders& remainders) {
  for (const InterSpread& spread : spreads) {
    for (const InterSpreadLeg& leg : spread.legs) {
      const auto found = remainders.find(leg.commodity);
      if (found != remainders.end() && (leg.tier || leg.period.is_set())) {
        found->second.whole_only = false;
      }
    }
  }
}

}  // namespace

FixedDecimal weighted_price_risk_floor(const ScenarioSet& scenarios, const FillRange& range) {
  const bool is_long = range.net_delta.low > zero;
  if (!is_long && range.net_delta.high >= zero) return zero;
  std::vector<TierRange> tiers;
  for (const auto& [key, contracts] : range.tiers) tiers.push_back(tier_range(range, contracts));
  // The surplus falls as the price risk of a delta grows: the last hundredth that leaves one.
  const auto is_price_risk = [&](std::int64_t hundredths) {
    const FixedDecimal weighted = FixedDecimal::of_digits(hundredths, -weighted_price_risk_places);
    return least_surplus(scenarios, range, tiers, is_long ? weighted : -weighted) >= zero;
  };
  if (!is_price_risk(1)) return zero;
  constexpr std::int64_t hundredths_max = 1'000'000'000'000;
  std::int64_t reached = 1;
  std::int64_t missed = 2;
  while (missed < hundredths_max && is_price_risk(missed)) {
    reached = missed;
    missed *= 2;
  }
  while (missed - reached > 1) {
    const std::int64_t middle = reached + (missed - reached) / 2;
    (is_price_risk(middle) ? reached : missed) = middle;
  }
  const FixedDecimal weighted = FixedDecimal::of_digits(reached, -weighted_price_risk_places);
  switch (range.terms->price_risk_method) {
    case PriceRiskMethod::normal:
      return weighted;
    case PriceRiskMethod::capped:
      return std::min(weighted, range.terms->price_scan_range);
    case PriceRiskMethod::scan_range:
      return range.terms->price_scan_range;
  }
  return zero;
}

std::map<std::string, FixedDecimal> credit_floors(const ParameterSet& set,
                                                  const FillRanges& ranges) {
  Remainders remainders;
  for (const auto& [code, range] : ranges) {
    remainders[code] = {range.net_delta, weighted_price_risk_floor(set.scenarios, range), {}, true};
  }
  for (const std::vector<InterSpread>* spreads :
       {&set.super_spreads, &set.inter_spreads, &set.exchange_spreads}) {
    mark_partial_legs(*spreads, remainders);
  }
  propagate(set.super_spreads, remainders);
  for (const auto& [code, range] : ranges) {
    if (!keeps_net_delta(*range.terms)) {
      widen_by_calendar_spreads(range, remainders.at(code).delta);
    }
  }
  propagate(set.inter_spreads, remainders);
  propagate(set.exchange_spreads, remainders);
  std::map<std::string, FixedDecimal> floors;
  for (const auto& [code, remaining] : remainders) floors[code] = remaining.credit;
  return floors;
}

}  // namespace margingate::risk_arrays
