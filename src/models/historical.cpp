// Historical simulation in the engine's words: one pool of risk units, a measure a part of its
// scenarios, liquidity and concentration charges of the units.
#include "models/historical.hpp"

#include <array>
#include <utility>

#include "margingate/limits.hpp"
#include "models/moves_by_measure.hpp"
#include "models/shared_parameters.hpp"

namespace margingate::models {
namespace {

constexpr std::array<std::string_view, 3> source_names{"filtered", "stressed", "long_run"};
constexpr std::array<std::string_view, 3> reducer_names{"worst", "quantile", "tail_mean"};
constexpr std::array<std::string_view, 2> together_names{"sum", "largest"};
constexpr double confidence_max = 0.999999;

ScanPool pool_of(const HistoricalParameters& parameters, std::vector<RiskUnitId> units) {
  ScanPool pool;
  pool.groups.push_back({std::move(units), 1.0});
  if (parameters.measures.size() == 1) {
    pool.reducer = parameters.measures.front().reducer;
    pool.initial_factor = parameters.measures.front().weight;
    pool.maintenance_factor = pool.initial_factor;
    return pool;
  }
  pool.parts.together = parameters.together;
  for (const HistoricalMeasure& measure : parameters.measures) {
    pool.parts.parts.push_back({measure.rows, measure.reducer, measure.weight});
  }
  return pool;
}

RiskUnitModel unit_of(const HistoricalUnderlying& underlying) {
  RiskUnitModel unit;
  unit.scan.scenarios = scenarios_of(underlying.price_moves, underlying.volatility_moves);
  unit.added = underlying.liquidity;
  unit.added.insert(unit.added.end(), underlying.concentration.begin(),
                    underlying.concentration.end());
  return unit;
}

HistoricalMeasure read_measure(ParameterReader& reader) {
  HistoricalMeasure measure;
  measure.name = reader.text("name");
  measure.source = static_cast<HistoricalSource>(reader.choice("scenarios", source_names));
  measure.rows = static_cast<std::uint32_t>(
      reader.integer("rows", 1, static_cast<std::int64_t>(scenarios_max)));
  measure.reducer.kind = static_cast<ReducerKind>(reader.choice("reducer", reducer_names));
  if (measure.reducer.kind != ReducerKind::worst) {
    measure.reducer.confidence = reader.number("confidence", {0.0, confidence_max});
  }
  measure.weight = reader.positive("weight", 1.0);
  return measure;
}

void read_measures(ParameterReader& reader, HistoricalParameters& parameters) {
  double weights = 0.0;
  std::size_t rows = 0;
  reader.objects("measures", [&](ParameterReader& entry) {
    if (rows % scenario_lane_multiple != 0) {
      reader.fail("measures", parameters.measures.size() - 1,
                  "a multiple of 8 rows, but for the last measure");
    }
    const HistoricalMeasure measure = read_measure(entry);
    weights += measure.weight;
    rows += measure.rows;
    parameters.measures.push_back(measure);
  });
  if (parameters.measures.empty() || parameters.measures.size() > scenario_parts_max) {
    reader.fail("measures", std::string::npos, "1 to 4 measures");
  }
  if (rows > scenarios_max) {
    reader.fail("measures", std::string::npos, "at most 1024 rows of all measures together");
  }
  if (parameters.together == PartsTogether::sum && weights > 1.0 + 1e-9) {
    reader.fail("measures", std::string::npos, "weights that sum to at most 1");
  }
}

HistoricalCalibration read_calibration(ParameterReader& reader) {
  HistoricalCalibration calibration;
  calibration.decay = reader.number("decay", {0.5, 0.9999});
  calibration.first_days = static_cast<std::uint32_t>(reader.integer("first_days", 2, 1'000));
  calibration.volatility_floor_percentile =
      reader.number_or("volatility_floor_percentile", 0.0, share_range);
  calibration.horizon_days = static_cast<std::uint32_t>(reader.integer("horizon_days", 1, 20));
  return calibration;
}

std::vector<std::vector<double>> read_moves(ParameterReader& reader, const std::string& key,
                                            const std::vector<HistoricalMeasure>& measures) {
  std::vector<std::vector<double>> moves;
  reader.object(key, [&](ParameterReader& by_measure) {
    for (const HistoricalMeasure& measure : measures) {
      moves.push_back(by_measure.numbers(measure.name, move_range));
      if (moves.back().size() == measure.rows) continue;
      by_measure.fail(measure.name, std::string::npos, "as many moves as the measure has rows");
    }
  });
  return moves;
}

}  // namespace

HistoricalParameters read_historical_parameters(ParameterReader& reader) {
  HistoricalParameters parameters;
  reader.object("calibration",
                [&](ParameterReader& part) { parameters.calibration = read_calibration(part); });
  parameters.together = static_cast<PartsTogether>(reader.choice("together", together_names));
  read_measures(reader, parameters);
  parameters.buffer = reader.number_or("buffer", 0.0, share_range);
  parameters.initial_factor = reader.number("initial_factor", {0.01, 5.0});
  parameters.maintenance_factor =
      reader.number("maintenance_factor", {0.01, parameters.initial_factor});
  const auto read_underlying = [&](ParameterReader& entry) {
    HistoricalUnderlying underlying;
    underlying.price_moves = read_moves(entry, "price_moves", parameters.measures);
    if (entry.has("volatility_moves")) {
      underlying.volatility_moves = read_moves(entry, "volatility_moves", parameters.measures);
    }
    underlying.liquidity = read_charges(entry, "liquidity");
    underlying.concentration = read_charges(entry, "concentration");
    return underlying;
  };
  parameters.underlyings = read_by_underlying(reader, "underlyings", read_underlying);
  return parameters;
}

MarginModel historical_model(const HistoricalParameters& parameters,
                             std::span<const std::string> risk_units) {
  MarginModel model;
  model.name = "historical";
  std::vector<RiskUnitId> together;
  for (std::size_t u = 0; u < risk_units.size(); ++u) {
    const RiskUnitId id{static_cast<std::uint32_t>(u)};
    model.units.push_back(unit_of(parameters.underlyings.of(risk_units[u])));
    if (parameters.underlyings.own.contains(risk_units[u])) {
      together.push_back(id);
    } else {
      model.pools.push_back(pool_of(parameters, {id}));
    }
  }
  if (!together.empty()) model.pools.push_back(pool_of(parameters, std::move(together)));
  model.initial_factor = parameters.initial_factor * (1.0 + parameters.buffer);
  model.maintenance_factor = parameters.maintenance_factor * (1.0 + parameters.buffer);
  return model;
}

}  // namespace margingate::models
