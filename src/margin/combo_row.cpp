#include "margin/combo_row.hpp"

#include <algorithm>

namespace margingate::margin {
namespace {

std::int64_t magnitude(std::int64_t x) noexcept { return x < 0 ? -x : x; }

// Ties to even.
std::int64_t nearest_shift(std::int64_t x, std::int32_t shift) noexcept {
  if (shift == 0) return x;
  const std::int64_t whole = x >> shift;
  const std::int64_t rest = x - (whole << shift);
  const std::int64_t half = std::int64_t{1} << (shift - 1);
  return whole + (rest > half || (rest == half && (whole & 1) != 0) ? 1 : 0);
}

constexpr std::int64_t lane_max = INT32_MAX;

std::int32_t to_lane(std::int64_t x, std::int64_t max) noexcept {
  return static_cast<std::int32_t>(std::clamp(x, -max, max));
}

std::int64_t ceil_shift(std::int64_t x, std::int32_t shift) noexcept { return -(-x >> shift); }

void add(DriftingAmount& sum, const DriftingAmount& part, std::int64_t times) noexcept {
  sum.amount += times * part.amount;
  sum.drift += times * part.drift;
  sum.slack += times * part.slack;
}

}  // namespace

ComboRow::ComboRow(std::size_t lane_count, LaneSums& sums) noexcept
    : lane_count_(lane_count),
      loss_(sums[0].data()),
      drift_(sums[1].data()),
      curvature_(sums[2].data()),
      kink_(sums[3].data()) {
  for (auto& lanes : sums) std::fill_n(lanes.begin(), lane_count, 0);
}

void ComboRow::add(const RiskRow& leg, std::int64_t ratio) noexcept {
  if (is_first_) {
    sums_.status = Reason::accepted;
    sums_.settles_in_coin = leg.settles_in_coin;
    sums_.risk_unit = leg.risk_unit;
    sums_.nets_strike = leg.nets_strike;
    is_first_ = false;
  }
  if (sums_.status != Reason::accepted) return;
  if (leg.status != Reason::accepted) {
    sums_.status = leg.status;
    return;
  }
  const std::int64_t lots = magnitude(ratio);
  for (std::size_t s = 0; s < lane_count_; ++s) {
    const std::int64_t curvature = leg.lanes.curvature[s];
    loss_[s] += ratio * leg.lanes.loss[s] * (std::int64_t{1} << leg.exponent);
    drift_[s] += ratio * leg.lanes.drift[s] * (std::int64_t{1} << leg.exponent);
    (curvature < 0 ? kink_ : curvature_)[s] += lots * magnitude(curvature) << leg.exponent;
  }
  sums_.bounded = sums_.bounded && leg.bounded;
  sums_.weight += static_cast<std::int32_t>(lots);
  sums_.value += ratio * leg.value;
  sums_.value_drift += ratio * leg.value_drift;
  sums_.value_curvature += lots * leg.value_curvature;
  sums_.value_kinked = sums_.value_kinked || leg.value_kinked;
  sums_.delta_slack += lots * leg.delta_slack;
  sums_.expiry_delta_slack += lots * leg.expiry_delta_slack;
  sums_.reducing_open_loss_per_lot += static_cast<double>(lots) * leg.reducing_open_loss_per_lot;
  (ratio * leg.delta > 0 ? delta_up_ : delta_down_) += magnitude(ratio * leg.delta);
  auto* const expiry =
      std::find_if(expiries_.begin(), expiries_.begin() + expiry_count_,
                   [&](const ExpiryDelta& e) { return e.bucket == leg.expiry_bucket; });
  if (expiry == expiries_.begin() + expiry_count_) {
    expiries_[expiry_count_++] = {leg.expiry_bucket, ratio * leg.expiry_delta};
  } else {
    expiry->delta += ratio * leg.expiry_delta;
  }
  const bool is_bought = ratio > 0;
  margin::add(sums_.added_long, is_bought ? leg.added_long : leg.added_short, lots);
  margin::add(sums_.added_short, is_bought ? leg.added_short : leg.added_long, lots);
  margin::add(sums_.floor_long, is_bought ? leg.floor_long : leg.floor_short, lots);
  margin::add(sums_.floor_short, is_bought ? leg.floor_short : leg.floor_long, lots);
  if (leg.charges == nullptr) return;
  const RowCharges& c = *leg.charges;
  has_charges_ = true;
  margin::add(charges_.total_floor_long, is_bought ? c.total_floor_long : c.total_floor_short,
              lots);
  margin::add(charges_.total_floor_short, is_bought ? c.total_floor_short : c.total_floor_long,
              lots);
}

void ComboRow::finish(std::int32_t exponent, std::uint8_t expiry_bucket, bool is_in_one_expiry,
                      bool gross_delta, const LaneStorage& lanes, RiskRow& row) noexcept {
  row = sums_;
  row.weight = sums_.weight - 1;  // a row starts with the weight of one lot
  row.exponent = exponent;
  row.expiry_bucket = expiry_bucket;
  row.lanes = {lanes.loss, lanes.drift, lanes.curvature};
  if (has_charges_) {
    *lanes.charges = charges_;
    row.charges = lanes.charges;
  }
  for (std::size_t s = 0; s < lane_count_; ++s) {
    const std::int64_t loss = nearest_shift(loss_[s], exponent);
    const std::int64_t drift = nearest_shift(drift_[s], exponent);
    // A kink anywhere makes all of it one: |t| >= t^2 inside the band.
    const std::int64_t bound = ceil_shift(curvature_[s] + kink_[s], exponent);
    if (magnitude(loss) > lane_max) row.status = Reason::risk_array_out_of_range;
    row.bounded = row.bounded && magnitude(drift) <= drift_lane_max && bound <= lane_max;
    lanes.loss[s] = to_lane(loss, lane_max);
    lanes.drift[s] = to_lane(drift, drift_lane_max);
    lanes.curvature[s] = to_lane(kink_[s] > 0 ? -bound : bound, lane_max);
  }
  row.delta = gross_delta ? delta_up_ : delta_up_ - delta_down_;
  row.delta_against = gross_delta ? delta_down_ : 0;
  std::int64_t apart = 0;
  for (std::size_t i = 0; i < expiry_count_; ++i) {
    row.expiry_delta += expiries_[i].delta;
    apart += magnitude(expiries_[i].delta);
  }
  if (is_in_one_expiry) return;
  // Expiries do not net: each pays by itself, whichever way the combo fills.
  row.expiry_delta = 0;
  const DriftingAmount by_expiry{apart, 0, row.expiry_delta_slack};
  row.expiry_delta_slack = 0;
  margin::add(row.added_long, by_expiry, 1);
  margin::add(row.added_short, by_expiry, 1);
}

}  // namespace margingate::margin
