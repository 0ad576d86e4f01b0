// A recorded stream of trades and best prices of one instrument.
//
// Shape    rows in file order, which is order of receipt.
// Units    times in nanoseconds; prices in quote currency; quantities in coins.
// Sign     positive.
// Range    prices above zero, quantities at least zero; receive times never go back.
// Errors   FileError.
// Threads  a value.
// Cost     cold.
// Source   docs/formats.md, "market tape".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "margingate/order.hpp"
#include "margingate/units.hpp"

namespace margingate::io {

struct TapeTrade {
  Timestamp received;
  Timestamp exchange_time;
  double price = 0.0;
  double quantity = 0.0;
  Side taker_side = Side::buy;
  std::uint64_t trade = 0;
};

struct TapeQuote {
  Timestamp received;
  Timestamp exchange_time;
  double bid = 0.0;
  double bid_quantity = 0.0;
  double ask = 0.0;
  double ask_quantity = 0.0;
};

using TapeRow = std::variant<TapeQuote, TapeTrade>;

struct MarketTape {
  std::string file;
  std::vector<TapeRow> rows;
};

[[nodiscard]] MarketTape read_market_tape(const std::string& path);
[[nodiscard]] MarketTape parse_market_tape(const std::string& file, std::string_view text);

}  // namespace margingate::io
