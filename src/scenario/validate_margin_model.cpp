#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "margingate/limits.hpp"
#include "margingate/margin_model.hpp"

namespace margingate {
namespace {

class Issues {
 public:
  // Comparisons are written so that NaN fails them.
  void require(bool holds, const std::string& where, const char* expected) {
    if (!holds) issues_.push_back({where, expected});
  }
  void require_rate(double value, double max, const std::string& where) {
    require(value >= 0.0 && value <= max, where, "a fraction from 0 to the stated maximum");
  }
  std::vector<ModelIssue> take() { return std::move(issues_); }

 private:
  std::vector<ModelIssue> issues_;
};

std::string indexed(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

void check_value_scale(const ValueScale& scale, const std::string& path, Issues& issues) {
  issues.require(scale.base >= 0.0 && scale.base <= 10.0, path + ".base", "0 to 10");
  issues.require(scale.rate_share >= -10.0 && scale.rate_share <= 10.0, path + ".rate_share",
                 "-10 to 10");
  issues.require(scale.annual_rate >= -10.0 && scale.annual_rate <= 10.0, path + ".annual_rate",
                 "-10 to 10");
}

void check_skew(const VolatilitySkew& skew, const std::string& path, Issues& issues) {
  const auto require_within = [&](double value, double low, double high, const char* field,
                                  const char* expected) {
    issues.require(value >= low && value <= high, path + field, expected);
  };
  require_within(skew.cap, -100.0, 100.0, ".cap", "-100 to 100");
  require_within(skew.cap_per_root_year, -100.0, 100.0, ".cap_per_root_year", "-100 to 100");
  require_within(skew.width, 0.0, 1000.0, ".width", "0 to 1000");
  require_within(skew.volatility, 0.0, 100.0, ".volatility", "0 to 100");
  require_within(skew.volatility_per_root_year, -100.0, 100.0, ".volatility_per_root_year",
                 "-100 to 100");
  require_within(skew.reach_minimum, 1e-6, 100.0, ".reach_minimum", "1e-6 to 100");
}

void check_scenario(const Scenario& s, const std::string& path, Issues& issues) {
  issues.require(s.price_move > -1.0 && s.price_move <= 100.0, path + ".price_move",
                 "more than -1 and at most 100");
  issues.require((s.weight > 0.0 && s.weight <= 10.0) || (s.weight < 0.0 && s.weight >= -10.0),
                 path + ".weight", "-10 to 10, but not 0");
  issues.require(s.weight_per_year >= -10.0 && s.weight_per_year <= 10.0, path + ".weight_per_year",
                 "-10 to 10");
  check_value_scale(s.shocked_value, path + ".shocked_value", issues);
  check_skew(s.skew, path + ".skew", issues);
  issues.require(s.deductible_quote >= 0.0 && s.deductible_quote <= 1e12,
                 path + ".deductible_quote", "0 to 1e12");
  const VolatilityShock& v = s.volatility;
  issues.require(v.relative > -1.0 && v.relative <= 100.0, path + ".volatility.relative",
                 "more than -1 and at most 100");
  issues.require(v.minimum >= 0.0 && v.minimum <= 10.0, path + ".volatility.minimum", "0 to 10");
  issues.require(v.short_power >= 0.0 && v.short_power <= 1.0, path + ".volatility.short_power",
                 "0 to 1");
  issues.require(v.long_power >= 0.0 && v.long_power <= 1.0, path + ".volatility.long_power",
                 "0 to 1");
  issues.require(v.days_forward >= 0.0 && v.days_forward <= 3650.0,
                 path + ".volatility.days_forward", "0 to 3650");
  issues.require(v.pivot_days > 0.0 && v.pivot_days <= 3650.0, path + ".volatility.pivot_days",
                 "more than 0, at most 3650");
  issues.require(v.days_minimum >= 0.0 && v.days_minimum <= 3650.0,
                 path + ".volatility.days_minimum", "0 to 3650");
}

void check_scaling(const SizeScaling& scaling, const std::string& path, Issues& issues) {
  issues.require_rate(scaling.linear_rate, 1.0, path + ".linear_rate");
  issues.require_rate(scaling.square_root_rate, 1.0, path + ".square_root_rate");
  issues.require_rate(scaling.base_rate, 1.0, path + ".base_rate");
  issues.require(scaling.tiers.size() <= size_tiers_max, path + ".tiers", "at most 16 tiers");
  double sum = 0.0;
  for (std::size_t i = 0; i < scaling.tiers.size(); ++i) {
    const SizeTier& tier = scaling.tiers[i];
    const bool rises = i == 0 ? tier.from >= 0.0 : tier.from > scaling.tiers[i - 1].from;
    issues.require(rises && tier.from <= 1e15, indexed(path + ".tiers", i),
                   "rising tiers from 0 to 1e15");
    issues.require_rate(tier.added_rate, 2.0, indexed(path + ".tiers", i) + ".added_rate");
    sum += tier.added_rate;
  }
  issues.require(sum <= 2.0, path + ".tiers", "added rates that sum to at most 2");
}

void check_exposure(const ExposureCharge& charge, const std::string& path, Issues& issues) {
  for (const std::uint8_t kind : charge.kinds) {
    issues.require(kind <= 3, path + ".kinds", "instrument kinds 0 to 3");
  }
  issues.require(!charge.kinds.empty(), path + ".kinds", "at least one instrument kind");
  issues.require_rate(charge.long_rate, 10.0, path + ".long_rate");
  issues.require_rate(charge.short_rate, 10.0, path + ".short_rate");
  for (const double amount : {charge.long_amount_quote, charge.short_amount_quote}) {
    issues.require(amount >= 0.0 && amount <= 1e9, path + ".amount_quote", "0 to 1e9");
  }
  issues.require_rate(charge.long_mark_rate, 10.0, path + ".long_mark_rate");
  issues.require_rate(charge.short_otm_base, 10.0, path + ".short_otm_base");
  issues.require_rate(charge.short_otm_minimum, 10.0, path + ".short_otm_minimum");
  issues.require_rate(charge.short_mark_rate, 10.0, path + ".short_mark_rate");
  issues.require_rate(charge.short_mark_floor, 10.0, path + ".short_mark_floor");
  check_scaling(charge.scaling, path + ".scaling", issues);
  issues.require_rate(charge.confidence_threshold, 1.0, path + ".confidence_threshold");
  const OpenInterestScaling& oi = charge.open_interest;
  const bool is_off = oi.lower_quote == 0.0 && oi.upper_quote == 0.0;
  issues.require(is_off || (oi.lower_quote >= 0.0 && oi.lower_quote < oi.upper_quote &&
                            oi.upper_quote <= 1e18),
                 path + ".open_interest", "0 <= lower_quote < upper_quote <= 1e18");
}

void check_exposures(const std::vector<ExposureCharge>& charges, const std::string& path,
                     Issues& issues) {
  for (std::size_t i = 0; i < charges.size(); ++i) {
    check_exposure(charges[i], indexed(path, i), issues);
  }
}

bool may_both_charge(const ExposureCharge& a, const ExposureCharge& b) {
  const bool same_margin =
      a.scope == MarginScope::both || b.scope == MarginScope::both || a.scope == b.scope;
  const bool same_type = a.option_types == OptionTypes::both ||
                         b.option_types == OptionTypes::both || a.option_types == b.option_types;
  const auto is_of_b = [&](std::uint8_t kind) {
    return std::find(b.kinds.begin(), b.kinds.end(), kind) != b.kinds.end();
  };
  return same_margin && same_type && std::any_of(a.kinds.begin(), a.kinds.end(), is_of_b);
}

// A row has room for one scaling a margin, among the added charges.
void check_scalings(const RiskUnitModel& unit, const std::string& path, Issues& issues) {
  for (std::size_t i = 0; i < unit.added.size(); ++i) {
    if (!unit.added[i].scaling.applies()) continue;
    for (std::size_t j = 0; j < i; ++j) {
      const bool clash =
          unit.added[j].scaling.applies() && may_both_charge(unit.added[i], unit.added[j]);
      issues.require(!clash, indexed(path + ".added", i) + ".scaling",
                     "one charge at most that scales for an instrument and a margin");
    }
  }
  for (const auto* list : {&unit.floor, &unit.total_floor}) {
    for (const ExposureCharge& charge : *list) {
      issues.require(!charge.scaling.applies(), path, "scaling in added charges only");
    }
  }
}

void check_total_floor(const RiskUnitModel& unit, const std::string& path, Issues& issues) {
  check_exposures(unit.total_floor, path + ".total_floor", issues);
  const auto& tiers = unit.total_floor_tiers;
  issues.require(tiers.size() <= size_tiers_max, path + ".total_floor_tiers", "at most 16 tiers");
  issues.require(tiers.empty() || tiers.front().from_quote == 0.0, path + ".total_floor_tiers",
                 "a first tier from 0");
  for (std::size_t i = 0; i < tiers.size(); ++i) {
    const std::string where = indexed(path + ".total_floor_tiers", i);
    const bool rises = i == 0 || (tiers[i].from_quote > tiers[i - 1].from_quote &&
                                  tiers[i].multiplier >= tiers[i - 1].multiplier);
    issues.require(rises && tiers[i].from_quote <= 1e12, where, "rising tiers up to 1e12");
    issues.require(tiers[i].multiplier >= 1.0 && tiers[i].multiplier <= 1000.0, where,
                   "a multiplier from 1 to 1000");
  }
}

std::size_t distinct_stretches(const std::vector<Scenario>& scenarios) {
  std::vector<VolatilityShock> seen;
  for (const Scenario& s : scenarios) {
    VolatilityShock stretch = s.volatility;
    if (stretch.relative == 0.0 && stretch.minimum == 0.0 && stretch.days_forward == 0.0) continue;
    stretch.relative = stretch.minimum = 0.0;
    if (std::find(seen.begin(), seen.end(), stretch) == seen.end()) seen.push_back(stretch);
  }
  // The option as it stands, in no time, is one of them.
  const bool has_now =
      std::any_of(seen.begin(), seen.end(), [](const auto& s) { return s.days_forward == 0.0; });
  return seen.size() + (has_now ? 0 : 1);
}

// Different values of one field over the scenarios, its default included.
template <class Value>
std::size_t distinct(const std::vector<Scenario>& scenarios, Value Scenario::*field) {
  std::vector<Value> seen{Value{}};
  for (const Scenario& s : scenarios) {
    if (std::find(seen.begin(), seen.end(), s.*field) == seen.end()) seen.push_back(s.*field);
  }
  return seen.size();
}

void check_reducer(const Reducer& reducer, const std::string& path, Issues& issues) {
  issues.require(reducer.confidence >= 0.0 && reducer.confidence <= 0.999999, path + ".confidence",
                 "0 to 0.999999");
}

void check_parts(const ScenarioParts& parts, const Reducer& reducer, std::size_t scenarios,
                 const std::string& path, Issues& issues) {
  const std::vector<ScenarioPart>& list = parts.parts;
  if (list.empty()) return;
  issues.require(list.size() >= 2 && list.size() <= scenario_parts_max, path, "2 to 4 parts");
  issues.require(reducer == Reducer{}, path, "no reducer beside those of the parts");
  std::size_t covered = 0;
  double weights = 0.0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string at = indexed(path, i);
    const bool is_last = i + 1 == list.size();
    issues.require(
        list[i].scenarios > 0 && (is_last || list[i].scenarios % scenario_lane_multiple == 0),
        at + ".scenarios", "a multiple of 8, but for the last part");
    issues.require(list[i].weight > 0.0 && list[i].weight <= 1.0, at + ".weight",
                   "more than 0, at most 1");
    check_reducer(list[i].reducer, at + ".reducer", issues);
    covered += list[i].scenarios;
    weights += list[i].weight;
  }
  issues.require(covered == scenarios, path, "parts that cover all scenarios");
  issues.require(parts.together == PartsTogether::largest || weights <= 1.0 + 1e-12, path,
                 "weights that sum to at most 1");
}

void check_scan(const ScanRisk& scan, const std::string& path, Issues& issues) {
  issues.require(scan.scenarios.size() <= scenarios_max, path + ".scenarios", "at most 1024");
  issues.require(distinct_stretches(scan.scenarios) <= volatility_stretches_max,
                 path + ".scenarios",
                 "at most 4 different powers, pivots and times of volatility shocks");
  issues.require(distinct(scan.scenarios, &Scenario::skew) <= volatility_skews_max,
                 path + ".scenarios", "at most 4 different skews, none included");
  issues.require(distinct(scan.scenarios, &Scenario::shocked_value) <= value_scales_max,
                 path + ".scenarios",
                 "at most 4 different scales of shocked values, none included");
  bool has_deductibles = false;
  for (std::size_t s = 0; s < scan.scenarios.size(); ++s) {
    check_scenario(scan.scenarios[s], indexed(path + ".scenarios", s), issues);
    has_deductibles |= scan.scenarios[s].deductible_quote > 0.0;
  }
  check_reducer(scan.reducer, path + ".reducer", issues);
  issues.require(scan.reducer.kind == ReducerKind::worst || !has_deductibles, path + ".scenarios",
                 "no deductibles unless the reducer is the worst loss");
  const std::size_t alternatives = scan.alternatives;
  issues.require(
      alternatives >= 1 && scan.scenarios.size() % std::max<std::size_t>(1, alternatives) == 0,
      path + ".alternatives", "1 or more, dividing the number of scenarios");
  check_parts(scan.parts, scan.reducer, scan.scenarios.size(), path + ".parts", issues);
  issues.require(scan.parts.parts.empty() || (alternatives == 1 && !has_deductibles),
                 path + ".parts", "no alternatives or deductibles beside parts");
  issues.require(!scan.lesser_of_last_two || alternatives >= 3, path + ".lesser_of_last_two",
                 "3 alternatives or more");
}

void check_unit(const RiskUnitModel& unit, const std::string& path, Issues& issues) {
  check_scan(unit.scan, path + ".scan", issues);
  issues.require(unit.scan.rounding_decimals >= -1 && unit.scan.rounding_decimals <= 18,
                 path + ".scan.rounding_decimals", "-1 to 18");
  issues.require(unit.scan.gain_offset >= 0.0 && unit.scan.gain_offset <= 1.0,
                 path + ".scan.gain_offset", "0 to 1");
  issues.require_rate(unit.expiry_delta.minimum_rate, 1.0, path + ".expiry_delta.minimum_rate");
  issues.require_rate(unit.expiry_delta.annualised_move, 10.0,
                      path + ".expiry_delta.annualised_move");
  issues.require_rate(unit.expiry_delta.spot_rate, 1.0, path + ".expiry_delta.spot_rate");
  const StrikeNetting& netting = unit.strike_netting;
  issues.require_rate(netting.initial_rate, 10.0, path + ".strike_netting.initial_rate");
  issues.require_rate(netting.maintenance_rate, netting.initial_rate,
                      path + ".strike_netting.maintenance_rate");
  issues.require(netting.initial_rate == 0.0 || (unit.expiry_delta.minimum_rate == 0.0 &&
                                                 unit.expiry_delta.annualised_move == 0.0 &&
                                                 unit.expiry_delta.spot_rate == 0.0),
                 path + ".strike_netting", "no charge by expiry delta beside it");
  issues.require_rate(unit.delta_shock.rate_max, 1.0, path + ".delta_shock.rate_max");
  issues.require(unit.delta_shock.rate_per_unit >= 0.0 && unit.delta_shock.rate_per_unit <= 1.0,
                 path + ".delta_shock.rate_per_unit", "0 to 1");
  issues.require(
      unit.delta_shock.threshold_quote >= 0.0 && unit.delta_shock.threshold_quote <= 1e15,
      path + ".delta_shock.threshold_quote", "0 to 1e15");
  issues.require(unit.delta_decay_minutes >= 0.0 && unit.delta_decay_minutes <= 1e6,
                 path + ".delta_decay_minutes", "0 to 1e6");
  check_exposures(unit.added, path + ".added", issues);
  check_exposures(unit.floor, path + ".floor", issues);
  check_total_floor(unit, path, issues);
  check_scalings(unit, path, issues);
}

// What refers to contracts and units is checked where they are known, by the gate's configuration.
void check_delivered(const std::vector<DeliveredRow>& rows, Issues& issues) {
  constexpr double amount_max = 1e12;
  const auto require_amount = [&](double amount, double low, const std::string& where,
                                  const char* expected) {
    issues.require(amount >= low && amount <= amount_max, where, expected);
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const DeliveredRow& row = rows[i];
    const std::string path = indexed("delivered", i);
    const bool is_next = i == 0 || rows[i - 1].instrument < row.instrument;
    issues.require(is_next, path + ".instrument", "more than the one before");
    for (std::size_t s = 0; s < row.losses_quote.size(); ++s) {
      require_amount(row.losses_quote[s], -amount_max, indexed(path + ".losses_quote", s),
                     "-1e12 to 1e12");
    }
    require_amount(row.value_quote, 0.0, path + ".value_quote", "0 to 1e12");
    require_amount(row.delta_quote, -amount_max, path + ".delta_quote", "-1e12 to 1e12");
    require_amount(row.expiry_delta_quote, -amount_max, path + ".expiry_delta_quote",
                   "-1e12 to 1e12");
  }
}

void check_credits(const MarginModel& model, Issues& issues) {
  std::vector<double> rate_by_unit(model.units.size(), 0.0);
  for (std::size_t i = 0; i < model.credits.size(); ++i) {
    const OffsetCredit& credit = model.credits[i];
    const std::string path = indexed("credits", i);
    const bool known =
        credit.first.value < model.units.size() && credit.second.value < model.units.size();
    issues.require(known && credit.first != credit.second, path, "two different risk units");
    issues.require(credit.rate >= 0.0 && credit.rate <= 1.0, path + ".rate", "0 to 1");
    const CreditCorrelation& share = credit.correlation;
    issues.require(!share.applies() || (share.none_below >= -1.0 && share.full_from <= 1.0 &&
                                        share.none_below < share.full_from),
                   path + ".correlation", "-1 <= none_below < full_from <= 1");
    if (!known) continue;
    // While its floor binds, a unit whose scan risk rises would only earn more credit.
    issues.require(model.units[credit.first.value].total_floor.empty() &&
                       model.units[credit.second.value].total_floor.empty(),
                   path, "units without a total floor");
    for (const RiskUnitId unit : {credit.first, credit.second}) {
      rate_by_unit[unit.value] += credit.rate;
      issues.require(rate_by_unit[unit.value] <= 1.0, path + ".rate",
                     "rates naming one risk unit sum to at most 1");
    }
  }
}

// What a pool decides is not decided by its units.
void check_pooled_unit(const RiskUnitModel& unit, const std::string& path, Issues& issues) {
  issues.require(unit.scan.reducer == Reducer{} && unit.scan.parts.parts.empty(),
                 path + ".scan.reducer", "left out: the pool's counts");
  issues.require(unit.scan.rounding_decimals == -1, path + ".scan.rounding_decimals",
                 "-1: the pool's counts");
  const bool has_deductibles =
      std::any_of(unit.scan.scenarios.begin(), unit.scan.scenarios.end(),
                  [](const Scenario& s) { return s.deductible_quote > 0.0; });
  issues.require(!has_deductibles, path + ".scan.scenarios", "no deductibles in a pool");
  issues.require(unit.total_floor.empty(), path + ".total_floor", "none in a pool");
}

std::size_t scenario_count(const ScanRisk& scan) {
  return scan.scenarios.size() / std::max<std::size_t>(1, scan.alternatives);
}

class PoolChecks {
 public:
  PoolChecks(const MarginModel& model, Issues& issues)
      : model_(model), issues_(issues), pooled_(model.units.size(), false) {}

  void run() {
    for (std::size_t i = 0; i < model_.pools.size(); ++i) {
      check(model_.pools[i], indexed("pools", i));
    }
    for (std::size_t u = 0; u < model_.units.size(); ++u) {
      issues_.require(pooled_[u] || !model_.units[u].scan.lesser_of_last_two,
                      indexed("units", u) + ".scan.lesser_of_last_two", "only in a pool");
    }
    for (std::size_t i = 0; i < model_.credits.size(); ++i) {
      const OffsetCredit& credit = model_.credits[i];
      issues_.require(!is_pooled(credit.first) && !is_pooled(credit.second), indexed("credits", i),
                      "risk units that are in no pool");
    }
  }

 private:
  bool is_pooled(RiskUnitId unit) const {
    return unit.value < pooled_.size() && pooled_[unit.value];
  }

  void check(const ScanPool& pool, const std::string& path) {
    check_reducer(pool.reducer, path + ".reducer", issues_);
    issues_.require(pool.gain_share >= 0.0 && pool.gain_share <= 1.0, path + ".gain_share",
                    "0 to 1");
    issues_.require(pool.rounding_decimals >= -1 && pool.rounding_decimals <= 18,
                    path + ".rounding_decimals", "-1 to 18");
    issues_.require(!pool.groups.empty(), path + ".groups", "at least one");
    issues_.require(pool.initial_factor > 0.0 && pool.initial_factor <= 10.0,
                    path + ".initial_factor", "more than 0, at most 10");
    issues_.require(pool.maintenance_factor > 0.0 && pool.maintenance_factor <= pool.initial_factor,
                    path + ".maintenance_factor", "more than 0, at most initial_factor");
    const RiskUnitModel* first = nullptr;
    for (std::size_t g = 0; g < pool.groups.size(); ++g) {
      const std::string group = indexed(path + ".groups", g);
      const double share = pool.groups[g].gain_share;
      issues_.require(share >= 0.0 && share <= 1.0, group + ".gain_share", "0 to 1");
      issues_.require(!pool.groups[g].units.empty(), group + ".units", "at least one");
      for (std::size_t i = 0; i < pool.groups[g].units.size(); ++i) {
        check(pool.groups[g].units[i], indexed(group + ".units", i), first, pool, path + ".parts");
      }
    }
  }

  void check(RiskUnitId id, const std::string& path, const RiskUnitModel*& first,
             const ScanPool& pool, const std::string& path_of_parts) {
    const bool known = id.value < model_.units.size();
    issues_.require(known && !pooled_[id.value], path, "a risk unit that is in no other pool");
    if (!known) return;
    pooled_[id.value] = true;
    const RiskUnitModel& unit = model_.units[id.value];
    if (first == nullptr) {
      first = &unit;
      check_parts(pool.parts, pool.reducer, scenario_count(unit.scan), path_of_parts, issues_);
    }
    issues_.require(scenario_count(unit.scan) == scenario_count(first->scan), path,
                    "as many scenarios as the pool's other units");
    check_pooled_unit(unit, indexed("units", id.value), issues_);
  }

  const MarginModel& model_;
  Issues& issues_;
  std::vector<bool> pooled_;
};

}  // namespace

std::vector<ModelIssue> validate_margin_model(const MarginModel& model) {
  Issues issues;
  issues.require(!model.units.empty() && model.units.size() <= risk_units_max, "units",
                 "1 to 32 risk units");
  for (std::size_t u = 0; u < model.units.size(); ++u) {
    check_unit(model.units[u], indexed("units", u), issues);
  }
  check_delivered(model.delivered, issues);
  check_credits(model, issues);
  PoolChecks(model, issues).run();
  issues.require(model.initial_factor > 0.0 && model.initial_factor <= 10.0, "initial_factor",
                 "more than 0, at most 10");
  issues.require(model.minimum_equity_to_keep >= 0.0 && model.minimum_equity_to_keep <= 1e12,
                 "minimum_equity_to_keep", "0 to 1e12");
  issues.require(model.minimum_equity_to_enter >= model.minimum_equity_to_keep &&
                     model.minimum_equity_to_enter <= 1e12,
                 "minimum_equity_to_enter", "minimum_equity_to_keep to 1e12");
  for (std::size_t i = 0; i < model.bands.size(); ++i) {
    const bool falls = i == 0 || model.bands[i].ratio < model.bands[i - 1].ratio;
    issues.require(falls && model.bands[i].ratio > 0.0 && model.bands[i].ratio <= 100.0,
                   indexed("bands", i) + ".ratio", "falling, more than 0, at most 100");
  }
  issues.require(model.bands.size() <= 16, "bands", "at most 16");
  issues.require(model.maintenance_factor > 0.0 && model.maintenance_factor <= model.initial_factor,
                 "maintenance_factor", "more than 0, at most initial_factor");
  return issues.take();
}

}  // namespace margingate
