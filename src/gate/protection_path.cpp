// Quotes under a protection. The protection is a working order to buy lots of the group's row, so
// what these quotes may lose is held; a quote only has to keep to the price that was held for, and
// a fill moves lots from the protection into the position.
#include <algorithm>

#include "gate/gate_impl.hpp"

namespace margingate {

Reason Gate::Impl::protection_input(const WorkingOrderSlot* order, InstrumentId instrument,
                                    Side side, Price price) const noexcept {
  if (order == nullptr) return Reason::unknown_order;
  const bool protects = terms.is_quote_group(order->instrument) && order->side == Side::buy;
  if (!protects) return Reason::wrong_instrument;
  const std::vector<std::uint32_t>& members = terms.quote_group(order->instrument);
  if (!std::binary_search(members.begin(), members.end(), instrument.value)) {
    return Reason::wrong_instrument;
  }
  if (static_cast<std::uint8_t>(side) > 1) return Reason::order_terms_conflict;
  if (price.value <= 0) return Reason::price_not_positive;
  return price.value > margin::price_max ? Reason::price_too_large : Reason::accepted;
}

Reason Gate::Impl::check_protected(const ProtectedQuote& quote) noexcept {
  const WorkingOrderSlot* const order = orders.find(quote.protection);
  const Reason input = protection_input(order, quote.instrument, quote.side, quote.price);
  if (input != Reason::accepted) return input;
  if (quote.time < now) return Reason::time_went_back;
  now = quote.time;
  const std::uint32_t account = order->account;
  if (controls) {
    Reason reason = take_message(account);
    if (reason == Reason::accepted) {
      reason = controls->admit_price(quote.instrument.value, quote.price.value, now);
    }
    if (reason != Reason::accepted) return reason;
  }
  if (accounts[account].unreconciled) return Reason::account_unreconciled;
  attach(account);
  const std::uint32_t slot = slot_for(account);
  if (slot == sync::EpochSlots<>::no_slot) return Reason::no_risk_table;
  const scenario::InstrumentTerms& instrument = terms.instruments[quote.instrument.value];
  const margin::RiskRow& row = shared.tables[slot].rows[quote.instrument.value];
  if (row.status != Reason::accepted) return row.status;
  const Reason fresh = freshness(slot, std::uint32_t{1} << instrument.risk_unit);
  if (fresh != Reason::accepted) return fresh;
  const std::int64_t lots = quote.side == Side::buy ? order->remaining : -order->remaining;
  if (!margin::trade_in_range(instrument, terms.price_scale, lots, quote.price.value)) {
    return Reason::quantity_too_large;
  }
  const margin::Interval loss =
      open_loss_now(slot, quote.instrument.value, lots, quote.price.value);
  return loss.hi <= order->open_loss ? Reason::accepted : Reason::price_beyond_protection;
}

Reason Gate::Impl::apply(const ProtectedFill& fill) noexcept {
  WorkingOrderSlot* const order = orders.find(fill.protection);
  const Reason input = protection_input(order, fill.instrument, fill.side, fill.price);
  if (input != Reason::accepted) return input;
  const std::int64_t quantity = fill.quantity.value;
  if (quantity <= 0) return Reason::quantity_not_positive;
  if (quantity > order->remaining) return Reason::fill_exceeds_order;
  const std::int64_t cash_max = terms.config.limits.cash_max;
  if (fill.fee.value > cash_max || fill.fee.value < -cash_max) return Reason::cash_out_of_range;
  const std::uint32_t account = order->account;
  const std::uint32_t id = fill.instrument.value;
  const scenario::InstrumentTerms& instrument = terms.instruments[id];
  const std::int64_t lots = fill.side == Side::buy ? quantity : -quantity;
  if (!margin::trade_in_range(instrument, terms.price_scale, lots, fill.price.value)) {
    return Reason::cash_out_of_range;
  }
  const std::uint32_t found = legs.find(account, id);
  if (found == no_leg && legs.is_full()) return Reason::legs_full;
  const margin::LegState before = found == no_leg ? margin::LegState{} : legs[found].state;
  margin::FillOutcome outcome = margin::after_fill(instrument, before, lots, fill.price.value);
  outcome.realised -= fill.fee.value;
  if (!cash_fits(account, instrument, outcome)) return Reason::cash_out_of_range;
  if (outcome.leg.lots() > terms.config.limits.quantity_max) return Reason::position_limit;

  ++counters.fills;
  const auto released = static_cast<std::int64_t>(static_cast<margin::Int128>(order->open_loss) *
                                                  quantity / order->remaining);
  if (controls) tell_controls(*order, fill.protection, fill.side, quantity);
  const std::uint32_t held = order->leg;
  margin::LegState rest = legs[held].state;
  rest.working_buys -= quantity;
  order->open_loss -= released;
  order->remaining -= quantity;
  change_open_losses(account, -released);
  if (order->remaining == 0) end_order(fill.protection);
  change_wallet(account, instrument.settlement_asset, outcome.realised);
  change_leg(legs.find_or_insert(account, id), outcome.leg, true);
  change_leg(held, rest, false);
  return Reason::accepted;
}

}  // namespace margingate
