#include "run/universe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <variant>

#include "io/market_tape.hpp"
#include "io/option_chain.hpp"
#include "run/run_options.hpp"

namespace margingate::run {
namespace {

constexpr std::array<const char*, 2> chain_files = {"deribit_btc_eth_20260822T035045Z.csv.gz",
                                                    "deribit_btc_eth_20260822T093536Z.csv.gz"};
constexpr std::array<const char*, coins_max> tape_files = {
    "binance_usdm_btcusdt_20240808_trades_bbo.csv.gz",
    "binance_usdm_ethusdt_20240808_trades_bbo.csv.gz"};

// Deribit's contract specifications, August 2026: what one contract stands for and the smallest
// step of quantity and price.
constexpr std::array<double, coins_max> delta_one_size = {10.0, 1.0};  // quote currency
constexpr std::array<double, coins_max> delta_one_tick = {0.5, 0.05};  // quote currency
constexpr std::array<std::int64_t, coins_max> option_lots_per_contract = {10, 1};
constexpr double option_tick = 0.0001;  // coins

std::int64_t tick_units(double tick) {
  return std::llround(tick * static_cast<double>(price_scale));
}

std::size_t coin_index(const std::string& coin, const std::string& file) {
  for (std::size_t i = 0; i < coins_max; ++i) {
    if (coin == coin_names[i]) return i;
  }
  throw std::runtime_error(
      fmt::format("{}: expected BTC or ETH instruments, found {}", file, coin));
}

Contract option_contract(const io::OptionRow& row, std::uint8_t coin) {
  Contract contract;
  contract.name = row.instrument;
  contract.coin = coin;
  contract.kind = InstrumentKind::option;
  contract.option_type = row.type;
  contract.strike = row.strike;
  contract.expiry = row.expiry;
  contract.contract_size = 1.0;
  contract.lots_per_contract = option_lots_per_contract[coin];
  contract.tick = tick_units(option_tick);
  contract.open_interest = row.open_interest;
  return contract;
}

Contract delta_one_contract(const std::string& name, std::uint8_t coin, InstrumentKind kind,
                            Timestamp expiry) {
  Contract contract;
  contract.name = name;
  contract.coin = coin;
  contract.kind = kind;
  contract.expiry = expiry;
  contract.contract_size = delta_one_size[coin];
  contract.tick = tick_units(delta_one_tick[coin]);
  return contract;
}

// Contracts by name, in the order in which they are first seen, and their quotes by chain.
class Merger {
 public:
  Merger() {
    for (std::uint8_t coin = 0; coin < coins_max; ++coin) {
      const std::string name = fmt::format("{}-PERPETUAL", coin_names[coin]);
      universe_.perpetuals[coin] =
          place(delta_one_contract(name, coin, InstrumentKind::perpetual, {}));
    }
  }

  void add(const io::OptionChain& chain) {
    Surface surface;
    surface.as_of = chain.as_of;
    for (std::size_t coin = 0; coin < coins_max; ++coin) {
      const io::CoinIndex* const index = chain.find_index(coin_names[coin]);
      if (index == nullptr) {
        throw std::runtime_error(
            fmt::format("{}: expected options on {}", chain.file, coin_names[coin]));
      }
      surface.spots[coin] = index->price;
      quote(surface, universe_.perpetuals[coin], {index->price, no_volatility});
    }
    for (const io::ExpiryForward& entry : chain.forwards) add_future(chain, surface, entry);
    for (const io::OptionRow& row : chain.rows) add_option(chain, surface, row);
    universe_.surfaces.push_back(std::move(surface));
  }

  Universe finish() {
    for (Surface& surface : universe_.surfaces) surface.quotes.resize(universe_.contracts.size());
    carry_over();
    return std::move(universe_);
  }

 private:
  static constexpr double no_volatility = std::numeric_limits<double>::quiet_NaN();

  std::uint32_t place(const Contract& contract) {
    const auto next = static_cast<std::uint32_t>(universe_.contracts.size());
    const auto [at, is_new] = names_.try_emplace(contract.name, next);
    if (is_new) universe_.contracts.push_back(contract);
    return at->second;
  }

  static void quote(Surface& surface, std::uint32_t contract, const InstrumentQuote& quote) {
    if (surface.quotes.size() <= contract) surface.quotes.resize(contract + 1);
    surface.quotes[contract] = quote;
  }

  void add_future(const io::OptionChain& chain, Surface& surface, const io::ExpiryForward& entry) {
    const auto coin = static_cast<std::uint8_t>(coin_index(entry.coin, chain.file));
    const std::string name = fmt::format("{}-{}", entry.coin, entry.label);
    const std::uint32_t at =
        place(delta_one_contract(name, coin, InstrumentKind::future, entry.expiry));
    quote(surface, at, {entry.forward, no_volatility});
  }

  void add_option(const io::OptionChain& chain, Surface& surface, const io::OptionRow& row) {
    const auto coin = static_cast<std::uint8_t>(coin_index(row.coin, chain.file));
    const io::ExpiryForward* const forward = chain.find_forward(row.coin, row.expiry);
    const std::uint32_t at = place(option_contract(row, coin));
    const double at_forward = forward != nullptr ? forward->forward : row.forward;
    quote(surface, at, {at_forward, row.mark_volatility});
  }

  // A contract that the later chain no longer lists has expired by then, but not yet when its
  // surface comes into force: until expiry it keeps its volatility and its basis.
  void carry_over() {
    for (std::size_t s = 1; s < universe_.surfaces.size(); ++s) {
      const Surface& earlier = universe_.surfaces[s - 1];
      Surface& later = universe_.surfaces[s];
      for (std::size_t i = 0; i < universe_.contracts.size(); ++i) {
        const std::uint8_t coin = universe_.contracts[i].coin;
        if (!std::isnan(later.quotes[i].forward) || std::isnan(earlier.quotes[i].forward)) continue;
        later.quotes[i] = earlier.quotes[i];
        later.quotes[i].forward *= later.spots[coin] / earlier.spots[coin];
      }
    }
  }

  Universe universe_;
  std::map<std::string, std::uint32_t> names_;
};

TapeRow tape_row(const io::TapeRow& row, std::uint8_t coin) {
  TapeRow result;
  result.coin = coin;
  if (const auto* trade = std::get_if<io::TapeTrade>(&row)) {
    result.time_ns = trade->received.ns;
    result.is_trade = true;
    result.taker = trade->taker_side;
    result.quantity = trade->quantity;
  } else {
    const auto& quote = std::get<io::TapeQuote>(row);
    result.time_ns = quote.received.ns;
    result.mid = (quote.bid + quote.ask) / 2.0;
  }
  return result;
}

}  // namespace

Universe load_universe(const std::string& data_directory) {
  std::vector<DataFile> files;
  const auto path_of = [&](const char* name) {
    const std::string path = fmt::format("{}/{}", data_directory, name);
    files.push_back({name, file_hash(path)});
    return path;
  };

  Merger merger;
  for (const char* const name : chain_files) merger.add(io::read_option_chain(path_of(name)));
  Universe universe = merger.finish();
  for (std::uint8_t coin = 0; coin < coins_max; ++coin) {
    const io::MarketTape tape = io::read_market_tape(path_of(tape_files[coin]));
    for (const io::TapeRow& row : tape.rows) universe.tape.push_back(tape_row(row, coin));
  }
  std::stable_sort(universe.tape.begin(), universe.tape.end(),
                   [](const TapeRow& a, const TapeRow& b) { return a.time_ns < b.time_ns; });
  universe.files = std::move(files);
  return universe;
}

}  // namespace margingate::run
