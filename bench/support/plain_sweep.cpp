#include "support/plain_sweep.hpp"

#include <algorithm>
#include <cstring>

#include "gate/totals_summing.hpp"

namespace margingate::bench {
namespace {

std::int64_t magnitude(std::int64_t x) { return x < 0 ? -x : x; }

std::int64_t scaled(std::int64_t x, std::int32_t exponent) {
  return x * (std::int64_t{1} << exponent);
}

// MR-12: a working buy counts where its row loses, a working sell where it gains.
void add_lanes(const margin::LegState& leg, const margin::RiskRow& row, std::size_t lane_count,
               margin::UnitTotals& totals) {
  for (std::size_t s = 0; s < lane_count; ++s) {
    const std::int64_t loss = row.lanes.loss[s];
    const std::int64_t drift = row.lanes.drift[s];
    const std::int64_t curvature = row.lanes.curvature[s];
    std::int64_t lots = leg.net;
    std::int64_t counted = leg.gross_net();
    if (loss > 0) lots += leg.working_buys, counted += leg.working_buys;
    if (loss < 0) lots -= leg.working_sells, counted += leg.working_sells;
    totals.loss[s] += scaled(lots * loss, row.exponent);
    totals.drift[s] += scaled(lots * drift, row.exponent);
    const std::int64_t kink = curvature < 0 ? -curvature : 0;
    if (curvature > 0) totals.curvature[s] += scaled(counted * curvature, row.exponent);
    const std::int64_t overlap = magnitude(drift) + magnitude(curvature) - magnitude(loss);
    const std::int64_t flips =
        overlap > 0 ? (leg.working_buys + leg.working_sells) * overlap : std::int64_t{0};
    totals.flip[s] += scaled(counted * kink + flips, row.exponent);
  }
}

}  // namespace

void PlainSweep::add_leg(const LegEntry& entry, std::int64_t* block) noexcept {
  const GateTerms& terms = gate_.terms;
  const RiskTable& table = gate_.shared.tables[gate_.newest.slot];
  const std::uint32_t unit = terms.instruments[entry.instrument()].risk_unit;
  const margin::RiskRow& row = table.rows[entry.instrument()];
  margin::UnitTotals totals = terms.totals(block, unit);
  add_lanes(entry.state, row, terms.layouts[unit].lane_count, totals);
  const margin::LegContribution c =
      leg_contribution(entry.state, row, terms.parts[unit], coin_at_table(terms, table, unit));
  auto* const words = reinterpret_cast<std::int64_t*>(totals.scalars);
  const auto* const added = reinterpret_cast<const std::int64_t*>(&c.scalars);
  for (std::size_t i = 0; i < sizeof(margin::UnitScalars) / 8; ++i) words[i] += added[i];
  totals.expiry_hi[row.expiry_bucket] += c.expiry_hi;
  totals.expiry_lo[row.expiry_bucket] += c.expiry_lo;
  totals.expiry_slack[row.expiry_bucket] += c.expiry_slack;
}

void PlainSweep::sum(std::uint32_t account, std::int64_t* block) noexcept {
  std::memset(block, 0, gate_.terms.account_words * 8);
  const LegTable& legs = gate_.legs;
  for (std::uint32_t leg = legs.first(account); leg != no_leg; leg = legs[leg].next) {
    add_leg(legs[leg], block);
  }
}

}  // namespace margingate::bench
