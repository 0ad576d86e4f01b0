// Everything that trades in a run: the contracts, two surfaces and the tape.
//
// Instruments are those listed in either of two recorded option chains, a perpetual per coin and a
// dated inverse future per expiry. The names here are the run's own; each gate has its own
// numbering (session.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "margingate/instrument.hpp"
#include "margingate/market.hpp"
#include "margingate/units.hpp"
#include "run/tape_schedule.hpp"

namespace margingate::run {

inline constexpr std::array<const char*, coins_max> coin_names = {"BTC", "ETH"};
inline constexpr int price_decimals = 8;
inline constexpr std::int64_t price_scale = 100'000'000;
inline constexpr int money_decimals = 8;
inline constexpr double money_scale = 1e8;

struct Contract {
  std::string name;
  std::uint8_t coin = 0;
  InstrumentKind kind = InstrumentKind::option;
  OptionType option_type = OptionType::call;
  double strike = 0.0;
  Timestamp expiry;            // options and futures
  double contract_size = 1.0;  // coins for options, quote currency otherwise
  std::int64_t lots_per_contract = 1;
  std::int64_t tick = 1;       // smallest price step, in price units
  double open_interest = 0.0;  // coins, options

  [[nodiscard]] bool is_option() const noexcept { return kind == InstrumentKind::option; }
  [[nodiscard]] bool expires() const noexcept { return kind != InstrumentKind::perpetual; }
  [[nodiscard]] double lot_size() const noexcept {
    return contract_size / static_cast<double>(lots_per_contract);
  }
};

struct Surface {
  Timestamp as_of;
  std::array<double, coins_max> spots{};
  std::vector<InstrumentQuote> quotes;  // by contract
};

struct DataFile {
  std::string path;  // below the data directory
  std::uint64_t hash = 0;
};

struct Universe {
  std::vector<Contract> contracts;
  std::vector<Surface> surfaces;
  std::array<std::uint32_t, coins_max> perpetuals{};
  std::vector<TapeRow> tape;
  std::vector<DataFile> files;
};

// Throws std::runtime_error naming the file when something is missing or malformed.
Universe load_universe(const std::string& data_directory);

}  // namespace margingate::run
