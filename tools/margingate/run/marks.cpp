#include "run/marks.hpp"

#include <algorithm>
#include <cmath>

#include "pricing/black76.hpp"
#include "pricing/elementary.hpp"

namespace margingate::run {
namespace {

constexpr double nanoseconds_per_year = 365.0 * 86400.0 * 1e9;

}  // namespace

bool Marks::is_priced(std::uint32_t contract) const noexcept {
  const Contract& terms = universe_->contracts[contract];
  const InstrumentQuote& quote = universe_->surfaces[surface_].quotes[contract];
  if (terms.expires() && terms.expiry <= time_) return false;
  return quote.forward > 0.0 && (!terms.is_option() || quote.implied_volatility > 0.0);
}

double Marks::forward(std::uint32_t contract) const noexcept {
  const Surface& surface = universe_->surfaces[surface_];
  const std::uint8_t coin = universe_->contracts[contract].coin;
  return surface.quotes[contract].forward * (spots_[coin] / surface.spots[coin]);
}

Mark Marks::mark(std::uint32_t contract) const noexcept {
  const Contract& terms = universe_->contracts[contract];
  const double at = forward(contract);
  if (!terms.is_option()) return {at, terms.lot_size() / at, 0.0};
  const double volatility = universe_->surfaces[surface_].quotes[contract].implied_volatility;
  const double years = static_cast<double>((terms.expiry - time_).value) / nanoseconds_per_year;
  const double total = volatility * std::sqrt(std::max(years, 0.0));
  const pricing::Black76Point point =
      pricing::black76(at, pricing::log_ratio_portable(at, terms.strike), total, terms.strike,
                       terms.option_type == OptionType::call, 0.0);
  return {point.value / at, (point.forward_delta - point.value / at) * terms.lot_size(),
          volatility};
}

double Marks::settlement_price(std::uint32_t contract) const noexcept {
  const Contract& terms = universe_->contracts[contract];
  const double spot = spots_[terms.coin];
  if (!terms.is_option()) return spot;
  const double inside =
      terms.option_type == OptionType::call ? spot - terms.strike : terms.strike - spot;
  return std::max(inside, 0.0) / spot;
}

double Marks::coins_per_lot(std::uint32_t contract) const noexcept {
  const Contract& terms = universe_->contracts[contract];
  return terms.is_option() ? terms.lot_size() : terms.lot_size() / spots_[terms.coin];
}

std::int64_t on_tick(double price, std::int64_t tick, bool round_up) noexcept {
  const double steps = price * static_cast<double>(price_scale) / static_cast<double>(tick);
  // A price that lies on the grid must stay there in spite of the last bit of the division.
  const double rounded = round_up ? std::ceil(steps - 1e-6) : std::floor(steps + 1e-6);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(rounded)) * tick;
}

}  // namespace margingate::run
