// Combos: their row at the live spot, and fills of all their legs in one step.
#include <array>

#include "gate/derived_rows.hpp"
#include "gate/gate_impl.hpp"
#include "margin/fixed_point.hpp"

namespace margingate {

const margin::RiskRow& Gate::Impl::live_derived_row(std::uint32_t slot,
                                                    std::uint32_t instrument) noexcept {
  const std::size_t count = scenario::lanes_max;
  std::int32_t* const lanes = derived_lanes_.data();
  build_derived_row(
      terms, instrument,
      [&](std::uint32_t leg) -> const margin::RiskRow& { return live_row(slot, leg); },
      row_scratch_.sums, {lanes, lanes + count, lanes + 2 * count, &derived_charges_},
      derived_row_);
  return derived_row_;
}

Reason Gate::Impl::apply(const ComboFill& fill) noexcept {
  WorkingOrderSlot* order = orders.find(fill.order);
  if (order == nullptr) return Reason::unknown_order;
  if (!terms.is_combo(order->instrument)) return Reason::wrong_instrument;
  const ComboTerms& combo = terms.combo(order->instrument);
  const std::int64_t quantity = fill.quantity.value;
  if (quantity <= 0) return Reason::quantity_not_positive;
  if (quantity > order->remaining) return Reason::fill_exceeds_order;
  const std::uint32_t account = order->account;
  const std::uint32_t asset = terms.instruments[order->instrument].settlement_asset;
  std::array<margin::FillOutcome, combo_legs_max> outcomes;
  const std::int64_t cash_max = terms.config.limits.cash_max;
  if (fill.fee.value > cash_max || fill.fee.value < -cash_max) return Reason::cash_out_of_range;
  std::int64_t realised = -fill.fee.value;
  std::uint32_t new_legs = 0;
  for (std::uint32_t i = 0; i < combo.count; ++i) {
    const ComboLegTerms& leg = combo.legs[i];
    const scenario::InstrumentTerms& instrument = terms.instruments[leg.instrument];
    const std::int64_t price = fill.prices[i].value;
    const bool worthless = instrument.is_option && price == 0;
    if (price <= 0 && !worthless) return Reason::price_not_positive;
    if (price > margin::price_max) return Reason::price_too_large;
    const std::int64_t lots = (order->side == Side::buy ? quantity : -quantity) * leg.ratio;
    if (!margin::trade_in_range(instrument, terms.price_scale, lots, price)) {
      return Reason::cash_out_of_range;
    }
    const std::uint32_t found = legs.find(account, leg.instrument);
    new_legs += found == no_leg ? 1 : 0;
    const margin::LegState before = found == no_leg ? margin::LegState{} : legs[found].state;
    outcomes[i] = margin::after_fill(instrument, before, lots, price);
    realised += outcomes[i].realised;
    margin::FillOutcome so_far = outcomes[i];
    so_far.realised = realised;
    if (!cash_fits(account, instrument, so_far)) return Reason::cash_out_of_range;
    if (outcomes[i].leg.lots() > terms.config.limits.quantity_max) return Reason::position_limit;
  }
  if (new_legs > legs.free_count()) return Reason::legs_full;

  ++counters.fills;
  const auto released = static_cast<std::int64_t>(static_cast<margin::Int128>(order->open_loss) *
                                                  quantity / order->remaining);
  if (controls) tell_controls(*order, fill.order, order->side, quantity);
  const std::uint32_t combo_leg = order->leg;
  margin::LegState after = legs[combo_leg].state;
  (order->side == Side::buy ? after.working_buys : after.working_sells) -= quantity;
  order->open_loss -= released;
  order->remaining -= quantity;
  change_open_losses(account, -released);
  if (order->remaining == 0) end_order(fill.order);
  change_wallet(account, asset, realised);
  for (std::uint32_t i = 0; i < combo.count; ++i) {
    const std::uint32_t leg = legs.find_or_insert(account, combo.legs[i].instrument);
    change_leg(leg, outcomes[i].leg, true);
  }
  change_leg(combo_leg, after, false);
  return Reason::accepted;
}

}  // namespace margingate
