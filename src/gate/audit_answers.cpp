// What the order thread shows the auditor of its running state. Nothing here decides anything.
#include <bit>
#include <cstring>

#include "gate/gate_impl.hpp"

namespace margingate {

void Gate::Impl::answer_audit() noexcept {
  if (!audit_pending) audit_pending = shared.audit_requests.try_pop(audit_request);
  // An audit can wait, fills cannot: half of the queue is theirs alone.
  if (!audit_pending || !shared.events.has_room(shared.events.capacity() / 2 + 1)) return;
  const std::uint32_t account = audit_request.account;
  const AccountState& state = accounts[account];
  const std::int64_t* const from = block(account);
  std::int64_t* const to = shared.audit_buffer(audit_request.buffer);
  for (std::uint32_t bits = state.unit_mask; bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    const std::size_t offset = terms.block_offset_words[unit];
    std::memcpy(to + offset, from + offset, terms.layouts[unit].words() * 8);
  }
  GateEvent event;
  event.kind = GateEventKind::totals;
  event.account = account;
  event.id = audit_request.buffer;
  event.slot = state.slot;
  event.leg.net = state.unit_mask;
  event.account_sequence = state.sequence;
  event.amount = state.slot == sync::EpochSlots<>::no_slot
                     ? 0
                     : static_cast<std::int64_t>(epoch_of_slot[state.slot]);
  // Everything told before is in the queue before it, so the auditor's mirror is then where this
  // account is now.
  audit_pending = !shared.events.try_push(event);
  verdict_wanted = true;
}

void Gate::Impl::tell_verdict(const Candidate& c, const Verdict& verdict) noexcept {
  if (!verdict.accepted() || accounts[c.account].must_resend || asset_prices_to_resend != 0) return;
  for (const SpotState& spot : spots) {
    if (spot.must_resend) return;
  }
  GateEvent event;
  event.kind = GateEventKind::verdict;
  event.account = c.account;
  event.slot = c.slot;
  event.leg = {verdict.requirement_after.value, verdict.uncertainty.value, verdict.equity.value,
               verdict.equity_uncertainty.value};
  event.account_sequence = accounts[c.account].sequence;
  event.amount = static_cast<std::int64_t>(verdict.epoch);
  verdict_wanted = !shared.events.try_push(event);
}

}  // namespace margingate
