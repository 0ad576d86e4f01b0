#include "risk_arrays/inter_commodity.hpp"

#include <algorithm>

namespace margingate::risk_arrays {
namespace {

const FixedDecimal zero;
constexpr int delta_places = 4;  // of deltas in files, and of spread counts
constexpr int credit_places = 8;

CommodityState* find_active(CommodityStates& states, const std::string& code) {
  const auto at = states.find(code);
  return at == states.end() || at->second.is_merged() ? nullptr : &at->second;
}

bool selects(const CombinedCommodity& terms, const InterSpreadLeg& leg, const Period& period) {
  if (leg.period.is_set()) return period == leg.period;
  if (!leg.tier) return true;
  return std::any_of(terms.inter_tiers.begin(), terms.inter_tiers.end(), [&](const Tier& tier) {
    return tier.number == *leg.tier && tier.contains(period);
  });
}

FixedDecimal remaining_delta(const CommodityState& state, const InterSpreadLeg& leg) {
  FixedDecimal sum;
  for (const PeriodState& period : state.periods) {
    if (selects(*state.terms, leg, period.period)) sum += period.delta.remaining;
  }
  return sum;
}

// How often the spread forms with side A long (direction 1) or short.
FixedDecimal spread_count(CommodityStates& states, const InterSpread& spread, int direction) {
  std::optional<FixedDecimal> count;
  for (const InterSpreadLeg& leg : spread.legs) {
    const CommodityState* state = find_active(states, leg.commodity);
    if (state == nullptr) return zero;
    const FixedDecimal delta = remaining_delta(*state, leg);
    const bool wants_long = (leg.side == Side::a) == (direction > 0);
    if (wants_long ? delta <= zero : delta >= zero) return zero;
    const FixedDecimal possible = floored_quotient(magnitude(delta), leg.ratio, delta_places);
    count = count ? std::min(*count, possible) : possible;
  }
  return count.value_or(zero);
}

FixedDecimal& credit_of(CommodityMargin& margin, SpreadStage stage) {
  return stage == SpreadStage::super   ? margin.super_credit
         : stage == SpreadStage::inter ? margin.inter_credit
                                       : margin.exchange_credit;
}

void form_delta_spread(const InterSpread& spread, int direction, SpreadStage stage,
                       CommodityStates& states, AccountMargin& margin) {
  const FixedDecimal count = spread_count(states, spread, direction);
  if (count.is_zero()) return;
  InterCredit formed{name_of(stage), spread.priority, spread.method, {}, count, {}};
  for (const InterSpreadLeg& leg : spread.legs) {
    CommodityState& state = *find_active(states, leg.commodity);
    CreditLeg credit{
        leg.commodity, count * leg.ratio, state.result.weighted_price_risk, leg.rate, {}};
    const FixedDecimal per_delta =
        spread.is_flat ? leg.rate : credit.weighted_price_risk * leg.rate / FixedDecimal(100);
    credit.credit = rounded(credit.consumed * per_delta, credit_places);
    const int leg_direction = leg.side == Side::a ? direction : -direction;
    consume(state, leg_direction, credit.consumed, stage,
            [&](const Period& period) { return selects(*state.terms, leg, period); });
    credit_of(state.result, stage) += credit.credit;
    formed.legs.push_back(std::move(credit));
  }
  margin.credits.push_back(std::move(formed));
}

// Losses of a leg enter its target in full, gains at the credit rate, tier by tier of the target.
void merge_losses(const CommodityState& leg, FixedDecimal rate, CommodityState& target) {
  std::map<TierKey, ScenarioLosses> by_tier = leg.merged_losses;
  for (const PeriodState& period : leg.periods) {
    add_losses(by_tier[tier_key(*target.terms, period.book, period.period)], period.losses);
  }
  for (auto& [key, losses] : by_tier) {
    for (FixedDecimal& loss : losses) {
      if (loss < zero) loss = loss * rate / FixedDecimal(100);
    }
    add_losses(target.merged_losses[key], losses);
  }
}

void merge_leg(CommodityState& leg, const InterSpreadLeg& terms, FixedDecimal target_ratio,
               CommodityState& target) {
  merge_losses(leg, terms.rate, target);
  for (PeriodState& period : leg.periods) {
    PeriodDelta& into = period_of(target, period.book, period.period).delta;
    into.net += period.delta.net * target_ratio / terms.ratio;
    into.remaining += period.delta.remaining * target_ratio / terms.ratio;
    period.delta.remaining = zero;
  }
  CommodityMargin& from = leg.result;
  CommodityMargin& to = target.result;
  target.merged_minimum += from.short_option_minimum;
  to.moved_charges += from.moved_charges + from.intra_charge + from.spot_charge -
                      from.super_credit - from.inter_credit - from.exchange_credit;
  to.net_option_value += from.net_option_value;
  to.merged_from.push_back(from.code);
  from.merged_into = to.code;
}

CommodityState* find_target(const ParameterSet& set, const InterSpread& spread,
                            CommodityStates& states) {
  if (CommodityState* held = find_active(states, spread.target); held != nullptr) return held;
  const auto index = find_commodity(set, spread.target);
  if (spread.is_target_required || !index || states.contains(spread.target)) return nullptr;
  const CombinedCommodity& terms = set.combined_commodities[*index];
  return &states.emplace(spread.target, empty_state(terms)).first->second;
}

void form_scanning_spread(const ParameterSet& set, const InterSpread& spread, SpreadStage stage,
                          CommodityStates& states, AccountMargin& margin) {
  std::vector<const InterSpreadLeg*> present;
  for (const InterSpreadLeg& leg : spread.legs) {
    const bool held = find_active(states, leg.commodity) != nullptr;
    if (leg.is_required && !held) return;
    if (held && leg.commodity != spread.target) present.push_back(&leg);
  }
  if (present.empty() || static_cast<int>(present.size()) < spread.legs_min) return;
  CommodityState* target = find_target(set, spread, states);
  if (target == nullptr) return;
  for (const InterSpreadLeg* leg : present) {
    if (states.at(leg->commodity).result.currency != target->result.currency) {
      margin.credits_not_granted.push_back(std::string(name_of(stage)) + " spread " +
                                           std::to_string(spread.priority) +
                                           ": its legs are in different currencies");
      return;
    }
  }
  InterCredit formed{name_of(stage), spread.priority, spread.method, spread.target, 1, {}};
  for (const InterSpreadLeg* leg : present) {
    CommodityState& state = states.at(leg->commodity);
    formed.legs.push_back({leg->commodity, {}, {}, leg->rate, {}});
    merge_leg(state, *leg, spread.target_ratio, *target);
  }
  scan(set.scenarios, *target);
  weigh_price_risk(*target);
  set_short_option_minimum(*target);
  margin.credits.push_back(std::move(formed));
}

bool concerns(const InterSpread& spread, CommodityStates& states) {
  return std::any_of(spread.legs.begin(), spread.legs.end(), [&](const InterSpreadLeg& leg) {
    return find_active(states, leg.commodity) != nullptr;
  });
}

}  // namespace

void form_spreads(const ParameterSet& set, const std::vector<InterSpread>& spreads,
                  SpreadStage stage, CommodityStates& states, AccountMargin& margin) {
  for (const InterSpread& spread : spreads) {
    if (!concerns(spread, states)) continue;
    if (!spread.not_computed.empty()) {
      margin.credits_not_granted.push_back(std::string(name_of(stage)) + " spread " +
                                           std::to_string(spread.priority) + ": " +
                                           spread.not_computed);
    } else if (spread.method == InterSpreadMethod::scanning) {
      form_scanning_spread(set, spread, stage, states, margin);
    } else {
      form_delta_spread(spread, 1, stage, states, margin);
      form_delta_spread(spread, -1, stage, states, margin);
    }
  }
}

}  // namespace margingate::risk_arrays
