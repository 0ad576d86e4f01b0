#include "run/tape_schedule.hpp"

#include <algorithm>
#include <cmath>

namespace margingate::run {
namespace {

using Spots = std::array<double, coins_max>;

Spots first_mids(const std::vector<TapeRow>& rows) {
  Spots mids{};
  for (const TapeRow& row : rows) {
    double& mid = mids[row.coin];
    if (!row.is_trade && mid == 0.0) mid = row.mid;
  }
  return mids;
}

Spots last_mids(const std::vector<TapeRow>& rows) {
  Spots mids{};
  for (const TapeRow& row : rows) {
    if (!row.is_trade) mids[row.coin] = row.mid;
  }
  return mids;
}

Spots mean_quantities(const std::vector<TapeRow>& rows) {
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

std::uint64_t loops_needed(std::size_t rows, const ScheduleInputs& inputs) {
  const double per_loop = static_cast<double>(rows) * inputs.events_per_row_max;
  return std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(static_cast<double>(inputs.order_events) / per_loop)));
}

double power(double base, std::uint64_t exponent) {
  double result = 1.0;
  for (; exponent != 0; exponent >>= 1, base *= base) {
    if ((exponent & 1) != 0) result *= base;
  }
  return result;
}

}  // namespace

TapeSchedule::TapeSchedule(const std::vector<TapeRow>& rows, const ScheduleInputs& inputs)
    : rows_(rows),
      inputs_(inputs),
      loops_(loops_needed(rows.size(), inputs)),
      first_mids_(first_mids(rows)),
      last_mids_(last_mids(rows)),
      mean_quantities_(mean_quantities(rows)) {
  relative_.fill(1.0);
  loop_start_.fill(1.0);
  for (std::size_t coin = 0; coin < coins_max; ++coin) {
    const double tape_end = power(last_mids_[coin] / first_mids_[coin], loops_);
    drift_[coin] = inputs.spots_end[coin] / inputs.spots_begin[coin] / tape_end - 1.0;
  }
}

// Position on the way through all loops, 0 .. 1.
double TapeSchedule::progress(const TapeRow& row) const {
  const auto span = static_cast<double>(rows_.back().time_ns - rows_.front().time_ns);
  const double inside =
      span > 0.0 ? static_cast<double>(row.time_ns - rows_.front().time_ns) / span : 1.0;
  return (static_cast<double>(loop_) + inside) / static_cast<double>(loops_);
}

// Rounding the running total, not the single row, makes the sum come out exactly.
std::uint32_t TapeSchedule::events_due() {
  ++rows_done_;
  const double share =
      static_cast<double>(rows_done_) / static_cast<double>(rows_.size() * loops_);
  const auto due = static_cast<std::uint64_t>(
      std::llround(share * static_cast<double>(inputs_.order_events)));
  const std::uint64_t events = due - events_done_;
  events_done_ = due;
  return static_cast<std::uint32_t>(events);
}

bool TapeSchedule::next(ScheduleStep& step) {
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
