// Parts of a parameter file that several models share: charges, tiers, volatility shocks, bands.
//
// Shape    one function per part; each asks the reader for the keys of that part.
// Units    as in margin_model.hpp.
// Sign     see there.
// Range    what validate_margin_model accepts.
// Errors   those of the reader.
// Threads  pure.
// Cost     cold.
// Source   docs/formats.md, "parameter files".
#pragma once

#include <string>
#include <vector>

#include "margingate/margin_model.hpp"
#include "models/parameter_reader.hpp"

namespace margingate::models {

// From `from` on, this rate: as houses print their tables, first tier from 0.
struct RateTier {
  double from = 0.0;
  double rate = 0.0;
};

[[nodiscard]] std::vector<ExposureCharge> read_charges(ParameterReader& reader,
                                                       const std::string& key);
[[nodiscard]] VolatilityShock read_volatility_shock(ParameterReader& reader);

// Ascending in both, rates at most `rate_max`.
[[nodiscard]] std::vector<RateTier> read_rate_tiers(ParameterReader& reader, const std::string& key,
                                                    double rate_max);
// By falling ratio.
[[nodiscard]] std::vector<MarginBand> read_bands(ParameterReader& reader, const std::string& key);

// Each slice of the size pays its own tier's rate.
[[nodiscard]] double tiered_amount(const std::vector<RateTier>& tiers, double size);
// Futures and perpetuals by tiers of their notional.
[[nodiscard]] ExposureCharge tiered_futures_charge(const std::vector<RateTier>& tiers,
                                                   MarginScope scope);

}  // namespace margingate::models
