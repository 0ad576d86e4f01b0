#include "reference/reference_quotes.hpp"

#include <algorithm>
#include <cstddef>

#include "reference/exact_integer.hpp"
#include "reference/reference_trade.hpp"

namespace margingate::reference {
namespace {

ReplacedOrder order_of(const Gate& gate, WorkingOrderHandle handle) {
  const auto order = gate.working_order(handle);
  return order ? ReplacedOrder{order->remaining, order->open_loss} : ReplacedOrder{};
}

ReferenceLeg& leg_of(ReferenceAccount& account, InstrumentId instrument) {
  const auto found =
      std::find_if(account.legs.begin(), account.legs.end(),
                   [&](const ReferenceLeg& leg) { return leg.instrument == instrument; });
  if (found != account.legs.end()) return *found;
  account.legs.push_back({instrument, 0, 0, 0, {}});
  return account.legs.back();
}

// One side works instead of what it replaces.
void change_side(const ReferenceMarket& market, InstrumentId instrument, const QuoteSide& side,
                 bool is_bid, const ReplacedOrder& replaced, ReferenceChange& change) {
  ReferenceLeg& leg = leg_of(change.after, instrument);
  (is_bid ? leg.working_buys : leg.working_sells) += side.quantity.value - replaced.remaining.value;
  change.after.open_losses += -replaced.open_loss;
  if (side.quantity.value == 0) return;
  const GateConfig& config = *market.config;
  const ReferenceRow row = reference_row(market, instrument);
  const std::int64_t quantity = is_bid ? side.quantity.value : -side.quantity.value;
  const Money loss = reference_open_loss(market, row, instrument, quantity, side.price);
  change.after.open_losses += loss;
  change.open_loss += loss;
  change.loss += loss;
  change.loss_max += Money{floor_integer(config.reducing_open_loss_rate_max * row.notional *
                                         static_cast<double>(side.quantity.value))};
}

}  // namespace

std::vector<ReplacedQuote> replaced_by(const Gate& gate, std::span<const Quote> quotes) {
  std::vector<ReplacedQuote> replaced;
  for (const Quote& quote : quotes) {
    replaced.push_back({order_of(gate, quote.bid.replaces), order_of(gate, quote.ask.replaces)});
  }
  return replaced;
}

ReferenceChange reference_quote_change(const ReferenceMarket& market,
                                       const ReferenceAccount& account,
                                       std::span<const Quote> quotes,
                                       std::span<const ReplacedQuote> replaced) {
  ReferenceChange change{account, true, {}, {}, {}};
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    change_side(market, quotes[i].instrument, quotes[i].bid, true, replaced[i].bid, change);
    change_side(market, quotes[i].instrument, quotes[i].ask, false, replaced[i].ask, change);
  }
  return change;
}

}  // namespace margingate::reference
