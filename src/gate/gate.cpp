// The public face of the order path: forwards to Gate::Impl.
#include "margingate/gate.hpp"

#include <algorithm>
#include <array>

#include "gate/gate_impl.hpp"

namespace margingate {

Verdict Gate::check(const OrderIntent& intent) noexcept {
  Verdict verdict;
  intent.is_plain() ? impl_->check(intent, verdict) : impl_->check_with_terms(intent, verdict);
  return verdict;
}
std::size_t Gate::check(std::span<const OrderIntent> intents,
                        std::span<Verdict> verdicts) noexcept {
  const std::size_t count = std::min(intents.size(), verdicts.size());
  impl_->check(intents.first(count), verdicts.first(count));
  return count;
}

Verdict Gate::reserve(const OrderIntent& intent) noexcept {
  Verdict verdict;
  intent.is_plain() ? impl_->reserve(intent, verdict) : impl_->reserve_with_terms(intent, verdict);
  return verdict;
}
Verdict Gate::replace(const ReplaceIntent& intent) noexcept {
  Verdict verdict;
  impl_->replace_with_terms(intent, verdict);
  return verdict;
}
CancelAllResult Gate::release(const CancelAll& cancel) noexcept { return impl_->release(cancel); }
Reason Gate::check_protected(const ProtectedQuote& quote) noexcept {
  return impl_->check_protected(quote);
}
Reason Gate::apply(const ProtectedFill& fill) noexcept { return impl_->apply(fill); }
Reason Gate::apply(const ComboFill& fill) noexcept { return impl_->apply(fill); }
Reason Gate::apply(const Execution& execution) noexcept { return impl_->apply(execution); }
Reason Gate::apply(const Reconciled& reconciled) noexcept { return impl_->apply(reconciled); }
QuoteVerdict Gate::quote(const QuoteBatch& batch, std::span<QuoteResult> results) noexcept {
  return impl_->quote(batch, results);
}
Verdict Gate::withdraw(const Withdrawal& withdrawal) noexcept {
  return impl_->withdraw(withdrawal);
}
TransferVerdict Gate::transfer(const CashTransfer& transfer) noexcept {
  return impl_->transfer(transfer);
}
TransferVerdict Gate::trade(const BlockTrade& trade) noexcept { return impl_->trade(trade); }
Verdict Gate::exercise(const Exercise& exercise) noexcept { return impl_->exercise(exercise); }
Reason Gate::apply(const Assignment& assignment) noexcept { return impl_->apply(assignment); }
SettlementResult Gate::settle(const MarkSettlement& settlement) noexcept {
  return impl_->settle(settlement);
}
SettlementResult Gate::settle(const FundingPayment& payment) noexcept {
  return impl_->settle(payment);
}
SettlementResult Gate::settle(const Expiry& expiry) noexcept { return impl_->settle(expiry); }
QuarantinedExecution Gate::last_quarantined() const noexcept {
  const std::uint64_t written = impl_->counters.quarantined;
  if (written == 0) return {};
  return impl_->quarantined[(written - 1) % impl_->quarantined.size()];
}
Quantity Gate::fillable(WorkingOrderHandle order) const noexcept {
  const WorkingOrderSlot* found = impl_->orders.find(order);
  return {found == nullptr ? 0 : impl_->fillable(*found)};
}
WorkingOrderHandle Gate::find_order(OrderId id) const noexcept {
  const OrderRecord* record = impl_->order_ids.find(id);
  const bool alive = record != nullptr && impl_->orders.find(record->order) != nullptr;
  return alive ? record->order : WorkingOrderHandle{};
}
Reason Gate::release(const Cancel& cancel) noexcept { return impl_->release(cancel); }
Reason Gate::apply(const Fill& fill) noexcept { return impl_->apply(fill); }
Reason Gate::apply(const PositionTransfer& transfer) noexcept { return impl_->apply(transfer); }
Reason Gate::apply(const CashMovement& movement) noexcept { return impl_->apply(movement); }
Reason Gate::apply(const Hold& hold) noexcept { return impl_->apply(hold); }
Reason Gate::apply(const SpotTick& tick) noexcept { return impl_->apply(tick); }
Reason Gate::apply(const AssetTick& tick) noexcept { return impl_->apply(tick); }

Reason Gate::apply(const KillSwitch& event) noexcept {
  return impl_->controls ? impl_->controls->apply(event) : Reason::no_controls;
}
Reason Gate::apply(const Resumption& event) noexcept {
  return impl_->controls ? impl_->controls->apply(event) : Reason::no_controls;
}
Reason Gate::apply(const LimitOverride& event) noexcept {
  return impl_->controls ? impl_->controls->apply(event, impl_->now) : Reason::no_controls;
}
Reason Gate::apply(const ReferencePrice& event) noexcept {
  return impl_->controls ? impl_->controls->apply(event) : Reason::no_controls;
}
Reason Gate::apply(const TradingDayStart& event) noexcept {
  return impl_->controls ? impl_->controls->apply(event) : Reason::no_controls;
}
ControlFinding Gate::control_finding() const noexcept {
  return impl_->controls ? impl_->controls->finding() : ControlFinding{};
}
ScopeStatus Gate::scope_status(ControlScope scope) noexcept {
  return impl_->controls ? impl_->controls->status(scope, impl_->now) : ScopeStatus{};
}

namespace {

// Which call each alternative of Event is.
struct ApplyEvent {
  Gate& gate;

  Verdict operator()(const OrderIntent& intent) const noexcept { return gate.reserve(intent); }
  Verdict operator()(const ReplaceIntent& intent) const noexcept { return gate.replace(intent); }
  Verdict operator()(const Cancel& cancel) const noexcept {
    return with_reason(gate.release(cancel));
  }
  Verdict operator()(const CancelAll& cancel) const noexcept {
    return with_reason(gate.release(cancel).reason);
  }
  Verdict operator()(const Withdrawal& event) const noexcept { return gate.withdraw(event); }
  Verdict operator()(const Exercise& event) const noexcept { return gate.exercise(event); }
  Verdict operator()(const CashTransfer& event) const noexcept {
    return of_both(gate.transfer(event));
  }
  Verdict operator()(const BlockTrade& event) const noexcept { return of_both(gate.trade(event)); }
  Verdict operator()(const MarkSettlement& event) const noexcept {
    return with_reason(gate.settle(event).reason);
  }
  Verdict operator()(const FundingPayment& event) const noexcept {
    return with_reason(gate.settle(event).reason);
  }
  Verdict operator()(const Expiry& event) const noexcept {
    return with_reason(gate.settle(event).reason);
  }
  template <class Other>
  Verdict operator()(const Other& event) const noexcept {
    return with_reason(gate.apply(event));
  }
  // The side that decided: what it needs and has is the answer.
  static Verdict of_both(const TransferVerdict& both) noexcept {
    Verdict verdict = both.reason == both.to.reason && !both.to.accepted() ? both.to : both.from;
    verdict.reason = both.reason;
    return verdict;
  }
  static Verdict with_reason(Reason reason) noexcept {
    Verdict verdict;
    verdict.reason = reason;
    return verdict;
  }
};

template <std::size_t... Alternative>
Verdict apply_alternative(const ApplyEvent& apply, const Event& event,
                          std::index_sequence<Alternative...>) noexcept {
  Verdict verdict;
  const auto try_one = [&](const auto* alternative) {
    if (alternative != nullptr) verdict = apply(*alternative);
    return alternative != nullptr;
  };
  // get_if rather than visit: visit can throw, and nothing here may.
  static_cast<void>((try_one(std::get_if<Alternative>(&event)) || ...));
  return verdict;
}

}  // namespace

Verdict Gate::apply(const Event& event) noexcept {
  return apply_alternative(ApplyEvent{*this}, event,
                           std::make_index_sequence<std::variant_size_v<Event>>{});
}

std::size_t Gate::poll(std::span<Adoption> adopted) noexcept { return impl_->poll(adopted); }

std::size_t Gate::poll() noexcept {
  std::array<Adoption, 16> adopted;
  return impl_->poll(adopted);
}

Epoch Gate::newest_epoch() const noexcept { return impl_->newest.epoch; }

Reason Gate::reaggregate(AccountId account, Epoch epoch) noexcept {
  return impl_->reaggregate(account, epoch);
}

void Gate::prefetch(AccountId account, InstrumentId instrument) const noexcept {
  impl_->prefetch(account.value, instrument.value);
}

const Counters& Gate::counters() const noexcept { return impl_->counters; }
InstructionSet Gate::instruction_set() const noexcept { return impl_->terms.instruction_set; }
const GateConfig& Gate::config() const noexcept { return impl_->terms.config; }

std::string_view to_string(Reason reason) noexcept {
  switch (reason) {
    case Reason::accepted:
      return "accepted";
    case Reason::accepted_reducing:
      return "accepted_reducing";
    case Reason::quantity_not_positive:
      return "quantity_not_positive";
    case Reason::quantity_too_large:
      return "quantity_too_large";
    case Reason::price_not_positive:
      return "price_not_positive";
    case Reason::price_too_large:
      return "price_too_large";
    case Reason::time_went_back:
      return "time_went_back";
    case Reason::fill_exceeds_order:
      return "fill_exceeds_order";
    case Reason::cash_out_of_range:
      return "cash_out_of_range";
    case Reason::duplicate_order_id:
      return "duplicate_order_id";
    case Reason::order_terms_conflict:
      return "order_terms_conflict";
    case Reason::would_not_reduce:
      return "would_not_reduce";
    case Reason::wrong_instrument:
      return "wrong_instrument";
    case Reason::not_expired:
      return "not_expired";
    case Reason::same_account:
      return "same_account";
    case Reason::batch_too_large:
      return "batch_too_large";
    case Reason::quote_crossed:
      return "quote_crossed";
    case Reason::duplicate_quote:
      return "duplicate_quote";
    case Reason::batch_refused:
      return "batch_refused";
    case Reason::price_beyond_protection:
      return "price_beyond_protection";
    case Reason::position_too_small:
      return "position_too_small";
    case Reason::immediate_order:
      return "immediate_order";
    case Reason::unknown_account:
      return "unknown_account";
    case Reason::unknown_instrument:
      return "unknown_instrument";
    case Reason::unknown_order:
      return "unknown_order";
    case Reason::unknown_underlying:
      return "unknown_underlying";
    case Reason::unknown_asset:
      return "unknown_asset";
    case Reason::no_risk_table:
      return "no_risk_table";
    case Reason::stale_risk_table:
      return "stale_risk_table";
    case Reason::stale_spot:
      return "stale_spot";
    case Reason::spot_beyond_limit:
      return "spot_beyond_limit";
    case Reason::missing_mark:
      return "missing_mark";
    case Reason::missing_volatility:
      return "missing_volatility";
    case Reason::instrument_expired:
      return "instrument_expired";
    case Reason::risk_array_out_of_range:
      return "risk_array_out_of_range";
    case Reason::position_unpriced:
      return "position_unpriced";
    case Reason::account_in_use:
      return "account_in_use";
    case Reason::equity_below_minimum:
      return "equity_below_minimum";
    case Reason::account_unreconciled:
      return "account_unreconciled";
    case Reason::insufficient_margin:
      return "insufficient_margin";
    case Reason::legs_full:
      return "legs_full";
    case Reason::working_orders_full:
      return "working_orders_full";
    case Reason::queue_full:
      return "queue_full";
    case Reason::position_limit:
      return "position_limit";
    case Reason::killed:
      return "killed";
    case Reason::suspended:
      return "suspended";
    case Reason::message_limit:
      return "message_limit";
    case Reason::order_quantity_limit:
      return "order_quantity_limit";
    case Reason::order_notional_limit:
      return "order_notional_limit";
    case Reason::static_price_collar:
      return "static_price_collar";
    case Reason::moving_price_collar:
      return "moving_price_collar";
    case Reason::no_reference_price:
      return "no_reference_price";
    case Reason::stale_reference_price:
      return "stale_reference_price";
    case Reason::duplicate_order:
      return "duplicate_order";
    case Reason::open_order_limit:
      return "open_order_limit";
    case Reason::open_order_value_limit:
      return "open_order_value_limit";
    case Reason::net_position_limit:
      return "net_position_limit";
    case Reason::open_interest_limit:
      return "open_interest_limit";
    case Reason::delta_limit:
      return "delta_limit";
    case Reason::gamma_limit:
      return "gamma_limit";
    case Reason::vega_limit:
      return "vega_limit";
    case Reason::self_match:
      return "self_match";
    case Reason::credit_limit:
      return "credit_limit";
    case Reason::daily_loss_limit:
      return "daily_loss_limit";
    case Reason::no_controls:
      return "no_controls";
    case Reason::unknown_scope:
      return "unknown_scope";
    case Reason::unknown_control:
      return "unknown_control";
    case Reason::signature_missing:
      return "signature_missing";
    case Reason::authority_missing:
      return "authority_missing";
    case Reason::override_expiry_missing:
      return "override_expiry_missing";
    case Reason::override_out_of_range:
      return "override_out_of_range";
    case Reason::override_beyond_hard_cap:
      return "override_beyond_hard_cap";
    case Reason::control_off:
      return "control_off";
    case Reason::duplicate_execution:
      return "duplicate_execution";
    case Reason::unknown_order_executed:
      return "unknown_order_executed";
    case Reason::ended_order_executed:
      return "ended_order_executed";
    case Reason::execution_contradicts_order:
      return "execution_contradicts_order";
    case Reason::execution_exceeds_order:
      return "execution_exceeds_order";
    case Reason::execution_out_of_order:
      return "execution_out_of_order";
    case Reason::execution_beyond_limit:
      return "execution_beyond_limit";
    case Reason::execution_not_reducing:
      return "execution_not_reducing";
    case Reason::internal_fault:
      return "internal_fault";
  }
  return "unknown";
}

}  // namespace margingate
