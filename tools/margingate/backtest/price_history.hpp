// Daily closing prices of several underlyings on common days.
//
// Shape    one row per day that every underlying has; closes by underlying, then by day.
// Units    prices in the numeraire; days as ISO dates, UTC.
// Sign     prices positive.
// Range    dates ascend and appear once per underlying.
// Errors   io::FileError naming line and column.
// Threads  a value.
// Cost     cold.
// Source   docs/formats.md, "price history".
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "margingate/units.hpp"

namespace margingate::backtest {

struct PriceHistory {
  std::string file;
  std::vector<std::string> underlyings;
  std::vector<std::string> days;            // "2022-05-09"
  std::vector<Timestamp> times;             // 00:00 UTC after the day
  std::vector<std::vector<double>> closes;  // by underlying, then by day

  [[nodiscard]] std::size_t index_of(std::string_view underlying) const;  // npos when absent
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
};

// What was known at the close of one day: a model made from it cannot look ahead.
class HistoryUpTo {
 public:
  HistoryUpTo(const PriceHistory& history, std::size_t day) : history_(history), day_(day) {}

  [[nodiscard]] std::size_t days() const noexcept { return day_ + 1; }
  [[nodiscard]] const std::string& day() const { return history_.days[day_]; }
  [[nodiscard]] const std::vector<std::string>& underlyings() const noexcept {
    return history_.underlyings;
  }
  // Oldest first, the day itself last.
  [[nodiscard]] std::span<const double> closes(std::size_t underlying) const {
    return std::span<const double>(history_.closes[underlying]).first(days());
  }

 private:
  const PriceHistory& history_;
  std::size_t day_;
};

// Only the underlyings asked for, on the days that all of them have.
[[nodiscard]] PriceHistory read_price_history(const std::string& path,
                                              std::span<const std::string> underlyings);
[[nodiscard]] PriceHistory parse_price_history(const std::string& file, std::string_view text,
                                               std::span<const std::string> underlyings);

}  // namespace margingate::backtest
