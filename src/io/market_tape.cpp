#include "io/market_tape.hpp"

#include <array>

#include "io/csv_table.hpp"
#include "io/text_file.hpp"

namespace margingate::io {
namespace {

enum Column : std::size_t { recv_ns, exch_ms, type, a, b, c, d };
constexpr std::array<std::string_view, 7> columns{"recv_ns", "exch_ms", "type", "a", "b", "c", "d"};

double price(const CsvTable& table, std::size_t column) {
  const double value = table.number(column);
  if (!(value > 0.0)) table.fail(column, "a price above 0");
  return value;
}

double quantity(const CsvTable& table, std::size_t column) {
  const double value = table.number(column);
  if (!(value >= 0.0)) table.fail(column, "a quantity of at least 0");
  return value;
}

TapeRow read_quote(const CsvTable& table, Timestamp received) {
  return TapeQuote{received,        table.milliseconds(exch_ms),
                   price(table, a), quantity(table, b),
                   price(table, c), quantity(table, d)};
}

TapeRow read_trade(const CsvTable& table, Timestamp received) {
  const std::string_view side = table.text(c);
  if (side != "B" && side != "S") table.fail(c, "B or S");
  return TapeTrade{received,
                   table.milliseconds(exch_ms),
                   price(table, a),
                   quantity(table, b),
                   side == "B" ? Side::buy : Side::sell,
                   static_cast<std::uint64_t>(table.integer(d))};
}

}  // namespace

MarketTape parse_market_tape(const std::string& file, std::string_view text) {
  MarketTape tape;
  tape.file = file;
  CsvTable table(file, text, columns);
  Timestamp latest{INT64_MIN};
  while (table.next()) {
    const Timestamp received{table.integer(recv_ns)};
    if (received < latest) table.fail(recv_ns, "a time not before that of the row above");
    latest = received;
    const std::string_view kind = table.text(type);
    if (kind != "Q" && kind != "T") table.fail(type, "Q or T");
    tape.rows.push_back(kind == "Q" ? read_quote(table, received) : read_trade(table, received));
  }
  return tape;
}

MarketTape read_market_tape(const std::string& path) {
  return parse_market_tape(path, read_text_file(path));
}

}  // namespace margingate::io
