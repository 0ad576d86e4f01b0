#include "support/gate_text.hpp"

#include <algorithm>
#include <sstream>

namespace margingate::testing {
namespace {

void print(std::ostringstream& out, const char* name, const std::vector<Money>& amounts) {
  out << ' ' << name;
  for (const Money amount : amounts) out << ' ' << amount.value;
}

void print(std::ostringstream& out, const PositionStatement& p) {
  out << "\n   instrument " << p.instrument.value << ": " << p.net_quantity.value << " +"
      << p.working_buys.value << " -" << p.working_sells.value << " value " << p.value.value
      << " profit " << p.unrealised_profit.value;
  print(out, "losses", p.losses);
  print(out, "fills", p.worst_fill_losses);
}

bool is_shown(const PositionStatement& p) {
  return p.net_quantity.value != 0 || p.working_buys.value != 0 || p.working_sells.value != 0;
}

// A pool whose units hold nothing any more looks like one that was never used.
void print(std::ostringstream& out, const ScanPoolStatement& p) {
  const bool is_empty = std::all_of(p.losses.begin(), p.losses.end(),
                                    [](const Money& loss) { return loss.value == 0; });
  if (is_empty && p.floor.value == 0) return;
  out << "\n  pool " << p.pool << ": scan " << p.scan_risk.value << " worst " << p.worst_scenario
      << " floor " << p.floor.value << " total " << p.total.value;
  print(out, "losses", p.losses);
}

// A unit that holds nothing any more looks like one that never did.
void print(std::ostringstream& out, const RiskUnitStatement& u) {
  if (std::none_of(u.positions.begin(), u.positions.end(), is_shown)) return;
  out << "\n  unit " << u.risk_unit.value << ": scan " << u.scan_risk.value << " worst "
      << u.worst_scenario << " floor " << u.floor.value << " expiry " << u.expiry_delta_charge.value
      << " shock " << u.delta_shock.value << " added " << u.added_charges.value << " unrealised "
      << u.unrealised_losses.value << " total " << u.total.value;
  print(out, "losses", u.losses);
  print(out, "positions", u.position_losses);
  for (const PositionStatement& p : u.positions) {
    if (is_shown(p)) print(out, p);
  }
}

}  // namespace

std::string statement_text(const MarginStatement& s) {
  std::ostringstream out;
  out << to_string(s.reason) << " epoch " << s.epoch << " equity " << s.equity.value << " risk "
      << s.risk.value << " credits " << s.credits.value << " holds " << s.holds.value
      << " open losses " << s.open_losses.value << " initial " << s.initial_margin.value
      << " maintenance " << s.maintenance_margin.value << " excess " << s.margin_excess.value;
  for (const RiskUnitStatement& unit : s.risk_units) print(out, unit);
  for (const ScanPoolStatement& pool : s.pools) print(out, pool);
  return out.str();
}

std::string account_text(Gate& gate, AccountId account) {
  std::ostringstream out;
  out << statement_text(gate.statement(account));
  std::vector<Gate::Leg> legs = gate.legs(account);
  const auto earlier = [](const Gate::Leg& a, const Gate::Leg& b) {
    return a.instrument < b.instrument;
  };
  std::sort(legs.begin(), legs.end(), earlier);
  for (const Gate::Leg& leg : legs) {
    out << "\n leg " << leg.instrument.value << ": " << leg.net_quantity.value << " +"
        << leg.working_buys.value << " -" << leg.working_sells.value << " cash "
        << leg.entry_cash.value;
  }
  print(out, "\n wallets", gate.wallets(account));
  out << " open losses " << gate.open_losses(account).value << " holds "
      << gate.holds(account).value << '\n';
  return out.str();
}

std::string gate_text(Gate& gate) {
  std::string text;
  for (std::uint32_t a = 0; a < gate.config().limits.accounts_max; ++a) {
    text += "account " + std::to_string(a) + ": " + account_text(gate, {a});
  }
  return text;
}

}  // namespace margingate::testing
