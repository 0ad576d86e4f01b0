// Parameters of historical simulation: scenario sets made from history over all underlyings at
// once, each with a reducer and a weight, and charges for liquidity and concentration.
//
// Shape    measures in the order of the file; of each underlying one row of moves per measure, the
//          same date in the same place of every underlying.
// Units    moves, weights, rates and shares are fractions; sizes as in SizeScaling.
// Sign     moves signed; the rest not negative.
// Range    what validate_margin_model accepts of the composed model; read_* says where.
// Errors   none; reading fails as the reader does.
// Threads  values.
// Cost     none.
// Source   docs/models/historical.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "margingate/margin_model.hpp"
#include "models/by_underlying.hpp"
#include "models/parameter_reader.hpp"

namespace margingate::models {

// What a measure's moves are made from.
enum class HistoricalSource : std::uint8_t {
  filtered,  // standardised returns at today's volatility
  stressed,  // the farthest moves of the history, as they happened
  long_run,  // standardised returns at the volatility of all the history
};

struct HistoricalMeasure {
  std::string name;
  HistoricalSource source = HistoricalSource::filtered;
  std::uint32_t rows = 0;
  Reducer reducer;
  double weight = 1.0;
};

// How the moves were made, and are made again by calibration.
struct HistoricalCalibration {
  double decay = 0.97;
  std::uint32_t first_days = 30;
  double volatility_floor_percentile = 0.0;
  std::uint32_t horizon_days = 1;
};

struct HistoricalUnderlying {
  std::vector<std::vector<double>> price_moves;       // by measure
  std::vector<std::vector<double>> volatility_moves;  // by measure; none: it stands still
  std::vector<ExposureCharge> liquidity;
  std::vector<ExposureCharge> concentration;
};

struct HistoricalParameters {
  HistoricalCalibration calibration;
  std::vector<HistoricalMeasure> measures;  // 1 .. scenario_parts_max
  PartsTogether together = PartsTogether::sum;
  double buffer = 0.0;  // of the whole margin, on top of it
  double initial_factor = 1.0;
  double maintenance_factor = 1.0;
  ByUnderlying<HistoricalUnderlying> underlyings;
};

[[nodiscard]] HistoricalParameters read_historical_parameters(ParameterReader& reader);

// One pool of all underlyings that have moves of their own; each other one, at the default moves,
// is a pool by itself. risk_units names the underlying of each unit.
[[nodiscard]] MarginModel historical_model(const HistoricalParameters& parameters,
                                           std::span<const std::string> risk_units);

}  // namespace margingate::models
