#include "verify/row_memo.hpp"

namespace margingate::verify {
namespace {

// More than a gate keeps alive.
constexpr std::size_t tables_kept = 24;

}  // namespace

void RowMemo::table(const PublishedTable& table, const Market& surface) {
  Table& added = tables_[table.epoch];
  live_spots_.resize(config_->underlyings.size());
  added.market.config = config_;
  added.market.surface = &surface;
  added.market.as_of = table.as_of;
  added.market.table_spots = table.spots;
  added.market.asset_prices.resize(config_->assets.size());
  added.rows.resize(config_->instruments.size() + config_->combos.size() +
                    config_->quote_groups.size());
  if (tables_.size() > tables_kept) tables_.erase(tables_.begin());
}

void RowMemo::spot(UnderlyingId underlying, Price price) {
  live_spots_.resize(config_->underlyings.size());
  live_spots_[underlying.value] = price;
}

const reference::ReferenceMarket& RowMemo::market(Epoch epoch) {
  Table& table = tables_.at(epoch);
  table.market.live_spots = live_spots_;
  return table.market;
}

const reference::ReferenceRow& RowMemo::row(Epoch epoch, InstrumentId instrument) {
  Table& table = tables_.at(epoch);
  Entry& entry = table.rows[instrument.value];
  const Price spot = live_spots_[reference::contract_of(*config_, instrument).underlying.value];
  if (entry.spot == spot && spot.value > 0) return entry.row;
  table.market.live_spots = live_spots_;
  entry.row = reference::reference_row(table.market, instrument);
  entry.spot = spot;
  ++computed_;
  return entry.row;
}

}  // namespace margingate::verify
