#include "scenario/risk_unit_terms.hpp"

#include <algorithm>
#include <cmath>

#include "pricing/elementary.hpp"

namespace margingate::scenario {
namespace {

bool is_no_shock(const VolatilityShock& shock) {
  return shock.relative == 0.0 && shock.minimum == 0.0 && shock.days_forward == 0.0;
}

template <class Value>
std::uint8_t index_of(std::vector<Value>& distinct, const Value& value) {
  const auto index = std::find(distinct.begin(), distinct.end(), value) - distinct.begin();
  if (static_cast<std::size_t>(index) == distinct.size()) distinct.push_back(value);
  return static_cast<std::uint8_t>(index);
}

ScenarioLanes prepare_lanes(const std::vector<Scenario>& scenarios) {
  ScenarioLanes lanes;
  lanes.scenario_count = scenarios.size();
  const std::size_t with_base = scenarios.size() + 1;
  lanes.lane_count =
      (with_base + scenario_lane_multiple - 1) / scenario_lane_multiple * scenario_lane_multiple;
  for (std::vector<double>* const zeros :
       {&lanes.price_move, &lanes.log_price_factor, &lanes.weight, &lanes.deductible_quote,
        &lanes.volatility_change, &lanes.volatility_minimum, &lanes.weight_per_year}) {
    zeros->assign(lanes.lane_count, 0.0);
  }
  lanes.price_factor.assign(lanes.lane_count, 1.0);
  constexpr std::uint8_t none = UINT8_MAX;
  lanes.stretch.assign(lanes.lane_count, none);
  lanes.unscaled.assign(lanes.lane_count, 1.0);
  lanes.scale.assign(lanes.lane_count, 0);
  lanes.skew.assign(lanes.lane_count, 0);
  lanes.scales.push_back(ValueScale{});
  lanes.skews.push_back(VolatilitySkew{});
  for (std::size_t s = 0; s < scenarios.size(); ++s) {
    const Scenario& scenario = scenarios[s];
    lanes.price_move[s] = scenario.price_move;
    lanes.price_factor[s] = 1.0 + scenario.price_move;
    lanes.log_price_factor[s] = pricing::log_portable(1.0 + scenario.price_move);
    lanes.weight[s] = scenario.weight;
    lanes.deductible_quote[s] = scenario.deductible_quote;
    lanes.has_deductibles |= scenario.deductible_quote > 0.0;
    lanes.volatility_change[s] = scenario.volatility.relative;
    lanes.volatility_minimum[s] = scenario.volatility.minimum;
    lanes.weight_per_year[s] = scenario.weight_per_year;
    lanes.scale[s] = index_of(lanes.scales, scenario.shocked_value);
    lanes.skew[s] = index_of(lanes.skews, scenario.skew);
    lanes.varies_by_contract |= scenario.weight_per_year != 0.0 || lanes.scale[s] != 0;
    if (is_no_shock(scenario.volatility)) continue;
    VolatilityShock stretch = scenario.volatility;
    stretch.relative = stretch.minimum = 0.0;
    lanes.stretch[s] = index_of(lanes.stretches, stretch);
  }
  // What changes nothing may be stretched by anything that leaves the time as it is.
  const auto now = std::find_if(lanes.stretches.begin(), lanes.stretches.end(),
                                [](const auto& s) { return s.days_forward == 0.0; });
  const auto unshocked = static_cast<std::uint8_t>(now - lanes.stretches.begin());
  if (now == lanes.stretches.end()) lanes.stretches.push_back(VolatilityShock{});
  std::replace(lanes.stretch.begin(), lanes.stretch.end(), none, unshocked);
  return lanes;
}

// m of MR-07: the largest share of its notional that a lot may lose or gain.
double loss_magnitude(const std::vector<Scenario>& scenarios, bool reciprocal) {
  double magnitude = 0.1;
  for (const Scenario& s : scenarios) {
    const double move = s.price_move < 0.0 ? -s.price_move : s.price_move;
    const double in_coin = move / (1.0 + s.price_move);
    const double loss = reciprocal ? in_coin : std::max(move, in_coin);
    const double scaled = std::fabs(1.0 - s.shocked_value.base) * (1.0 + s.price_move);
    const double weight = std::fabs(s.weight) + std::fabs(s.weight_per_year);
    magnitude = std::max(magnitude, weight * (loss + scaled));
  }
  return magnitude;
}

ExposureByKind by_kind(const std::vector<ExposureCharge>& charges) {
  ExposureByKind result;
  for (const ExposureCharge& charge : charges) {
    for (const std::uint8_t kind : charge.kinds) result.at(kind).push_back(charge);
  }
  return result;
}

bool any(const ExposureByKind& charges) {
  return std::any_of(charges.begin(), charges.end(),
                     [](const auto& list) { return !list.empty(); });
}

SizeTerms size_terms(const ExposureCharge& charge) {
  SizeTerms terms;
  for (const std::uint8_t kind : charge.kinds) terms.kinds.at(kind) = true;
  terms.scope = charge.scope;
  terms.option_types = charge.option_types;
  terms.unit = charge.scaling.unit;
  terms.price = charge.notional_price;
  terms.linear_rate = charge.scaling.linear_rate;
  terms.square_root_rate = charge.scaling.square_root_rate;
  terms.base_rate = charge.scaling.base_rate;
  for (const SizeTier& tier : charge.scaling.tiers) terms.tiers.at(terms.tier_count++) = tier;
  return terms;
}

// Whether rows carry more than one amount for either direction.
bool needs_row_charges(const RiskUnitModel& model) {
  const auto differs = [](const ExposureCharge& c) {
    return c.scope != MarginScope::both || c.scaling.applies();
  };
  const StrikeNetting& netting = model.strike_netting;
  return !model.total_floor.empty() || netting.initial_rate != netting.maintenance_rate ||
         std::any_of(model.added.begin(), model.added.end(), differs) ||
         std::any_of(model.floor.begin(), model.floor.end(), differs);
}

// No floor reaches it: where a tier begins beyond it, it never does.
constexpr double amount_max = 0x1p62;

std::vector<FloorTier> floor_tiers(const std::vector<MultiplierTier>& tiers, int money_decimals) {
  std::vector<FloorTier> result;
  double below = 0.0;
  for (const MultiplierTier& tier : tiers) {
    const double from = tier.from_quote * std::pow(10.0, money_decimals);
    result.push_back({static_cast<std::int64_t>(std::min(std::floor(from), amount_max)),
                      std::llround((tier.multiplier - below) * 1e9)});
    below = tier.multiplier;
  }
  if (result.empty()) result.push_back({0, 1'000'000'000});
  return result;
}

TailTerms tail_terms(const Reducer& reducer, std::size_t scenarios) {
  constexpr std::int64_t one = 1'000'000'000;
  TailTerms terms;
  terms.kind = reducer.kind;
  terms.scenarios = static_cast<std::uint32_t>(scenarios);
  const auto count = static_cast<std::int64_t>(scenarios);
  if (reducer.kind == ReducerKind::worst || count == 0) return terms;
  const double beyond = (1.0 - reducer.confidence) * static_cast<double>(scenarios);
  std::int64_t place = 0;
  if (reducer.kind == ReducerKind::quantile) {
    place = std::clamp<std::int64_t>(std::llround((beyond + 0.5) * 1e9), one, count * one);
  } else {
    place = std::clamp<std::int64_t>(std::llround(beyond * 1e9), 1, count * one);
    terms.tail_ppb = place;
  }
  terms.rank = static_cast<std::uint32_t>(place / one);
  terms.next_ppb = place % one;
  return terms;
}

}  // namespace

std::int64_t quantum(int rounding_decimals, int money_decimals) {
  std::int64_t result = 1;
  if (rounding_decimals < 0) return result;
  for (int d = rounding_decimals; d < money_decimals; ++d) result *= 10;
  return result;
}

ReducerTerms prepare_reducer(const Reducer& reducer, const ScenarioParts& parts,
                             std::size_t scenarios) {
  ReducerTerms terms;
  static_cast<TailTerms&>(terms) = tail_terms(reducer, scenarios);
  terms.together = parts.together;
  std::uint32_t first = 0;
  for (const ScenarioPart& part : parts.parts) {
    terms.parts.at(terms.part_count++) = {tail_terms(part.reducer, part.scenarios), first,
                                          std::llround(part.weight * 1e9)};
    first += part.scenarios;
  }
  return terms;
}

RiskUnitTerms prepare_risk_unit(const RiskUnitModel& model, std::uint32_t underlying,
                                bool coin_form, int money_decimals,
                                UnrealisedProfit unrealised_profit) {
  RiskUnitTerms terms;
  terms.lanes = prepare_lanes(model.scan.scenarios);
  terms.underlying = underlying;
  terms.coin_form = coin_form;
  terms.moves_spot = model.scan.delta_one_moves == PriceBase::spot;
  terms.loss_magnitude = loss_magnitude(model.scan.scenarios, false);
  terms.reciprocal_loss_magnitude = loss_magnitude(model.scan.scenarios, true);
  terms.reducer = prepare_reducer(model.scan.reducer, model.scan.parts,
                                  model.scan.scenarios.size() / model.scan.alternatives);
  terms.reducer.alternatives = model.scan.alternatives;
  terms.reducer.lesser_of_last_two = model.scan.lesser_of_last_two;
  terms.reducer.at_least_zero = model.scan.at_least_zero;
  terms.strike_netting = model.strike_netting;
  terms.nets_strikes = model.strike_netting.initial_rate > 0.0;
  terms.scan_quantum = quantum(model.scan.rounding_decimals, money_decimals);
  terms.expiry_delta = model.expiry_delta;
  terms.delta_shock = model.delta_shock;
  terms.added = by_kind(model.added);
  terms.floor = by_kind(model.floor);
  terms.total_floor = by_kind(model.total_floor);
  terms.total_floor_tiers = floor_tiers(model.total_floor_tiers, money_decimals);
  for (const ExposureCharge& charge : model.added) {
    if (charge.scaling.applies()) terms.sizes.push_back(size_terms(charge));
  }
  terms.delta_decay_minutes = model.delta_decay_minutes;
  terms.gain_offset = model.scan.gain_offset;
  terms.discounts_options = model.discounts_options;
  terms.charges_expiry_delta = terms.nets_strikes || model.expiry_delta.minimum_rate > 0.0 ||
                               model.expiry_delta.annualised_move > 0.0 ||
                               model.expiry_delta.spot_rate > 0.0;
  terms.charges_delta_shock = model.delta_shock.rate_max > 0.0;
  terms.charges_added = any(terms.added);
  terms.charges_floor = any(terms.floor);
  terms.charges_total_floor = any(terms.total_floor);
  terms.has_row_charges = needs_row_charges(model);
  terms.charges_unrealised_losses = unrealised_profit == UnrealisedProfit::losses_only;
  return terms;
}

}  // namespace margingate::scenario
