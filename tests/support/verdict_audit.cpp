#include "support/verdict_audit.hpp"

#include <sstream>

#include "reference/reference_decision.hpp"

namespace margingate::testing {
namespace {

const char* what_differs(const reference::ReferenceDecision& expected, const Verdict& v) {
  if (v.reason != expected.reason) return "verdict differs";
  const std::int64_t exact = expected.after.initial_margin.value;
  const bool margin_inside = exact <= v.requirement_after.value &&
                             exact >= v.requirement_after.value - v.uncertainty.value;
  if (!margin_inside) return "margin outside its interval";
  const std::int64_t equity = expected.after.equity.value;
  const bool equity_inside =
      equity >= v.equity.value && equity <= v.equity.value + v.equity_uncertainty.value;
  if (!equity_inside) return "equity outside its interval";
  if (v.open_loss < expected.open_loss) return "open loss booked too low";
  if (v.decided_by == DecidedBy::exact && v.uncertainty.value != 0) {
    return "exact decision with an interval";
  }
  return nullptr;
}

}  // namespace

reference::ReferenceAccount reference_account(const Gate& gate, AccountId account) {
  reference::ReferenceAccount result;
  for (const Gate::Leg& leg : gate.legs(account)) {
    result.legs.push_back({leg.instrument, leg.net_quantity.value, leg.working_buys.value,
                           leg.working_sells.value, leg.entry_cash});
  }
  result.wallets = gate.wallets(account);
  result.open_losses = gate.open_losses(account);
  result.holds = gate.holds(account);
  return result;
}

std::string verdict_disagreement(const reference::ReferenceMarket& market,
                                 const reference::ReferenceAccount& before,
                                 const OrderIntent& intent, const Verdict& verdict) {
  if (verdict.decided_by == DecidedBy::input) return {};
  const reference::ReferenceDecision expected = reference_decide(market, before, intent);
  const char* const what = what_differs(expected, verdict);
  if (what == nullptr) return {};
  std::ostringstream out;
  out << what << ": account " << intent.account.value << " instrument " << intent.instrument.value
      << (intent.side == Side::buy ? " buy " : " sell ") << intent.quantity.value << " @ "
      << intent.price.value << "\n gate: " << to_string(verdict.reason) << " by "
      << static_cast<int>(verdict.decided_by) << " under epoch " << verdict.epoch << " before "
      << verdict.requirement_before.value << " after " << verdict.requirement_after.value << " -"
      << verdict.uncertainty.value << " equity " << verdict.equity.value << " +"
      << verdict.equity_uncertainty.value << " open loss " << verdict.open_loss.value
      << "\n reference: " << to_string(expected.reason) << " before "
      << expected.before.initial_margin.value << " after " << expected.after.initial_margin.value
      << " equity " << expected.after.equity.value << " open loss " << expected.open_loss.value;
  return out.str();
}

}  // namespace margingate::testing
