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

class Builder {
 public:
  Builder(const std::vector<TapeRow>& rows, const ScheduleInputs& inputs)
      : rows_(rows),
        inputs_(inputs),
        loops_(loops_needed(rows.size(), inputs)),
        mids_(first_mids(rows)),
        mids_last_(last_mids(rows)),
        mean_quantities_(mean_quantities(rows)) {
    relative_.fill(1.0);
    for (std::size_t coin = 0; coin < coins_max; ++coin) {
      const double tape_end = power(mids_last_[coin] / mids_[coin]);
      drift_[coin] = inputs.spots_end[coin] / inputs.spots_begin[coin] / tape_end - 1.0;
    }
  }

  std::vector<ScheduleStep> build() {
    std::vector<ScheduleStep> steps;
    steps.reserve(rows_.size() * loops_);
    for (std::uint64_t loop = 0; loop < loops_; ++loop) {
      for (const TapeRow& row : rows_) steps.push_back(step(loop, row));
      for (std::size_t coin = 0; coin < coins_max; ++coin) {
        loop_start_[coin] *= mids_last_[coin] / mids_[coin];
      }
    }
    return steps;
  }

 private:
  double power(double base) const {
    double result = 1.0;
    for (std::uint64_t loop = 0; loop < loops_; ++loop) result *= base;
    return result;
  }

  // Position on the way through all loops, 0 .. 1.
  double progress(std::uint64_t loop, const TapeRow& row) const {
    const auto span = static_cast<double>(rows_.back().time_ns - rows_.front().time_ns);
    const double inside =
        span > 0.0 ? static_cast<double>(row.time_ns - rows_.front().time_ns) / span : 1.0;
    return (static_cast<double>(loop) + inside) / static_cast<double>(loops_);
  }

  // Rounding the running total, not the single row, makes the sum come out exactly.
  std::uint32_t events_due() {
    ++rows_done_;
    const double share =
        static_cast<double>(rows_done_) / static_cast<double>(rows_.size() * loops_);
    const auto due = static_cast<std::uint64_t>(
        std::llround(share * static_cast<double>(inputs_.order_events)));
    const std::uint64_t events = due - events_done_;
    events_done_ = due;
    return static_cast<std::uint32_t>(events);
  }

  ScheduleStep step(std::uint64_t loop, const TapeRow& row) {
    if (!row.is_trade) relative_[row.coin] = loop_start_[row.coin] * row.mid / mids_[row.coin];
    const double done = progress(loop, row);
    const auto duration = static_cast<double>((inputs_.end - inputs_.begin).value);
    ScheduleStep result;
    result.time = inputs_.begin + Duration{static_cast<std::int64_t>(done * duration)};
    result.coin = row.coin;
    result.is_trade = row.is_trade;
    result.taker = row.taker;
    result.order_events = events_due();
    result.relative_quantity = static_cast<float>(row.quantity / mean_quantities_[row.coin]);
    for (std::size_t coin = 0; coin < coins_max; ++coin) {
      result.spots[coin] =
          inputs_.spots_begin[coin] * relative_[coin] * (1.0 + drift_[coin] * done);
    }
    return result;
  }

  const std::vector<TapeRow>& rows_;
  const ScheduleInputs& inputs_;
  std::uint64_t loops_;
  Spots mids_;
  Spots mids_last_;
  Spots mean_quantities_;
  Spots drift_{};
  Spots relative_{};
  Spots loop_start_{1.0, 1.0};
  std::uint64_t rows_done_ = 0;
  std::uint64_t events_done_ = 0;
};

}  // namespace

std::vector<ScheduleStep> make_schedule(const std::vector<TapeRow>& rows,
                                        const ScheduleInputs& inputs) {
  if (rows.empty()) return {};
  return Builder(rows, inputs).build();
}

}  // namespace margingate::run
