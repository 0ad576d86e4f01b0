#include "margin/delivered_row.hpp"

#include <algorithm>
#include <limits>

#include "margin/fixed_point.hpp"

namespace margingate::margin {

Reason delivered_status(const scenario::InstrumentTerms& instrument, const PricingInputs& inputs,
                        double spot) noexcept {
  const bool lacks_quote =
      inputs.status == Reason::missing_mark || inputs.status == Reason::missing_volatility;
  if (!instrument.is_option || !lacks_quote) return inputs.status;
  const bool has_spot = spot > 0.0 && spot <= std::numeric_limits<double>::max();
  return has_spot ? Reason::accepted : Reason::missing_mark;
}

void write_delivered_lanes(const scenario::DeliveredTerms& delivered,
                           const LaneStorage& lanes) noexcept {
  const std::size_t count = delivered.losses.size();
  std::copy_n(delivered.losses.begin(), count, lanes.loss);
  std::fill_n(lanes.drift, count, 0);
  std::fill_n(lanes.curvature, count, 0);
}

void set_delivered_deltas(const scenario::DeliveredTerms& delivered, RiskRow& row) noexcept {
  row.delta = static_cast<std::int64_t>(nearest(delivered.delta));
  row.expiry_delta = static_cast<std::int64_t>(nearest(delivered.expiry_delta));
  row.delta_slack = row.expiry_delta_slack = 0;
}

}  // namespace margingate::margin
