// A market as files give it: names, contract terms, marks, forwards and volatilities.
//
// Shape    market.json, or what an option chain with synthesised futures amounts to.
// Units    prices in quote currency, marks of inverse options in the coin; see instrument.hpp for
//          contract_size; volatilities are fractions per year.
// Sign     positive.
// Range    every name once; every name that is referred to exists.
// Errors   FileError.
// Threads  a value.
// Cost     cold.
// Source   docs/formats.md, "market.json" and "option chain".
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "io/option_chain.hpp"
#include "margingate/instrument.hpp"
#include "margingate/units.hpp"

namespace margingate::io {

struct MarketAsset {
  std::string name;
  double price = 0.0;  // in the market's numeraire
};

struct MarketUnderlying {
  std::string name;
  double index_price = 0.0;
};

struct MarketInstrument {
  std::string name;
  InstrumentKind kind = InstrumentKind::spot;
  Payoff payoff = Payoff::linear;
  OptionType option_type = OptionType::call;               // options only
  ExerciseStyle exercise_style = ExerciseStyle::european;  // options only
  std::string underlying;
  std::string settlement_asset;
  double contract_size = 1.0;
  std::int64_t lots_per_contract = 1;
  double strike = 0.0;                                           // options only
  Timestamp expiry;                                              // futures and options only
  double mark_price = std::numeric_limits<double>::quiet_NaN();  // optional for options
  double forward_price = 0.0;                                    // options; otherwise the mark
  double implied_volatility = std::numeric_limits<double>::quiet_NaN();  // options only
  double interest_rate = 0.0;                                            // options, per year
  double settled_price = 0.0;        // options: what is fixed of the forward
  double confidence = 1.0;           // in the quote, 0 .. 1
  double open_interest_quote = 0.0;  // of the whole market; NaN: not known
};

// Of the returns of two underlyings.
struct MarketCorrelation {
  std::string first;
  std::string second;
  double correlation = 0.0;
};

struct MarketFile {
  std::string file;
  Timestamp as_of;
  std::string numeraire;
  std::vector<MarketAsset> assets;
  std::vector<MarketUnderlying> underlyings;
  std::vector<MarketInstrument> instruments;
  std::vector<MarketCorrelation> correlations{};

  // nullptr when there is none.
  [[nodiscard]] const MarketInstrument* find_instrument(std::string_view name) const;
  [[nodiscard]] const MarketUnderlying* find_underlying(std::string_view name) const;
  [[nodiscard]] const MarketAsset* find_asset(std::string_view name) const;
  // NaN when it is not stated.
  [[nodiscard]] double correlation(std::string_view a, std::string_view b) const;
};

[[nodiscard]] MarketFile read_market_file(const std::string& path);
[[nodiscard]] MarketFile parse_market_file(const std::string& file, std::string_view text);

struct ChainMarketOptions {
  std::string numeraire = "USD";
  double perpetual_contract_quote = 10.0;  // USD per inverse future and perpetual
  std::int64_t option_lots_per_contract = 10;
};

// The options of the chain on its parity forwards, and for each coin <COIN>-PERPETUAL at the index
// and <COIN>-<EXPIRY> at each parity forward, all inverse.
[[nodiscard]] MarketFile chain_market(const OptionChain& chain,
                                      const ChainMarketOptions& options = {});

}  // namespace margingate::io
