#include "reference/reference_requirement.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <optional>

#include "reference/exact_integer.hpp"
#include "reference/reference_equity.hpp"
#include "reference/reference_trade.hpp"

namespace margingate::reference {
namespace {

// A leg of one unit beside what its lots are worth.
struct UnitLeg {
  const ReferenceLeg* leg;
  const ReferenceRow* row;
  const Instrument* instrument;
};

// All amounts between two ends, both included.
struct Interval {
  Int128 lo = 0;
  Int128 hi = 0;
};

void add(Interval& sum, const Interval& term) {
  sum.lo += term.lo;
  sum.hi += term.hi;
}

Int128 positive(Int128 value) { return std::max<Int128>(0, value); }

Int128 magnitude(Int128 value) { return value < 0 ? -value : value; }

// What every rule of a unit reads besides the legs.
struct UnitContext {
  const ReferenceMarket* market;
  const RiskUnitModel* model;
  bool is_coin;  // MR-01
  double S;      // live spot
};

// What a reducer makes of losses, at least zero, and the first scenario that stands for it.
struct Reduced {
  Int128 amount = 0;
  std::uint32_t scenario = 0;
};

// MR-12.
std::vector<Int128> worst_fill_totals(std::span<const UnitLeg> legs, std::size_t scenario_count) {
  std::vector<Int128> totals(scenario_count, 0);
  for (const UnitLeg& at : legs) {
    for (std::size_t s = 0; s < scenario_count; ++s) {
      const Int128 a = at.row->losses[s];
      totals[s] += at.leg->net * a + at.leg->working_buys * positive(a) +
                   at.leg->working_sells * positive(-a);
    }
  }
  return totals;
}

// MR-16.
std::int64_t deductible(const UnitContext& unit, double deductible_quote) {
  const double U = money_scale(*unit.market->config);
  return floor_integer(unit.is_coin ? deductible_quote / unit.S * U : deductible_quote * U);
}

// MR-23.
Int128 factored(double factor, Int128 risk) {
  return ceil_quotient(parts_per_billion(factor) * risk, parts_per_one);
}

// MR-16: to nearest, half up.
std::int64_t round_scan_risk(const GateConfig& config, int rounding_decimals, Int128 scan_risk) {
  if (rounding_decimals < 0 || rounding_decimals >= config.money_decimals) {
    return narrow(scan_risk);
  }
  const std::int64_t step = power_of_ten(config.money_decimals - rounding_decimals);
  return narrow((scan_risk + step / 2) / step * step);
}

// MR-42: the largest of a scenario's alternatives, of whose last two the smaller may count.
std::vector<Int128> scenario_losses(const ScanRisk& scan_risk, std::span<const Int128> totals) {
  const std::size_t count = totals.size() / scan_risk.alternatives;
  std::vector<Int128> losses(totals.begin(), totals.begin() + static_cast<std::ptrdiff_t>(count));
  const std::size_t paired = scan_risk.lesser_of_last_two ? 2 * count : 0;
  for (std::size_t i = count; i < totals.size() - paired; ++i) {
    losses[i % count] = std::max(losses[i % count], totals[i]);
  }
  for (std::size_t i = totals.size() - paired; i + count < totals.size(); ++i) {
    losses[i % count] = std::max(losses[i % count], std::min(totals[i], totals[i + count]));
  }
  if (scan_risk.at_least_zero) {
    for (Int128& loss : losses) loss = positive(loss);
  }
  return losses;
}

// MR-16: the worst loss, and the first scenario that has it.
Reduced worst_of(std::span<const Int128> losses) {
  Reduced worst;
  for (std::size_t s = 0; s < losses.size(); ++s) {
    if (losses[s] > worst.amount) worst = {losses[s], static_cast<std::uint32_t>(s)};
  }
  return worst;
}

// MR-41: sorted, as the definitions say.
Reduced reduce(const Reducer& reducer, std::span<const Int128> losses) {
  if (reducer.kind == ReducerKind::worst || losses.empty()) return worst_of(losses);
  std::vector<Int128> sorted(losses.begin(), losses.end());
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  const auto n = static_cast<std::int64_t>(losses.size());
  const double beyond = (1.0 - reducer.confidence) * static_cast<double>(n);
  Reduced result;
  Int128 marked = sorted.front();
  if (reducer.kind == ReducerKind::quantile) {
    const std::int64_t place =
        std::clamp(parts_per_billion(beyond + 0.5), parts_per_one, n * parts_per_one);
    const std::int64_t k = place / parts_per_one;
    const std::int64_t share = place % parts_per_one;
    marked = sorted[static_cast<std::size_t>(k - 1)];
    const Int128 next = k < n ? sorted[static_cast<std::size_t>(k)] : marked;
    result.amount = ceil_quotient(marked * (parts_per_one - share) + next * share, parts_per_one);
  } else {
    const std::int64_t tail =
        std::clamp<std::int64_t>(parts_per_billion(beyond), 1, n * parts_per_one);
    std::int64_t left = tail;
    Int128 sum = 0;
    for (const Int128 loss : sorted) {
      const std::int64_t share = std::min(left, parts_per_one);
      sum += loss * share;
      left -= share;
    }
    result.amount = ceil_quotient(sum, tail);
  }
  if (result.amount <= 0) return {};
  result.scenario =
      static_cast<std::uint32_t>(std::find(losses.begin(), losses.end(), marked) - losses.begin());
  return result;
}

// MR-46: the first of the parts that weigh most names the scenario.
Reduced reduce(const Reducer& reducer, const ScenarioParts& parts, std::span<const Int128> losses) {
  if (parts.parts.empty()) return reduce(reducer, losses);
  Reduced result;
  Int128 heaviest = 0;
  std::size_t first = 0;
  for (const ScenarioPart& part : parts.parts) {
    const Reduced reduced = reduce(part.reducer, losses.subspan(first, part.scenarios));
    const Int128 weighted = factored(part.weight, reduced.amount);
    result.amount = parts.together == PartsTogether::sum ? result.amount + weighted
                                                         : std::max(result.amount, weighted);
    if (weighted > heaviest) {
      heaviest = weighted;
      result.scenario = static_cast<std::uint32_t>(first) + reduced.scenario;
    }
    first += part.scenarios;
  }
  return result;
}

// MR-16, MR-41, MR-42.
void scan(const UnitContext& unit, std::span<const Int128> totals, ReferenceUnit& result) {
  const ScanRisk& scan_risk = unit.model->scan;
  std::vector<Int128> reducible = scenario_losses(scan_risk, totals);
  for (const Int128 total : totals) result.losses.push_back(narrow(total));
  for (const Int128 loss : reducible) result.scenario_losses.push_back(narrow(loss));
  if (scan_risk.reducer.kind == ReducerKind::worst && scan_risk.parts.parts.empty()) {
    // Alternatives have deductibles of their own.
    reducible.assign(totals.begin(), totals.end());
    for (std::size_t s = 0; s < totals.size(); ++s) {
      reducible[s] -= deductible(unit, scan_risk.scenarios[s].deductible_quote);
    }
  }
  const Reduced reduced = reduce(scan_risk.reducer, scan_risk.parts, reducible);
  result.worst_scenario = reduced.scenario;
  result.scan_risk =
      round_scan_risk(*unit.market->config, scan_risk.rounding_decimals, reduced.amount);
}

// MR-51: of so many lots of one direction.
Int128 size_excess(const ReferenceSize& size, Int128 lots) {
  if (size.charge == nullptr || lots == 0) return 0;
  const SizeScaling& scaling = size.charge->scaling;
  const double N = static_cast<double>(narrow(lots)) * size.notional;
  const double Z = static_cast<double>(narrow(lots)) * size.size;
  double excess = N * scaling.linear_rate * Z;
  if (scaling.square_root_rate > 0.0) {
    excess += N * std::max(scaling.square_root_rate * std::sqrt(Z) - scaling.base_rate, 0.0);
  }
  for (const SizeTier& tier : scaling.tiers) {
    excess += tier.added_rate * std::max(Z - tier.from, 0.0) * (N / Z);
  }
  return ceil_integer(std::min(excess, 2.0 * N));
}

// MR-17: one leg and one list of charges.
Int128 exposure_charge(const ReferenceLeg& leg, const ExposureRates& rates,
                       const ReferenceSize& size = {}) {
  const Int128 long_lots = positive(Int128{leg.net} + leg.working_buys);
  const Int128 short_lots = positive(Int128{leg.working_sells} - leg.net);
  return std::max(rates.long_lot * long_lots + size_excess(size, long_lots),
                  rates.short_lot * short_lots + size_excess(size, short_lots));
}

// MR-52.
Int128 tiered(const std::vector<MultiplierTier>& tiers, const GateConfig& config, Int128 amount) {
  if (tiers.empty()) return amount;
  Int128 parts = 0;
  double below = 0.0;
  for (const MultiplierTier& tier : tiers) {
    const Int128 from = floor_integer(tier.from_quote * money_scale(config));
    const std::int64_t added = parts_per_billion(tier.multiplier - below);
    if (amount > from) parts += Int128{added} * (amount - from);
    below = tier.multiplier;
  }
  return std::min<Int128>(ceil_quotient(parts, parts_per_one), std::int64_t{1} << 60);
}

void exposures(const UnitContext& unit, std::span<const UnitLeg> legs, MarginScope margin,
               ReferenceUnit& result) {
  Int128 added = 0;
  Int128 floor = 0;
  Int128 total_floor = 0;
  for (const UnitLeg& at : legs) {
    const bool is_initial = margin == MarginScope::initial;
    const ReferenceExposure& charged = is_initial ? at.row->initial : at.row->maintenance;
    added += exposure_charge(*at.leg, charged.added, charged.size);
    floor += exposure_charge(*at.leg, charged.floor);
    total_floor += exposure_charge(*at.leg, charged.total_floor);
  }
  result.added = narrow(added);
  result.floor = narrow(floor);
  result.total_floor =
      narrow(tiered(unit.model->total_floor_tiers, *unit.market->config, total_floor));
}

// MR-70: the least that each strike may be long, and what it is short then.
void strikes(std::span<const UnitLeg> legs, MarginScope margin, ReferenceUnit& result) {
  std::map<std::pair<std::int64_t, double>, Int128> least;
  for (const UnitLeg& at : legs) {
    if (at.instrument->kind != InstrumentKind::option) continue;
    if (at.row->is_combo && !at.row->is_in_one_expiry) continue;  // MR-35: among the added
    const bool is_initial = margin == MarginScope::initial;
    const Int128 r = is_initial ? at.row->expiry_delta : at.row->maintenance_expiry_delta;
    least[{at.instrument->expiry.ns, at.instrument->strike}] +=
        std::min(r * (Int128{at.leg->net} - at.leg->working_sells),
                 r * (Int128{at.leg->net} + at.leg->working_buys));
  }
  Int128 sum = 0;
  for (const auto& [strike, lowest] : least) {
    result.strike_charges[strike] = narrow(positive(-lowest));
    sum += positive(-lowest);
  }
  result.expiry_delta = narrow(sum);
}

// MR-18.
void expiry_deltas(const UnitContext& unit, std::span<const UnitLeg> legs, MarginScope margin,
                   ReferenceUnit& result) {
  if (unit.model->strike_netting.initial_rate > 0.0) return strikes(legs, margin, result);
  std::map<std::int64_t, Interval> deltas;
  for (const UnitLeg& at : legs) {
    const InstrumentKind kind = at.instrument->kind;
    const bool is_spot = kind == InstrumentKind::spot && !at.row->is_combo;
    if (is_spot && unit.model->expiry_delta.spot_rate == 0.0) continue;
    if (at.row->is_combo && !at.row->is_in_one_expiry) continue;  // MR-35: among the added
    const Int128 r = at.row->expiry_delta;
    const Int128 q = at.leg->net;
    const Int128 B = at.leg->working_buys;
    const Int128 A = at.leg->working_sells;
    const bool is_dated = kind == InstrumentKind::future || kind == InstrumentKind::option;
    const std::int64_t undated = is_spot ? spot_expiry_ns : perpetual_expiry_ns;
    add(deltas[is_dated ? at.instrument->expiry.ns : undated],
        {q * r - B * positive(-r) - A * positive(r), q * r + B * positive(r) + A * positive(-r)});
  }
  Int128 sum = 0;
  for (const auto& [expiry, delta] : deltas) {
    const Int128 charge = std::max(magnitude(delta.hi), magnitude(delta.lo));
    result.expiry_charges[expiry] = narrow(charge);
    sum += charge;
  }
  result.expiry_delta = narrow(sum);
}

// delta * quantities, its ends in order.
Interval scaled(Int128 delta, const Interval& quantities) {
  const Interval product{delta * quantities.lo, delta * quantities.hi};
  return delta < 0 ? Interval{product.hi, product.lo} : product;
}

// MR-19: the delta that the shock is about, D.
Int128 shocked_delta(const Interval& rest, const Interval& long_options) {
  Int128 delta = 0;
  if (rest.lo < 0) delta = std::max(delta, std::min(-rest.lo - long_options.lo, -rest.lo));
  if (rest.hi > 0) delta = std::max(delta, std::min(rest.hi + long_options.hi, rest.hi));
  return delta;
}

// MR-19: what D costs.
std::int64_t delta_shock_charge(const UnitContext& unit, Int128 delta) {
  const DeltaShock& shock = unit.model->delta_shock;
  const auto D = static_cast<double>(narrow(delta));
  const double coins = D / money_scale(*unit.market->config);
  const double size = unit.is_coin ? coins : coins / unit.S;
  const double excess = std::max(size - shock.threshold_quote / unit.S, 0.0);
  return ceil_integer(D * std::min(shock.rate_per_unit * excess, shock.rate_max));
}

// MR-19.
void delta_shock(const UnitContext& unit, std::span<const UnitLeg> legs, ReferenceUnit& result) {
  Interval rest;
  Interval long_options;
  for (const UnitLeg& at : legs) {
    const Int128 d = at.row->delta;
    const Int128 lowest = Int128{at.leg->net} - at.leg->working_sells;
    const Int128 highest = Int128{at.leg->net} + at.leg->working_buys;
    if (at.row->is_combo) {
      const Int128 against = at.row->delta_against;
      add(rest, scaled(d, {lowest, highest}));
      add(rest, {-against * at.leg->working_buys, against * at.leg->working_sells});
    } else if (at.instrument->kind == InstrumentKind::option) {
      add(rest, scaled(d, {-positive(-lowest), -positive(-highest)}));
      add(long_options, scaled(d, {positive(lowest), positive(highest)}));
    } else {
      add(rest, scaled(d, {lowest, highest}));
    }
  }
  result.delta_lo = narrow(rest.lo + long_options.lo);
  result.delta_hi = narrow(rest.hi + long_options.hi);
  result.delta_shock = delta_shock_charge(unit, shocked_delta(rest, long_options));
}

// MR-20.
void unrealised_losses(const UnitContext& unit, std::span<const UnitLeg> legs,
                       ReferenceUnit& result) {
  if (unit.market->config->model.unrealised_profit != UnrealisedProfit::losses_only) return;
  Int128 sum = 0;
  for (const UnitLeg& at : legs) {
    sum += positive(-Int128{reference_unrealised_profit(*unit.market, *at.row, at.leg->instrument,
                                                        at.leg->net, at.leg->entry_cash)});
  }
  result.unrealised_losses = narrow(sum);
}

bool is_in_pool(const MarginModel& model, std::size_t unit) {
  for (const ScanPool& pool : model.pools) {
    for (const ScanGroup& group : pool.groups) {
      for (const RiskUnitId member : group.units) {
        if (member.value == unit) return true;
      }
    }
  }
  return false;
}

// MR-43: a gain counts in part, rounded down.
Int128 shared_loss(Int128 loss, double gain_share) {
  if (loss >= 0) return loss;
  return -floor_quotient(-loss * parts_per_billion(gain_share), parts_per_one);
}

// MR-43, MR-44.
ReferencePool pool_margin(const GateConfig& config, const ScanPool& pool,
                          std::span<const ReferenceUnit> units, MarginScope margin) {
  const ReferenceUnit& any = units[pool.groups.front().units.front().value];
  std::vector<Int128> losses(any.scenario_losses.size(), 0);
  Int128 floor = 0;
  for (const ScanGroup& group : pool.groups) {
    for (const RiskUnitId unit : group.units) floor += units[unit.value].floor;
  }
  for (std::size_t s = 0; s < losses.size(); ++s) {
    for (const ScanGroup& group : pool.groups) {
      Int128 of_group = 0;
      for (const RiskUnitId unit : group.units) {
        of_group += shared_loss(units[unit.value].scenario_losses[s], group.gain_share);
      }
      losses[s] += shared_loss(of_group, pool.gain_share);
    }
  }
  const Reduced reduced = reduce(pool.reducer, pool.parts, losses);
  ReferencePool result;
  for (const Int128 loss : losses) result.losses.push_back(narrow(loss));
  const bool is_initial = margin == MarginScope::initial;
  result.scan_risk =
      narrow(factored(is_initial ? pool.initial_factor : pool.maintenance_factor,
                      round_scan_risk(config, pool.rounding_decimals, reduced.amount)));
  result.worst_scenario = reduced.scenario;
  result.floor = narrow(floor);
  result.total = std::max(result.scan_risk, result.floor);
  return result;
}

std::vector<ReferencePool> pool_margins(const GateConfig& config,
                                        std::span<const ReferenceUnit> units, MarginScope margin) {
  std::vector<ReferencePool> pools;
  for (const ScanPool& pool : config.model.pools) {
    pools.push_back(pool_margin(config, pool, units, margin));
  }
  return pools;
}

// MR-21.
ReferenceUnit unit_margin(const ReferenceMarket& market, const RiskUnitModel& model, bool is_pooled,
                          std::span<const UnitLeg> legs, MarginScope margin) {
  ReferenceUnit result;
  if (legs.empty()) {
    result.losses.assign(model.scan.scenarios.size(), 0);
    result.scenario_losses.assign(model.scan.scenarios.size() / model.scan.alternatives, 0);
    return result;
  }
  const UnderlyingId underlying = legs.front().instrument->underlying;
  const UnitContext unit{&market, &model, is_coin_form(*market.config, underlying),
                         to_double(market.live_spots[underlying.value], *market.config)};
  scan(unit, worst_fill_totals(legs, model.scan.scenarios.size()), result);
  exposures(unit, legs, margin, result);
  expiry_deltas(unit, legs, margin, result);
  delta_shock(unit, legs, result);
  unrealised_losses(unit, legs, result);
  if (is_pooled) result.scan_risk = result.worst_scenario = 0;  // MR-44
  const Int128 charges =
      Int128{result.expiry_delta} + result.delta_shock + result.added + result.unrealised_losses;
  const Int128 total = charges + (is_pooled ? 0 : std::max(result.scan_risk, result.floor));
  result.total = narrow(std::max<Int128>(total, result.total_floor));
  return result;
}

std::vector<ReferenceUnit> unit_margins(const ReferenceMarket& market,
                                        const ReferenceAccount& account,
                                        std::span<const ReferenceRow> rows, MarginScope margin) {
  const GateConfig& config = *market.config;
  std::vector<std::vector<UnitLeg>> legs(config.model.units.size());
  for (std::size_t i = 0; i < account.legs.size(); ++i) {
    const ReferenceLeg& leg = account.legs[i];
    const Instrument& instrument = contract_of(config, leg.instrument);
    legs[instrument.risk_unit.value].push_back({&leg, &rows[i], &instrument});
  }
  std::vector<ReferenceUnit> units;
  for (std::size_t u = 0; u < legs.size(); ++u) {
    units.push_back(
        unit_margin(market, config.model.units[u], is_in_pool(config.model, u), legs[u], margin));
  }
  return units;
}

bool are_opposite(const ReferenceUnit& a, const ReferenceUnit& b) {
  return (a.delta_lo > 0 && b.delta_hi < 0) || (a.delta_hi < 0 && b.delta_lo > 0);
}

// MR-22: what the market says a credit is worth now, the model's rate at most.
std::int64_t credit_rate_parts(const ReferenceMarket& market, std::size_t credit) {
  const std::int64_t granted = parts_per_billion(market.config->model.credits[credit].rate);
  const std::vector<double>& now = market.surface->credit_rates;
  if (now.empty()) return granted;
  const double rate = now[credit] > 0.0 ? std::min(now[credit], 1.0) : 0.0;
  return std::min(static_cast<std::int64_t>(std::floor(rate * 1e9)), granted);
}

// MR-22.
Int128 credits_of(const ReferenceMarket& market, std::span<const ReferenceUnit> units) {
  const MarginModel& model = market.config->model;
  Int128 parts = 0;
  for (std::size_t i = 0; i < model.credits.size(); ++i) {
    const OffsetCredit& credit = model.credits[i];
    const ReferenceUnit& a = units[credit.first.value];
    const ReferenceUnit& b = units[credit.second.value];
    if (!are_opposite(a, b)) continue;
    const std::int64_t smaller =
        std::min(std::max(a.scan_risk, a.floor), std::max(b.scan_risk, b.floor));
    parts += Int128{credit_rate_parts(market, i)} * smaller;
  }
  return floor_quotient(parts, parts_per_one);
}

// MR-23: the risk part before factors.
Int128 risk_of(std::span<const ReferenceUnit> units, std::span<const ReferencePool> pools,
               Int128 credits) {
  Int128 risk = -credits;
  for (const ReferencePool& pool : pools) risk += pool.total;
  for (const ReferenceUnit& unit : units) risk += unit.total;
  return risk;
}

// MR-23: positions as they are, no order fills.
Int128 maintenance_margin(const ReferenceMarket& market, ReferenceAccount account,
                          std::span<const ReferenceRow> rows, std::int64_t borrow) {
  for (ReferenceLeg& leg : account.legs) leg.working_buys = leg.working_sells = 0;
  const std::vector<ReferenceUnit> units =
      unit_margins(market, account, rows, MarginScope::maintenance);
  const MarginModel& model = market.config->model;
  return factored(model.maintenance_factor,
                  risk_of(units, pool_margins(*market.config, units, MarginScope::maintenance),
                          credits_of(market, units))) +
         borrow;
}

}  // namespace

ReferenceAccount without_empty_legs(ReferenceAccount account) {
  std::erase_if(account.legs, [](const ReferenceLeg& leg) { return leg.empty(); });
  return account;
}

std::vector<ReferenceRow> reference_rows(const ReferenceMarket& market,
                                         const ReferenceAccount& account) {
  std::vector<ReferenceRow> rows;
  rows.reserve(account.legs.size());
  for (const ReferenceLeg& leg : account.legs) {
    rows.push_back(reference_row(market, leg.instrument));
  }
  return rows;
}

ReferenceMargin reference_margin(const ReferenceMarket& market, const ReferenceAccount& account,
                                 std::span<const ReferenceRow> rows) {
  ReferenceMargin margin;
  for (std::size_t i = 0; i < account.legs.size(); ++i) {
    if (rows[i].reason == Reason::accepted) continue;
    margin.reason = Reason::position_unpriced;
    return margin;
  }
  const std::optional<ReferenceEquity> owned = reference_equity(market, account, rows);
  if (!owned) {
    margin.reason = Reason::missing_mark;
    return margin;
  }
  const MarginModel& model = market.config->model;
  margin.equity = {owned->equity};
  margin.units = unit_margins(market, account, rows, MarginScope::initial);
  const Int128 credits = credits_of(market, margin.units);
  margin.pools = pool_margins(*market.config, margin.units, MarginScope::initial);
  const Int128 risk = risk_of(margin.units, margin.pools, credits);
  margin.credits = {narrow(credits)};
  margin.risk = {narrow(risk)};
  margin.initial_margin = {
      narrow(factored(model.initial_factor, risk) + owned->borrow_initial + account.holds.value)};
  margin.maintenance_margin = {
      narrow(maintenance_margin(market, account, rows, owned->borrow_maintenance))};
  return margin;
}

ReferenceMargin reference_margin(const ReferenceMarket& market, const ReferenceAccount& account) {
  const ReferenceAccount held = without_empty_legs(account);
  const std::vector<ReferenceRow> rows = reference_rows(market, held);
  return reference_margin(market, held, rows);
}

}  // namespace margingate::reference
