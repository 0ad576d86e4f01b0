#include "support/audited_flow.hpp"

#include <utility>
#include <variant>

namespace margingate::testing {
namespace {

AuditedGate make_gate(Random& random, const AuditedFlowOptions& options) {
  UniverseOptions asked;
  asked.numeraire = options.coin ? Numeraire::coin : Numeraire::quote;
  asked.options_per_underlying = options.options_per_underlying;
  Universe universe = make_universe(random, asked);
  universe.config.limits.accounts_max = options.accounts;
  universe.config.table_age_max = seconds(3'600);
  universe.config.spot_age_max = seconds(3'600);
  if (options.configure) options.configure(random, universe.config);
  return AuditedGate(std::move(universe));
}

}  // namespace

AuditedFlow::AuditedFlow(const AuditedFlowOptions& options)
    : random_(options.seed),
      gate_(make_gate(random_, options)),
      flow_(gate_.universe(), {options.seed, options.accounts, 64, 0.0, options.tick_move}) {
  gate_.update_surface(gate_.universe().surface);
  for (std::uint32_t u = 0; u < flow_.underlyings(); ++u) apply(flow_.tick(u, now_));
  gate_.publish_and_adopt();
  const double unit = options.coin ? 1.0 : 30'000.0;
  for (std::uint32_t a = 0; a < options.accounts; ++a) {
    apply(flow_.deposit(a, random_.uniform(options.funds_min, options.funds_max) * unit));
    for (int i = 0; i < options.transfers; ++i) apply(flow_.transfer(a));
  }
  gate_.publish_and_adopt();
}

void AuditedFlow::apply(const Event& event) {
  if (const auto* tick = std::get_if<SpotTick>(&event)) {
    gate_.tick(tick->underlying.value, static_cast<double>(tick->price.value) / 1e8, tick->time);
    return;
  }
  flow_.took(event, gate_.gate().apply(event));
}

}  // namespace margingate::testing
