#include "support/floor_touch.hpp"

#include <algorithm>
#include <memory_resource>
#include <set>

namespace margingate::bench {

FloorTouch::FloorTouch(LoadedGate& book)
    : legs_(book.setup().config.limits.legs_max, book.setup().config.limits.accounts_max,
            std::pmr::get_default_resource()),
      unit_count_(book.setup().config.model.units.size()) {
  const GateConfig& config = book.setup().config;
  std::vector<std::set<std::int64_t>> expiries(unit_count_);
  for (const Instrument& instrument : config.instruments) {
    units_of_.push_back(instrument.risk_unit.value);
    expiries[instrument.risk_unit.value].insert(instrument.expiry.ns);
  }
  for (std::size_t u = 0; u < unit_count_; ++u) {
    const std::size_t lanes = (config.model.units[u].scan.scenarios.size() + 8) / 8 * 8;
    layouts_.push_back({lanes, (expiries[u].size() + 8) / 8 * 8});
    offsets_.push_back(account_words_);
    account_words_ += layouts_.back().words();
    lane_stride_ = std::max(lane_stride_, 3 * lanes);
  }
  const std::size_t accounts = config.limits.accounts_max;
  accounts_.resize(accounts);
  cached_.resize(accounts * unit_count_);
  blocks_.resize(accounts * account_words_, 1);
  rows_.resize(config.instruments.size());
  lanes_.resize(config.instruments.size() * lane_stride_, 1);
  for (std::uint32_t a = 0; a < accounts; ++a) {
    for (const Gate::Leg& leg : book.gate().legs({a})) {
      static_cast<void>(legs_.find_or_insert(a, leg.instrument.value));
    }
  }
}

}  // namespace margingate::bench
