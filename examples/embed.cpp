// The shortest honest embedding: build a gate, feed it, ask it, tell it what happened.
#include <margingate/margingate.hpp>

#include <cstdio>

using namespace margingate;

int main() {
  // Assets: 0 = USD, the numeraire, 1 = BTC. One perpetual of 1 BTC in 1,000 lots.
  GateConfig config;
  config.assets = {{0.0}, {0.05}};
  config.underlyings = {{AssetId{1}, 65'000.0}};
  Instrument perpetual;
  perpetual.kind = InstrumentKind::perpetual;
  perpetual.lots_per_contract = 1'000;
  config.instruments = {perpetual};

  // The model is data: lose 15 % either way, whichever is worse.
  RiskUnitModel unit;
  unit.scan.scenarios = {{-0.15, {}}, {0.15, {}}};
  config.model.units = {unit};

  Gate::Created created = Gate::create(config);
  for (const GateIssue& issue : created.issues) {
    std::printf("%s: expected %s\n", issue.where.c_str(), issue.expected.c_str());
  }
  if (!created.gate) return 1;
  Gate& gate = *created.gate;

  // The background half; a RevaluerThread would call run_once() for us.
  Revaluer revaluer(gate);
  const Timestamp now{1'718'619'740'000'000'000};
  const std::int64_t dollar = 100'000'000;  // 10^8 money units, and 10^8 price units
  revaluer.update_surface({now, {65'000.0}, {{65'010.0}}});
  gate.apply(SpotTick{{0}, {65'000 * dollar}, now});
  gate.apply(CashMovement{{0}, {0}, {10'000 * dollar}});
  revaluer.run_once();
  gate.poll();

  // One BTC needs 9,750 USD: accepted. A second one would need as much again: rejected.
  const OrderIntent buy{{0}, {0}, Side::buy, {1'000}, {65'010 * dollar}, now};
  const Verdict first = gate.reserve(buy);
  const Verdict second = gate.reserve(buy);
  gate.apply(Fill{first.order, {1'000}, {65'005 * dollar}});
  std::printf("%s needs %.2f of %.2f USD; %s\n", to_string(first.reason).data(),
              static_cast<double>(first.requirement_after.value) / 1e8,
              static_cast<double>(first.equity.value) / 1e8, to_string(second.reason).data());
  return first.accepted() && second.reason == Reason::insufficient_margin ? 0 : 1;
}
