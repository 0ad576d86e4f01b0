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

void check_scenario(const Scenario& s, const std::string& path, Issues& issues) {
  issues.require(s.price_move > -1.0 && s.price_move <= 100.0, path + ".price_move",
                 "more than -1 and at most 100");
  issues.require(s.weight > 0.0 && s.weight <= 10.0, path + ".weight", "more than 0, at most 10");
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
  issues.require(v.pivot_days > 0.0 && v.pivot_days <= 3650.0, path + ".volatility.pivot_days",
                 "more than 0, at most 3650");
}

void check_exposure(const ExposureCharge& charge, const std::string& path, Issues& issues) {
  for (const std::uint8_t kind : charge.kinds) {
    issues.require(kind <= 3, path + ".kinds", "instrument kinds 0 to 3");
  }
  issues.require(!charge.kinds.empty(), path + ".kinds", "at least one instrument kind");
  issues.require_rate(charge.long_rate, 10.0, path + ".long_rate");
  issues.require_rate(charge.short_rate, 10.0, path + ".short_rate");
  issues.require_rate(charge.long_mark_rate, 10.0, path + ".long_mark_rate");
  issues.require_rate(charge.short_otm_base, 10.0, path + ".short_otm_base");
  issues.require_rate(charge.short_otm_minimum, 10.0, path + ".short_otm_minimum");
}

std::size_t distinct_shocks(const std::vector<Scenario>& scenarios) {
  std::vector<VolatilityShock> seen{VolatilityShock{}};
  for (const Scenario& s : scenarios) {
    bool known = false;
    for (const VolatilityShock& v : seen) known |= v == s.volatility;
    if (!known) seen.push_back(s.volatility);
  }
  return seen.size();
}

void check_unit(const RiskUnitModel& unit, const std::string& path, Issues& issues) {
  const auto& scenarios = unit.scan.scenarios;
  issues.require(scenarios.size() <= scenarios_max, path + ".scan.scenarios", "at most 64");
  issues.require(distinct_shocks(scenarios) <= volatility_shocks_max, path + ".scan.scenarios",
                 "at most 8 distinct volatility shocks, no shock included");
  for (std::size_t s = 0; s < scenarios.size(); ++s) {
    check_scenario(scenarios[s], indexed(path + ".scan.scenarios", s), issues);
  }
  issues.require(unit.scan.rounding_decimals >= -1 && unit.scan.rounding_decimals <= 18,
                 path + ".scan.rounding_decimals", "-1 to 18");
  issues.require(unit.scan.gain_offset >= 0.0 && unit.scan.gain_offset <= 1.0,
                 path + ".scan.gain_offset", "0 to 1");
  issues.require_rate(unit.expiry_delta.minimum_rate, 1.0, path + ".expiry_delta.minimum_rate");
  issues.require_rate(unit.expiry_delta.annualised_move, 10.0,
                      path + ".expiry_delta.annualised_move");
  issues.require_rate(unit.delta_shock.rate_max, 1.0, path + ".delta_shock.rate_max");
  issues.require(unit.delta_shock.rate_per_unit >= 0.0 && unit.delta_shock.rate_per_unit <= 1.0,
                 path + ".delta_shock.rate_per_unit", "0 to 1");
  issues.require(
      unit.delta_shock.threshold_quote >= 0.0 && unit.delta_shock.threshold_quote <= 1e15,
      path + ".delta_shock.threshold_quote", "0 to 1e15");
  issues.require(unit.delta_decay_minutes >= 0.0 && unit.delta_decay_minutes <= 1e6,
                 path + ".delta_decay_minutes", "0 to 1e6");
  for (std::size_t i = 0; i < unit.added.size(); ++i) {
    check_exposure(unit.added[i], indexed(path + ".added", i), issues);
  }
  for (std::size_t i = 0; i < unit.floor.size(); ++i) {
    check_exposure(unit.floor[i], indexed(path + ".floor", i), issues);
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
    if (!known) continue;
    for (const RiskUnitId unit : {credit.first, credit.second}) {
      rate_by_unit[unit.value] += credit.rate;
      issues.require(rate_by_unit[unit.value] <= 1.0, path + ".rate",
                     "rates naming one risk unit sum to at most 1");
    }
  }
}

}  // namespace

std::vector<ModelIssue> validate_margin_model(const MarginModel& model) {
  Issues issues;
  issues.require(!model.units.empty() && model.units.size() <= risk_units_max, "units",
                 "1 to 16 risk units");
  for (std::size_t u = 0; u < model.units.size(); ++u) {
    check_unit(model.units[u], indexed("units", u), issues);
  }
  check_credits(model, issues);
  issues.require(model.initial_factor > 0.0 && model.initial_factor <= 10.0, "initial_factor",
                 "more than 0, at most 10");
  issues.require(model.minimum_equity_to_keep >= 0.0 && model.minimum_equity_to_keep <= 1e12,
                 "minimum_equity_to_keep", "0 to 1e12");
  issues.require(model.minimum_equity_to_enter >= model.minimum_equity_to_keep &&
                     model.minimum_equity_to_enter <= 1e12,
                 "minimum_equity_to_enter", "minimum_equity_to_keep to 1e12");
  issues.require(model.maintenance_factor > 0.0 && model.maintenance_factor <= model.initial_factor,
                 "maintenance_factor", "more than 0, at most initial_factor");
  return issues.take();
}

}  // namespace margingate
