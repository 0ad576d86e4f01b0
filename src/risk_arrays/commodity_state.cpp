#include "risk_arrays/commodity_state.hpp"

#include <algorithm>

namespace margingate::risk_arrays {
namespace {

const FixedDecimal zero;

void add_quantity(const ParameterSet& set, const Contract& contract, Book book,
                  FixedDecimal quantity, CommodityState& state) {
  if (quantity.is_zero()) return;
  PeriodState& period = period_of(state, book, contract.underlying_period);
  for (std::size_t i = 0; i < scenario_count; ++i) {
    period.losses[i] += scaled_by_exponent(*state.terms, quantity * contract.array.losses[i]);
  }
  const FixedDecimal scaled = quantity * contract.delta_scaling;
  period.delta.net += scaled * contract.array.composite_delta;
  period.delta.remaining = period.delta.net;
  const Product& product = set.products[contract.product];
  if (!is_option(product.kind)) return;
  if (quantity < zero) {
    (contract.right == OptionRight::call ? period.short_calls : period.short_puts) -= scaled;
  }
  if (product.is_premium_style) state.result.net_option_value += quantity * contract.value;
}

}  // namespace

const char* name_of(Book book) noexcept {
  return book == Book::net ? "net" : book == Book::longs ? "longs" : "shorts";
}

const char* name_of(SpreadStage stage) noexcept {
  switch (stage) {
    case SpreadStage::super:
      return "super";
    case SpreadStage::intra:
      return "intra-commodity";
    case SpreadStage::inter:
      return "inter-commodity";
    case SpreadStage::exchange:
      return "inter-exchange";
  }
  return "";
}

CommodityState empty_state(const CombinedCommodity& terms) {
  CommodityState state;
  state.terms = &terms;
  state.result.code = terms.code;
  state.result.currency = terms.currency;
  return state;
}

PeriodState& period_of(CommodityState& state, Book book, const Period& period) {
  const auto before = [](const PeriodState& a, const std::pair<Book, Period>& b) {
    return std::pair(a.book, a.period) < b;
  };
  const auto at =
      std::lower_bound(state.periods.begin(), state.periods.end(), std::pair(book, period), before);
  if (at != state.periods.end() && at->book == book && at->period == period) return *at;
  PeriodState created;
  created.book = created.delta.book = book;
  created.period = created.delta.period = period;
  return *state.periods.insert(at, created);
}

TierKey tier_key(const CombinedCommodity& terms, Book book, const Period& period) {
  switch (terms.scan_method) {
    case ScanMethod::one_tier:
      return {book, 1, {}};
    case ScanMethod::tier_per_period:
      return {book, 0, period};
    case ScanMethod::listed_tiers:
      break;
  }
  for (const Tier& tier : terms.scan_tiers) {
    if (tier.contains(period)) return {book, tier.number, {}};
  }
  return {book, 0, {}};
}

FixedDecimal scaled_by_exponent(const CombinedCommodity& terms, FixedDecimal value) {
  return terms.risk_exponent == 0 ? value : value * FixedDecimal::of_digits(1, terms.risk_exponent);
}

void add_losses(ScenarioLosses& sum, const ScenarioLosses& losses) {
  for (std::size_t i = 0; i < scenario_count; ++i) sum[i] += losses[i];
}

CommodityStates group_positions(const ParameterSet& set, const AccountPositions& account) {
  CommodityStates states;
  for (const ContractPosition& position : account.positions) {
    const Contract& contract = set.contracts.at(position.contract);
    const CombinedCommodity& terms =
        set.combined_commodities[set.products[contract.product].combined_commodity];
    if (!terms.not_computed.empty()) {
      throw PositionError("combined commodity " + terms.code + ": " + terms.not_computed);
    }
    CommodityState& state = states.try_emplace(terms.code, empty_state(terms)).first->second;
    if (account.is_gross) {
      add_quantity(set, contract, Book::longs, position.long_quantity, state);
      add_quantity(set, contract, Book::shorts, -position.short_quantity, state);
    } else {
      add_quantity(set, contract, Book::net, position.long_quantity - position.short_quantity,
                   state);
    }
  }
  return states;
}

TierScan scan_losses(const ScenarioSet& scenarios, const ScenarioLosses& losses) {
  TierScan scan;
  scan.losses = losses;
  for (std::size_t i = 1; i < scenario_count; ++i) {
    if (losses[i] > losses[scan.active_scenario]) scan.active_scenario = i;
  }
  scan.paired_scenario = scenarios.scenarios[scan.active_scenario].paired;
  const FixedDecimal worst = losses[scan.active_scenario];
  const FixedDecimal two = 2;
  // The first two scenarios leave the price alone: half their difference is volatility, half
  // their sum is time.
  if (worst < zero) {
    scan.volatility_risk = (losses[0] - losses[1]) / two;
  } else {
    scan.scan_risk = worst;
    scan.volatility_risk = (worst - losses[scan.paired_scenario]) / two;
  }
  scan.time_risk = (losses[0] + losses[1]) / two;
  scan.price_risk = scan.scan_risk - scan.volatility_risk - scan.time_risk;
  return scan;
}

void scan(const ScenarioSet& scenarios, CommodityState& state) {
  std::map<TierKey, ScenarioLosses> tiers = state.merged_losses;
  for (const PeriodState& period : state.periods) {
    add_losses(tiers[tier_key(*state.terms, period.book, period.period)], period.losses);
  }
  CommodityMargin& result = state.result;
  result.tiers.clear();
  result.scan_risk = result.volatility_risk = result.time_risk = result.price_risk = zero;
  for (const auto& [key, losses] : tiers) {
    TierScan tier = scan_losses(scenarios, losses);
    tier.book = key.book;
    tier.tier = key.tier;
    tier.period = key.period;
    result.scan_risk += tier.scan_risk;
    result.volatility_risk += tier.volatility_risk;
    result.time_risk += tier.time_risk;
    result.price_risk += tier.price_risk;
    result.tiers.push_back(tier);
  }
}

void weigh_price_risk(CommodityState& state) {
  constexpr int weighted_price_risk_places = 2;
  CommodityMargin& result = state.result;
  result.net_delta = zero;
  for (const PeriodState& period : state.periods) result.net_delta += period.delta.net;
  result.weighted_price_risk = zero;
  if (result.price_risk <= zero || result.net_delta.is_zero()) return;
  const FixedDecimal weighted =
      rounded_quotient(result.price_risk, magnitude(result.net_delta), weighted_price_risk_places);
  switch (state.terms->price_risk_method) {
    case PriceRiskMethod::normal:
      result.weighted_price_risk = weighted;
      break;
    case PriceRiskMethod::capped:
      result.weighted_price_risk = std::min(weighted, state.terms->price_scan_range);
      break;
    case PriceRiskMethod::scan_range:
      result.weighted_price_risk = state.terms->price_scan_range;
      break;
  }
}

void set_short_option_minimum(CommodityState& state) {
  const ShortOptionMinimum& terms = state.terms->short_option_minimum;
  CommodityMargin& result = state.result;
  result.short_calls = result.short_puts = zero;
  struct Counts {
    FixedDecimal calls;
    FixedDecimal puts;
  };
  std::vector<Counts> by_tier(terms.tiers.size() + 1);
  for (const PeriodState& period : state.periods) {
    Counts& counts = by_tier[terms.tier_of(period.period)];
    counts.calls += period.short_calls;
    counts.puts += period.short_puts;
    result.short_calls += period.short_calls;
    result.short_puts += period.short_puts;
  }
  FixedDecimal minimum;
  for (std::size_t i = 0; i < by_tier.size(); ++i) {
    const auto& [calls, puts] = by_tier[i];
    minimum += terms.rate_of(i) *
               (terms.method == ShortOptionMethod::gross ? calls + puts : std::max(calls, puts));
  }
  result.short_option_minimum = scaled_by_exponent(*state.terms, minimum) + state.merged_minimum;
}

}  // namespace margingate::risk_arrays
