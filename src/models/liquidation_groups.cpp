// Margin by liquidation groups in the engine's words: a split is a pool of risk units, a risk
// measure a part of its scenarios. What the order path cannot compute in one pass is bounded by
// the most that it can be.
#include "models/liquidation_groups.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "margingate/instrument.hpp"
#include "margingate/limits.hpp"
#include "models/moves_by_measure.hpp"
#include "models/shared_parameters.hpp"

namespace margingate::models {
namespace {

constexpr std::string_view default_name = "default";

// Rates count in parts per 10^9.
double rounded_up(double share) { return std::ceil(share * 1e9 - 1e-6) / 1e9; }

// The most that one of value at risk becomes in the split's market risk.
double factor_of(const LiquidationMeasure& measure) {
  return measure.robustness * (1.0 + measure.correlation_break_cap) * measure.weight;
}

// Of the whole pool; the weights of its parts are what is left of each measure's factor. The sum
// leaves room for weights that are rounded up.
double pool_factor(const LiquidationSplit& split) {
  double sum = 0.0;
  double largest = 0.0;
  for (const LiquidationMeasure& measure : split.measures) {
    sum += factor_of(measure);
    largest = std::max(largest, factor_of(measure));
  }
  const bool adds_up = split.together == PartsTogether::sum && split.measures.size() > 1;
  return rounded_up(adds_up ? sum * (1.0 + 1e-8) : largest);
}

Reducer reducer_of(const LiquidationMeasure& measure) {
  return {ReducerKind::quantile, measure.confidence};
}

ScanPool pool_of(const LiquidationSplit& split, std::vector<RiskUnitId> units) {
  ScanPool pool;
  pool.groups.push_back({std::move(units), 1.0});
  pool.initial_factor = pool_factor(split);
  pool.maintenance_factor = pool.initial_factor;
  if (split.measures.size() == 1) {
    pool.reducer = reducer_of(split.measures.front());
    return pool;
  }
  pool.parts.together = split.together;
  for (std::size_t m = 0; m < split.measures.size(); ++m) {
    const LiquidationMeasure& measure = split.measures[m];
    const double weight = std::min(rounded_up(factor_of(measure) / pool.initial_factor), 1.0);
    const auto scenarios = split.underlyings.front().price_moves[m].size();
    pool.parts.parts.push_back(
        {static_cast<std::uint32_t>(scenarios), reducer_of(measure), weight});
  }
  return pool;
}

ExposureCharge derivatives_charge() {
  ExposureCharge charge;
  for (const auto kind :
       {InstrumentKind::perpetual, InstrumentKind::future, InstrumentKind::option}) {
    charge.kinds.push_back(static_cast<std::uint8_t>(kind));
  }
  return charge;
}

// The line through the first factor that no point lies above: it meets the table's line where the
// table is one line, and is above it elsewhere. Above the last point the table goes on as it ends.
double steepest_slope(const std::vector<RelativeSizePoint>& points) {
  double slope = 0.0;
  const RelativeSizePoint& first = points.front();
  for (std::size_t i = 1; i < points.size(); ++i) {
    const RelativeSizePoint& before = points[i - 1];
    const RelativeSizePoint& point = points[i];
    if (point.relative_size_percent > 0.0) {
      slope = std::max(slope, (point.factor - first.factor) / point.relative_size_percent);
    }
    if (i + 1 == points.size()) {
      slope = std::max(slope, (point.factor - before.factor) /
                                  (point.relative_size_percent - before.relative_size_percent));
    }
  }
  return slope;
}

ExposureCharge liquidity_charge(const LiquidationLiquidity& liquidity) {
  ExposureCharge charge = derivatives_charge();
  const double rate = liquidity.points.front().factor * liquidity.individual_risk +
                      liquidity.premium_basis_points / 10'000.0;
  charge.long_rate = rate;
  charge.short_rate = rate;
  charge.scaling.unit = SizeUnit::notional_quote;
  charge.scaling.linear_rate = 100.0 * steepest_slope(liquidity.points) *
                               liquidity.individual_risk / liquidity.market_capacity_quote;
  return charge;
}

RiskUnitModel unit_of(const LiquidationUnderlying& underlying) {
  RiskUnitModel unit;
  unit.scan.scenarios = scenarios_of(underlying.price_moves, underlying.volatility_moves);
  unit.added = underlying.compression;
  if (underlying.liquidity) unit.added.push_back(liquidity_charge(*underlying.liquidity));
  return unit;
}

const LiquidationUnderlying* find(const LiquidationSplit& split, std::string_view name) {
  const auto found = std::find_if(split.underlyings.begin(), split.underlyings.end(),
                                  [&](const LiquidationUnderlying& u) { return u.name == name; });
  return found == split.underlyings.end() ? nullptr : &*found;
}

struct Place {
  const LiquidationSplit* split = nullptr;
  const LiquidationUnderlying* underlying = nullptr;
  bool is_named = false;
};

Place place_of(const LiquidationGroupParameters& parameters, std::string_view name) {
  for (const std::string_view wanted : {name, default_name}) {
    for (const LiquidationSplit& split : parameters.splits) {
      if (const LiquidationUnderlying* found = find(split, wanted)) {
        return {&split, found, wanted == name};
      }
    }
  }
  return {};
}

LiquidationMeasure read_measure(ParameterReader& reader) {
  LiquidationMeasure measure;
  measure.name = reader.text("name");
  measure.confidence = reader.number("confidence", {0.0, 0.999999});
  measure.robustness = reader.number_or("robustness", 1.0, {0.1, 5.0});
  measure.correlation_break_cap = reader.number_or("correlation_break_cap", 0.0, share_range);
  if (reader.has("weight")) measure.weight = reader.positive("weight", 1.0);
  return measure;
}

LiquidationLiquidity read_liquidity(ParameterReader& reader) {
  LiquidationLiquidity liquidity;
  liquidity.individual_risk = reader.number("individual_risk", share_range);
  liquidity.market_capacity_quote = reader.positive("market_capacity_quote", quote_range.high);
  liquidity.premium_basis_points = reader.number_or("premium_basis_points", 0.0, {0.0, 10'000.0});
  reader.objects("points", [&](ParameterReader& point) {
    liquidity.points.push_back({point.number("relative_size_percent", quote_range),
                                point.number("factor", {0.0, 1'000.0})});
    if (liquidity.points.size() < 2) return;
    const RelativeSizePoint& before = liquidity.points[liquidity.points.size() - 2];
    const RelativeSizePoint& last = liquidity.points.back();
    if (!(last.relative_size_percent > before.relative_size_percent)) {
      point.fail("relative_size_percent", std::string::npos, "more than that of the point before");
    }
    if (!(last.factor >= before.factor)) {
      point.fail("factor", std::string::npos, "no less than that of the point before");
    }
  });
  if (liquidity.points.empty()) {
    reader.fail("points", std::string::npos, "at least one point");
  }
  return liquidity;
}

std::vector<std::vector<double>> read_moves(ParameterReader& reader, const std::string& key,
                                            const LiquidationSplit& split) {
  std::vector<std::vector<double>> moves;
  reader.object(key, [&](ParameterReader& by_measure) {
    for (const LiquidationMeasure& measure : split.measures) {
      moves.push_back(by_measure.numbers(measure.name, move_range));
      const std::size_t wanted =
          split.underlyings.empty()
              ? moves.back().size()
              : split.underlyings.front().price_moves[moves.size() - 1].size();
      const bool is_last = moves.size() == split.measures.size();
      if (moves.back().size() != wanted || wanted == 0) {
        by_measure.fail(measure.name, std::string::npos,
                        "as many moves as of the split's first underlying, at least one");
      }
      if (!is_last && wanted % scenario_lane_multiple != 0) {
        by_measure.fail(measure.name, std::string::npos,
                        "a multiple of 8 scenarios, but for the last measure");
      }
    }
  });
  return moves;
}

void read_underlying(ParameterReader& reader, LiquidationSplit& split) {
  LiquidationUnderlying underlying;
  underlying.name = reader.text("underlying");
  if (find(split, underlying.name) != nullptr) {
    reader.fail("underlying", std::string::npos, "each underlying once");
  }
  underlying.price_moves = read_moves(reader, "price_moves", split);
  if (reader.has("volatility_moves")) {
    underlying.volatility_moves = read_moves(reader, "volatility_moves", split);
    for (std::size_t m = 0; m < split.measures.size(); ++m) {
      if (underlying.volatility_moves[m].size() == underlying.price_moves[m].size()) continue;
      reader.fail("volatility_moves", std::string::npos, "one for every price move");
    }
  }
  if (reader.has("compression")) underlying.compression = read_charges(reader, "compression");
  if (reader.has("liquidity")) {
    reader.object("liquidity",
                  [&](ParameterReader& part) { underlying.liquidity = read_liquidity(part); });
  }
  split.underlyings.push_back(std::move(underlying));
}

constexpr std::array<std::string_view, 2> together_names{"sum", "largest"};

LiquidationSplit read_split(ParameterReader& reader) {
  LiquidationSplit split;
  split.group = reader.text("group");
  split.name = reader.text("split");
  if (reader.has("together")) {
    split.together = static_cast<PartsTogether>(reader.choice("together", together_names));
  }
  reader.objects("measures",
                 [&](ParameterReader& entry) { split.measures.push_back(read_measure(entry)); });
  if (split.measures.empty() || split.measures.size() > scenario_parts_max) {
    reader.fail("measures", std::string::npos, "1 to 4 measures");
  }
  reader.objects("underlyings", [&](ParameterReader& entry) { read_underlying(entry, split); });
  return split;
}

}  // namespace

LiquidationGroupParameters read_liquidation_group_parameters(ParameterReader& reader) {
  LiquidationGroupParameters parameters;
  reader.objects("splits", [&](ParameterReader& entry) {
    LiquidationSplit split = read_split(entry);
    for (const LiquidationUnderlying& underlying : split.underlyings) {
      if (place_of(parameters, underlying.name).is_named) {
        entry.fail("underlyings", std::string::npos,
                   "underlyings of no other split, found " + underlying.name);
      }
    }
    parameters.splits.push_back(std::move(split));
  });
  if (place_of(parameters, default_name).split == nullptr) {
    reader.fail("splits", std::string::npos, "a split with the underlying default");
  }
  return parameters;
}

MarginModel liquidation_group_model(const LiquidationGroupParameters& parameters,
                                    std::span<const std::string> risk_units) {
  MarginModel model;
  model.name = "liquidation-groups";
  std::map<const LiquidationSplit*, std::vector<RiskUnitId>> named;
  for (std::size_t u = 0; u < risk_units.size(); ++u) {
    const RiskUnitId id{static_cast<std::uint32_t>(u)};
    const Place place = place_of(parameters, risk_units[u]);
    model.units.push_back(unit_of(*place.underlying));
    if (place.is_named) {
      named[place.split].push_back(id);
    } else {
      model.pools.push_back(pool_of(*place.split, {id}));
    }
  }
  for (const LiquidationSplit& split : parameters.splits) {
    const auto units = named.find(&split);
    if (units != named.end()) model.pools.push_back(pool_of(split, units->second));
  }
  return model;
}

}  // namespace margingate::models
