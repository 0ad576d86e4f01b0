#include "support/verdict_audit.hpp"

#include <sstream>

#include "reference/verdict_audit.hpp"

namespace margingate::testing {

std::string verdict_disagreement(const reference::ReferenceMarket& market,
                                 const reference::ReferenceAccount& before,
                                 const OrderIntent& intent, const Verdict& verdict) {
  if (verdict.decided_by == DecidedBy::input) return {};
  const reference::ReferenceDecision expected = reference_decide(market, before, intent);
  const std::string_view what = reference::verdict_difference(verdict, expected);
  if (what.empty()) return {};
  std::ostringstream out;
  out << "gate and reference differ in " << what << ": account " << intent.account.value
      << " instrument " << intent.instrument.value
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
