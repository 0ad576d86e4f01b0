#include "margin/envelope_row.hpp"

#include <algorithm>

namespace margingate::margin {
namespace {

constexpr std::int64_t lane_max = INT32_MAX;

std::int64_t magnitude(std::int64_t x) noexcept { return x < 0 ? -x : x; }

std::int64_t ceil_shift(std::int64_t x, std::int32_t shift) noexcept { return -(-x >> shift); }

// The larger amount; how it moves is bounded on both sides by the larger of all moves.
void widen(DriftingAmount& sum, const DriftingAmount& a, const DriftingAmount& b) noexcept {
  sum.amount = std::max({sum.amount, a.amount, b.amount});
  sum.slack =
      std::max({sum.slack, magnitude(a.drift) + a.slack + 2, magnitude(b.drift) + b.slack + 2});
}

}  // namespace

EnvelopeRow::EnvelopeRow(std::size_t lane_count, LaneSums& sums) noexcept
    : lane_count_(lane_count), loss_(sums[0].data()), moves_(sums[1].data()) {
  std::fill_n(loss_, lane_count, 0);
  std::fill_n(moves_, lane_count, 0);
}

void EnvelopeRow::add(const RiskRow& one) noexcept {
  if (one.status != Reason::accepted) return;
  widest_.status = Reason::accepted;
  widest_.settles_in_coin = one.settles_in_coin;
  widest_.risk_unit = one.risk_unit;
  widest_.bounded = widest_.bounded && one.bounded;
  const std::int64_t scale = std::int64_t{1} << one.exponent;
  for (std::size_t s = 0; s < lane_count_; ++s) {
    const std::int64_t moves = magnitude(one.lanes.drift[s]) + magnitude(one.lanes.curvature[s]);
    loss_[s] = std::max(loss_[s], magnitude(one.lanes.loss[s]) * scale);
    moves_[s] = std::max(moves_[s], moves * scale);
  }
  widest_.delta = std::max(widest_.delta, magnitude(one.delta));
  widest_.delta_slack = std::max(widest_.delta_slack, one.delta_slack);
  widest_.reducing_open_loss_per_lot =
      std::max(widest_.reducing_open_loss_per_lot, one.reducing_open_loss_per_lot);
  widen(widest_.added_long, one.added_long, one.added_short);
  widen(widest_.floor_long, one.floor_long, one.floor_short);
  if (one.charges != nullptr) {
    has_charges_ = true;
    widen(charges_.total_floor_long, one.charges->total_floor_long, one.charges->total_floor_short);
  }
  expiry_delta_ = std::max(expiry_delta_, magnitude(one.expiry_delta));
  widest_.expiry_delta_slack = std::max(widest_.expiry_delta_slack, one.expiry_delta_slack);
}

void EnvelopeRow::finish(std::int32_t exponent, const LaneStorage& lanes, RiskRow& row) noexcept {
  row = widest_;
  row.exponent = exponent;
  row.weight = 3;
  row.lanes = {lanes.loss, lanes.drift, lanes.curvature};
  if (has_charges_) {
    charges_.total_floor_short = charges_.total_floor_long;
    *lanes.charges = charges_;
    row.charges = lanes.charges;
  }
  for (std::size_t s = 0; s < lane_count_; ++s) {
    const std::int64_t loss = ceil_shift(loss_[s], exponent);
    const std::int64_t moves = ceil_shift(moves_[s], exponent);
    if (loss > lane_max) row.status = Reason::risk_array_out_of_range;
    row.bounded = row.bounded && moves <= lane_max;
    lanes.loss[s] = static_cast<std::int32_t>(std::min(loss, lane_max));
    lanes.drift[s] = 0;
    lanes.curvature[s] = -static_cast<std::int32_t>(std::min(moves, lane_max));
  }
  row.delta_against = row.delta;
  row.added_long.amount += expiry_delta_;
  row.added_long.slack += row.expiry_delta_slack;
  row.expiry_delta_slack = 0;
  row.added_short = row.added_long;
  row.floor_short = row.floor_long;
}

}  // namespace margingate::margin
