// A real tape stretched over the time of a run: when what happens, and where the spots are.
//
// Tape time becomes event time linearly, so bursts keep their shape. The tape's own relative
// mid-price moves are laid onto the index of the chain, with a linear drift on top that makes the
// path end at the index of the second chain. A tape that is too short is played again, each time
// from where it ended.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "margingate/order.hpp"
#include "margingate/units.hpp"

namespace margingate::run {

inline constexpr std::size_t coins_max = 2;

struct TapeRow {
  std::int64_t time_ns = 0;
  std::uint8_t coin = 0;
  bool is_trade = false;
  Side taker = Side::buy;  // trades
  double quantity = 0.0;   // trades: coins
  double mid = 0.0;        // quotes: quote currency
};

struct ScheduleStep {
  Timestamp time;
  std::uint8_t coin = 0;
  bool is_trade = false;
  Side taker = Side::buy;
  std::uint32_t order_events = 0;  // to be made out of this row
  double relative_quantity = 0.0;  // of the mean trade of the coin
  std::array<double, coins_max> spots{};
};

struct ScheduleInputs {
  Timestamp begin;
  Timestamp end;
  std::array<double, coins_max> spots_begin{};
  std::array<double, coins_max> spots_end{};
  std::uint64_t order_events = 0;
  // The tape is played often enough that a row makes no more order events than this on average.
  double events_per_row_max = 6.0;
};

// Steps come one at a time: a long run plays the tape thousands of times.
class TapeSchedule {
 public:
  // rows: of all coins, sorted by time, at least one row and for each coin one quote; they must
  // outlive the schedule.
  TapeSchedule(const std::vector<TapeRow>& rows, const ScheduleInputs& inputs);

  // False at the end. The order events of all steps sum to inputs.order_events.
  bool next(ScheduleStep& step);

 private:
  [[nodiscard]] double progress(const TapeRow& row) const;
  std::uint32_t events_due();

  const std::vector<TapeRow>& rows_;
  ScheduleInputs inputs_;
  std::uint64_t loops_;
  std::array<double, coins_max> first_mids_{};
  std::array<double, coins_max> last_mids_{};
  std::array<double, coins_max> mean_quantities_{};
  std::array<double, coins_max> drift_{};
  std::array<double, coins_max> relative_{};    // of the spot at the beginning
  std::array<double, coins_max> loop_start_{};  // likewise, when the tape was last begun
  std::uint64_t loop_ = 0;
  std::size_t row_ = 0;
  std::uint64_t rows_done_ = 0;
  std::uint64_t events_done_ = 0;
};

namespace detail {

using Spots = std::array<double, coins_max>;

inline Spots first_mids(const std::vector<TapeRow>& rows) {
  Spots mids{};
  for (const TapeRow& row : rows) {
    double& mid = mids[row.coin];
    if (!row.is_trade && mid == 0.0) mid = row.mid;
  }
  return mids;
}

inline Spots last_mids(const std::vector<TapeRow>& rows) {
  Spots mids{};
  for (const TapeRow& row : rows) {
    if (!row.is_trade) mids[row.coin] = row.mid;
  }
  return mids;
}

inline Spots mean_quantities(const std::vector<TapeRow>& rows) {
  Spots sums{};
  Spots counts{};
  for (const TapeRow& row : rows) {
    if (!row.is_trade) continue;
    sums[row.coin] += row.quantity;
    counts[row.coin] += 1.0;
  }
  for (std::size_t coin = 0; coin < coins_max; ++coin) {
    sums[coin] = counts[coin] > 0.0 ? sums[coin] / counts[coin] : 1.0;
  }
  return sums;
}

inline std::uint64_t loops_needed(std::size_t rows, const ScheduleInputs& inputs) {
  const double per_loop = static_cast<double>(rows) * inputs.events_per_row_max;
  const double loops = std::ceil(static_cast<double>(inputs.order_events) / per_loop);
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(loops));
}

inline double power(double base, std::uint64_t exponent) {
  double result = 1.0;
  for (; exponent != 0; exponent >>= 1, base *= base) {
    if ((exponent & 1) != 0) result *= base;
  }
  return result;
}

}  // namespace detail

inline TapeSchedule::TapeSchedule(const std::vector<TapeRow>& rows, const ScheduleInputs& inputs)
    : rows_(rows),
      inputs_(inputs),
      loops_(detail::loops_needed(rows.size(), inputs)),
      first_mids_(detail::first_mids(rows)),
      last_mids_(detail::last_mids(rows)),
      mean_quantities_(detail::mean_quantities(rows)) {
  relative_.fill(1.0);
  loop_start_.fill(1.0);
  for (std::size_t coin = 0; coin < coins_max; ++coin) {
    const double tape_end = detail::power(last_mids_[coin] / first_mids_[coin], loops_);
    drift_[coin] = inputs.spots_end[coin] / inputs.spots_begin[coin] / tape_end - 1.0;
  }
}

// Position on the way through all loops, 0 .. 1.
inline double TapeSchedule::progress(const TapeRow& row) const {
  const auto span = static_cast<double>(rows_.back().time_ns - rows_.front().time_ns);
  const double inside =
      span > 0.0 ? static_cast<double>(row.time_ns - rows_.front().time_ns) / span : 1.0;
  return (static_cast<double>(loop_) + inside) / static_cast<double>(loops_);
}

// Rounding the running total, not the single row, makes the sum come out exactly.
inline std::uint32_t TapeSchedule::events_due() {
  ++rows_done_;
  const double share = static_cast<double>(rows_done_) / static_cast<double>(rows_.size() * loops_);
  const auto due =
      static_cast<std::uint64_t>(std::llround(share * static_cast<double>(inputs_.order_events)));
  const std::uint64_t events = due - events_done_;
  events_done_ = due;
  return static_cast<std::uint32_t>(events);
}

inline bool TapeSchedule::next(ScheduleStep& step) {
  if (row_ == rows_.size()) {
    if (++loop_ == loops_) return false;
    row_ = 0;
    for (std::size_t coin = 0; coin < coins_max; ++coin) {
      loop_start_[coin] *= last_mids_[coin] / first_mids_[coin];
    }
  }
  const TapeRow& row = rows_[row_++];
  if (!row.is_trade) relative_[row.coin] = loop_start_[row.coin] * row.mid / first_mids_[row.coin];
  const double done = progress(row);
  const auto duration = static_cast<double>((inputs_.end - inputs_.begin).value);
  step.time = inputs_.begin + Duration{static_cast<std::int64_t>(done * duration)};
  step.coin = row.coin;
  step.is_trade = row.is_trade;
  step.taker = row.taker;
  step.order_events = events_due();
  step.relative_quantity = row.quantity / mean_quantities_[row.coin];
  for (std::size_t coin = 0; coin < coins_max; ++coin) {
    step.spots[coin] = inputs_.spots_begin[coin] * relative_[coin] * (1.0 + drift_[coin] * done);
  }
  return true;
}

}  // namespace margingate::run
