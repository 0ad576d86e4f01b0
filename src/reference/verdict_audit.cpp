#include "reference/verdict_audit.hpp"

namespace margingate::reference {
namespace {

// A stale table or spot refuses with its own reason whatever does not reduce (MR-28).
bool is_freshness(Reason reason) {
  return reason == Reason::stale_risk_table || reason == Reason::stale_spot ||
         reason == Reason::spot_beyond_limit;
}

// Margin is kept; the control that refused is judged elsewhere.
bool is_margin_limit(Reason reason) {
  return reason == Reason::credit_limit || reason == Reason::daily_loss_limit;
}

bool same_verdict(Reason gate, const ReferenceDecision& exact) {
  if (is_margin_limit(gate)) return is_accepted(exact.reason);
  if (is_freshness(gate)) return !exact.is_reducing;
  // Covered as well, but under a stale table only because it reduces.
  if (gate == Reason::accepted_reducing) return exact.is_reducing && is_accepted(exact.reason);
  return gate == exact.reason;
}

bool is_inside(Money exact, Money low, Money width) { return exact >= low && exact <= low + width; }

}  // namespace

ReferenceAccount reference_account(const Gate& gate, AccountId account) {
  ReferenceAccount result;
  for (const Gate::Leg& leg : gate.legs(account)) {
    result.legs.push_back({leg.instrument, leg.net_quantity.value, leg.working_buys.value,
                           leg.working_sells.value, leg.entry_cash});
  }
  result.wallets = gate.wallets(account);
  result.open_losses = gate.open_losses(account);
  result.holds = gate.holds(account);
  return result;
}

std::string_view verdict_difference(const Verdict& verdict, const ReferenceDecision& exact) {
  if (verdict.decided_by == DecidedBy::input) return {};
  if (!same_verdict(verdict.reason, exact)) return "the verdict";
  const Money lowest = verdict.requirement_after - verdict.uncertainty;
  if (!is_inside(exact.after.initial_margin, lowest, verdict.uncertainty)) {
    return "the requirement with the order";
  }
  if (exact.before.initial_margin > verdict.requirement_before) {
    return "the requirement without the order";
  }
  if (!is_inside(exact.after.equity, verdict.equity, verdict.equity_uncertainty)) {
    return "the equity";
  }
  if (verdict.open_loss < exact.open_loss) return "the open loss";
  const bool has_width = verdict.uncertainty.value != 0 || verdict.equity_uncertainty.value != 0;
  if (verdict.decided_by == DecidedBy::exact && has_width) return "an exact decision's width";
  return {};
}

}  // namespace margingate::reference
