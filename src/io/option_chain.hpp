// A whole option chain at one moment, with the forwards that its marks imply.
//
// Shape    rows in file order; one ExpiryForward per coin and expiry, one index per coin.
// Units    strikes, forwards and indices in USD; prices of options in the coin; volatilities are
//          fractions per year.
// Sign     positive; NaN where the exchange shows no bid or offer.
// Range    all rows carry one time stamp and names appear once.
// Errors   FileError.
// Threads  a value.
// Cost     cold.
// Source   docs/formats.md, "option chain".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "margingate/instrument.hpp"
#include "margingate/units.hpp"

namespace margingate::io {

struct OptionRow {
  std::string instrument;
  std::string coin;  // what the name begins with
  Timestamp expiry;
  double strike = 0.0;
  OptionType type = OptionType::call;
  double mark_volatility = 0.0;
  double mark_price = 0.0;
  double bid = 0.0;
  double ask = 0.0;
  double forward = 0.0;  // as collected with the row
  double index = 0.0;    // likewise
  double delta = 0.0;
  double vega = 0.0;
  double open_interest = 0.0;
  double volume_24h = 0.0;
};

struct ExpiryForward {
  std::string coin;
  Timestamp expiry;
  std::string label;  // the expiry as instrument names spell it, e.g. "28AUG26"
  double forward = 0.0;
  std::size_t strikes = 0;  // near-the-money pairs it is the median of; 0: collected forward
};

struct CoinIndex {
  std::string coin;
  double price = 0.0;  // median over the coin's rows
};

struct OptionChain {
  std::string file;
  Timestamp as_of;
  std::vector<CoinIndex> indices;
  std::vector<ExpiryForward> forwards;
  std::vector<OptionRow> rows;

  // nullptr when there is none.
  [[nodiscard]] const ExpiryForward* find_forward(std::string_view coin, Timestamp expiry) const;
  [[nodiscard]] const CoinIndex* find_index(std::string_view coin) const;
};

// Strikes this close to the collected forward give the parity forward.
inline constexpr double near_the_money_max = 0.1;

[[nodiscard]] OptionChain read_option_chain(const std::string& path);
[[nodiscard]] OptionChain parse_option_chain(const std::string& file, std::string_view text);

}  // namespace margingate::io
