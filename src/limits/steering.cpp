// Kill switches, overrides, reference prices, trading days: events that change the controls.
#include <algorithm>

#include "limits/controls.hpp"

namespace margingate::limits {
namespace {

Reason signature_reason(const Signature& signature) noexcept {
  return signature.who == 0 || signature.why == 0 ? Reason::signature_missing : Reason::accepted;
}

}  // namespace

Reason Controls::apply(const KillSwitch& event) noexcept {
  const std::uint32_t scope = terms_.find(event.scope);
  if (scope == terms_.scope_count()) return Reason::unknown_scope;
  if (event.position == Switch::engage) {
    scopes_[scope].is_killed = true;  // whoever asks, signed or not
    return Reason::accepted;
  }
  if (const Reason reason = signature_reason(event.signature); reason != Reason::accepted) {
    return reason;
  }
  if (event.authority != Authority::risk) return Reason::authority_missing;
  scopes_[scope].is_killed = false;
  return Reason::accepted;
}

Reason Controls::apply(const Resumption& event) noexcept {
  const std::uint32_t scope = terms_.find(event.scope);
  if (scope == terms_.scope_count()) return Reason::unknown_scope;
  if (const Reason reason = signature_reason(event.signature); reason != Reason::accepted) {
    return reason;
  }
  if (event.authority != Authority::risk) return Reason::authority_missing;
  scopes_[scope].is_suspended = false;
  scopes_[scope].executions = 0;
  return Reason::accepted;
}

Reason Controls::apply(const LimitOverride& event, Timestamp now) noexcept {
  const std::uint32_t scope = terms_.find(event.scope);
  const auto control = static_cast<std::size_t>(event.control);
  if (scope == terms_.scope_count()) return Reason::unknown_scope;
  if (control >= controls_count) return Reason::unknown_control;
  if (const Reason reason = signature_reason(event.signature); reason != Reason::accepted) {
    return reason;
  }
  if (event.until <= now) return Reason::override_expiry_missing;
  expire(scope, now);
  const std::int64_t base = terms_.values(scope).limit[control];
  const std::int64_t current = scopes_[scope].limit[control];
  if (base == off) return Reason::control_off;
  if (event.value <= 0) return Reason::override_out_of_range;
  if (event.value > terms_.values(scope).hard_cap[control]) return Reason::override_beyond_hard_cap;
  std::int64_t& until = override_until_[scope * controls_count + control];
  // A tightening may not be undone early either, by one that is looser or ends sooner.
  const bool tightens =
      event.value <= base && event.value <= current && (current >= base || event.until.ns >= until);
  if (!tightens && event.authority != Authority::risk) return Reason::authority_missing;
  until = event.until.ns;
  set_limit(scope, control, event.value);
  scopes_[scope].next_expiry = std::min(scopes_[scope].next_expiry, until);
  return Reason::accepted;
}

void Controls::set_limit(std::uint32_t scope, std::size_t control, std::int64_t value) noexcept {
  scopes_[scope].limit[control] = value;
  if (control == static_cast<std::size_t>(Control::messages)) {
    scopes_[scope].throttle.set(value, terms_.message_period);
  }
}

void Controls::expire(std::uint32_t scope, Timestamp now) noexcept {
  std::int64_t next = INT64_MAX;
  for (std::size_t control = 0; control < controls_count; ++control) {
    std::int64_t& until = override_until_[scope * controls_count + control];
    if (until == 0) continue;
    if (now.ns >= until) {
      until = 0;
      set_limit(scope, control, terms_.values(scope).limit[control]);
    } else {
      next = std::min(next, until);
    }
  }
  scopes_[scope].next_expiry = next;
}

Reason Controls::apply(const ReferencePrice& event) noexcept {
  if (event.instrument.value >= references_.size()) return Reason::unknown_instrument;
  const std::int64_t price = event.price.value;
  if (price <= 0) return Reason::price_not_positive;
  if (price > std::int64_t{1} << 53) return Reason::price_too_large;
  Reference& reference = references_[event.instrument.value];
  if (reference.is_known && event.time < reference.time) return Reason::time_went_back;
  const std::int64_t ppm = terms_.instrument_limits[event.instrument.value].moving_band_ppm;
  if (ppm == off) return Reason::control_off;
  // Rounded inwards: the band is never wider than asked.
  const auto width = static_cast<std::int64_t>(Sum{price} * ppm / 1'000'000);
  reference = {price - width, price + width, event.time, true};
  return Reason::accepted;
}

Reason Controls::apply(const TradingDayStart& event) noexcept {
  static_cast<void>(event);
  for (ScopeState& state : scopes_) state.base = state.equity;
  return Reason::accepted;
}

ScopeStatus Controls::status(ControlScope name, Timestamp now) noexcept {
  ScopeStatus status;
  const std::uint32_t scope = terms_.find(name);
  if (scope == terms_.scope_count()) return status;
  expire(scope, now);
  const ScopeState& state = scopes_[scope];
  const auto money = [](Sum sum) {
    return Money{static_cast<std::int64_t>(std::clamp<Sum>(sum, INT64_MIN, INT64_MAX))};
  };
  status.is_killed = state.is_killed;
  status.is_suspended = state.is_suspended;
  for (std::size_t c = 0; c < controls_count; ++c) {
    status.limits[c] = state.limit[c];
    status.override_until[c] = {override_until_[scope * controls_count + c]};
  }
  status.open_orders = state.open_orders;
  status.open_order_value = money(state.open_order_value);
  status.initial_margin = money(state.initial_margin);
  status.equity = money(state.equity);
  status.daily_loss = money(state.base - state.equity);
  return status;
}

}  // namespace margingate::limits
