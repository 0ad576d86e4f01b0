// A real tape stretched over the time of a run: when what happens, and where the spots are.
//
// Tape time becomes event time linearly, so bursts keep their shape. The tape's own relative
// mid-price moves are laid onto the index of the chain, with a linear drift on top that makes the
// path end at the index of the second chain. A tape that is too short is played again, each time
// from where it ended.
#pragma once

#include <array>
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
  std::uint32_t order_events = 0;     // to be made out of this row
  double relative_quantity = 0.0;     // of the mean trade of the coin
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
  std::array<double, coins_max> relative_{};     // of the spot at the beginning
  std::array<double, coins_max> loop_start_{};   // likewise, when the tape was last begun
  std::uint64_t loop_ = 0;
  std::size_t row_ = 0;
  std::uint64_t rows_done_ = 0;
  std::uint64_t events_done_ = 0;
};

}  // namespace margingate::run
