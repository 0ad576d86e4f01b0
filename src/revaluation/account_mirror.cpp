#include "revaluation/account_mirror.hpp"

namespace margingate {

void AccountMirror::set_leg(const GateEvent& event) noexcept {
  MirrorAccount& account = accounts_[event.account];
  const std::uint32_t leg = legs_.find_or_insert(event.account, event.id);
  LegEntry& entry = legs_[leg];
  account.live_legs += entry.state.is_flat() ? 1 : 0;
  account.live_legs -= event.leg.is_flat() ? 1 : 0;
  account.unit_mask |= std::uint32_t{1} << terms_.instruments[event.id].risk_unit;
  entry.state = event.leg;
}

void AccountMirror::apply(const GateEvent& event) noexcept {
  switch (event.kind) {
    case GateEventKind::leg: {
      MirrorAccount& account = accounts_[event.account];
      account.in_step = account.in_step && event.account_sequence == account.sequence + 1;
      account.sequence = event.account_sequence;
      set_leg(event);
      return;
    }
    case GateEventKind::leg_again:
      // Until the last leg is here, the account is neither what it was nor what it is.
      accounts_[event.account].in_step = false;
      set_leg(event);
      return;
    case GateEventKind::resent:
      accounts_[event.account].sequence = event.account_sequence;
      accounts_[event.account].in_step = true;
      return;
    case GateEventKind::wallet:
      accounts_[event.account].wallets[event.id] = event.amount;
      return;
    case GateEventKind::open_loss:
      accounts_[event.account].open_losses = event.amount;
      return;
    case GateEventKind::hold:
      accounts_[event.account].holds = event.amount;
      return;
    case GateEventKind::spot:
      spots_[event.id] = {event.amount, {static_cast<std::int64_t>(event.account_sequence)}};
      asset_prices_[terms_.config.underlyings[event.id].asset.value] = event.amount;
      return;
    case GateEventKind::asset_price:
      asset_prices_[event.id] = event.amount;
      return;
    case GateEventKind::totals:
    case GateEventKind::verdict:
      return;  // change nothing
  }
}

}  // namespace margingate
