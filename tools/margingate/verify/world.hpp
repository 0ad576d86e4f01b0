// What one audited session trades: a few instruments of a recorded chain under one margin model.
//
// Shape    names, gate configuration and the surface of the chain, all by InstrumentId.
// Units    as in the public headers; money and prices with eight decimals.
// Sign     as in the public headers.
// Range    sixteen accounts and at most 96 instruments: sessions are small and many.
// Errors   std::runtime_error when a chain or a parameter set does not fit.
// Threads  a value; Chains is read only once made.
// Cost     cold.
// Source   docs/verification.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/gate_setup.hpp"
#include "io/market_file.hpp"
#include "models/parameter_set.hpp"
#include "run/random.hpp"

namespace margingate::verify {

inline constexpr std::int64_t price_scale = 100'000'000;
inline constexpr std::uint32_t world_accounts = 16;

// Every recorded option chain of a directory; other files are left alone and named.
struct Chains {
  std::vector<io::MarketFile> markets;  // in order of file names
  std::vector<std::string> skipped;     // with the reason
};
[[nodiscard]] Chains load_chains(const std::string& directory);

struct World {
  std::string chain;       // file
  std::string parameters;  // name of the set
  std::string model;
  std::string numeraire;                // of the market; a model may count in a coin instead
  io::GateSetup setup;                  // surface and names; config complete with limits
  std::vector<std::string> settlement;  // by InstrumentId, the asset's name
  Timestamp start;
  bool is_nearest_expiry = false;    // options of one expiry alone
  bool runs_into_expiry = false;     // starts minutes before it
  std::optional<GateConfig> second;  // the same contracts under another model
};

// Neither a combo nor a quote group.
[[nodiscard]] bool is_contract(const GateConfig& config, InstrumentId instrument) noexcept;
[[nodiscard]] bool is_quote_group(const GateConfig& config, InstrumentId instrument) noexcept;

struct WorldOptions {
  double drift_band = 0.01;
  Duration table_age_max = seconds(3'600);
  bool has_controls = false;
  const models::ParameterSet* second = nullptr;  // that accounts may move to
};

// Chooses instruments of every kind. Some worlds hold the nearest expiry alone, some of these start
// minutes before it, and where the model allows linear contracts every second option is one.
[[nodiscard]] World make_world(const io::MarketFile& chain, const models::ParameterSet& parameters,
                               const WorldOptions& options, run::Random& random);

// The surface as it could look a little later: level and slope of volatility, basis, clock.
[[nodiscard]] Market shifted_surface(const World& world, const Market& surface, Timestamp as_of,
                                     run::Random& random);

}  // namespace margingate::verify
