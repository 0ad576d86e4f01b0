#include "reference/reference_decision.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

#include "reference/exact_integer.hpp"
#include "reference/reference_trade.hpp"

namespace margingate::reference {
namespace {

Reason input_reason(const GateConfig& config, const OrderIntent& intent) {
  const std::size_t contracts = config.instruments.size();
  const std::size_t combos_end = contracts + config.combos.size();
  if (intent.instrument.value >= combos_end + config.quote_groups.size()) {
    return Reason::unknown_instrument;
  }
  if (intent.quantity.value <= 0) return Reason::quantity_not_positive;
  if (intent.quantity.value > config.limits.quantity_max) return Reason::quantity_too_large;
  const bool is_combo =
      intent.instrument.value >= contracts && intent.instrument.value < combos_end;
  if (intent.price.value <= 0 && !is_combo) return Reason::price_not_positive;
  return Reason::accepted;
}

// The order's leg goes last; an account that has none gets an empty one.
ReferenceAccount with_leg_last(ReferenceAccount account, InstrumentId instrument) {
  const auto is_other = [&](const ReferenceLeg& leg) { return leg.instrument != instrument; };
  const auto found = std::stable_partition(account.legs.begin(), account.legs.end(), is_other);
  if (found == account.legs.end()) account.legs.push_back({instrument, 0, 0, 0, {}});
  return account;
}

// The order works, and the one it replaces no longer does.
ReferenceAccount with_order_working(ReferenceAccount account, const OrderIntent& intent,
                                    Money open_loss, const ReplacedOrder& replaced) {
  ReferenceLeg& leg = account.legs.back();
  const bool is_buy = intent.side == Side::buy;
  (is_buy ? leg.working_buys : leg.working_sells) +=
      intent.quantity.value - replaced.remaining.value;
  account.open_losses += open_loss - replaced.open_loss;
  return account;
}

// MR-26, per scenario.
bool does_no_scenario_rise(std::span<const std::int64_t> before,
                           std::span<const std::int64_t> after) {
  for (std::size_t s = 0; s < after.size(); ++s) {
    if (std::max<std::int64_t>(0, after[s]) > std::max<std::int64_t>(0, before[s])) return false;
  }
  return true;
}

// MR-26, MR-45: scenarios of the unit, or of the pool that it is in.
bool does_no_scenario_rise(const MarginModel& model, const ReferenceMargin& before,
                           const ReferenceMargin& after, std::size_t unit) {
  for (std::size_t p = 0; p < model.pools.size(); ++p) {
    for (const ScanGroup& group : model.pools[p].groups) {
      for (const RiskUnitId member : group.units) {
        if (member.value != unit) continue;
        return does_no_scenario_rise(before.pools[p].losses, after.pools[p].losses);
      }
    }
  }
  return does_no_scenario_rise(before.units[unit].scenario_losses,
                               after.units[unit].scenario_losses);
}

// MR-26, charge by charge of what they are kept by.
template <class Charges>
bool rises(const Charges& before, const Charges& after) {
  for (const auto& [key, charge] : after) {
    const auto found = before.find(key);
    if (charge > (found == before.end() ? 0 : found->second)) return true;
  }
  return false;
}

// MR-26, per charge.
bool does_no_charge_rise(const ReferenceUnit& before, const ReferenceUnit& after) {
  if (rises(before.expiry_charges, after.expiry_charges)) return false;
  if (rises(before.strike_charges, after.strike_charges)) return false;
  return after.added <= before.added && after.floor <= before.floor &&
         after.total_floor <= before.total_floor && after.delta_shock <= before.delta_shock;
}

// MR-26.
bool is_reducing(const GateConfig& config, const ReferenceDecision& decision, RiskUnitId unit,
                 double notional, Quantity quantity) {
  const ReferenceUnit& before = decision.before.units[unit.value];
  const ReferenceUnit& after = decision.after.units[unit.value];
  const std::int64_t open_loss_max = floor_integer(config.reducing_open_loss_rate_max * notional *
                                                   static_cast<double>(quantity.value));
  return does_no_scenario_rise(config.model, decision.before, decision.after, unit.value) &&
         does_no_charge_rise(before, after) &&
         decision.after.initial_margin <= decision.before.initial_margin &&
         decision.open_loss.value <= open_loss_max;
}

// MR-29: all units, because a change may touch several.
bool does_nothing_rise(const MarginModel& model, const ReferenceMargin& before,
                       const ReferenceMargin& after) {
  for (std::size_t u = 0; u < after.units.size(); ++u) {
    if (!does_no_scenario_rise(model, before, after, u)) return false;
    if (!does_no_charge_rise(before.units[u], after.units[u])) return false;
  }
  return after.initial_margin <= before.initial_margin;
}

}  // namespace

ReferenceDecision reference_decide_change(const ReferenceMarket& market,
                                          const ReferenceAccount& before,
                                          const ReferenceChange& change) {
  ReferenceDecision decision;
  decision.open_loss = change.open_loss;
  decision.before = reference_margin(market, without_empty_legs(before));
  decision.after = reference_margin(market, without_empty_legs(change.after));
  decision.reason = decision.after.reason;
  if (decision.reason != Reason::accepted) return decision;
  const bool reduces = change.may_reduce && change.loss <= change.loss_max &&
                       decision.before.reason == Reason::accepted &&
                       does_nothing_rise(market.config->model, decision.before, decision.after);
  decision.is_reducing = reduces;
  if (decision.after.equity >= decision.after.initial_margin) return decision;  // MR-25
  decision.reason = reduces ? Reason::accepted_reducing : Reason::insufficient_margin;
  return decision;
}

ReferenceChange reference_trade_change(const ReferenceMarket& market,
                                       const ReferenceAccount& account, InstrumentId instrument,
                                       std::int64_t quantity, Price price) {
  const GateConfig& config = *market.config;
  const ReferenceRow row = reference_row(market, instrument);
  ReferenceChange change{account, true, {}, {}, {}};
  reference_apply_fill(config, change.after, instrument, quantity, price);
  change.loss = reference_open_loss(market, row, instrument, quantity, price);
  const auto lots = static_cast<double>(quantity < 0 ? -quantity : quantity);
  change.loss_max = {floor_integer(config.reducing_open_loss_rate_max * row.notional * lots)};
  return change;
}

ReferenceChange reference_exercise_change(const ReferenceMarket& market,
                                          const ReferenceAccount& account, const Exercise& e) {
  const bool is_call = market.config->instruments[e.option.value].option_type == OptionType::call;
  const ReferenceChange ended =
      reference_trade_change(market, account, e.option, -e.quantity.value, {0});
  ReferenceChange change = reference_trade_change(
      market, ended.after, e.delivery, is_call ? e.delivered.value : -e.delivered.value, e.strike);
  change.may_reduce = false;
  change.loss += ended.loss;
  change.loss_max += ended.loss_max;
  return change;
}

ReferenceChange reference_cash_change(const ReferenceAccount& account, AssetId asset,
                                      Money amount) {
  ReferenceChange change{account, false, {}, {}, {}};
  change.after.wallets[asset.value] += amount;
  return change;
}

ReferenceDecision reference_decide(const ReferenceMarket& market, const ReferenceAccount& account,
                                   const OrderIntent& intent, const ReplacedOrder& replaced) {
  ReferenceRow row;
  return reference_decide(
      market, account, intent, replaced,
      [&](InstrumentId id) -> const ReferenceRow& { return row = reference_row(market, id); });
}

ReferenceDecision reference_decide(const ReferenceMarket& market, const ReferenceAccount& account,
                                   const OrderIntent& intent, const ReplacedOrder& replaced,
                                   const RowSource& row_of) {
  const GateConfig& config = *market.config;
  ReferenceDecision decision;
  decision.reason = input_reason(config, intent);
  if (decision.reason != Reason::accepted) return decision;

  const ReferenceAccount before = with_leg_last(without_empty_legs(account), intent.instrument);
  std::vector<ReferenceRow> rows;
  rows.reserve(before.legs.size());
  for (const ReferenceLeg& leg : before.legs) rows.push_back(row_of(leg.instrument));
  const ReferenceRow& row = rows.back();
  decision.reason = row.reason;
  if (decision.reason != Reason::accepted) return decision;
  decision.before = reference_margin(market, before, rows);
  decision.reason = decision.before.reason;
  if (decision.reason != Reason::accepted) return decision;

  const std::int64_t signed_quantity =
      intent.side == Side::buy ? intent.quantity.value : -intent.quantity.value;
  decision.open_loss =
      reference_open_loss(market, row, intent.instrument, signed_quantity, intent.price);
  const ReferenceAccount after = with_order_working(before, intent, decision.open_loss, replaced);
  decision.after = reference_margin(market, after, rows);

  const RiskUnitId unit = contract_of(config, intent.instrument).risk_unit;
  decision.is_reducing = is_reducing(config, decision, unit, row.notional, intent.quantity);
  if (decision.after.equity >= decision.after.initial_margin) return decision;  // MR-25
  decision.reason = decision.is_reducing ? Reason::accepted_reducing : Reason::insufficient_margin;
  return decision;
}

}  // namespace margingate::reference
