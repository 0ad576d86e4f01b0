// What pools of risk units need on the order path.
#include <algorithm>
#include <bit>

#include "gate/gate_impl.hpp"

namespace margingate {

std::uint64_t Gate::Impl::pool_version(std::uint32_t slot, std::uint32_t pool) const noexcept {
  std::uint64_t newest_version = 0;
  for (std::uint32_t bits = terms.account.pools[pool].unit_mask; bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    newest_version = std::max(newest_version, unit_versions[slot][unit]);
  }
  return newest_version;
}

// Right after the account's units have been summarised.
const CachedPool& Gate::Impl::pool_now(std::uint32_t account, std::uint32_t slot,
                                       std::uint32_t pool, std::uint32_t unit_mask) noexcept {
  CachedPool& entry = cached_pool(account, pool);
  const std::uint64_t version = pool_version(slot, pool);
  if (entry.version == version) return entry;
  pool_losses_.clear();
  for (std::uint32_t bits = terms.account.pools[pool].unit_mask & unit_mask; bits != 0;
       bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    const margin::UnitTotals totals = terms.totals(block(account), unit);
    pool_losses_.put(unit, live_unit(slot, unit).market, totals, totals.scalars->scaled_lots,
                     cached(account, unit).summary.floored_scan);
  }
  const margin::PoolInterval found = pool_losses_.evaluate(pool, *terms.lane_kernel);
  entry = {version, found.total, found.worst_scenario};
  return entry;
}

// With the order working; decided_.unit is its unit's summary then.
margin::PoolInterval Gate::Impl::pool_after(const Candidate& c, std::uint32_t pool,
                                            std::uint32_t unit_mask) noexcept {
  pool_losses_.clear();
  for (std::uint32_t bits = terms.account.pools[pool].unit_mask & unit_mask; bits != 0;
       bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    const margin::UnitTotals totals = terms.totals(block(c.account), unit);
    const margin::UnitMarket& market = live_unit(c.slot, unit).market;
    const std::int64_t scaled_lots = totals.scalars->scaled_lots;
    if (unit != c.unit) {
      pool_losses_.put(unit, market, totals, scaled_lots,
                       cached(c.account, unit).summary.floored_scan);
      continue;
    }
    const std::int64_t added =
        (c.after.lots() - c.before.lots()) * terms.instruments[c.instrument].scaled_lot();
    pool_losses_.put(unit, market, totals, shared.tables[c.slot].rows[c.instrument],
                     {c.after.net - c.before.net, c.after.working_buys - c.before.working_buys,
                      c.after.working_sells - c.before.working_sells,
                      c.after.gross_net() - c.before.gross_net()},
                     scaled_lots + added, decided_.unit.floored_scan);
  }
  return pool_losses_.evaluate(pool, *terms.lane_kernel);
}

}  // namespace margingate
