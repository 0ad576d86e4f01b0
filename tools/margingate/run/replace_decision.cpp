#include "run/replace_decision.hpp"

#include <algorithm>

#include "reference/exact_integer.hpp"
#include "reference/reference_trade.hpp"

namespace margingate::run {
namespace {

using reference::ReferenceAccount;
using reference::ReferenceDecision;
using reference::ReferenceLeg;
using reference::ReferenceMarket;
using reference::ReferenceRow;
using reference::ReferenceUnit;

// MR-26, of one risk unit.
bool does_nothing_rise(const ReferenceUnit& before, const ReferenceUnit& after) {
  for (std::size_t s = 0; s < after.losses.size(); ++s) {
    const std::int64_t loss = std::max<std::int64_t>(0, after.losses[s]);
    if (loss > std::max<std::int64_t>(0, before.losses[s])) return false;
  }
  for (const auto& [expiry, charge] : after.expiry_charges) {
    const auto found = before.expiry_charges.find(expiry);
    if (charge > (found == before.expiry_charges.end() ? 0 : found->second)) return false;
  }
  return after.added <= before.added && after.floor <= before.floor &&
         after.delta_shock <= before.delta_shock;
}

std::int64_t& working(ReferenceLeg& leg, Side side) {
  return side == Side::buy ? leg.working_buys : leg.working_sells;
}

// MR-26: the whole of it.
bool is_reducing(const GateConfig& config, const ReferenceDecision& decision, RiskUnitId unit,
                 double notional, Quantity quantity) {
  const double open_loss_max =
      config.reducing_open_loss_rate_max * notional * static_cast<double>(quantity.value);
  return does_nothing_rise(decision.before.units[unit.value], decision.after.units[unit.value]) &&
         decision.after.initial_margin <= decision.before.initial_margin &&
         decision.open_loss.value <= reference::floor_integer(open_loss_max);
}

}  // namespace

ReferenceDecision reference_replace(const ReferenceMarket& market, const ReferenceAccount& account,
                                    const Gate::WorkingOrder& original, const OrderIntent& intent) {
  ReferenceDecision decision;
  const ReferenceAccount before = reference::without_empty_legs(account);
  const std::vector<ReferenceRow> rows = reference::reference_rows(market, before);
  decision.before = reference::reference_margin(market, before, rows);
  decision.reason = decision.before.reason;
  if (decision.reason != Reason::accepted) return decision;

  ReferenceAccount after = before;
  const auto leg = std::find_if(after.legs.begin(), after.legs.end(), [&](const ReferenceLeg& at) {
    return at.instrument == intent.instrument;
  });
  if (leg == after.legs.end()) {
    decision.reason = Reason::internal_fault;  // the original order must be on some leg
    return decision;
  }
  const ReferenceRow& row = rows[static_cast<std::size_t>(leg - after.legs.begin())];
  const bool is_buy = intent.side == Side::buy;
  const std::int64_t lots = is_buy ? intent.quantity.value : -intent.quantity.value;
  decision.open_loss =
      reference::reference_open_loss(market, row, intent.instrument, lots, intent.price);
  working(*leg, intent.side) += intent.quantity.value - original.remaining.value;
  after.open_losses += decision.open_loss - original.open_loss;
  decision.after = reference::reference_margin(market, after, rows);
  if (decision.after.equity >= decision.after.initial_margin) return decision;  // MR-25

  const GateConfig& config = *market.config;
  const RiskUnitId unit = config.instruments[intent.instrument.value].risk_unit;
  decision.reason = is_reducing(config, decision, unit, row.notional, intent.quantity)
                        ? Reason::accepted_reducing
                        : Reason::insufficient_margin;
  return decision;
}

}  // namespace margingate::run
