#include "backtest/price_history.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "io/csv_table.hpp"
#include "io/file_error.hpp"
#include "io/iso_time.hpp"
#include "io/text_file.hpp"

namespace margingate::backtest {
namespace {

constexpr Duration day_length = seconds(86'400);

// The date, the underlying and its close are what is read; the rest only has to be there.
struct Layout {
  std::vector<std::string_view> columns;
  std::size_t close = 0;
};

const std::array<Layout, 3>& layouts() {
  static const std::array<Layout, 3> known = {{
      {{"date", "sym", "close"}, 2},
      {{"date", "sym", "open", "high", "low", "close", "volume"}, 5},
      {{"date", "sym", "open", "high", "low", "close", "volume_usd"}, 5},
  }};
  return known;
}

const Layout& layout_of(std::string_view text) {
  const std::string_view header = text.substr(0, text.find('\n'));
  for (const Layout& layout : layouts()) {
    std::string expected;
    for (const std::string_view column : layout.columns) {
      expected += (expected.empty() ? "" : ",") + std::string(column);
    }
    if (header == expected) return layout;
  }
  return layouts().front();
}

Timestamp end_of_day(const io::CsvTable& table, const std::string& date) {
  const auto begin = io::parse_iso_time(date + "T00:00:00Z");
  if (!begin) table.fail(0, "a date such as 2022-05-09");
  return *begin + day_length;
}

using Closes = std::map<Timestamp, double>;

void read_rows(const std::string& file, std::string_view text, PriceHistory& history,
               std::vector<Closes>& closes, std::map<Timestamp, std::string>& days) {
  const Layout& layout = layout_of(text);
  io::CsvTable table(file, text, layout.columns);
  while (table.next()) {
    const std::size_t underlying = history.index_of(table.text(1));
    if (underlying == PriceHistory::npos) continue;
    const std::string date(table.text(0));
    const Timestamp time = end_of_day(table, date);
    const double close = table.number(layout.close);
    if (!(close > 0.0)) table.fail(layout.close, "a price above 0");
    if (!closes[underlying].emplace(time, close).second) table.fail(0, "each day once");
    days[time] = date;
  }
}

}  // namespace

std::size_t PriceHistory::index_of(std::string_view underlying) const {
  const auto found = std::find(underlyings.begin(), underlyings.end(), underlying);
  return found == underlyings.end() ? npos : static_cast<std::size_t>(found - underlyings.begin());
}

PriceHistory parse_price_history(const std::string& file, std::string_view text,
                                 std::span<const std::string> underlyings) {
  PriceHistory history;
  history.file = file;
  history.underlyings.assign(underlyings.begin(), underlyings.end());
  std::vector<Closes> closes(underlyings.size());
  std::map<Timestamp, std::string> days;
  read_rows(file, text, history, closes, days);
  history.closes.resize(underlyings.size());
  for (const auto& [time, date] : days) {
    const bool all_there =
        std::all_of(closes.begin(), closes.end(),
                    [day = time](const Closes& one) { return one.contains(day); });
    if (!all_there) continue;
    history.days.push_back(date);
    history.times.push_back(time);
    for (std::size_t u = 0; u < closes.size(); ++u) {
      history.closes[u].push_back(closes[u].at(time));
    }
  }
  if (history.days.size() < 2) {
    throw io::FileError(file, "rows", "at least two days on which every underlying has a close");
  }
  return history;
}

PriceHistory read_price_history(const std::string& path, std::span<const std::string> underlyings) {
  return parse_price_history(path, io::read_text_file(path), underlyings);
}

}  // namespace margingate::backtest
