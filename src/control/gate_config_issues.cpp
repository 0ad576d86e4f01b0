#include "control/gate_config_issues.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "control/controls_create.hpp"

namespace margingate {
namespace {

class Issues {
 public:
  // Comparisons are written so that NaN fails them.
  bool require(bool holds, std::string where, std::string expected) {
    if (!holds) list_.push_back({std::move(where), std::move(expected)});
    return holds;
  }
  template <class T>
  void require_range(T value, T low, T high, const std::string& where) {
    require(value >= low && value <= high, where,
            std::to_string(low) + " to " + std::to_string(high));
  }
  std::vector<GateIssue> take() { return std::move(list_); }

 private:
  std::vector<GateIssue> list_;
};

std::string indexed(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

void check_limits(const GateLimits& l, Issues& issues) {
  issues.require_range<std::uint32_t>(l.accounts_max, 1, 1u << 24, "limits.accounts_max");
  issues.require_range<std::uint32_t>(l.legs_max, 1, 1u << 28, "limits.legs_max");
  issues.require_range<std::uint32_t>(l.working_orders_max, 1, 1u << 28,
                                      "limits.working_orders_max");
  issues.require_range<std::uint32_t>(l.order_ids_max, 1, 1u << 28, "limits.order_ids_max");
  issues.require_range<std::uint32_t>(l.quote_batch_max, 1, 1u << 16, "limits.quote_batch_max");
  issues.require_range<std::uint32_t>(l.quarantine_max, 1, 1u << 20, "limits.quarantine_max");
  issues.require_range<std::uint32_t>(l.risk_tables_max, 3, 16, "limits.risk_tables_max");
  issues.require_range<std::uint32_t>(l.queue_capacity, 64, 1u << 24, "limits.queue_capacity");
  issues.require_range<std::uint32_t>(l.changes_max, 64, 1u << 26, "limits.changes_max");
  issues.require_range<std::int64_t>(l.quantity_max, 1, 1 << 30, "limits.quantity_max");
  issues.require_range<std::int64_t>(l.cash_max, 1, std::int64_t{1} << 60, "limits.cash_max");
}

void check_settings(const GateConfig& c, Issues& issues) {
  issues.require_range(c.money_decimals, 0, 18, "money_decimals");
  issues.require_range(c.price_decimals, 0, 12, "price_decimals");
  issues.require_range(c.drift_band, 0.0001, 0.1, "drift_band");
  issues.require_range(c.drift_max, c.drift_band, 0.9, "drift_max");
  issues.require_range(c.reducing_open_loss_rate_max, 0.0, 1.0, "reducing_open_loss_rate_max");
  issues.require(c.table_age_max.value > 0, "table_age_max", "a positive duration");
  issues.require(c.spot_age_max.value > 0, "spot_age_max", "a positive duration");
  const bool supported = !c.instruction_set || is_supported(*c.instruction_set);
  issues.require(supported, "instruction_set", "one that this machine supports");
}

void check_asset(const Asset& asset, const std::string& path, Issues& issues) {
  issues.require_range(asset.haircut, 0.0, 1.0, path + ".haircut");
  issues.require_range(asset.borrow_initial_rate, 0.0, 10.0, path + ".borrow_initial_rate");
  issues.require_range(asset.borrow_maintenance_rate, 0.0, asset.borrow_initial_rate,
                       path + ".borrow_maintenance_rate");
  issues.require(asset.haircut_tiers.size() <= size_tiers_max, path + ".haircut_tiers",
                 "at most 16 tiers");
  double cut = asset.haircut;
  for (std::size_t t = 0; t < asset.haircut_tiers.size(); ++t) {
    const HaircutTier& tier = asset.haircut_tiers[t];
    const std::string at = indexed(path + ".haircut_tiers", t);
    const bool rises = t == 0 ? tier.from >= 0.0 : tier.from > asset.haircut_tiers[t - 1].from;
    issues.require(rises && tier.from <= 1e12, at + ".from", "rising from 0 to 1e12");
    issues.require_range(tier.added_haircut, 0.0, 1.0, at + ".added_haircut");
    cut += tier.added_haircut;
  }
  issues.require(cut <= 1.0 + 1e-9, path + ".haircut_tiers", "haircuts that sum to at most 1");
}

bool is_coin_form(const GateConfig& c, const RiskUnitId unit) {
  for (const Instrument& i : c.instruments) {
    if (i.risk_unit != unit || i.underlying.value >= c.underlyings.size()) continue;
    return c.underlyings[i.underlying.value].asset == c.numeraire;
  }
  return false;
}

// What a model's charges ask of the contracts they are of.
void check_charges(const GateConfig& c, Issues& issues) {
  for (std::size_t u = 0; u < c.model.units.size(); ++u) {
    const RiskUnitModel& unit = c.model.units[u];
    const std::string path = indexed("model.units", u);
    const bool coin = is_coin_form(c, {static_cast<std::uint32_t>(u)});
    issues.require(!coin || unit.total_floor_tiers.empty(), path + ".total_floor_tiers",
                   "none where the numeraire is the underlying's asset");
    for (const auto* list : {&unit.added, &unit.floor, &unit.total_floor}) {
      for (const ExposureCharge& charge : *list) {
        const bool has_amount = charge.long_amount_quote > 0.0 || charge.short_amount_quote > 0.0;
        issues.require(!coin || !has_amount, path,
                       "no amounts per contract where the numeraire is the underlying's asset");
      }
    }
    for (const ExposureCharge& charge : unit.added) {
      if (!charge.scaling.applies()) continue;
      issues.require(!coin || charge.scaling.unit == SizeUnit::underlying, path + ".added",
                     "scaling in units of the underlying where that is the numeraire");
      issues.require(c.combos.empty() && c.quote_groups.empty(), path + ".added",
                     "no scaling with size on a gate that lists combos or quote groups");
    }
  }
}

void check_assets(const GateConfig& c, Issues& issues) {
  issues.require(!c.assets.empty() && c.assets.size() <= assets_max, "assets", "1 to 8 assets");
  issues.require(c.numeraire.value < c.assets.size(), "numeraire", "an index into assets");
  for (std::size_t a = 0; a < c.assets.size(); ++a) {
    check_asset(c.assets[a], indexed("assets", a), issues);
  }
  issues.require(!c.underlyings.empty(), "underlyings", "at least one");
  std::set<std::uint32_t> coins;
  for (std::size_t u = 0; u < c.underlyings.size(); ++u) {
    const std::string path = indexed("underlyings", u);
    issues.require(c.underlyings[u].asset.value < c.assets.size(), path + ".asset",
                   "an index into assets");
    issues.require(coins.insert(c.underlyings[u].asset.value).second, path + ".asset",
                   "an asset that is no other underlying's");
    issues.require_range(c.underlyings[u].reference_price, 1e-12, 1e12, path + ".reference_price");
  }
}

void check_references(const GateConfig& c, const Instrument& i, const std::string& path,
                      Issues& issues) {
  const bool known = issues.require(i.underlying.value < c.underlyings.size(), path + ".underlying",
                                    "an index into underlyings") &&
                     issues.require(i.risk_unit.value < c.model.units.size(), path + ".risk_unit",
                                    "an index into model.units") &&
                     issues.require(i.settlement_asset.value < c.assets.size(),
                                    path + ".settlement_asset", "an index into assets");
  if (!known) return;
  const AssetId coin = c.underlyings[i.underlying.value].asset;
  if (i.payoff == Payoff::inverse) {
    issues.require(i.settlement_asset == coin, path + ".settlement_asset",
                   "the underlying's asset, because the payoff is inverse");
    return;
  }
  issues.require(i.settlement_asset == c.numeraire, path + ".settlement_asset",
                 "the numeraire, because the payoff is linear");
  issues.require(coin != c.numeraire, path + ".payoff",
                 "inverse, because the numeraire is the underlying's asset");
}

void check_terms(const Instrument& i, const std::string& path, Issues& issues) {
  const bool positive = i.contract_size > 0.0 && i.contract_size <= 1e9;
  issues.require(positive, path + ".contract_size", "more than 0, at most 1e9");
  const double nano = i.contract_size * 1e9;
  // What a decimal number of nine decimals may be off by as a double, and no more.
  issues.require(!positive || std::fabs(nano - std::round(nano)) <= 1e-6 + 1e-15 * nano,
                 path + ".contract_size", "at most nine decimals");
  issues.require_range<std::int64_t>(i.lots_per_contract, 1, 1'000'000'000'000,
                                     path + ".lots_per_contract");
  const bool may_be_american = i.kind != InstrumentKind::option || i.payoff == Payoff::linear;
  issues.require(i.exercise_style == ExerciseStyle::european || may_be_american,
                 path + ".exercise_style", "european, because the payoff is inverse");
  issues.require_range(i.fee_rate_max, 0.0, 0.1, path + ".fee_rate_max");
  if (i.kind == InstrumentKind::option) {
    issues.require_range(i.strike, 1e-9, 1e12, path + ".strike");
  }
  if (i.kind == InstrumentKind::option || i.kind == InstrumentKind::future) {
    issues.require(i.expiry.ns > 0, path + ".expiry", "a time after 1970");
  }
  issues.require(i.kind != InstrumentKind::spot || i.payoff == Payoff::linear, path + ".payoff",
                 "linear, because the kind is spot");
}

void check_instruments(const GateConfig& c, Issues& issues) {
  issues.require(!c.instruments.empty() && c.instruments.size() <= 1u << 20, "instruments",
                 "1 to 1048576 instruments");
  std::vector<std::set<std::int64_t>> expiries(c.model.units.size());
  std::vector<std::set<std::pair<std::int64_t, double>>> strikes(c.model.units.size());
  std::vector<std::set<std::uint32_t>> underlyings(c.model.units.size());
  for (std::size_t n = 0; n < c.instruments.size(); ++n) {
    const Instrument& i = c.instruments[n];
    const std::string path = indexed("instruments", n);
    check_references(c, i, path, issues);
    check_terms(i, path, issues);
    if (i.risk_unit.value >= c.model.units.size()) continue;
    underlyings[i.risk_unit.value].insert(i.underlying.value);
    if (i.kind == InstrumentKind::option || i.kind == InstrumentKind::future) {
      expiries[i.risk_unit.value].insert(i.expiry.ns);
      strikes[i.risk_unit.value].insert({i.expiry.ns, i.strike});
    }
  }
  for (std::size_t u = 0; u < c.model.units.size(); ++u) {
    issues.require(underlyings[u].size() == 1, indexed("model.units", u),
                   "instruments of exactly one underlying");
    issues.require(expiries[u].size() < expiry_buckets_max, indexed("model.units", u),
                   "at most 23 distinct expiries");
    issues.require(c.model.units[u].strike_netting.initial_rate == 0.0 ||
                       strikes[u].size() < strike_buckets_max,
                   indexed("model.units", u), "at most 255 strikes in a unit that nets them");
  }
}

// What delivered losses are of: see validate_margin_model for the numbers themselves.
void check_delivered(const GateConfig& c, Issues& issues) {
  for (std::size_t n = 0; n < c.model.delivered.size(); ++n) {
    const DeliveredRow& row = c.model.delivered[n];
    const std::string path = indexed("model.delivered", n);
    if (!issues.require(row.instrument.value < c.instruments.size(), path + ".instrument",
                        "an index into instruments")) {
      continue;
    }
    const Instrument& i = c.instruments[row.instrument.value];
    if (i.risk_unit.value >= c.model.units.size() || i.underlying.value >= c.underlyings.size()) {
      continue;
    }
    const RiskUnitModel& unit = c.model.units[i.risk_unit.value];
    issues.require(
        row.losses_quote.size() == unit.scan.scenarios.size(), path + ".losses_quote",
        "one loss per scenario of the risk unit, " + std::to_string(unit.scan.scenarios.size()));
    issues.require(c.underlyings[i.underlying.value].asset != c.numeraire, path + ".instrument",
                   "a contract whose underlying is not the numeraire");
    issues.require(i.kind == InstrumentKind::option || row.value_quote == 0.0,
                   path + ".value_quote", "0, because it is no option");
    issues.require(unit.strike_netting.initial_rate == 0.0, path + ".instrument",
                   "a contract of a risk unit that does not net strikes");
  }
}

bool is_alike(const Instrument& a, const Instrument& b) {
  return a.risk_unit == b.risk_unit && a.payoff == b.payoff &&
         a.settlement_asset == b.settlement_asset && a.contract_size == b.contract_size &&
         a.lots_per_contract == b.lots_per_contract;
}

void check_combo(const GateConfig& c, const Combo& combo, const std::string& path, Issues& issues) {
  if (!issues.require(combo.legs.size() >= 2 && combo.legs.size() <= combo_legs_max, path + ".legs",
                      "2 to 8 legs")) {
    return;
  }
  std::set<std::uint32_t> seen;
  for (std::size_t n = 0; n < combo.legs.size(); ++n) {
    const ComboLeg& leg = combo.legs[n];
    const std::string at = indexed(path + ".legs", n);
    issues.require(leg.ratio != 0 && leg.ratio >= -1'000 && leg.ratio <= 1'000, at + ".ratio",
                   "-1000 to 1000, not 0");
    if (!issues.require(leg.instrument.value < c.instruments.size() &&
                            combo.legs[0].instrument.value < c.instruments.size(),
                        at + ".instrument", "an index into instruments")) {
      continue;
    }
    issues.require(seen.insert(leg.instrument.value).second, at + ".instrument",
                   "an instrument that is no other leg's");
    const Instrument& first = c.instruments[combo.legs[0].instrument.value];
    const Instrument& i = c.instruments[leg.instrument.value];
    issues.require(is_alike(i, first), at + ".instrument",
                   "the risk unit, payoff, size and settlement asset of the first leg");
    issues.require(i.fee_rate_max == 0.0, at + ".instrument",
                   "no fee rate: what the legs of a combo pay is not known from its price");
    issues.require(i.payoff == Payoff::linear || i.kind == InstrumentKind::option,
                   at + ".instrument", "no inverse future or perpetual");
  }
}

void check_combos(const GateConfig& c, Issues& issues) {
  issues.require(c.combos.size() <= 1u << 16, "combos", "at most 65536 combos");
  for (std::size_t n = 0; n < c.combos.size(); ++n) {
    check_combo(c, c.combos[n], indexed("combos", n), issues);
  }
}

void check_quote_group(const GateConfig& c, const QuoteGroup& group, const std::string& path,
                       Issues& issues) {
  const bool sized = issues.require(!group.instruments.empty() && group.instruments.size() <= 4'096,
                                    path + ".instruments", "1 to 4096 instruments");
  for (std::size_t n = 0; sized && n < group.instruments.size(); ++n) {
    const std::string at = indexed(path + ".instruments", n);
    const bool is_next = n == 0 || group.instruments[n - 1] < group.instruments[n];
    issues.require(is_next, at, "more than the one before");
    if (!issues.require(group.instruments[n].value < c.instruments.size() &&
                            group.instruments[0].value < c.instruments.size(),
                        at, "an index into instruments")) {
      continue;
    }
    const Instrument& i = c.instruments[group.instruments[n].value];
    issues.require(is_alike(i, c.instruments[group.instruments[0].value]), at,
                   "the risk unit, payoff, size and settlement asset of the first");
    issues.require(i.payoff == Payoff::linear || i.kind == InstrumentKind::option, at,
                   "no inverse future or perpetual");
  }
}

void check_quote_groups(const GateConfig& c, Issues& issues) {
  issues.require(c.quote_groups.size() <= 1u << 16, "quote_groups", "at most 65536 groups");
  for (std::size_t n = 0; n < c.quote_groups.size(); ++n) {
    check_quote_group(c, c.quote_groups[n], indexed("quote_groups", n), issues);
  }
}

// An account whose events were deferred is sent again as a whole, so it must fit.
void check_queue(const GateConfig& c, Issues& issues) {
  const std::size_t legs = std::min<std::size_t>(
      c.instruments.size() + c.combos.size() + c.quote_groups.size(), c.limits.legs_max);
  const std::size_t needed = 2 * (legs + c.assets.size() + 3);
  issues.require(c.limits.queue_capacity >= needed, "limits.queue_capacity",
                 "at least " + std::to_string(needed) + ", twice what tells one account whole");
}

int bits(scenario::Int128 value) {
  int count = 0;
  for (; value != 0; value >>= 1) ++count;
  return count;
}

}  // namespace

std::vector<GateIssue> gate_config_issues(const GateConfig& config) {
  Issues issues;
  check_limits(config.limits, issues);
  check_settings(config, issues);
  check_assets(config, issues);
  check_instruments(config, issues);
  check_charges(config, issues);
  check_delivered(config, issues);
  check_combos(config, issues);
  check_quote_groups(config, issues);
  check_queue(config, issues);
  std::vector<GateIssue> all = issues.take();
  for (ModelIssue& issue : validate_margin_model(config.model)) {
    all.push_back({"model." + issue.where, std::move(issue.expected)});
  }
  if (config.controls) {
    for (GateIssue& issue : controls_config_issues(config)) all.push_back(std::move(issue));
  }
  return all;
}

std::vector<GateIssue> trade_value_issues(const GateTerms& terms) {
  Issues issues;
  for (std::size_t i = 0; i < terms.instruments.size(); ++i) {
    const scenario::InstrumentTerms& t = terms.instruments[i];
    const bool fits = t.reciprocal_price
                          ? bits(t.trade_numerator) <= 95 && bits(t.trade_denominator) <= 70
                          : bits(t.trade_numerator) <= 42 && bits(t.trade_denominator) <= 120;
    const std::size_t contracts = terms.contracts();
    if (i >= contracts) {
      issues.require(t.scaled_lot() <= std::int64_t{1} << 26,
                     indexed("combos, quote_groups", i - contracts),
                     "smaller ratios or lots: the sum is more than a risk array can carry");
      continue;
    }
    issues.require(fits, indexed("instruments", i) + ".contract_size",
                   "a size that money_decimals and price_decimals can carry; use fewer decimals");
    issues.require(t.exponent <= 26, indexed("instruments", i) + ".contract_size",
                   "a smaller lot: raise lots_per_contract or use fewer money_decimals");
  }
  return issues.take();
}

}  // namespace margingate
