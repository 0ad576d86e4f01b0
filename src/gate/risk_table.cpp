#include "gate/risk_table.hpp"

#include <algorithm>

#include "gate/derived_rows.hpp"

namespace margingate {
namespace {

// The lane array of a table starts on a cache line whatever its allocator gave.
std::int32_t* aligned_lanes(RiskTable& table) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(table.lane_storage.data());
  return reinterpret_cast<std::int32_t*>((address + 63) / 64 * 64);
}

margin::GreekRow derived_greeks(const GateTerms& terms, std::uint32_t instrument,
                                const RiskTable& table) noexcept {
  if (terms.is_combo(instrument)) {
    const ComboTerms& combo = terms.combo(instrument);
    margin::ComboGreeks sum;
    for (std::uint32_t i = 0; i < combo.count; ++i) {
      sum.add(table.greeks[combo.legs[i].instrument], combo.legs[i].ratio);
    }
    return sum.finish();
  }
  margin::GroupGreeks largest;
  for (const std::uint32_t member : terms.quote_group(instrument)) {
    largest.add(table.greeks[member]);
  }
  return largest.finish();
}

// MR-22. Never more than the model grants, and nothing where it is not known.
void price_credits(const GateTerms& terms, const Market& surface, RiskTable& table) noexcept {
  for (std::size_t i = 0; i < surface.credit_rates.size(); ++i) {
    const double rate =
        surface.credit_rates[i] > 0.0 ? std::min(surface.credit_rates[i], 1.0) : 0.0;
    const auto ppb = static_cast<std::int64_t>(margin::floor_portable(rate * 1e9));
    table.credits[i].rate_ppb = std::min(ppb, terms.account.credits[i].rate_ppb);
  }
  if (surface.credit_rates.empty()) {
    std::copy(terms.account.credits.begin(), terms.account.credits.end(), table.credits.begin());
  }
}

}  // namespace

void build_risk_table(const GateTerms& terms, const Market& surface, const Price* spots,
                      Timestamp as_of, margin::RowScratch& scratch, RiskTable& table) noexcept {
  table.as_of = as_of;
  price_credits(terms, surface, table);
  for (std::size_t u = 0; u < terms.units.size(); ++u) {
    table.spots[u] = spots[terms.units[u].underlying].value;
  }
  std::int32_t* const lanes = aligned_lanes(table);
  const std::size_t contracts = terms.contracts();
  for (std::size_t i = 0; i < contracts; ++i) {
    const scenario::InstrumentTerms& instrument = terms.instruments[i];
    const scenario::RiskUnitTerms& unit = terms.units[instrument.risk_unit];
    const double spot = terms.to_double(table.spots[instrument.risk_unit]);
    table.inputs[i] =
        margin::prepare_pricing(instrument, unit, surface.quotes[i], spot,
                                surface.spots[unit.underlying], as_of, scratch.stretch);
    const std::size_t count = unit.lanes.lane_count;
    std::int32_t* const first = lanes + terms.lanes_offset[i] * 3;
    build_row(instrument, unit, table.inputs[i], spot, 1.0, terms.row_settings,
              margin::RowUse::published, scratch,
              {first, first + count, first + 2 * count, table.charges_of(i)}, table.rows[i]);
    if (terms.publishes_greeks) table.greeks[i] = greek_row(instrument, table.inputs[i]);
  }
  for (std::size_t i = contracts; i < terms.instruments.size(); ++i) {
    const std::size_t count = terms.units[terms.instruments[i].risk_unit].lanes.lane_count;
    std::int32_t* const first = lanes + terms.lanes_offset[i] * 3;
    build_derived_row(
        terms, static_cast<std::uint32_t>(i),
        [&](std::uint32_t leg) -> const margin::RiskRow& { return table.rows[leg]; }, scratch.sums,
        {first, first + count, first + 2 * count, table.charges_of(i)}, table.rows[i]);
    if (terms.publishes_greeks) {
      table.greeks[i] = derived_greeks(terms, static_cast<std::uint32_t>(i), table);
    }
  }
}

}  // namespace margingate
